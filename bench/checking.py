"""`hipaa-stack check` with every rule over manifests: next to a bare load of the same files and to other checkers on PATH."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import corpus
from figures import BenchError, Figure, Goal, Suite, Unit, in_turns
from processes import plain_environment

from hipaa_stack.evaluation import Evaluation
from hipaa_stack.resources import Resource, Stack, kubernetes_type
from hipaa_stack.rules import catalogue
from hipaa_stack.settings import Profile, Settings

DOCUMENTS = 10_000
MANY = 100_000
SIZES = (500, 5_000, 50_000)

_ROUNDS = 5
_FEW_ROUNDS = 2
_MOST_SECONDS = 3
_MOST_MEBIBYTES = 300
_MOST_GROWTH = 1.5
_PATIENCE = 300.0
"""Seconds after which another checker is stopped; it then counts as so slow."""

_LOAD = """
import pathlib, sys, yaml
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    for document in yaml.load_all(file.read_bytes(), Loader=yaml.CSafeLoader):
        pass
"""

_TIMER = """
import os, subprocess, sys, threading, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
patience = threading.Timer(float(sys.argv[1]), process.kill)
patience.start()
_, status, used = os.wait4(process.pid, 0)
seconds = time.perf_counter() - started
patience.cancel()
process.returncode = os.waitstatus_to_exitcode(status)
print(seconds, used.ru_maxrss, process.returncode)
"""
"""A small process of its own: what a process holds before it becomes the command counts as memory of the command too."""

_KYVERNO_POLICY = """\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: restricted}
spec:
  validationFailureAction: Audit
  background: true
  rules:
  - name: restricted
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate: {podSecurity: {level: restricted, version: latest}}
"""


@dataclass(frozen=True)
class _Run:
    seconds: float
    mebibytes: float


def measure(directory: Path, progress: Callable[[str], None]) -> list[Suite]:
    """All suites."""
    progress(f"writing {DOCUMENTS} and {MANY} documents")
    small, large = corpus.write(directory / "small", DOCUMENTS), corpus.write(directory / "large", MANY)
    return [_side_by_side(directory, small, progress), _growth(small, large, progress), _stacks(progress), _rules(progress)]


def _side_by_side(directory: Path, documents: Path, progress: Callable[[str], None]) -> Suite:
    """Whole processes on the same files, in turns."""
    bare = "bare load with PyYAML's C loader"
    own = "hipaa-stack check, every rule"
    others = _others(directory, documents, progress)
    commands = {bare: [sys.executable, "-P", "-c", _LOAD, str(documents)], own: _check(documents), **others}
    runs = {name: partial(_run, command) for name, command in commands.items()}
    taken = in_turns(runs, _ROUNDS, lambda text: progress(f"{DOCUMENTS} documents: {text}"))
    loaded = Figure(bare, Unit.SECONDS, [run.seconds for run in taken[bare]])
    checked = Figure(own, Unit.SECONDS, [run.seconds for run in taken[own]], loaded)
    memory = {name: Figure(f"{name}: memory", Unit.MEBIBYTES, [run.mebibytes for run in taken[name]]) for name in commands}
    compared = [Figure(name, Unit.SECONDS, [run.seconds for run in taken[name]], checked) for name in others]
    goals = [
        Goal(f"{DOCUMENTS} documents in less than {_MOST_SECONDS} s", Unit.SECONDS, checked.median, _MOST_SECONDS),
        Goal(f"{DOCUMENTS} documents in less than {_MOST_MEBIBYTES} MiB", Unit.MEBIBYTES, memory[own].median, _MOST_MEBIBYTES),
        *(Goal(f"faster than {figure.name}", Unit.TIMES, 1 / (figure.ratio or 1), 1) for figure in compared),
    ]
    return Suite(f"Checking {DOCUMENTS} documents", [loaded, checked, *compared, *memory.values()], goals)


def _others(directory: Path, documents: Path, progress: Callable[[str], None]) -> dict[str, list[str]]:
    """The commands of the other checkers that are on PATH; of those that are not, a note."""
    policy = directory / "kyverno.yaml"
    policy.write_text(_KYVERNO_POLICY)
    files = [str(file) for file in sorted(documents.iterdir())]
    known = {
        "kube-score": ["score", *files],
        "kyverno": ["apply", str(policy), "--resource", str(documents)],
        "checkov": ["--directory", str(documents), "--framework", "kubernetes", "--compact", "--quiet"],
    }
    for name in known:
        if not shutil.which(name):
            progress(f"{name} is not on PATH: left out")
    return {name: [name, *arguments] for name, arguments in known.items() if shutil.which(name)}


def _growth(small: Path, large: Path, progress: Callable[[str], None]) -> Suite:
    """Time and memory with ten times the documents."""
    runs = {count: partial(_run, _check(documents)) for count, documents in ((str(DOCUMENTS), small), (str(MANY), large))}
    taken = in_turns(runs, _FEW_ROUNDS, lambda text: progress(f"{MANY} documents: {text}"))
    few, many = taken[str(DOCUMENTS)], taken[str(MANY)]
    base = Figure(f"{DOCUMENTS} documents, per document", Unit.MICROSECONDS, [run.seconds / DOCUMENTS * 1e6 for run in few])
    grown = Figure(f"{MANY} documents, per document", Unit.MICROSECONDS, [run.seconds / MANY * 1e6 for run in many], base)
    whole = Figure(f"{MANY} documents", Unit.SECONDS, [run.seconds for run in many])
    memory = Figure(f"{MANY} documents: memory", Unit.MEBIBYTES, [run.mebibytes for run in many])
    assert grown.ratio is not None
    goal = Goal(f"{MANY} documents take at most {_MOST_GROWTH} times as long, each, as {DOCUMENTS}", Unit.TIMES, grown.ratio, _MOST_GROWTH)
    return Suite("Checking, as the number of documents grows", [base, grown, whole, memory], [goal])


def _stacks(progress: Callable[[str], None]) -> Suite:
    """The rules that need the other resources too, inside this process."""
    stacks = {size: _resources(size) for size in SIZES}
    runs = {str(size): partial(_stack_rules, resources) for size, resources in stacks.items()}
    taken = in_turns(runs, 3, lambda text: progress(f"stack rules: {text}"))
    base = Figure(f"{SIZES[0]} resources, per resource", Unit.MICROSECONDS, taken[str(SIZES[0])])
    figures = [base, *(Figure(f"{size} resources, per resource", Unit.MICROSECONDS, taken[str(size)], base) for size in SIZES[1:])]
    growth = figures[-1].ratio
    assert growth is not None
    goal = Goal(f"{SIZES[-1]} resources take at most {_MOST_GROWTH} times as long, each, as {SIZES[0]}", Unit.TIMES, growth, _MOST_GROWTH)
    return Suite("Rules over the stack, as the stack grows", figures, [goal])


def _rules(progress: Callable[[str], None]) -> Suite:
    """What one rule more costs, for each resource that it judges."""
    resources = _resources(DOCUMENTS // 5)
    taken = in_turns({"rule": partial(_per_rule, resources)}, _ROUNDS, lambda text: progress(f"cost of a rule: {text}"))
    return Suite("What a rule costs", [Figure("one rule on one resource that it judges", Unit.MICROSECONDS, taken["rule"])])


def _check(documents: Path) -> list[str]:
    return [sys.executable, "-P", "-m", "hipaa_stack", "check", str(documents), "--profile", "recommended", "--format", "json"]


def _run(command: Sequence[str]) -> _Run:
    """One process to its end; checkers end with 1 when they have found something.

    Raises:
        BenchError: when it ended otherwise: then it has not checked everything.
    """
    timer = [sys.executable, "-S", "-E", "-c", _TIMER, str(_PATIENCE), *command]
    done = subprocess.run(timer, env=plain_environment(), capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise BenchError(f"{' '.join(command[:6])}: {done.stderr[-500:]}")
    seconds, peak, code = done.stdout.split()
    if int(code) not in (0, 1) and float(seconds) < _PATIENCE:
        raise BenchError(f"{' '.join(command[:6])}: ended with {code}: {done.stderr[-500:]}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes on macOS, kibibytes elsewhere
    return _Run(float(seconds), int(peak) * unit / 2**20)


def _resources(count: int) -> list[Resource]:
    documents = (document for number in range(count // corpus.PER_FILE) for document in corpus.team(number))
    return [
        Resource(f"urn:{number}", kubernetes_type(each["apiVersion"], each["kind"]), each["metadata"]["name"], each)
        for number, each in enumerate(documents)
    ]


def _evaluation() -> Evaluation:
    return Evaluation(catalogue(), Settings(profile=Profile.RECOMMENDED))


def _stack_rules(resources: Sequence[Resource]) -> float:
    """Mean microseconds per resource, the index of the stack included."""
    evaluation = _evaluation()
    started = time.perf_counter()
    for _ in evaluation.stack_rules(Stack(resources)):
        pass
    return (time.perf_counter() - started) / len(resources) * 1e6


def _per_rule(resources: Sequence[Resource]) -> float:
    """Mean microseconds for one rule on one resource that it judges."""
    fresh = Stack([Resource(each.urn, each.type, each.name, each.inputs) for each in resources])
    counting = Evaluation(catalogue(), Settings(profile=Profile.RECOMMENDED), every_outcome=True)
    judged = len({(finding.rule.id, finding.resource.urn) for finding in counting.stack(fresh)})
    again = Stack([Resource(each.urn, each.type, each.name, each.inputs) for each in resources])
    evaluation = _evaluation()
    gc.collect()
    started = time.perf_counter()
    for _ in evaluation.stack(again):
        pass
    return (time.perf_counter() - started) / judged * 1e6
