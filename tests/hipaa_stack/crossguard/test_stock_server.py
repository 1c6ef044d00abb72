"""The stock policy server and ours, with the same checks on the same requests, find the same violations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy
from pulumi_policy.policy import _PolicyAnalyzerServicer

from hipaa_stack.evaluation import Outcome
from hipaa_stack.resources import NotApplicable, Resource, Secret, Undecided, Unknown, rule_type
from hipaa_stack.rules import Rule, catalogue
from hipaa_stack.testing import Row, Table

from .conftest import UNKNOWN, secret, struct

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from policy_servers import CHECKS, DEPLOYMENT, FORBIDDEN, running, servicer

TABLES = [Table.read(path) for path in sorted((Path(__file__).parents[1] / "rules").rglob("*.yaml"))]
RESOURCE_RULES = [rule for rule in catalogue() if not rule.of_stack]


def violations(response: analyzer_pb2.AnalyzeResponse) -> set[tuple[str, int, str]]:
    """Policy, level and place of what is a violation; the stock server puts the description in a line of its own first."""
    said = [each for each in response.diagnostics if not each.message.startswith(("undecided: ", "can't run policy"))]
    return {(each.policyName, each.enforcementLevel, each.message.rpartition("\n")[2].partition(": ")[0]) for each in said}


def undecided(response: analyzer_pb2.AnalyzeResponse) -> set[str]:
    return {each.policyName for each in response.diagnostics if each.message.startswith(("undecided: ", "can't run policy"))}


# 200 checks, written twice -----------------------------------------------------------------------------------


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """`a.b` as objects in objects; what is in the way of an object wins."""
    whole: dict[str, Any] = {}
    for path, value in flat.items():
        *way, last = path.split(".")
        at: Any = whole
        for key in way:
            at = at.setdefault(key, {}) if isinstance(at, dict) else None
        if isinstance(at, dict):
            at[last] = value
    return whole


values = (
    st.sampled_from([value for forbidden in FORBIDDEN.values() for value in forbidden])
    | st.none()
    | st.integers(0, 70)
    | st.text(max_size=3)
)
containers = st.dictionaries(st.sampled_from(sorted(FORBIDDEN)), values, max_size=12).map(nested)
with_unknowns = st.dictionaries(st.sampled_from(sorted(FORBIDDEN)), values | st.just(UNKNOWN), max_size=12).map(nested)
with_secrets = st.dictionaries(st.sampled_from(sorted(FORBIDDEN)), values | values.map(secret), max_size=12).map(nested)


def asked(found: list[dict[str, Any]]) -> analyzer_pb2.AnalyzeRequest:
    properties = struct({"spec": {"template": {"spec": {"containers": found}}}})
    return analyzer_pb2.AnalyzeRequest(type=DEPLOYMENT, name="app", urn=f"urn:pulumi:dev::bench::{DEPLOYMENT}::app", properties=properties)


STOCK, OURS = servicer("stock", "one", 200), servicer("ours", "one", 200)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_there_are_two_hundred_checks():
    assert len(CHECKS["one"]) == len(CHECKS["ten"]) == 200


@quick
@given(st.lists(containers, min_size=1, max_size=4))
def test_both_find_the_same_violations(found):
    assert violations(OURS.Analyze(asked(found), None)) == violations(STOCK.Analyze(asked(found), None))


@quick
@given(st.lists(with_secrets, min_size=1, max_size=4))
def test_both_decide_on_secrets(found):
    assert violations(OURS.Analyze(asked(found), None)) == violations(STOCK.Analyze(asked(found), None))


@quick
@given(st.lists(with_unknowns, min_size=1, max_size=4))
def test_beside_the_unknown_ours_finds_what_the_stock_server_finds_and_more(found):
    """The stock server stops a check at the first unknown value; ours still judges the other containers."""
    ours, stock = OURS.Analyze(asked(found), None), STOCK.Analyze(asked(found), None)
    assert violations(ours) >= violations(stock)
    assert undecided(ours) >= undecided(stock)
    known = [container for container in found if UNKNOWN not in str(container)]
    if known:
        expected = {(policy, level) for policy, level, _ in violations(STOCK.Analyze(asked(known), None))}
        assert {(policy, level) for policy, level, _ in violations(ours)} >= expected


def test_both_find_violations_at_all():
    bad = nested({path: forbidden[0] for path, forbidden in FORBIDDEN.items()})
    assert len(violations(STOCK.Analyze(asked([bad]), None))) == len(FORBIDDEN)


def test_both_serve_the_same_over_grpc():
    bad = asked([nested({path: forbidden[0] for path, forbidden in FORBIDDEN.items()})])
    with running("stock") as stock, running("ours") as ours:
        assert violations(ours.Analyze(bad)) == violations(stock.Analyze(bad)) == violations(OURS.Analyze(bad, None))


# The catalogue, in both --------------------------------------------------------------------------------------


def in_stock_server(rule: Rule) -> ResourceValidationPolicy:
    """A rule as a policy of the stock server, which decodes and hands on the properties in its own way."""

    def judge(args: Any, report: Any) -> None:
        if not any(rule_type(args.resource_type) == each or args.resource_type == each for each in rule.types if "*" not in each):
            return
        root = Resource(args.urn, args.resource_type, args.name, plain(args.props)).root
        try:
            for part in rule.each(root):
                judge_part(part, report)
        except (Undecided, NotApplicable):
            return

    def judge_part(part: Any, report: Any) -> None:
        try:
            for violation in rule.check(part):
                report(f"{violation.path}: {violation.message}")
        except (Undecided, NotApplicable):
            return

    return ResourceValidationPolicy(rule.id, rule.title, judge, EnforcementLevel.MANDATORY)


def plain(value: Any) -> Any:
    """What the stock server's proxies hide."""
    if type(value).__name__ in ("_DictProxy", "_ListProxy"):
        value = value["__target"]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return Unknown() if value == UNKNOWN else value


