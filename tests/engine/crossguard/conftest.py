"""Previews and updates of small programs with the pack, and what the engine reports of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hipaa_stack.crossguard import pack_path
from tests.conftest import Box

KUBECONFIG = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "none", "cluster": {"server": "https://127.0.0.1:1"}}],
        "contexts": [{"name": "none", "context": {"cluster": "none", "user": "none"}}],
        "current-context": "none",
        "users": [{"name": "none", "user": {"token": "none"}}],
    }
)
HEAD = f"""
import pulumi, pulumi_aws as aws, pulumi_kubernetes as k8s
opts = pulumi.ResourceOptions(provider=k8s.Provider("cluster", kubeconfig={KUBECONFIG!r}))
HARD = dict(privileged=False, allow_privilege_escalation=False)
def pod(name, **security_context):
    container = k8s.core.v1.ContainerArgs(name="app", image="app", security_context=HARD | security_context)
    return k8s.core.v1.Pod(name, metadata={{"namespace": "kube-system"}}, spec={{"containers": [container]}}, opts=opts)
"""
"""A program that makes pods without a cluster: previews only."""

OFF = {"all": "disabled"}


def only(**levels: str) -> dict[str, Any]:
    """A configuration in which only these policies are on; `_` stands for `-`."""
    return OFF | {name.replace("_", "-"): level for name, level in levels.items()}


@dataclass(frozen=True)
class Result:
    """One command of the engine."""

    status: int
    output: str
    errors: str
    policies: Sequence[Mapping[str, Any]]
    """What packs have reported, as the engine's events have it."""

    def said(self, pack: str = "hipaa-stack") -> list[tuple[str, str, str]]:
        """Policy, level and the resource's name of everything that a pack reported, sorted."""
        found = [each for each in self.policies if each["policyPackName"] == pack]
        return sorted((each["policyName"], each["enforcementLevel"], each.get("resourceUrn", "").split("::")[-1]) for each in found)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    """Runs a command with packs: `run(box, "preview", packs=[…], config={…})`."""

    def go(
        box: Box,
        *command: str,
        packs: Sequence[Path] | None = None,
        config: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Result:
        events = tmp_path / "events.jsonl"
        events.unlink(missing_ok=True)
        flags = [f"--policy-pack={pack}" for pack in (packs or [pack_path()])]
        if config is not None:
            file = tmp_path / "policy-config.json"
            file.write_text(json.dumps(config))
            flags += [f"--policy-pack-config={file}"] * len(packs or [1])
        done = box.pulumi(*command, *flags, f"--event-log={events}", check=False, env={"PULUMI_DEBUG_COMMANDS": "1", **(env or {})})
        return Result(done.returncode, done.stdout, done.stderr, policy_events(events))

    return go


def policy_events(file: Path) -> list[Mapping[str, Any]]:
    events = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [event["policyEvent"] for event in events if "policyEvent" in event]


def servers(directory: Path) -> list[int]:
    """The processes of a sandbox that serve policy packs."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    from hipaa_stack.sandbox.supervisor import marked

    of_sandbox = set(marked(directory))
    pids = [int(line.split()[0]) for line in listed if "-m pulumi.policy" in line]
    return [pid for pid in pids if pid in of_sandbox]
