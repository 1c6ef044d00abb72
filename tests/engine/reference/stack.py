"""A reference stack of `stacks/`, as users run it, and what then exists in state, cloud and cluster."""

import contextlib
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.provider import accounts
from hipaa_stack.sandbox.session import Session
from tests.conftest import Box

ROOT = Path(__file__).resolve().parents[3]
CLOUD = "regulated-production-cloud"
"""The stack with every part that the dev stack has not: ways in, images, emergency role, archive elsewhere."""

UP = ("up", "--yes", "--skip-preview", "--suppress-outputs")
DESTROY = ("destroy", "--yes", "--skip-preview", "--suppress-outputs")
SYSTEM_NAMESPACES = {"default", "kube-node-lease", "kube-public", "kube-system"}
COLLECTIONS = {
    "Namespace": "/api/v1/namespaces",
    "LimitRange": "/api/v1/limitranges",
    "ResourceQuota": "/api/v1/resourcequotas",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/networkpolicies",
    "StorageClass": "/apis/storage.k8s.io/v1/storageclasses",
    "ServiceAccount": "/api/v1/serviceaccounts",
    "CronJob": "/apis/batch/v1/cronjobs",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/rolebindings",
}
"""Where the API server lists every kind that the reference stacks make."""

LOCKED = "delete the lock file with `pulumi cancel`"
PENDING = "you can repair your stack using `pulumi refresh`"
"""What Pulumi asks for after its engine was killed, in its own words."""

PATIENCE_SECONDS = 60


