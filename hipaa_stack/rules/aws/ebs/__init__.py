"""Rules for EBS: volumes that are encrypted, with a key of your own."""
