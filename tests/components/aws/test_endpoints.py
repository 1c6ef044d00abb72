"""Which endpoints of AWS services a network has."""

import pytest

from hipaa_components.aws import AwsEndpointService, AwsEndpointUser, AwsNetworkSettings
from hipaa_components.aws._endpoints import NEEDED, endpoints_for, hosts_of

NODES = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "sts")
SSM = ("ec2messages", "ssm", "ssmmessages")


@pytest.mark.parametrize(
    ("users", "extra", "closed", "with_nat"),
    [
        ([], [], (), ()),
        (["NODES"], [], NODES, ("ec2",)),
        (["SSM"], [], SSM, SSM),
        (["SECRETS"], [], ("secretsmanager",), ()),
        (["LOAD_BALANCERS"], [], ("elasticloadbalancing",), ()),
        (["AUTOSCALER"], [], ("autoscaling",), ()),
        (["METRICS"], [], ("monitoring",), ()),
        (["GUARDDUTY"], [], ("guardduty-data",), ("guardduty-data",)),
        (["RUNNER"], [], ("kms", "logs"), ()),
        (["NODES", "RUNNER"], [], ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "kms", "logs", "sts"), ("ec2",)),
        (["METRICS"], ["sqs", "monitoring"], ("monitoring", "sqs"), ("monitoring", "sqs")),
    ],
)
def test_endpoints_follow_from_what_runs_in_the_network(users, extra, closed, with_nat):
    users, extra = [AwsEndpointUser(user) for user in users], [AwsEndpointService(service) for service in extra]
    assert endpoints_for(users, extra) == closed
    assert endpoints_for(users, extra, nat=True) == with_nat


def test_every_user_needs_something():
    assert set(NEEDED) == set(AwsEndpointUser)
    assert all(NEEDED.values())


def test_hosts_are_those_of_the_region():
    services = [AwsEndpointService(name) for name in ("sts", "eks-auth", "ecr.dkr", "ecr.api")]
    assert hosts_of(services, "us-gov-west-1") == (
        ".dkr.ecr.us-gov-west-1.amazonaws.com",
        "api.ecr.us-gov-west-1.amazonaws.com",
        "eks-auth.us-gov-west-1.api.aws",
        "sts.us-gov-west-1.amazonaws.com",
    )


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (None, ("secretsmanager", "sqs")),
        ({"allow_domains": ["api.example.com"]}, ("sqs",)),
        ({"allow_cidrs": ["203.0.113.0/24"]}, ("secretsmanager", "sqs")),
        ({"allow_domains": ["api.example.com"], "allow_cidrs": ["203.0.113.0/24"]}, ("secretsmanager", "sqs")),
    ],
)
def test_settings_tell_the_endpoints_before_there_is_a_network(lists, expected):
    texts = {"how_still_met": "Only the two hosts of the clearing house are reached.", "approver": "Security officer"}
    settings = AwsNetworkSettings(extra_endpoints=["sqs"], nat_egress=lists and {**texts, **lists})
    assert settings.endpoints([AwsEndpointUser.SECRETS]) == expected
