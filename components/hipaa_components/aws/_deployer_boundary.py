"""The most that a role made by the deployer can ever do, whatever policies the deployer gives it.

A deployer that were taken over could make a role for itself. So this policy bounds every role that it can make to what
the components' roles need, and refuses, also to what a resource policy grants, whatever would free such a role, change
a safeguard or open the state.
"""

from collections.abc import Sequence
from typing import Any, Final

from hipaa_components.aws._common import policy_document
from hipaa_components.aws._deployer_policy import NEVER, destroying
from hipaa_components.aws._roles import BOOTSTRAP_PATH, ROLE_PATH

_EC2: Final = (
    "AssignPrivateIpAddresses AttachNetworkInterface AttachVolume AuthorizeSecurityGroupIngress CopyVolumes "
    "CreateNetworkInterface CreateNetworkInterfacePermission CreateRoute CreateSecurityGroup CreateSnapshot CreateTags CreateVolume DeleteNetworkInterface "
    "DeleteRoute DeleteSecurityGroup DeleteSnapshot DeleteTags DeleteVolume Describe* DetachNetworkInterface DetachVolume "
    "EnableFastSnapshotRestores ModifyInstanceAttribute ModifyNetworkInterfaceAttribute ModifyVolume RevokeSecurityGroupIngress UnassignPrivateIpAddresses"
)
_S3: Final = (
    "AbortMultipartUpload GetBucketAcl GetBucketLocation GetObject GetObjectVersion GetObjectVersionAcl GetObjectVersionForReplication "
    "GetObjectVersionTagging GetReplicationConfiguration ListBucket ListBucketMultipartUploads ObjectOwnerOverrideToBucketOwner PutObject "
    "ReplicateObject ReplicateTags"
)
_AGENT: Final = (
    "DescribeAssociation DescribeDocument GetDeployablePatchSnapshotForInstance GetDocument GetManifest ListAssociations "
    "ListInstanceAssociations PutComplianceItems PutConfigurePackageResult PutInventory UpdateAssociationStatus "
    "UpdateInstanceAssociationStatus UpdateInstanceInformation"
)

ALLOWED: Final = {
    "autoscaling": "DescribeAutoScalingGroups UpdateAutoScalingGroup",
    "codebuild": "BatchGetBuilds StartBuild StopBuild",
    "ec2": _EC2,
    "ec2messages": "*",
    "ecr": (
        "BatchCheckLayerAvailability BatchGetImage BatchImportUpstreamImage CreateRepository GetAuthorizationToken "
        "GetDownloadUrlForLayer ReplicateImage TagResource"
    ),
    "eks": "DescribeCluster",
    "eks-auth": "AssumeRoleForPodIdentity",
    "elasticloadbalancing": "*",
    "firehose": "PutRecord PutRecordBatch",
    "kms": "Decrypt DescribeKey Encrypt GenerateDataKey* ListGrants ReEncrypt* RetireGrant",
    "logs": "CreateLogStream DescribeLogGroups DescribeLogStreams PutLogEvents",
    "s3": _S3,
    "secretsmanager": "DescribeSecret GetSecretValue",
    "ssm": f"{_AGENT} ResumeSession StartSession TerminateSession",
    "ssmmessages": "*",
}
"""Service -> what roles of clusters, nodes, add-ons, logs, archives, mirrors, runners, operators and workloads do on any resource."""

REFUSED: Final = (
    "account:*",
    "cloudtrail:*",
    "guardduty:*",
    "kms:PutKeyPolicy",
    "logs:PutRetentionPolicy",
    "organizations:*",
    "s3:DeleteBucket*",
    "s3:PutBucket*",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
)
"""Changes of safeguards, besides the destruction of records."""


def boundary_policy(account: str, partition: str, *, buckets: Sequence[str], keys: Sequence[str]) -> str:
    """The permissions boundary of every role that the deployer makes.

    Args:
        account: id of the account.
        partition: its partition, such as `aws`.
        buckets: ARNs of the buckets of the state.
        keys: ARNs of the keys of the state.
    """
    iam = f"arn:{partition}:iam::{account}"
    ours, deployers = f"{iam}:role{ROLE_PATH}*", f"{iam}:role{BOOTSTRAP_PATH}*"
    records = [
        action
        for action in (*NEVER, *sorted(destroying()))
        if not action.startswith(("cloudtrail:", "guardduty:", "iam:", "s3:DeleteBucket"))
    ]
    return policy_document(
        [
            _statement("Allow", "Roles", sorted(f"{service}:{name}" for service, names in ALLOWED.items() for name in names.split())),
            {
                **_statement("Allow", "Grants", ["kms:CreateGrant", "kms:RevokeGrant"]),
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            },
            _statement(
                "Allow", "PublicParameters", ["ssm:GetParameter", "ssm:GetParameters"], f"arn:{partition}:ssm:*::parameter/aws/service/*"
            ),
            {
                **_statement("Allow", "LoadBalancers", ["iam:CreateServiceLinkedRole"], f"{iam}:role/aws-service-role/*"),
                "Condition": {"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}},
            },
            _statement("Allow", "OtherRoles", ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], [ours, deployers]),
            {"Sid": "NeverIdentities", "Effect": "Deny", "NotAction": ["iam:CreateServiceLinkedRole", "sts:*"], "Resource": f"{iam}:*"},
            _statement("Deny", "NeverSafeguards", sorted({*REFUSED, *records})),
            _statement("Deny", "NeverTheState", ["s3:*"], [arn for bucket in buckets for arn in (bucket, f"{bucket}/*")]),
            _statement("Deny", "NeverTheStatesKeys", ["kms:*"], list(keys)),
        ]
    )


def _statement(effect: str, sid: str, actions: list[str], resources: str | list[str] = "*") -> dict[str, Any]:
    return {"Sid": sid, "Effect": effect, "Action": actions, "Resource": resources}
