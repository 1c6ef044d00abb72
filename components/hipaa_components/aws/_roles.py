"""IAM roles for AWS services: who may assume them, the managed policies they have, and one policy of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components._names import NAME_ONCE, fit
from hipaa_components.aws._common import policy_document
from hipaa_components.aws.encryption_key import USE_ACTIONS
from hipaa_stack.baseline import PREFIX

ROLE_PATH = f"/{PREFIX}/"
"""Path of every role made here, so that a deployer can be limited to roles of this path."""

SAML_PROVIDER_PREFIX = f"{PREFIX}-"
"""Beginning of the name of every SAML provider made here: they have no path, and others let people into the account."""

BOOTSTRAP_PATH = f"/{PREFIX}-bootstrap/"
"""Path of the deployer's own role and policies, apart from the roles that it makes."""

ROLE_PREFIX_LENGTH = 38
"""Longest name prefix of a role: 64 characters less the 26 that the AWS provider appends."""


class ServiceRole(NamedTuple):
    """A role and what grants it its rights: a resource that uses the role also depends on the grants."""

    role: "aws.iam.Role"
    grants: list[pulumi.CustomResource]

    @property
    def ready_arn(self) -> pulumi.Output[str]:
        """The ARN once the role has its rights: for users in other components, which cannot depend on the grants."""
        return pulumi.Output.all(self.role.arn, *(grant.id for grant in self.grants)).apply(lambda known: known[0])


def service_role(
    component: Component,
    name: str,
    partition: pulumi.Output[str],
    *,
    trust: pulumi.Input[str],
    managed: Sequence[str] = (),
    policy: pulumi.Input[str] | None = None,
    boundary: pulumi.Input[str] | None = None,
    longest_session: int | None = None,
    path: str = ROLE_PATH,
    protect: bool = False,
    tags: Mapping[str, str],
) -> ServiceRole:
    """Registers a role, its managed policies (`AmazonEKSClusterPolicy`, `service-role/…`) and its inline policy.

    `longest_session` is in seconds; None leaves it to IAM, which gives an hour.
    """
    role = aws.iam.Role(
        name,
        name_prefix=f"{fit(name, ROLE_PREFIX_LENGTH - 1)}-",
        path=path,
        assume_role_policy=trust,
        permissions_boundary=boundary,
        max_session_duration=longest_session,
        tags=tags,
        opts=component.child(protect=protect, ignore_changes=NAME_ONCE),
    )
    grants: list[pulumi.CustomResource] = [
        aws.iam.RolePolicyAttachment(
            f"{name}-{policy_name.rpartition('/')[2]}",
            role=role.name,
            policy_arn=pulumi.Output.format("arn:{0}:iam::aws:policy/{1}", partition, policy_name),
            opts=component.child(),
        )
        for policy_name in managed
    ]
    if policy is not None:
        grants.append(aws.iam.RolePolicy(f"{name}-policy", name="policy", role=role.name, policy=policy, opts=component.child()))
    return ServiceRole(role, grants)


def service_trust(service: str) -> str:
    """The trust policy for an AWS service such as `eks`."""
    return policy_document([{"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}])


def pod_identity_trust(account: str, cluster_arn: str) -> str:
    """The trust policy for pods of one cluster (EKS user guide, Pod Identity)."""
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnEquals": {"aws:SourceArn": cluster_arn},
                },
            }
        ]
    )


def cluster_key_policy(key_arn: str) -> str:
    """What the cluster role needs to encrypt Kubernetes secrets (EKS user guide, envelope encryption)."""
    return policy_document([allow(key_arn, "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants")])


def volume_key_policy(key_arn: str) -> str:
    """What the EBS CSI driver needs to make encrypted volumes; it can grant the key to AWS services only."""
    grants = allow(key_arn, "kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
    return policy_document(
        [
            {**grants, "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
            allow(key_arn, *USE_ACTIONS),
        ]
    )


def policy_log_policy(log_group_arn: str) -> str:
    """What the network policy agent needs to write allowed and denied flows to the cluster's log group."""
    return policy_document(
        [
            allow("*", "logs:DescribeLogGroups"),  # AWS authorises the list of groups as a whole
            allow(f"{log_group_arn}:*", "logs:CreateLogStream", "logs:PutLogEvents"),
        ]
    )


def allow(resource: str, *actions: str) -> dict[str, Any]:
    """A statement that allows actions on one resource."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}
