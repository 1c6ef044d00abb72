"""Log groups that exist, encrypted and kept long enough, before anything writes to them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, matches, not_empty
from hipaa_components._weakening import StandardWeakening, WeakeningRecord
from hipaa_components.aws._common import AwsArgs, key_arn_rule, tags_of
from hipaa_stack.baseline import AUDIT_RETENTION_DAYS, CLOUDWATCH_RETENTION_DAYS, FLOW_LOG_RETENTION_DAYS, MINIMUM_HOT_DAYS

HOT_PERIODS = tuple(days for days in CLOUDWATCH_RETENTION_DAYS if days >= MINIMUM_HOT_DAYS)
"""Days for which a log group may keep its events."""


class AwsLogKind(StrEnum):
    """What a log group holds."""

    EKS_CONTROL_PLANE = "EKS_CONTROL_PLANE"
    """Audit and control-plane logs of an EKS cluster, in the group `/aws/eks/<cluster>/cluster`."""
    VPC_FLOW = "VPC_FLOW"
    """Flow logs of a VPC, and what its firewall refused."""
    CLOUDTRAIL = "CLOUDTRAIL"
    """Calls to the AWS API."""
    APPLICATION = "APPLICATION"
    """Logs of applications and tools."""

    @property
    def audit(self) -> bool:
        """Whether these are audit logs: records of who did what (164.312(b))."""
        return self in {AwsLogKind.EKS_CONTROL_PLANE, AwsLogKind.CLOUDTRAIL}

    @property
    def default_days(self) -> int:
        """Days for which events are kept unless `hot_days` says otherwise."""
        return AUDIT_RETENTION_DAYS if self.audit else FLOW_LOG_RETENTION_DAYS


class AwsLogGroup(Args):
    """One log group."""

    name: str
    """Name of the log group; of a cluster it must be `/aws/eks/<cluster>/cluster`, where EKS writes."""
    kind: AwsLogKind
    """What it holds, which decides how long its events are kept."""

    _name = check("name", matches(r"(?!aws/)[\w./#-]{1,512}", "1 to 512 letters, digits, _, -, /, . or #, not beginning with aws/"))

    def problems(self) -> Iterator[Problem]:
        """EKS writes to one group only."""
        cluster = re.fullmatch(r"/aws/eks/[0-9A-Za-z][\w-]{0,99}/cluster", self.name)
        if self.kind is AwsLogKind.EKS_CONTROL_PLANE and not cluster:
            yield Problem(
                "/aws/eks/<cluster>/cluster", "EKS writes to the group of this name, and makes it where it is missing.", "name", self.name
            )


def _repeated_name(groups: Sequence[AwsLogGroup]) -> Problem | None:
    names = [group.name for group in groups]
    repeated = sorted({name for name in names if names.count(name) > 1})
    return Problem("each name once", got=", ".join(repeated)) if repeated else None


def _unknown_period(hot_days: Mapping[str, int]) -> Problem | None:
    for kind, days in hot_days.items():
        if kind not in list(AwsLogKind):
            return Problem(", ".join(AwsLogKind), got=kind)
        if days not in HOT_PERIODS:
            return Problem(", ".join(map(str, HOT_PERIODS)), "CloudWatch Logs has these periods.", f"[{kind}]", days)
    return None


class AwsLogSettings(Args):
    """How long logs are kept."""

    hot_days: Mapping[str, int] = {}
    """Days for which events are kept, by kind: a period of CloudWatch Logs of 90 days or more. Without it 2192 days
    (six years) for EKS_CONTROL_PLANE and CLOUDTRAIL, 400 for VPC_FLOW and APPLICATION."""
    short_retention: StandardWeakening | None = None
    """Weakening: audit logs of EKS_CONTROL_PLANE or CLOUDTRAIL are kept for less than six years."""
    adopt_log_groups: bool = False
    """Takes over groups of these names that exist, such as those that a destroy left behind."""

    _days = check("hot_days", _unknown_period)

    def problems(self) -> Iterator[Problem]:
        """Audit logs are kept for six years unless a weakening says why not."""
        if self.short_retention is None:
            for kind, days in self.hot_days.items():
                if AwsLogKind(kind).audit and days < AUDIT_RETENTION_DAYS:
                    yield Problem(
                        f"{AUDIT_RETENTION_DAYS} or more, or less with short_retention",
                        "The log group is the only six-year copy: justify a shorter time in short_retention.",
                        f"hot_days[{kind}]",
                        days,
                    )

    def days_of(self, kind: AwsLogKind) -> int:
        """Days for which events of a kind are kept."""
        return self.hot_days.get(kind, kind.default_days)


class AwsAuditLogsArgs(AwsLogSettings, AwsArgs):
    """Arguments of AwsAuditLogs."""

    key_arn: pulumi.Input[str]
    """ARN of the key that encrypts the events; its policy admits these log groups (use CLOUDWATCH_LOGS)."""
    log_groups: Sequence[AwsLogGroup]
    """The log groups, each name once."""

    _key = check("key_arn", key_arn_rule("CloudWatch Logs stores the full key ARN."))
    _groups = check("log_groups", not_empty(), _repeated_name)


class AwsAuditLogs(Component):
    """CloudWatch log groups with a key of your own and a time to keep, made before anything writes to them.

    Serves 164.312(b), 164.312(c)(1) and 164.316(b)(2)(i). Where a group does not exist, AWS makes it when the first
    event comes: unencrypted by your key and never expiring. What writes to a group therefore takes its ARN from
    `log_group_arns`, and so comes after it. Groups are protected, protected from deletion in AWS too, and stay when
    the stack goes: `adopt_log_groups` takes them back.
    """

    log_group_arns: pulumi.Output[dict[str, str]]
    """ARN of each log group by its name, without a trailing `:*`."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsAuditLogsArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the log groups. Raises ArgsError."""
        args = AwsAuditLogsArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        groups = {group.name: self._log_group(name, group, args) for group in args.log_groups}
        self.log_group_arns = pulumi.Output.all(**{group_name: group.arn for group_name, group in groups.items()})
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _log_group(self, name: str, group: AwsLogGroup, args: AwsAuditLogsArgs) -> "aws.cloudwatch.LogGroup":
        guarded = args.ephemeral is None
        return aws.cloudwatch.LogGroup(
            f"{name}-{group.name}",
            name=group.name,
            retention_in_days=args.days_of(group.kind),
            kms_key_id=args.key_arn,
            log_group_class="STANDARD",  # the only class with subscriptions, which take events to an archive
            skip_destroy=guarded,
            deletion_protection_enabled=guarded,
            tags=tags_of(args),
            opts=self.child(protect=True, retain=True, import_=group.name if args.adopt_log_groups else None),
        )
