"""Type tokens of the Google Cloud provider."""

from functools import partial

from hipaa_stack.rules._types import token

gcp = partial(token, "gcp")
"""`gcp("container/cluster")` is `gcp:container/cluster:Cluster`."""
