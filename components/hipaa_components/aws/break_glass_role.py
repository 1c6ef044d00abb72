"""Emergency access to a cluster: a role for an hour, with a second factor, whose use alerts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._names import fit
from hipaa_components._problems import Problem, arn, between, check, each, matches, optional, unique
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._common import (
    RULE_NAME_LENGTH,
    Account,
    AwsRoleArgs,
    cluster_arn_rule,
    cluster_name_rule,
    policy_document,
    role_arn_rule,
    tags_of,
)
from hipaa_components.aws._eks_access import CLUSTER_ADMIN
from hipaa_components.aws._roles import service_role
from hipaa_stack.baseline import BREAK_GLASS_SECONDS, BREAK_GLASS_USERS, JUSTIFICATION_LENGTH

_SHORTEST_SECONDS = 900
"""The shortest session that STS gives (STS API reference, AssumeRole)."""

_SIGN_IN = {"aws-cn": "https://signin.amazonaws.cn/saml", "aws-us-gov": "https://signin.amazonaws-us-gov.com/saml"}
"""Audience of SAML assertions, where it differs by partition (IAM user guide, SAML keys)."""


class AwsBreakGlassMode(StrEnum):
    """Who may take the role in an emergency."""

    IAM_USER = "IAM_USER"
    """Named IAM users, each with a second factor and a session under their own name."""
    FEDERATED = "FEDERATED"
    """Named people of an identity provider that asks for the second factor itself."""


class AwsBreakGlassSettings(Args):
    """Who may take the role in an emergency, and how they prove who they are."""

    mode: AwsBreakGlassMode
    """Who may take the role."""
    user_arns: Sequence[pulumi.Input[str]] = []
    """With IAM_USER: ARNs of the users."""
    saml_provider_arn: pulumi.Input[str] | None = None
    """With FEDERATED: ARN of the SAML provider. This or `role_arns`."""
    role_arns: Sequence[pulumi.Input[str]] = []
    """With FEDERATED: ARNs of the roles in which people sign in, whose provider sets the source identity."""
    source_identities: Sequence[str] = []
    """With FEDERATED: the exact source identities of the people."""
    mfa_statement: str | None = None
    """With FEDERATED: how the identity provider asks for the second factor, in a sentence; AWS cannot see it."""
    mfa_max_age_seconds: int = BREAK_GLASS_SECONDS
    """With IAM_USER: the second factor was given at most so many seconds ago, 900 to 3600."""

    _users = check("user_arns", unique(), each(arn("iam", r"user/[\w+=,.@/-]+", "arn:<partition>:iam::<account>:user/<path/name>")))
    _saml = check(
        "saml_provider_arn",
        optional(arn("iam", r"saml-provider/[\w._-]+", "arn:<partition>:iam::<account>:saml-provider/<name>")),
    )
    _roles = check("role_arns", unique(), each(role_arn_rule()))
    _identities = check(
        "source_identities", unique(), each(matches(r"[\w+=,.@-]{2,64}", "2 to 64 letters, digits or + = , . @ - _, without *"))
    )
    _age = check("mfa_max_age_seconds", between(_SHORTEST_SECONDS, BREAK_GLASS_SECONDS))

    def problems(self) -> Iterator[Problem]:
        """Each mode has its own people, and none of the other's."""
        if self.mode is AwsBreakGlassMode.IAM_USER:
            yield from self._problems_of_users()
        else:
            yield from self._problems_of_federation()

    def _problems_of_users(self) -> Iterator[Problem]:
        if not self.user_arns:
            yield Problem("at least one user with mode IAM_USER", "Emergency access that nobody has is none.", "user_arns", [])
        for name in ("saml_provider_arn", "role_arns", "source_identities", "mfa_statement"):
            if getattr(self, name):
                yield Problem("absent with mode IAM_USER", "Remove it, or set mode to FEDERATED.", name, getattr(self, name))

    def _problems_of_federation(self) -> Iterator[Problem]:
        if self.user_arns:
            yield Problem("absent with mode FEDERATED", "Remove it, or set mode to IAM_USER.", "user_arns", list(self.user_arns))
        if (self.saml_provider_arn is None) == (not self.role_arns):
            yield Problem(
                "saml_provider_arn or role_arns, one of them", "Say where people sign in.", "saml_provider_arn", self.saml_provider_arn
            )
        if not self.source_identities:
            yield Problem("at least one with mode FEDERATED", "Every use must trace to one person.", "source_identities", [])
        if len((self.mfa_statement or "").strip()) < JUSTIFICATION_LENGTH:
            accepted = f"at least {JUSTIFICATION_LENGTH} characters saying how the identity provider asks for a second factor"
            yield Problem(accepted, "Federated sessions tell AWS nothing of it.", "mfa_statement", self.mfa_statement)


class AwsBreakGlassRoleArgs(AwsBreakGlassSettings, AwsRoleArgs):
    """Arguments of AwsBreakGlassRole."""

    cluster_name: str
    """Name of the EKS cluster."""
    cluster_arn: pulumi.Input[str]
    """ARN of the EKS cluster."""
    topic_arn: pulumi.Input[str]
    """ARN of the SNS topic that hears of every use."""

    _cluster_name = check("cluster_name", cluster_name_rule())
    _cluster_arn = check("cluster_arn", cluster_arn_rule())
    _topic = check("topic_arn", arn("sns", r"[\w-]+(\.fifo)?", "arn:<partition>:sns:<region>:<account>:<topic>"))


