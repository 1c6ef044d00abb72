"""Where audit logs of AWS are kept for six years (CloudWatch Logs API reference, PutRetentionPolicy and LogGroup)."""

from hipaa_stack.baseline import AUDIT_RETENTION_DAYS
from hipaa_stack.resources import Node, Place, Reason, Stack, Undecided, all_of
from hipaa_stack.rules.aws._types import aws


def keeps_six_years(group: Node, stack: Stack) -> bool:
    """True when a log group keeps its events for six years or more, itself.

    Raises:
        Undecided: also when it does not and a subscription hands its events on, to where they may be kept.
    """
    if _keeps(group):
        return True
    for filter_ in stack.linked(group.resource, aws("cloudwatch/logSubscriptionFilter"), via="logGroup"):
        raise Undecided([Place("destinationArn", Reason.EXTERNAL.value, Reason.EXTERNAL, filter_)])
    return False


def _keeps(group: Node) -> bool:
    """No period, or 0, is for ever; a group of class DELIVERY keeps its events for two days, whatever the period says."""
    retention = group.number("retentionInDays")
    return all_of(lambda: not retention or retention >= AUDIT_RETENTION_DAYS, lambda: group.string("logGroupClass") != "DELIVERY")
