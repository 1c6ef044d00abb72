"""Puts the Kubernetes objects of a Pulumi state into a local Kubernetes, so that previews find them there."""

from __future__ import annotations

import base64
import binascii
import http.client
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from hipaa_stack.sandbox.kubernetes.cluster import LocalKubernetes

_APPLY = "application/apply-patch+yaml"
_FIRST = ("Namespace", "CustomResourceDefinition")
_SERVED_SECONDS = 5.0
_POLL_SECONDS = 0.1


def load(cluster: LocalKubernetes, resources: Iterable[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """Applies the objects among the `resources` of a state, whose secrets are plain text by now or left out.

    Each object is applied by the field manager that Pulumi had used, so that Pulumi owns its fields. Returns the number of
    objects that exist now, and one sentence for each that the API server refused.
    """
    objects = [item for item in resources if _is_object(item)]
    objects.sort(key=lambda item: _FIRST.index(item["inputs"]["kind"]) if item["inputs"]["kind"] in _FIRST else len(_FIRST))
    served = _Served(cluster)
    count, refused = 0, []
    for item in objects:
        manifest = _manifest(item)
        path = served.path(manifest)
        if path is None:
            refused.append(f"{_name(manifest)}: the local Kubernetes does not serve {manifest['apiVersion']} {manifest['kind']}")
            continue
        manager = (item.get("outputs") or {}).get("__fieldManager") or "pulumi-kubernetes"
        query = urlencode({"fieldManager": manager, "force": "true"})
        status, answer = cluster.request("PATCH", f"{path}?{query}", manifest, content_type=_APPLY)
        if status in (http.client.OK, http.client.CREATED):
            count += 1
        else:
            refused.append(f"{_name(manifest)}: {answer.get('message', answer) if isinstance(answer, dict) else answer}")
    return count, refused


class _Served:
    """Which path serves which kind."""

    def __init__(self, cluster: LocalKubernetes) -> None:
        self._cluster = cluster
        self._known: dict[tuple[str, str], tuple[str, bool]] = {}

    def path(self, manifest: Mapping[str, Any]) -> str | None:
        """The path of the object; waits a little for kinds that a definition has just brought."""
        version, kind = manifest["apiVersion"], manifest["kind"]
        deadline = time.monotonic() + _SERVED_SECONDS
        while (version, kind) not in self._known and not self._learn(version, kind) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        if (version, kind) not in self._known:
            return None
        plural, is_namespaced = self._known[version, kind]
        root = "/api/v1" if version == "v1" else f"/apis/{version}"
        metadata = manifest["metadata"]
        namespace = f"/namespaces/{quote(metadata.get('namespace') or 'default')}" if is_namespaced else ""
        return f"{root}{namespace}/{plural}/{quote(metadata['name'])}"

    def _learn(self, version: str, kind: str) -> bool:
        status, answer = self._cluster.request("GET", "/api/v1" if version == "v1" else f"/apis/{version}")
        if status != http.client.OK:
            return False
        self._known |= {
            (version, item["kind"]): (item["name"], item["namespaced"]) for item in answer["resources"] if "/" not in item["name"]
        }
        return (version, kind) in self._known


def _is_object(resource: Mapping[str, Any]) -> bool:
    """Whether it is one whole object of a cluster: not a component, a patch, a list or a Helm release."""
    inputs = resource.get("inputs")
    if not str(resource.get("type", "")).startswith("kubernetes:") or not resource.get("custom") or resource.get("delete"):
        return False
    if str(resource["type"]).endswith(("Patch", "List")) or not isinstance(inputs, dict):
        return False
    metadata = inputs.get("metadata")
    return isinstance(metadata, dict) and all(
        isinstance(value, str) for value in (inputs.get("apiVersion"), inputs.get("kind"), metadata.get("name"))
    )


def _manifest(resource: Mapping[str, Any]) -> dict[str, Any]:
    manifest = {key: value for key, value in resource["inputs"].items() if not key.startswith("__") and key != "status"}
    if manifest["kind"] == "Secret" and isinstance(manifest.get("data"), dict):
        manifest["data"] = {name: _base64(value) for name, value in manifest["data"].items()}
    return manifest


def _base64(value: object) -> str:
    """A simulated secret is no base64, which the API server wants."""
    text = value if isinstance(value, str) else str(value)
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return base64.b64encode(text.encode()).decode()
    return text


def _name(manifest: Mapping[str, Any]) -> str:
    metadata = manifest["metadata"]
    return "/".join(part for part in (manifest["kind"], metadata.get("namespace"), metadata["name"]) if part)
