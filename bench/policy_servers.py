"""The same checks, served by the stock policy server and by ours: `python bench/policy_servers.py stock|ours|catalogue one|ten COUNT`.

A check is one container field and one value that it must not have. Each server has it as its own users write it: a
function over `args.props`, and a rule over a node.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from hipaa_stack.crossguard._server import PolicyPack, new_server
from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules import Cite, Rule, Severity, catalogue, rule
from hipaa_stack.sandbox import plugin_process

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
TYPES = (DEPLOYMENT, *(f"kubernetes:apps/v1:{kind}" for kind in ("DaemonSet", "StatefulSet", "ReplicaSet")),
         *(f"kubernetes:extensions/v1beta1:{kind}" for kind in ("DaemonSet", "Deployment", "ReplicaSet")),
         *(f"kubernetes:apps/v1beta2:{kind}" for kind in ("DaemonSet", "Deployment", "StatefulSet")))  # fmt: skip
"""Ten types with the same properties."""

FIX = "Choose another value."

_FLAGS = ("securityContext.privileged", "securityContext.allowPrivilegeEscalation", "securityContext.readOnlyRootFilesystem",
          "securityContext.runAsNonRoot", "stdin", "stdinOnce", "tty")  # fmt: skip
_NUMBERS = ("securityContext.runAsUser", "securityContext.runAsGroup", "livenessProbe.periodSeconds", "livenessProbe.timeoutSeconds",
            "livenessProbe.failureThreshold", "readinessProbe.periodSeconds", "readinessProbe.timeoutSeconds",
            "readinessProbe.failureThreshold", "startupProbe.periodSeconds", "startupProbe.failureThreshold")  # fmt: skip
_TEXTS = ("image", "imagePullPolicy", "terminationMessagePath", "terminationMessagePolicy", "workingDir",
          "securityContext.procMount", "securityContext.seccompProfile.type", "securityContext.seccompProfile.localhostProfile",
          "resources.limits.cpu", "resources.limits.memory", "resources.requests.cpu", "resources.requests.memory")  # fmt: skip
FORBIDDEN: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(_FLAGS, (True, False)),
    **dict.fromkeys(_NUMBERS, (0, 1, 5, 10, 30, 60, 1000)),
    **dict.fromkeys(_TEXTS, ("", "nginx", "Always", "IfNotPresent", "File", "Unconfined", "RuntimeDefault", "1", "128Mi", "/tmp")),
}  # fmt: skip
"""The fields of a container that are looked at, with the values that they must not have."""


@dataclass(frozen=True)
class Check:
    """One field of every container of one type must not have one value."""

    id: str
    type: str
    path: str
    forbidden: Any

    def message(self) -> str:
        """What both servers say of a container."""
        return f"is {self.forbidden!r}"


_PAIRS = [(path, value) for path, values in FORBIDDEN.items() for value in values][:200]
CHECKS = {
    "one": [Check(f"BENCH-POD-{number:03}", DEPLOYMENT, *pair) for number, pair in enumerate(_PAIRS)],
    "ten": [Check(f"BENCH-POD-{number:03}", TYPES[number % len(TYPES)], *pair) for number, pair in enumerate(_PAIRS)],
}
"""The 200 checks: all for Deployments, or spread over ten types."""


def as_rule(check: Check) -> Rule:
    """A check for our server."""
    read = {bool: Node.boolean, int: Node.number, str: Node.string}[type(check.forbidden)]

    def judge(container: Node) -> Iterator[Violation]:
        if read(container, check.path) == check.forbidden:
            yield container.fail(check.path, check.message())

    return rule(
        id=check.id,
        title=f"{check.path} is not {check.forbidden!r}",
        severity=Severity.LOW,
        types=(check.type,),
        cites=(Cite("164.312(a)(1)", "it stands for a rule"),),
        fix=FIX,
        each=_containers,
    )(judge)


def _containers(root: Node) -> Iterator[Node]:
    return root.items("spec.template.spec.containers")


def as_policy(check: Check) -> Any:
    """A check for the stock server."""
    from pulumi_policy import EnforcementLevel, ResourceValidationPolicy  # noqa: PLC0415 - the other server runs without it

    keys = check.path.split(".")

    def judge(args: Any, report: Any) -> None:
        if args.resource_type != check.type:
            return
        for index, container in enumerate(args.props["spec"]["template"]["spec"]["containers"]):
            value = container
            for key in keys:
                value = value[key] if value is not None and key in value else None
            if value == check.forbidden and isinstance(value, bool) is isinstance(check.forbidden, bool):
                report(f"spec.template.spec.containers[{index}].{check.path}: {check.message()}")

    title = f"{check.path} is not {check.forbidden!r}"
    return ResourceValidationPolicy(check.id, title, judge, EnforcementLevel.MANDATORY)


@contextlib.contextmanager
def running(server: str, types: str = "one", count: int = 200) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """A server process with the first `count` checks for one or ten types, or `catalogue` with its rules; and a client of it."""
    command = [sys.executable, "-u", __file__, server, types, str(count)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            sizes = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
            with grpc.insecure_channel(f"127.0.0.1:{int(port)}", options=sizes) as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.terminate()


def servicer(server: str, types: str, count: int) -> analyzer_pb2_grpc.AnalyzerServicer:
    """The object behind a server, in this process."""
    checks = CHECKS[types][:count]
    if server == "stock":
        from pulumi_policy.policy import EnforcementLevel, _PolicyAnalyzerServicer  # noqa: PLC0415 - ours runs without it

        policies, nothing = [as_policy(check) for check in checks], [None] * 7
        return _PolicyAnalyzerServicer("bench", "0.0.1", policies, EnforcementLevel.ADVISORY, *nothing)
    rules = catalogue if server == "catalogue" else partial(list, map(as_rule, checks))
    return PolicyPack(rules, Path("/nowhere"), today=dt.date(2026, 1, 1), say=lambda _text: None)


def main() -> None:
    """Serves until the process is ended."""
    server = new_server(servicer(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    plugin_process.serve(server)
    server.stop(grace=None)


if __name__ == "__main__":
    main()
