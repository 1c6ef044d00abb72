"""Rules for Secrets Manager: the key of a secret, its rotation, its deletion and who may read it."""
