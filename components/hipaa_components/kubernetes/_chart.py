"""Where a third-party Helm chart comes from: the release of the baseline, unless a program names its own copy."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, Rule, check, matches, optional
from hipaa_stack.baseline import COMPONENTS, PinnedChart

EXACT: Final = r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
PINNED_OCI: Final = rf"oci://[^@\s]+(@sha256:[0-9a-f]{{64}}|/[^/:@\s]+:{EXACT})"


def digest() -> Rule:
    """Accepts the digest of an image."""
    return matches(r"sha256:[0-9a-f]{64}", "sha256: and 64 hexadecimal digits", "A tag can be moved to another image.")


class ChartSource(Args):
    """A copy of a chart, of its definitions and of its image that the cluster can reach without the internet.

    What is absent is as the baseline pins it. The values that the component sets are those of the pinned version:
    read the release notes before another one is named here.
    """

    chart: str | None = None
    """Name of the chart in the repository, an OCI reference, or the path of a directory or a .tgz file."""
    repository: str | None = None
    """https address of the chart repository; absent with an OCI reference and with a path."""
    version: str | None = None
    """Exact version of the chart, such as 1.2.3; never a range."""
    image_registry: pulumi.Input[str] | None = None
    """Registry that holds the image under its usual name, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com."""
    crds: str | None = None
    """Path or https address of the custom resource definitions, of the same version as the chart."""

    _repository = check("repository", optional(matches(r"https://[^@\s]+", "an https address without credentials")))
    _version = check("version", optional(matches(EXACT, "an exact version such as 1.2.3", "A range installs something else tomorrow.")))
    _registry = check(
        "image_registry", optional(matches(r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*", "a registry such as registry.example.org/mirror"))
    )
    _crds = check("crds", optional(matches(r"https://[^@\s]+|(?!\w+://)\S.*", "a path, or an https address without credentials")))

    def problems(self) -> Iterator[Problem]:
        """A chart that is no name in a repository comes from no repository, and with its version."""
        if self.chart is None or not _elsewhere(self.chart):
            return
        if self.repository is not None:
            yield Problem("absent with an OCI reference or a path", "", "repository", self.repository)
        if self.chart.startswith("oci://"):
            if self.version is None and not re.fullmatch(PINNED_OCI, self.chart):
                fix = "Without one the same program installs something else tomorrow."
                yield Problem("an exact version with an OCI reference that has none", fix, "version", None)
        elif "://" in self.chart:
            yield Problem("a name, an OCI reference or a path", "Give the address of the repository in `repository`.", "chart", self.chart)
        elif self.version is not None:
            yield Problem("absent with a path", "What lies there is what is installed.", "version", self.version)


def _elsewhere(chart: str) -> bool:
    """True for what is no name in a repository."""
    return "/" in chart or chart.startswith(".") or chart.endswith(".tgz")


def registry_of(pin: PinnedChart, source: ChartSource | None) -> pulumi.Input[str]:
    """The registry of the image."""
    return pin.image_registry if source is None or source.image_registry is None else source.image_registry


def repository_of(pin: PinnedChart, source: ChartSource | None) -> pulumi.Input[str]:
    """The repository of the image, with its registry."""
    registry = registry_of(pin, source)
    return f"{registry}/{pin.image}" if isinstance(registry, str) else pulumi.Output.concat(registry, "/", pin.image)


def image_of(pin: PinnedChart, source: ChartSource | None, image_digest: str) -> dict[str, pulumi.Input[str]]:
    """`registry`, `repository` and `tag` of the image; the digest in the tag is what the node compares."""
    return {"registry": registry_of(pin, source), "repository": pin.image, "tag": f"{pin.app_version}@{image_digest}"}


def install_definitions(component: Component, name: str, pin: PinnedChart, source: ChartSource | None) -> k8s.yaml.v2.ConfigFile:
    """The custom resource definitions, which stay with every object of theirs unless the component is ephemeral.

    As part of the chart they would go with it, and every custom resource with them.
    """
    file = (source and source.crds) or pin.crds
    return k8s.yaml.v2.ConfigFile(f"{name}-crds", file=file, opts=component.child(retain=True))


def install(
    component: Component,
    name: str,
    pin: PinnedChart,
    source: ChartSource | None,
    *,
    namespace: pulumi.Input[str],
    values: Mapping[str, Any],
    after: list[pulumi.Resource],
) -> k8s.helm.v4.Chart:
    """The chart, ready when its pods are; what it installs is named for the pinned chart, wherever the copy lies."""
    source = source or ChartSource()
    chart = source.chart or pin.chart
    in_repository = not _elsewhere(chart)
    return k8s.helm.v4.Chart(
        f"{name}-chart",
        name=pin.chart,
        chart=chart,
        repository_opts={"repo": source.repository or pin.repository} if in_repository else None,
        version=source.version or (pin.version if in_repository else None),
        namespace=namespace,
        values=dict(values),
        skip_crds=True,
        opts=component.child(depends_on=after),
    )


class ExceptionRecord(TypedDict):
    """One rule that a component must break, as evidence shows it."""

    rule: str
    """Id of the rule."""
    resource: str
    """Type and name of the object, with * for any characters."""
    justification: str
    """Why it must."""


def declared(component: str) -> list[ExceptionRecord]:
    """The exceptions in the record of a component class."""
    return [ExceptionRecord(rule=item.rule, resource=item.object, justification=item.reason) for item in COMPONENTS[component].exceptions]
