"""Every row of every rule's table, and what must hold for all of them."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hipaa_stack.catalog import catalog
from hipaa_stack.evaluation import Outcome
from hipaa_stack.resources import Resource, Secret, Stack, Unknown, steps
from hipaa_stack.rules import Rule, catalogue
from hipaa_stack.testing import Case, Row, Table, judge, missing_cases

RULES = {rule.id: rule for rule in catalogue()}
TABLES = {path: Table.read(path) for path in sorted(Path(__file__).parent.rglob("*.yaml"))}
ROWS = [pytest.param(RULES[table.rule], row, id=f"{table.rule}-{row.name}") for table in TABLES.values() for row in table.rows]
ABOUT_SECRECY = {table.rule for table in TABLES.values() if table.secrecy}


def source_of(rule: Rule) -> Path:
    """`kubernetes/pods/privileged` of a rule's module."""
    return Path(*rule.check.__module__.split(".")[2:])


@pytest.mark.parametrize(("rule", "row"), ROWS)
def test_row(rule: Rule, row: Row) -> None:
    outcome, findings = judge(rule, row.stack(), row.settings)
    assert (outcome, sorted(finding.path for finding in findings if finding.path)) == (row.outcome, sorted(row.at))


@pytest.mark.parametrize(("rule", "row"), [p for p in ROWS if p.values[1].outcome is Outcome.FAIL])
def test_a_violation_never_passes_when_one_value_becomes_unknown(rule: Rule, row: Row) -> None:
    """The violating value is one that the unknown may turn out to be."""
    for path, stack in with_one_unknown(row):
        outcome, _ = judge(rule, stack, row.settings)
        assert outcome in (Outcome.FAIL, Outcome.UNKNOWN), f"{path} unknown: {outcome}"


@pytest.mark.parametrize(("rule", "row"), [p for p in ROWS if p.values[1].outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)])
def test_what_passes_never_fails_when_one_value_becomes_unknown(rule: Rule, row: Row) -> None:
    for path, stack in with_one_unknown(row):
        outcome, findings = judge(rule, stack, row.settings)
        assert outcome is not Outcome.FAIL, f"{path} unknown: {findings[0].message}"
        assert outcome is not Outcome.ERROR, f"{path} unknown: {findings[0].message}"


@pytest.mark.parametrize(("rule", "row"), [p for p in ROWS if p.values[0].id not in ABOUT_SECRECY])
def test_secrets_change_no_outcome_and_stand_in_no_message(rule: Rule, row: Row) -> None:
    stack = Stack([rebuilt(resource, wrapped) for resource in row.stack().resources], row.basis)
    outcome, findings = judge(rule, stack, row.settings)
    assert outcome is row.outcome
    for finding in findings:
        if outcome is Outcome.FAIL:
            fixed = f"{finding.rule.title}: violated by a secret value"
            assert not any(secret in finding.message for secret in finding.resource.secrets if secret not in fixed)


@pytest.mark.parametrize(("rule", "row"), ROWS)
def test_the_order_of_keys_and_unrelated_keys_change_nothing(rule: Rule, row: Row) -> None:
    changed = []
    for resource in row.stack().resources:
        inputs, outputs = {"unrelated": "x", **backwards(resource.inputs)}, backwards(resource.outputs)
        changed.append(dataclasses.replace(resource, inputs=inputs, outputs=outputs))
    outcome, findings = judge(rule, Stack(changed, row.basis), row.settings)
    assert (outcome, sorted(finding.path for finding in findings if finding.path)) == (row.outcome, sorted(row.at))


