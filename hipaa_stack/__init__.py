"""HIPAA Security Rule safeguards for managed Kubernetes: catalogue, baseline, checks, evidence.

This package is the core: it imports no Pulumi SDK when it is imported. The Pulumi components are in
`hipaa_components`, the simulated clouds in `hipaa_stack.sandbox`.
"""

__version__ = "0.1.0"
