"""Rules for CloudWatch Logs: who can decrypt logs, how long they are kept, and what a destroy leaves of them."""
