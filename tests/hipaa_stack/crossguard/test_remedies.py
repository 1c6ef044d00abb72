"""A remedy changes one value and nothing beside it."""

from __future__ import annotations

import pytest
from google.protobuf import json_format

from hipaa_stack.crossguard._decoding import OUTPUT, SIGNATURE
from hipaa_stack.crossguard._remedies import remedied
from hipaa_stack.resources import Remedy

from .conftest import UNKNOWN, secret, struct


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        pytest.param({"a": True, "b": 1}, "a", False, {"a": False, "b": 1}, id="value"),
        pytest.param({"a": [{"b": 1}, {"b": 2}]}, "a[1].b", 3, {"a": [{"b": 1}, {"b": 3}]}, id="item of a list"),
        pytest.param({}, "a.b.c", "x", {"a": {"b": {"c": "x"}}}, id="what is missing is made"),
        pytest.param({"a": None}, "a.b", 1, {"a": {"b": 1}}, id="null on the way"),
        pytest.param({"a": {"x/y.z": 1}}, "a[x/y.z]", 2, {"a": {"x/y.z": 2}}, id="key with dots"),
        pytest.param({"a": secret(True)}, "a", False, {"a": secret(False)}, id="a secret stays secret"),
        pytest.param({"a": secret({"b": True, "c": "hush"})}, "a.b", False, {"a": secret({"b": False, "c": "hush"})}, id="in a secret"),
        pytest.param(
            {"a": {SIGNATURE: OUTPUT, "value": {"b": 1}, "dependencies": ["u"]}},
            "a.b",
            2,
            {"a": {SIGNATURE: OUTPUT, "value": {"b": 2}, "dependencies": ["u"]}},
            id="in an output",
        ),
        pytest.param({"a": UNKNOWN, "b": UNKNOWN}, "a", False, {"a": False, "b": UNKNOWN}, id="unknown values beside it"),
        pytest.param({"a": 1}, "a", {"b": [True, None]}, {"a": {"b": [True, None]}}, id="whole object"),
        pytest.param({"__defaults": ["a"], "a": 1}, "a", 2, {"__defaults": ["a"], "a": 2}, id="what only the engine knows"),
    ],
)
def test_write(before, path, value, after):
    original = struct(before)
    changed = remedied(original, [Remedy(path, value)])
    assert changed is not None
    assert json_format.MessageToDict(changed) == after
    assert original == struct(before)


@pytest.mark.parametrize(
    ("before", "path"),
    [
        pytest.param({"a": "text"}, "a.b", id="through a text"),
        pytest.param({"a": UNKNOWN}, "a.b", id="through the unknown"),
        pytest.param({"a": [1]}, "a[1]", id="behind the end of a list"),
        pytest.param({"a": [1]}, "a.b", id="a key of a list"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_changed(before, path):
    assert remedied(struct(before), [Remedy(path, 1)]) is None


def test_what_cannot_be_written_hinders_no_other_remedy():
    changed = remedied(struct({"a": "text", "b": 1}), [Remedy("a.b", 1), Remedy("b", 2)])
    assert changed is not None
    assert json_format.MessageToDict(changed) == {"a": "text", "b": 2}


def test_without_remedies_nothing_is_returned():
    assert remedied(struct({"a": 1}), []) is None
