"""The package of docs/write-your-own-rule.md, written out, installed and used as the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/write-your-own-rule.md").read_text()
FILES = dict(re.findall(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: clinic}
spec: {template: {spec: {containers: [{name: app, image: app, ports: [{containerPort: 5005}]}]}}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a program of the environment with the package installed beside hipaa-stack."""
    project = tmp_path_factory.mktemp("acme-hipaa-rules")
    for name, text in FILES.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation", "--no-deps", "--target"]
    site = project / "site"
    subprocess.run([*install, site, project], check=True, capture_output=True, text=True)
    (project / "app.yaml").write_text(DEPLOYMENT)

    def call(*arguments):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    return call


def test_the_page_holds_a_whole_package():
    assert set(FILES) == {
        "pyproject.toml",
        "acme_rules/__init__.py",
        "acme_rules/debugger_ports.py",
        "tests/debugger_ports.yaml",
        "tests/test_rules.py",
    }


def test_its_tests_pass(run):
    done = run("pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert "6 passed" in done.stdout, done.stdout + done.stderr


def test_its_rule_is_listed_and_explained(run):
    assert (
        "ACME-POD-001  high      required     Containers open no debugger port\n1 rules"
        in run("hipaa_stack", "rules", "--select", "acme").stdout
    )
    assert "A debugger reads and changes the memory" in run("hipaa_stack", "explain", "ACME-POD-001").stdout


def test_its_rule_judges_beside_ours(run):
    done = run("hipaa_stack", "check", "app.yaml", "--format", "csv")
    assert done.returncode == 1
    assert "ACME-POD-001" in done.stdout
    assert "K8S-POD-019" in done.stdout
    assert "5005 is the port of the Java debugger" in done.stdout


def test_its_rule_stands_in_the_matrix(run):
    row = next(line for line in run("hipaa_stack", "matrix", "--format", "csv").stdout.splitlines() if line.startswith('"164.312(a)(1)"'))
    assert "ACME-POD-001" in row
