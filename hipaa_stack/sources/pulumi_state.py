"""`pulumi stack export`: the stack as it was deployed last.

Secrets are encrypted, or plain with `--show-secrets`. Both are Secret; the value of an encrypted one is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hipaa_stack.resources import Resource
from hipaa_stack.sources import _pulumi
from hipaa_stack.sources._text import Text

_VERSIONS: Final = (3, 4)


def recognises(content: dict[str, Any]) -> bool:
    """True for an exported state of any version."""
    return "deployment" in content and "version" in content


def resources(text: Text, content: dict[str, Any]) -> Iterator[Resource]:
    """The resources of a state, without those that only wait for their deletion and those that are only looked up."""
    deployment = content["deployment"]
    if content["version"] not in _VERSIONS:
        text.problem(None, f"version {content['version']!r} of exported states; accepted: {_VERSIONS[0]} and {_VERSIONS[1]}")
        return
    found = deployment.get("resources") if isinstance(deployment, dict) else None
    if not isinstance(found, list | None) or not isinstance(deployment, dict):
        text.problem(None, "deployment.resources: accepted: the list that `pulumi stack export` writes")
        return
    for index, state in enumerate(found or ()):
        if isinstance(state, dict) and (state.get("delete") is True or state.get("external") is True):
            continue
        yield from _pulumi.resources(text, f"deployment.resources[{index}]", state)
