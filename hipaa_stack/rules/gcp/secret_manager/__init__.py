"""Rules for Secret Manager: under whose key secrets lie."""
