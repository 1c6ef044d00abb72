"""What latest is changes from one pull to the next: nobody can say which code ran, or go back to it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS
from hipaa_stack.rules.kubernetes.images._references import tag


@rule(
    id="K8S-IMG-002",
    title="Images are not latest or untagged",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(
        Cite("164.312(c)(1)", "the code that runs is the code that was chosen"),
        Cite("164.308(a)(1)(ii)(B)", "a fixed version can be scanned, approved and rolled back"),
    ),
    tags=("cis-gke",),
    fix="Name a version, or better a digest.",
    each=containers,
)
def check(container: Node) -> Iterator[Violation]:
    image = container.string("image") or ""
    if "@" not in image and tag(image) in ("", "latest"):
        yield container.fail("image", f"{image or 'no image'} names no fixed version")
