"""What rules and their tables say of cloud resources exists in the installed SDKs: types, and properties at every depth."""

from pathlib import Path

import pytest

from hipaa_stack.patterns import covers
from hipaa_stack.rules import catalogue
from hipaa_stack.sandbox.provider.schema import Kind, Sdk
from hipaa_stack.testing import Table

CLOUDS = {name: Sdk(name) for name in ("aws", "gcp")}
TABLES = [Table.read(path) for cloud in CLOUDS for path in sorted((Path(__file__).parent / cloud).rglob("*.yaml"))]
TWINS = "V2:"
"""Older names of types that newer SDKs left out, and that states still hold."""


def unknown_properties(type_, data, path=""):
    """Paths that the SDK does not know; values of the wrong kind are the tables' business."""
    if type_.kind is Kind.OBJECT and isinstance(data, dict):
        for key, value in data.items():
            if key not in type_.fields:
                yield f"{path}{key}"
            else:
                yield from unknown_properties(type_.fields[key].type, value, f"{path}{key}.")
    elif type_.kind is Kind.LIST and isinstance(data, list):
        for value in data:
            yield from unknown_properties(type_.element, value, path)


@pytest.mark.parametrize("rule", [rule for rule in catalogue() if rule.id.startswith(("AWS", "GCP"))], ids=lambda rule: rule.id)
def test_the_types_of_a_rule_exist(rule):
    for token in rule.types:
        cloud = CLOUDS.get(token.partition(":")[0])
        if cloud and "*" in token:
            assert any(covers(token, known) for known in cloud.classes), token
        elif cloud and TWINS not in token:
            assert cloud.resource(token).inputs


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.rule)
def test_the_properties_of_a_table_exist(table):
    """A property that the provider does not have would be absent from every real resource."""
    for row in table.rows:
        for resource in row.resources:
            cloud = CLOUDS.get(resource.get("type", "").partition(":")[0])
            if cloud is None or TWINS in resource["type"]:
                continue
            known = cloud.resource(resource["type"])
            for given, fields in (
                (resource.get("inputs", {}), known.inputs),
                (resource.get("outputs") or {}, {**known.inputs, **known.outputs}),
            ):
                for key, value in given.items():
                    if key == "id":  # every resource has one
                        continue
                    assert key in fields, f"{row.name}: {key}"
                    assert [*unknown_properties(fields[key].type, value, f"{key}.")] == [], row.name
