"""Whether an API server answers from here: told once, in place of once for every object that would be made through it."""

import json
import socket
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import pulumi

from hipaa_stack.errors import HipaaStackError

PATIENCE_SECONDS: Final = 10.0
"""How long a connection may take to come about: three attempts of TCP, after one and three seconds more (RFC 6298)."""

_PORTS: Final = {"https": 443, "http": 80, "socks5": 1080}


class UnreachableError(HipaaStackError, pulumi.RunError):
    """No connection to the API server comes about from where the program runs."""


def path_of(paths: Sequence[Mapping[str, str]], through: str | None, where: str) -> Mapping[str, str]:
    """The declared way to the API server that a program takes: the named one, else the first; nothing in it is direct.

    Raises UnreachableError when none of that name is declared.
    """
    if through is None:
        return paths[0] if paths else {}
    for path in paths:
        if path["way"] == through:
            return path
    declared = ", ".join(path["way"] for path in paths) or "none"
    raise UnreachableError(f"{where}: through: got '{through}'; accepted: a declared way: {declared}. Add it to access of the cloud layer.")


def reachable_kubeconfig(where: str, kubeconfig: str) -> str:
    """The kubeconfig itself, once its API server, or the proxy in front of it, has taken a connection.

    A preview asks nobody: what it cannot read there, Pulumi's Kubernetes provider says itself. Raises UnreachableError.
    """
    if pulumi.runtime.is_dry_run():
        return kubeconfig
    cluster = json.loads(kubeconfig)["clusters"][0]["cluster"]
    target = str(cluster.get("proxy-url") or cluster["server"])
    try:
        connect(target)
    except OSError as error:
        raise UnreachableError(
            f"{where}: the API server cannot be reached from here: {target}: {error.strerror or error}. It is private: open the declared "
            "way, or run this layer where there is one. What exists stays; the same command goes on from there"
        ) from None
    return kubeconfig


def connect(url: str) -> None:
    """Opens and closes a TCP connection to a URL. Raises OSError."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or _PORTS[parts.scheme]), timeout=PATIENCE_SECONDS):
        pass
