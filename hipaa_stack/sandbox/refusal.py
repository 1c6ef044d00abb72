"""A provider plugin that only says why the sandbox cannot serve it: `python -m hipaa_stack.sandbox.refusal NAME VERSION [INSTALLED]`.

The engine would answer a missing plugin with advice to download it. This one answers the first question with one sentence.
"""

from __future__ import annotations

import sys
from concurrent import futures
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc

from hipaa_stack.sandbox.plugin_process import serve
from hipaa_stack.sandbox.project import SIMULATED_PROVIDERS


class RefusingProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Refuses to be configured."""

    def __init__(self, name: str, version: str, installed: str) -> None:
        self._version = version
        self._reason = reason(name, version, installed)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        self._refuse(context)

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        self._refuse(context)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        self._refuse(context)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> NoReturn:
        self._refuse(context)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def _refuse(self, context: grpc.ServicerContext) -> NoReturn:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, self._reason)
        raise AssertionError("abort raises")


def reason(name: str, version: str, installed: str) -> str:
    """The sentence. `installed` is the version that the sandbox simulates, empty when it does not know the provider."""
    if installed:
        return (
            f"the sandbox simulates {name} {installed}, the version installed beside hipaa-stack, and the program asks for {name} {version}: "
            f"install pulumi-{name} in the same version in both places"
        )
    if name in SIMULATED_PROVIDERS:
        return (
            f"the sandbox simulates {name} only where its SDK is installed beside hipaa-stack: "
            f"pip install 'hipaa-stack[{name}]' pulumi-{name}=={version}"
        )
    return f"the sandbox has no {name} provider ({version}): it simulates aws and gcp and runs the real kubernetes provider"


def main() -> None:
    """Serves until the engine stops the process."""
    name, version, installed = sys.argv[1:4]
    server = grpc.server(futures.ThreadPoolExecutor(2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(RefusingProvider(name, version, installed), server)
    serve(server)
    server.stop(grace=None)


if __name__ == "__main__":
    main()
