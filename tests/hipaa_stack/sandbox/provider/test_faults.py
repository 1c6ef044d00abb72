"""Injected faults hit the Nth create of the session, over all providers, and previews do not count."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from hipaa_stack.sandbox.config import Fault, FaultKind, SandboxConfig
from hipaa_stack.sandbox.provider.wire import from_struct, to_struct

TYPE = "aws:cloudwatch/logGroup:LogGroup"


def fault(kind, nth):
    return (Fault(kind=kind, nth=nth),)


@pytest.mark.parametrize(
    ("cloud", "kind", "words"),
    [
        ("aws", FaultKind.FAIL, "creating aws:kms/key:Key (b): InternalFailure"),
        ("aws", FaultKind.THROTTLE, "ThrottlingException: Rate exceeded"),
        ("gcp", FaultKind.FAIL, "googleapi: Error 500"),
        ("gcp", FaultKind.THROTTLE, "googleapi: Error 429"),
    ],
)
def test_the_nth_create_is_refused(provider, refused, cloud, kind, words):
    type_ = {"aws": "aws:kms/key:Key", "gcp": "gcp:compute/network:Network"}[cloud]
    first, second = (provider(cloud, faults=fault(kind, 2)) for _ in range(2))
    first.create(type_, "p", {}, preview=True)
    first.create(type_, "a", {"name": "a"} if cloud == "gcp" else {})
    inputs = {"name": "b"} if cloud == "gcp" else {}
    with refused(words, "injected fault: create 2 of this sandbox"):
        second.create(type_, "b", inputs)
    assert second.create(type_, "b", inputs)[0], "nothing was created, so the next try succeeds"
    assert [entry["outcome"] for entry in first.journal() if entry["rpc"] == "Create"] == ["ok", "ok", "error", "ok"]


@pytest.mark.parametrize("release", ["cancel", "deadline"])
def test_a_hanging_create_ends_when_the_engine_gives_up(provider, release):
    client = provider(faults=fault(FaultKind.HANG, 1))
    started = time.monotonic()
    if release == "cancel":
        threading.Timer(0.3, client.cancel).start()
    with pytest.raises(grpc.RpcError) as caught:
        client.create(TYPE, "a", {"name": "a"}, timeout=0.5 if release == "deadline" else 30)
    assert caught.value.code() in {grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED}
    assert time.monotonic() - started < 5
    assert client.read(TYPE, "a", "a")[0] == "", "it never came into being"


class Plugin:
    """A provider process, as the engine starts one."""

    def __init__(self, directory, cloud="aws"):
        environment = {**os.environ, "HIPAA_STACK_SANDBOX": str(directory)}
        command = [sys.executable, "-m", "hipaa_stack.sandbox.provider", cloud]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        port = self.process.stdout.readline().strip()
        self.stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}")) if port else None

    def create(self, name):
        request = provider_pb2.CreateRequest(urn=f"urn:pulumi:dev::trial::{TYPE}::{name}", properties=to_struct({"name": name}))
        return self.stub.Create(request)


@pytest.fixture
def plugin(tmp_path):
    running = []

    def start(*faults, cloud="aws"):
        SandboxConfig(faults=faults).write(tmp_path)
        running.append(Plugin(tmp_path, cloud))
        return running[-1]

    yield start
    for started in running:
        started.process.kill()
        started.process.wait()


def test_a_provider_that_dies_leaves_its_object_behind(plugin):
    dying = plugin(Fault(kind=FaultKind.DIE, nth=1))
    with pytest.raises(grpc.RpcError) as caught:
        dying.create("a")
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert dying.process.wait(5) == 137
    again = plugin().create("a")
    assert (again.id, from_struct(again.properties)["name"]) == ("a", "a")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("hanging", [False, True])
def test_signals_stop_at_once(plugin, number, hanging):
    started = plugin(Fault(kind=FaultKind.HANG, nth=1))
    if hanging:
        threading.Thread(target=_create_and_fail, args=(started,), daemon=True).start()
        time.sleep(0.3)
    started.process.send_signal(number)
    assert started.process.wait(5) == 0, "well before the ten seconds after which the engine would kill it"


def _create_and_fail(started):
    with pytest.raises(grpc.RpcError):
        started.create("a")


def test_a_provider_does_not_outlive_its_engine(tmp_path):
    SandboxConfig().write(tmp_path)
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'hipaa_stack.sandbox.provider', 'aws'], stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    engine = subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "HIPAA_STACK_SANDBOX": str(tmp_path)}, stdout=subprocess.PIPE, text=True
    )
    pid = int(engine.stdout.readline())
    engine.kill()
    engine.wait()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _is_alive(pid):
        time.sleep(0.1)
    assert not _is_alive(pid)


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state) and not state.startswith("Z")


@pytest.mark.parametrize(
    ("arguments", "session", "code", "words"),
    [
        ([], True, 2, "usage: python -m hipaa_stack.sandbox.provider aws|gcp"),
        (["azure"], True, 2, "usage"),
        (["aws"], False, 1, "not a sandbox directory"),
    ],
)
def test_wrong_starts_say_what_is_wrong(tmp_path, arguments, session, code, words):
    if session:
        SandboxConfig().write(tmp_path)
    run = subprocess.run(
        [sys.executable, "-m", "hipaa_stack.sandbox.provider", *arguments],
        env={**os.environ, "HIPAA_STACK_SANDBOX": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == code
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_starts_quickly(plugin):
    assert min(processor_seconds(plugin) for _ in range(3)) < 1.5, (
        "about 0.25 s of processor time, which a busy machine can double; every type of the SDK takes far more"
    )


def processor_seconds(plugin):
    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = spent()
    started = plugin()
    started.process.kill()
    started.process.wait()
    return spent() - before
