"""The provider protocol: gRPC messages to calls of `Cloud`, with faults and the journal around them."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.config import Fault, FaultKind, SandboxConfig

from . import changes, faults
from .cloud import Change, Cloud, RefusedError
from .faults import Faults
from .journal import Journal, without_secrets
from .naming import Proposal
from .schema import Sdk, UnknownTokenError
from .wire import Properties, from_struct, is_unknown, to_struct, unwrap

_KINDS = {
    (changes.Change.ADD, False): provider_pb2.PropertyDiff.ADD,
    (changes.Change.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (changes.Change.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (changes.Change.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (changes.Change.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (changes.Change.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
_DOING = {"Create": "creating", "Update": "updating", "Delete": "deleting"}
_POLL_SECONDS = 0.5
_DIED = 137


@dataclass
class _Note:
    """What the journal says about the call that is under way."""

    outcome: str = "ok"
    error: str = ""
    more: dict[str, str | bool | Properties] = field(default_factory=dict)


class SimulatedProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the installed SDK of one cloud; methods and messages are those of `pulumirpc.ResourceProvider`."""

    def __init__(self, sdk: Sdk, session: SandboxConfig, directory: Path) -> None:
        self._sdk = sdk
        self._cloud = Cloud(sdk, session, directory)
        self._faults = Faults(session, self._cloud.accounts)
        self._journal = Journal(directory, sdk.name)
        self.cancelled = threading.Event()

    def settle(self) -> None:
        """To be called when the engine closes the provider in order."""
        self._cloud.settle()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._sdk.version)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetSchema(self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext) -> provider_pb2.GetSchemaResponse:
        """The name and version only: Python SDKs do not carry the schema that other languages need."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self._sdk.name, "version": self._sdk.version}))

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        given = from_struct(request.news)
        self._journal.note("CheckConfig", inputs=without_secrets(given))
        wanted = unwrap(given.get("version"))
        failures = []
        if isinstance(wanted, str) and not is_unknown(wanted) and _numbers(wanted) > _numbers(self._sdk.version):
            reason = f"the program asks for the {self._sdk.name} provider {wanted}, but pulumi-{self._sdk.name} {self._sdk.version} is installed: upgrade it"
            failures.append(provider_pb2.CheckFailure(reason=reason))
        known = self._sdk.provider_inputs()
        failures += [
            provider_pb2.CheckFailure(reason=f"Invalid or unknown key. Examine values at '{self._sdk.name}:{name}'.")
            for name in given
            if name not in known and name not in {"version", "pluginDownloadURL", "pluginChecksums"} and not name.startswith("__")
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext) -> provider_pb2.ConfigureResponse:
        given = from_struct(request.args)
        with self._noted("Configure", context, without_secrets(given)):
            self._cloud.configure(given)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=False, acceptOutputs=False, supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        news = from_struct(request.news)
        token = _type_of(request.urn)
        with self._noted("Check", context, news, type=token, urn=request.urn) as note:
            checked, failures = self._cloud.check(token, request.urn, from_struct(request.olds), news, _proposal(request))
            if failures:
                note.outcome, note.error = "invalid", "; ".join(failures)
            return provider_pb2.CheckResponse(
                inputs=to_struct(checked), failures=[provider_pb2.CheckFailure(reason=reason) for reason in failures]
            )

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        olds, news, token = from_struct(request.old_inputs), from_struct(request.news), _type_of(request.urn)
        with self._noted("Diff", context, None, type=token, urn=request.urn, id=request.id):
            self._cloud.acknowledge(token, request.id, from_struct(request.olds))
            resource = self._sdk.resource(token)
            found = changes.differences(resource, olds, news, request.ignoreChanges)
            properties = sorted({difference.property for difference in found})
            return provider_pb2.DiffResponse(
                changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
                diffs=properties,
                replaces=sorted({difference.property for difference in found if difference.replaces}),
                deleteBeforeReplace=changes.deletes_first(resource, news, found),
                hasDetailedDiff=True,
                detailedDiff={
                    difference.path: provider_pb2.PropertyDiff(kind=_KINDS[difference.change, difference.replaces], inputDiff=True)
                    for difference in found
                },
            )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        inputs, token = from_struct(request.properties), _type_of(request.urn)
        with self._noted("Create", context, inputs, type=token, urn=request.urn, preview=request.preview) as note:
            if request.preview:
                return provider_pb2.CreateResponse(properties=to_struct(self._cloud.preview_create(token, request.urn, inputs)))
            fault = self._faults.next()
            if fault:
                self._refuse_or_hang(fault, note, context)
            created = self._cloud.create(token, request.urn, inputs)
            note.more["id"] = created.id
            note.outcome = "recovered" if created.recovered else "ok"
            if fault:
                self._journal.note("Create", inputs=inputs, outcome="died", type=token, urn=request.urn, id=created.id)
                os._exit(_DIED)
            return provider_pb2.CreateResponse(id=created.id, properties=to_struct(created.outputs))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        token = _type_of(request.urn)
        with self._noted("Read", context, None, type=token, urn=request.urn, id=request.id) as note:
            found = self._cloud.read(token, request.id, from_struct(request.properties), from_struct(request.inputs))
            if found is None:
                note.outcome = "gone"
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(id=found.id, properties=to_struct(found.outputs), inputs=to_struct(found.inputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        change = Change(from_struct(request.olds), from_struct(request.old_inputs), from_struct(request.news))
        token = _type_of(request.urn)
        with self._noted("Update", context, change.inputs, type=token, urn=request.urn, id=request.id, preview=request.preview):
            outputs = self._cloud.update(token, request.urn, request.id, change, preview=request.preview)
            return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        token = _type_of(request.urn)
        with self._noted("Delete", context, None, type=token, urn=request.urn, id=request.id):
            self._cloud.delete(token, request.id, from_struct(request.properties))
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        args = from_struct(request.args)
        with self._noted("Invoke", context, without_secrets(args), token=request.tok, preview=request.preview) as note:
            answer = self._cloud.look_up(request.tok, args)
            note.more["answer"] = without_secrets(answer)
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(to_struct(answer))  # a keyword of Python
            return response

    def Call(self, request: provider_pb2.CallRequest, context: grpc.ServicerContext) -> provider_pb2.CallResponse:
        _abort(
            context, grpc.StatusCode.UNIMPLEMENTED, f"{request.tok}: no resource of pulumi-{self._sdk.name} {self._sdk.version} has methods"
        )

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.cancelled.set()
        return empty_pb2.Empty()

    def _refuse_or_hang(self, fault: Fault, note: _Note, context: grpc.ServicerContext) -> None:
        if fault.kind is FaultKind.HANG:
            while context.is_active() and not self.cancelled.wait(_POLL_SECONDS):
                pass
            note.outcome = "hung"
            _abort(context, grpc.StatusCode.CANCELLED, "cancelled")
        if fault.kind is not FaultKind.DIE:
            raise RefusedError(faults.refusal(fault, self._sdk.name))

    @contextlib.contextmanager
    def _noted(self, rpc: str, context: grpc.ServicerContext, inputs: Properties | None, **more: str | bool) -> Iterator[_Note]:
        """Journals the call and turns our errors into answers of one sentence."""
        note = _Note()
        note.more.update(more)
        try:
            yield note
        except HipaaStackError as error:
            note.outcome, note.error = "error", str(error)
            if isinstance(error, RefusedError) and rpc in _DOING:
                note.error = f"{_DOING[rpc]} {more['type']} ({str(more['urn']).rpartition('::')[2]}): {error}"
            _abort(context, grpc.StatusCode.NOT_FOUND if isinstance(error, UnknownTokenError) else grpc.StatusCode.UNKNOWN, note.error)
        finally:
            self._journal.note(rpc, inputs=inputs, outcome=note.outcome, error=note.error, **note.more)


def serve(provider: SimulatedProvider, announce: Callable[[int], None]) -> grpc.Server:
    """Starts serving on a free local port, which `announce` gets."""
    server = grpc.server(ThreadPoolExecutor(max_workers=32), options=[("grpc.max_receive_message_length", 400 << 20)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    announce(port)
    return server


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, message: str) -> NoReturn:
    context.abort(code, message)
    raise AssertionError("abort raises")


def _type_of(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _proposal(request: provider_pb2.CheckRequest) -> Proposal:
    if not request.HasField("autonaming"):
        return Proposal()
    modes = provider_pb2.CheckRequest.AutonamingOptions
    return Proposal(name=request.autonaming.proposed_name or None, disabled=request.autonaming.mode == modes.DISABLE)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.removeprefix("v").split("-")[0].split("+")[0].split(".")
    return tuple(int(part) for part in parts if part.isdigit())
