"""A tag that can be moved makes the image that was tested and the image that runs two different things."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._types import gcp


@rule(
    id="GCP-AR-002",
    title="Image tags are immutable",
    severity=Severity.MEDIUM,
    types=(gcp("artifactregistry/repository"),),
    cites=(Cite("164.312(c)(1)", "an image that was released stays what it was"),),
    fix="Set dockerConfig.immutableTags to true.",
    remediates=True,
)
def check(repository: Node) -> Iterator[Violation]:
    if (repository.string("format") or "").upper() != "DOCKER":
        raise NotApplicable("holds no container images")
    if repository.string("mode") not in (None, "", "STANDARD_REPOSITORY"):
        raise NotApplicable("nobody pushes to it: it passes on what other repositories hold")
    if not repository.boolean("dockerConfig.immutableTags"):
        yield repository.fail("dockerConfig.immutableTags", "a tag can be moved to another image", remedy=True)