class Reference(Box):
    """One reference stack in a sandbox of its own."""

    def __init__(self, session: Session, stack: str) -> None:
        super().__init__(session, ROOT)
        self.stack = stack

    def start(self, *arguments: str, env: Any = None) -> subprocess.Popen[str]:
        return super().start(*arguments, "--stack", self.stack, env=env)

    def up(self, *more: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.pulumi(*UP, *more, check=check)

    def up_again_as_pulumi_asks(self) -> list[str]:
        """Brings the stack up after an interruption; what Pulumi asked for on the way is done, and returned."""
        asked = []
        result = self.up(check=False)
        if LOCKED in result.stderr:
            asked.append("cancel")
            self.pulumi("cancel", "--yes")
            result = self.up()
        assert result.returncode == 0, result.stdout + result.stderr
        if PENDING in result.stdout:
            asked.append("refresh")
            self.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
        return asked

    def urns(self) -> set[str]:
        """Every resource of the state."""
        return {resource["urn"] for resource in self.resources()}

    def counted(self) -> int:
        """How many resources Pulumi's summaries count: all but the providers that it makes by itself."""
        return sum(1 for urn in self.urns() if "::default_" not in urn)

    def simulated(self, *, also_deleted: bool = False) -> list[tuple[str, str, str]]:
        """Type, id and URN of every object in the simulated accounts, sorted."""
        with contextlib.closing(accounts.connect(self.directory / accounts.FILE)) as database:
            rows = database.execute("SELECT type, id, urn FROM objects WHERE NOT deleted OR ?", (also_deleted,)).fetchall()
        return sorted(rows)

    @contextlib.contextmanager
    def follow(self, where: str) -> Iterator[Callable[[], int]]:
        """Counts, from now on, the objects that are made in the `cloud` or in the `cluster`."""
        file, is_made = {
            "cloud": (self.directory / "journal.jsonl", lambda entry: entry["rpc"] == "Create" and not entry["preview"]),
            "cluster": (self.kubernetes.audit_log, is_pulumis_write),
        }[where]
        file.touch()
        count, rest = 0, ""
        with file.open() as stream:
            stream.seek(0, os.SEEK_END)

            def made() -> int:
                nonlocal count, rest
                *lines, rest = (rest + stream.read()).split("\n")
                count += sum(1 for line in lines if is_made(json.loads(line)))
                return count

            yield made

    def creates(self) -> int:
        """Creates that have reached the simulated clouds so far, answered or not."""
        with contextlib.closing(accounts.connect(self.directory / accounts.FILE)) as database:
            row = database.execute("SELECT value FROM counters WHERE name = 'creates'").fetchone()
        return row[0] if row else 0

    def in_cluster(self) -> set[tuple[str, str, str, str]]:
        """Kind, namespace, name and uid of what the API server holds beyond what every cluster has."""
        return objects_of(self.kubernetes)

    def owners(self) -> set[str]:
        """Who has applied fields of the objects in the cluster, patches of what others own aside."""
        lists = {kind: self.kubernetes.request("GET", path)[1]["items"] for kind, path in COLLECTIONS.items() if kind != "ServiceAccount"}
        ours = [item["metadata"] for kind, items in lists.items() for item in items if not is_given(kind, item["metadata"])]
        fields = [entry for metadata in ours for entry in metadata.get("managedFields", [])]
        return {entry["manager"] for entry in fields if entry["operation"] == "Apply"}

    def assert_holds_exactly(self, urns: set[str]) -> None:
        """The state has these resources and nothing pending; cloud and cluster hold each of them once, and nothing else."""
        state = self.state()
        assert sorted(resource["urn"] for resource in state["resources"]) == sorted(urns)
        assert not state.get("pending_operations")
        self.assert_exist_alone(state["resources"])

    def assert_exist_alone(self, resources: Iterable[Mapping[str, Any]]) -> None:
        """Cloud and cluster hold each of these resources once, and nothing else."""
        real = [resource for resource in resources if resource.get("id")]
        self.assert_cloud_holds_exactly(real)
        outputs = [item["outputs"] for item in real if item["type"].startswith("kubernetes:")]
        assert self.in_cluster() == {identity(output["kind"], output["metadata"]) for output in outputs}

    def assert_cloud_holds_exactly(self, resources: Iterable[Mapping[str, Any]]) -> None:
        """The simulated accounts hold each of these resources that is of a cloud once, and nothing else."""
        assert self.simulated() == sorted((item["type"], item["id"], item["urn"]) for item in resources if item["type"].startswith("aws:"))


def is_pulumis_write(event: Mapping[str, Any]) -> bool:
    """Whether an event of the audit log is a call of Pulumi's Kubernetes provider that changed something."""
    return (
        event["verb"] in {"create", "patch", "update"} and event["userAgent"].startswith("pulumi") and "dryRun" not in event["requestURI"]
    )


def identity(kind: str, metadata: dict[str, Any]) -> tuple[str, str, str, str]:
    return kind.removesuffix("Patch"), metadata.get("namespace", ""), metadata["name"], metadata["uid"]


def objects_of(kubernetes: LocalKubernetes) -> set[tuple[str, str, str, str]]:
    """Kind, namespace, name and uid of the objects on an API server that it did not come with."""
    found = set()
    for kind, path in COLLECTIONS.items():
        status, answer = kubernetes.request("GET", path)
        assert status == 200, answer
        found |= {identity(kind, item["metadata"]) for item in answer["items"] if not is_given(kind, item["metadata"])}
    return found


def is_given(kind: str, metadata: dict[str, Any]) -> bool:
    """Whether a cluster has the object by itself."""
    if kind in {"ClusterRole", "ClusterRoleBinding", "RoleBinding"}:
        return not metadata["name"].startswith("hipaa-")
    if kind == "ServiceAccount" and not metadata["name"].startswith("hipaa-"):
        return metadata["name"] != "default" or metadata["namespace"] in SYSTEM_NAMESPACES
    return kind == "Namespace" and metadata["name"] in SYSTEM_NAMESPACES


def empty(kubernetes: LocalKubernetes) -> None:
    """Deletes what stacks have left on the API server, and waits until it is gone."""
    for kind, namespace, name, _ in objects_of(kubernetes):
        if kind == "Namespace":
            remove_namespace(kubernetes, name)
        elif namespace in {*SYSTEM_NAMESPACES, ""}:
            prefix, _, plural = COLLECTIONS[kind].rpartition("/")
            kubernetes.request("DELETE", f"{prefix}/{f'namespaces/{namespace}/' * bool(namespace)}{plural}/{name}")
    wait_until(lambda: not objects_of(kubernetes), "the API server is empty")


def remove_namespace(kubernetes: LocalKubernetes, name: str) -> None:
    """Deletes a namespace with its contents at once; the namespace controller would take its time, which is 5 s."""
    kubernetes.request("DELETE", f"/api/v1/namespaces/{name}")
    for path in (*COLLECTIONS.values(), "/api/v1/configmaps"):
        prefix, _, plural = path.rpartition("/")
        kubernetes.request("DELETE", f"{prefix}/namespaces/{name}/{plural}")
    status, namespace = kubernetes.request("GET", f"/api/v1/namespaces/{name}")
    if status == HTTPStatus.OK:
        kubernetes.request("PUT", f"/api/v1/namespaces/{name}/finalize", namespace | {"spec": {"finalizers": []}})


def wait_until(condition: Callable[[], bool], what: str, pause: float = 0.1) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {PATIENCE_SECONDS} s: {what}")
        time.sleep(pause)


def with_dependencies(resources: Iterable[Mapping[str, Any]], urns: Iterable[str]) -> set[str]:
    """These resources and all that they depend on: parents, providers and dependencies, at any distance."""
    by_urn = {resource["urn"]: resource for resource in resources}
    found: set[str] = set()
    waiting = list(urns)
    while waiting:
        urn = waiting.pop()
        if urn in found:
            continue
        found.add(urn)
        resource = by_urn[urn]
        waiting += resource.get("dependencies", [])
        waiting += [source for sources in resource.get("propertyDependencies", {}).values() for source in sources]
        waiting += [resource["parent"]] if resource.get("parent") else []
        waiting += [resource["provider"].rpartition("::")[0]] if resource.get("provider") else []
    return found


def summary(output: str) -> dict[str, int]:
    """The counts under `Resources:` at the end of a command: `{"created": 100}`."""
    lines = output.rpartition("Resources:\n")[2].partition("\n\n")[0]
    return {verb: int(number) for number, verb in re.findall(r"(\d+) (\w+)", lines)}


def journalled(stack: Box, rpc: str) -> list[dict[str, Any]]:
    """The calls of one kind that changed something."""
    return [entry for entry in stack.journal() if entry["rpc"] == rpc and not entry.get("preview")]
