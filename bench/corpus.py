"""Kubernetes manifests as an organisation of many teams has them: what `bench/checking.py` checks.

A team has ten objects; about one container in five breaks something, so that findings are found, located and written too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

PER_FILE = 10


def write(directory: Path, documents: int) -> Path:
    """Writes that many documents into files of ten and returns the directory."""
    directory.mkdir(parents=True)
    for number in range(documents // PER_FILE):
        text = yaml.dump_all(team(number), Dumper=yaml.CSafeDumper, sort_keys=False)
        (directory / f"team-{number:06}.yaml").write_text(text, encoding="utf-8")
    return directory


def team(number: int) -> Iterator[dict[str, Any]]:
    """The objects of one team, in a namespace of its own."""
    space = f"team-{number}"
    yield {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": space, "labels": {"pod-security.kubernetes.io/enforce": "restricted", "owner": space}},
    }
    yield _object("networking.k8s.io/v1", "NetworkPolicy", "deny", space, spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
    yield _object("v1", "ServiceAccount", "api", space, automountServiceAccountToken=False)
    yield _object("v1", "ConfigMap", "settings", space, data={f"SETTING_{n}": f"https://service-{n}.example.com/v1" for n in range(8)})
    yield _object("apps/v1", "Deployment", "api", space, spec=_workload("api", number))
    yield _object("apps/v1", "StatefulSet", "store", space, spec={**_workload("store", number + 1), "serviceName": "store"})
    yield _object("v1", "Service", "api", space, spec={"selector": {"app": "api"}, "ports": [{"port": 443, "targetPort": 8443}]})
    schedule = {"schedule": "17 3 * * *", "jobTemplate": {"spec": {"template": {"spec": _pod("report", number + 2)}}}}
    yield _object("batch/v1", "CronJob", "report", space, spec=schedule)
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"], "resourceNames": ["settings"]}]
    yield _object("rbac.authorization.k8s.io/v1", "Role", "reader", space, rules=rules)
    subjects = [{"kind": "ServiceAccount", "name": "api", "namespace": space}]
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}
    yield _object("rbac.authorization.k8s.io/v1", "RoleBinding", "reader", space, roleRef=reference, subjects=subjects)


def _object(version: str, kind: str, name: str, space: str, **content: Any) -> dict[str, Any]:
    labels = {"app": name, "app.kubernetes.io/part-of": space}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": space, "labels": labels}, **content}


def _workload(name: str, number: int) -> dict[str, Any]:
    labels = {"app": name}
    return {"replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": _pod(name, number)}}


def _pod(name: str, number: int) -> dict[str, Any]:
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(name, number), _container("proxy", number + 1)],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}}],
    }


def _container(name: str, number: int) -> dict[str, Any]:
    context: dict[str, Any] = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    probe = {"httpGet": {"path": "/healthz", "port": 8443, "scheme": "HTTPS"}, "periodSeconds": 20}
    return {
        "name": name,
        "image": f"registry.example.com/clinic/{name}:1.{number}",
        "env": [{"name": f"OPTION_{n}", "value": f"value {n}"} for n in range(4)],
        "ports": [{"containerPort": 8443}],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
        "securityContext": context if number % 5 else {"privileged": True},
        "livenessProbe": probe,
        "readinessProbe": probe,
        "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],
    }
