"""One resource, as every source gives it and every rule sees it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from hipaa_stack.resources._node import Node
from hipaa_stack.resources._paths import child, steps
from hipaa_stack.resources._values import Secret, Undecided

Units = tuple[tuple[Node, ...], Undecided | None]
"""The parts of a resource that a rule looks at one by one, and what stood in the way of finding more."""


@dataclass(frozen=True, slots=True)
class Options:
    """The resource options that sources and policy packs show; policy packs see no `retainOnDelete`."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    retain_on_delete: bool | None = None
    """None where the source does not say."""


@dataclass(eq=False)
class Resource:
    """A cloud resource, a Kubernetes object or a part of a Pulumi program."""

    urn: str
    """Unique in its stack: Pulumi's URN, or a source and number for a manifest."""
    type: str
    """Pulumi's type token, such as `aws:eks/cluster:Cluster` or `kubernetes:core/v1:Pod`."""
    name: str
    """The resource's name in the program, or `metadata.name` of a manifest."""
    inputs: Mapping[str, Any]
    """What the program asks for: plain data with Unknown and Secret in it."""
    outputs: Mapping[str, Any] | None = None
    """What the provider says or plans; None where the source has none."""
    options: Options = Options()
    parent: str = ""
    """URN of the parent, or ""."""
    provider: str = ""
    """Reference of the explicit provider (`URN::id`), or ""."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Top-level property -> URNs of the resources that its value comes from."""
    step: str = ""
    """What a preview would do with it (`create`, `update`, `replace`, …), or ""."""
    replace_keys: tuple[str, ...] = ()
    """Properties that force a replacement, in a preview."""
    created: str = ""
    """When it was made, as a state says it (RFC 3339), or ""."""
    source: str = ""
    """File that it was read from, or ""."""
    document: int = 0
    """Number of its document in that file, from 0."""
    prefix: str = ""
    """Path of the object in its document, for an item of a List."""

    @cached_property
    def root(self) -> Node:
        """The inputs: what resource rules read."""
        return Node(self.inputs, self, at=self.prefix)

    @cached_property
    def planned(self) -> Node:
        """The outputs, which hold the provider's defaults: what stack rules read. The inputs where there are none."""
        return Node(self.inputs if self.outputs is None else self.outputs, self, at=self.prefix)

    @cached_property
    def rule_type(self) -> str:
        """The type by which rules are chosen: that of the object itself for a patch or a twin."""
        return rule_type(self.type)

    @property
    def is_patch(self) -> bool:
        """True when the resource changes an object that something else owns (`kubernetes:…Patch`)."""
        return self.type.startswith("kubernetes:") and self.type.endswith("Patch")

    @cached_property
    def _units(self) -> dict[tuple[Callable[[Node], Iterator[Node]], bool], Units]:
        return {}

    def units(self, each: Callable[[Node], Iterator[Node]], *, planned: bool) -> Units:
        """The parts that `each` finds, found once for all rules that look at the same parts."""
        known = self._units.get((each, planned))
        if known is None:
            nodes, undecided = [], None
            try:
                for node in each(self.planned if planned else self.root):
                    nodes.append(node)  # noqa: PERF402 - what was found before the exception counts
            except Undecided as raised:
                undecided = raised
            known = self._units[each, planned] = (tuple(nodes), undecided)
        return known

    @cached_property
    def has_secrets(self) -> bool:
        """Whether a value anywhere in the properties is a secret."""
        waiting: list[Any] = [self.inputs, self.outputs]
        for value in waiting:
            if isinstance(value, dict):
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value
            elif isinstance(value, Secret):
                return True
        return False

    def hides(self, path: str) -> bool:
        """Whether the value at a path, from the root of the document, is a secret or a part of one."""
        inner = path.removeprefix(self.prefix).removeprefix(".")
        return any(_in_secret(data, inner) for data in (self.inputs, self.outputs) if data)

    @cached_property
    def secrets(self) -> frozenset[str]:
        """The text of every secret value in the properties: none of them may stand in a message."""
        return frozenset(_texts(self.inputs) | _texts(self.outputs or {}))


@cache
def rule_type(type_: str) -> str:
    """The type whose rules judge a resource: a patch's object, and the first of twins that differ in name only."""
    if type_.startswith("kubernetes:") and type_.endswith("Patch"):
        return type_.removesuffix("Patch")
    if type_.startswith("aws:s3/") and type_.endswith("V2"):
        base = type_.removesuffix("V2")  # aws:s3/bucketAclV2:BucketAclV2
        module, _, name = base.rpartition(":")
        return f"{module.removesuffix('V2')}:{name}"
    return "aws:lb/" + type_.removeprefix("aws:alb/") if type_.startswith("aws:alb/") else type_


_SCALARS = frozenset({str, int, float, bool, type(None)})


def _texts(data: Any) -> set[str]:
    """The text of all scalars that a Secret wraps, at any depth, those of a JSON document in a string included."""
    found, waiting = set(), [(data, False)]
    while waiting:
        value, secret = waiting.pop()
        if isinstance(value, Secret):
            waiting.append((value.value, True))
        elif isinstance(value, Mapping | list):
            items = value if isinstance(value, list) else value.values()
            waiting += [(item, secret) for item in items if secret or item.__class__ not in _SCALARS]
        elif secret and isinstance(value, str | int | float) and value != "":
            found.add(str(value))
            if isinstance(value, str) and value[0] in "{[":
                with contextlib.suppress(ValueError, RecursionError):
                    waiting.append((json.loads(value), True))
    return found


def _in_secret(data: Any, path: str) -> bool:
    for step in steps(path):
        if isinstance(data, Secret):
            return True
        data = child(data, step)
    return isinstance(data, Secret)
