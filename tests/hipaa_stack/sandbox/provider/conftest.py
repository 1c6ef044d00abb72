"""A simulated provider in this process, spoken to over gRPC as the engine speaks to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from hipaa_stack.sandbox.config import SandboxConfig
from hipaa_stack.sandbox.provider.schema import Sdk
from hipaa_stack.sandbox.provider.server import SimulatedProvider, serve
from hipaa_stack.sandbox.provider.wire import from_struct, to_struct

SDKS: dict[str, Sdk] = {}


def urn_of(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::trial::{type_}::{name}"


class Client:
    """What an engine does, in fewer words; properties are plain Python values."""

    def __init__(self, servicer: SimulatedProvider, address: str, directory: Path) -> None:
        self.servicer = servicer
        self.directory = directory
        self.stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(address))

    def configure(self, **config: Any) -> None:
        self.stub.Configure(provider_pb2.ConfigureRequest(args=to_struct(config)))

    def check(
        self, type_: str, name: str, news: dict[str, Any], olds: dict[str, Any] | None = None, **more: Any
    ) -> tuple[dict[str, Any], list[str]]:
        request = provider_pb2.CheckRequest(urn=urn_of(type_, name), news=to_struct(news), olds=to_struct(olds or {}), **more)
        response = self.stub.Check(request)
        return from_struct(response.inputs), [failure.reason for failure in response.failures]

    def create(
        self, type_: str, name: str, inputs: dict[str, Any], *, preview: bool = False, timeout: float | None = None
    ) -> tuple[str, dict[str, Any]]:
        request = provider_pb2.CreateRequest(urn=urn_of(type_, name), properties=to_struct(inputs), preview=preview)
        response = self.stub.Create(request, timeout=timeout)
        return response.id, from_struct(response.properties)

    def make(self, type_: str, name: str, news: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Check and Create: id, checked inputs, outputs."""
        inputs, failures = self.check(type_, name, news)
        assert not failures
        return self._with_inputs(inputs, *self.create(type_, name, inputs))

    @staticmethod
    def _with_inputs(inputs: dict[str, Any], id_: str, outputs: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        return id_, inputs, outputs

    def diff(
        self,
        type_: str,
        name: str,
        old: dict[str, Any],
        new: dict[str, Any],
        *,
        id_: str = "x",
        state: dict[str, Any] | None = None,
        **more: Any,
    ):
        request = provider_pb2.DiffRequest(
            id=id_, urn=urn_of(type_, name), olds=to_struct(state or old), old_inputs=to_struct(old), news=to_struct(new), **more
        )
        return self.stub.Diff(request)

    def update(
        self, type_: str, name: str, id_: str, state: dict[str, Any], old: dict[str, Any], new: dict[str, Any], *, preview: bool = False
    ):
        request = provider_pb2.UpdateRequest(
            id=id_, urn=urn_of(type_, name), olds=to_struct(state), old_inputs=to_struct(old), news=to_struct(new), preview=preview
        )
        return from_struct(self.stub.Update(request).properties)

    def read(self, type_: str, name: str, id_: str, state: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None):
        request = provider_pb2.ReadRequest(
            id=id_, urn=urn_of(type_, name), properties=to_struct(state or {}), inputs=to_struct(inputs or {})
        )
        response = self.stub.Read(request)
        return response.id, from_struct(response.inputs), from_struct(response.properties)

    def delete(self, type_: str, name: str, id_: str, state: dict[str, Any]) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(id=id_, urn=urn_of(type_, name), properties=to_struct(state)))

    def invoke(self, token: str, **args: Any) -> dict[str, Any]:
        return from_struct(getattr(self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=to_struct(args))), "return"))

    def cancel(self) -> None:
        self.stub.Cancel(empty_pb2.Empty())

    def journal(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.directory / "journal.jsonl").read_text().splitlines()]


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """`provider("aws", directory=None, **config)`: serves one cloud; one directory is one session."""
    with contextlib.ExitStack() as ends:

        def open_client(cloud: str = "aws", *, directory: Path | None = None, **config: Any) -> Client:
            place = directory or tmp_path
            session = SandboxConfig(**config)
            session.write(place)
            servicer = SimulatedProvider(SDKS.setdefault(cloud, Sdk(cloud)), session, place)
            ports: list[int] = []
            server = serve(servicer, ports.append)
            ends.callback(server.stop, None)
            return Client(servicer, f"127.0.0.1:{ports[0]}", place)

        yield open_client


@pytest.fixture
def refused() -> Callable[..., Any]:
    """`with refused("words")`: the call is answered by a gRPC error whose message has the words."""

    @contextlib.contextmanager
    def check(*words: str) -> Iterator[None]:
        with pytest.raises(grpc.RpcError) as caught:
            yield
        assert all(word in caught.value.details() for word in words), caught.value.details()

    return check
