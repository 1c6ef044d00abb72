"""What a deployer may do: exactly what its components need, nothing that would free it of its limits.

IAM bounds a managed policy to 6,144 characters and a role to ten of them, so the rights come in a few policies by subject.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from hipaa_components.aws._common import policy_document
from hipaa_components.aws._deployer_actions import ACTIONS, DESTRUCTION
from hipaa_components.aws._deployer_components import AwsDeployedComponent, types_of
from hipaa_components.aws._roles import BOOTSTRAP_PATH, ROLE_PATH, SAML_PROVIDER_PREFIX

GUARD: Final = "guard"
"""The policy with the state's own rights and with what is refused whatever else is granted."""

_PARTS: Final = {
    "network": ("acm", "ec2", "network-firewall", "route53"),
    "clusters": ("codebuild", "ecr", "eks", "guardduty", "inspector2", "lambda", "ssm"),
    "records": ("cloudtrail", "cloudwatch", "events", "firehose", "kms", "logs", "s3", "secretsmanager", "sns"),
    "identities": ("iam",),
}
"""Policy -> the services that it is about."""

MANAGED_POLICIES: Final = (
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
    "service-role/AmazonEBSCSIDriverPolicy",
)
"""The policies of AWS that roles of the components have: no other can be attached."""

PASSED_TO: Final = ("cloudtrail", "codebuild", "ec2", "ecr", "eks", "firehose", "logs", "pods.eks", "s3", "vpc-flow-logs")
"""The services that roles of the components are for: to no other can a role be passed."""

SERVICE_ROLES: Final = (
    "agentless.inspector2",
    "autoscaling",
    "clientvpn",
    "clientvpn-connections",
    "eks",
    "eks-nodegroup",
    "guardduty",
    "inspector2",
    "network-firewall",
    "pullthroughcache.ecr",
    "spot",
)
"""The services that may get their service-linked role, which AWS defines, when the account uses them for the first time."""

_LIMITED: Final = {
    **dict.fromkeys(
        ("iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"),
        "BoundedRoles",
    ),
    **dict.fromkeys(("iam:AttachRolePolicy", "iam:DetachRolePolicy"), "ManagedPolicies"),
    **dict.fromkeys(("kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"), "VolumeKeys"),
    "iam:CreateServiceLinkedRole": "ServiceRoles",
    "iam:PassRole": "PassedRoles",
    "kms:CreateGrant": "Grants",
}
"""Action -> the statement whose condition limits it."""

STATE_ACTIONS: Final = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject")
"""What Pulumi does with a bucket that holds its state; former versions of a state are not among it."""

STATE_KEY_ACTIONS: Final = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
"""What S3 and Pulumi do with the keys of the state on behalf of the deployer."""

NEVER: Final = ("cloudtrail:StopLogging", "kms:DisableKey")
"""What no deployer does, not even of synthetic data."""


class DeployerScope(NamedTuple):
    """Where a deployer works, and what guards it."""

    account: str
    region: str
    partition: str
    boundary_arn: str
    provider_arn: str
    """ARN of the identity provider that CI signs in with."""
    bucket_arn: str
    access_log_arn: str
    """ARN of the bucket that says who read the state."""
    state_key_arn: str
    secrets_key_arn: str

    def iam(self, *resources: str) -> list[str]:
        """ARNs of IAM resources of the account such as `role/…`."""
        return [f"arn:{self.partition}:iam::{self.account}:{resource}" for resource in resources]

    @property
    def bucket(self) -> list[str]:
        """The state and its bucket."""
        return [self.bucket_arn, f"{self.bucket_arn}/*"]

    @property
    def access_log(self) -> list[str]:
        """The record of who read the state, and its bucket."""
        return [self.access_log_arn, f"{self.access_log_arn}/*"]

    @property
    def keys(self) -> list[str]:
        """The keys of the state and of the secrets in it."""
        return [self.secrets_key_arn, self.state_key_arn]


def deployer_policies(components: Iterable[AwsDeployedComponent], scope: DeployerScope, *, synthetic: bool = False) -> dict[str, str]:
    """The policies of a deployer of these components, by their subject; with `synthetic` it may destroy records, too."""
    granted = {part: _grants(actions, scope) for part, actions in actions_by_part(components, synthetic=synthetic).items()}
    return {**granted, GUARD: _guard(scope, synthetic=synthetic)}


def actions_by_part(components: Iterable[AwsDeployedComponent], *, synthetic: bool) -> dict[str, list[str]]:
    """Subject -> the actions that the components need, subjects without any left out."""
    types = types_of(components)
    needed = {action for type_ in types for action in (*ACTIONS[type_], *(DESTRUCTION.get(type_, ()) if synthetic else ()))}
    parts = {part: sorted(action for action in needed if action.split(":")[0] in services) for part, services in _PARTS.items()}
    return {part: actions for part, actions in parts.items() if actions}


