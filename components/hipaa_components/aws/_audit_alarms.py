"""Alarms of CloudWatch: on what the audit log tells, and on the way that audit logs take."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components.aws._audit_patterns import audit_patterns
from hipaa_components.aws._audit_replication import RULE
from hipaa_components.aws._log_archive import FILTER

SILENCE_SECONDS = 900
"""Time without a single event after which an audit log is taken for dead: a control plane logs every few seconds."""

LATE_SECONDS = 900
"""Age of an event that should have been delivered: three times what the stream collects before it writes."""


class Alarms(NamedTuple):
    """Makes the alarms of one component; all of them tell the same topic."""

    component: Component
    name: str
    topic_arn: pulumi.Output[str]
    tags: dict[str, str]
    after: Sequence[pulumi.Resource]
    """What an alarm needs to reach somebody."""

    def on_patterns(self, log_group: pulumi.Output[str], namespace: pulumi.Output[str]) -> None:
        """A metric filter and an alarm for each pattern. Without a match there is no data, which is well."""
        for found in audit_patterns():
            aws.cloudwatch.LogMetricFilter(
                f"{self.name}-{found.id}",
                log_group_name=log_group,
                pattern=found.pattern,
                metric_transformation={"name": found.id, "namespace": namespace, "value": "1"},
                opts=self.component.child(protect=True),
            )
            self._alarm(
                found.id,
                f"{found.title}: {found.threshold} or more within {found.period} s.",
                namespace=namespace,
                metric_name=found.id,
                statistic="Sum",
                period=found.period,
                threshold=found.threshold,
            )

    def on_silence(self, log_group: pulumi.Output[str]) -> None:
        """An audit log without events: no data is the alarm itself."""
        self._alarm(
            "silence",
            f"The control plane has logged nothing for {SILENCE_SECONDS} s.",
            namespace="AWS/Logs",
            metric_name="IncomingLogEvents",
            dimensions={"LogGroupName": log_group},
            statistic="Sum",
            period=SILENCE_SECONDS,
            threshold=1,
            comparison_operator="LessThanThreshold",
            treat_missing_data="breaching",
        )

    def on_delivery(self, stream: pulumi.Input[str], landing: pulumi.Input[str], archive: pulumi.Input[str]) -> None:
        """Events that do not reach the stream, the landing bucket or the archive."""
        query = f"SELECT SUM(DeliveryErrors) FROM \"AWS/Logs\" WHERE FilterName = '{FILTER}'"  # noqa: S608 - CloudWatch's own language
        self._alarm(
            "subscription-errors",
            "CloudWatch Logs could not hand events over to the archive.",
            metric_queries=[{"id": "errors", "expression": query, "period": 300, "return_data": True}],
            threshold=1,
        )
        self._alarm(
            "late-delivery",
            f"Events wait for more than {LATE_SECONDS} s to be delivered.",
            namespace="AWS/Firehose",
            metric_name="DeliveryToS3.DataFreshness",
            dimensions={"DeliveryStreamName": stream},
            statistic="Maximum",
            period=300,
            threshold=LATE_SECONDS,
            comparison_operator="GreaterThanThreshold",
        )
        self._alarm(
            "failed-replication",
            "Objects have no replica in the archive. S3 tries no second time: repeat it with S3 Batch Replication.",
            namespace="AWS/S3",
            metric_name="OperationsFailedReplication",
            dimensions={"SourceBucket": landing, "DestinationBucket": archive, "RuleId": RULE},
            statistic="Sum",
            period=300,
            threshold=1,
        )

    def _alarm(self, part: str, description: str, **what: Any) -> None:
        defaults = {"comparison_operator": "GreaterThanOrEqualToThreshold", "treat_missing_data": "notBreaching"}
        aws.cloudwatch.MetricAlarm(
            f"{self.name}-{part}",
            alarm_description=description,
            actions_enabled=True,
            alarm_actions=[self.topic_arn],
            evaluation_periods=1,
            tags=self.tags,
            opts=self.component.child(protect=True, depends_on=[*self.after]),
            **{**defaults, **what},
        )
