"""Kubeconfig files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from hipaa_stack.sandbox.config import KubernetesEndpoint


def kubeconfig(endpoint: KubernetesEndpoint) -> dict[str, Any]:
    """The content of a kubeconfig for the holder of the endpoint's token."""
    cluster = {"server": endpoint.url, "certificate-authority-data": endpoint.certificate_authority}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "local",
        "contexts": [{"name": "local", "context": {"cluster": "local", "user": "local"}}],
        "clusters": [{"name": "local", "cluster": cluster}],
        "users": [{"name": "local", "user": {"token": endpoint.token}}],
    }


def write_kubeconfig(path: Path, endpoint: KubernetesEndpoint) -> Path:
    """Writes the kubeconfig, readable by its owner only; returns its path."""
    write_private(path, json.dumps(kubeconfig(endpoint), indent=2))
    return path


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
