"""The policy pack: time per resource next to the stock policy server, rules over stacks as stacks grow, and a preview with it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from figures import BenchError, Figure, Goal, Suite, Unit, in_turns
from google.protobuf import json_format, struct_pb2
from policy_servers import DEPLOYMENT, TYPES, running, servicer
from previews import ROOT, STACK, Stack, project
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from hipaa_stack.crossguard import pack_path
from hipaa_stack.sandbox.session import Options, Session

COUNTS = (1, 50, 200)
SIZES = (500, 5_000, 50_000)
ROUNDS = 5
REQUESTS = {"stock": 20, "ours": 200}
"""Requests per round and server: enough for a steady mean, and a round of either takes about a second."""

_LEAST_TIMES_FASTER = 100
_MOST_TIMES = 1.2
_MOST_GROWTH = 1.5


def measure(directory: Path, progress: Callable[[str], None]) -> list[Suite]:
    """All three suites."""
    return [
        *(_resources(types, progress) for types in ("ten", "one")),
        _stacks(progress),
        _preview(directory, progress),
    ]


# One resource --------------------------------------------------------------------------------------------------


def container(name: str) -> dict[str, Any]:
    """A container as hardened workloads have it."""
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 20, "timeoutSeconds": 2, "failureThreshold": 3}
    return {
        "name": name,
        "image": f"registry.example.com/clinic/{name}@sha256:{'0' * 64}",
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": f"SETTING_{number}", "value": f"value {number}"} for number in range(5)],
        "ports": [{"containerPort": 8080, "protocol": "TCP"}],
        "resources": {"limits": {"cpu": "2", "memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "livenessProbe": probe,
        "readinessProbe": probe,
    }


def deployment(name: str = "app") -> dict[str, Any]:
    """The inputs of a Deployment with two containers."""
    labels = {"app.kubernetes.io/name": name}
    pod = {"serviceAccountName": name, "automountServiceAccountToken": False, "containers": [container("app"), container("proxy")]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "clinic", "labels": labels},
        "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }


def message(properties: dict[str, Any]) -> struct_pb2.Struct:
    """Properties as the engine sends them."""
    return json_format.ParseDict(properties, struct_pb2.Struct())


def request(type_: str, properties: struct_pb2.Struct) -> analyzer_pb2.AnalyzeRequest:
    """What the engine asks about one resource."""
    return analyzer_pb2.AnalyzeRequest(type=type_, name="app", urn=f"urn:pulumi:dev::bench::{type_}::app", properties=properties)


def _resources(types: str, progress: Callable[[str], None]) -> Suite:
    """Both servers, with the same checks, on the same requests, in turns: inside the server, and as the client sees it."""
    properties = message(deployment())
    requests = [request(type_, properties) for type_ in (TYPES if types == "ten" else (DEPLOYMENT,))]
    figures: list[Figure] = []
    ratios: dict[int, float] = {}
    for count in COUNTS:
        with running("stock", types, count) as stock, running("ours", types, count) as ours:
            runs = {
                "stock": partial(_inside, servicer("stock", types, count), requests, REQUESTS["stock"]),
                "ours": partial(_inside, servicer("ours", types, count), requests, REQUESTS["ours"]),
                "stock call": partial(_called, stock, requests, REQUESTS["stock"]),
                "our call": partial(_called, ours, requests, REQUESTS["ours"]),
            }
            taken = in_turns(runs, ROUNDS, lambda text, count=count: progress(f"{count} checks for {types} type(s): {text}"))
        baseline = Figure(f"{count} checks, stock server", Unit.MILLISECONDS, taken["stock"])
        figure = Figure(f"{count} checks, our server", Unit.MILLISECONDS, taken["ours"], baseline)
        called = Figure(f"{count} checks, stock server, with gRPC", Unit.MILLISECONDS, taken["stock call"])
        figures += [
            baseline,
            figure,
            called,
            Figure(f"{count} checks, our server, with gRPC", Unit.MILLISECONDS, taken["our call"], called),
        ]
        assert figure.ratio is not None
        ratios[count] = figure.ratio
    if types == "one":
        return Suite("A Deployment, when every check judges Deployments", figures)
    goals = [
        Goal("one check: no slower than the stock server", Unit.TIMES, ratios[1], 1),
        Goal(f"200 checks: {_LEAST_TIMES_FASTER} times faster than the stock server", Unit.TIMES, ratios[200], 1 / _LEAST_TIMES_FASTER),
    ]
    return Suite("A resource of one of ten types, among which the checks are spread", figures, goals)


def _inside(served: analyzer_pb2_grpc.AnalyzerServicer, requests: Sequence[analyzer_pb2.AnalyzeRequest], count: int) -> float:
    """Mean milliseconds from the bytes of a request to those of the response."""
    asked = [each.SerializeToString() for each in requests]
    started = time.perf_counter()
    for number in range(count):
        served.Analyze(analyzer_pb2.AnalyzeRequest.FromString(asked[number % len(asked)]), None).SerializeToString()
    return (time.perf_counter() - started) / count * 1000


def _called(stub: analyzer_pb2_grpc.AnalyzerStub, requests: Sequence[analyzer_pb2.AnalyzeRequest], count: int) -> float:
    """Mean milliseconds of a call, which the client sees: most of a short one is gRPC and the change of processes."""
    started = time.perf_counter()
    for number in range(count):
        stub.Analyze(requests[number % len(requests)])
    return (time.perf_counter() - started) / count * 1000


# Stacks --------------------------------------------------------------------------------------------------------


def stack_resources(count: int) -> Iterator[analyzer_pb2.AnalyzerResource]:
    """Resources that refer to each other: tenants of ten resources each."""
    for number in range(count // 10):
        name = f"tenant-{number}"
        metadata = {"name": name, "namespace": name}
        selector = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        tenant = (
            ("kubernetes:core/v1:Namespace", {"metadata": {"name": name}}, None),
            ("kubernetes:networking.k8s.io/v1:NetworkPolicy", {"metadata": metadata, "spec": selector}, None),
            ("kubernetes:core/v1:ServiceAccount", {"metadata": metadata, "automountServiceAccountToken": False}, None),
            (DEPLOYMENT, deployment(name) | {"metadata": metadata}, None),
            ("aws:s3/bucket:Bucket", {"bucket": name, "id": name, "arn": f"arn:aws:s3:::{name}"}, None),
            ("aws:s3/bucketVersioning:BucketVersioning", {"versioningConfiguration": {"status": "Enabled"}}, "bucket"),
            ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"blockPublicAcls": True}, "bucket"),
            ("aws:kms/key:Key", {"id": name, "arn": f"arn:aws:kms:::key/{name}", "enableKeyRotation": True}, None),
            ("aws:cloudwatch/logGroup:LogGroup", {"name": name, "retentionInDays": 2192}, None),
            ("aws:ec2/securityGroup:SecurityGroup", {"id": f"sg-{number}", "name": name}, None),
        )
        bucket = f"urn:pulumi:dev::bench::aws:s3/bucket:Bucket::{name}"
        for type_, properties, via in tenant:
            links = {via: analyzer_pb2.AnalyzerPropertyDependencies(urns=[bucket])} if via else {}
            outputs = message(properties | ({via: name} if via else {}))
            urn = f"urn:pulumi:dev::bench::{type_}::{name}"
            yield analyzer_pb2.AnalyzerResource(type=type_, name=name, urn=urn, properties=outputs, propertyDependencies=links)


def _stacks(progress: Callable[[str], None]) -> Suite:
    """AnalyzeStack with every rule of the catalogue; the server decodes the stack in it too."""
    requests = {size: analyzer_pb2.AnalyzeStackRequest(resources=stack_resources(size)) for size in SIZES}
    with running("catalogue") as stub:
        runs = {str(size): partial(_microseconds_per_resource, stub, asked, size) for size, asked in requests.items()}
        taken = in_turns(runs, 3, lambda text: progress(f"stacks: {text}"))
    smallest = Figure(f"{SIZES[0]} resources, per resource", Unit.MICROSECONDS, taken[str(SIZES[0])])
    figures = [smallest] + [Figure(f"{size} resources, per resource", Unit.MICROSECONDS, taken[str(size)], smallest) for size in SIZES[1:]]
    growth = figures[-1].ratio
    assert growth is not None
    goal = Goal(f"{SIZES[-1]} resources take at most {_MOST_GROWTH} times as long, each, as {SIZES[0]}", Unit.TIMES, growth, _MOST_GROWTH)
    return Suite("Rules over stacks, as stacks grow", figures, [goal])


def _microseconds_per_resource(stub: analyzer_pb2_grpc.AnalyzerStub, asked: analyzer_pb2.AnalyzeStackRequest, size: int) -> float:
    started = time.perf_counter()
    stub.AnalyzeStack(asked)
    return (time.perf_counter() - started) / size * 1_000_000


# A preview -----------------------------------------------------------------------------------------------------


def _preview(directory: Path, progress: Callable[[str], None]) -> Suite:
    """The reference stack, new, without and with the pack; both sandboxes are alike."""
    without, with_pack = "without a pack", "with the pack"
    reference = project(directory / "reference", (ROOT / "stacks" / "__main__.py").read_text())
    with contextlib.ExitStack() as ends:
        stacks = {
            name: Stack(ends.enter_context(Session(Options(directory=directory / folder))), reference)
            for name, folder in ((without, "without"), (with_pack, "with"))
        }
        commands = {without: ["preview"], with_pack: ["preview", "--policy-pack", str(pack_path())]}
        runs = {name: partial(stack.run, *commands[name]) for name, stack in stacks.items()}
        taken = in_turns(runs, ROUNDS, lambda text: progress(f"preview: {text}"))
    baseline = Figure(f"preview {without}", Unit.SECONDS, [usage.wall_seconds for usage in taken[without]])
    figure = Figure(f"preview {with_pack}", Unit.SECONDS, [usage.wall_seconds for usage in taken[with_pack]], baseline)
    if figure.ratio is None:
        raise BenchError("no preview was measured")
    goal = Goal(f"a preview with the pack takes at most {_MOST_TIMES} times one without", Unit.TIMES, figure.ratio, _MOST_TIMES)
    return Suite(f"Stack {STACK}: preview with the pack", [baseline, figure], [goal])
