"""Every pod that names no account runs as default: rights that are given to default are given to all of them."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-EKS-022",
    title="Pod identities name an account",
    severity=Severity.MEDIUM,
    types=(aws("eks/podIdentityAssociation"),),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights in the cloud belong to one workload"),
        Cite("164.312(a)(2)(i)", "session tags name the pod behind a call"),
    ),
    fix="Name a service account of the workload in serviceAccount, and leave disableSessionTags out.",
)
def check(association: Node) -> Iterator[Violation]:
    yield from chain([_of_default(association), _without_tags(association)])


def _of_default(association: Node) -> Iterator[Violation]:
    if association.string("serviceAccount") == "default":
        yield association.fail("serviceAccount", "every pod that names no account of its own gets these rights")


def _without_tags(association: Node) -> Iterator[Violation]:
    if association.boolean("disableSessionTags"):
        yield association.fail("disableSessionTags", "calls of AWS do not name the pod behind them")
