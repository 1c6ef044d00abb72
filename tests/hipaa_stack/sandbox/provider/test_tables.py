"""The tables name types, properties and look-ups that the installed SDKs have: a slip of the pen is a failure here."""

from __future__ import annotations

import re

import pytest

from hipaa_stack.sandbox.provider import aws_lookups, aws_values, changes, gcp_lookups, gcp_values, identity, invention, lifetime, naming
from hipaa_stack.sandbox.provider.schema import Kind, Sdk

SDKS = {cloud: Sdk(cloud) for cloud in ("aws", "gcp")}
WORDS = {"account", "region", "partition", "dns", "id", "uuid", "project_number", "path", "linked_role", "issuer"}


def resource(token):
    return SDKS[token.split(":")[0]].resource(token)


def fields_at(fields, path):
    """The field at a dotted path, through lists."""
    *parents, last = path.split(".")
    for parent in parents:
        type_ = fields[parent].type
        fields = (type_.element if type_.kind is Kind.LIST else type_).fields
    return fields[last]


@pytest.mark.parametrize("token", sorted(identity._RULES))
def test_identities(token):
    rule = identity._RULES[token]
    placeholders = set(re.findall(r"\{(\w+)\}", rule.error)) - {"account", "region"}
    assert set(rule.properties) | placeholders <= resource(token).inputs.keys()


@pytest.mark.parametrize("token", sorted(changes._FORCES))
def test_replacements(token):
    for path in changes._FORCES[token]:
        assert fields_at(resource(token).inputs, path)


@pytest.mark.parametrize("entry", sorted(changes._UPDATABLE))
def test_updates(entry):
    token, _, name = entry.rpartition("/")
    assert name in resource(token).inputs


@pytest.mark.parametrize("token", sorted(aws_values.OUTPUTS.keys() | gcp_values.OUTPUTS.keys()))
def test_outputs(token):
    for path in invention.table_of(token):
        assert fields_at(resource(token).outputs, path)


@pytest.mark.parametrize(("token", "template"), sorted({**aws_values.IDS, **aws_values._ARNS, **gcp_values.IDS}.items()))
def test_ids(token, template):
    words = {word for word in re.findall(r"\{(\w+)\}", template) if not re.fullmatch(r"(hex|digits|letters)\d+", word)}
    assert words - WORDS <= resource(token).inputs.keys() | {"name"}


@pytest.mark.parametrize("token", sorted(aws_lookups.COMPUTED.keys() | gcp_lookups.COMPUTED.keys()))
def test_lookups(token):
    assert SDKS[token.split(":")[0]].function(token).outputs


def test_derived_lookups():
    for token in aws_lookups.DERIVED | gcp_lookups.DERIVED:
        assert SDKS[token.split(":")[0]].function(token).outputs


@pytest.mark.parametrize("token", sorted({*naming._PROPERTIES, *naming._MAXIMUM, *naming._UNNAMED}))
def test_names(token):
    assert naming._PROPERTIES.get(token, "name") in resource(token).inputs or token in naming._UNNAMED


@pytest.mark.parametrize("token", sorted(lifetime._HOLDERS))
def test_holders(token):
    property_, types, _ = lifetime._HOLDERS[token]
    assert resource(token)
    for type_ in types:
        assert property_ in resource(type_).inputs


@pytest.mark.parametrize("token", sorted(lifetime._PROTECTED_BY_DEFAULT | lifetime._SCHEDULED | identity._NEVER_DELETED))
def test_lifetimes(token):
    assert resource(token)
