"""Rules for IAM of Google Cloud: who may do what, and as whom."""
