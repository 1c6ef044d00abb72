"""All looks in one order; one that breaks is an ERROR and stops no other."""

from __future__ import annotations

from collections.abc import Mapping

from hipaa_stack.doctor import aws, local
from hipaa_stack.doctor._finding import Finding, beside
from hipaa_stack.doctor._platform import Platform

SANDBOX = "HIPAA_STACK_SANDBOX"
"""Names the directory of the sandbox that a command runs in."""


def examine(platform: Platform, environment: Mapping[str, str]) -> list[Finding]:
    """Every finding, in a fixed order."""
    if SANDBOX in environment:
        simulated = "clouds are simulated here, and so is the state back end: nothing is said of a real account"
        return [*local.look(platform, simulated=True), beside("account", message=simulated)]
    return [*local.look(platform), *aws.look(platform)]
