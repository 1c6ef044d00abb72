"""Type tokens of the AWS provider, and groups of types that rules read alike."""

from functools import partial
from typing import Final

from hipaa_stack.rules._types import token

aws = partial(token, "aws")
"""`aws("eks/cluster")` is `aws:eks/cluster:Cluster`."""

POLICIES: Final = tuple(map(aws, ("iam/policy", "iam/rolePolicy", "iam/userPolicy", "iam/groupPolicy", "iam/role")))
"""Types that hold identity policies; of a role its inline ones."""
