"""`pulumi preview --json`: the stack as it would be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hipaa_stack.resources import Resource
from hipaa_stack.sources import _pulumi
from hipaa_stack.sources._text import Text

_GONE: Final = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "read-discard", "remove-pending-replace"})
"""Steps after which a resource is not part of the stack."""

_READ: Final = frozenset({"read", "read-replacement"})
"""Steps of look-ups: resources that the stack does not manage."""


def recognises(content: dict[str, Any]) -> bool:
    """True for the digest that the engine prints at the end of a preview."""
    return isinstance(content.get("steps"), list) or {"changeSummary", "duration"} <= content.keys()


def is_event(content: dict[str, Any]) -> bool:
    """True for an event of the engine, which a preview prints when it is told to stream."""
    return "sequence" in content and "timestamp" in content


def resources(text: Text, content: dict[str, Any]) -> Iterator[Resource]:
    """The resources of a preview; what is missing from it is told to `text`.

    A replacement has one step or three, of which the one named `replace` holds the planned outputs. Of an unchanged
    resource only the old state holds outputs; in an update nothing says which of them stay, nor in a component.
    """
    _tell_gaps(text, content)
    chosen: dict[str, tuple[int, dict[str, Any]]] = {}
    for index, step in enumerate(content.get("steps") or ()):
        if not isinstance(step, dict) or not isinstance(step.get("op"), str):
            text.problem(None, f"steps[{index}]: accepted: an object with op")
        elif step["op"] not in _GONE | _READ:
            urn = step.get("urn")
            before = chosen.get(urn) if isinstance(urn, str) else None
            if before is None or before[1]["op"] != "replace":
                chosen[urn if isinstance(urn, str) else f"#{index}"] = (index, step)
    for index, step in chosen.values():
        state = step.get("newState")
        old = step.get("oldState")
        if step["op"] == "same" and isinstance(state, dict) and state.get("custom") is True and isinstance(old, dict) and "outputs" in old:
            state = {**state, "outputs": old["outputs"]}
        yield from _pulumi.resources(text, f"steps[{index}].newState", state, step["op"], step.get("replaceReasons"))


def _tell_gaps(text: Text, content: dict[str, Any]) -> None:
    """What the engine left out, without which rules over several resources would judge wrongly."""
    for diagnostic in content.get("diagnostics") or ():
        if isinstance(diagnostic, dict) and diagnostic.get("severity") == "error":
            message = " ".join(str(diagnostic.get("message", "")).split())
            text.problem(None, f"the preview failed, resources may be missing: {message}")
            break
    summary = content.get("changeSummary")
    same = summary.get("same") if isinstance(summary, dict) else None
    shown = sum(isinstance(step, dict) and step.get("op") == "same" for step in content.get("steps") or ())
    if isinstance(same, int) and same > shown:
        text.problem(None, f"{same - shown} unchanged resources are left out; run `pulumi preview --json --show-sames`")
