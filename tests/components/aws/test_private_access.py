"""AwsPrivateAccess: what each way in makes, who may use it, what comes out of it, and what it refuses."""

import json
import re

import pulumi
import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsPrivateAccess, AwsPrivateAccessArgs, EksCluster
from hipaa_components.aws._access import call_pattern, in_steps, operator_trust
from hipaa_components.aws._access_runner import build_policy, repository_arn
from hipaa_components.aws._access_ssm import session_document, session_policy
from hipaa_components.aws._access_vpn import resolver

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/operators"
PEOPLE = {"operator_role_arns": [ROLE], "mfa_statement": "The directory asks for a hardware key at every sign-in."}
SAML = f'<EntityDescriptor entityID="https://login.example.com">{"x" * 1000}</EntityDescriptor>'
SITE = {
    "cluster_name": "clinic",
    "vpc_id": "vpc-1",
    "vpc_cidr": "10.64.0.0/16",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "key_arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
    "log_group_arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/hipaa-stack/clinic/access",
}
TOPIC = {"topic_arn": f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"}
SSM = {"ssm": PEOPLE}
VPN = {
    "client_vpn": {
        "saml_metadata": SAML,
        "server_certificate_arn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555",
        "client_cidr": "10.128.0.0/22",
        "access_group_ids": ["platform-operators", "auditors"],
        "mfa_statement": PEOPLE["mfa_statement"],
    }
}
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/tools/pulumi@sha256:{'a' * 64}"
RUNNER = {
    "runner": {
        **PEOPLE,
        "image": IMAGE,
        "source_bucket_arn": "arn:aws:s3:::clinic-deploy",
        "source_key": "main/source.zip",
        "deployer_role_arn": f"arn:aws:iam::{ACCOUNT}:role/deployer",
    }
}
EXISTING = {"existing": {"client_cidrs": ["10.20.0.0/16"], "proxy_url": "http://proxy.example.com:3128"}}
WAYS = {"ssm": SSM, "client_vpn": VPN, "runner": RUNNER, "existing": EXISTING}
INSTANCE = "aws:ec2/instance:Instance"
PROJECT = "aws:codebuild/project:Project"
VPN_ENDPOINT = "aws:ec2clientvpn/endpoint:Endpoint"


def made(register, way, **change):
    """What an access registers, with its outputs once they are known as the result."""
    outputs = {}

    def program():
        access = AwsPrivateAccess("access", {**SITE, **way, **change})
        names = [name for name in AwsPrivateAccess.__annotations__ if name != "weakenings"]
        pulumi.Output.all(**{name: getattr(access, name) for name in names}).apply(outputs.update)
        return outputs

    return register(program)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_registers_exactly(register, snapshot, way):
    topic = TOPIC if way in (SSM, RUNNER) else {}
    registered = made(register, way, **topic)
    assert {"registered": registered.whole(), "outputs": registered.result} == snapshot


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nothing_takes_a_connection_or_has_a_public_address(register, way):
    registered = made(register, way)
    assert not registered.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert not registered.of_type("aws:ec2/eip:Eip")
    for group in registered.of_type("aws:ec2/securityGroup:SecurityGroup"):
        assert not {"ingress", "egress"} & group.inputs.keys()
    for rule in registered.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"):
        assert (rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("tcp", 443, 443)
        assert rule.inputs.get("cidrIpv4", "10.64.0.0/16") == "10.64.0.0/16"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_cluster_admits_what_comes_out(register, minimal, way):
    def program():
        access = AwsPrivateAccess("access", {**SITE, **way})
        groups = [] if way is EXISTING else [access.client_security_group_ids[0]]
        cidrs = ["10.20.0.0/16"] if way is EXISTING else []
        EksCluster(
            "c", {**minimal["EksCluster"], "caller_not_admin": None, "api_client_security_group_ids": groups, "api_client_cidrs": cidrs}
        )

    rule = register(program).one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    source = rule.inputs.get("referencedSecurityGroupId") or rule.inputs["cidrIpv4"]
    assert source == {"ssm": "access-forwarder-id", "client_vpn": "access-vpn-id", "runner": "access-runner-id"}.get(
        next(iter(way)), "10.20.0.0/16"
    )


def test_a_session_is_for_this_instance_with_this_document():
    instance, document = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1", f"arn:aws:ssm:us-east-1:{ACCOUNT}:document/access"
    start, own = json.loads(session_policy(instance, document))["Statement"]
    assert start == {
        "Effect": "Allow",
        "Action": ["ssm:StartSession"],
        "Resource": [instance, document],
        "Condition": {"Bool": {"ssm:SessionDocumentAccessCheck": "true"}},
    }
    assert own["Resource"] == f"arn:aws:ssm:us-east-1:{ACCOUNT}:session/*"
    assert own["Condition"] == {"StringLike": {"ssm:resourceTag/aws:ssmmessages:session-id": ["${aws:userid}"]}}


@pytest.mark.parametrize(
    ("host", "partition", "accepted"),
    [
        ("C66B23DDF37254B4D93E0A3DF01A6A07.gr7.us-east-1.eks.amazonaws.com", "aws", True),
        ("C66B23DDF37254B4D93E0A3DF01A6A07.gr7.us-east-1.eks.amazonaws.com.cn", "aws-cn", True),
        ("C66B23DDF37254B4D93E0A3DF01A6A07.gr7.us-west-2.eks.amazonaws.com", "aws", False),
        ("C66B23DDF37254B4D93E0A3DF01A6A07.gr7.us-east-1.eks.amazonaws.com.example.com", "aws", False),
        ("database.internal", "aws", False),
        ("10.64.0.10", "aws", False),
        ("localhost", "aws", False),
    ],
)
def test_a_session_leads_to_cluster_endpoints_of_the_region(host, partition, accepted):
    document = json.loads(session_document("us-east-1", partition))
    assert bool(re.search(document["parameters"]["host"]["allowedPattern"], host)) is accepted
    assert document["properties"]["portNumber"] == "443"


def test_a_newer_image_waits_for_a_revision(register, lookups):
    first = made(register, SSM).one(INSTANCE)
    assert first.options["ignoreChanges"] == ["ami"]
    lookups["aws:ssm/getParameter:getParameter"]["value"] = "ami-2"
    second = made(register, {"ssm": {**PEOPLE, "revision": "may"}}).one(INSTANCE)
    assert (second.name, second.inputs["ami"]) == ("access-forwarder-may", "ami-2")
    assert first.name != second.name


def test_the_vpn_is_for_named_groups_and_for_a_working_day(register):
    registered = made(register, VPN)
    rules = registered.of_type("aws:ec2clientvpn/authorizationRule:AuthorizationRule")
    assert {rule.inputs["accessGroupId"] for rule in rules} == {"platform-operators", "auditors"}
    assert {rule.inputs["targetNetworkCidr"] for rule in rules} == {"10.64.0.0/16"}
    assert not any("authorizeAllGroups" in rule.inputs for rule in rules)
    endpoint = registered.one(VPN_ENDPOINT).inputs
    assert [option["type"] for option in endpoint["authenticationOptions"]] == ["federated-authentication"]
    assert endpoint["connectionLogOptions"]["enabled"] is True
    assert endpoint["connectionLogOptions"]["cloudwatchLogGroup"] == "/hipaa-stack/clinic/access"
    assert endpoint["splitTunnel"] is endpoint["disconnectOnSessionTimeout"] is True
    assert endpoint["clientRouteEnforcementOptions"] == {"enforced": True}
    assert endpoint["sessionTimeoutHours"] == 8
    assert endpoint["selfServicePortal"] == "disabled"
    assert endpoint["dnsServers"] == [resolver("10.64.0.0/16")] == ["10.64.0.2"]
    subnets = [item.inputs["subnetId"] for item in registered.of_type("aws:ec2clientvpn/networkAssociation:NetworkAssociation")]
    assert sorted(subnets) == ["subnet-1", "subnet-2"]


def test_a_build_has_no_privileges_and_is_logged(register):
    project = made(register, RUNNER).one(PROJECT).inputs
    assert project["environment"]["privilegedMode"] is False
    assert project["environment"]["imagePullCredentialsType"] == "SERVICE_ROLE"
    assert project["logsConfig"]["cloudwatchLogs"]["status"] == "ENABLED"
    assert project["vpcConfig"]["subnets"] == ["subnet-1", "subnet-2"]
    assert project["badgeEnabled"] is False
    assert project["projectVisibility"] == "PRIVATE"


def test_who_starts_a_build_cannot_replace_its_commands():
    arn = f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/access-runner"
    start, follow = json.loads(build_policy(arn))["Statement"]
    assert start["Condition"] == {"Null": {"codebuild:source.buildspec": "true"}}
    assert start["Resource"] == follow["Resource"] == arn
    assert follow["Action"] == ["codebuild:BatchGetBuilds", "codebuild:StopBuild"]


def test_the_role_is_for_the_people_named_and_their_identity_comes_along():
    (statement,) = json.loads(operator_trust([ROLE]))["Statement"]
    assert statement["Principal"] == {"AWS": [ROLE]}
    assert statement["Action"] == ["sts:AssumeRole", "sts:SetSourceIdentity"]


@pytest.mark.parametrize(("way", "event"), [(SSM, "StartSession"), (RUNNER, "StartBuild")], ids=["ssm", "runner"])
def test_every_use_is_heard_of_where_there_is_a_topic(register, way, event):
    registered = made(register, way, **TOPIC)
    rule, target = registered.one("aws:cloudwatch/eventRule:EventRule"), registered.one("aws:cloudwatch/eventTarget:EventTarget")
    assert json.loads(rule.inputs["eventPattern"])["detail"]["eventName"] == [event]
    assert target.inputs["arn"] == TOPIC["topic_arn"]
    assert not made(register, way).of_type("aws:cloudwatch/eventRule:EventRule")
    assert json.loads(call_pattern("ssm", "StartSession", {"target": "i-1"}))["detail"]["requestParameters"] == {"target": ["i-1"]}


@pytest.mark.parametrize(("region", "partition"), [("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_the_repository_of_an_image(region, partition):
    domain = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    image = f"{ACCOUNT}.dkr.ecr.{region}.{domain}/tools/pulumi@sha256:{'a' * 64}"
    assert repository_arn(image) == f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/tools/pulumi"


def vpn(**change):
    return {"client_vpn": {**VPN["client_vpn"], **change}}


def runner(**change):
    return {"runner": {**RUNNER["runner"], **change}}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "ssm: got None; accepted: exactly one of ssm, client_vpn, runner and existing. Say how"),
        ({**SSM, **VPN}, "ssm: got 'ssm and client_vpn'; accepted: exactly one .* Declare each further way"),
        ({"ssm": {**PEOPLE, "operator_role_arns": [f"arn:aws:iam::{ACCOUNT}:user/jane"]}}, r"ssm.operator_role_arns\[0\]: got .*user/jane"),
        ({"ssm": {**PEOPLE, "mfa_statement": "yes"}}, "ssm.mfa_statement: got 'yes'; accepted: at least 20 characters"),
        ({"ssm": {**PEOPLE, "instance_type": "t3.small"}}, "ssm.instance_type: got 't3.small'; accepted: a type with Graviton"),
        ({"ssm": {**PEOPLE, "local_port": 443}}, "ssm.local_port: got 443; accepted: 1024 to 65535"),
        ({"ssm": {**PEOPLE, "revision": "May 1"}}, "ssm.revision: got 'May 1'"),
        (vpn(client_cidr="10.64.0.0/20"), "client_vpn.client_cidr: got '10.64.0.0/20'; accepted: a network apart from vpc_cidr"),
        (vpn(client_cidr="10.128.0.0/24"), "client_vpn.client_cidr: got '10.128.0.0/24'; accepted: an RFC 1918 network from /12 to /22"),
        (vpn(access_group_ids=[]), r"client_vpn.access_group_ids: got \[\]; accepted: at least one"),
        (vpn(access_group_ids=["*"]), r"client_vpn.access_group_ids\[0\]: got '\*'"),
        (vpn(saml_metadata="https://login.example.com/metadata"), "client_vpn.saml_metadata: got .*accepted: the XML document"),
        (vpn(server_certificate_arn="vpn"), "client_vpn.server_certificate_arn: got 'vpn'; accepted: arn:<partition>:acm"),
        (runner(image="pulumi/pulumi:latest"), "runner.image: got 'pulumi/pulumi:latest'; accepted: <account>.dkr.ecr"),
        (runner(source_key="deploy/*"), r"runner.source_key: got 'deploy/\*'; accepted: the key of a ZIP file"),
        (runner(source_bucket_arn="deploy"), "runner.source_bucket_arn: got 'deploy'; accepted: arn:<partition>:s3"),
        (runner(source="GITHUB"), "runner.source: unknown argument"),
        ({"existing": {"client_cidrs": []}}, r"existing.client_cidrs: got \[\]; accepted: at least one"),
        (
            {"existing": {**EXISTING["existing"], "proxy_url": "http://me:secret@proxy:3128"}},
            "existing.proxy_url: got .*without a password",
        ),
        ({**EXISTING, **TOPIC}, "topic_arn: got .*accepted: absent without ssm and runner"),
        ({**VPN, **TOPIC}, "topic_arn: got .*accepted: absent without ssm and runner"),
        ({**SSM, "log_group_arn": "/clinic"}, "log_group_arn: got '/clinic'"),
    ],
)
def test_refuses(register, args, message):
    with pytest.raises(ArgsError, match=message):
        AwsPrivateAccessArgs(**{**SITE, **args})
    with pytest.raises(ArgsError, match=f"AwsPrivateAccess 'access': .*{message}"):
        register(lambda: AwsPrivateAccess("access", {**SITE, **args}))
    assert register.last.registrations == []


def test_no_line_of_a_statement_leaves_the_comment_of_the_instructions():
    assert in_steps(("Second factor: a key\nrm -rf /\n", ["aws sts get-caller-identity"])) == (
        "# Second factor: a key rm -rf /\naws sts get-caller-identity\n"
    )
