"""Rules for Amazon Web Services: EKS, what a cluster stands on, and who may use it."""
