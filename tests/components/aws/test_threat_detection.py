"""AwsThreatDetection: what it registers, what it leaves to an existing detector, who hears of findings, and what it refuses."""

import json

import pulumi
import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsThreatDetection, AwsThreatDetectionArgs
from hipaa_components.aws.threat_detection import finding_pattern

DETECTOR = "aws:guardduty/detector:Detector"
FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"
ID = "0123456789abcdef0123456789abcdef"
JUSTIFIED = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
EXISTING = {"existing_detector_id": ID, "existing_features": ["EKS_AUDIT_LOGS"], "topic_arn": TOPIC}


@pytest.mark.parametrize(
    "args",
    [{}, {"topic_arn": TOPIC, "tags": {"team": "security"}}, EXISTING, {"ephemeral": JUSTIFIED}],
    ids=["defaults", "alerting", "existing", "ephemeral"],
)
def test_registers_exactly(register, snapshot, args):
    assert register(lambda: AwsThreatDetection("threats", AwsThreatDetectionArgs(**args))).whole() == snapshot


def test_of_an_existing_detector_only_what_is_missing_is_made(register):
    registered = register(lambda: AwsThreatDetection("threats", EXISTING))
    assert not registered.of_type(DETECTOR)
    feature = registered.one(FEATURE)
    assert (feature.inputs["name"], feature.inputs["detectorId"]) == ("RUNTIME_MONITORING", ID)
    everything = {**EXISTING, "existing_features": ["RUNTIME_MONITORING", "EKS_AUDIT_LOGS"]}
    assert not register(lambda: AwsThreatDetection("threats", everything)).of_type(FEATURE)


def test_who_takes_the_id_waits_for_the_features(register):
    def program():
        detection = AwsThreatDetection("threats", {})
        pulumi.CustomResource("a:b:C", "consumer", {"detector": detection.detector_id})

    registered = register(program)
    consumer = registered.one("a:b:C")
    assert consumer.inputs["detector"] == "threats-detector-id"
    assert {f"{FEATURE} threats-eks-audit-logs", f"{FEATURE} threats-runtime-monitoring"} <= registered.before(consumer)


def test_findings_of_medium_severity_alert():
    pattern = json.loads(finding_pattern())
    assert pattern == {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"severity": [{"numeric": [">=", 4]}]},
    }


def test_a_long_name_fits(register):
    rule = register(lambda: AwsThreatDetection("c" * 60, {"topic_arn": TOPIC})).one("aws:cloudwatch/eventRule:EventRule")
    assert len(rule.name) + len("-1234567") <= 64


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"existing_detector_id": "default"}, "existing_detector_id: got 'default'; accepted: the id of a detector"),
        ({"existing_features": ["EKS_AUDIT_LOGS"]}, "existing_features: .*absent without existing_detector_id"),
        ({**EXISTING, "existing_features": ["S3_DATA_EVENTS"]}, r"existing_features\[0\]: got 'S3_DATA_EVENTS'; accepted: one of EKS"),
        ({**EXISTING, "existing_features": ["EKS_AUDIT_LOGS"] * 2}, "existing_features: .*each value once"),
        ({"topic_arn": "alerts"}, "topic_arn: got 'alerts'; accepted: arn:<partition>:sns"),
        ({"topic_arn": f"{TOPIC}.fifo"}, "topic_arn: got .*fifo"),
    ],
)
def test_refuses(register, args, message):
    with pytest.raises(ArgsError, match=message):
        AwsThreatDetectionArgs(**args)
    with pytest.raises(ArgsError, match=f"AwsThreatDetection 'threats': .*{message}"):
        register(lambda: AwsThreatDetection("threats", args))
    assert register.last.registrations == []
