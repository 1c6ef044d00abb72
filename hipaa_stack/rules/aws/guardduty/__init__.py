"""Rules for GuardDuty: the detector of an account and region, and what it looks at."""
