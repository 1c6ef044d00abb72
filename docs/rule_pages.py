"""The pages of the rules, each with the examples of its test table; their index; and the matrix of the Security Rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from component_pages import cell, citation

from hipaa_stack.catalog import catalog
from hipaa_stack.cli.matrix import markdown
from hipaa_stack.evaluation import FOOTER, Outcome
from hipaa_stack.matrix import matrix, title_of
from hipaa_stack.resources import Secret, Unknown
from hipaa_stack.rules import PROPOSED_STATUS, Rule, catalogue
from hipaa_stack.settings import Profile
from hipaa_stack.testing import Case, Row, Table

TABLES = Path(__file__).parents[1] / "tests"

_LEVELS = {
    Profile.REQUIRED: "required: mandatory in every profile",
    Profile.RECOMMENDED: "recommended: advisory",
    Profile.NPRM_2025: "nprm-2025: advisory",
}

_SHORT = {"ebs", "ec2", "ecr", "eks", "gke", "iam", "kms", "rbac", "s3", "vpc"}
"""Areas that are written in capital letters."""

_TAGS = """\
| tag | the rule belongs to |
|---|---|
| `pss:baseline`, `pss:restricted` | a level of the Kubernetes Pod Security Standards |
| `cis-eks`, `cis-gke` | the subjects of the CIS benchmarks for Amazon EKS and Google GKE |
| `nsa` | the subjects of the NSA and CISA Kubernetes Hardening Guidance |
| `key-control` | the rules that ask for a key of your own: mandatory in profile `strict` |
"""


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of each page."""
    for rule in catalogue():
        yield f"rules/{rule.id}.md", "\n".join(_rule_page(rule)) + "\n"
    yield "rules/README.md", "\n".join(_index()) + "\n"
    yield "matrix.md", "\n".join(_matrix_page()) + "\n"


def _rule_page(rule: Rule) -> Iterator[str]:
    table = Table.read(table_of(rule))
    yield f"# {rule.id}: {rule.title}\n\n{rule.why}\n"
    yield "| | |\n|---|---|"
    yield f"| severity | {rule.severity} |"
    yield f"| profile | {_LEVELS[rule.profile]}{', mandatory in profile strict' if rule.key_control else ''} |"
    yield f"| judges | {', '.join(f'`{type_}`' for type_ in rule.types)}{', with the other resources of the stack' if rule.of_stack else ''} |"
    if rule.tags:
        yield f"| tags | {', '.join(f'`{tag}`' for tag in rule.tags)} |"
    yield "\n## Safeguards\n"
    yield from (f"- [{citation(catalog()[cite.id])}]({cite.url}): {cite.why}" for cite in rule.cites)
    yield from (f"- {proposed} {title_of(proposed)} ({PROPOSED_STATUS})" for proposed in rule.proposed)
    yield "\n## Violates\n"
    yield from _example(table, Case.VIOLATING, Outcome.FAIL)
    yield "\n## Passes\n"
    yield from _example(table, Case.COMPLIANT, Outcome.PASS)
    yield f"\n## Fix\n\n{rule.fix}{' The policy pack can do it where remediation is switched on.' if rule.remediates else ''}\n"
    yield f"```sh\nhipaa-stack explain {rule.id}\n```\n\n{FOOTER}"


def _example(table: Table, case: Case, outcome: Outcome) -> Iterator[str]:
    """The first row of the case that a reader can copy, else of the outcome, else why there is none."""
    rows = [row for row in table.rows if row.outcome is outcome and not _special(row.resources)]
    rows.sort(key=lambda row: (row.case is not case, bool(row.settings.model_fields_set)))
    if not rows:
        yield f"There is no such example: {table.without.get(case, 'the values that decide are known only after deployment')}."
        return
    row = rows[0]
    yield f"{row.name[0].upper()}{row.name[1:]}:\n"
    documents = "---\n".join(_yaml(resource) for resource in row.resources)
    yield f"```yaml\n{documents}```"
    if any(row.at):
        yield f"\nat {', '.join(f'`{path}`' for path in row.at)}"
    if row.settings.model_fields_set:
        yield f"\nwith these settings:\n\n```yaml\n{_yaml(_settings(row))}```"


def _settings(row: Row) -> Mapping[str, Any]:
    data: dict[str, Any] = row.settings.model_dump(mode="json", exclude_unset=True)
    return data


def _yaml(data: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=110)


def _special(data: Any) -> bool:
    """Whether there is an unknown or secret value in it, which a manifest cannot say."""
    if isinstance(data, Mapping):
        return any(map(_special, data.values()))
    return any(map(_special, data)) if isinstance(data, list | tuple) else isinstance(data, Unknown | Secret)


def table_of(rule: Rule) -> Path:
    """The test table of a rule of ours: at the same path below tests."""
    return TABLES.joinpath(*rule.check.__module__.split(".")).with_suffix(".yaml")


def _area(rule: Rule) -> str:
    """`Kubernetes: service accounts` of `hipaa_stack.rules.kubernetes.service_accounts.default_token`."""
    first, *rest = rule.check.__module__.split(".")[2:-1]
    cloud = {"aws": "AWS", "gcp": "Google Cloud"}.get(first, first.capitalize())
    return ": ".join([cloud, *(part.upper() if part in _SHORT else part.replace("_", " ") for part in rest)])


def _index() -> Iterator[str]:
    yield "# Rules\n"
    yield "Each rule judges one state and gives evidence for the paragraphs of 45 CFR that its page names. `hipaa-stack rules` lists"
    yield "them, `hipaa-stack explain ID` shows one, [the matrix](../matrix.md) goes the other way, from the regulation to the rules."
    yield "[Write your own](../write-your-own-rule.md) where your organisation asks for more; [coming from cdk-nag](../cdk-nag.md) compares.\n"
    yield _TAGS
    for area, rules in groupby(sorted(catalogue(), key=lambda rule: (_area(rule), rule.id)), _area):
        yield f"## {area}\n\n| rule | severity | profile | holds when it passes |\n|---|---|---|---|"
        yield from (f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {rule.profile} | {cell(rule.title)} |" for rule in rules)
        yield ""
    yield FOOTER


def _matrix_page() -> Iterator[str]:
    yield "# Matrix of the Security Rule\n"
    yield "Every paragraph of 45 CFR part 164, subpart C: the rules that give evidence for it, the components that implement a"
    yield "part of it, and what stays with the organisation in any case. `hipaa-stack matrix` prints the same, with the rules of"
    yield "your own packages.\n"
    yield markdown(_linked())


def _linked() -> Iterator[Any]:
    for row in matrix(catalogue()):
        rules = tuple(f"[{id_}](rules/{id_}.md)" for id_ in row.rules)
        components = tuple(f"[{name}](reference/{name}.md)" for name in row.components)
        yield dataclasses.replace(row, rules=rules, components=components)
