"""What `pulumi` is inside a sandbox: `python -m hipaa_stack.sandbox.pulumi_command ENGINE [ARGUMENTS…]`.

It becomes the real engine after it has seen to it that the project can run here, that the stack exists in the private back
end and that the engine writes into the private copy of the stack file. So scripts, shells and the Automation API, which call
`pulumi` as often as they like, work as a single command does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import interpreter, packages, plugins
from hipaa_stack.sandbox.config import session_directory
from hipaa_stack.sandbox.project import Project, load, runtime_of
from hipaa_stack.sandbox.stacks import Stacks, environment_stack, short_name

_VALUE_FLAGS = {
    "-C",
    "--cwd",
    "--color",
    "-v",
    "--verbose",
    "--tracing",
    "--profiling",
    "--memprofilerate",
    "-s",
    "--stack",
    "--config-file",
}
"""Flags before or after the verb whose value is the next argument, as far as the verb can only be found by skipping it."""

_DEPLOYING = {"preview", "pre", "up", "update", "destroy", "down", "dn", "refresh", "import", "watch"}
_ON_A_STACK = _DEPLOYING | {"config", "state", "cancel", "logs", "stack", "console"}
_CREATING_STACK_VERBS = {"init", "new", "create", "setup"}
_STACK_VERBS_WITHOUT_A_STACK = {"ls", "list", "unselect"}


@dataclass(frozen=True)
class Command:
    """The parts of a command line that matter here."""

    arguments: list[str]
    verbs: list[str]
    """The positional arguments: verb, sub-verb and what they take."""
    directory: Path
    stack: str | None
    config_file: str | None

    @classmethod
    def parse(cls, arguments: list[str], directory: Path) -> Command:
        """Reads a command line of the engine that was given in `directory`."""
        verbs: list[str] = []
        found: dict[str, str] = {}
        rest = iter(arguments)
        for argument in rest:
            name, has_value, value = argument.partition("=")
            if argument == "--":
                break
            if name in _VALUE_FLAGS:
                found[name] = value if has_value else next(rest, "")
            elif argument[:2] in {"-s", "-C"} and not argument.startswith("--"):
                found[argument[:2]] = argument[2:]
            elif not argument.startswith("-"):
                verbs.append(argument)
        cwd = found.get("--cwd") or found.get("-C")
        stack = found.get("--stack") or found.get("-s")
        return cls(arguments, verbs, (directory / cwd).resolve() if cwd else directory, stack, found.get("--config-file"))

    @property
    def verb(self) -> str:
        return self.verbs[0] if self.verbs else ""

    @property
    def creates_stack(self) -> bool:
        """Whether it is `stack init` under one of its names."""
        return self.verb == "stack" and len(self.verbs) > 1 and self.verbs[1] in _CREATING_STACK_VERBS

    @property
    def named_stack(self) -> str | None:
        """The stack that the command line itself names, without its organisation."""
        if self.verb == "stack" and len(self.verbs) > 2 and self.verbs[1] in {*_CREATING_STACK_VERBS, "select", "rm", "remove"}:  # noqa: PLR2004
            return short_name(self.verbs[2])
        return short_name(self.stack) if self.stack else None

    def with_short_stack(self) -> list[str]:
        """The arguments with `organisation/project/stack` cut to `stack`, which is what a private back end knows."""
        names = {self.stack, self.verbs[2] if self.verb == "stack" and len(self.verbs) > 2 else None} - {None}  # noqa: PLR2004
        long = {name: short_name(name) for name in names if name and "/" in name}
        return [self._shortened(argument, long) for argument in self.arguments]

    @staticmethod
    def _shortened(argument: str, names: Mapping[str, str]) -> str:
        flag, equals, value = argument.partition("=")
        if equals and value in names:
            return f"{flag}={names[value]}"
        return names.get(argument, argument)


def prepare(command: Command, stacks: Stacks, environment: dict[str, str]) -> list[str]:
    """Makes ready what the command needs, completes `environment`, and returns the arguments for the engine.

    Raises HipaaStackError when the sandbox cannot run the project.
    """
    project = Project.find(command.directory)
    if project is None or command.verb not in _ON_A_STACK:
        return command.arguments
    if command.verb in _DEPLOYING:
        project.refuse_unsupported()
        _provide_plugins(project, Path(environment["PULUMI_HOME"]))
    if command.verb == "stack" and len(command.verbs) > 1 and command.verbs[1] in _STACK_VERBS_WITHOUT_A_STACK:
        return command.arguments
    stack = command.named_stack or environment_stack(environment) or stacks.selected(project) or _only(project.stacks)
    if stack is None:
        if command.verb in _DEPLOYING and project.stacks:
            raise HipaaStackError(f"{project.file}: there are several stacks ({', '.join(project.stacks)}): name one with `--stack`")
        return command.arguments
    source = (command.directory / command.config_file).resolve() if command.config_file else project.stack_file(stack)
    copy, changes = stacks.configuration(project.name, stack, source)
    for change in changes:
        _say(f"{source.name}: {change}")
    environment["PULUMI_OPTION_CONFIG_FILE"] = str(copy)
    if command.creates_stack and not stacks.exists(project.name, stack):
        stacks.create(project.name, stack, environment)
        return _selecting(command, stack)
    if not stacks.exists(project.name, stack):
        missing = "" if source.is_file() else f"; it has no configuration, {source} does not exist"
        stacks.create(project.name, stack, environment)
        _say(f"stack {stack} of project {project.name} begins empty{missing}")
    environment["PULUMI_STACK"] = stack
    arguments = command.with_short_stack()
    return _replaced(arguments, command.config_file, str(copy)) if command.config_file else arguments


def _provide_plugins(project: Project, home: Path) -> None:
    """The plugins of what the program's and its component packages' own interpreters have installed."""
    roots = {project.root: (project.runtime, project.runtime_options)}
    for folder in project.local_packages:
        plugin = next((folder / name for name in ("PulumiPlugin.yaml", "PulumiPlugin.yml") if (folder / name).is_file()), None)
        if plugin:
            roots[folder] = runtime_of(load(plugin))
    pythons = {interpreter.of_project(root, options) for root, (runtime, options) in roots.items() if runtime == "python"}
    for python in sorted(pythons - {Path(sys.executable)}):  # what this interpreter has, the session has provided
        try:
            plugins.provide(home, packages.installed(python))
        except OSError as error:
            raise HipaaStackError(str(error)) from error


def _selecting(command: Command, stack: str) -> list[str]:
    """`stack init` is done; what is left of it for the engine is the choice of the new stack."""
    return ["stack", "ls"] if "--no-select" in command.arguments else ["stack", "select", stack, "--cwd", str(command.directory)]


def _replaced(arguments: list[str], old: str, new: str) -> list[str]:
    return [new if item == old else f"--config-file={new}" if item == f"--config-file={old}" else item for item in arguments]


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _say(text: str) -> None:
    print(f"hipaa-stack sandbox: {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Becomes the engine; ends with 2 and one sentence when the project cannot run here."""
    pulumi, arguments = Path(sys.argv[1]), sys.argv[2:]
    environment = dict(os.environ)
    command = Command.parse(arguments, Path.cwd())
    try:
        arguments = prepare(command, Stacks(session_directory(), pulumi), environment)
    except HipaaStackError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    os.execve(pulumi, [str(pulumi), *arguments], environment)  # noqa: S606 - the program is the engine that the session found


if __name__ == "__main__":
    main()
