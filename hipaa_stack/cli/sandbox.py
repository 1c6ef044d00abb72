"""`hipaa-stack sandbox -- CMD`: runs a command with simulated clouds."""

from __future__ import annotations

from pathlib import Path

import click

from hipaa_stack.sandbox.config import Fault, FaultKind
from hipaa_stack.sandbox.run import run
from hipaa_stack.sandbox.session import Api, Options, Session


def _faults(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Fault, ...]:
    """`KIND@N`: what goes wrong with the Nth create."""
    faults = []
    for value in values:
        kind, _, nth = value.partition("@")
        if kind not in list(FaultKind) or not nth.isdigit() or int(nth) < 1:
            accepted = f"{'|'.join(FaultKind)}, an @ and the number of the create, such as fail@5"
            raise click.BadParameter(f"{value!r} is no fault: give {accepted}", param=parameter)
        faults.append(Fault(kind=FaultKind(kind), nth=int(nth)))
    return tuple(faults)


@click.command(context_settings={"ignore_unknown_options": False})
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Keep the sandbox here, so that several commands share it."
)
@click.option(
    "--kubernetes", type=click.Choice(["none", "local"]), default="none", show_default=True, help="What stands behind simulated clusters."
)
@click.option(
    "--nodes",
    type=click.IntRange(0, 9),
    default=0,
    show_default=True,
    help="Fake nodes of the local Kubernetes; pods become ready on them.",
)
@click.option(
    "--api",
    type=click.Choice([*map(str, Api)]),
    default=str(Api.REACHABLE),
    show_default=True,
    help="Whether cluster endpoints answer from here.",
)
@click.option(
    "--fault",
    "faults",
    metavar="KIND@N",
    callback=_faults,
    multiple=True,
    help="Let the Nth create go wrong: fail, throttle, hang or die. Repeatable.",
)
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Begin with a state that `pulumi stack export` wrote.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def sandbox(
    directory: Path | None, kubernetes: str, nodes: int, api: str, faults: tuple[Fault, ...], state: Path | None, command: tuple[str, ...]
) -> int:
    """Run COMMAND with simulated clouds: real engine, real program, no credentials, no network.

    Example: hipaa-stack sandbox --kubernetes local -- pulumi up --yes
    """
    if nodes and kubernetes != "local":
        raise click.UsageError("--nodes needs --kubernetes local")
    options = Options(directory=directory, local_kubernetes=kubernetes == "local", nodes=nodes, api=Api(api), faults=faults, state=state)
    with Session(options) as session:
        for line in (session.describe(), *session.notes):
            _say(line)
        status = run(command, session.directory, session.environment)
        where = f"it is kept in {session.directory}" if session.is_kept else "its directory is removed"
    _say(f"end of the simulation: no cloud was contacted, no cloud resource exists; {where}")
    return status


def _say(text: str) -> None:
    click.echo(f"hipaa-stack sandbox: {text}", err=True)
