"""AwsAuditLogs: what it registers, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws._log_archive import trail_log_policy
from hipaa_components.aws.audit_logs import AwsAuditLogs, AwsAuditLogsArgs, AwsLogKind

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
STANDARD = {"how_still_met": "An archive of another account keeps them for six years.", "approver": "Security officer"}
CLUSTER = {"name": "/aws/eks/clinic/cluster", "kind": "EKS_CONTROL_PLANE"}
GROUPS = [
    CLUSTER,
    {"name": "/hipaa-stack/clinic/flow", "kind": "VPC_FLOW"},
    {"name": "/hipaa-stack/clinic/trail", "kind": "CLOUDTRAIL"},
    {"name": "/hipaa-stack/clinic/access", "kind": "APPLICATION"},
]


def logs(**change):
    return AwsAuditLogs("logs", {"key_arn": KEY, "log_groups": GROUPS, **change})


def days(registered):
    return {item.inputs["name"].rpartition("/")[2]: item.inputs["retentionInDays"] for item in registered.of_type(GROUP)}


def test_registers_exactly(register, snapshot):
    assert register(lambda: logs(tags={"team": "platform"})).whole() == snapshot


def test_groups_are_encrypted_and_outlive_the_stack(register):
    for group in register(logs).of_type(GROUP):
        assert group.inputs["kmsKeyId"] == KEY
        assert group.inputs["skipDestroy"] is True
        assert group.inputs["deletionProtectionEnabled"] is True
        assert group.options == {"protect": True, "retainOnDelete": True, "parent": "logs"}


def test_an_ephemeral_stack_leaves_no_group_behind_and_encrypts_all_the_same(register):
    for group in register(lambda: logs(ephemeral=STANDARD)).of_type(GROUP):
        assert group.inputs["kmsKeyId"] == KEY
        assert group.inputs["skipDestroy"] is False
        assert group.inputs["deletionProtectionEnabled"] is False
        assert group.options == {"parent": "logs"}
        assert group.inputs["tags"] == {"hipaa-stack:exceptions": "ephemeral"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {"cluster": 2192, "trail": 2192, "flow": 400, "access": 400}),
        ({"hot_days": {"VPC_FLOW": 90, "CLOUDTRAIL": 3653}}, {"cluster": 2192, "trail": 3653, "flow": 90, "access": 400}),
        (
            {"hot_days": {"EKS_CONTROL_PLANE": 400}, "short_retention": STANDARD},
            {"cluster": 400, "trail": 2192, "flow": 400, "access": 400},
        ),
    ],
)
def test_days_to_keep_follow_the_kind(register, change, expected):
    assert days(register(lambda: logs(**change))) == expected


def test_groups_left_by_a_destroy_are_imported_by_name(register):
    for group in register(lambda: logs(adopt_log_groups=True)).of_type(GROUP):
        assert group.options["importId"] == group.inputs["name"]


def test_a_consumer_of_an_arn_comes_after_the_groups(register):
    import pulumi_aws as aws

    def program():
        arn = logs().log_group_arns["/aws/eks/clinic/cluster"]
        aws.sns.Topic("consumer", display_name=arn)

    consumer = register(program).one("aws:sns/topic:Topic")
    assert consumer.inputs["displayName"] == "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/clinic/cluster"
    assert "logs-/aws/eks/clinic/cluster" in consumer.options["dependsOn"]


def test_a_short_retention_is_recorded(register):
    def program():
        found = []
        logs(hot_days={"CLOUDTRAIL": 365}, short_retention=STANDARD).weakenings.apply(found.extend)
        return found

    registered = register(program)
    assert registered.result == [
        {
            "component": "AwsAuditLogs 'logs'",
            "field": "short_retention",
            "citations": ["164.312(b)", "164.316(b)(2)(i)"],
            "texts": STANDARD,
        }
    ]
    assert {group.inputs["tags"]["hipaa-stack:exceptions"] for group in registered.of_type(GROUP)} == {"short_retention"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key_arn": "alias/x"}, "key_arn: got 'alias/x'; accepted: arn:.*CloudWatch Logs stores the full key ARN"),
        ({"log_groups": []}, r"log_groups: got \[\]; accepted: at least one"),
        ({"log_groups": [CLUSTER, CLUSTER]}, "log_groups: got '/aws/eks/clinic/cluster'; accepted: each name once"),
        ({"log_groups": [{**CLUSTER, "name": "/clinic"}]}, r"log_groups\[0\].name: got '/clinic'; accepted: /aws/eks/<cluster>/cluster"),
        ({"log_groups": [{"name": "aws/x", "kind": "VPC_FLOW"}]}, r"log_groups\[0\].name: got 'aws/x'; accepted: 1 to 512"),
        ({"log_groups": [{"name": "a b", "kind": "VPC_FLOW"}]}, r"log_groups\[0\].name: got 'a b'; accepted: 1 to 512"),
        ({"log_groups": [{"name": "a", "kind": "DNS"}]}, r"log_groups\[0\].kind: got 'DNS'; accepted: one of EKS_CONTROL_PLANE, VPC_FLOW"),
        ({"hot_days": {"DNS": 400}}, "hot_days: got 'DNS'; accepted: EKS_CONTROL_PLANE, VPC_FLOW, CLOUDTRAIL, APPLICATION"),
        ({"hot_days": {"VPC_FLOW": 91}}, r"hot_days\[VPC_FLOW\]: got 91; accepted: 90, 120, .*3653"),
        ({"hot_days": {"VPC_FLOW": 60}}, r"hot_days\[VPC_FLOW\]: got 60; accepted: 90, 120"),
        ({"hot_days": {"CLOUDTRAIL": 1827}}, r"hot_days\[CLOUDTRAIL\]: got 1827; accepted: 2192 or more.*the only six-year copy"),
        ({"hot_days": {"EKS_CONTROL_PLANE": 400}}, r"hot_days\[EKS_CONTROL_PLANE\]: got 400.*the only six-year copy"),
        ({"short_retention": {"how_still_met": "todo", "approver": "CISO"}}, "short_retention.how_still_met: got 'todo'"),
        ({"retention": 5}, "retention: unknown argument"),
    ],
)
def test_refuses(register, change, message):
    args = {"key_arn": KEY, "log_groups": GROUPS, **change}
    with pytest.raises(ArgsError, match=message):
        AwsAuditLogsArgs(**args)
    registered = None
    with pytest.raises(ArgsError, match=f"AwsAuditLogs 'logs': .*{message}"):
        registered = register(lambda: logs(**change))
    assert registered is None


def test_every_kind_has_a_time_to_keep_that_cloudwatch_accepts():
    args = AwsAuditLogsArgs(key_arn=KEY, log_groups=GROUPS, hot_days={kind: kind.default_days for kind in AwsLogKind})
    assert [args.days_of(kind, archive_locked=False) for kind in AwsLogKind] == [2192, 400, 2192, 400]


# The archive and the trail -------------------------------------------------------------------------------------------

ARCHIVE = {
    "landing_bucket_name": "audit-landing",
    "stream_arn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/audit-delivery",
    "subscription_role_arn": "arn:aws:iam::123456789012:role/hipaa-stack/audit-subscription",
}
LOCKED = {**ARCHIVE, "locked_bucket": "audit-archive-20260101"}
SIEM = {"destination_arn": "arn:aws:logs:us-east-1:210987654321:destination:siem"}
SUBSCRIPTION = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
TRAIL = "aws:cloudtrail/trail:Trail"


def test_registers_exactly_with_archive_trail_and_siem(register, snapshot):
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    assert register(lambda: logs(archive=ARCHIVE, siem=SIEM, permissions_boundary_arn=boundary)).whole() == snapshot


def test_every_event_of_every_group_goes_to_the_archive(register):
    found = register(lambda: logs(archive=ARCHIVE)).of_type(SUBSCRIPTION)
    assert {item.inputs["logGroup"] for item in found} == {group["name"] for group in GROUPS}
    for item in found:
        assert item.inputs["filterPattern"] == ""
        assert item.inputs["destinationArn"] == ARCHIVE["stream_arn"]
        assert item.options["protect"] is True


def test_the_trail_records_every_call_and_reaches_archive_and_log_group(register):
    registered = register(lambda: logs(archive=ARCHIVE))
    trail = registered.one(TRAIL)
    switches = ("enableLogging", "enableLogFileValidation", "includeGlobalServiceEvents", "isMultiRegionTrail")
    assert [name for name in switches if trail.inputs[name] is not True] == []
    assert not trail.inputs.keys() & {"eventSelectors", "advancedEventSelectors"}  # either would leave events out
    assert trail.inputs["kmsKeyId"] == KEY
    assert trail.inputs["s3BucketName"] == "audit-landing"
    assert trail.inputs["cloudWatchLogsGroupArn"] == "arn:aws:logs:us-east-1:123456789012:log-group:/hipaa-stack/clinic/trail:*"
    assert trail.options["protect"] is True
    assert "aws:iam/rolePolicy:RolePolicy logs-trail-policy" in registered.before(trail)


def test_the_role_of_the_trail_writes_to_its_own_streams():
    (statement,) = json.loads(trail_log_policy("arn:group", "1", "us-east-1"))["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == "arn:group:log-stream:1_CloudTrail_us-east-1*"


@pytest.mark.parametrize(
    "change", [{}, {"archive": {**ARCHIVE, "trail": "EXISTING"}}, {"archive": {**ARCHIVE, "trail": "EXISTING"}, "log_groups": [CLUSTER]}]
)
def test_no_trail_is_made_without_an_archive_or_where_there_is_one(register, change):
    assert not register(lambda: logs(**change)).of_type(TRAIL)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"archive": ARCHIVE}, {"cluster": 2192, "trail": 2192, "flow": 400, "access": 400}),
        ({"archive": LOCKED}, {"cluster": 400, "trail": 400, "flow": 400, "access": 400}),
        ({"archive": LOCKED, "hot_days": {"EKS_CONTROL_PLANE": 90}}, {"cluster": 90, "trail": 400, "flow": 400, "access": 400}),
    ],
)
def test_log_groups_keep_six_years_until_the_archive_is_locked(register, change, expected):
    assert days(register(lambda: logs(**change))) == expected


def test_a_stream_outside_gets_the_second_subscription_of_each_group(register):
    found = register(lambda: logs(archive=ARCHIVE, siem=SIEM)).of_type(SUBSCRIPTION)
    names = sorted((item.inputs["logGroup"], item.inputs["name"]) for item in found)
    assert names == sorted((group["name"], name) for group in GROUPS for name in ("hipaa-stack-archive", "hipaa-stack-siem"))


def test_an_ephemeral_stack_leaves_neither_subscription_nor_trail_protected(register):
    registered = register(lambda: logs(archive=ARCHIVE, ephemeral=STANDARD))
    assert [item.name for item in registered.registrations if item.options.keys() & {"protect", "retainOnDelete"}] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"archive": ARCHIVE, "log_groups": [CLUSTER]}, "log_groups: got None; accepted: one group of kind CLOUDTRAIL"),
        (
            {"archive": ARCHIVE, "log_groups": [*GROUPS, {"name": "/other", "kind": "CLOUDTRAIL"}]},
            "log_groups: got '/hipaa-stack/clinic/trail, /other'; accepted: one group of kind CLOUDTRAIL",
        ),
        ({"archive": {**ARCHIVE, "stream_arn": "audit"}}, "archive.stream_arn: got 'audit'; accepted: arn:<partition>:firehose"),
        ({"archive": {**ARCHIVE, "subscription_role_arn": "r"}}, "archive.subscription_role_arn: got 'r'; accepted: arn:<partition>:iam"),
        (
            {"archive": {**ARCHIVE, "locked_bucket": "Archive"}},
            "archive.locked_bucket: got 'Archive'; accepted: the real name of the archive",
        ),
        ({"archive": {**ARCHIVE, "trail": "NONE"}}, "archive.trail: got 'NONE'; accepted: one of CREATE, EXISTING"),
        ({"archive": ARCHIVE, "hot_days": {"CLOUDTRAIL": 400}}, r"hot_days\[CLOUDTRAIL\]: got 400; accepted: 2192 or more"),
        ({"siem": {"destination_arn": "siem"}}, "siem.destination_arn: got 'siem'; accepted: the ARN of a Kinesis or Firehose stream"),
        (
            {"siem": {"destination_arn": ARCHIVE["stream_arn"]}},
            "siem.role_arn: got None; accepted: the ARN of a role for a stream of this account",
        ),
        (
            {"siem": {**SIEM, "role_arn": ARCHIVE["subscription_role_arn"]}},
            "siem.role_arn: got .*; accepted: absent for a logical destination",
        ),
    ],
)
def test_refuses_archives_and_streams(register, change, message):
    args = {"key_arn": KEY, "log_groups": GROUPS, **change}
    with pytest.raises(ArgsError, match=message):
        AwsAuditLogsArgs(**args)
    registered = None
    with pytest.raises(ArgsError, match=f"AwsAuditLogs 'logs': .*{message}"):
        registered = register(lambda: logs(**change))
    assert registered is None
