"""An archive of audit logs that nobody can change: a bucket with Object Lock, fed by replication, and the way into it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._names import fit
from hipaa_components._problems import Problem, between, check, matches
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._archive_lock import (
    AwsArchiveLock,
    AwsLockMode,
    AwsLockStatus,
    asked_lock,
    confirmed_mode,
    days_of,
    lock_status,
    status_of,
)
from hipaa_components.aws._audit_buckets import AuditBucket, BucketMaker, access_log_policy, locked_policy, plain_policy, trail_policy
from hipaa_components.aws._audit_delivery import (
    ERROR_STREAM,
    STREAM_PREFIX_LENGTH,
    Delivery,
    delivery_policy,
    delivery_stream,
    subscription_policy,
    subscription_trust,
)
from hipaa_components.aws._audit_replication import Destination, replicate, replication_policy
from hipaa_components.aws._common import Account, AwsRoleArgs, key_arn_rule, tags_of
from hipaa_components.aws._log_groups import LogGroupSettings, log_group, log_group_name_rule
from hipaa_components.aws._roles import service_role, service_trust
from hipaa_stack.baseline import AUDIT_RETENTION_DAYS, FLOW_LOG_RETENTION_DAYS, LANDING_DAYS, LOCK_SOAK_DAYS, PREFIX

EARLIEST_MOVE = 30
"""Days before which `glacier_after_days` moves nothing: young logs are read, and every move is paid for."""

STAY_IN_GLACIER = 90
"""Days that S3 charges an object in Glacier Instant Retrieval for at least (S3 user guide, storage classes)."""


class AwsExistingArchive(Args):
    """A locked bucket of another account, such as that of a security team."""

    bucket_arn: pulumi.Input[str]
    """ARN of the bucket. Its policy lets the role of the output `replication_role_arn` replicate into it."""
    key_arn: pulumi.Input[str]
    """ARN of the key that encrypts the replicas; its policy lets that role use it."""
    account_id: str
    """The account that owns the bucket, twelve digits."""

    _bucket = check("bucket_arn", matches(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "arn:<partition>:s3:::<bucket>"))
    _key = check("key_arn", key_arn_rule("Replicas are encrypted with it."))
    _account = check("account_id", matches(r"\d{12}", "twelve digits"))


def _move_rule(value: int) -> Problem | None:
    return None if value == 0 or value >= EARLIEST_MOVE else Problem(f"0 for never, or {EARLIEST_MOVE} and more")


class AwsAuditArchiveSettings(AwsArchiveLock):
    """How an archive keeps what it holds, and for how long."""

    existing_archive: AwsExistingArchive | None = None
    """A locked bucket of another account: then no archive is made here, and its owner decides how long it keeps what."""
    glacier_after_days: int = 90
    """Days after which archived objects move to Glacier Instant Retrieval; 0 for never."""
    deep_archive_after_days: int = 365
    """Days after which they move to Glacier Deep Archive, from which a restore takes hours; 0 for never."""
    landing_days: int = LANDING_DAYS
    """Days for which what was archived also stays in the landing bucket: 14 to 365."""

    _glacier = check("glacier_after_days", _move_rule)
    _deep = check("deep_archive_after_days", _move_rule)
    _landing = check("landing_days", between(14, 365))

    def problems(self) -> Iterator[Problem]:
        """The lock is decided where the archive is; objects stay in a storage class for as long as is paid for."""
        yield from super().problems()
        if self.existing_archive is not None:
            for field, info in AwsArchiveLock.model_fields.items():
                if (value := getattr(self, field)) != info.default:
                    yield Problem("absent with existing_archive", "The owner of the archive decides it.", field, value)
        earliest = self.glacier_after_days + STAY_IN_GLACIER
        if self.glacier_after_days and 0 < self.deep_archive_after_days < earliest:
            yield Problem(
                f"0, or {earliest} and more with glacier_after_days {self.glacier_after_days}",
                f"An object in Glacier Instant Retrieval is paid for {STAY_IN_GLACIER} days.",
                "deep_archive_after_days",
                self.deep_archive_after_days,
            )

    def ephemeral_problems(self) -> Iterator[Problem]:
        """What an archive cannot be where everything is destroyed with the stack."""
        if self.lock_mode is AwsLockMode.COMPLIANCE:
            yield Problem("GOVERNANCE with ephemeral", "Nothing could be destroyed before its time.", "lock_mode", self.lock_mode)

    @property
    def moves(self) -> list[tuple[int, str]]:
        """When archived objects move, and to which storage class."""
        classes = ((self.glacier_after_days, "GLACIER_IR"), (self.deep_archive_after_days, "DEEP_ARCHIVE"))
        return [(days, storage) for days, storage in classes if days]


class AwsAuditArchiveArgs(AwsAuditArchiveSettings, AwsRoleArgs):
    """Arguments of AwsAuditArchive."""

    key_arn: pulumi.Input[str]
    """ARN of the key that encrypts what lands, what is archived and the delivery (uses S3, CLOUDWATCH_LOGS, CLOUDTRAIL)."""
    delivery_log_group: str = f"/{PREFIX}/audit-delivery"
    """Name of the log group that tells what could not be delivered; the key's policy admits it (use CLOUDWATCH_LOGS)."""
    adopt_log_groups: bool = False
    """Takes over a log group of this name that exists, such as one that a destroy left behind."""

    _key = check("key_arn", key_arn_rule("S3 and Data Firehose store the full key ARN."))
    _group = check("delivery_log_group", log_group_name_rule())

    def problems(self) -> Iterator[Problem]:
        """An archive that goes with its stack is not locked."""
        yield from super().problems()
        yield from self.ephemeral_problems() if self.ephemeral else ()


