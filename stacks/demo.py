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
    table = Table("what", "where", "protection", title=f"{len(resources)} resources of stack {STACK}; the cloud is simulated")
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
    by_type: dict[str, list[dict[str, Any]]] = {}
    for resource in resources:
        by_type.setdefault(resource["type"], []).append({**resource.get("outputs", {}), "id": resource.get("id")})
    get = by_type.get
    names = {alias["targetKeyId"]: alias["name"] for alias in get("aws:kms/alias:Alias", [])}
    for key in get("aws:kms/key:Key", []):
        rotation = f"rotates every {key['rotationPeriodInDays']} days" if key["enableKeyRotation"] else "does not rotate"
        yield Fact("encryption keys", names.get(key["keyId"], key["keyId"]), rotation)
    for cluster in get("aws:eks/cluster:Cluster", []):
        yield from _cluster_facts(cluster)
    disks = {
        disk["ebs"]["encrypted"]
        for template in get("aws:ec2/launchTemplate:LaunchTemplate", [])
        for disk in template["blockDeviceMappings"]
    }
    yield Fact("node disks", "launch templates", "encrypted with the data key" if disks == {"true"} else f"encrypted: {disks}")
    endpoints = [endpoint["serviceName"].rpartition(".")[2] for endpoint in get("aws:ec2/vpcEndpoint:VpcEndpoint", [])]
    yield Fact("network", f"{len(get('aws:ec2/subnet:Subnet', []))} subnets", f"endpoints: {', '.join(sorted(endpoints))}")
    for log in get("aws:ec2/flowLog:FlowLog", []):
        yield Fact("network", "flow log", f"{log['trafficType'].lower()} traffic to {log['logDestination'].rpartition(':')[2]}")
    for group in get("aws:cloudwatch/logGroup:LogGroup", []):
        yield Fact("logs", group["name"], f"kept {group['retentionInDays']} days, encrypted" if group.get("kmsKeyId") else "not encrypted")
    for storage in get("kubernetes:storage.k8s.io/v1:StorageClass", []):
        parameters = storage["parameters"]
        yield Fact(
            "storage classes",
            storage["metadata"]["name"],
            f"encrypted: {parameters.get('encrypted', 'by the key')}, {storage['reclaimPolicy'].lower()}",
        )
    for namespace in get("kubernetes:core/v1:Namespace", []):
        yield from _namespace_facts(namespace["metadata"], by_type)


def _cluster_facts(cluster: Mapping[str, Any]) -> Iterator[Fact]:
    network, secrets = cluster["vpcConfig"], cluster["encryptionConfig"]
    access = "public and private" if network.get("endpointPublicAccess") else "private"
    yield Fact(
        "cluster",
        f"{cluster['name']}, Kubernetes {cluster['version']}",
        f"API endpoint: {access}; logs: {', '.join(cluster['enabledClusterLogTypes'])}",
    )
    yield Fact(
        "cluster", "etcd", f"{', '.join(secrets['resources'])} encrypted with {secrets['provider']['keyArn'].rpartition('/')[2][:8]}…"
    )


def _namespace_facts(metadata: Mapping[str, Any], by_type: Mapping[str, list[dict[str, Any]]]) -> Iterator[Fact]:
    name = metadata["name"]
    policies = [
        item["metadata"]["name"]
        for item in by_type.get("kubernetes:networking.k8s.io/v1:NetworkPolicy", [])
        if item["metadata"]["namespace"] == name
    ]
    yield Fact("namespaces", name, f"Pod Security: {metadata['labels'].get('pod-security.kubernetes.io/enforce', 'none')}")
    yield Fact("namespaces", "", f"network policies: {', '.join(sorted(policies))}")
    status, reason = _create(f"/api/v1/namespaces/{name}/pods?dryRun=All", PRIVILEGED_POD)
    yield Fact("namespaces", "", f"a privileged pod: {'refused' if status == HTTPStatus.FORBIDDEN else 'ADMITTED'} ({status}: {reason})")


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
        return error.code, message.partition("violates ")[2].partition(":")[0] or message[:60]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
