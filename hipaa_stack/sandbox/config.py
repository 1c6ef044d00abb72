"""What one sandbox session is, as the file that its processes share.

`Session` writes it, the simulated providers read it. Everything that a session keeps lies in one directory:

    session.json      this model
    journal.jsonl     one line per provider call
    accounts.sqlite   what exists in the simulated accounts
    pulumi/           PULUMI_HOME, with the plugins
    backend/          the Pulumi state (file back end)
    bin/              executables that shadow cloud CLIs and language hosts
    image-webhook/    keys of the webhook that the local Kubernetes asks about images
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from hipaa_stack.baseline import SIMULATED_CALLER
from hipaa_stack.errors import HipaaStackError

SESSION_VARIABLE = "HIPAA_STACK_SANDBOX"
"""Environment variable that holds the session directory inside a sandbox."""


class FaultKind(StrEnum):
    """What an injected fault does to a call."""

    FAIL = "fail"
    """The call is refused with a cloud-like error; nothing is created."""
    THROTTLE = "throttle"
    """The call is refused with the cloud's rate-limit error; nothing is created."""
    HANG = "hang"
    """The call never answers."""
    DIE = "die"
    """The provider process exits in the middle of the call, after the resource came into being."""


class Fault(BaseModel):
    """One injected fault: the `nth` create (1 is the first of the session, over all providers) goes wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    nth: int


class KubernetesEndpoint(BaseModel):
    """The API server that stands behind every simulated managed cluster."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    certificate_authority: str
    """Base64 of the PEM certificate."""
    token: str
    """Bearer token of a cluster administrator of this throw-away API server."""


class SandboxConfig(BaseModel):
    """What the simulated clouds look like in one session."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    aws_account_id: str = "123456789012"
    aws_region: str = "us-east-1"
    """Region when neither the provider nor its environment names one."""
    aws_role: str = SIMULATED_CALLER
    """Name of the role that the program runs as, which look-ups of the caller answer. Components admit the default
    everywhere, so that a stack previews whoever its administrators are; another name is treated as in a real account."""
    gcp_project: str = "simulated-project"
    gcp_project_number: str = "123456789012"
    gcp_region: str = "us-central1"
    kubernetes: KubernetesEndpoint | None = None
    """None: simulated clusters have invented endpoints that nothing answers."""
    faults: tuple[Fault, ...] = ()
    strict_retries: bool = False
    """True: a create that is repeated after the engine died is refused as a duplicate; False: it gets the object that it made."""

    def write(self, directory: Path) -> None:
        """Writes `session.json` in one step, so that no process reads half of it."""
        target = directory / "session.json"
        draft = target.with_suffix(f".{os.getpid()}")
        draft.write_text(self.model_dump_json(indent=2))
        draft.replace(target)

    @classmethod
    def read(cls, directory: Path) -> SandboxConfig:
        """Reads `session.json`; HipaaStackError when it is missing or not ours."""
        try:
            return cls.model_validate_json((directory / "session.json").read_text())
        except (OSError, ValidationError) as error:
            raise HipaaStackError(f"{directory}: not a sandbox directory ({error}); start one with `hipaa-stack sandbox -- CMD`") from error


def session_directory() -> Path:
    """The directory of the sandbox that this process runs in; HipaaStackError outside of one."""
    value = os.environ.get(SESSION_VARIABLE)
    if not value:
        raise HipaaStackError(f"{SESSION_VARIABLE} is not set: this runs inside `hipaa-stack sandbox -- CMD` only")
    return Path(value)
