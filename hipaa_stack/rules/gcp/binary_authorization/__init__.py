"""Rules for Binary Authorization: which images a cluster runs."""
