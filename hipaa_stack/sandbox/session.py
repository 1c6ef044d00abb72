"""One sandbox: a directory with simulated accounts, a private engine set-up, and commands that run in it."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import cloud_cli, environment, packages, plugins, tools
from hipaa_stack.sandbox.config import Fault, SandboxConfig
from hipaa_stack.sandbox.kubernetes import LocalKubernetes, promised_endpoint
from hipaa_stack.sandbox.kubernetes.kubeconfig import write_kubeconfig
from hipaa_stack.sandbox.state import ExportedState
from hipaa_stack.sandbox.supervisor import Watchdog, kill_marked
from hipaa_stack.sandbox.vault import Vault

_CLOUD_PROGRAMS = ("aws", "gcloud", "gke-gcloud-auth-plugin")


class Api(StrEnum):
    """Whether callers outside of a simulated cluster's network can reach its API server."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Options:
    """How a sandbox is set up."""

    directory: Path | None = None
    """Where to keep it; None: a temporary directory that is removed at the end."""
    local_kubernetes: bool = False
    """Start a local Kubernetes behind the simulated clusters."""
    nodes: int = 0
    """Fake nodes of the local Kubernetes."""
    api: Api = Api.REACHABLE
    faults: tuple[Fault, ...] = ()
    state: Path | None = None
    """An exported state that the sandbox begins with."""
    base_environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    """What commands in the sandbox inherit, without credentials."""


class Session:
    """A sandbox that is open: made on entering the `with` block, ended with all its processes on leaving it.

    `kubernetes` is a local Kubernetes that runs already and outlives the session; it takes the place of one of its own.
    Raises HipaaStackError when a tool is missing or the directory is in use by another sandbox.
    """

    def __init__(self, options: Options, kubernetes: LocalKubernetes | None = None) -> None:
        self._options = options
        self._given_kubernetes = kubernetes
        self._ends = contextlib.ExitStack()
        self.kubernetes = kubernetes
        self.engine: tools.Engine
        self.directory: Path
        self.environment: dict[str, str]
        self.notes: list[str] = []
        """What the user should know about how the sandbox began."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as ends:
            if importlib.util.find_spec("pulumi") is None:
                raise HipaaStackError("the sandbox needs the Pulumi SDK beside hipaa-stack: pip install 'hipaa-stack[sandbox]'")
            state = ExportedState.read(self._options.state) if self._options.state else None
            self.engine = tools.engine()
            self.directory = self._open_directory(ends)
            if self._options.local_kubernetes and self._given_kubernetes is None and self._options.api is Api.REACHABLE:
                running = LocalKubernetes.start(self._home_of_kubernetes, self._options.nodes)
                self.kubernetes = ends.enter_context(running)
            self._configuration().write(self.directory)
            self._lay_out()
            base = self._options.base_environment
            self.environment = environment.of_session(self.directory, Vault.open(self.directory), base)
            ends.callback(kill_marked, self.directory)
            if state:
                self.notes += self._begin_with(state)
            if self.kubernetes:
                ends.enter_context(self._image_webhook(self.kubernetes))
            self._ends = ends.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    def inject(self, faults: Sequence[Fault]) -> None:
        """Replaces the faults of this sandbox; providers that start from now on see them."""
        SandboxConfig.read(self.directory).model_copy(update={"faults": tuple(faults)}).write(self.directory)

    @property
    def is_kept(self) -> bool:
        """Whether the directory outlives the session."""
        return self._options.directory is not None

    def describe(self) -> str:
        """One line: what is simulated, in which versions, and where it lies."""
        clouds = ", ".join(f"{name} {version}" for name, version in sorted(plugins.simulated().items())) or "none (no SDK is installed)"
        if self._options.api is Api.UNREACHABLE:
            api = "unreachable from here"
        elif self.kubernetes:
            api = f"local, at {self.kubernetes.url}"
        else:
            api = "none"
        kept = "kept" if self.is_kept else "removed at the end"
        return f"clouds are SIMULATED ({clouds}); Kubernetes: {api}; pulumi {self.engine.version}; everything lies in {self.directory} ({kept})"

    def _open_directory(self, ends: contextlib.ExitStack) -> Path:
        given = self._options.directory
        directory = Path(tempfile.mkdtemp(prefix="hipaa-stack-sandbox-") if given is None else given).resolve()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = ends.enter_context((directory / "lock").open("w"))
        _lock(lock, directory)
        watchdog = Watchdog(directory, remove=[directory] if given is None else [])
        ends.callback(watchdog.close)
        return directory

    def _configuration(self) -> SandboxConfig:
        endpoint = self.kubernetes.endpoint if self.kubernetes else None
        # A state names real clusters. Without a local Kubernetes in their place, nothing may answer for them.
        if self._options.api is Api.UNREACHABLE or (self._options.state and not endpoint):
            endpoint = promised_endpoint(self._home_of_kubernetes)
        return SandboxConfig(kubernetes=endpoint, faults=self._options.faults)

    @property
    def _home_of_kubernetes(self) -> Path:
        """Where the local Kubernetes of this sandbox has its address and data, whether or not it ever runs."""
        return self.directory / "kubernetes"

    def _begin_with(self, state: ExportedState) -> list[str]:
        from hipaa_stack.sandbox.importing import import_state  # noqa: PLC0415 - reads the SDKs, which takes a second

        return import_state(state, self.directory, self.engine.path, self.environment, self.kubernetes)

    def _image_webhook(self, kubernetes: LocalKubernetes) -> contextlib.AbstractContextManager[object]:
        from hipaa_stack.sandbox.images import ImageWebhook  # noqa: PLC0415 - needs the Pulumi SDK, which may be missing

        return ImageWebhook(self.directory, kubernetes)

    def _lay_out(self) -> None:
        """The executables and plugins; made anew each time, as what is installed may have changed."""
        home, programs = self.directory / "pulumi", self.directory / "bin"
        for folder in (home / "plugins", programs):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        (self.directory / "backend").mkdir(exist_ok=True)
        (self.directory / "tmp").mkdir(exist_ok=True)
        # This session holds the directory alone, so a lock of the engine is what a killed command has left.
        shutil.rmtree(self.directory / "backend" / ".pulumi" / "locks", ignore_errors=True)
        plugins.provide(home, packages.installed())
        if not self.engine.python_host:
            plugins.provide_language_host(home, self.engine.version)
        plugins.write_script(programs / "pulumi", ["hipaa_stack.sandbox.pulumi_command", str(self.engine.path)])
        for name in _CLOUD_PROGRAMS:
            command = shlex.join([sys.executable, "-I", "-S", cloud_cli.__file__, name])
            (programs / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            (programs / name).chmod(0o755)
        kubeconfig = self.directory / "kubeconfig"
        if endpoint := SandboxConfig.read(self.directory).kubernetes:
            write_kubeconfig(kubeconfig, endpoint)
        else:
            kubeconfig.unlink(missing_ok=True)


def _lock(file: IO[str], directory: Path) -> None:
    """Takes the directory for this process; the kernel gives it back when the process ends, however it ends."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise HipaaStackError(f"{directory}: another sandbox runs in this directory: wait for its end, or give another `--dir`") from error
