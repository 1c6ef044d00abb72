"""IAM roles for AWS services: who may assume them, and the rights that they get."""

import json

import pytest

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components.aws._common import Account
from hipaa_components.aws._roles import (
    cluster_key_policy,
    pod_identity_trust,
    policy_log_policy,
    service_role,
    service_trust,
    volume_key_policy,
)

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
CLUSTER = "arn:aws:eks:us-east-1:123456789012:cluster/clinic"


@pytest.mark.parametrize(
    ("policy", "statements"),
    [
        (service_trust("eks"), [{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
        (
            pod_identity_trust("123456789012", CLUSTER),
            [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": "123456789012"},
                        "ArnEquals": {"aws:SourceArn": CLUSTER},
                    },
                }
            ],
        ),
        (
            cluster_key_policy(KEY),
            [{"Effect": "Allow", "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"], "Resource": KEY}],
        ),
        (
            volume_key_policy(KEY),
            [
                {
                    "Effect": "Allow",
                    "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
                    "Resource": KEY,
                    "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
                },
                {
                    "Effect": "Allow",
                    "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                    "Resource": KEY,
                },
            ],
        ),
        (
            policy_log_policy("arn:aws:logs:us-east-1:123456789012:log-group:/a"),
            [
                {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": "*"},
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/a:*",
                },
            ],
        ),
    ],
    ids=["service", "pods", "secrets key", "volume key", "policy log"],
)
def test_policies_say_exactly(policy, statements):
    assert json.loads(policy) == {"Version": "2012-10-17", "Statement": statements}


class Owner(Component):
    """A component with one role."""

    def __init__(self, name, **role):
        super().__init__(name, Args(), None)
        self.made = service_role(self, name, Account.of(self).partition, trust=service_trust("ec2"), tags={"a": "b"}, **role)


def test_a_role_stands_in_any_partition_under_one_path_and_boundary(register, lookups):
    lookups["aws:index/getPartition:getPartition"]["partition"] = "aws-us-gov"
    boundary = "arn:aws-us-gov:iam::123456789012:policy/limit"
    registered = register(lambda: Owner("r", managed=["service-role/A"], policy="{}", boundary=boundary))
    role = registered.one("aws:iam/role:Role").inputs
    assert (role["path"], role["permissionsBoundary"], role["tags"]) == ("/hipaa-stack/", boundary, {"a": "b"})
    attached = registered.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "r-A")
    assert attached.inputs["policyArn"] == "arn:aws-us-gov:iam::aws:policy/service-role/A"
    assert len(registered.result.made.grants) == 2


def test_a_long_name_leaves_room_for_the_provider(register):
    prefix = register(lambda: Owner("r" * 60)).one("aws:iam/role:Role").inputs["namePrefix"]
    assert len(prefix) <= 38
    assert prefix.endswith("-")
