"""Simulated providers: every resource type of the installed pulumi_aws and pulumi_gcp, with no account and no network.

    python -m hipaa_stack.sandbox.provider aws|gcp

prints a port and serves the Pulumi provider protocol, as a provider plugin does. The session directory
(`HIPAA_STACK_SANDBOX`) says what the clouds look like and keeps what exists in them.
"""
