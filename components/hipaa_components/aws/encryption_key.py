"""A customer-managed KMS key whose policy serves exactly the uses that are named."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components._problems import Problem, between, check, matches, not_empty, optional, unique
from hipaa_components._weakening import MixedWeakening, WeakeningRecord
from hipaa_components.aws._common import Account, AwsArgs, key_arn_rule, policy_document, tags_of
from hipaa_stack.baseline import EPHEMERAL_KEY_DELETION_WINDOW_DAYS, KEY_DELETION_WINDOW_DAYS, KEY_ROTATION_DAYS

USE_ACTIONS = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
"""What a service needs to encrypt and decrypt data of its own (CloudWatch Logs user guide; Auto Scaling key policy)."""


class AwsKeyUse(StrEnum):
    """What a key encrypts."""

    EKS_SECRETS = "EKS_SECRETS"
    """Secrets in etcd. Needs no statement: the cluster role gets its rights in IAM."""
    CLOUDWATCH_LOGS = "CLOUDWATCH_LOGS"
    """The log groups named in `log_group_names`."""
    EBS = "EBS"
    """Node disks and persistent volumes."""
    S3 = "S3"
    """Buckets. Needs no statement: writers get their rights in IAM."""
    SNS = "SNS"
    """Topics that CloudWatch alarms and EventBridge publish to."""
    CLOUDTRAIL = "CLOUDTRAIL"
    """Trails of this account."""
    PULUMI_SECRETS = "PULUMI_SECRETS"
    """Secrets in states of Pulumi. Needs no statement: whoever runs Pulumi gets the rights in IAM."""


class AwsEncryptionKeyArgs(AwsArgs):
    """Arguments of AwsEncryptionKey."""

    uses: Sequence[AwsKeyUse]
    """What the key encrypts; the key policy admits these services and no other."""
    alias: str
    """Name of the key without `alias/`."""
    existing_key_arn: pulumi.Input[str] | None = None
    """Full ARN of a key that exists: then no key is made, and `required_key_policy` says what its policy must hold."""
    log_group_names: Sequence[str] = []
    """The log groups that CLOUDWATCH_LOGS may encrypt, by exact name."""
    rotation_days: int = KEY_ROTATION_DAYS
    """Days between rotations of the key material: 90 to 2560 (AWS KMS)."""
    deletion_window_days: int = KEY_DELETION_WINDOW_DAYS
    """Days that AWS waits before it destroys a key: 30, or 7 to 29 with `short_deletion_window`."""
    short_deletion_window: MixedWeakening | None = None
    """Weakening: less time to notice that a key is about to be destroyed, and all data with it."""
    create_autoscaling_role: bool = False
    """Creates the service-linked role of EC2 Auto Scaling, in accounts that never used it. Only with EBS."""

    _uses = check("uses", not_empty(), unique())
    _alias = check(
        "alias", matches(r"(?!aws/)(?!alias/)[a-zA-Z0-9/_-]{1,240}", "1 to 240 letters, digits, /, _ or -, not aws/…, without alias/")
    )
    _existing = check("existing_key_arn", optional(key_arn_rule()))
    _rotation = check("rotation_days", between(90, 2560))

    def problems(self) -> Iterator[Problem]:
        """Uses and their arguments agree."""
        logs = AwsKeyUse.CLOUDWATCH_LOGS in self.uses
        if logs != bool(self.log_group_names):
            yield Problem(
                "at least one name with the use CLOUDWATCH_LOGS, none without",
                "Name the log groups that this key encrypts." if logs else "Add CLOUDWATCH_LOGS to uses.",
                "log_group_names",
                list(self.log_group_names),
            )
        if self.create_autoscaling_role and AwsKeyUse.EBS not in self.uses:
            yield Problem("false without the use EBS", "Add EBS to uses.", "create_autoscaling_role", self.create_autoscaling_role)
        shortest = EPHEMERAL_KEY_DELETION_WINDOW_DAYS if self.short_deletion_window or self.ephemeral else KEY_DELETION_WINDOW_DAYS
        if not shortest <= self.deletion_window_days <= KEY_DELETION_WINDOW_DAYS:
            yield Problem(
                f"{KEY_DELETION_WINDOW_DAYS}, or {EPHEMERAL_KEY_DELETION_WINDOW_DAYS} to {KEY_DELETION_WINDOW_DAYS - 1} with short_deletion_window",
                "A key that is destroyed takes all data with it: justify a shorter window in short_deletion_window.",
                "deletion_window_days",
                self.deletion_window_days,
            )


class AwsEncryptionKey(Component):
    """A customer-managed KMS key with yearly rotation and a key policy for exactly the uses that are named.

    Serves 164.312(a)(2)(iv), 164.312(e)(2)(ii) and 164.310(d)(2)(i). The key is protected and kept when it leaves
    the state: a key that is gone takes the cluster and all data with it. The policy never names roles of the
    stack; these get their rights in IAM.
    """

    key_arn: pulumi.Output[str]
    """ARN of the key."""
    key_id: pulumi.Output[str]
    """Id of the key."""
    alias_name: pulumi.Output[str]
    """Alias with its prefix, `alias/…`; empty for an existing key."""
    required_key_policy: pulumi.Output[str]
    """The key policy as JSON: in force on the key made here, needed on an existing one."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsEncryptionKeyArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the key and its alias, or nothing for an existing key. Raises ArgsError."""
        args = AwsEncryptionKeyArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        account = Account.of(self)
        self.required_key_policy = pulumi.Output.all(*account).apply(
            lambda where: key_policy(args.uses, *where, log_group_names=args.log_group_names)
        )
        if args.existing_key_arn is not None:
            self.key_arn = pulumi.Output.from_input(args.existing_key_arn)
            self.key_id = self.key_arn.apply(lambda arn: arn.rpartition("/")[2])
            self.alias_name = pulumi.Output.from_input("")
        else:
            key = self._key(name, args)
            self.key_arn, self.key_id = key.arn, key.key_id
            self.alias_name = aws.kms.Alias(f"{name}-alias", name=f"alias/{args.alias}", target_key_id=key.key_id, opts=self.child()).name
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _key(self, name: str, args: AwsEncryptionKeyArgs) -> "aws.kms.Key":
        roles = []
        if args.create_autoscaling_role:
            roles.append(
                aws.iam.ServiceLinkedRole(
                    f"{name}-autoscaling", aws_service_name="autoscaling.amazonaws.com", tags=tags_of(args), opts=self.child(retain=True)
                )
            )
        return aws.kms.Key(
            f"{name}-key",
            description=f"{args.alias}: {', '.join(args.uses)}",
            customer_master_key_spec="SYMMETRIC_DEFAULT",
            enable_key_rotation=True,
            rotation_period_in_days=args.rotation_days,
            deletion_window_in_days=args.deletion_window_days,
            bypass_policy_lockout_safety_check=False,
            policy=self.required_key_policy,
            tags=tags_of(args),
            opts=self.child(protect=True, retain=True, depends_on=roles),
        )


