"""Pulumi components that provision managed Kubernetes with the safeguards of the HIPAA Security Rule.

Components are imported from the package of their platform, so that a program for one cloud never loads the SDK
of another: `hipaa_components.aws`, `hipaa_components.kubernetes`.
"""

from hipaa_components._args import ArgsError

__all__ = ["ArgsError"]
