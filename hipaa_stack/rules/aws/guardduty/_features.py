"""What GuardDuty looks at in the region of a cluster, as far as the stack says it."""

from collections.abc import Callable, Collection, Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Resource, Stack, all_of, any_of, chain, some
from hipaa_stack.rules.aws._regions import same_region
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Settings

CLUSTER: Final = aws("eks/cluster")
DETECTOR: Final = aws("guardduty/detector")
FEATURE: Final = aws("guardduty/detectorFeature")
_ADDON: Final = aws("eks/addon")

RUNTIME: Final = frozenset({"RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"})
"""Features that look at processes: through an agent on the nodes."""


def skip_detected_elsewhere(settings: Settings) -> None:
    """Raises NotApplicable where the settings say that threats are detected outside the stack."""
    if settings.external_detection:
        raise NotApplicable("external_detection: threat detection is switched on outside the stack")


def is_on(detector: Node) -> bool:
    """Whether a detector looks at anything; absent is true."""
    return detector.boolean("enable") is not False


def detected(cluster: Resource, stack: Stack, looks: Callable[[Node], bool] = is_on) -> bool:
    """Whether a detector that is on looks at what `looks` asks for, in the region of a cluster.

    Raises:
        Undecided: when no detector of the stack does, and features are set on one outside the stack.
    """
    return some(
        _detectors(stack),
        lambda detector: all_of(lambda: is_on(detector.planned), lambda: looks(detector.planned), lambda: same_region(detector, cluster)),
    )


def _detectors(stack: Stack) -> Iterator[Resource]:
    """Those of the stack; then Undecided where a feature is set on another."""
    yield from stack.of(DETECTOR)
    yield from chain(stack.targets(feature, DETECTOR, via="detectorId") for feature in stack.of(FEATURE))


def watched(
    cluster: Resource,
    stack: Stack,
    names: Collection[str],
    *,
    by_default: Callable[[Node], bool],
    sees: Callable[[Node], bool] = lambda _: True,
) -> bool:
    """Whether a feature of one of the names is enabled for a cluster, or is not set and by default on.

    `by_default` says whether a detector has the feature where nothing sets it; `sees` what else the feature must do.
    """
    return any_of(
        lambda: some(
            stack.of(FEATURE),
            lambda feature: all_of(
                lambda: is_enabled(feature.planned, names),
                lambda: sees(feature.planned),
                lambda: same_region(feature, cluster),
            ),
        ),
        lambda: all_of(lambda: not _set(cluster, stack, names), lambda: detected(cluster, stack, by_default)),
    )


def _set(cluster: Resource, stack: Stack, names: Collection[str]) -> bool:
    return some(
        stack.of(FEATURE),
        lambda feature: all_of(lambda: feature.planned.string("name") in names, lambda: same_region(feature, cluster)),
    )


def is_enabled(feature: Node, names: Collection[str]) -> bool:
    """Whether a feature has one of the names, and is on."""
    return all_of(lambda: feature.string("name") in names, lambda: feature.string("status") == "ENABLED")


def has_agent(feature: Node, cluster: Resource, stack: Stack) -> bool:
    """Whether a feature of RUNTIME finds its agent in a cluster: installed by GuardDuty itself, or as an add-on."""
    return any_of(
        lambda: some(feature.items("additionalConfigurations"), lambda each: is_enabled(each, ("EKS_ADDON_MANAGEMENT",))),
        lambda: some(stack.linked(cluster, _ADDON, via="clusterName"), lambda addon: _is_agent(addon.planned)),
    )


def _is_agent(addon: Node) -> bool:
    return addon.string("addonName") == "aws-guardduty-agent"
