"""What holds for every rule over any data: no rule raises, and what is decided stays so when a value becomes known.

Soundness is shown by substitution. Unknown stands for every value: where a rule passes (or fails) with an unknown value
in a place, it must pass (or fail) with each value that may turn out to stand there. The places are those that the rule
reads, absent properties included; recording dictionaries in the place of plain ones say which these are. The values are
those that the rule's own table holds under the same key, and one of every kind.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipaa_stack.evaluation import Evaluation, Finding, Outcome
from hipaa_stack.resources import Reason, Resource, Secret, Stack, Unknown
from hipaa_stack.rules import Rule, catalogue
from hipaa_stack.settings import Profile, Settings
from hipaa_stack.testing import Row, Table

RULES = {rule.id: dataclasses.replace(rule, profile=Profile.REQUIRED) for rule in catalogue()}
"""Every rule, in the profile that is always evaluated."""

TABLES = {table.rule: table for table in map(Table.read, sorted(Path(__file__).parent.rglob("*.yaml")))}
ROWS = [(RULES[table.rule], row) for table in TABLES.values() for row in table.rows]

EVERYTHING = Evaluation(RULES.values(), Settings(allowed_registries=("registry.example.com",)))
TYPES = sorted({type_.replace("*", "acme.example/v1:Widget") for rule in RULES.values() for type_ in rule.types})
"""The types that a rule names; where it names a beginning, one with that beginning."""


def examples(count: int) -> settings:
    """The same examples in every run: a failure is one that everybody sees, and the time is bounded by their number."""
    return settings(max_examples=count, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


DECIDED = {Outcome.PASS: "no violation", Outcome.NOT_APPLICABLE: "no violation", Outcome.FAIL: "violation"}
"""What an outcome says for good; UNKNOWN and ERROR say nothing."""

SEVEREST = (Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)


def judged(rule: Rule, stack: Stack, chosen: Settings) -> Outcome:
    """The severest outcome of a rule on the first resource."""
    evaluation = Evaluation([rule], chosen, every_outcome=True)
    first = Stack.__new__(Stack)
    first.__dict__.update(stack.__dict__, resources=stack.resources[:1])  # the others are surroundings, not judged
    return min((finding.outcome for finding in evaluation.stack(first)), key=SEVEREST.index)


# Arbitrary data --------------------------------------------------------------------------------------------


def words(data: Any) -> Iterator[str]:
    """Every key in some data."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from words(value)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from words(item)


def scalars(data: Any) -> Iterator[Any]:
    if isinstance(data, dict | list | tuple):
        for item in data.values() if isinstance(data, dict) else data:
            yield from scalars(item)
    elif not isinstance(data, Secret | Unknown):
        yield data


DATA = [row.resources for _, row in ROWS]
KEYS = sorted(set(words(DATA)))
SCALARS = sorted({value for value in scalars(DATA) if isinstance(value, str)})


def deep(value: Any, depth: int) -> Any:
    for level in range(depth):
        value = [value] if level % 2 else {"spec": value}
    return value


unknowns = st.sampled_from([Unknown(reason) for reason in Reason])
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(SCALARS),
    st.sampled_from(["", "true", "{", "[]", '{"Statement": [{"Principal": "*"}]}', "a" * 200_000, "0.0.0.0/0", "::/0", "-1", "65536:x"]),
    st.sampled_from([math.nan, math.inf, 10**400, -(2**63)]),
)


def anything(depth: int) -> st.SearchStrategy[Any]:
    """JSON-shaped values with unknown and secret ones anywhere, nested that deep now and then."""
    return st.recursive(
        st.one_of(plain, unknowns),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=8)), inner, max_size=6),
            inner.map(Secret),
            st.builds(deep, inner, st.sampled_from([3, depth])),
        ),
        max_leaves=25,
    )


DEEPEST = 2_000
"""Deeper than Python recurses: rules and reading must not."""

