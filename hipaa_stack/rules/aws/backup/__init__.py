"""Rules for AWS Backup: what a plan covers, and where its backups are kept."""
