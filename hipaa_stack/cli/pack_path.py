"""`hipaa-stack pack-path`: where the policy pack lies, for `pulumi preview --policy-pack`."""

from __future__ import annotations

import click

from hipaa_stack.cli._result import result


@click.command("pack-path")
def pack_path() -> None:
    """Print the folder of the policy pack.

    Example: pulumi preview --policy-pack "$(hipaa-stack pack-path)"
    """
    from hipaa_stack import crossguard  # noqa: PLC0415 - only this verb needs it

    with result() as out:
        out.write(f"{crossguard.pack_path()}\n")
