"""Rules for Cloud KMS: how long a key lives, where it lies, and how it dies."""
