"""What `pulumi` is inside a sandbox: `python -m hipaa_stack.sandbox.pulumi_command ENGINE [ARGUMENTS…]`.

It becomes the real engine after it has seen to it that the project can run here, that the stack exists in the private back
end and that the engine writes into the private copy of the stack file. So scripts, shells and the Automation API, which call
`pulumi` as often as they like, work as a single command does.
"""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, replace
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
    "--file",
}
"""Flags whose value is the next argument, as far as one must know them to find the verb."""

_DEPLOYING = {"preview", "pre", "up", "update", "destroy", "down", "dn", "refresh", "import", "watch"}
"""Verbs that run the program, in the user's project."""

_KEEPING = {"stack", "config", "state", "cancel", "logs"}
"""Verbs that only concern stacks and their files. They run beside the private copies and never see the user's project."""

_NAMING_STACK_VERBS = {"init", "new", "create", "setup", "select", "rm", "remove", "delete"}
_STACK_VERBS_ON_NO_STACK = {"init", "new", "create", "setup", "ls", "list", "unselect"}


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
    def sub_verb(self) -> str:
        return self.verbs[1] if len(self.verbs) > 1 else ""

    @property
    def operand(self) -> str | None:
        """What follows verb and sub-verb."""
        return self.verbs[2] if len(self.verbs) > 2 else None  # noqa: PLR2004

    @property
    def names_stack(self) -> bool:
        """Whether the operand is a stack."""
        return self.verb == "stack" and self.sub_verb in _NAMING_STACK_VERBS and self.operand is not None

    @property
    def named_stack(self) -> str | None:
        """The stack that the command line itself names, without its organisation."""
        named = self.operand if self.names_stack else self.stack
        return short_name(named) if named else None

    def with_short_stack(self) -> Command:
        """The command with `organisation/project/stack` cut to `stack`, which is what a private back end knows."""
        names = {name: short_name(name) for name in (self.stack, self.operand if self.names_stack else None) if name and "/" in name}

        def cut(argument: str) -> str:
            flag, equals, value = argument.partition("=")
            return f"{flag}={names[value]}" if equals and value in names else names.get(argument, argument)

        return replace(self, arguments=[cut(argument) for argument in self.arguments])

    def with_config_file(self, file: Path) -> Command:
        """The command with another configuration file, if it names one."""
        given = {self.config_file: str(file), f"--config-file={self.config_file}": f"--config-file={file}"}
        return replace(self, arguments=[given.get(argument, argument) for argument in self.arguments]) if self.config_file else self

    def moved_to(self, home: Path) -> Command:
        """The command as it is given in `home`; the files that it names stay where they are."""
        arguments: list[str] = []
        rest = iter(self.arguments)
        for argument in rest:
            name, has_value, value = argument.partition("=")
            if name in {"-C", "--cwd"}:
                _ = has_value or next(rest, "")
            elif name == "--file":
                arguments += ["--file", str(self.directory / (value if has_value else next(rest, "")))]
            elif self.sub_verb == "graph" and argument == self.operand:
                arguments.append(str(self.directory / argument))
            elif not argument.startswith("-C"):
                arguments.append(argument)
        return replace(self, arguments=[*arguments, "--cwd", str(home)], directory=home)


def prepare(command: Command, stacks: Stacks, environment: dict[str, str]) -> list[list[str]]:
    """Makes ready what the command needs, completes `environment`, and returns the engine's command lines, mostly one.

    Raises HipaaStackError when the sandbox cannot run the project.
    """
    project = Project.find(command.directory)
    if project is None or command.verb not in _DEPLOYING | _KEEPING:
        return [command.arguments]
    if command.verb in _DEPLOYING:
        project.refuse_unsupported()
        _provide_plugins(project, Path(environment["PULUMI_HOME"]))
    if command.verb == "stack" and command.sub_verb == "change-secrets-provider":
        raise HipaaStackError(
            "stacks in a sandbox are encrypted for the sandbox: change the secrets provider of the real stack, outside of it"
        )
    home = stacks.home_of(project)
    command = command.with_short_stack()
    stack = command.named_stack or environment_stack(environment) or stacks.selected(project.name) or _only(project.stacks)
    if stack is None and command.verb in _DEPLOYING and project.stacks:
        raise HipaaStackError(f"{project.file}: there are several stacks ({', '.join(project.stacks)}): name one with `--stack`")
    if stack is not None:
        command = _with_stack(command, stack, project, stacks, environment)
    if command.verb in _KEEPING:
        return [command.moved_to(home).arguments]
    removes = "--remove" in command.arguments or environment.pop("PULUMI_OPTION_REMOVE", "") in {"1", "true"}
    if removes and stack is not None:  # the engine would remove the user's stack file as well
        destroy = [argument for argument in command.arguments if argument != "--remove"]
        return [destroy, ["stack", "rm", "--yes", "--stack", stack, "--cwd", str(home)]]
    return [command.arguments]


def _with_stack(command: Command, stack: str, project: Project, stacks: Stacks, environment: dict[str, str]) -> Command:
    """The command on `stack`, which exists then and has a private configuration."""
    source = (command.directory / command.config_file).resolve() if command.config_file else project.stack_file(stack)
    copy, changes = stacks.configuration(project.name, stack, source)
    for change in changes:
        _say(f"{source.name}: {change}")
    is_on_no_stack = command.verb == "stack" and command.sub_verb in _STACK_VERBS_ON_NO_STACK
    if not is_on_no_stack:
        if not stacks.exists(project.name, stack):
            stacks.create(project.name, stack, environment)
            missing = "" if source.is_file() else f"; it has no configuration, {source} does not exist"
            _say(f"stack {stack} of project {project.name} begins empty{missing}")
        environment["PULUMI_STACK"] = stack
    environment["PULUMI_OPTION_CONFIG_FILE"] = str(copy)
    return command.with_config_file(copy)


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
        first, *then = prepare(command, Stacks(session_directory(), pulumi), environment)
    except HipaaStackError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    line = [str(pulumi), *first]
    if then:
        line = ["/bin/sh", "-c", " && ".join(shlex.join([str(pulumi), *arguments]) for arguments in (first, *then))]
    os.execve(line[0], line, environment)  # noqa: S606 - the program is the engine that the session found


if __name__ == "__main__":
    main()
