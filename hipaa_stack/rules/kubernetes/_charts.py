"""Helm charts by where they come from (helm.sh/v3:Release and helm.sh/v4:Chart name them alike)."""

from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Stack, some
from hipaa_stack.rules.kubernetes._types import HELM_CHART, HELM_RELEASE

CHARTS: Final = (HELM_RELEASE, HELM_CHART)

_ARCHIVE: Final = ".tgz"


def remote_chart(release: Node) -> str:
    """The chart of a release: an address, or a name in its repository.

    Raises:
        NotApplicable: when it is a directory or a file beside the program.
    """
    chart = release.string("chart") or ""
    if _is_path(chart) and not release.is_set("repositoryOpts.repo"):
        raise NotApplicable("a local chart")
    return chart


def is_archive(chart: str) -> bool:
    """True for the address of one chart file."""
    return "://" in chart and chart.endswith(_ARCHIVE)


def installs(stack: Stack, names: frozenset[str]) -> bool:
    """True when a release of the stack installs a chart of one of the names."""
    return some(stack.of(*CHARTS), lambda release: _name(release.root.string("chart") or "") in names)


def _is_path(chart: str) -> bool:
    """A name with one slash may also be one of a repository that is set up on the machine."""
    return "://" not in chart and (chart.startswith((".", "/", "~")) or chart.endswith(_ARCHIVE) or "/" not in chart)


def _name(chart: str) -> str:
    """`falco` of `oci://registry.example.org/charts/falco:4.0.0`."""
    return chart.rstrip("/").rpartition("/")[2].partition("@")[0].partition(":")[0]