class AwsAuditArchive(Component):
    """Six years of audit logs in a bucket with Object Lock, and the way into it.

    Serves 164.312(b), 164.312(c)(1), 164.312(a)(2)(iv) and 164.316(b)(2)(i). Log groups hand their events to a delivery
    stream, which writes them to a landing bucket, as a trail does with its files; from there S3 replicates all of it to
    the archive, where every object is kept from deletion for `retention_days`. Landing and archive log every request.

    An archive begins in GOVERNANCE mode. After a month in which deliveries were seen to arrive, lock it: one deployment
    whose environment names the output `archive_bucket_name` in HIPAA_STACK_CONFIRM_LOCK_OF, never a stack file; then
    commit `lock_mode` COMPLIANCE with `locked_bucket`. `hipaa-stack archive lock` says when, and every command. It cannot
    be undone. AwsAuditLogs comes after this component and takes its outputs, so that no event is lost.
    """

    archive_bucket_name: pulumi.Output[str]
    """Real name of the archive bucket."""
    archive_bucket_arn: pulumi.Output[str]
    """ARN of the archive bucket."""
    landing_bucket_name: pulumi.Output[str]
    """Bucket that trails and the stream write to, once replication is in force."""
    stream_arn: pulumi.Output[str]
    """ARN of the delivery stream."""
    stream_name: pulumi.Output[str]
    """Name of the delivery stream."""
    subscription_role_arn: pulumi.Output[str]
    """ARN of the role that hands log events over to the stream, once it may."""
    replication_role_arn: pulumi.Output[str]
    """ARN of the role that replicates."""
    lock_status: pulumi.Output[str]
    """`not yet locked`, `locked`, `unlocked`, or that the owner of an existing archive decides it."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsAuditArchiveArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers buckets, lock, replication and stream. Raises ArgsError, also at update for the name of another bucket."""
        args = AwsAuditArchiveArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        account = Account.of(self)
        make = BucketMaker(self, name, tags_of(args), args.ephemeral is not None)
        access = make.bucket("access", key_arn=None)  # S3 delivers access logs to no bucket with a key of the account
        landing = make.bucket("landing", key_arn=args.key_arn)
        logged = {"landing": landing}
        if args.existing_archive is None:
            logged["archive"] = make.bucket("archive", key_arn=args.key_arn, lockable=True)
        self._access_log(make, account, access, logged)
        self._landing(make, args, account, landing)
        if existing := args.existing_archive:
            destination = Destination(existing.bucket_arn, existing.key_arn, existing.account_id)
            self.lock_status = pulumi.Output.from_input(AwsLockStatus.ELSEWHERE.value)
            asked_lock(self, "existing_archive")
        else:
            destination = self._archive(make, args, logged["archive"])
        replication = self._replication(name, args, account, landing, destination)
        stream = self._delivery(name, args, account, landing, replication)

        self.archive_bucket_arn = pulumi.Output.from_input(destination.bucket_arn)
        self.archive_bucket_name = self.archive_bucket_arn.apply(lambda arn: arn.rpartition(":")[2])
        self.landing_bucket_name = pulumi.Output.all(landing.name, replication.id).apply(lambda known: known[0])
        self.stream_arn, self.stream_name = stream.arn, stream.name
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _access_log(self, make: BucketMaker, account: Account, access: AuditBucket, logged: Mapping[str, AuditBucket]) -> None:
        """Who reads or changes the archive is on record as long as the archive itself."""
        sources = pulumi.Output.all(*(bucket.bucket.arn for bucket in logged.values()))
        make.policy(
            "access", access, pulumi.Output.all(access.bucket.arn, account.id, sources).apply(lambda known: access_log_policy(*known))
        )
        make.lifecycle("access", access, expire=AUDIT_RETENTION_DAYS)
        for part, bucket in logged.items():
            make.log_access(part, bucket, access)

    def _landing(self, make: BucketMaker, args: AwsAuditArchiveArgs, account: Account, landing: AuditBucket) -> None:
        policy = pulumi.Output.all(landing.bucket.arn, account.id, account.partition).apply(lambda known: trail_policy(*known))
        make.policy("landing", landing, policy)
        make.lifecycle("landing", landing, expire=args.landing_days)

    def _archive(self, make: BucketMaker, args: AwsAuditArchiveArgs, archive: AuditBucket) -> Destination:
        # Destroying a stack of synthetic data empties its buckets, which the policy of an archive would refuse.
        make.policy("archive", archive, archive.bucket.arn.apply(plain_policy if args.ephemeral else locked_policy))
        make.lifecycle("archive", archive, transitions=args.moves)
        status = status_of(args)
        weakening = "unlocked_archive" if status is AwsLockStatus.UNLOCKED else "ephemeral" if make.ephemeral else None
        asked = asked_lock(self, weakening)
        self.lock_status = pulumi.Output.from_input(status.value)
        if status is not AwsLockStatus.UNLOCKED:
            mode = confirmed_mode(args, self, self.where(make.name), archive.bucket.bucket, asked)
            make.lock("archive", archive, mode, days_of(args, ephemeral=make.ephemeral))
            self.lock_status = mode.apply(lambda known: lock_status(AwsLockMode(known)).value)
        if status is AwsLockStatus.NOT_YET_LOCKED and not weakening and not asked:
            pulumi.log.warn(f"the archive is {status.value}: lock it once it has worked for {LOCK_SOAK_DAYS} days", self)
        return Destination(archive.bucket.arn, args.key_arn, settings=archive.settings)

    def _replication(
        self, name: str, args: AwsAuditArchiveArgs, account: Account, landing: AuditBucket, destination: Destination
    ) -> "aws.s3.BucketReplicationConfig":
        arns = (landing.bucket.arn, args.key_arn, destination.bucket_arn, destination.key_arn)
        role = service_role(
            self,
            f"{name}-replication",
            account.partition,
            trust=service_trust("s3"),
            policy=pulumi.Output.all(*arns).apply(lambda known: replication_policy(*known, foreign=destination.account_id is not None)),
            boundary=args.permissions_boundary_arn,
            tags=tags_of(args),
        )
        self.replication_role_arn = role.role.arn
        return replicate(self, f"{name}-replication", landing.bucket.bucket, role, destination, landing.settings)

    def _delivery(
        self, name: str, args: AwsAuditArchiveArgs, account: Account, landing: AuditBucket, replication: pulumi.Resource
    ) -> "aws.kinesis.FirehoseDeliveryStream":
        """The stream, the log of its errors, and the role of those who hand events over to it."""
        settings = LogGroupSettings(args.key_arn, args.ephemeral is None, args.adopt_log_groups, tags_of(args))
        errors = log_group(self, f"{name}-delivery", settings, group=args.delivery_log_group, days=FLOW_LOG_RETENTION_DAYS)
        log = aws.cloudwatch.LogStream(f"{name}-delivery", name=ERROR_STREAM, log_group_name=errors.name, opts=self.child(retain=True))
        role = service_role(
            self,
            f"{name}-delivery",
            account.partition,
            trust=service_trust("firehose"),
            policy=pulumi.Output.all(landing.bucket.arn, args.key_arn, errors.arn).apply(lambda known: delivery_policy(*known)),
            boundary=args.permissions_boundary_arn,
            tags=tags_of(args),
        )
        place = Delivery(landing.bucket.arn, args.key_arn, errors.name, tags_of(args))
        after = [*role.grants, *landing.settings, replication, log]
        stream = delivery_stream(self, f"{fit(name, STREAM_PREFIX_LENGTH)}-delivery", role.role.arn, place, after)
        subscribers = service_role(
            self,
            f"{name}-subscription",
            account.partition,
            trust=pulumi.Output.all(*account).apply(lambda where: subscription_trust(*where)),
            policy=stream.arn.apply(subscription_policy),
            boundary=args.permissions_boundary_arn,
            tags=tags_of(args),
        )
        self.subscription_role_arn = subscribers.ready_arn
        return stream