class AwsBreakGlassRole(Component):
    """The emergency access procedure of a cluster: named people, a second factor, one hour, an alert at every use.

    Serves 164.312(a)(2)(ii) and 164.312(d). In the cluster the person is `hipaa-break-glass:<session>`, a cluster
    administrator; audit alerts page on every action of these users. The alert on STS sees the component's own region;
    the alerts of the audit log are the record.
    """

    role_arn: pulumi.Output[str]
    """ARN of the role to take in an emergency."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsBreakGlassRoleArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the role, its access to the cluster and the alert. Raises ArgsError."""
        args = AwsBreakGlassRoleArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        partition = Account.of(self).partition
        made = service_role(
            self,
            f"{name}-role",
            partition,
            trust=self._trust(args, partition),
            policy=pulumi.Output.from_input(args.cluster_arn).apply(describe_policy),
            boundary=args.permissions_boundary_arn,
            longest_session=BREAK_GLASS_SECONDS,
            tags=tags_of(args),
        )
        self.role_arn = made.role.arn
        self._access(name, args, partition)
        self._alert(name, args)
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _trust(self, args: AwsBreakGlassRoleArgs, partition: pulumi.Output[str]) -> pulumi.Output[str]:
        if args.mode is AwsBreakGlassMode.IAM_USER:
            return pulumi.Output.all(*args.user_arns).apply(lambda users: user_trust(users, args.mfa_max_age_seconds))
        if args.saml_provider_arn is not None:
            return pulumi.Output.all(args.saml_provider_arn, partition).apply(
                lambda known: saml_trust(known[0], known[1], args.source_identities)
            )
        return pulumi.Output.all(*args.role_arns).apply(lambda roles: role_trust(roles, args.source_identities))

    def _access(self, name: str, args: AwsBreakGlassRoleArgs, partition: pulumi.Output[str]) -> None:
        entry = aws.eks.AccessEntry(
            f"{name}-entry",
            cluster_name=args.cluster_name,
            principal_arn=self.role_arn,
            type="STANDARD",
            user_name=f"{BREAK_GLASS_USERS}{{{{SessionName}}}}",
            tags=tags_of(args),
            opts=self.child(),
        )
        aws.eks.AccessPolicyAssociation(
            f"{name}-admin",
            cluster_name=args.cluster_name,
            principal_arn=entry.principal_arn,
            policy_arn=pulumi.Output.format("arn:{0}:eks::aws:cluster-access-policy/{1}", partition, CLUSTER_ADMIN),
            access_scope={"type": "cluster"},
            opts=self.child(),
        )

    def _alert(self, name: str, args: AwsBreakGlassRoleArgs) -> None:
        rule = aws.cloudwatch.EventRule(
            f"{name}-use",
            name=fit(f"{name}-use", RULE_NAME_LENGTH),
            description="Somebody took the emergency access role.",
            event_pattern=self.role_arn.apply(use_pattern),
            state="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",  # AssumeRole is a read event, which ENABLED leaves out
            tags=tags_of(args),
            opts=self.child(),
        )
        aws.cloudwatch.EventTarget(f"{name}-topic", rule=rule.name, arn=args.topic_arn, opts=self.child())


def user_trust(user_arns: Sequence[str], mfa_seconds: int) -> str:
    """The trust policy for named users. `Bool`, never `BoolIfExists`: a session without the key must not pass."""
    conditions = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": str(mfa_seconds)},
        "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
    }
    return _trust({"AWS": sorted(user_arns)}, ["sts:AssumeRole"], conditions)


def saml_trust(provider_arn: str, partition: str, source_identities: Sequence[str]) -> str:
    """The trust policy for named people of a SAML provider."""
    audience = _SIGN_IN.get(partition, "https://signin.aws.amazon.com/saml")
    conditions = {"StringEquals": {"SAML:aud": audience, "sts:SourceIdentity": sorted(source_identities)}}
    return _trust({"Federated": provider_arn}, ["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"], conditions)


def role_trust(role_arns: Sequence[str], source_identities: Sequence[str]) -> str:
    """The trust policy for named people who signed in to other roles under a source identity."""
    conditions = {"StringEquals": {"sts:SourceIdentity": sorted(source_identities)}}
    return _trust({"AWS": sorted(role_arns)}, ["sts:AssumeRole", "sts:SetSourceIdentity"], conditions)


def describe_policy(cluster_arn: str) -> str:
    """What the role may do in AWS: find the cluster's endpoint."""
    return policy_document([{"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": cluster_arn}])


def use_pattern(role_arn: str) -> str:
    """The events of somebody taking the role."""
    detail = {
        "eventSource": ["sts.amazonaws.com"],
        "eventName": ["AssumeRole", "AssumeRoleWithSAML"],
        "requestParameters": {"roleArn": [role_arn]},
    }
    return json.dumps({"source": ["aws.sts"], "detail-type": ["AWS API Call via CloudTrail"], "detail": detail}, sort_keys=True)


def _trust(principal: Mapping[str, Any], actions: Sequence[str], conditions: Mapping[str, Any]) -> str:
    return policy_document([{"Effect": "Allow", "Principal": principal, "Action": list(actions), "Condition": conditions}])
