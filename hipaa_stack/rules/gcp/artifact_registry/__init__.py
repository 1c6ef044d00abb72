"""Rules for Artifact Registry: images that are scanned, encrypted, and stay what they are."""
