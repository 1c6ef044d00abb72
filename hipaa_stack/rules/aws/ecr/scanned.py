"""An image is as safe as the oldest library in it: without a scan nobody hears of the holes that others know."""

from collections.abc import Callable, Iterator
from typing import Final

from hipaa_stack.patterns import covers
from hipaa_stack.resources import Node, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._regions import same_region
from hipaa_stack.rules.aws._types import aws

_REGISTRY: Final = aws("ecr/registryScanningConfiguration")
_BY_ITSELF: Final = frozenset({"SCAN_ON_PUSH", "CONTINUOUS_SCAN"})


@rule(
    id="AWS-ECR-003",
    title="Images are scanned",
    severity=Severity.MEDIUM,
    types=(aws("ecr/repository"),),
    cites=(
        Cite("164.308(a)(1)(ii)(A)", "vulnerabilities of images are found"),
        Cite("164.308(a)(5)(ii)(B)", "known malicious or broken code is noticed before it runs"),
    ),
    tags=("cis-eks",),
    proposed=(Proposed.VULNERABILITY_SCANNING,),
    fix="Add a rule for the repository to ecr.RegistryScanningConfiguration, or set scanOnPush.",
)
def check(repository: Node, stack: Stack) -> Iterator[Violation]:
    if not any_of(
        lambda: _in_registry(repository, stack, lambda registry: _scans(registry, repository)),
        lambda: all_of(
            lambda: repository.boolean("imageScanningConfiguration.scanOnPush") is True,
            lambda: not _in_registry(repository, stack, _is_enhanced),
        ),
    ):
        yield repository.fail("imageScanningConfiguration.scanOnPush", "nothing scans the images of this repository")


def _in_registry(repository: Node, stack: Stack, holds: Callable[[Node], bool]) -> bool:
    """Whether a condition holds for what the stack says of scanning in the region of a repository."""
    return some(
        stack.of(_REGISTRY),
        lambda registry: all_of(lambda: holds(registry.planned), lambda: same_region(registry, repository.resource)),
    )


def _is_enhanced(registry: Node) -> bool:
    """Enhanced scanning leaves out what no rule of the registry names, whatever the repository says (ECR user guide)."""
    return registry.string("scanType") == "ENHANCED"


def _scans(registry: Node, repository: Node) -> bool:
    return some(
        registry.items("rules"),
        lambda rule_: all_of(
            lambda: rule_.string("scanFrequency") in _BY_ITSELF,
            lambda: some(rule_.items("repositoryFilters"), lambda chosen: _names(chosen.string("filter") or "", repository)),
        ),
    )


def _names(chosen: str, repository: Node) -> bool:
    """A filter without a wildcard names whatever contains it (ECR user guide, filters for scanning)."""
    if not chosen.strip("*"):
        return chosen != ""
    return covers(chosen if "*" in chosen else f"*{chosen}*", repository.string("name") or "")
