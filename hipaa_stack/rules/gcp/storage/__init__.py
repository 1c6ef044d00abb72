"""Rules for Cloud Storage: buckets that are closed, encrypted, and hard to empty."""
