"""The Python language host of a sandbox: runs Pulumi programs, component plugins and policy packs for the engine.

It stands in where the official `pulumi-language-python` is not installed. The engine starts it with its own address as last
argument, reads a port from its standard output and calls `pulumirpc.LanguageRuntime` there.
"""

from __future__ import annotations

import json
import os
import platform
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import interpreter, packages, plugin_process, tools

_SHOWN_TO_USER = 32
"""Exit code of a program that has told the user what went wrong; the engine then adds nothing."""

_MESSAGE_BYTES = 400 * 1024 * 1024
_WORKERS = 16


class PythonHost(language_pb2_grpc.LanguageRuntimeServicer):
    """The service; one per engine process."""

    def __init__(self, engine_address: str, executor: Path) -> None:
        self._engine_address = engine_address
        self._executor = executor
        self._children: set[subprocess.Popen[bytes]] = set()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> language_pb2.GetRequiredPackagesResponse:
        found = packages.installed(self._interpreter(request.info, context))
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(
                    name=item.name, kind="resource", version=f"v{item.version}" if item.version else "", server=item.server
                )
                for item in found
            ]
        )

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> language_pb2.GetProgramDependenciesResponse:
        found = sorted({(item.name, item.version) for item in metadata.distributions()})
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in found]
        )

    def About(self, request: Any, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        return language_pb2.AboutResponse(executable=sys.executable, version=platform.python_version())

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> language_pb2.RuntimeOptionsResponse:
        return language_pb2.RuntimeOptionsResponse()

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Installs nothing: a sandbox has no network, the requirements are those of the interpreter."""
        return iter(())

    def Run(self, request: Any, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        """Runs the program to its end; when the engine cancels the call, the program is killed."""
        info = request.info
        python = self._interpreter(info, context)
        options = {
            "monitor": request.monitor_address,
            "engine": self._engine_address,
            "project": request.project,
            "stack": request.stack,
            "parallel": str(request.parallel),
            "dry_run": str(request.dryRun).lower(),
            "organization": request.organization,
            "root_directory": info.root_directory,
            "pwd": request.pwd or info.program_directory,
        }
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        environment = _environment(python) | {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command = [str(python), "-u", str(self._executor), *flags, info.entry_point or ".", *request.args]
        child = self._start(command, context, cwd=info.program_directory, env=environment)
        status = child.wait()
        self._children.discard(child)
        if status == _SHOWN_TO_USER:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program ended with exit code {status}" if status else "")

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[language_pb2.RunPluginResponse]:
        """Runs a policy pack (kind analyzer) or a component plugin; streams its output, then its exit code."""
        root = Path(request.info.program_directory)
        python = self._interpreter(request.info, context)
        environment = _environment(python, dict(item.partition("=")[::2] for item in request.env) or None)
        program = (
            ["-m", "pulumi.policy", *request.args, str(root)] if request.kind == "analyzer" else [str(root / "__main__.py"), *request.args]
        )
        if request.kind != "analyzer" and not (root / "__main__.py").is_file():
            context.abort(grpc.StatusCode.NOT_FOUND, f"{root}: a Python plugin needs a file __main__.py there")
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        child = self._start([str(python), "-u", *program], context, cwd=request.pwd or str(root), env=environment, **pipes)
        yield from _output(child)
        yield language_pb2.RunPluginResponse(exitcode=child.wait())
        self._children.discard(child)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.kill_children()
        return empty_pb2.Empty()

    def kill_children(self) -> None:
        """Kills every program and plugin that still runs, with what they started in their process groups."""
        for child in list(self._children):
            _kill(child)

    def _interpreter(self, info: Any, context: grpc.ServicerContext) -> Path:
        options: Mapping[str, object] = MessageToDict(info.options)
        try:
            return interpreter.of_project(Path(info.root_directory or info.program_directory), options)
        except HipaaStackError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            raise

    def _start(self, command: Sequence[str], context: grpc.ServicerContext, **options: Any) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **options)
        self._children.add(child)
        if not context.add_callback(lambda: _kill(child)):
            _kill(child)
        return child


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _environment(python: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a program: its interpreter's directory comes after the sandbox's own, before all others."""
    environment = dict(base or os.environ, PYTHONDONTWRITEBYTECODE="1")  # nothing is written into the user's project
    if python != Path(sys.executable):
        own, _, rest = environment.get("PATH", "").partition(os.pathsep)
        environment["PATH"] = os.pathsep.join((own, str(python.parent), rest))
        environment["VIRTUAL_ENV"] = str(python.parent.parent)
        environment.pop("PYTHONHOME", None)
    return environment


def _output(child: subprocess.Popen[bytes]) -> Iterator[language_pb2.RunPluginResponse]:
    """What the child writes, as it comes, until it has closed both streams."""
    messages: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = queue.SimpleQueue()
    streams: dict[str, IO[bytes] | None] = {"stdout": child.stdout, "stderr": child.stderr}

    def pump(name: str, stream: IO[bytes]) -> None:
        while data := os.read(stream.fileno(), 65536):
            is_output = name == "stdout"
            messages.put(language_pb2.RunPluginResponse(stdout=data) if is_output else language_pb2.RunPluginResponse(stderr=data))
        messages.put(None)

    for name, stream in streams.items():
        assert stream is not None
        threading.Thread(target=pump, args=(name, stream), daemon=True).start()
    open_streams = len(streams)
    while open_streams:
        if message := messages.get():
            yield message
        else:
            open_streams -= 1


def main() -> None:
    """Serves until the engine stops the process, or is gone."""
    executor = tools.require("pulumi-language-python-exec", "it runs Python programs for the engine")
    host = PythonHost(sys.argv[-1], executor)
    server = grpc.server(futures.ThreadPoolExecutor(_WORKERS), options=[("grpc.max_receive_message_length", _MESSAGE_BYTES)])
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    plugin_process.serve(server)
    host.kill_children()
    server.stop(grace=None)


if __name__ == "__main__":
    try:
        main()
    except HipaaStackError as failure:
        sys.exit(str(failure))
