"""`hipaa-stack rules` and `hipaa-stack explain`: what the catalogue says about itself."""

import json

import pytest

from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run
from hipaa_stack.rules import Severity, all_rules


def listed(capsys, *options):
    assert run(["rules", "--format", "json", *options]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "hipaa-stack/rules/v1"
    return document["rules"]


def test_every_rule_is_listed(capsys):
    assert [rule["id"] for rule in listed(capsys)] == [rule.id for rule in all_rules()]
    assert run(["rules"]) == ExitCode.CLEAN
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"{len(all_rules())} rules"
    assert [line.split()[0] for line in lines[:-1]] == [rule.id for rule in all_rules()]


def test_json_says_all_of_a_rule(capsys):
    (rule,) = listed(capsys, "--select", "K8S-POD-001")
    assert set(rule) == {
        "id", "title", "severity", "profile", "types", "citations", "proposed", "tags", "why", "fix", "stack", "remediates",
    }  # fmt: skip
    assert rule["title"] == "Containers are not privileged"
    assert rule["citations"][0] == {"id": "164.312(a)(1)", "why": "a privileged container reaches the data of every pod on its node"}


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        (("--profile", "required"), lambda rule: rule.profile == "required"),
        (("--severity", "critical"), lambda rule: rule.severity is Severity.CRITICAL),
        (("--cites", "164.312(e)(1)"), lambda rule: any(cite.id == "164.312(e)(1)" for cite in rule.cites)),
        (("--type", "pod"), lambda rule: any("pod" in token.lower() for token in rule.types)),
        (("--select", "PSS:baseline"), lambda rule: "pss:baseline" in rule.tags),
        (("--ignore", "pss:baseline"), lambda rule: "pss:baseline" not in rule.tags),
    ],
)
def test_filters(capsys, options, holds):
    chosen = [rule["id"] for rule in listed(capsys, *options)]
    assert chosen == [rule.id for rule in all_rules() if holds(rule)]
    assert 0 < len(chosen) < len(all_rules())


@pytest.mark.parametrize("id_", ["K8S-POD-001", "k8s-pod-001"])
def test_a_rule_is_explained(capsys, id_):
    assert run(["explain", id_]) == ExitCode.CLEAN
    text = capsys.readouterr().out
    for part in (
        "K8S-POD-001  Containers are not privileged",
        "severity critical, profile required, tags pss:baseline",
        "A privileged container is root on its node",
        "Set securityContext.privileged to false, or remove it.",
        "164.312(a)(1)  Access control (standard)",
        "164.308(a)(1)(ii)(B)  Risk management (Required implementation specification)",
        "https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)",
        "kubernetes:apps/v1:Deployment",
    ):
        assert part in text


def test_proposed_safeguards_are_named_with_their_status(capsys):
    rule = next(rule for rule in all_rules() if rule.proposed)
    run(["explain", rule.id])
    assert f"Would serve (proposed, 90 FR 898)\n  {rule.proposed[0]}  " in capsys.readouterr().out


def test_an_explanation_is_json_on_request(capsys):
    run(["explain", "K8S-POD-001", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["id"] == "K8S-POD-001"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_can_be_explained(capsys, rule):
    assert run(["explain", rule.id]) == ExitCode.CLEAN
    text = capsys.readouterr().out
    assert all(cite.id in text for cite in rule.cites)
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("explain K8S-POD-1", "did you mean K8S-POD-001?"),
        ("explain nonsense", "got 'nonsense'; accepted: the id of a rule, see `hipaa-stack rules`\n"),
        ("explain", "Missing argument 'ID'"),
        ("rules --cites 164.312(z)", "--cites: citation: got '164.312(z)'; accepted: an id of 45 CFR 164 subpart C"),
        ("rules --select nonsense", "--select: got 'nonsense'; accepted: the id or a tag of a rule"),
    ],
)
def test_wrong_arguments(capsys, line, message):
    assert run(line.split()) == ExitCode.USAGE
    assert message in capsys.readouterr().err