def encoded(value: Any) -> Any:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Secret):
        return secret(encoded(value.value))
    if isinstance(value, dict):
        return {key: encoded(item) for key, item in value.items()}
    return [encoded(item) for item in value] if isinstance(value, list) else value


PLAIN_RULES = [rule for rule in RESOURCE_RULES if not rule.takes and not any("*" in each for each in rule.types)]
"""Without the rules that read settings, or that judge types by a pattern: the adapter above knows neither."""

ROWS = [row for table in TABLES for row in table.rows if {table.rule} & {rule.id for rule in PLAIN_RULES}]


def test_most_rules_are_compared():
    assert len(PLAIN_RULES) > len(RESOURCE_RULES) / 2
    assert len(ROWS) > 5 * len(PLAIN_RULES)


@pytest.fixture(scope="module")
def stock_catalogue() -> Any:
    policies = [in_stock_server(rule) for rule in PLAIN_RULES]
    return _PolicyAnalyzerServicer("bench", "0.0.1", policies, EnforcementLevel.MANDATORY, *[None] * 7)


@pytest.fixture(scope="module")
def our_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from google.protobuf import empty_pb2

    from .conftest import TODAY, Context, PolicyPack

    pack = PolicyPack(lambda: PLAIN_RULES, tmp_path_factory.mktemp("nowhere"), today=TODAY)
    names = [policy.name for policy in pack.GetAnalyzerInfo(empty_pb2.Empty(), Context()).policies]
    mandatory = {name: analyzer_pb2.PolicyConfig(enforcementLevel=1, properties=struct_pb2.Struct()) for name in [*names, "all"]}
    pack.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=mandatory), Context())
    return pack


def test_both_find_the_same_with_the_rules_of_the_catalogue(stock_catalogue, our_catalogue):
    found = 0
    for row in ROWS:
        resource = first(row)
        if resource.is_patch or row.outcome is Outcome.ERROR:
            continue  # what a patch does not set, and what cannot be read, is for evaluation to tell
        properties = struct(encoded(dict(resource.inputs)))
        message = analyzer_pb2.AnalyzeRequest(type=resource.type, name=resource.name, urn=resource.urn, properties=properties)
        ours = violations(our_catalogue.Analyze(message, None))
        assert ours == violations(stock_catalogue.Analyze(message, None)), row.name
        found += len(ours)
    assert found > len(PLAIN_RULES)


def first(row: Row) -> Resource:
    return row.stack().resources[0]
