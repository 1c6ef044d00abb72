"""`LocalKubernetes`: a real API server with real admission, RBAC, audit and encryption at rest, in one directory.

    pki/            authority, certificates, keys, tokens
    etcd/           the stored objects
    logs/           output of every server
    audit.log       the API server's audit log, level Metadata unless `audit_policy` says otherwise
    address.json    the port, once it is certain: Pulumi states record the address, so it never changes

NetworkPolicy objects are stored, not enforced: there is no network. Without `nodes` no pod runs; with them, kwok plays
the kubelet of fake nodes, and pods become ready without containers.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import tools
from hipaa_stack.sandbox.config import KubernetesEndpoint
from hipaa_stack.sandbox.kubernetes.certificates import Authority, encoded, write_signing_key
from hipaa_stack.sandbox.kubernetes.kubeconfig import write_kubeconfig, write_private
from hipaa_stack.sandbox.kubernetes.servers import ServerError, Servers, free_port, port_is_free

_ADDRESS = "address.json"
_ATTEMPTS = 5
_READY_SECONDS = 60.0
_ANSWER_SECONDS = 30.0
_READY_ANSWER_SECONDS = 2.0
"""Short, because the port may turn out to be another program's, which never answers."""
_SERVICE_RANGE = "10.96.0.0/16"
_USERS = {
    "administrator": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-scheduler": "",
    "kwok": "system:masters",
}
"""Users with a static token, and the group of each. kwok plays kubelets, which needs more than one built-in role."""

_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "nonResourceURLs": ["/readyz", "/livez", "/healthz", "/version", "/openapi/*"]},
        {"level": "Metadata"},
    ],
}


