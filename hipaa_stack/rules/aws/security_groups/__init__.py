"""Rules for security groups: what reaches machines, and what machines reach."""
