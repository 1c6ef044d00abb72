"""Whoever publishes an image runs code in the cluster; a registry of your own holds what was scanned and approved."""

from collections.abc import Iterator
from functools import cache

from hipaa_stack.resources import Node, NotApplicable, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS
from hipaa_stack.rules.kubernetes.images._references import full_name
from hipaa_stack.settings import Settings


@rule(
    id="K8S-IMG-001",
    title="Images come from allowed registries",
    severity=Severity.HIGH,
    types=WORKLOADS,
    cites=(
        Cite("164.308(a)(5)(ii)(B)", "images are pulled from where they were scanned"),
        Cite("164.308(a)(1)(ii)(B)", "nobody outside decides which code runs"),
    ),
    tags=("nsa",),
    fix="Mirror the image to one of the allowed registries and use that name.",
)
def check(workload: Node, settings: Settings) -> Iterator[Violation]:
    if not settings.allowed_registries:
        raise NotApplicable("the settings name no allowed registries")
    prefixes = _prefixes(settings.allowed_registries)
    yield from chain(_foreign(container, prefixes) for container in containers(workload))


def _foreign(container: Node, prefixes: tuple[str, ...]) -> Iterator[Violation]:
    image = container.string("image") or ""
    if not image or not f"{full_name(image)}/".startswith(prefixes):
        yield container.fail("image", f"{image or 'no image'} is not of an allowed registry")


@cache
def _prefixes(registries: tuple[str, ...]) -> tuple[str, ...]:
    """Each ends in a slash: `registry.example` must not let `registry.example.org` in."""
    return tuple(f"{registry.rstrip('/').lower()}/" for registry in registries)
