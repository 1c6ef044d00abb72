"""Lines of findings, and what several inputs become together."""

import io
from pathlib import Path

import pytest

from hipaa_stack import sources
from hipaa_stack.evaluation import Evaluation, Finding, Level, Outcome
from hipaa_stack.resources import Basis
from hipaa_stack.rules import catalogue

RULE = next(rule for rule in catalogue() if rule.id == "K8S-POD-001")

MANIFESTS = """\
# a comment
apiVersion: v1
kind: Pod
metadata:
  name: first
spec:
  containers:
  - name: a
    securityContext: {privileged: true}
---
# another
apiVersion: apps/v1
kind: Deployment
metadata:
  name: second
  annotations:
    example.org/key: x
spec:
  template:
    spec:
      containers:
        - name: a
        - name: b
          securityContext:
            privileged: true
---
apiVersion: v1
kind: PodList
items:
- metadata: {name: third}
- metadata: {name: fourth}
  spec:
    containers:
    - securityContext:
        privileged: true
"""


def finding(found, name, path):
    resource = next(resource for resource in found.stack.resources if resource.name == name)
    return Finding(RULE, Outcome.FAIL, Level.MANDATORY, resource, path, "")


LINES = [
    ("first", "", 2),
    ("first", "spec.containers[0].securityContext.privileged", 9),
    ("first", "spec.containers[0].securityContext.runAsNonRoot", 9),
    ("first", "metadata.namespace", 4),
    ("first", "spec.volumes[3]", 6),
    ("second", "", 12),
    ("second", "spec.template.spec.containers[1].securityContext.privileged", 25),
    ("second", "spec.template.spec.containers[1]", 23),
    ("second", "metadata.annotations[example.org/key]", 17),
    ("third", "", 30),
    ("fourth", "items[1].spec.containers[0].securityContext.privileged", 35),
    ("fourth", "", 31),
]


@pytest.mark.parametrize(("name", "path", "line"), LINES)
@pytest.mark.parametrize("before", ["", "---\n---\n", "%YAML 1.1\n---\n", "x: [\n---\n", "é: ü\n---\n"])
def test_the_line_of_a_finding(read, before, name, path, line):
    found = read({"a.yaml": before + MANIFESTS})
    assert found.line(finding(found, name, path)) == line + before.count("\n")


@pytest.mark.parametrize(("name", "path", "line"), LINES)
def test_the_line_from_standard_input(read, name, path, line):
    found = read({}, "-", stdin=MANIFESTS.replace("\n", "\r\n").encode("utf-8-sig"))
    assert found.line(finding(found, name, path)) == line


def test_findings_of_rules_have_the_line_of_what_they_name(read):
    found = read({"a.yaml": MANIFESTS})
    lines = [found.line(finding) for finding in Evaluation([RULE]).stack(found.stack) if finding.outcome is Outcome.FAIL]
    assert lines == [9, 25, 35]


def test_the_line_in_json(read):
    text = '{"apiVersion": "v1", "kind": "Pod",\n"metadata": {"name": "a"}}\n{"apiVersion": "v1",\n "kind": "Pod",\n "metadata": {"name": "b"}}'
    found = read({"a.json": text})
    assert [found.line(finding(found, name, path)) for name, path in [("a", ""), ("a", "metadata.name"), ("b", ""), ("b", "metadata")]] == [
        1,
        2,
        3,
        5,
    ]


def test_a_file_that_is_gone_leaves_the_line_of_the_document(read, tmp_path: Path):
    found = read({"a.yaml": MANIFESTS})
    (tmp_path / "a.yaml").unlink()
    assert found.line(finding(found, "second", "metadata.name")) == 12


def test_previews_and_states_have_no_lines(sample):
    found = sample("state")
    assert found.line(Finding(RULE, Outcome.FAIL, Level.MANDATORY, found.stack.resources[0], "", "")) is None


@pytest.mark.parametrize(
    ("names", "basis"),
    [
        (["state"], Basis.STATE),
        (["preview-first"], Basis.PREVIEW),
        (["state", "preview-first"], Basis.PREVIEW),
        (["state", "pod"], Basis.MANIFEST),
    ],
)
def test_several_inputs_prove_what_the_weakest_proves(tmp_path: Path, names, basis):
    (tmp_path / "pod.json").write_text('{"apiVersion": "v1", "kind": "Pod"}')
    samples = Path(__file__).parent / "samples"
    paths = [str((tmp_path if name == "pod" else samples) / f"{name}.json") for name in names]
    found = sources.read(paths, io.BytesIO())
    assert (found.basis, found.problems) == (basis, ())
    assert {resource.source for resource in found.stack.resources} == set(paths)


def test_two_runs_read_the_same(read):
    files = {"k/a.yaml": MANIFESTS, "k/b.yaml": "apiVersion: v1\nkind: [\n", "k/c.json": "{"}
    first, second = read(files, "k", "missing"), read(files, "k", "missing")
    assert [(r.urn, r.name, r.inputs) for r in first.stack.resources] == [(r.urn, r.name, r.inputs) for r in second.stack.resources]
    assert first.problems == second.problems


def test_twenty_problems_of_one_input_are_told_and_the_rest_counted(read):
    found = read({"a.yaml": "---\n".join(["apiVersion: v1\nkind: X\na: [\n"] * 1000), "b.yaml": "a: [\n"})
    assert [str(problem) for problem in found.problems][18:] == [
        "a.yaml:76: not valid YAML: did not find expected node content",
        "a.yaml: and 981 more problems",
        "b.yaml:2: not valid YAML: did not find expected node content",
    ]
