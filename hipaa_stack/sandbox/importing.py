"""Puts an exported state where a sandbox needs it: the back end, the simulated accounts, the local Kubernetes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import plugins
from hipaa_stack.sandbox.config import SandboxConfig
from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.kubernetes.loading import load
from hipaa_stack.sandbox.project import Project
from hipaa_stack.sandbox.provider.seeding import seed
from hipaa_stack.sandbox.stacks import Stacks
from hipaa_stack.sandbox.state import ExportedState
from hipaa_stack.sandbox.vault import Vault


def import_state(
    given: ExportedState, directory: Path, pulumi: Path, environment: Mapping[str, str], kubernetes: LocalKubernetes | None
) -> list[str]:
    """Imports an exported state into the sandbox `directory`; returns what to tell the user.

    Raises HipaaStackError when its stack is there already, or when the engine refuses it.
    """
    stacks, vault = Stacks(directory, pulumi), Vault.open(directory)
    if stacks.exists(given.project, given.stack):
        there = f"stack {given.stack} of project {given.project} is there already"
        raise HipaaStackError(f"{directory}: {there}: leave --state out, or give another --dir")
    endpoint = SandboxConfig.read(directory).kubernetes
    assert endpoint is not None, "a session with a state always has an endpoint for its clusters"
    state, replaced = given.simulated(endpoint)
    plugins.provide(directory / "pulumi", state.providers, any_version=True)
    _import_into_back_end(state.encrypted(vault), stacks, environment)
    plain = state.plain()
    known = seed(directory, plain.content)
    notes = [
        f"stack {given.stack} of project {given.project} begins with {len(state.resources)} resources, {known} of them in simulated clouds"
    ]
    if replaced:
        notes.append(f"secrets that cannot be decrypted here, replaced by simulated ones: {replaced}")
    if kubernetes:
        loaded, refused = load(kubernetes, plain.resources)
        notes.append(f"{loaded} objects were put into the local Kubernetes")
        notes += [f"not put into the local Kubernetes: {reason}" for reason in refused]
    return [f"{given.file.name}: {note}" for note in notes]


def _import_into_back_end(state: ExportedState, stacks: Stacks, environment: Mapping[str, str]) -> None:
    project = Project.find(Path.cwd())
    is_of_project = project is not None and project.name == state.project
    source = project.stack_file(state.stack) if project and is_of_project else state.file.with_name(f"Pulumi.{state.stack}.yaml")
    stacks.configuration(state.project, state.stack, source)
    stacks.create(state.project, state.stack, environment)
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=stacks.home(state.project)) as draft:
        json.dump(state.content, draft)
        draft.flush()
        stacks.run(state.project, ["stack", "import", "--stack", state.stack, "--file", draft.name], environment)
