"""Messages of the engine become what rules read."""

from __future__ import annotations

import math

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from hipaa_stack.crossguard._decoding import ARCHIVE, ASSET, BLINDED, OUTPUT, RESOURCE, SECRET, SIGNATURE, UNKNOWNS, Decoder
from hipaa_stack.resources import Reason, Secret, Unknown

from .conftest import struct

COMPUTED = Unknown(Reason.COMPUTED)


def decoded(value, simulated=()):
    return Decoder(simulated).properties(struct({"value": value}))["value"]


@pytest.mark.parametrize("value", ["", "text", True, False, None, 0, 3, -7, 2.5, 1e300, [], {}, [1, [None, "a"]], {"a": {"b.c": [False]}}])
def test_plain_values_stay_what_they_are(value):
    assert decoded(value) == value
    assert type(decoded(value)) is type(value) or value == 1e300


def test_whole_numbers_are_integers():
    assert [type(item) for item in decoded([3, 2192.0, 0.5])] == [int, int, float]


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_that_are_none_stay_floats(number):
    message = struct_pb2.Struct()
    message.fields["value"].number_value = number
    found = Decoder().properties(message)["value"]
    assert isinstance(found, float)
    assert found == number or math.isnan(number)


@pytest.mark.parametrize("sentinel", UNKNOWNS)
def test_what_is_not_known_yet_is_unknown_at_any_depth(sentinel):
    assert decoded([{"a": sentinel}, sentinel]) == [{"a": COMPUTED}, COMPUTED]


@pytest.mark.parametrize(
    ("special", "expected"),
    [
        pytest.param({SIGNATURE: SECRET, "value": "hush"}, Secret("hush"), id="secret"),
        pytest.param({SIGNATURE: SECRET, "value": {"a": [UNKNOWNS[0], 1]}}, Secret({"a": [COMPUTED, 1]}), id="secret object"),
        pytest.param({SIGNATURE: SECRET, "value": UNKNOWNS[0]}, Secret(COMPUTED), id="unknown secret"),
        pytest.param({SIGNATURE: SECRET, "value": {SIGNATURE: SECRET, "value": 1}}, Secret(1), id="secret in a secret"),
        pytest.param({SIGNATURE: SECRET}, Secret(None), id="secret without a value"),
        pytest.param({SIGNATURE: SECRET, "value": BLINDED}, Secret(Unknown(Reason.ENCRYPTED)), id="secret that is not decrypted"),
        pytest.param({SIGNATURE: OUTPUT, "value": 5, "dependencies": ["urn"]}, 5, id="output"),
        pytest.param({SIGNATURE: OUTPUT, "value": 5, "secret": True}, Secret(5), id="secret output"),
        pytest.param({SIGNATURE: OUTPUT, "dependencies": []}, COMPUTED, id="unknown output"),
        pytest.param({SIGNATURE: OUTPUT, "secret": True}, Secret(COMPUTED), id="unknown secret output"),
        pytest.param({SIGNATURE: ASSET, "path": "a.txt", "hash": "1"}, {"path": "a.txt", "hash": "1"}, id="asset"),
        pytest.param(
            {SIGNATURE: ARCHIVE, "assets": {"a": {SIGNATURE: ASSET, "text": "x"}}}, {"assets": {"a": {"text": "x"}}}, id="archive"
        ),
        pytest.param({SIGNATURE: RESOURCE, "urn": "urn:a", "id": "i-1"}, "i-1", id="resource"),
        pytest.param({SIGNATURE: RESOURCE, "urn": "urn:a", "id": UNKNOWNS[0]}, COMPUTED, id="resource that does not exist yet"),
        pytest.param({SIGNATURE: RESOURCE, "urn": "urn:a"}, "urn:a", id="component"),
        pytest.param({SIGNATURE: "of a later protocol", "value": 1}, {"value": 1}, id="something else"),
    ],
)
def test_special_objects(special, expected):
    assert decoded(special) == expected
    assert decoded([{"a": special}]) == [{"a": expected}]


def test_texts_of_a_simulated_cloud_are_unknown_where_they_are_the_whole_value():
    assert decoded(["vpc-1", "in vpc-1"], simulated={"vpc-1"}) == [Unknown(Reason.SIMULATED), "in vpc-1"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda items: st.lists(items, max_size=4) | st.dictionaries(st.text(max_size=6), items, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=5))
def test_any_json_comes_through(properties):
    assert Decoder().properties(struct(properties)) == properties