DEEP = 40
"""Deep for the tests that copy and change data themselves, which recurse."""

objects = st.dictionaries(st.sampled_from(KEYS), anything(DEEPEST), max_size=8)


def faults(findings: list[Finding]) -> list[str]:
    """The ERROR findings, but for strings that should hold a document and do not: those are the resource's fault."""
    errors = [finding for finding in findings if finding.outcome is Outcome.ERROR and not finding.message.endswith("not a JSON document")]
    return [f"{finding.rule.id} on {finding.resource.type}: {finding.message}" for finding in errors]


@examples(400)
@given(st.lists(st.tuples(st.sampled_from(TYPES), objects, st.none() | objects), min_size=1, max_size=4))
def test_no_rule_raises_on_arbitrary_properties(drawn: list[tuple[str, dict[str, Any], dict[str, Any] | None]]) -> None:
    resources = [Resource(f"urn:{n}", type_, f"r{n}", inputs, outputs) for n, (type_, inputs, outputs) in enumerate(drawn)]
    assert faults(list(EVERYTHING.stack(Stack(resources)))) == []


ONE_OF_A_KIND = {"null": None, "list": [], "object": {}, "string": "x", "number": 0, "boolean": True, "unknown": Unknown()}
KINDS = ONE_OF_A_KIND | {"secret": Secret({}), "secret null": Secret(None), "deep": deep(Unknown(), DEEPEST)}


@pytest.mark.parametrize("value", KINDS.values(), ids=KINDS.keys())
@pytest.mark.parametrize("key", ["", "metadata", "spec", "metadata.labels", "spec.template.spec"])
def test_no_rule_raises_on_one_kind_of_value(key: str, value: Any) -> None:
    inputs: Any = value
    for part in reversed(key.split(".")) if key else ():
        inputs = {part: inputs}
    resources = [Resource(f"urn:{n}", type_, f"r{n}", inputs if isinstance(inputs, dict) else {}) for n, type_ in enumerate(TYPES)]
    assert faults(list(EVERYTHING.stack(Stack(resources)))) == []


# Data of the tables, changed -------------------------------------------------------------------------------

Slot = tuple[Any, Any]
"""A dictionary or list, and the key or index in it."""


def slots(data: Any) -> list[Slot]:
    found: list[Slot] = []
    for key, value in list(data.items() if isinstance(data, dict) else enumerate(data)):
        found.append((data, key))
        if isinstance(value, dict | list):
            found += slots(value)
    return found


def change(draw: Callable[[Any], Any], slot: Slot) -> None:
    """Replaces, deletes, repeats, nests, hides or exchanges one value."""
    holder, key = slot
    value = holder[key]
    match draw(st.sampled_from(["replace", "delete", "repeat", "list", "object", "secret", "unknown", "deep"])):
        case "replace":
            holder[key] = draw(anything(DEEP))
        case "delete":
            del holder[key]
        case "repeat" if isinstance(holder, list):
            holder.append(value)
        case "repeat" if isinstance(value, list):
            holder[key] = [*value, *value]
        case "list":
            holder[key] = [value]
        case "object":
            holder[key] = {draw(st.sampled_from(KEYS)): value}
        case "secret":
            holder[key] = Secret(value)
        case "unknown":
            holder[key] = draw(unknowns)
        case "deep":
            holder[key] = deep(value, DEEP)


@st.composite
def changed(draw: Callable[[Any], Any]) -> tuple[Rule, Row, Stack]:
    """A rule, a row of its table, and the stack of that row with up to four changes, perhaps beside that of another row."""
    rule, row = draw(st.sampled_from(ROWS))
    stack = row.stack()
    others = draw(st.sampled_from(ROWS))[1].stack().resources if draw(st.booleans()) else ()
    for _ in range(draw(st.integers(0, 4))):
        resource = draw(st.sampled_from(stack.resources))
        found = slots(resource.inputs) + slots(resource.outputs or {})
        if found:
            change(draw, draw(st.sampled_from(found)))
    return rule, row, Stack([*stack.resources, *others], row.basis)


