"""Images that the nodes of a simulated cluster could not pull are refused by the local Kubernetes."""

from hipaa_stack.sandbox.images.webhook import ImageWebhook

__all__ = ["ImageWebhook"]
