"""Rules for Google Cloud: GKE, what a cluster stands on, and who may use it."""
