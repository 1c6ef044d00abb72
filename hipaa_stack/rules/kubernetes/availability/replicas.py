"""A service of one pod is gone while that pod is moved, restarted or replaced by a new version."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes.availability._replicas import REPLICATED, is_replicated
from hipaa_stack.settings import Profile


@rule(
    id="K8S-AVL-001",
    title="Services run at least two replicas",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=REPLICATED,
    cites=(Cite("164.308(a)(7)(i)", "the loss of a pod or a node does not interrupt the service"),),
    fix="Set spec.replicas to 2 or more, or minReplicas of an autoscaler.",
)
def check(workload: Node, stack: Stack) -> Iterator[Violation]:
    if not is_replicated(workload, stack):
        yield workload.fail("spec.replicas", "fewer than two replicas, and no autoscaler that keeps two")
