"""Resources without a name get one, as the real providers name them, and keep it."""

from __future__ import annotations

import re

import pytest
from pulumi.runtime.proto import provider_pb2

from hipaa_stack.sandbox.provider.wire import UNKNOWN

NAMED = [
    ("aws:iam/role:Role", {"assumeRolePolicy": "{}"}, "name", r"My_Role-[0-9a-f]{7}"),
    ("aws:s3/bucket:Bucket", {}, "bucket", r"my-role-[0-9a-f]{7}"),
    ("aws:kms/alias:Alias", {"targetKeyId": "k"}, "name", r"alias/My_Role-[0-9a-f]{7}"),
    ("aws:sqs/queue:Queue", {"fifoQueue": True}, "name", r"My_Role-[0-9a-f]{7}\.fifo"),
    ("gcp:compute/network:Network", {}, "name", r"my-role-[0-9a-f]{7}"),
]
UNNAMED = [
    ("given", "aws:iam/role:Role", {"name": "mine"}),
    ("prefix", "aws:iam/role:Role", {"namePrefix": "mine-"}),
    ("bucket prefix", "aws:s3/bucket:Bucket", {"bucketPrefix": "mine-"}),
    ("has no name", "aws:ec2/vpc:Vpc", {}),
    ("unknown name", "aws:iam/role:Role", {"name": UNKNOWN}),
]


@pytest.mark.parametrize(("type_", "inputs", "property_", "pattern"), NAMED, ids=[row[0] for row in NAMED])
def test_names_what_has_no_name(provider, type_, inputs, property_, pattern):
    client = provider(type_.split(":")[0])
    named, _ = client.check(type_, "My_Role", inputs)
    assert re.fullmatch(pattern, named[property_])
    assert named["__defaults"] == [property_]
    assert client.check(type_, "My_Role", inputs)[0] == named, "a second preview proposes the same name"


@pytest.mark.parametrize(("type_", "inputs"), [row[1:] for row in UNNAMED], ids=[row[0] for row in UNNAMED])
def test_leaves_alone_what_needs_no_name(provider, type_, inputs):
    named, _ = provider().check(type_, "it", inputs)
    assert named == {**inputs, "__defaults": []}


def test_keeps_the_name_that_it_gave(provider):
    olds = {"name": "it-0000000", "__defaults": ["name"]}
    assert provider().check("aws:iam/role:Role", "it", {}, olds)[0]["name"] == "it-0000000"


def test_a_name_that_the_program_no_longer_gives_is_replaced(provider):
    named, _ = provider().check("aws:iam/role:Role", "it", {}, {"name": "mine", "__defaults": []})
    assert named["name"] != "mine"


def test_a_replacement_gets_another_name_while_the_old_object_lives(provider):
    client = provider()
    id_, inputs, outputs = client.make("aws:iam/role:Role", "it", {"assumeRolePolicy": "{}"})
    client.diff("aws:iam/role:Role", "it", inputs, inputs, id_=id_, state=outputs)
    second, _ = client.check("aws:iam/role:Role", "it", {"assumeRolePolicy": "{}", "path": "/other/"})
    assert second["name"] != inputs["name"]
    client.delete("aws:iam/role:Role", "it", id_, outputs)
    third, _ = client.check("aws:iam/role:Role", "it", {"assumeRolePolicy": "{}"})
    assert third["name"] == inputs["name"], "the name is free again"


MODES = provider_pb2.CheckRequest.AutonamingOptions


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"mode": MODES.PROPOSE, "proposed_name": "dev-it"}, {"name": "dev-it", "__defaults": ["name"]}),
        ({"mode": MODES.DISABLE}, {"__defaults": []}),
    ],
)
def test_the_engine_may_settle_names(provider, options, expected):
    assert provider().check("aws:iam/role:Role", "it", {}, autonaming=MODES(**options))[0] == expected


def test_long_names_fit(provider):
    named, _ = provider().check("aws:lb/loadBalancer:LoadBalancer", "x" * 60, {})
    assert len(named["name"]) == 32


STATE = {
    "__defaults": ["forceDestroy", "bucket"],
    "bucket": "logs-0a1b2c3",
    "forceDestroy": False,
    "tags": {"__defaults": [], "a": "b"},
    "versioning": {"__defaults": ["mfaDelete"], "enabled": True, "mfaDelete": False},
    "lifecycleRules": [{"__defaults": ["prefix"], "enabled": True, "prefix": ""}],
}
PROGRAM = {"tags": {"a": "b"}, "versioning": {"enabled": True}, "lifecycleRules": [{"enabled": True}]}


def test_defaults_of_an_exported_state_are_kept(provider):
    client = provider()
    checked, failures = client.check("aws:s3/bucket:Bucket", "logs", PROGRAM, STATE)
    assert not failures
    assert {**checked, "__defaults": sorted(checked["__defaults"])} == {**STATE, "__defaults": ["bucket", "forceDestroy"]}
    assert not client.diff("aws:s3/bucket:Bucket", "logs", STATE, checked).diffs
    previewed = client.update(
        "aws:s3/bucket:Bucket", "logs", "logs-0a1b2c3", {**STATE, "arn": "arn:aws:s3:::logs-0a1b2c3"}, STATE, checked, preview=True
    )
    assert "__defaults" not in str(previewed)


def test_what_the_program_says_wins_over_a_kept_default(provider):
    checked, _ = provider().check("aws:s3/bucket:Bucket", "logs", {**PROGRAM, "forceDestroy": True, "bucketPrefix": "l-"}, STATE)
    assert (checked["forceDestroy"], checked["__defaults"], "bucket" in checked) == (True, [], False)
