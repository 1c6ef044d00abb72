"""The Analyzer server that the engine talks to."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from concurrent import futures
from functools import cached_property
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from hipaa_stack import __version__
from hipaa_stack.crossguard._decoding import Decoder
from hipaa_stack.crossguard._policies import Policies
from hipaa_stack.crossguard._run import Run
from hipaa_stack.errors import HipaaStackError
from hipaa_stack.resources import Basis
from hipaa_stack.rules import Rule, all_rules
from hipaa_stack.sandbox import plugin_process
from hipaa_stack.sandbox.supervisor import MARKER

_MESSAGE_BYTES = 400 * 1024 * 1024
"""Largest message, as Pulumi's SDKs set it: a whole stack comes in one."""


class PolicyPack(analyzer_pb2_grpc.AnalyzerServicer):
    """The service; one per engine process and pack.

    The engine calls Handshake, ConfigureStack (not for `pulumi policy analyze`), GetAnalyzerInfo and Configure, then
    Remediate and Analyze for each resource and AnalyzeStack at the end.
    """

    def __init__(
        self,
        rules: Callable[[], Sequence[Rule]],
        directory: Path,
        *,
        today: dt.date,
        session: Path | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """Takes the rules, the program's folder, the day, and the directory of the sandbox that the engine runs in.

        `say` gets the closing line of a run; the engine shows what a plugin writes to its standard output.
        """
        self._rules = rules
        self._directory = directory
        self._today = today
        self._session = session
        self._say = say or _print
        self._basis = Basis.STATE
        self._decoder = Decoder()
        self._simulated: frozenset[str] = frozenset()

    @cached_property
    def _policies(self) -> Policies:
        return Policies(self._rules(), self._directory)

    @cached_property
    def _run(self) -> Run:
        return Run(self._policies, self._basis, self._today)

    def Handshake(
        self, request: analyzer_pb2.AnalyzerHandshakeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzerHandshakeResponse:
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def ConfigureStack(
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        previewed = Basis.SIMULATED if self._session else Basis.PREVIEW
        self._basis = previewed if request.dry_run else Basis.UPDATE
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=__version__)

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> analyzer_pb2.AnalyzerInfo:
        try:
            return self._policies.describe()
        except HipaaStackError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            raise

    def Configure(self, request: analyzer_pb2.ConfigureAnalyzerRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        try:
            self._policies.configure(request.policyConfig)
        except HipaaStackError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return empty_pb2.Empty()

    def Remediate(self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext) -> analyzer_pb2.RemediateResponse:
        return self._run.remediate(request, self._current_decoder())

    def Analyze(self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext) -> analyzer_pb2.AnalyzeResponse:
        return self._run.analyze(request, self._current_decoder())

    def AnalyzeStack(self, request: analyzer_pb2.AnalyzeStackRequest, context: grpc.ServicerContext) -> analyzer_pb2.AnalyzeResponse:
        response = self._run.analyze_stack(request, self._current_decoder())
        self._say(self._run.closing())
        return response

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def _current_decoder(self) -> Decoder:
        """In a sandbox, knows what its clouds have invented so far: a resource comes after the look-ups that it needed."""
        if self._session:
            from hipaa_stack.sandbox.provider.accounts import simulated_values  # noqa: PLC0415 - no part of other runs

            simulated = simulated_values(self._session)
            if simulated != self._simulated:
                self._simulated, self._decoder = simulated, Decoder(simulated)
        return self._decoder


def serve() -> None:
    """Serves until the engine stops the process, or is gone."""
    session = os.environ.get(MARKER)
    pack = PolicyPack(all_rules, Path.cwd(), today=dt.datetime.now(dt.UTC).astimezone().date(), session=Path(session) if session else None)
    server = new_server(pack)
    plugin_process.serve(server)
    server.stop(grace=None)


def new_server(pack: analyzer_pb2_grpc.AnalyzerServicer) -> grpc.Server:
    """A server for a pack. One worker: requests of an engine come one by one, and judging them is bound to one core."""
    sizes = [("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.max_send_message_length", _MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1), options=sizes)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(pack, server)
    return server


def _print(text: str) -> None:
    print(text, flush=True)
