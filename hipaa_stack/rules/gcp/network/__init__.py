"""Rules for VPC networks of Google Cloud: what can be reached from where, and what is seen of it."""
