"""Rules for Pulumi programs: what their options, providers and outputs do to the resources."""
