"""Where the log group of a cluster is not declared, EKS makes one without your key, and nothing says that it is kept."""

from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import keeps_six_years
from hipaa_stack.rules.aws._types import aws

_GROUP: Final = aws("cloudwatch/logGroup")


@rule(
    id="AWS-EKS-011",
    title="Control-plane log group is declared and kept",
    severity=Severity.HIGH,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.312(b)", "the audit log of the cluster has a place that is declared"),
        Cite("164.316(b)(2)(i)", "records of actions are kept six years, a conservative reading"),
    ),
    fix="Declare the log group /aws/eks/<cluster>/cluster before the cluster, kept 2192 days or for ever.",
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    name = f"/aws/eks/{cluster.string('name') or ''}/cluster"
    if not any(stack.keyed(name, _GROUP, by=_names)):
        yield cluster.fail("name", "its log group is not in the stack: EKS makes one of its own")
    elif not some(stack.keyed(name, _GROUP, by=_names), lambda group: keeps_six_years(group.root, stack)):
        yield cluster.fail("name", f"the log group {name} is kept for less than six years")


def _names(_: Stack, group: Resource) -> Iterator[Hashable]:
    """The name that a log group is given; one of which only the beginning is given ends in something of the provider."""
    yield group.root.string("name")
