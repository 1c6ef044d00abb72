"""Rules for Cloud Logging: which audit logs are written, and where they are kept for how long."""
