"""AwsAuditAlerts: what it registers, whom alerts reach, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsAuditAlerts, AwsAuditAlertsArgs
from hipaa_components.aws._audit_events import PATTERN_LENGTH, event_patterns, services
from hipaa_components.aws._audit_patterns import audit_patterns
from hipaa_components.aws.audit_alerts import metric_namespace, topic_policy

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/clinic/cluster"
EMAIL = {"protocol": "EMAIL", "endpoint": "security@clinic.example.com"}
STANDARD = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
ARCHIVE = {"stream_name": "audit-delivery", "landing_bucket_name": "audit-landing", "archive_bucket_name": "audit-archive"}
ENDPOINTS = [
    EMAIL,
    {"protocol": "HTTPS", "endpoint": "https://pager.example.com/clinic"},
    {"protocol": "SQS", "endpoint": "arn:aws:sqs:us-east-1:123456789012:alerts"},
    {"protocol": "LAMBDA", "endpoint": "arn:aws:lambda:us-east-1:123456789012:function:alert"},
]
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
TOPIC = "aws:sns/topic:Topic"
POLICY = "aws:sns/topicPolicy:TopicPolicy"


def alerts(**change):
    return AwsAuditAlerts("alerts", {"key_arn": KEY, "log_group_arn": GROUP, "alert_endpoints": [EMAIL], **change})


def test_registers_exactly(register, snapshot):
    assert register(lambda: alerts(alert_endpoints=ENDPOINTS, archive=ARCHIVE, tags={"team": "platform"})).whole() == snapshot


def test_everything_is_protected_and_an_ephemeral_stack_can_go(register):
    guarded = [item for item in register(lambda: alerts(archive=ARCHIVE)).registrations if item.type.startswith("aws:")]
    assert [item.name for item in guarded if not item.options.get("protect")] == []
    free = register(lambda: alerts(ephemeral=STANDARD)).registrations
    assert [item.name for item in free if item.options.keys() & {"protect", "retainOnDelete"}] == []


@pytest.mark.parametrize("kind", [ALARM, TARGET])
def test_whatever_publishes_tells_the_topic_and_comes_after_its_policy(register, kind):
    registered = register(lambda: alerts(archive=ARCHIVE))
    assert registered.of_type(kind)
    for item in registered.of_type(kind):
        told = item.inputs["alarmActions"] if kind == ALARM else [item.inputs["arn"]]
        assert [value.rpartition(":")[2] for value in told] == ["Topic/alerts-topic"]
        assert f"{POLICY} alerts-topic" in registered.before(item)


def test_a_consumer_of_the_topic_comes_after_its_policy(register):
    import pulumi_aws as aws

    registered = register(lambda: aws.ssm.Parameter("consumer", type="String", value=alerts().topic_arn))
    assert f"{POLICY} alerts-topic" in registered.before(registered.one("aws:ssm/parameter:Parameter"))


def test_every_pattern_has_a_filter_and_an_alarm_on_its_metric(register):
    registered = register(alerts)
    for found in audit_patterns():
        watch = registered.one(FILTER, f"alerts-{found.id}").inputs
        alarm = registered.one(ALARM, f"alerts-{found.id}").inputs
        assert watch["logGroupName"] == "/aws/eks/clinic/cluster"
        assert watch["pattern"] == found.pattern
        assert watch["metricTransformation"] == {"name": found.id, "namespace": "HipaaStack/clinic", "value": "1"}
        assert (alarm["metricName"], alarm["namespace"], alarm["statistic"]) == (found.id, "HipaaStack/clinic", "Sum")
        assert (alarm["threshold"], alarm["period"], alarm["evaluationPeriods"]) == (found.threshold, found.period, 1)
        assert alarm["comparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["treatMissingData"] == "notBreaching"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "silence",
            {
                "metricName": "IncomingLogEvents",
                "threshold": 1,
                "period": 900,
                "treatMissingData": "breaching",
                "comparisonOperator": "LessThanThreshold",
            },
        ),
        ("subscription-errors", {"threshold": 1, "treatMissingData": "notBreaching"}),
        ("late-delivery", {"metricName": "DeliveryToS3.DataFreshness", "threshold": 900, "comparisonOperator": "GreaterThanThreshold"}),
        ("failed-replication", {"metricName": "OperationsFailedReplication", "threshold": 1}),
    ],
)
def test_gaps_in_the_record_are_alerted_of(register, name, expected):
    found = register(lambda: alerts(archive=ARCHIVE)).one(ALARM, f"alerts-{name}").inputs
    assert {key: found[key] for key in expected} == expected


def test_errors_of_all_subscriptions_are_counted_in_one_query(register):
    (query,) = register(lambda: alerts(archive=ARCHIVE)).one(ALARM, "alerts-subscription-errors").inputs["metricQueries"]
    assert query["expression"] == "SELECT SUM(DeliveryErrors) FROM \"AWS/Logs\" WHERE FilterName = 'hipaa-stack-archive'"


def test_without_an_archive_its_parts_are_not_watched(register):
    registered = register(alerts)
    assert {item.name for item in registered.of_type(ALARM)} == {f"alerts-{found.id}" for found in audit_patterns()} | {"alerts-silence"}
    assert "alerts-s3" not in {item.name for item in registered.of_type(RULE)}


def test_rules_match_management_events_and_each_has_the_topic_as_target(register):
    registered = register(lambda: alerts(archive=ARCHIVE))
    rules = {item.name: item.inputs for item in registered.of_type(RULE)}
    assert rules.keys() == {f"alerts-{service}" for service in ("cloudtrail", "eks", "guardduty", "kms", "logs", "s3")}
    assert {rule["state"] for rule in rules.values()} == {"ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}
    assert rules.keys() == {item.name for item in registered.of_type(TARGET)}
    assert json.loads(rules["alerts-s3"]["eventPattern"])["detail"]["requestParameters"] == {
        "bucketName": ["audit-archive", "audit-landing"]
    }


# Pure parts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("buckets", [[], ["b" * 63, "c" * 63]])
def test_event_patterns_fit_and_name_source_and_calls(buckets):
    patterns = event_patterns(buckets)
    assert list(patterns) == services(buckets=bool(buckets))
    for service, text in patterns.items():
        pattern = json.loads(text)
        assert len(text) <= PATTERN_LENGTH
        assert pattern["source"] == [f"aws.{service}"]
        assert pattern["detail-type"] == ["AWS API Call via CloudTrail"]
        assert pattern["detail"]["eventSource"] == [f"{service}.amazonaws.com"]
        assert pattern["detail"]["eventName"]


@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("eks", "CreateAccessEntry"),
        ("eks", "UpdateClusterConfig"),
        ("kms", "ScheduleKeyDeletion"),
        ("kms", "PutKeyPolicy"),
        ("logs", "DeleteSubscriptionFilter"),
        ("logs", "PutRetentionPolicy"),
        ("cloudtrail", "StopLogging"),
        ("guardduty", "DeleteDetector"),
    ],
)
def test_calls_that_take_a_safeguard_away_are_matched(service, call):
    assert call in json.loads(event_patterns([])[service])["detail"]["eventName"]


@pytest.mark.parametrize(
    "call", ["PutBucketPolicy", "PutObjectLockConfiguration", "PutBucketLifecycle", "DeleteBucketReplication", "PutBucketVersioning"]
)
def test_changes_of_buckets_are_matched_by_their_beginning(call):
    names = json.loads(event_patterns(["b"])["s3"])["detail"]["eventName"]
    assert any(call.startswith(name["prefix"]) for name in names)


def test_alarms_and_rules_publish_over_tls_and_nobody_else_does():
    alarms, rules, tls = json.loads(topic_policy("arn:topic", "1"))["Statement"]
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": "1"}}
    assert "Condition" not in rules
    assert (tls["Effect"], tls["Principal"]) == ("Deny", "*")
    assert {statement["Resource"] for statement in (alarms, rules, tls)} == {"arn:topic"}


def test_clusters_share_no_metric():
    assert metric_namespace("/aws/eks/clinic-2/cluster") == "HipaaStack/clinic-2"


# Refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key_arn": "alias/aws/sns"}, "key_arn: got 'alias/aws/sns'; accepted: arn:.*SNS stores the full key ARN"),
        ({"log_group_arn": "/aws/eks/clinic/cluster"}, "log_group_arn: got '/aws/eks/clinic/cluster'; accepted: the ARN of a log group"),
        (
            {"log_group_arn": GROUP.replace("/aws/eks/clinic/cluster", "/clinic")},
            "log_group_arn: got .*accepted: the ARN of a log group /aws/eks",
        ),
        ({"log_group_arn": f"{GROUP}:*"}, r"log_group_arn: got .*without a trailing :\*"),
        ({"alert_endpoints": []}, r"alert_endpoints: got \[\]; accepted: at least one. An alert that reaches nobody is none"),
        (
            {"alert_endpoints": [{"protocol": "SMS", "endpoint": "+1"}]},
            r"alert_endpoints\[0\].protocol: got 'SMS'; accepted: one of EMAIL, HTTPS",
        ),
        (
            {"alert_endpoints": [{"protocol": "EMAIL", "endpoint": "security"}]},
            r"alert_endpoints\[0\].endpoint: got 'security'; accepted: an e-mail",
        ),
        (
            {"alert_endpoints": [{"protocol": "HTTPS", "endpoint": "http://x"}]},
            r"alert_endpoints\[0\].endpoint: got 'http://x'; accepted: an https",
        ),
        (
            {"alert_endpoints": [{"protocol": "HTTPS", "endpoint": "https://u:p@x"}]},
            r"alert_endpoints\[0\].endpoint: .*without user and password",
        ),
        (
            {"alert_endpoints": [{"protocol": "SQS", "endpoint": "alerts"}]},
            r"alert_endpoints\[0\].endpoint: got 'alerts'; accepted: arn:.*sqs",
        ),
        ({"alert_endpoints": [{"protocol": "LAMBDA", "endpoint": "f"}]}, r"alert_endpoints\[0\].endpoint: got 'f'; accepted: arn:.*lambda"),
        ({"archive": {"stream_name": "s"}}, "archive.landing_bucket_name: missing"),
    ],
)
def test_refuses(register, change, message):
    args = {"key_arn": KEY, "log_group_arn": GROUP, "alert_endpoints": [EMAIL], **change}
    with pytest.raises(ArgsError, match=message):
        AwsAuditAlertsArgs(**args)
    registered = None
    with pytest.raises(ArgsError, match=f"AwsAuditAlerts 'alerts': .*{message}"):
        registered = register(lambda: alerts(**change))
    assert registered is None


def test_long_names_fit(register):
    registered = register(lambda: AwsAuditAlerts("a" * 60, {"key_arn": KEY, "log_group_arn": GROUP, "alert_endpoints": [EMAIL]}))
    assert max(len(item.name) for item in registered.of_type(RULE)) + len("-0a1b2c3") <= 64