@examples(1_000)
@given(changed())
def test_no_rule_raises_on_changed_rows(drawn: tuple[Rule, Row, Stack]) -> None:
    _, _, stack = drawn
    assert faults(list(EVERYTHING.stack(stack))) == []


def outcomes(stack: Stack) -> list[tuple[str, str, str, str]]:
    """What every rule says of every resource; which of several failures comes first is no matter."""
    return sorted((f.rule.id, f.resource.urn, f.outcome.value, f.path) for f in EVERYTHING.stack(stack))


def backwards(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: backwards(value) for key, value in reversed(data.items())}
    if isinstance(data, list):
        return [backwards(item) for item in data]
    return Secret(backwards(data.value)) if isinstance(data, Secret) else data


@examples(300)
@given(changed(), st.sampled_from(["x-unrelated", "zz", "x.example/unrelated"]))
def test_the_order_of_keys_and_irrelevant_keys_change_nothing(drawn: tuple[Rule, Row, Stack], key: str) -> None:
    _, _, stack = drawn
    turned = []
    for resource in stack.resources:
        inputs = {key: "x", **backwards(resource.inputs)}
        for part in ("metadata", "spec"):
            if isinstance(inputs.get(part), dict):
                inputs[part][key] = "x"
        turned.append(dataclasses.replace(resource, inputs=inputs, outputs=backwards(resource.outputs)))
    assert outcomes(Stack(turned, stack.basis)) == outcomes(stack)


# Soundness -------------------------------------------------------------------------------------------------

Place = tuple[int, bool, tuple[Any, ...]]
"""Number of the resource, whether in its outputs, keys and indexes on the way."""


class Recording(dict[str, Any]):
    """A dictionary that tells which of its keys are read, whether they are there or not."""

    def __init__(self, data: dict[str, Any], tell: Callable[[tuple[Any, ...]], None], way: tuple[Any, ...]) -> None:
        super().__init__({key: recording(value, tell, (*way, key)) for key, value in data.items()})
        self.tell, self.way = tell, way

    def get(self, key: str, default: Any = None) -> Any:
        self.tell((*self.way, key))
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.tell((*self.way, key))
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        for key in super().__iter__():
            self.tell((*self.way, key))
            yield key

    def keys(self) -> Any:
        return list(self)

    def values(self) -> Any:
        return [self[key] for key in self]

    def items(self) -> Any:
        return [(key, self[key]) for key in self]


