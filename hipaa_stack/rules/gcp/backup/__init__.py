"""Rules for Backup for GKE."""
