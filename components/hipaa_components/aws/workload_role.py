"""The AWS role of one Kubernetes service account: it reads the secrets that are named, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, arn, check, each, matches, not_empty, optional, unique
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._common import (
    Account,
    AwsRoleArgs,
    cluster_arn_rule,
    cluster_name_rule,
    key_arn_rule,
    policy_document,
    tags_of,
)
from hipaa_components.aws._roles import service_role

_DNS_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DNS_SUBDOMAIN = r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?"


class AwsWorkloadIdentity(StrEnum):
    """How a pod proves to AWS which service account it has."""

    POD_IDENTITY = "POD_IDENTITY"
    """EKS Pod Identity: the association names the account; no annotation, no OIDC provider."""
    IRSA = "IRSA"
    """A web identity token of the cluster's OIDC issuer: what `serviceAccountRef` of External Secrets needs."""


class AwsWorkloadRoleSettings(Args):
    """Whose role it is, and what it reads."""

    namespace: str
    """Namespace of the service account."""
    service_account: str
    """Name of the service account."""
    secret_arns: Sequence[pulumi.Input[str]]
    """ARNs of the secrets in Secrets Manager that the workload may read."""
    key_arns: Sequence[pulumi.Input[str]]
    """ARNs of the keys that encrypt these secrets."""
    mode: AwsWorkloadIdentity = AwsWorkloadIdentity.POD_IDENTITY
    """How a pod proves which service account it has."""

    _namespace = check("namespace", matches(_DNS_LABEL, "a Kubernetes namespace: 1 to 63 lower-case letters, digits or -"))
    _account = check(
        "service_account",
        matches(
            rf"(?!default$){_DNS_SUBDOMAIN}",
            "a service account other than default: lower-case letters, digits, - or .",
            "Every pod that names no account has `default`.",
        ),
    )
    _secrets = check(
        "secret_arns",
        not_empty(),
        unique(),
        each(
            arn(
                "secretsmanager",
                r"secret:[A-Za-z0-9/_+=.@-]+",
                "arn:<partition>:secretsmanager:<region>:<account>:secret:<name>, without *",
            )
        ),
    )
    _keys = check(
        "key_arns", not_empty("Secrets are encrypted with keys of your own."), unique(), each(key_arn_rule("IAM knows no aliases."))
    )


class AwsWorkloadRoleArgs(AwsWorkloadRoleSettings, AwsRoleArgs):
    """Arguments of AwsWorkloadRole."""

    cluster_name: str
    """Name of the EKS cluster."""
    cluster_arn: pulumi.Input[str]
    """ARN of the EKS cluster: pods of another cluster with the same names are refused."""
    oidc_issuer: pulumi.Input[str] | None = None
    """Issuer URL of the cluster, only with IRSA; an IAM OIDC provider for it exists in the account."""

    _cluster_name = check("cluster_name", cluster_name_rule())
    _cluster_arn = check("cluster_arn", cluster_arn_rule())
    _issuer = check(
        "oidc_issuer",
        optional(matches(r"https://[a-z0-9.-]+(/[\w-]+)*", "the https:// URL of the cluster's issuer")),
    )

    def problems(self) -> Iterator[Problem]:
        """The issuer belongs to IRSA."""
        irsa = self.mode is AwsWorkloadIdentity.IRSA
        if irsa != (self.oidc_issuer is not None):
            yield Problem(
                "the issuer of the cluster with mode IRSA, none with POD_IDENTITY",
                "It is an output of EksCluster." if irsa else "Remove it, or set mode to IRSA.",
                "oidc_issuer",
                self.oidc_issuer,
            )


class AwsWorkloadRole(Component):
    """A role that one service account of one cluster assumes, to read named secrets.

    Serves 164.312(a)(1), 164.312(d) and 164.308(a)(4)(ii)(B). Actions in AWS trace back to the pod: the session carries
    the cluster, the namespace and the account.
    """

    role_arn: pulumi.Output[str]
    """ARN of the role."""
    annotations: pulumi.Output[dict[str, str]]
    """What the service account must be annotated with: nothing with POD_IDENTITY."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsWorkloadRoleArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the role, its policy and, with POD_IDENTITY, the association. Raises ArgsError."""
        args = AwsWorkloadRoleArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        account = Account.of(self)
        made = service_role(
            self,
            f"{name}-role",
            account.partition,
            trust=self._trust(args, account),
            policy=pulumi.Output.all(secrets=args.secret_arns, keys=args.key_arns, region=account.region).apply(
                lambda known: secrets_policy(known["secrets"], known["keys"], known["region"])
            ),
            boundary=args.permissions_boundary_arn,
            tags=tags_of(args),
        )
        self.role_arn = made.role.arn
        if args.mode is AwsWorkloadIdentity.POD_IDENTITY:
            aws.eks.PodIdentityAssociation(
                f"{name}-association",
                cluster_name=args.cluster_name,
                namespace=args.namespace,
                service_account=args.service_account,
                role_arn=made.role.arn,
                tags=tags_of(args),
                opts=self.child(depends_on=made.grants),
            )
            self.annotations = pulumi.Output.from_input({})
        else:
            self.annotations = made.role.arn.apply(lambda arn: {"eks.amazonaws.com/role-arn": arn})
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _trust(self, args: AwsWorkloadRoleArgs, account: Account) -> pulumi.Output[str]:
        subject = (args.namespace, args.service_account)
        if args.oidc_issuer is None:
            return pulumi.Output.all(account.id, args.cluster_arn).apply(lambda known: workload_trust(known[0], known[1], *subject))
        return pulumi.Output.all(account.id, account.partition, args.oidc_issuer).apply(
            lambda known: web_identity_trust(known[0], known[1], known[2], *subject)
        )


def workload_trust(account: str, cluster_arn: str, namespace: str, service_account: str) -> str:
    """The trust policy for one service account through Pod Identity, which tags the session (EKS user guide)."""
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {
                        "aws:SourceAccount": account,
                        "aws:RequestTag/kubernetes-namespace": namespace,
                        "aws:RequestTag/kubernetes-service-account": service_account,
                    },
                    "ArnEquals": {"aws:SourceArn": cluster_arn},
                },
            }
        ]
    )


def web_identity_trust(account: str, partition: str, issuer: str, namespace: str, service_account: str) -> str:
    """The trust policy for one service account through the cluster's OIDC issuer (EKS user guide, IRSA)."""
    host = issuer.removeprefix("https://")
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:{partition}:iam::{account}:oidc-provider/{host}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{host}:aud": "sts.amazonaws.com",
                        f"{host}:sub": f"system:serviceaccount:{namespace}:{service_account}",
                    }
                },
            }
        ]
    )


def secrets_policy(secret_arns: Sequence[str], key_arns: Sequence[str], region: str) -> str:
    """What the workload may do: read these secrets, and decrypt with these keys through Secrets Manager only."""
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                "Resource": sorted(secret_arns),
            },
            {
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": sorted(key_arns),
                "Condition": {"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}},
            },
        ]
    )
