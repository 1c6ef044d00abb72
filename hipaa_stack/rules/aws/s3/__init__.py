"""Rules for S3: buckets that are closed, encrypted, versioned and logged; and archives that nobody can empty."""
