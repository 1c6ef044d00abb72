"""The group of verbs, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence

import click

from hipaa_stack import __version__
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.errors import HipaaStackError

_VERBS = {
    "archive": "Say whether an archive of audit logs can be locked for good, and how.",
    "check": "Check manifests, previews and states against the rules.",
    "doctor": "Look at what a platform needs before it is brought up.",
    "explain": "Explain one rule: why, for which safeguard, how to fix.",
    "matrix": "List the Security Rule: what serves each paragraph, what code cannot do.",
    "pack-path": "Print where the policy pack lies.",
    "rules": "List the rules.",
    "sandbox": "Run a command with simulated clouds: Pulumi without an account.",
}
"""Verb -> one line of help. `hipaa_stack.cli.<verb>` holds a click command of the same name, `_` in the place of `-`."""

_EXTRAS = {"sandbox": "sandbox"}
"""Verb -> the extra of the distribution that brings what it imports."""


class _Verbs(click.Group):
    """Imports a verb's file when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _VERBS:
            return None
        try:
            name = cmd_name.replace("-", "_")
            command = getattr(importlib.import_module(f"hipaa_stack.cli.{name}"), name)
        except ModuleNotFoundError as error:
            if cmd_name not in _EXTRAS or str(error.name).startswith("hipaa_stack"):
                raise
            raise HipaaStackError(f"`{cmd_name}` needs {error.name}: pip install 'hipaa-stack[{_EXTRAS[cmd_name]}]'") from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Verbs"):
            formatter.write_dl(sorted(_VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hipaa-stack")
def _group() -> None:
    """HIPAA Security Rule safeguards for managed Kubernetes: implemented, checked, evidenced."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; prints one message for what a user can act on."""
    try:
        result = _group.main(args=list(arguments), prog_name="hipaa-stack", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except HipaaStackError as error:
        print(f"error: {error}", file=sys.stderr)
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        return ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001 - the last resort: a mistake of ours, shown with all that helps to find it
        traceback.print_exc()
        print(f"internal error in hipaa-stack {__version__}: please report it with the lines above", file=sys.stderr)
        return ExitCode.INTERNAL
    return result if isinstance(result, int) else ExitCode.CLEAN