def _grants(actions: Iterable[str], scope: DeployerScope) -> str:
    """Names and ids of what is made are not known before: where AWS has no condition that tells ours, the resource is `*`."""
    statements: dict[str, dict[str, Any]] = {}
    limits = _limits(scope)
    for action in actions:
        sid = _LIMITED.get(action) or _subject(action)
        statements.setdefault(sid, {"Sid": sid, "Effect": "Allow", "Action": [], "Resource": "*", **limits.get(sid, {})})["Action"].append(
            action
        )
    return policy_document(list(statements.values()))


def _subject(action: str) -> str:
    """The statement of an action without a condition: that of its service, in IAM that of its kind of resource."""
    service, name = action.split(":")
    if service == "iam" and not name.endswith(("Role", "Policies", "RolePolicy", "Status", "ForRole")):
        return "SamlProviders" if "SAML" in name else "ClusterIssuers" if "OpenIDConnect" in name else "InstanceProfiles"
    if action == "ssm:GetParameter":
        return "PublicParameters"
    return "".join(word.capitalize() for word in service.split("-"))


def _limits(scope: DeployerScope) -> Mapping[str, Mapping[str, Any]]:
    """Statement -> the resources and the condition that limit it."""
    ours = scope.iam(f"role{ROLE_PATH}*")
    bounded = {"iam:PermissionsBoundary": scope.boundary_arn}
    attachable = [f"arn:{scope.partition}:iam::aws:policy/{name}" for name in MANAGED_POLICIES]
    return {
        "Iam": {"Resource": [*ours, *scope.iam("role/aws-service-role/*")]},
        "BoundedRoles": {"Resource": ours, "Condition": {"StringEquals": bounded}},
        "ManagedPolicies": {"Resource": ours, "Condition": {"StringEquals": bounded, "ArnEquals": {"iam:PolicyARN": attachable}}},
        "PassedRoles": {"Resource": ours, "Condition": {"StringEquals": {"iam:PassedToService": _principals(PASSED_TO)}}},
        "ServiceRoles": {
            "Resource": scope.iam("role/aws-service-role/*"),
            "Condition": {"StringEquals": {"iam:AWSServiceName": _principals(SERVICE_ROLES)}},
        },
        "InstanceProfiles": {"Resource": scope.iam(f"instance-profile{ROLE_PATH}*")},
        "ClusterIssuers": {"Resource": scope.iam("oidc-provider/oidc.eks.*")},
        "SamlProviders": {"Resource": scope.iam(f"saml-provider/{SAML_PROVIDER_PREFIX}*")},
        "Grants": {"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
        "VolumeKeys": {"Condition": {"StringEquals": {"kms:ViaService": f"ec2.{scope.region}.amazonaws.com"}}},
        "PublicParameters": {"Resource": f"arn:{scope.partition}:ssm:*::parameter/aws/service/*"},
    }


def _principals(services: Iterable[str]) -> list[str]:
    return [f"{service}.amazonaws.com" for service in services]


def _guard(scope: DeployerScope, *, synthetic: bool) -> str:
    """The state's own rights, and refusals that hold whatever else is ever attached to the role."""
    own = [*scope.iam(f"role{BOOTSTRAP_PATH}*", f"policy{BOOTSTRAP_PATH}*"), scope.provider_arn]
    unbounded = {"StringNotEquals": {"iam:PermissionsBoundary": scope.boundary_arn}}
    return policy_document(
        [
            _statement("Allow", "State", STATE_ACTIONS, scope.bucket),
            _statement("Allow", "StateKeys", STATE_KEY_ACTIONS, scope.keys),
            _statement("Allow", "OwnRole", ["iam:GetRole"], scope.iam(f"role{BOOTSTRAP_PATH}*")),
            {"Sid": "NotItself", "Effect": "Deny", "NotAction": ["iam:Get*", "iam:List*"], "Resource": own},
            {"Sid": "NotTheStatesBucket", "Effect": "Deny", "NotAction": list(STATE_ACTIONS), "Resource": scope.bucket},
            _statement("Deny", "NotTheStatesRecord", ["s3:*"], scope.access_log),
            {"Sid": "NotTheStatesKeys", "Effect": "Deny", "NotAction": list(STATE_KEY_ACTIONS), "Resource": scope.keys},
            _statement("Deny", "NeverUnbound", ["iam:DeleteRolePermissionsBoundary"], "*"),
            {**_statement("Deny", "NeverUnbounded", ["iam:CreateRole", "iam:PutRolePermissionsBoundary"], "*"), "Condition": unbounded},
            _statement("Deny", "NeverTheRecords", NEVER if synthetic else sorted({*NEVER, *destroying()}), "*"),
        ]
    )


def destroying() -> set[str]:
    """The actions that destroy records. A state is replaced by deleting objects, so that one is granted for the state only."""
    actions = {action for actions in DESTRUCTION.values() for action in actions}
    return {action for action in actions - {*STATE_ACTIONS} if not action.split(":")[1].startswith(("Get", "List"))}


def _statement(effect: str, sid: str, actions: Iterable[str], resources: str | list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": resources}
