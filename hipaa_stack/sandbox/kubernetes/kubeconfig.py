"""Kubeconfig files."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hipaa_stack.sandbox.config import KubernetesEndpoint


def write_kubeconfig(path: Path, endpoint: KubernetesEndpoint) -> Path:
    """Writes a kubeconfig for the holder of the endpoint's token, readable by its owner only; returns its path."""
    cluster = {"server": endpoint.url, "certificate-authority-data": endpoint.certificate_authority}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "local",
        "contexts": [{"name": "local", "context": {"cluster": "local", "user": "local"}}],
        "clusters": [{"name": "local", "cluster": cluster}],
        "users": [{"name": "local", "user": {"token": endpoint.token}}],
    }
    write_private(path, json.dumps(config, indent=2))
    return path


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
