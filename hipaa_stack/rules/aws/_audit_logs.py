"""How long log groups keep what is written to them (CloudWatch Logs API reference, PutRetentionPolicy and LogGroup)."""

from typing import Final

from hipaa_stack.resources import Place, Reason, Resource, Stack, Undecided, all_of
from hipaa_stack.rules.aws._types import aws

SIX_YEARS: Final = 2192
"""Days; CloudWatch takes this period by itself."""


def is_kept(group: Resource, stack: Stack) -> bool:
    """True when a log group keeps its events for six years or more, itself.

    Raises:
        Undecided: also when it does not and a subscription hands its events on, to where they may be kept.
    """
    if _keeps(group):
        return True
    if any(stack.linked(group, aws("cloudwatch/logSubscriptionFilter"), via="logGroup")):
        why = "shorter than six years, and a subscription hands the events on"
        raise Undecided([Place("retentionInDays", why, Reason.EXTERNAL, group)])
    return False


def _keeps(group: Resource) -> bool:
    """No period, or 0, is for ever; a group of class DELIVERY keeps its events for two days, whatever the period says."""
    return all_of(
        lambda: not 0 < (group.root.number("retentionInDays") or 0) < SIX_YEARS,
        lambda: group.root.string("logGroupClass") != "DELIVERY",
    )
