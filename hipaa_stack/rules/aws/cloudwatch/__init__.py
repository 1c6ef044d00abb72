"""Rules for CloudWatch: alarms that reach somebody."""
