"""An exported state (`pulumi stack export`), made fit for a sandbox: no foreign secrets, no address of a real cluster."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.config import KubernetesEndpoint
from hipaa_stack.sandbox.kubernetes.kubeconfig import kubeconfig
from hipaa_stack.sandbox.packages import Package
from hipaa_stack.sandbox.vault import SIMULATED_SECRET, Vault

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's mark of a secret value
_VERSIONS = (3, 4)
_KUBERNETES_PROVIDER = "pulumi:providers:kubernetes"
_CLUSTERS = {
    "aws:eks/cluster:Cluster": ("endpoint", ("certificateAuthority", "data")),
    "gcp:container/cluster:Cluster": ("endpoint", ("masterAuth", "clusterCaCertificate")),
}
"""Where managed clusters keep the address and the certificate of their API server."""

Secret = Mapping[str, Any]
"""A secret in a state: the signature, and `ciphertext` or `plaintext` (JSON)."""


@dataclass(frozen=True)
class ExportedState:
    """One stack's state."""

    file: Path
    content: dict[str, Any]
    project: str
    stack: str

    @classmethod
    def read(cls, file: Path) -> ExportedState:
        """Reads what `pulumi stack export` printed; HipaaStackError, one sentence, when the file is something else."""
        try:
            content = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise HipaaStackError(f"{file}: cannot be read as an exported state: {error}") from error
        expected = "give a file that `pulumi stack export --file FILE` wrote"
        if not isinstance(content, dict) or not isinstance(content.get("deployment"), dict):
            raise HipaaStackError(f"{file}: is no exported state, it has no `deployment`: {expected}")
        if content.get("version") not in _VERSIONS:
            raise HipaaStackError(
                f"{file}: version {content.get('version')!r} of exported states is unknown, known are 3 and 4: {expected}"
            )
        resources = content["deployment"].get("resources")
        if not isinstance(resources, list) or not resources:
            raise HipaaStackError(f"{file}: the state holds no resources")
        for index, resource in enumerate(resources):
            if not isinstance(resource, dict) or not isinstance(resource.get("type"), str) or str(resource.get("urn")).count("::") < 3:  # noqa: PLR2004
                raise HipaaStackError(f"{file}: deployment.resources[{index}] has no `urn` and `type` of a resource: {expected}")
        stack, project = resources[0]["urn"].removeprefix("urn:pulumi:").split("::")[:2]
        return cls(file, content, project, stack)

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources, in the order of the state, which is that of their dependencies."""
        found: list[dict[str, Any]] = self.content["deployment"]["resources"]
        return found

    @property
    def providers(self) -> list[Package]:
        """The provider plugins that the state names."""
        names = {
            (item["type"].rpartition(":")[2], str((item.get("inputs") or {}).get("version") or ""))
            for item in self.resources
            if item["type"].startswith("pulumi:providers:")
        }
        return [Package(name, version) for name, version in sorted(names)]

    def simulated(self, endpoint: KubernetesEndpoint) -> tuple[ExportedState, int]:
        """The state for a sandbox, and the number of secrets that became simulated ones.

        Encrypted secrets get a simulated value; all are plain text then. Addresses of clusters become `endpoint`.
        """
        replaced = 0

        def readable(secret: Secret, key: str, type_: str) -> Secret:
            nonlocal replaced
            if isinstance(secret.get("plaintext"), str):
                return secret
            replaced += 1
            return {_SIGNATURE: _SECRET, "plaintext": json.dumps(_stand_in(type_, key, endpoint))}

        return self._local(endpoint).mapped(readable), replaced

    def encrypted(self, vault: Vault) -> ExportedState:
        """The simulated state as the engine imports it, with the secrets encrypted for `vault`."""
        state = self.mapped(lambda secret, _key, _type: {_SIGNATURE: _SECRET, "ciphertext": vault.encrypt(str(secret["plaintext"]))})
        state.content["deployment"]["secrets_providers"] = {"type": "passphrase", "state": {"salt": vault.salt}}
        return state

    def plain(self) -> ExportedState:
        """The simulated state with the bare values in the places of its secrets."""
        return self.mapped(lambda secret, _key, _type: json.loads(str(secret["plaintext"])))

    def mapped(self, change: Callable[[Secret, str, str], Any]) -> ExportedState:
        """The state with every secret changed; `change` gets the secret, its property and the type of its resource."""
        deployment = dict(self.content["deployment"])
        deployment["resources"] = [
            {key: _map_secrets(value, change, key, item["type"]) for key, value in item.items()} for item in deployment["resources"]
        ]
        if operations := deployment.get("pending_operations"):
            deployment["pending_operations"] = [_map_secrets(item, change, "", _at(item, ("resource", "type"))) for item in operations]
        return replace(self, content=self.content | {"deployment": deployment})

    def _local(self, endpoint: KubernetesEndpoint) -> ExportedState:
        """The state with every cluster behind `endpoint`."""
        text = json.dumps(self.content)
        for resource in self.resources:
            if resource["type"] in _CLUSTERS:
                address_key, authority_path = _CLUSTERS[resource["type"]]
                outputs = resource.get("outputs") or {}
                address, authority = outputs.get(address_key), _at(outputs, authority_path)
                if isinstance(address, str) and address:
                    text = text.replace(address, endpoint.url if address.startswith("https://") else endpoint.url.removeprefix("https://"))
                if isinstance(authority, str) and authority:
                    text = text.replace(authority, endpoint.certificate_authority)
        content: dict[str, Any] = json.loads(text)
        for resource in content["deployment"]["resources"]:
            if resource["type"] == _KUBERNETES_PROVIDER:
                for side in ("inputs", "outputs"):
                    given = (resource.get(side) or {}).get("kubeconfig")
                    if isinstance(given, str) and _servers(given) != {endpoint.url}:
                        resource[side]["kubeconfig"] = json.dumps(kubeconfig(endpoint))
        return replace(self, content=content)


def _stand_in(type_: str, key: str, endpoint: KubernetesEndpoint) -> object:
    """A value for a secret that cannot be decrypted, of the kind that its place needs."""
    if type_ == _KUBERNETES_PROVIDER and key == "kubeconfig":
        return json.dumps(kubeconfig(endpoint))
    if type_ == "kubernetes:core/v1:Secret" and key in ("data", "stringData"):
        return {}
    return SIMULATED_SECRET


def _map_secrets(value: Any, change: Callable[[Secret, str, str], Any], key: str, type_: str) -> Any:
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return change(value, key, type_)
        return {name: _map_secrets(item, change, name, type_) for name, item in value.items()}
    if isinstance(value, list):
        return [_map_secrets(item, change, key, type_) for item in value]
    return value


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _servers(text: str) -> set[str]:
    """The API servers that a kubeconfig names; empty when it is none, such as a path."""
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError:
        return set()
    clusters = config.get("clusters") if isinstance(config, dict) else None
    return set(_server_names(clusters))


def _server_names(clusters: object) -> Iterator[str]:
    for item in clusters if isinstance(clusters, list) else ():
        if isinstance(item, dict):
            yield str(_at(item, ("cluster", "server")))
