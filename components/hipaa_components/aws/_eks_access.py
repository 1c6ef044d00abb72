"""Who may use an EKS cluster: access entries for IAM roles, and an OpenID Connect provider for people."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, each, is_unknown, matches, not_empty, unique
from hipaa_components.aws._common import role_arn_rule
from hipaa_stack.baseline import BREAK_GLASS_USERS, DEPLOYER_USERS

RESERVED_USERS = ("amazon:", "aws:", "eks:", "iam:", "system:", BREAK_GLASS_USERS, DEPLOYER_USERS)
"""Beginnings of user names that nobody may be given: EKS refuses the first five, audit alerts rely on the last two."""

CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
"""The policy of EKS that lets a role do everything."""


def _own_users(accepted: str) -> Problem:
    return Problem(accepted, f"Reserved: {', '.join(RESERVED_USERS)}.")


def _username(value: str | None) -> Problem | None:
    """EKS asks for a colon before the session name (EKS user guide, access entries)."""
    if value is None or not (not value or value.startswith(RESERVED_USERS) or "{{SessionName}}" in value.partition(":")[0]):
        return None
    return _own_users("a user name such as clinic:{{SessionName}}, with a colon before {{SessionName}}")


def _prefix(value: str) -> Problem | None:
    return None if value and not value.startswith(RESERVED_USERS) else _own_users("a prefix such as oidc:, not empty and not reserved")


def _no_system_group(value: str) -> Problem | None:
    accepted = Problem("a group of Kubernetes, not system:…", "Cluster administrators belong into admin_principal_arns.")
    return accepted if not value or value.startswith("system:") else None


class EksAccessPolicy(StrEnum):
    """What EKS lets a role do in the namespaces of its access entry."""

    ADMIN = "AmazonEKSAdminPolicy"
    """Everything in the namespaces but quotas and the namespaces themselves."""
    EDIT = "AmazonEKSEditPolicy"
    """Reads and changes workloads and secrets."""
    VIEW = "AmazonEKSViewPolicy"
    """Reads everything but secrets."""


class EksAccessEntry(Args):
    """What one IAM role may do in the cluster, short of administering it."""

    principal_arn: pulumi.Input[str]
    """ARN of the role."""
    groups: Sequence[str] = []
    """Kubernetes groups that the role belongs to; bindings in the cluster say what they may do."""
    policy: EksAccessPolicy | None = None
    """A policy of EKS, in `namespaces` only; None leaves it to the groups."""
    namespaces: Sequence[str] = []
    """Namespaces that the policy holds for."""
    username: str | None = None
    """Kubernetes user name, such as `clinic:{{SessionName}}`; None takes the one that EKS makes from the session."""

    _principal = check("principal_arn", role_arn_rule())
    _groups = check("groups", each(_no_system_group), unique())
    _namespaces = check("namespaces", each(matches(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "the name of a namespace")), unique())
    _name = check("username", _username)

    def problems(self) -> Iterator[Problem]:
        """The entry admits to something, and a policy to named namespaces only."""
        if not self.groups and self.policy is None:
            yield Problem("groups, or a policy with namespaces", "An entry with neither admits to nothing.", "groups", [])
        if (self.policy is None) != (not self.namespaces):
            yield Problem(
                "namespaces and a policy together, or neither",
                "Name where the policy holds." if self.policy else "Say which policy holds there.",
                "namespaces",
                list(self.namespaces),
            )


class EksOidc(Args):
    """An identity provider that people sign in with; EKS takes one per cluster and must reach the issuer."""

    issuer_url: str
    """URL of the provider, as in the `iss` claim; https."""
    client_id: str
    """Id that the provider knows the cluster by, as in the `aud` claim."""
    username_claim: str = "sub"
    """Claim that names the user."""
    groups_claim: str = "groups"
    """Claim that lists the user's groups."""
    prefix: str = "oidc:"
    """Before every user and group name, so that none can pass for a name of the system."""
    required_claims: Mapping[str, str] = {}
    """Claims that a token must have, with these values."""

    _issuer = check(
        "issuer_url", matches(r"https://[^\s/?#]+(/[^\s?#]*)?", "an https URL without query, such as https://login.example.com")
    )
    _client = check("client_id", not_empty())
    _user_claim = check("username_claim", not_empty())
    _groups_claim = check("groups_claim", not_empty())
    _prefix = check("prefix", _prefix)


class _Admission(NamedTuple):
    place: str
    """Where the role stands in the arguments, such as `admin-0`."""
    principal: pulumi.Input[str]
    policy: str | None = None
    username: str | None = None
    groups: Sequence[str] | None = None
    namespaces: Sequence[str] | None = None
    """None: the policy holds in the whole cluster."""

    @property
    def key(self) -> str:
        """Names the children after the role, so that moving it in the lists replaces nothing; after its place while it is unknown."""
        if is_unknown(self.principal):
            return self.place
        return str(self.principal).partition(":iam::")[2].replace(":role/", "/")


def admit(
    component: Component,
    name: str,
    cluster: "aws.eks.Cluster",
    partition: pulumi.Output[str],
    *,
    admins: Sequence[pulumi.Input[str]],
    deployers: Sequence[pulumi.Input[str]],
    entries: Sequence[EksAccessEntry],
    tags: Mapping[str, str],
) -> list[pulumi.Resource]:
    """Registers the access of every role; returns what must exist before anybody can use the cluster."""
    made: list[pulumi.Resource] = []
    for admission in _admissions(admins, deployers, entries):
        entry = aws.eks.AccessEntry(
            f"{name}-access-{admission.key}",
            cluster_name=cluster.name,
            principal_arn=admission.principal,
            type="STANDARD",
            kubernetes_groups=admission.groups,
            user_name=admission.username,
            tags=tags,
            opts=component.child(delete_before_replace=True),  # EKS takes one entry for a role
        )
        made.append(entry)
        if admission.policy is not None:
            made.append(_policy(component, f"{name}-access-{admission.key}-policy", entry, partition, admission))
    return made


def _policy(
    component: Component, name: str, entry: "aws.eks.AccessEntry", partition: pulumi.Output[str], admission: _Admission
) -> "aws.eks.AccessPolicyAssociation":
    return aws.eks.AccessPolicyAssociation(
        name,
        cluster_name=entry.cluster_name,
        principal_arn=entry.principal_arn,
        policy_arn=pulumi.Output.format("arn:{0}:eks::aws:cluster-access-policy/{1}", partition, admission.policy),
        access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(
            type="cluster" if admission.namespaces is None else "namespace", namespaces=admission.namespaces
        ),
        # A second association of the same policy changes the first: deleting the old one last would delete both.
        opts=component.child(delete_before_replace=True),
    )


def _admissions(
    admins: Sequence[pulumi.Input[str]], deployers: Sequence[pulumi.Input[str]], entries: Sequence[EksAccessEntry]
) -> Iterator[_Admission]:
    for index, arn in enumerate(admins):
        yield _Admission(f"admin-{index}", arn, CLUSTER_ADMIN)
    for index, arn in enumerate(deployers):
        yield _Admission(f"deployer-{index}", arn, CLUSTER_ADMIN, f"{DEPLOYER_USERS}{{{{SessionName}}}}")
    for index, entry in enumerate(entries):
        policy = entry.policy and entry.policy.value
        yield _Admission(f"entry-{index}", entry.principal_arn, policy, entry.username, entry.groups or None, entry.namespaces or None)
