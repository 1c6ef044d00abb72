"""Log groups that exist, encrypted and kept long enough, before anything writes to them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pulumi

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, not_empty
from hipaa_components._weakening import StandardWeakening, WeakeningRecord
from hipaa_components.aws._common import AwsRoleArgs, key_arn_rule, tags_of
from hipaa_components.aws._log_archive import AwsLogArchive, AwsLogStream, AwsTrailMode, make_trail, subscribe
from hipaa_components.aws._log_groups import LogGroupSettings, log_group, log_group_name_rule
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

    _name = check("name", log_group_name_rule())

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

    siem: AwsLogStream | None = None
    """A stream outside that every event goes to as well."""

    _days = check("hot_days", _unknown_period)

    def kept_too_short(self, *, archive_locked: bool) -> Iterator[Problem]:
        """Audit logs are kept for six years here, unless the archive is locked or a weakening says why not."""
        if self.short_retention is None and not archive_locked:
            for kind, days in self.hot_days.items():
                if AwsLogKind(kind).audit and days < AUDIT_RETENTION_DAYS:
                    yield Problem(
                        f"{AUDIT_RETENTION_DAYS} or more, or less with short_retention",
                        "The log group is the only six-year copy: justify a shorter time in short_retention.",
                        f"hot_days[{kind}]",
                        days,
                    )

    def days_of(self, kind: AwsLogKind, *, archive_locked: bool) -> int:
        """Days for which events of a kind are kept; a locked archive keeps them for six years itself."""
        return self.hot_days.get(kind, FLOW_LOG_RETENTION_DAYS if archive_locked else kind.default_days)


class AwsAuditLogsArgs(AwsLogSettings, AwsRoleArgs):
    """Arguments of AwsAuditLogs."""

    key_arn: pulumi.Input[str]
    """ARN of the key that encrypts the events; its policy admits these log groups (use CLOUDWATCH_LOGS), and a trail that
    is made (CLOUDTRAIL)."""
    log_groups: Sequence[AwsLogGroup]
    """The log groups, each name once."""
    archive: AwsLogArchive | None = None
    """The archive that every event goes to; None keeps them in the log groups alone."""

    _key = check("key_arn", key_arn_rule("CloudWatch Logs stores the full key ARN."))
    _groups = check("log_groups", not_empty(), _repeated_name)

    @property
    def archive_locked(self) -> bool:
        """Whether a locked archive keeps every event for six years."""
        return self.archive is not None and self.archive.locked_bucket is not None

    def problems(self) -> Iterator[Problem]:
        """Audit logs are kept for six years somewhere; a trail that is made has one log group."""
        yield from self.kept_too_short(archive_locked=self.archive_locked)
        trails = [group.name for group in self.log_groups if group.kind is AwsLogKind.CLOUDTRAIL]
        if self.archive and self.archive.trail is AwsTrailMode.CREATE and len(trails) != 1:
            fix = "Name the log group of the trail, or set archive.trail to EXISTING where the account has one."
            yield Problem("one group of kind CLOUDTRAIL", fix, "log_groups", ", ".join(trails) or None)


class AwsAuditLogs(Component):
    """CloudWatch log groups with a key of your own and a time to keep, made before anything writes to them; and the trail.

    Serves 164.312(b), 164.312(c)(1) and 164.316(b)(2)(i). Where a group does not exist, AWS makes it when the first
    event comes: unencrypted by your key and never expiring. What writes to a group therefore takes its ARN from
    `log_group_arns`, and so comes after it. Groups are protected, protected from deletion in AWS too, and stay when
    the stack goes: `adopt_log_groups` takes them back.

    With an archive, every event goes there from the first one on, and a trail records every call to the AWS API in all
    regions, unless the account has one.
    """

    log_group_arns: pulumi.Output[dict[str, str]]
    """ARN of each log group by its name, without a trailing `:*`."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsAuditLogsArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the log groups, their subscriptions and the trail. Raises ArgsError."""
        args = AwsAuditLogsArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        settings = LogGroupSettings(args.key_arn, args.ephemeral is None, args.adopt_log_groups, tags_of(args))
        groups = {
            group.name: log_group(
                self, f"{name}-{group.name}", settings, group=group.name, days=args.days_of(group.kind, archive_locked=args.archive_locked)
            )
            for group in args.log_groups
        }
        for group_name, group in groups.items():
            subscribe(self, f"{name}-{group_name}", group, args.archive, args.siem)
        if args.archive and args.archive.trail is AwsTrailMode.CREATE:
            (trail_group,) = (groups[group.name] for group in args.log_groups if group.kind is AwsLogKind.CLOUDTRAIL)
            make_trail(self, name, args, args.archive, key_arn=args.key_arn, group=trail_group)
        self.log_group_arns = pulumi.Output.all(**{group_name: group.arn for group_name, group in groups.items()})
        self.weakenings = self.weakening_records()
        self.register_outputs({})
