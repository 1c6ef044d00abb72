"""Brings the development stack up in simulated clouds, shows what exists, and takes it down again.

    python stacks/demo.py

Runs itself again inside `hipaa-stack sandbox --kubernetes local`, so that every Pulumi command of the demo shares one
simulated account and one local API server.
"""

import base64
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from hipaa_stack.sandbox.config import SESSION_VARIABLE, SandboxConfig, session_directory

ROOT = Path(__file__).resolve().parents[1]
STACK = "dev"
PRIVILEGED_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "intruder"},
    "spec": {"containers": [{"name": "shell", "image": "registry.example.com/shell", "securityContext": {"privileged": True}}]},
}


def main() -> int:
    """Runs the demo; returns the exit code of the first step that failed."""
    if os.environ.get(SESSION_VARIABLE):
        return _inside()
    if (cloud := os.environ.get("CLOUD", "aws")) != "aws":
        print(f"CLOUD={cloud}: accepted: aws", file=sys.stderr)
        return 2
    sandbox = [sys.executable, "-m", "hipaa_stack", "sandbox", "--kubernetes", "local", "--"]
    return subprocess.call([*sandbox, sys.executable, __file__], cwd=ROOT)


def _inside() -> int:
    steps = (
        ("1/4  pulumi up: the development stack comes into being", ["up", "--yes", "--skip-preview"]),
        ("2/4  pulumi up again: nothing changes", ["up", "--yes", "--skip-preview", "--expect-no-changes"]),
        ("3/4  what exists now", None),
        ("4/4  pulumi destroy: nothing is left", ["destroy", "--yes", "--skip-preview"]),
    )
    for title, command in steps:
        _say(f"\n=== {title}")
        started = time.monotonic()
        code = _show() if command is None else _pulumi(*command)
        if code:
            return code
        _say(f"--- {time.monotonic() - started:.0f} s")
    return 0


def _pulumi(*arguments: str) -> int:
    return subprocess.call(["pulumi", *arguments, "--stack", STACK, "--non-interactive", "--suppress-outputs"], cwd=ROOT)


def _show() -> int:
    exported = subprocess.run(["pulumi", "stack", "export", "--stack", STACK], cwd=ROOT, check=True, capture_output=True)
    resources = json.loads(exported.stdout)["deployment"]["resources"]
    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table("what", "where", "protection", title=f"Stack {STACK}, {len(resources)} resources in the state; the cloud is simulated")
    section = ""
    for fact in _facts(resources):
        if section and fact.what != section:
            table.add_section()
        table.add_row("" if fact.what == section else fact.what, fact.where, fact.protection)
        section = fact.what
    console.print(table)
    _say(f"State of the stack: {session_directory() / 'backend'} (removed with the sandbox)")
    return 0


class Fact(NamedTuple):
    """One line of the table."""

    what: str
    where: str
    protection: str


def _facts(resources: list[dict[str, Any]]) -> Iterator[Fact]:
    """Reads what exists out of the exported state, and asks the API server what it refuses."""
    state = State(resources)
    names = {alias["targetKeyId"]: alias["name"] for alias in state.of("aws:kms/alias:Alias")}
    keys = {key["arn"]: names.get(key["keyId"], key["keyId"]) for key in state.of("aws:kms/key:Key")}
    for key in state.of("aws:kms/key:Key"):
        rotation = f"rotates every {key['rotationPeriodInDays']} days" if key["enableKeyRotation"] else "does not rotate"
        yield Fact("encryption keys", keys[key["arn"]], rotation)
    yield from _cluster_facts(state, keys)
    yield from _network_facts(state)
    for group in state.of("aws:cloudwatch/logGroup:LogGroup"):
        yield Fact("logs", group["name"], f"kept {group['retentionInDays']} days, {_encryption(group.get('kmsKeyId'), keys)}")
    for storage in state.of("kubernetes:storage.k8s.io/v1:StorageClass"):
        protection = f"{_encryption(storage['parameters'].get('kmsKeyId'), keys)}, volumes: {storage['reclaimPolicy'].lower()}"
        yield Fact("storage classes", storage["metadata"]["name"], protection)
    for namespace in state.of("kubernetes:core/v1:Namespace"):
        yield from _namespace_facts(state, namespace["metadata"])


class State:
    """The outputs of resources, by type."""

    def __init__(self, resources: list[dict[str, Any]]) -> None:
        """Takes the resources of an exported stack."""
        self._resources = resources

    def of(self, type_: str, namespace: str | None = None) -> list[dict[str, Any]]:
        """Outputs of the resources of a type, those of one Kubernetes namespace if it is given."""
        outputs = [resource.get("outputs", {}) for resource in self._resources if resource["type"] == type_]
        return [output for output in outputs if namespace in (None, output.get("metadata", {}).get("namespace"))]


