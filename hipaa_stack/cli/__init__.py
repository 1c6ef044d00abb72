"""The command line: `hipaa-stack VERB`. One file per verb, read only when the verb is used."""

from __future__ import annotations

import sys

from hipaa_stack.cli.exit_codes import ExitCode


def main() -> None:
    """Entry point of the `hipaa-stack` command."""
    try:
        from hipaa_stack.cli.main import run  # noqa: PLC0415 - click is an extra
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        print("error: the command line needs more packages: pip install 'hipaa-stack[cli]'", file=sys.stderr)
        sys.exit(ExitCode.USAGE)
    sys.exit(run(sys.argv[1:]))
