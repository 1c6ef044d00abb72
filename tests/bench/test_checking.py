"""The corpus of the checks is one that checkers can read, and another checker is measured where there is one."""

import sys

import checking
import corpus
import pytest
from figures import BenchError

from hipaa_stack.evaluation import Evaluation, Outcome
from hipaa_stack.resources import Stack
from hipaa_stack.rules import catalogue
from hipaa_stack.sources import read


def test_the_corpus_is_read_whole_and_holds_failures_and_passes(tmp_path):
    folder = corpus.write(tmp_path / "corpus", 200)
    found = read([str(folder)], sys.stdin.buffer)
    assert (len(found.stack.resources), found.problems) == (200, ())
    evaluation = Evaluation(catalogue())
    failed = {finding.rule.id for finding in evaluation.stack(found.stack) if finding.outcome is Outcome.FAIL}
    assert "K8S-POD-001" in failed
    assert evaluation.summary[Outcome.PASS] > evaluation.summary[Outcome.FAIL] > 0


def test_the_resources_in_this_process_are_those_of_the_files(tmp_path):
    found = read([str(corpus.write(tmp_path / "corpus", 50))], sys.stdin.buffer).stack
    assert [(each.type, each.inputs) for each in checking._resources(50)] == [(each.type, each.inputs) for each in found.resources]
    assert len(Stack(checking._resources(50)).by_urn) == 50


def test_other_checkers_are_measured_where_they_are_on_path(tmp_path, monkeypatch):
    documents = corpus.write(tmp_path / "corpus", 20)
    tool = tmp_path / "bin" / "kube-score"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\nexit 0\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent))
    told = []
    commands = checking._others(tmp_path, documents, told.append)
    assert {name: command[:2] for name, command in commands.items()} == {"kube-score": ["kube-score", "score"]}
    assert told == ["kyverno is not on PATH: left out", "checkov is not on PATH: left out"]


def python(program):
    return [sys.executable, "-c", program]


def test_a_run_is_measured_by_time_and_memory():
    plain = checking._run(python("pass"))
    large = checking._run(python("import time; held = bytearray(200 * 2**20); time.sleep(0.2)"))
    assert large.seconds > 0.2
    assert large.mebibytes - plain.mebibytes > 150


def test_findings_are_no_failure_of_a_checker():
    assert checking._run(python("raise SystemExit(1)")).seconds > 0


def test_a_checker_that_could_not_check_is_told():
    with pytest.raises(BenchError, match=r"ended with 3: no such file"):
        checking._run(python("import sys; print('no such file', file=sys.stderr); sys.exit(3)"))


def test_a_checker_that_takes_too_long_is_stopped_and_counts_so_long(monkeypatch):
    monkeypatch.setattr(checking, "_PATIENCE", 0.3)
    assert 0.3 <= checking._run(python("import time; time.sleep(60)")).seconds < 10