def _encryption(key: str | None, keys: Mapping[str, str]) -> str:
    return f"encrypted with {keys.get(key, key)}" if key else "not encrypted with a key of your own"


def _cluster_facts(state: State, keys: Mapping[str, str]) -> Iterator[Fact]:
    for cluster in state.of("aws:eks/cluster:Cluster"):
        network, secrets = cluster["vpcConfig"], cluster["encryptionConfig"]
        access = "public and private" if network.get("endpointPublicAccess") else "private only"
        yield Fact("cluster", f"{cluster['name']}, Kubernetes {cluster['version']}", f"API endpoint: {access}")
        yield Fact("cluster", "", f"logs: {', '.join(cluster['enabledClusterLogTypes'])}")
        yield Fact("cluster", f"{', '.join(secrets['resources'])} in etcd", _encryption(secrets["provider"]["keyArn"], keys))
    for template in state.of("aws:ec2/launchTemplate:LaunchTemplate"):
        disks = {_encryption(disk["ebs"].get("kmsKeyId"), keys) for disk in template["blockDeviceMappings"]}
        yield Fact("cluster", "disks of nodes", ", ".join(sorted(disks)))
        hops = template["metadataOptions"]["httpPutResponseHopLimit"]
        yield Fact("cluster", "instance metadata", f"tokens {template['metadataOptions']['httpTokens']}, {hops} hop: out of reach of pods")


def _network_facts(state: State) -> Iterator[Fact]:
    subnets = state.of("aws:ec2/subnet:Subnet")
    public = sum(1 for subnet in subnets if subnet["mapPublicIpOnLaunch"])
    yield Fact("network", f"{len(subnets)} subnets", f"{public} give out public addresses")
    endpoints = sorted(endpoint["serviceName"].split(".", 3)[3] for endpoint in state.of("aws:ec2/vpcEndpoint:VpcEndpoint"))
    yield Fact("network", "endpoints of AWS services", ", ".join(endpoints))
    for group in state.of("aws:networkfirewall/ruleGroup:RuleGroup"):
        for hosts in _found(group, "rulesSourceList"):
            yield Fact("network", "the only way out: TLS to", ", ".join(hosts["targets"]))
    for log in state.of("aws:ec2/flowLog:FlowLog"):
        yield Fact("network", "flow log", f"{log['trafficType'].lower()} traffic, to {log['logDestination'].rpartition(':')[2]}")


def _found(value: Any, name: str) -> Iterator[Any]:
    """Every value under a property of this name, at any depth."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == name and item:
                yield item
            yield from _found(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _found(item, name)


def _namespace_facts(state: State, metadata: Mapping[str, Any]) -> Iterator[Fact]:
    name, labels = metadata["name"], metadata["labels"]
    data = labels.get("hipaa-stack/data-class", "unknown")
    yield Fact("namespaces", f"{name}, data: {data}", f"Pod Security: {labels.get('pod-security.kubernetes.io/enforce', 'none')}")
    policies = [policy["metadata"]["name"] for policy in state.of("kubernetes:networking.k8s.io/v1:NetworkPolicy", name)]
    yield Fact("namespaces", "", f"network policies: {', '.join(sorted(policies))}")
    for account in state.of("kubernetes:core/v1:ServiceAccountPatch", name):
        token = "mounts its token" if account.get("automountServiceAccountToken", True) else "mounts no token"
        yield Fact("namespaces", "", f"ServiceAccount {account['metadata']['name']}: {token}")
    status, reason = _create(f"/api/v1/namespaces/{name}/pods?dryRun=All", PRIVILEGED_POD)
    yield Fact("namespaces", "", f"a privileged pod is {'refused' if status == HTTPStatus.FORBIDDEN else 'ADMITTED'}: {status}, {reason}")


def _create(path: str, body: Mapping[str, Any]) -> tuple[int, str]:
    """Status and the first words of the answer of the API server."""
    server = SandboxConfig.read(session_directory()).kubernetes
    if server is None:
        raise RuntimeError("the sandbox has no local Kubernetes")
    authority = ssl.create_default_context(cadata=base64.b64decode(server.certificate_authority).decode())
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(server.url + path, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - https, ours
    try:
        with urllib.request.urlopen(request, context=authority, timeout=30) as response:  # noqa: S310
            return response.status, "created"
    except urllib.error.HTTPError as error:
        message = json.loads(error.read())["message"]
        return error.code, f"violates {found}" if (
            found := message.partition("violates ")[2].partition(', "')[0].partition(": ")[0]
        ) else message[:60]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
