"""A tag can be moved to other code; a digest is the code."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS
from hipaa_stack.settings import Profile


@rule(
    id="K8S-IMG-003",
    title="Images are pinned by digest",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.312(c)(1)", "an image cannot be exchanged under its name"),),
    profile=Profile.RECOMMENDED,
    fix="Append @sha256: and the digest to the image.",
    each=containers,
)
def check(container: Node) -> Iterator[Violation]:
    image = container.string("image") or ""
    if "@sha256:" not in image:
        yield container.fail("image", f"{image or 'no image'} is not pinned by its digest")
