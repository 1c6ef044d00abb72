"""A tag that can be pushed again names another image tomorrow than the one that was reviewed and scanned today."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws

_FILTERS: Final = "imageTagMutabilityExclusionFilters"


@rule(
    id="AWS-ECR-001",
    title="Tags are immutable",
    severity=Severity.MEDIUM,
    types=(aws("ecr/repository"),),
    cites=(Cite("164.312(c)(1)", "what runs is the image that was reviewed"),),
    fix="Set imageTagMutability to IMMUTABLE.",
    remediates=True,
)
def check(repository: Node) -> Iterator[Violation]:
    match repository.string("imageTagMutability"):
        case "IMMUTABLE":
            return
        case "IMMUTABLE_WITH_EXCLUSION":
            for excluded in repository.items(_FILTERS):
                if not (excluded.string("filter") or "").strip("*"):
                    yield excluded.fail("filter", "excludes every tag")
        case _:  # ECR refuses filters beside IMMUTABLE
            yield repository.fail(
                "imageTagMutability", "a tag may be pushed again", "IMMUTABLE", unless=lambda: repository.is_set(_FILTERS)
            )
