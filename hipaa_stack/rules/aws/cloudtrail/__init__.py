"""Rules for CloudTrail: a record of every call to the AWS API, whole and hard to change."""
