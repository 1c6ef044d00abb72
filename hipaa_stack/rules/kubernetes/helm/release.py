"""A Release is installed by Helm behind the engine's back: no rule sees the objects that its chart makes."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import HELM_RELEASE
from hipaa_stack.settings import Profile


@rule(
    id="K8S-HELM-001",
    title="Helm release contents are visible to policy",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(HELM_RELEASE,),
    cites=(Cite("164.308(a)(8)", "every object of the cluster is evaluated"),),
    fix="Use kubernetes:helm.sh/v4:Chart.",
)
def check(release: Node) -> Iterator[Violation]:
    yield release.fail("chart", "the objects of this release never reach the rules")
