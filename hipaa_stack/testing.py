"""Test tables of rules: one YAML file per rule, for the rules of this project and for an organisation's own.

rule: K8S-POD-001
rows:
- case: violating            # compliant, violating, absent, wrong type, unknown, not applicable
  name: a privileged init container
  at: ["spec.initContainers[0].securityContext.privileged"]
  resource: {apiVersion: v1, kind: Pod, metadata: {name: app}, spec: {…}}

The first resource is judged; `resources` gives it surroundings. A Kubernetes object stands as its manifest, anything
else as `{type, name, inputs, outputs, …}`. `!unknown` is a value known only after deployment (`!unknown simulated`
and so on: other reasons), `!secret x` a secret. `settings` and `basis` are those of the run.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.evaluation import Evaluation, Finding, Outcome
from hipaa_stack.resources import Basis, Options, Reason, Resource, Secret, Stack, Unknown, kubernetes_type, object_name
from hipaa_stack.rules import Rule
from hipaa_stack.settings import Settings


class TableError(HipaaStackError):
    """A test table that cannot be read or is not accepted."""


class Case(StrEnum):
    """What a row is an example of."""

    COMPLIANT = "compliant"
    VIOLATING = "violating"
    ABSENT = "absent"
    WRONG_TYPE = "wrong type"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


_OUTCOMES = {
    Case.COMPLIANT: Outcome.PASS,
    Case.VIOLATING: Outcome.FAIL,
    Case.WRONG_TYPE: Outcome.UNKNOWN,
    Case.UNKNOWN: Outcome.UNKNOWN,
    Case.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}

_SEVEREST = (Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Row(_Model):
    """One example: resources, and what the rule says of the first."""

    case: Case
    name: Annotated[str, Field(min_length=3)]
    outcome: Outcome
    at: tuple[str, ...] = ()
    """The paths of all findings of that outcome; of a fail or an unknown never empty."""
    resources: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)]
    settings: Settings = Settings()
    basis: Basis = Basis.MANIFEST

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: Any) -> Any:
        if isinstance(data, dict):
            data = dict(data)
            if "resource" in data:
                if "resources" in data:
                    raise ValueError("resource: given beside resources; accepted: one of them, the judged resource first")
                data["resources"] = [data.pop("resource")]
            if "outcome" not in data and isinstance(data.get("case"), str) and data["case"] in _OUTCOMES:
                data["outcome"] = _OUTCOMES[Case(data["case"])]
        return data

    @model_validator(mode="after")
    def _says_where(self) -> Row:
        if self.outcome in (Outcome.FAIL, Outcome.UNKNOWN) and not self.at:
            raise ValueError(f"row {self.name!r}: at: missing; accepted: the paths of the findings")
        return self

    def stack(self) -> Stack:
        """The resources as rules see them, on fresh data."""
        return Stack([_resource(number, copy.deepcopy(data)) for number, data in enumerate(self.resources)], self.basis)


class Table(_Model):
    """The rows of one rule."""

    rule: str
    without: dict[Case, Annotated[str, Field(min_length=10)]] = {}
    """Cases that this rule cannot have, with the reason."""
    secrecy: Annotated[str, Field(min_length=10)] | None = None
    """Why this rule judges a secret otherwise than the same value in plain text; no other rule may."""
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, path: Path) -> Table:
        """Reads a table.

        Raises:
            TableError: when it is not YAML or not accepted.
        """
        try:
            return cls.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 - a safe loader
        except (yaml.YAMLError, ValidationError, OSError, UnicodeDecodeError) as error:
            raise TableError(f"{path}: {error}") from error


def judge(rule: Rule, stack: Stack, settings: Settings | None = None) -> tuple[Outcome, list[Finding]]:
    """What a rule says of the first resource of a stack: the severest outcome, and the findings of that outcome.

    The profile of the settings is widened so that it holds the rule.
    """
    wide = (settings or Settings()).model_copy(update={"profile": rule.profile})
    evaluation = Evaluation([rule], wide, every_outcome=True)
    found = [finding for finding in evaluation.stack(stack) if finding.resource is stack.resources[0]]
    if not found:
        raise TableError(f"{rule.id}: judges {', '.join(rule.types)}, not {stack.resources[0].type}")
    outcome = min((finding.outcome for finding in found), key=_SEVEREST.index)
    return outcome, [finding for finding in found if finding.outcome is outcome]


def missing_cases(table: Table) -> Iterator[str]:
    """The cases that a table neither shows nor explains away."""
    shown = {row.case for row in table.rows}
    for case in Case:
        if case not in shown and case not in table.without and case is not Case.NOT_APPLICABLE:
            yield case.value


def _resource(number: int, data: dict[str, Any]) -> Resource:
    if "apiVersion" in data and "kind" in data:
        type_ = kubernetes_type(str(data["apiVersion"]), str(data["kind"]))
        return Resource(f"manifest#{number}", type_, object_name(data, f"object-{number}"), data)
    known = {"type", "name", "urn", "inputs", "outputs", "protect", "ignoreChanges", "parent", "provider", "propertyDependencies"}
    known |= {"step", "replaceKeys"}
    if set(data) - known or "type" not in data:
        raise TableError(
            f"resource {number}: got {', '.join(data)}; accepted: apiVersion and kind, or type with {', '.join(sorted(known))}"
        )
    name = data.get("name", f"resource-{number}")
    return Resource(
        data.get("urn", f"urn:pulumi:test::test::{data['type']}::{name}"),
        data["type"],
        name,
        data.get("inputs") or {},
        data.get("outputs"),
        Options(protect=data.get("protect", False), ignore_changes=tuple(data.get("ignoreChanges", ()))),
        data.get("parent", ""),
        data.get("provider", ""),
        {key: tuple(urns) for key, urns in data.get("propertyDependencies", {}).items()},
        data.get("step", ""),
        tuple(data.get("replaceKeys", ())),
    )


class _Loader(yaml.SafeLoader):
    """Safe YAML with `!unknown` and `!secret`."""


def _unknown(_: yaml.SafeLoader, node: yaml.Node) -> Unknown:
    name = str(node.value or Reason.COMPUTED.name).upper()
    if name not in Reason.__members__:
        accepted = ", ".join(reason.lower() for reason in Reason.__members__)
        raise yaml.constructor.ConstructorError(None, None, f"!unknown: got {node.value!r}; accepted: {accepted}", node.start_mark)
    return Unknown(Reason[name])


def _secret(loader: yaml.SafeLoader, node: yaml.Node) -> Secret:
    if isinstance(node, yaml.MappingNode):
        return Secret(loader.construct_mapping(node, deep=True))
    if isinstance(node, yaml.SequenceNode):
        return Secret(loader.construct_sequence(node, deep=True))
    bare = getattr(node, "style", None) is None  # quoted, it is a string
    tag = loader.resolve(yaml.ScalarNode, node.value, (bare, not bare))  # type: ignore[no-untyped-call] # PyYAML has no types for it
    return Secret(loader.construct_object(yaml.ScalarNode(tag, node.value)))


_Loader.add_constructor("!unknown", _unknown)
_Loader.add_constructor("!secret", _secret)
