"""One CloudWatch log group as every component makes it."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components._problems import Rule, matches


def log_group_name_rule() -> Rule:
    """Accepts the name of a log group (CloudWatch Logs API reference, CreateLogGroup)."""
    return matches(r"(?!aws/)[\w./#-]{1,512}", "1 to 512 letters, digits, _, -, /, . or #, not beginning with aws/")


class LogGroupSettings(NamedTuple):
    """What the log groups of a component have in common."""

    key_arn: pulumi.Input[str]
    guarded: bool
    """Whether AWS refuses to delete them, and a destroy leaves them."""
    adopt: bool
    """Whether groups of these names exist and are taken over."""
    tags: Mapping[str, str]


def log_group(component: Component, name: str, settings: LogGroupSettings, *, group: str, days: int) -> "aws.cloudwatch.LogGroup":
    """Registers the log group `group`, which keeps its events for `days`."""
    return aws.cloudwatch.LogGroup(
        name,
        name=group,
        retention_in_days=days,
        kms_key_id=settings.key_arn,
        log_group_class="STANDARD",  # the only class with subscriptions, which take events to an archive
        skip_destroy=settings.guarded,
        deletion_protection_enabled=settings.guarded,
        tags=settings.tags,
        opts=component.child(protect=True, retain=True, import_=group if settings.adopt else None),
    )
