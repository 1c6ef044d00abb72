"""What log groups need to know of an archive: where their events go, and where the files of a trail land."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, arn, check, optional
from hipaa_components.aws._archive_lock import locked_bucket_rule
from hipaa_components.aws._common import Account, AwsRoleArgs, policy_document, role_arn_rule, tags_of
from hipaa_components.aws._roles import service_role, service_trust
from hipaa_stack.baseline import PREFIX

FILTER: Final = f"{PREFIX}-archive"
"""Name of the subscription that feeds the archive; alarms find its errors by it."""

SIEM_FILTER: Final = f"{PREFIX}-siem"
"""Name of the second and last subscription that a log group can have (CloudWatch Logs quotas)."""


class AwsTrailMode(StrEnum):
    """Where the trail of the account is."""

    CREATE = "CREATE"
    """A trail of all regions is made."""
    EXISTING = "EXISTING"
    """The account has a trail of all regions, such as that of its organisation."""


class AwsLogArchive(Args):
    """An archive, by the outputs of AwsAuditArchive."""

    landing_bucket_name: pulumi.Input[str]
    """Bucket that the files of a trail land in."""
    stream_arn: pulumi.Input[str]
    """ARN of the delivery stream that events go to."""
    subscription_role_arn: pulumi.Input[str]
    """ARN of the role that hands events over to the stream."""
    locked_bucket: str | None = None
    """The real name of the archive bucket, once it is locked: it is the six-year copy then, and log groups are for searching."""
    trail: AwsTrailMode = AwsTrailMode.CREATE
    """CREATE makes a trail; its events go to the log group of kind CLOUDTRAIL, its files to the archive."""

    _locked = check("locked_bucket", locked_bucket_rule())
    _stream = check(
        "stream_arn", arn("firehose", r"deliverystream/[\w.-]{1,64}", "arn:<partition>:firehose:<region>:<account>:deliverystream/<name>")
    )
    _role = check("subscription_role_arn", role_arn_rule())


class AwsLogStream(Args):
    """A stream outside, such as that of a security information and event management system."""

    destination_arn: pulumi.Input[str]
    """ARN of the stream or of the logical destination of another account."""
    role_arn: pulumi.Input[str] | None = None
    """ARN of the role that puts events into a stream of this account; None for a logical destination."""

    _destination = check(
        "destination_arn",
        arn(
            "(kinesis|firehose|logs)",
            r"(stream/|deliverystream/|destination:)[\w.-]+",
            "the ARN of a Kinesis or Firehose stream, or of a logs destination",
        ),
    )
    _role = check("role_arn", optional(role_arn_rule()))

    def problems(self) -> Iterator[Problem]:
        """A stream of this account needs a role, a logical destination has its own."""
        if isinstance(self.destination_arn, str) and (":logs:" in self.destination_arn) is (self.role_arn is not None):
            needed = "absent for a logical destination" if self.role_arn is not None else "the ARN of a role for a stream of this account"
            yield Problem(needed, "CloudWatch Logs takes a role for streams of the same account only.", "role_arn", self.role_arn)


def make_trail(
    component: Component,
    name: str,
    args: AwsRoleArgs,
    archive: AwsLogArchive,
    *,
    key_arn: pulumi.Input[str],
    group: "aws.cloudwatch.LogGroup",
) -> None:
    """Registers the trail of all regions: files in the archive with a chain of digests, events in the log group."""
    account = Account.of(component)
    role = service_role(
        component,
        f"{name}-trail",
        account.partition,
        trust=service_trust("cloudtrail"),
        policy=pulumi.Output.all(group.arn, account.id, account.region).apply(lambda where: trail_log_policy(*where)),
        boundary=args.permissions_boundary_arn,
        tags=tags_of(args),
    )
    aws.cloudtrail.Trail(
        f"{name}-trail",
        s3_bucket_name=archive.landing_bucket_name,
        kms_key_id=key_arn,
        is_multi_region_trail=True,
        include_global_service_events=True,
        enable_logging=True,
        enable_log_file_validation=True,
        cloud_watch_logs_group_arn=pulumi.Output.concat(group.arn, ":*"),
        cloud_watch_logs_role_arn=role.role.arn,
        tags=tags_of(args),
        opts=component.child(protect=True, depends_on=role.grants),
    )


def trail_log_policy(group_arn: str, account: str, region: str) -> str:
    """What a trail needs to write to its log group: streams that begin with its account and region (CloudTrail user guide)."""
    streams = f"{group_arn}:log-stream:{account}_CloudTrail_{region}*"
    return policy_document([{"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": streams}])


def subscribe(
    component: Component, name: str, group: "aws.cloudwatch.LogGroup", archive: AwsLogArchive | None, siem: AwsLogStream | None
) -> None:
    """Registers the subscriptions of one log group: every event goes to the archive, and to the stream outside."""
    targets: list[tuple[str, str, pulumi.Input[str], pulumi.Input[str] | None]] = []
    if archive is not None:
        targets.append(("archive", FILTER, archive.stream_arn, archive.subscription_role_arn))
    if siem is not None:
        targets.append(("siem", SIEM_FILTER, siem.destination_arn, siem.role_arn))
    for part, filter_name, destination, role in targets:
        aws.cloudwatch.LogSubscriptionFilter(
            f"{name}-{part}",
            name=filter_name,
            log_group=group.name,
            filter_pattern="",
            destination_arn=destination,
            role_arn=role,
            opts=component.child(protect=True),
        )