def recording(value: Any, tell: Callable[[tuple[Any, ...]], None], way: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        return Recording(value, tell, way)
    if isinstance(value, list):
        return [recording(item, tell, (*way, index)) for index, item in enumerate(value)]
    return Secret(recording(value.value, tell, way)) if isinstance(value, Secret) else value


def read_places(rule: Rule, stack: Stack, chosen: Settings) -> list[Place]:
    """The places that a rule reads to judge the first resource; of a list that it reads, the items too."""
    seen: dict[Place, None] = {}

    def watched(number: int, data: Any, *, outputs: bool) -> Any:
        return None if data is None else recording(dict(data), lambda way: seen.update({(number, outputs, way): None}), ())

    resources = [
        dataclasses.replace(resource, inputs=watched(n, resource.inputs, outputs=False), outputs=watched(n, resource.outputs, outputs=True))
        for n, resource in enumerate(stack.resources)
    ]
    seen.clear()
    judged(rule, Stack(resources, stack.basis), chosen)
    for number, outputs, way in list(seen):
        held = found((stack.resources[number].outputs if outputs else stack.resources[number].inputs), way)
        if isinstance(held, list):
            seen.update({(number, outputs, (*way, index)): None for index in range(len(held))})
    return list(seen)


def found(data: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        while isinstance(data, Secret):
            data = data.value
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def substituted(stack: Stack, place: Place, value: Any) -> Stack:
    """The stack with another value in a place."""
    number, outputs, way = place

    def put(data: Any, rest: tuple[Any, ...]) -> Any:
        if not rest:
            return value
        if isinstance(data, Secret):
            return Secret(put(data.value, rest))
        if isinstance(data, list):
            return [put(item, rest[1:]) if index == rest[0] else item for index, item in enumerate(data)]
        return {**data, rest[0]: put(data.get(rest[0]), rest[1:])}

    resource = stack.resources[number]
    side = "outputs" if outputs else "inputs"
    new = dataclasses.replace(resource, **{side: put(dict(getattr(resource, side)), way)})
    return Stack([*stack.resources[:number], new, *stack.resources[number + 1 :]], stack.basis)


ONE_OF_EVERY_KIND = (None, True, False, 0, -1, "", "x", "*", "true", "0.0.0.0/0", [], ["x"], {}, [{}], {"x": "x"})


def values_under(table: Table) -> dict[Any, list[Any]]:
    """The values that a table holds under each key, each once."""
    held: dict[Any, dict[str, Any]] = {}

    def collect(data: Any, key: Any) -> None:
        if key is not None:
            held.setdefault(key, {}).setdefault(repr(data), data)
        for inner, item in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
            collect(item, inner if isinstance(data, dict) else key)

    for row in table.rows:
        for resource in row.resources:
            collect(resource, None)
    return {key: list(known.values()) for key, known in held.items()}


def two_of_a_name(stack: Stack) -> bool:
    """Whether two resources of a type have one id, ARN or name: no value of an unknown id leads there."""
    return any(len(stack.named(each.rule_type, name)) > 1 for each in stack.resources for name in stack.names(each))


def comes_from_a_resource(stack: Stack, place: Place) -> bool:
    """Whether the engine has recorded what a property comes from: it can then hold no value but one of that resource."""
    number, _, way = place
    return bool(way and stack.resources[number].property_dependencies.get(way[0]))


def contradictions(rule: Rule, row: Row, known: dict[Any, list[Any]]) -> Iterator[str]:
    """Values that decide otherwise in a place where the rule decided although it was unknown."""
    stack = row.stack()
    for place in read_places(rule, stack, row.settings):
        unknown = judged(rule, substituted(stack, place, Unknown()), row.settings)
        if unknown is Outcome.ERROR:
            yield f"{row.name}: {place} unknown: error"
        if unknown not in DECIDED or comes_from_a_resource(stack, place):
            continue
        key = next((step for step in reversed(place[2]) if isinstance(step, str)), None)
        for value in (*known.get(key, ()), *ONE_OF_EVERY_KIND):
            other = substituted(stack, place, copy.deepcopy(value))
            outcome = judged(rule, other, row.settings)
            if outcome in DECIDED and DECIDED[outcome] != DECIDED[unknown] and not two_of_a_name(other):
                yield f"{row.name}: {place} unknown: {unknown}, {value!r}: {outcome}"


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.id in TABLES], ids=lambda rule: rule.id)
def test_what_is_decided_although_a_value_is_unknown_holds_for_every_value(rule: Rule) -> None:
    table = TABLES[rule.id]
    known = values_under(table)
    assert [problem for row in table.rows for problem in contradictions(rule, row, known)] == []


@examples(600)
@given(changed(), st.integers(0, 10_000))
def test_an_outcome_never_becomes_a_pass_when_a_value_that_was_read_turns_unknown(drawn: tuple[Rule, Row, Stack], choice: int) -> None:
    rule, row, stack = drawn
    places = read_places(rule, stack, row.settings)
    if places:
        before = judged(rule, stack, row.settings)
        place = places[choice % len(places)]
        after = judged(rule, substituted(stack, place, Unknown()), row.settings)
        if DECIDED.get(after) == "no violation":
            assert DECIDED.get(before) == "no violation", place
        elif after is Outcome.FAIL:
            assert before is Outcome.FAIL, place
