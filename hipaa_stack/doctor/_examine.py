"""All looks in one order; one that breaks is an ERROR and stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hipaa_stack.doctor import aws, local
from hipaa_stack.doctor._finding import Finding, beside
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.evaluation import Outcome

SANDBOX = "HIPAA_STACK_SANDBOX"
"""Names the directory of the sandbox that a command runs in."""


def examine(platform: Platform, environment: Mapping[str, str]) -> list[Finding]:
    """Every finding, in a fixed order."""
    findings = list(_whole(local.look, platform, "this machine"))
    if SANDBOX in environment:
        return [*findings, beside("account", message="clouds are simulated here: nothing is said of a real account")]
    return [*findings, *_whole(aws.look, platform, "account")]


def _whole(look: Callable[[Platform], Iterator[Finding]], platform: Platform, name: str) -> Iterator[Finding]:
    try:
        yield from look(platform)
    except Exception as error:  # noqa: BLE001 - a mistake of ours is told, and hides nothing that was found
        yield Finding(name, Outcome.ERROR, f"{type(error).__name__}: {error}", "Please report it.")