@pytest.mark.parametrize(("rule", "row"), [p for p in ROWS if p.values[0].remediates and p.values[1].outcome is Outcome.FAIL])
def test_remedies_resolve_what_they_belong_to(rule: Rule, row: Row) -> None:
    stack = row.stack()
    _, findings = judge(rule, stack, row.settings)
    remedies = [finding.remedy for finding in findings if finding.remedy]
    if not remedies:
        pytest.skip("this violation has no safe remedy")
    judged = stack.resources[0]
    inputs = copy.deepcopy(dict(judged.inputs))
    for remedy in remedies:
        write(inputs, remedy.path, remedy.value)
    healed = Stack([dataclasses.replace(judged, inputs=inputs), *stack.resources[1:]], row.basis)
    outcome, left = judge(rule, healed, row.settings)
    assert outcome is Outcome.PASS or not {finding.path for finding in left} & {remedy.path for remedy in remedies}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
class TestEveryRule:
    def test_has_a_table_beside_its_path(self, rule: Rule) -> None:
        path = Path(__file__).parent / source_of(rule).with_suffix(".yaml")
        assert path in TABLES, f"{path} is missing"
        assert TABLES[path].rule == rule.id
        assert list(missing_cases(TABLES[path])) == []
        outcomes = {row.outcome for row in TABLES[path].rows}
        assert {Outcome.PASS, Outcome.FAIL} <= outcomes or Case.COMPLIANT in TABLES[path].without or Case.VIOLATING in TABLES[path].without

    def test_cites_paragraphs_that_exist_and_says_why(self, rule: Rule) -> None:
        for cite in rule.cites:
            assert catalog()[cite.id].id == cite.id
            assert cite.why
            assert not cite.why.endswith(".")

    def test_has_a_title_that_is_a_state_and_a_fix_that_is_a_sentence(self, rule: Rule) -> None:
        assert not rule.title.endswith(".")
        assert not rule.title.lower().startswith(("ensure", "check", "verify"))
        assert rule.fix.endswith(".")
        assert rule.why.endswith("."), "the docstring of the module says why the rule exists"

    def test_remedies_are_declared(self, rule: Rule) -> None:
        table = next(table for table in TABLES.values() if table.rule == rule.id)
        has = any(f.remedy for row in table.rows if row.outcome is Outcome.FAIL for f in judge(rule, row.stack(), row.settings)[1])
        assert has == rule.remediates


def test_every_table_belongs_to_a_rule() -> None:
    assert [table.rule for table in TABLES.values() if table.rule not in RULES] == []


def with_one_unknown(row: Row) -> Iterator[tuple[str, Stack]]:
    """The stack of a row, once for every value in it that is made unknown."""
    resources = row.stack().resources
    for number, resource in enumerate(resources):
        for path in sorted({*paths(resource.inputs, ""), *paths(resource.outputs, "")}):
            changed = rebuilt(resource, lambda value, at, path=path: Unknown() if at == path else value)
            yield f"{resource.name}: {path}", Stack([*resources[:number], changed, *resources[number + 1 :]], row.basis)


def paths(data: Any, at: str) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            here = f"{at}[{key}]"
            yield here
            yield from paths(value, here)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            here = f"{at}[{index}]"
            yield here
            yield from paths(value, here)


def rebuilt(resource: Resource, change: Callable[[Any, str], Any]) -> Resource:
    """A copy with each value replaced by `change(value, path)`; a value that it returns as it is, is looked into."""

    def walk(value: Any, at: str) -> Any:
        changed = change(value, at)
        if changed is not value:
            return changed
        if isinstance(value, dict):
            return {key: walk(item, f"{at}[{key}]") for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, f"{at}[{index}]") for index, item in enumerate(value)]
        return value

    outputs = None if resource.outputs is None else walk(dict(resource.outputs), "")
    return dataclasses.replace(resource, inputs=walk(dict(resource.inputs), ""), outputs=outputs)


def wrapped(value: Any, _: str) -> Any:
    return value if value is None or isinstance(value, dict | list | Unknown | Secret) else Secret(value)


def backwards(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: backwards(value) for key, value in reversed(data.items())}
    return [backwards(item) for item in data] if isinstance(data, list) else data


def write(data: Any, path: str, value: Any) -> None:
    *way, last = steps(path)
    for step in way:
        data = data[int(step)] if isinstance(data, list) else data.setdefault(step, {})
    data[last] = copy.deepcopy(value)
