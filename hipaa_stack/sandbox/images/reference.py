"""What the name of an image says: where it is pulled from."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

_DOCKER = "docker.io"
_DOCKER_HOSTS = frozenset({_DOCKER, "index.docker.io", "registry-1.docker.io"})
_DOCKER_HOST = "registry-1.docker.io"
_PRIVATE_DOMAINS = (".internal", ".local", ".localhost", ".svc", ".home.arpa", ".test")
"""Domains that no public name server answers for (IANA, special-use domain names; ICANN on .internal)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`registry.k8s.io/pause:3.10@sha256:…`, taken apart as container runtimes do it."""

    registry: str
    """`docker.io` where the name holds none."""
    repository: str
    version: str
    """Tag and digest with their marks; may be empty."""

    @classmethod
    def parse(cls, image: str) -> Reference:
        """The reference that an image's name stands for."""
        first, slash, rest = image.partition("/")
        has_registry = bool(slash) and (first == "localhost" or "." in first or ":" in first)
        registry, path = (first.lower(), rest) if has_registry else (_DOCKER, image)
        name, at, digest = path.partition("@")
        repository, colon, tag = name.partition(":")
        if registry in _DOCKER_HOSTS:
            registry, repository = _DOCKER, repository if "/" in repository else f"library/{repository}"
        return cls(registry, repository, f"{colon}{tag}{at}{digest}")

    @property
    def host(self) -> str:
        """The host that a node connects to, without its port."""
        return _DOCKER_HOST if self.registry == _DOCKER else self.registry.rpartition("]:")[0] or self.registry.partition(":")[0]

    @property
    def is_public(self) -> bool:
        """Whether the host has a public name: an address or a private name may be anywhere, also inside the network."""
        try:
            ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return "." in self.host and not self.host.endswith(_PRIVATE_DOMAINS)
        return False
