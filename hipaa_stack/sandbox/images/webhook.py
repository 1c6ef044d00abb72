"""`ImageWebhook`: a validating webhook of the local Kubernetes that knows the networks of one session."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.images.reach import Networks
from hipaa_stack.sandbox.images.review import RESOURCES, refusal
from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.kubernetes.certificates import Authority, encoded
from hipaa_stack.sandbox.provider import accounts

_CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
_NAME = "image-pulls.sandbox.hipaa-stack"
_ANSWER_SECONDS = 30
"""The longest that Kubernetes lets a webhook take."""
_IN_FORCE_SECONDS = 10.0
_POLL_SECONDS = 0.02
_PROBE = {
    "apiVersion": "v1",
    "kind": "PodTemplate",
    "metadata": {"generateName": "probe-"},
    "template": {"spec": {"containers": [{"name": "probe", "image": "probe.internal/none"}]}},
}


class ImageWebhook:
    """In force within the `with` block: every write of a workload is judged by what the simulated accounts hold then.

    It is registered for one session, and gone with it: an API server may outlive the session, or serve several.
    """

    def __init__(self, directory: Path, cluster: LocalKubernetes) -> None:
        self._session = directory
        self._pki = directory / "image-webhook"
        self._cluster = cluster
        self._name = f"hipaa-stack-sandbox-{hashlib.sha256(str(directory).encode()).hexdigest()[:12]}"
        self._path = f"{_CONFIGURATIONS}/{self._name}"
        self._server: _Server

    def __enter__(self) -> Self:
        self._pki.mkdir(mode=0o700, exist_ok=True)
        authority = Authority(self._pki)
        authority.issue("server")
        self._server = _Server(self._session, self._pki)
        threading.Thread(target=self._server.serve_forever, name="image-webhook", daemon=True).start()
        try:
            self._register()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with contextlib.suppress(HipaaStackError):  # the API server has ended first
            self._cluster.request("DELETE", self._path)
        self._server.shutdown()
        self._server.server_close()

    def _register(self) -> None:
        """Registers the webhook, and waits until the API server asks it."""
        query = "fieldManager=hipaa-stack-sandbox&force=true"
        body = _configuration(self._name, self._server.server_port, encoded(self._pki / "ca.crt"))
        status, answer = self._cluster.request("PATCH", f"{self._path}?{query}", body, content_type="application/apply-patch+yaml")
        if status not in {http.client.OK, http.client.CREATED}:
            raise HipaaStackError(f"local Kubernetes: the webhook for images was refused: {answer}")
        deadline = time.monotonic() + _IN_FORCE_SECONDS
        while not self._server.asked.is_set() and time.monotonic() < deadline:
            self._cluster.request("POST", "/api/v1/namespaces/default/podtemplates?dryRun=All", _PROBE)
            time.sleep(_POLL_SECONDS)
        if not self._server.asked.is_set():
            raise HipaaStackError(f"local Kubernetes: it does not ask the webhook for images ({_IN_FORCE_SECONDS:.0f} s): {answer}")


class _Server(ThreadingHTTPServer):
    """Takes connections side by side and reviews one request after the other, by what the accounts hold at that moment."""

    def __init__(self, session: Path, pki: Path) -> None:
        self.asked = threading.Event()
        self._session = session
        self._networks: Networks | None = None
        self._reviewer = ThreadPoolExecutor(max_workers=1)
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pki / "server.crt", pki / "server.key")
        # The handshake is left to the thread of the connection.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def review(self, request: dict[str, Any]) -> str | None:
        """Why the request is refused; None where it is not."""
        self.asked.set()
        return self._reviewer.submit(self._refusal, request).result()

    def _refusal(self, request: dict[str, Any]) -> str | None:
        if self._networks is None and (self._session / accounts.FILE).exists():
            self._networks = Networks(accounts.Accounts(self._session, "aws"))
        return refusal(self._networks, request) if self._networks else None

    def server_close(self) -> None:
        super().server_close()
        self._reviewer.shutdown()


class _Handler(BaseHTTPRequestHandler):
    """One admission review."""

    server: _Server
    timeout = _ANSWER_SECONDS

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        reason = self.server.review(request)
        response: dict[str, Any] = {"uid": request["uid"], "allowed": reason is None}
        if reason is not None:
            # A preview of Pulumi passes over a dry run that is forbidden, not over one that is invalid.
            response["status"] = {"code": http.client.UNPROCESSABLE_ENTITY, "reason": "Invalid", "message": reason}
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}).encode()
        self.send_response(http.client.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Says nothing: the terminal is the command's."""


def _configuration(name: str, port: int, authority: str) -> dict[str, Any]:
    rules = [
        {"apiGroups": [group], "apiVersions": [version], "resources": list(resources), "operations": ["CREATE", "UPDATE"]}
        for (group, version), resources in RESOURCES.items()
    ]
    webhook = {
        "name": _NAME,
        "clientConfig": {"url": f"https://127.0.0.1:{port}/", "caBundle": authority},
        "rules": rules,
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "timeoutSeconds": _ANSWER_SECONDS,
        "admissionReviewVersions": ["v1"],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [webhook],
    }
