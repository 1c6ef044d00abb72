"""Who may assume a role."""

from collections.abc import Iterator

from hipaa_stack.resources import Node
from hipaa_stack.rules.aws._policies import statements


def trust(role: Node) -> Iterator[Node]:
    """The statements of the trust policy of a role."""
    return statements(role, "assumeRolePolicy")
