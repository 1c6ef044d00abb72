"""Rules for IAM: what policies allow, whom roles trust, and how people sign in."""