class LocalKubernetes:
    """One running control plane. Made by `start`, ended by `stop` or by leaving the `with` block."""

    def __init__(self, directory: Path, port: int) -> None:
        self._directory = directory
        self._pki = directory / "pki"
        self._port = port
        self._tokens: dict[str, str] = json.loads((self._pki / "tokens.json").read_text())
        self._tls = ssl.create_default_context(cafile=str(self._pki / "ca.crt"))
        self._servers = Servers(directory)

    @classmethod
    def start(cls, directory: Path, nodes: int = 0, *, audit_policy: Mapping[str, Any] | None = None, users: Sequence[str] = ()) -> Self:
        """Starts the control plane whose data lie in `directory`, which is made if missing, with `nodes` fake nodes.

        A new directory may be given an audit policy (`audit.k8s.io/v1`, as plain data) and further users, who have no
        rights and whose names hold no comma; one that was used before keeps its own. Returns when the API server is ready and the controllers run. A directory that was used before comes up at the
        same address with the same objects. Raises HipaaStackError when an executable is missing, a server fails, or the
        recorded port is taken.
        """
        directory = directory.resolve()
        recorded = directory / _ADDRESS
        if recorded.exists():
            port = _port(directory)
            if not port_is_free(port):
                raise HipaaStackError(
                    f"{directory}: port {port} is in use by another program; Pulumi states record the address of this API server, "
                    "so it cannot move: stop that program, or start with a new directory"
                )
            return cls(directory, port).launch(nodes)
        _make(directory, audit_policy or _AUDIT_POLICY, users)
        for attempt in range(1, _ATTEMPTS + 1):
            port = free_port()
            try:
                running = cls(directory, port).launch(nodes)
            except ServerError as error:
                if not error.port_taken or attempt == _ATTEMPTS:
                    raise
            else:
                recorded.write_text(json.dumps({"port": port}))
                return running
        raise AssertionError("unreachable: the last attempt returns or raises")

    def launch(self, nodes: int) -> Self:
        """Starts the servers on the data of the directory; `start` finds the port and calls this."""
        try:
            self._start_api_server()
            self._start_controllers()
            if nodes:
                self._start_nodes(nodes)
        except BaseException:
            self.stop()
            raise
        return self

    @property
    def url(self) -> str:
        """Address of the API server."""
        return f"https://127.0.0.1:{self._port}"

    @property
    def ca(self) -> str:
        """Base64 of the PEM certificate that signed the API server's."""
        return self.endpoint.certificate_authority

    @property
    def token(self) -> str:
        """Bearer token of a cluster administrator."""
        return self._tokens["administrator"]

    def token_of(self, user: str) -> str:
        """Bearer token of one of the `users` of `start`."""
        return self._tokens[user]

    @property
    def endpoint(self) -> KubernetesEndpoint:
        """What simulated clusters need to know."""
        return _endpoint(self._pki, self._port)

    @property
    def audit_log(self) -> Path:
        """The audit log: one JSON event per line."""
        return self._directory / "audit.log"

    def kubeconfig(self, path: Path) -> Path:
        """Writes a kubeconfig of the cluster administrator."""
        return self._write_kubeconfig(path, "administrator")

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        user: str | None = None,
        *,
        group: str = "",
        token: str | None = None,
        content_type: str = "",
        timeout: float = _ANSWER_SECONDS,
    ) -> tuple[int, Any]:
        """One call of the API: status and decoded JSON answer (text when it is not JSON).

        `body` is sent as JSON; PATCH sends a strategic merge patch unless `content_type` names another kind. `user` impersonates a user, such as
        `system:serviceaccount:NAMESPACE:NAME`, of the `group` if one is named. `token` is sent instead of the administrator's; an empty one sends none. Raises HipaaStackError when the server cannot be reached.
        """
        kind = content_type or ("application/strategic-merge-patch+json" if method == "PATCH" else "application/json")
        headers = {"Content-Type": kind, "Accept": "application/json"}
        if bearer := self.token if token is None else token:
            headers["Authorization"] = f"Bearer {bearer}"
        if user:
            headers["Impersonate-User"] = user
        if group:
            headers["Impersonate-Group"] = group
        connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=self._tls, timeout=timeout)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise HipaaStackError(f"local Kubernetes: {self.url} does not answer ({error})") from error
        finally:
            connection.close()
        is_json = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(text) if is_json else text

    def stop(self) -> None:
        """Ends every server; the data stay in the directory."""
        self._servers.stop(gracefully="etcd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _start_api_server(self) -> None:
        client, peer = free_port(), free_port()
        pki = self._pki
        self._servers.start(
            tools.require("etcd", "it stores the objects of the local Kubernetes"),
            [
                f"--data-dir={self._directory / 'etcd'}",
                f"--listen-client-urls=https://127.0.0.1:{client}",
                f"--advertise-client-urls=https://127.0.0.1:{client}",
                f"--listen-peer-urls=http://127.0.0.1:{peer}",
                "--client-cert-auth",
                f"--trusted-ca-file={pki / 'ca.crt'}",
                f"--cert-file={pki / 'etcd.crt'}",
                f"--key-file={pki / 'etcd.key'}",
                "--unsafe-no-fsync",
                "--log-level=warn",
            ],
        )
        self._servers.start(
            tools.require("kube-apiserver", "it is the API server of the local Kubernetes"),
            [
                f"--etcd-servers=https://127.0.0.1:{client}",
                f"--etcd-cafile={pki / 'ca.crt'}",
                f"--etcd-certfile={pki / 'apiserver.crt'}",
                f"--etcd-keyfile={pki / 'apiserver.key'}",
                f"--encryption-provider-config={pki / 'encryption.json'}",
                "--bind-address=127.0.0.1",
                f"--secure-port={self._port}",
                f"--tls-cert-file={pki / 'apiserver.crt'}",
                f"--tls-private-key-file={pki / 'apiserver.key'}",
                f"--client-ca-file={pki / 'ca.crt'}",
                f"--token-auth-file={pki / 'tokens.csv'}",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                f"--service-account-key-file={pki / 'service-accounts.pub'}",
                f"--service-account-signing-key-file={pki / 'service-accounts.key'}",
                f"--service-cluster-ip-range={_SERVICE_RANGE}",
                "--endpoint-reconciler-type=none",
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--allow-privileged",
                "--profiling=false",
                f"--audit-policy-file={self._directory / 'audit-policy.json'}",
                f"--audit-log-path={self.audit_log}",
            ],
        )
        self._servers.wait("/readyz", lambda: self._answers("/readyz"), _READY_SECONDS)

    def _start_controllers(self) -> None:
        pki = self._pki
        self._servers.start(
            tools.require("kube-controller-manager", "it runs the controllers of the local Kubernetes"),
            [
                f"--kubeconfig={self._user_kubeconfig('system:kube-controller-manager')}",
                "--use-service-account-credentials",
                f"--service-account-private-key-file={pki / 'service-accounts.key'}",
                f"--root-ca-file={pki / 'ca.crt'}",
                f"--cluster-signing-cert-file={pki / 'ca.crt'}",
                f"--cluster-signing-key-file={pki / 'ca.key'}",
                f"--service-cluster-ip-range={_SERVICE_RANGE}",
                "--kube-api-qps=500",
                "--kube-api-burst=1000",
                "--leader-elect=false",
                "--secure-port=0",
                "--profiling=false",
                # On a busy machine kwok is late with its leases, and what was declared unready then stays so.
                "--node-monitor-grace-period=1h",
            ],
        )
        default = "/api/v1/namespaces/default/serviceaccounts/default"
        self._servers.wait("the default ServiceAccount", lambda: self._answers(default), _READY_SECONDS)

    def _start_nodes(self, nodes: int) -> None:
        self._servers.start(
            tools.require("kube-scheduler", "it places pods on the fake nodes of the local Kubernetes"),
            [f"--kubeconfig={self._user_kubeconfig('system:kube-scheduler')}", "--leader-elect=false", "--secure-port=0"],
        )
        self._servers.start(
            tools.require("kwok", "it plays the fake nodes of the local Kubernetes"),
            [f"--kubeconfig={self._user_kubeconfig('kwok')}", "--manage-all-nodes"],
        )
        names = [f"fake-node-{number}" for number in range(1, nodes + 1)]
        for number, name in enumerate(names):
            status, answer = self.request("POST", "/api/v1/nodes", _node(name, zone="abc"[number % 3]))
            if status not in (http.client.CREATED, http.client.CONFLICT):
                raise HipaaStackError(f"local Kubernetes: node {name} was refused: {answer}")
        self._servers.wait("ready nodes", lambda: all(self._node_is_ready(name) for name in names), _READY_SECONDS)

    def _answers(self, path: str) -> bool:
        try:
            return self.request("GET", path, timeout=_READY_ANSWER_SECONDS)[0] == http.client.OK
        except HipaaStackError:
            return False

    def _node_is_ready(self, name: str) -> bool:
        _, node = self.request("GET", f"/api/v1/nodes/{quote(name)}")
        return any(item["type"] == "Ready" and item["status"] == "True" for item in node.get("status", {}).get("conditions", []))

    def _user_kubeconfig(self, user: str) -> Path:
        return self._write_kubeconfig(self._pki / f"{user.rpartition(':')[2]}.kubeconfig", user)

    def _write_kubeconfig(self, path: Path, user: str) -> Path:
        return write_kubeconfig(path, self.endpoint.model_copy(update={"token": self._tokens[user]}))


def promised_endpoint(directory: Path) -> KubernetesEndpoint:
    """Where the local Kubernetes of `directory` answers once `LocalKubernetes.start` has started it; nothing is started here."""
    directory = directory.resolve()
    if not (directory / _ADDRESS).exists():
        _make(directory, _AUDIT_POLICY)
        (directory / _ADDRESS).write_text(json.dumps({"port": free_port()}))
    return _endpoint(directory / "pki", _port(directory))


def _port(directory: Path) -> int:
    return int(json.loads((directory / _ADDRESS).read_text())["port"])


def _endpoint(pki: Path, port: int) -> KubernetesEndpoint:
    token = json.loads((pki / "tokens.json").read_text())["administrator"]
    return KubernetesEndpoint(url=f"https://127.0.0.1:{port}", certificate_authority=encoded(pki / "ca.crt"), token=token)


def _make(directory: Path, audit_policy: Mapping[str, Any], users: Sequence[str] = ()) -> None:
    """Keys, certificates, tokens and policies of a new control plane."""
    pki = directory / "pki"
    pki.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = Authority(pki)
    authority.issue("etcd")
    authority.issue("apiserver")
    write_signing_key(pki, "service-accounts")
    groups = {**dict.fromkeys(users, ""), **_USERS}
    tokens = {user: secrets.token_hex(16) for user in groups}
    write_private(pki / "tokens.json", json.dumps(tokens))
    rows = (f"{tokens[user]},{user},{user}" + (f',"{group}"' if group else "") for user, group in groups.items())
    write_private(pki / "tokens.csv", "".join(f"{row}\n" for row in rows))
    write_private(pki / "encryption.json", json.dumps(_encryption(secrets.token_bytes(32))))
    (directory / "audit-policy.json").write_text(json.dumps(audit_policy, indent=2))


def _encryption(key: bytes) -> dict[str, Any]:
    provider = {"secretbox": {"keys": [{"name": "local", "secret": base64.b64encode(key).decode()}]}}
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [{"resources": ["secrets", "configmaps"], "providers": [provider, {"identity": {}}]}],
    }


def _node(name: str, zone: str) -> dict[str, Any]:
    capacity = {"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"}
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": "local",
        "topology.kubernetes.io/zone": f"local-{zone}",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"capacity": capacity, "allocatable": capacity},
    }
