"""Outputs of simulated objects: what the program gave, and values of the right type and shape for what the cloud computes.

In a preview a computed value is unknown. In an update it is, in this order: the value of the cloud's table
(`aws_values.py`, `gcp_values.py`), the default that the SDK documents, a value whose shape follows from its name, or
an empty one. An optional block that the program leaves out gets documented defaults only: nothing is invented that a
rule could take for a setting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import aws_values, gcp_values
from .example_ids import reshape
from .facts import Facts, Invented, invent
from .plausible import documented_default, plausible_text
from .schema import Field, Kind, Resource, Type
from .wire import REDACTED, UNKNOWN, Properties, Value, is_asset, is_secret, secret, unwrap

_DEPTH = 6
"""Blocks nested deeper than this are filled with what is required only: some types contain themselves."""


_REVISIONS: Mapping[str, tuple[str, ...]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": ("latestVersion",),
    "aws:ssm/document:Document": ("latestVersion",),
}
"""Outputs that count up with every change."""


def identifier(resource: Resource, facts: Facts) -> str:
    """The id that the provider gives the object."""
    cloud = resource.token.split(":", maxsplit=1)[0]
    known = aws_values.identifier(facts) if cloud == "aws" else gcp_values.identifier(facts, resource)
    return known or reshape(resource.import_id, facts)


def table_of(token: str) -> Mapping[str, Invented]:
    """What is known about the values of a type, by path."""
    tables = aws_values.OUTPUTS if token.startswith("aws:") else gcp_values.OUTPUTS
    return tables.get(token, {})


def with_generated_names(resource: Resource, inputs: Properties, facts: Facts) -> Properties:
    """Adds the names that the provider makes from `namePrefix`, `bucketPrefix` and the like."""
    named = dict(inputs)
    for name, value in inputs.items():
        target = name.removesuffix("Prefix")
        if target != name and target in resource.inputs and inputs.get(target) is None and isinstance(value, str):
            named[target] = value + facts.digits(26, name)
    return named


@dataclass(frozen=True, slots=True)
class Invention:
    """The outputs of one object."""

    resource: Resource
    facts: Facts
    default_tags: Mapping[str, Value]
    preview: bool
    previous: Properties
    """Outputs before an update; empty for a new object."""
    table: Mapping[str, Invented]
    """Values by path, such as `vpcConfig.vpcId`."""

    def outputs(self, given: Properties) -> Properties:
        """All outputs, for inputs as the engine sent them: secrets stay secret."""
        result: Properties = {
            name: value
            for name, value in given.items()
            if not name.startswith("__") and name in self.resource.outputs and value is not None
        }
        for name, field in self.resource.outputs.items():
            if name in result:
                result[name] = self._complete(field.type, result[name], name, self.previous.get(name))
            elif field.required or name not in self.resource.inputs or name in self.table:
                result[name] = self._computed(field)
        result |= self._tags(result) | self._revisions()
        return {name: secret(value) if name in self.resource.secret_outputs else value for name, value in result.items()}

    @property
    def _cloud(self) -> str:
        return self.resource.token.split(":", maxsplit=1)[0]

    def _computed(self, field: Field) -> Value:
        before = self.previous.get(field.name)
        if before is not None and unwrap(before) != REDACTED:
            return before
        if field.type.kind is Kind.STRING and (field.name == "region" or (field.name == "project" and self._cloud == "gcp")):
            return self.facts.scope.region if field.name == "region" else self.facts.scope.account
        if self.preview:
            return UNKNOWN
        if field.name in self.facts.inputs and self.facts.inputs[field.name] is not None:
            return self.facts.inputs[field.name]  # made from a prefix
        return self._value(field, field.name, made_by_cloud=field.name not in self.resource.inputs, depth=0)

    def _complete(self, type_: Type, value: Value, path: str, before: Value) -> Value:
        """What the program gave, plus what the cloud adds inside it."""
        if is_secret(value) and isinstance(value, dict):
            return {**value, "value": self._complete(type_, value.get("value"), path, unwrap(before))}
        if type_.kind is Kind.LIST and type_.element and isinstance(value, list):
            earlier = before if isinstance(before, list) and len(before) == len(value) else [None] * len(value)
            return [self._complete(type_.element, item, path, old) for item, old in zip(value, earlier, strict=True)]
        if not isinstance(value, dict) or is_asset(value):
            return value
        value = {name: item for name, item in value.items() if not name.startswith("__")}
        if type_.kind is not Kind.OBJECT:
            return value
        earlier_fields = before if isinstance(before, dict) else {}
        completed = dict(value)
        for name, field in type_.fields.items():
            here, old = f"{path}.{name}", earlier_fields.get(name)
            if completed.get(name) is not None:
                completed[name] = self._complete(field.type, completed[name], here, old)
            elif old is not None and (field.required or here in self.table):
                completed[name] = old
            elif field.required or here in self.table:
                completed[name] = UNKNOWN if self.preview else self._value(field, here, made_by_cloud=False, depth=1)
        return completed

    def _value(self, field: Field, path: str, *, made_by_cloud: bool, depth: int) -> Value:
        if path in self.table:
            return invent(self.table[path], self.facts, path)
        if field.type.kind is Kind.OBJECT:
            return self._object(field.type, path, made_by_cloud=made_by_cloud, depth=depth)
        if field.type.kind is Kind.LIST:
            return self._list(field, path, made_by_cloud=made_by_cloud, depth=depth)
        if field.type.kind is Kind.MAP:
            return {}
        return self._scalar(field, path, made_by_cloud=made_by_cloud)

    def _scalar(self, field: Field, path: str, *, made_by_cloud: bool) -> Value:
        default = documented_default(field)
        if field.type.kind is Kind.BOOLEAN:
            return default or False
        if field.type.kind in {Kind.INTEGER, Kind.NUMBER}:
            return default if default is not None else int(field.name.lower().endswith("version"))
        if made_by_cloud or (default is None and self._is_name_of_place(field.name)):
            return self._text(field.name, path)
        return default or ""

    def _object(self, type_: Type, path: str, *, made_by_cloud: bool, depth: int) -> Value:
        values: Properties = {}
        for name, field in type_.fields.items():
            here = f"{path}.{name}"
            stated = any(entry == here or entry.startswith(f"{here}.") for entry in self.table)
            wanted = (
                field.required or stated or (made_by_cloud and depth < _DEPTH) or (depth < _DEPTH and documented_default(field) is not None)
            )
            if wanted:
                values[name] = self._value(field, here, made_by_cloud=made_by_cloud, depth=depth + 1)
        return values

    def _list(self, field: Field, path: str, *, made_by_cloud: bool, depth: int) -> Value:
        """A list that only the cloud fills has one element: programs take the first."""
        if not made_by_cloud or field.type.element is None or depth >= _DEPTH:
            return []
        singular = replace(field, type=field.type.element, name=re.sub(r"(?<!s)s$", "", field.name))
        return [self._value(singular, path, made_by_cloud=True, depth=depth + 1)]

    def _text(self, name: str, path: str) -> str:
        if path == "arn" and self._cloud == "aws":
            return aws_values.arn(self.facts)
        if path in {"selfLink", "name"} and self._cloud == "gcp":
            return gcp_values.self_link(self.facts) if path == "selfLink" else self.facts.id
        return plausible_text(name, path, self.facts)

    def _is_name_of_place(self, name: str) -> bool:
        return name in {"availabilityZone", "zone", "location"} or (name == "name" and self._cloud == "gcp")

    def _tags(self, outputs: Properties) -> Properties:
        """Tags and labels with the provider's defaults; a tag of the resource wins."""
        found: Properties = {}
        for own, merged in (
            ("tags", ("tagsAll",)),
            ("labels", ("effectiveLabels", "pulumiLabels")),
            ("userLabels", ("effectiveLabels", "pulumiLabels")),
        ):
            given = outputs.get(own) or {}
            for name in merged:
                if name not in self.resource.outputs or own not in self.resource.outputs:
                    continue
                plain = unwrap(given)
                found[name] = {**self.default_tags, **plain} if isinstance(plain, dict) else given
                if plain != given:
                    found[name] = secret(found[name])
        return found

    def _revisions(self) -> Properties:
        if not self.previous:
            return {}
        counted: Properties = {}
        for name in _REVISIONS.get(self.resource.token, ()):
            before = unwrap(self.previous.get(name))
            counted[name] = before + 1 if isinstance(before, int) and not self.preview else UNKNOWN
        if "latestVersion" in counted and unwrap(self.facts.inputs.get("updateDefaultVersion")) is True:
            counted["defaultVersion"] = counted["latestVersion"]
        return counted
