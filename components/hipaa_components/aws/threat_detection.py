"""Detection of threats by Amazon GuardDuty: one detector for an account and region, and who hears of its findings."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._names import fit
from hipaa_components._problems import Problem, arn, check, matches, optional, unique
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._common import RULE_NAME_LENGTH, AwsArgs, tags_of
from hipaa_stack.baseline import GUARDDUTY_ALERT_SEVERITY

AGENT_MANAGEMENTS: Final = ("EKS_ADDON_MANAGEMENT", "EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT")
"""The ways in which GuardDuty installs agents by itself (GuardDuty API reference, DetectorAdditionalConfiguration)."""

RULE_PREFIX_LENGTH: Final = RULE_NAME_LENGTH - len("-findings") - 8
"""Longest name of a component that its rule bears whole, with the 8 characters that Pulumi appends."""


class AwsDetectorFeature(StrEnum):
    """What a detector looks at besides flows, DNS queries and calls to the AWS API (GuardDuty user guide)."""

    EKS_AUDIT_LOGS = "EKS_AUDIT_LOGS"
    """Audit logs of every EKS cluster, which GuardDuty reads at their source."""
    RUNTIME_MONITORING = "RUNTIME_MONITORING"
    """Processes, files and connections on nodes, which the agent of EksAddons reports."""


class AwsThreatDetectionSettings(Args):
    """Which detector an account and region has."""

    existing_detector_id: pulumi.Input[str] | None = None
    """Id of the detector that the account and region have already; then none is made."""
    existing_features: Sequence[AwsDetectorFeature] = []
    """With `existing_detector_id`: features that somebody else keeps switched on, such as the administrator of an organization."""
    _detector = check(
        "existing_detector_id",
        optional(matches(r"[0-9a-f]{32}", "the id of a detector: 32 digits or letters a to f")),
    )
    _features = check("existing_features", unique())

    def problems(self) -> Iterator[Problem]:
        """Features exist on a detector that exists."""
        if self.existing_features and self.existing_detector_id is None:
            accepted = "absent without existing_detector_id"
            yield Problem(
                accepted, "A detector that is made here has none yet.", "existing_features", [item.value for item in self.existing_features]
            )


class AwsThreatDetectionArgs(AwsThreatDetectionSettings, AwsArgs):
    """Arguments of AwsThreatDetection."""

    topic_arn: pulumi.Input[str] | None = None
    """ARN of the SNS topic that hears of findings of medium severity and above, such as that of AwsAuditAlerts."""

    _topic = check(
        "topic_arn",
        optional(arn("sns", r"[\w-]+", "arn:<partition>:sns:<region>:<account>:<topic>")),
    )


class AwsThreatDetection(Component):
    """GuardDuty for one account and region: what happens in clusters and on nodes is looked at all the time.

    Serves 164.308(a)(1)(ii)(D) and 164.308(a)(5)(ii)(B). An account and region has one detector: make one such
    component there, and let other stacks name it in `existing_detector_id`. How often an existing detector publishes its
    findings is up to its owner. Agents are not left to GuardDuty, which would make an endpoint in the network that no
    stack knows and that blocks its end: EksAddons installs them with `guardduty_agent`.

    A feature that leaves the stack stays switched on. A detector that was kept by a destroy comes back as an existing one.
    """

    detector_id: pulumi.Output[str]
    """Id of the detector, once its features are on."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsThreatDetectionArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the detector, its features and the alert, as far as they are missing. Raises ArgsError."""
        args = AwsThreatDetectionArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        if args.existing_detector_id is None:
            detector_id: pulumi.Output[str] = self._detector(name, args).id
        else:
            detector_id = pulumi.Output.from_input(args.existing_detector_id)
        features = [self._feature(name, detector_id, feature) for feature in AwsDetectorFeature if feature not in args.existing_features]
        if args.topic_arn is not None:
            self._alert(name, args, args.topic_arn)
        self.detector_id = pulumi.Output.all(detector_id, *(feature.id for feature in features)).apply(lambda known: str(known[0]))
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _detector(self, name: str, args: AwsThreatDetectionArgs) -> "aws.guardduty.Detector":
        """Whoever deletes a detector deletes its findings with it."""
        return aws.guardduty.Detector(
            f"{name}-detector",
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=tags_of(args),
            opts=self.child(protect=True, retain=True),
        )

    def _feature(self, name: str, detector_id: pulumi.Output[str], feature: AwsDetectorFeature) -> "aws.guardduty.DetectorFeature":
        monitors = feature is AwsDetectorFeature.RUNTIME_MONITORING
        return aws.guardduty.DetectorFeature(
            f"{name}-{feature.lower().replace('_', '-')}",
            detector_id=detector_id,
            name=feature.value,
            status="ENABLED",
            # All of them: one that is left out would differ from what AWS answers.
            additional_configurations=[{"name": part, "status": "DISABLED"} for part in AGENT_MANAGEMENTS] if monitors else None,
            opts=self.child(protect=True),
        )

    def _alert(self, name: str, args: AwsThreatDetectionArgs, topic_arn: pulumi.Input[str]) -> None:
        beginning = fit(name, RULE_PREFIX_LENGTH)
        rule = aws.cloudwatch.EventRule(
            f"{beginning}-findings",
            description="GuardDuty found a threat of medium severity or above.",
            event_pattern=finding_pattern(),
            state="ENABLED",
            tags=tags_of(args),
            opts=self.child(protect=True),
        )
        aws.cloudwatch.EventTarget(f"{beginning}-findings", rule=rule.name, arn=topic_arn, opts=self.child(protect=True))


def finding_pattern() -> str:
    """The findings that alert, as an event pattern of EventBridge (GuardDuty user guide, findings in EventBridge)."""
    detail = {"severity": [{"numeric": [">=", GUARDDUTY_ALERT_SEVERITY]}]}
    return json.dumps({"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"], "detail": detail}, sort_keys=True)