def key_policy(uses: Sequence[AwsKeyUse], account: str, region: str, partition: str, *, log_group_names: Sequence[str] = ()) -> str:
    """The key policy for these uses as JSON: administration by the account, and one statement per service."""
    return policy_document(list(_statements(frozenset(uses), account, region, partition, log_group_names)))


def _statements(
    uses: frozenset[AwsKeyUse], account: str, region: str, partition: str, log_groups: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    yield _allow("AccountAdministration", {"AWS": f"arn:{partition}:iam::{account}:root"}, "kms:*")
    if AwsKeyUse.CLOUDWATCH_LOGS in uses:
        arns = [f"arn:{partition}:logs:{region}:{account}:log-group:{group}" for group in sorted(log_groups)]
        context = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arns}}
        yield _allow("CloudWatchLogs", {"Service": f"logs.{region}.amazonaws.com"}, *USE_ACTIONS, condition=context)
    if AwsKeyUse.EBS in uses:
        role = {"AWS": f"arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"}
        yield _allow("AutoScalingUse", role, *USE_ACTIONS)
        yield _allow("AutoScalingGrant", role, "kms:CreateGrant", condition={"Bool": {"kms:GrantIsForAWSResource": "true"}})
    if AwsKeyUse.SNS in uses:
        # Event rules tell SNS no source account (EventBridge user guide), but every message belongs to a topic.
        publishers = {"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]}
        topics = {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": f"arn:{partition}:sns:{region}:{account}:*"}}
        yield _allow("AlertPublishers", publishers, "kms:Decrypt", "kms:GenerateDataKey*", condition=topics)
    if AwsKeyUse.CLOUDTRAIL in uses:
        own_account = {"StringEquals": {"aws:SourceAccount": account}}
        trails = {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:{partition}:cloudtrail:*:{account}:trail/*"}}
        service = {"Service": "cloudtrail.amazonaws.com"}
        yield _allow("CloudTrail", service, "kms:DescribeKey", "kms:GenerateDataKey*", condition={**own_account, **trails})


def _allow(sid: str, principal: Mapping[str, Any], *actions: str, condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*"}
    return {**statement, "Condition": condition} if condition else statement
