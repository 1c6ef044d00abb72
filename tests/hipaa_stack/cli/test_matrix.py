"""`hipaa-stack matrix`: every paragraph, who serves it, and what stays with the organisation."""

import csv
import io
import json

import pytest

from hipaa_stack.baseline import COMPONENTS
from hipaa_stack.catalog import catalog, organisation
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run
from hipaa_stack.evaluation import FOOTER
from hipaa_stack.rules import PROPOSED_STATUS, Proposed, all_rules


def written(capsys, *options):
    assert run(["matrix", *options]) == ExitCode.CLEAN
    return capsys.readouterr().out


def rows(capsys, *options):
    document = json.loads(written(capsys, "--format", "json", *options))
    assert (document["schema"], document["statement"]) == ("hipaa-stack/matrix/v1", FOOTER)
    return {row["id"]: row for row in document["rows"]}


def test_every_paragraph_has_its_rules_components_and_what_stays(capsys):
    table = rows(capsys)
    assert list(table) == [entry.id for entry in catalog()]
    for rule in all_rules():
        assert all(rule.id in table[cite.id]["rules"] for cite in rule.cites)
    for name, record in COMPONENTS.items():
        assert all(name in table[citation]["components"] for citation in record.citations)
    assert sum(len(row["rules"]) for row in table.values()) == sum(len({cite.id for cite in rule.cites}) for rule in all_rules())
    assert {row["id"]: row["organisation"] for row in table.values()} == organisation()


def test_a_profile_leaves_only_the_rules_that_it_holds(capsys):
    held = {id_ for row in rows(capsys, "--profile", "required").values() for id_ in row["rules"]}
    assert held == {rule.id for rule in all_rules() if rule.profile == "required"}


def test_the_proposed_rule_is_shown_only_when_asked_for(capsys):
    everything = json.loads(written(capsys, "--format", "json", "--profile", "nprm-2025"))["rows"]
    proposed = [row for row in everything if row["kind"] == PROPOSED_STATUS]
    assert [row["id"] for row in proposed] == list(Proposed)
    assert proposed[2]["title"] == "Network segmentation"
    assert proposed[2]["rules"] == [rule.id for rule in all_rules() if Proposed.NETWORK_SEGMENTATION in rule.proposed]
    for profile in ("required", "recommended", "strict"):
        assert PROPOSED_STATUS not in written(capsys, "--profile", profile)
    assert PROPOSED_STATUS not in written(capsys)


@pytest.mark.parametrize("format_", ["text", "json", "csv", "markdown"])
def test_every_format_has_every_row_and_says_what_a_pass_means(capsys, format_):
    text = written(capsys, "--format", format_)
    assert FOOTER in text
    for entry in catalog():
        assert entry.id in text
        assert organisation()[entry.id].split()[0] in text


def test_csv_is_a_table(capsys):
    table = list(csv.DictReader(io.StringIO(written(capsys, "--format", "csv")), strict=True))
    assert [row["id"] for row in table] == [*(entry.id for entry in catalog()), "note"]
    access = next(row for row in table if row["id"] == "164.312(a)(1)")
    assert "K8S-POD-001" in access["rules"].split()
    assert "EksCluster" in access["components"].split()


def test_markdown_is_a_table(capsys):
    lines = [line for line in written(capsys, "--format", "markdown").splitlines() if line.startswith("|")]
    assert len(lines) == len(catalog()) + 2
    assert {line.count("|") for line in lines} == {6}
