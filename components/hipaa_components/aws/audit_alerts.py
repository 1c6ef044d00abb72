"""Alerts on what audit logs tell, and on what happens to the audit logs themselves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._names import fit
from hipaa_components._problems import Problem, arn, check, not_empty
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._audit_alarms import Alarms
from hipaa_components.aws._audit_events import STATE, event_patterns, services
from hipaa_components.aws._common import Account, AwsArgs, key_arn_rule, policy_document, tags_of

RULE_PREFIX_LENGTH = 45
"""Longest name of a component that its rules bear whole: 64 characters (EventBridge API reference, PutRule) less the
longest name of a service and the 8 that Pulumi appends."""


class AwsAlertProtocol(StrEnum):
    """How an alert reaches somebody (SNS developer guide, subscription protocols)."""

    EMAIL = "EMAIL"
    """An e-mail address; its owner confirms the first message."""
    HTTPS = "HTTPS"
    """A URL, which confirms the subscription itself."""
    SQS = "SQS"
    """A queue, by its ARN; its policy lets the topic send."""
    LAMBDA = "LAMBDA"
    """A function, by its ARN; its policy lets the topic invoke it."""


_ENDPOINTS: Mapping[AwsAlertProtocol, tuple[str, str]] = {
    AwsAlertProtocol.EMAIL: (r"[^\s@]+@[^\s@]+\.[^\s@]+", "an e-mail address"),
    AwsAlertProtocol.HTTPS: (r"https://[^\s/@]+(/\S*)?", "an https URL without user and password"),
    AwsAlertProtocol.SQS: (r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w.-]+", "arn:<partition>:sqs:<region>:<account>:<queue>"),
    AwsAlertProtocol.LAMBDA: (
        r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:\S+",
        "arn:<partition>:lambda:<region>:<account>:function:<name>",
    ),
}
"""Pattern and description of what each protocol takes."""


class AwsAlertEndpoint(Args):
    """Somebody or something that alerts reach."""

    protocol: AwsAlertProtocol
    """How they reach it."""
    endpoint: pulumi.Input[str]
    """The address, URL or ARN."""

    def problems(self) -> Iterator[Problem]:
        """The endpoint is one of its protocol."""
        pattern, accepted = _ENDPOINTS[self.protocol]
        if isinstance(self.endpoint, str) and not re.fullmatch(pattern, self.endpoint):
            yield Problem(f"{accepted} for {self.protocol}", field="endpoint", got=self.endpoint)


class AwsWatchedArchive(Args):
    """An archive whose deliveries are watched, by the outputs of AwsAuditArchive."""

    stream_name: pulumi.Input[str]
    """Name of the delivery stream."""
    landing_bucket_name: pulumi.Input[str]
    """Bucket that events and files of trails land in."""
    archive_bucket_name: pulumi.Input[str]
    """Bucket that they are replicated to."""


class AwsAuditAlertsArgs(AwsArgs):
    """Arguments of AwsAuditAlerts."""

    key_arn: pulumi.Input[str]
    """ARN of the key that encrypts alerts on their way (use SNS)."""
    log_group_arn: pulumi.Input[str]
    """ARN of the log group `/aws/eks/<cluster>/cluster` whose audit events are watched."""
    alert_endpoints: Sequence[AwsAlertEndpoint]
    """Whom alerts reach, at least one."""
    archive: AwsWatchedArchive | None = None
    """The archive whose deliveries and buckets are watched."""

    _key = check("key_arn", key_arn_rule("SNS stores the full key ARN."))
    _group = check(
        "log_group_arn",
        arn(
            "logs",
            r"log-group:/aws/eks/[0-9A-Za-z][\w-]{0,99}/cluster",
            "the ARN of a log group /aws/eks/<cluster>/cluster, without a trailing :*",
        ),
    )
    _endpoints = check("alert_endpoints", not_empty("An alert that reaches nobody is none (164.308(a)(1)(ii)(D))."))


class AwsAuditAlerts(Component):
    """Alerts on events of the audit log, on gaps in it, and on calls to the AWS API that take safeguards away.

    Serves 164.312(b), 164.308(a)(1)(ii)(D) and 164.308(a)(5)(ii)(C). Among the events are secrets that people read, pods
    that they enter, changes of rights and admission, requests without credentials, and all use of emergency access.
    Deployers page nobody by reading: their programs read all that they manage. Alerts on calls to the AWS API need a trail
    in the account, such as that of AwsAuditLogs.
    """

    topic_arn: pulumi.Output[str]
    """ARN of the topic, once alarms and rules may publish to it."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsAuditAlertsArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the topic, its subscriptions, metric filters, alarms and event rules. Raises ArgsError."""
        args = AwsAuditAlertsArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        topic = aws.sns.Topic(
            f"{name}-topic",
            kms_master_key_id=args.key_arn,
            signature_version=2,  # SHA-256; 1 is SHA-1
            tags=tags_of(args),
            opts=self.child(protect=True),
        )
        policy = aws.sns.TopicPolicy(
            f"{name}-topic",
            arn=topic.arn,
            policy=pulumi.Output.all(topic.arn, Account.of(self).id).apply(lambda known: topic_policy(*known)),
            opts=self.child(protect=True),
        )
        self._subscriptions(name, args, topic)
        self._alarms(name, args, topic, policy)
        self._event_rules(name, args, topic, policy)
        self.topic_arn = pulumi.Output.all(topic.arn, policy.id).apply(lambda known: known[0])
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _subscriptions(self, name: str, args: AwsAuditAlertsArgs, topic: "aws.sns.Topic") -> None:
        for index, target in enumerate(args.alert_endpoints):
            aws.sns.TopicSubscription(
                f"{name}-{index}",
                topic=topic.arn,
                protocol=target.protocol.lower(),
                endpoint=target.endpoint,
                opts=self.child(protect=True),
            )

    def _alarms(self, name: str, args: AwsAuditAlertsArgs, topic: "aws.sns.Topic", policy: pulumi.Resource) -> None:
        alarms = Alarms(self, name, topic.arn, tags_of(args), [policy])
        log_group = pulumi.Output.from_input(args.log_group_arn).apply(lambda arn: arn.partition(":log-group:")[2])
        alarms.on_patterns(log_group, log_group.apply(metric_namespace))
        alarms.on_silence(log_group)
        if args.archive:
            alarms.on_delivery(args.archive.stream_name, args.archive.landing_bucket_name, args.archive.archive_bucket_name)

    def _event_rules(self, name: str, args: AwsAuditAlertsArgs, topic: "aws.sns.Topic", policy: pulumi.Resource) -> None:
        buckets = [args.archive.landing_bucket_name, args.archive.archive_bucket_name] if args.archive else []
        patterns = pulumi.Output.all(*buckets).apply(event_patterns)
        beginning = fit(name, RULE_PREFIX_LENGTH)
        for service in services(buckets=bool(buckets)):
            rule = aws.cloudwatch.EventRule(
                f"{beginning}-{service}",
                description=f"Calls to {service} that take safeguards away.",
                event_pattern=patterns[service],
                state=STATE,
                tags=tags_of(args),
                opts=self.child(protect=True),
            )
            aws.cloudwatch.EventTarget(
                f"{beginning}-{service}", rule=rule.name, arn=topic.arn, opts=self.child(protect=True, depends_on=[policy])
            )


def metric_namespace(log_group: str) -> str:
    """The namespace of the metrics of one cluster, out of `/aws/eks/<cluster>/cluster`: two clusters share no count."""
    return f"HipaaStack/{log_group.split('/')[3]}"


def topic_policy(topic_arn: str, account: str) -> str:
    """Who may publish: alarms of this account, and event rules, for which SNS evaluates no condition (EventBridge user guide)."""
    publish = {"Action": "sns:Publish", "Resource": topic_arn}
    return policy_document(
        [
            {
                "Sid": "Alarms",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                **publish,
            },
            {"Sid": "EventRules", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, **publish},
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                **publish,
            },
        ]
    )
