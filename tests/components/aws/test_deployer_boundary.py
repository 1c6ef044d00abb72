"""The bounds of every role that the deployer makes: each of the components' roles works within them, and none gets out."""

import json

import pytest

from hipaa_components.aws._deployer_boundary import boundary_policy
from hipaa_components.aws._deployer_policy import MANAGED_POLICIES

from .iam import allows, size, snapshots

IAM = "arn:aws:iam::123456789012"
BUCKETS = ["arn:aws:s3:::backend-state-1", "arn:aws:s3:::backend-access-1"]
KEYS = [f"arn:aws:kms:us-east-1:123456789012:key/{part}" for part in ("state", "secrets")]
BOUNDARY = boundary_policy("123456789012", "aws", buckets=BUCKETS, keys=KEYS)
ADMINISTRATOR = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
SERVICE = {"kms__GrantIsForAWSResource": "true", "iam__AWSServiceName": "elasticloadbalancing.amazonaws.com"}


def bounded(action, resource, **context):
    """Whether a role that has every right may do it: as with a boundary, both must allow."""
    return allows([BOUNDARY], action, resource, **context)


# What roles need -----------------------------------------------------------------------------------------------------


def own_policies():
    """(role and statement, action, resource) of every policy that the components give to their roles."""
    for component, items in snapshots().items():
        for key, item in items.items():
            if key.startswith("aws:iam/rolePolicy:"):
                for statement in item["inputs"]["policy"]["JSON"]["Statement"]:
                    actions, resources = statement["Action"], statement["Resource"]
                    for action in [actions] if isinstance(actions, str) else actions:
                        for resource in [resources] if isinstance(resources, str) else resources:
                            yield f"{component} {key.split()[1]}", action, resource


def test_every_role_of_the_components_works_within_the_bounds():
    needed = {(role, action, resource) for role, action, resource in own_policies()}
    assert len({role for role, _, _ in needed}) > 12
    assert {component for role, _, _ in needed for component in role.split()[:1]} == {
        "AwsAuditArchive", "AwsAuditLogs", "AwsBreakGlassRole", "AwsImageMirror", "AwsNetwork", "AwsPrivateAccess", "AwsWorkloadRole",
        "EksAddons", "EksCluster", "EksPlatform",
    }  # fmt: skip
    deployer = "role/hipaa-stack-bootstrap/backend-deployer-1"
    taken = {"role/deployer": deployer, "role/platform-deployer": deployer}
    refused = []
    for role, action, given in needed:
        resource = next((given.replace(end, real) for end, real in taken.items() if given.endswith(end)), given)
        if not bounded(action.replace("*", ""), resource, **SERVICE):
            refused.append((role, action, resource))
    assert refused == []


MANAGED = {
    "AmazonEC2ContainerRegistryPullOnly": {
        "ecr": "BatchGetImage BatchImportUpstreamImage GetAuthorizationToken GetDownloadUrlForLayer",
    },
    "AmazonEKSClusterPolicy": {
        "autoscaling": "DescribeAutoScalingGroups UpdateAutoScalingGroup",
        "ec2": (
            "AttachVolume AuthorizeSecurityGroupIngress CreateRoute CreateSecurityGroup CreateTags CreateVolume DeleteNetworkInterface "
            "DeleteRoute DeleteSecurityGroup DeleteVolume DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones "
            "DescribeDhcpOptions DescribeInstanceTopology DescribeInstances DescribeInternetGateways DescribeNetworkInterfaces "
            "DescribeRouteTables DescribeSecurityGroups DescribeSubnets DescribeVolumes DescribeVolumesModifications DescribeVpcs "
            "DetachVolume ModifyInstanceAttribute ModifyVolume RevokeSecurityGroupIngress"
        ),
        "elasticloadbalancing": "AddTags ConfigureHealthCheck CreateLoadBalancer CreateTargetGroup DeleteLoadBalancer RegisterTargets",
        "iam": "CreateServiceLinkedRole",
        "kms": "DescribeKey",
    },
    "AmazonEKSWorkerNodePolicy": {
        "ec2": "DescribeInstanceTypes DescribeInstances DescribeSubnets DescribeVolumes DescribeVpcs",
        "eks": "DescribeCluster",
        "eks-auth": "AssumeRoleForPodIdentity",
    },
    "AmazonEKS_CNI_Policy": {
        "ec2": (
            "AssignPrivateIpAddresses AttachNetworkInterface CreateNetworkInterface CreateTags DeleteNetworkInterface DescribeInstances "
            "DescribeTags DetachNetworkInterface ModifyNetworkInterfaceAttribute UnassignPrivateIpAddresses"
        ),
    },
    "AmazonSSMManagedInstanceCore": {
        "ec2messages": "AcknowledgeMessage DeleteMessage FailMessage GetEndpoint GetMessages SendReply",
        "ssm": (
            "DescribeAssociation DescribeDocument GetDeployablePatchSnapshotForInstance GetDocument GetManifest ListAssociations "
            "ListInstanceAssociations PutComplianceItems PutConfigurePackageResult PutInventory UpdateAssociationStatus "
            "UpdateInstanceAssociationStatus UpdateInstanceInformation"
        ),
        "ssmmessages": "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel",
    },
    "service-role/AmazonEBSCSIDriverPolicy": {
        "ec2": (
            "AttachVolume CopyVolumes CreateSnapshot CreateTags CreateVolume DeleteSnapshot DeleteTags DeleteVolume DescribeSnapshots "
            "DescribeVolumeStatus DetachVolume EnableFastSnapshotRestores ModifyVolume"
        ),
    },
}
"""What the policies of AWS allow (AWS managed policy reference), less what the bounds leave out on purpose."""


@pytest.mark.parametrize("policy", sorted(MANAGED))
def test_what_a_policy_of_aws_allows_stays_possible(policy):
    actions = [f"{service}:{name}" for service, names in MANAGED[policy].items() for name in names.split()]
    linked = f"{IAM}:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"
    assert [action for action in actions if not bounded(action, linked if action.startswith("iam:") else "arn:aws:any", **SERVICE)] == []


def test_every_policy_of_aws_is_looked_at():
    assert sorted(MANAGED) == sorted(MANAGED_POLICIES)


def test_parameters_of_the_account_are_not_for_nodes_whatever_the_policy_of_aws_says():
    assert bounded("ssm:GetParameter", "arn:aws:ssm:us-east-1::parameter/aws/service/bottlerocket/latest")
    assert not bounded("ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/clinic/password")


# What no role may do -------------------------------------------------------------------------------------------------

NEVER = [
    ("a role", "iam:CreateRole", f"{IAM}:role/hipaa-stack/more"),
    ("a role freed of its bounds", "iam:DeleteRolePermissionsBoundary", f"{IAM}:role/hipaa-stack/own"),
    ("a policy for itself", "iam:PutRolePolicy", f"{IAM}:role/hipaa-stack/own"),
    ("a user", "iam:CreateUser", f"{IAM}:user/jane"),
    ("a role passed on", "iam:PassRole", f"{IAM}:role/hipaa-stack/own"),
    ("new bounds", "iam:CreatePolicyVersion", f"{IAM}:policy/hipaa-stack-bootstrap/backend-boundary-1"),
    ("the state read", "s3:GetObject", f"{BUCKETS[0]}/.pulumi/stacks/clinic/prod.json"),
    ("the state written", "s3:PutObject", f"{BUCKETS[0]}/.pulumi/stacks/clinic/prod.json"),
    ("the record of readers deleted", "s3:DeleteObject", f"{BUCKETS[1]}/state/1"),
    ("a state decrypted", "kms:Decrypt", KEYS[0]),
    ("the secrets of a state decrypted", "kms:Decrypt", KEYS[1]),
    ("a key given away", "kms:PutKeyPolicy", "arn:aws:kms:us-east-1:123456789012:key/data"),
    ("a key destroyed", "kms:ScheduleKeyDeletion", "arn:aws:kms:us-east-1:123456789012:key/data"),
    ("a key off", "kms:DisableKey", "arn:aws:kms:us-east-1:123456789012:key/data"),
    ("the trail stopped", "cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:123456789012:trail/clinic"),
    ("the trail deleted", "cloudtrail:DeleteTrail", "arn:aws:cloudtrail:us-east-1:123456789012:trail/clinic"),
    ("detection off", "guardduty:DeleteDetector", "arn:aws:guardduty:us-east-1:123456789012:detector/1"),
    ("a lock bypassed", "s3:BypassGovernanceRetention", "arn:aws:s3:::archive-1/a"),
    ("an archive deleted", "s3:DeleteObjectVersion", "arn:aws:s3:::archive-1/a"),
    ("a bucket opened", "s3:PutBucketPolicy", "arn:aws:s3:::archive-1"),
    ("a log group deleted", "logs:DeleteLogGroup", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/clinic/cluster"),
    ("logs kept shorter", "logs:PutRetentionPolicy", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/clinic/cluster"),
    ("logs no longer archived", "logs:DeleteSubscriptionFilter", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/clinic/cluster"),
    ("a secret destroyed", "secretsmanager:DeleteSecret", "arn:aws:secretsmanager:us-east-1:123456789012:secret:clinic"),
    ("the account left", "organizations:LeaveOrganization", "*"),
]


@pytest.mark.parametrize(("what", "action", "resource"), NEVER, ids=[row[0] for row in NEVER])
def test_never_even_where_a_policy_of_the_resource_allows_it(what, action, resource):
    assert not allows([BOUNDARY, ADMINISTRATOR], action, resource, **SERVICE), what


OUT_OF_REACH = [
    ("a role of somebody else", "sts:AssumeRole", f"{IAM}:role/admin", {}),
    ("another account", "sts:AssumeRole", "arn:aws:iam::210987654321:role/hipaa-stack/x", {}),
    ("a grant for somebody", "kms:CreateGrant", "arn:aws:kms:us-east-1:123456789012:key/data", {"kms__GrantIsForAWSResource": "false"}),
    ("a snapshot shared", "ec2:ModifySnapshotAttribute", "arn:aws:ec2:us-east-1::snapshot/snap-1", {}),
    ("an instance", "ec2:RunInstances", "arn:aws:ec2:us-east-1:123456789012:instance/*", {}),
    ("a database", "rds:CreateDBInstance", "arn:aws:rds:us-east-1:123456789012:db:clinic", {}),
    ("a new secret", "secretsmanager:PutSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:clinic", {}),
    (
        "another service-linked role",
        "iam:CreateServiceLinkedRole",
        f"{IAM}:role/aws-service-role/x",
        {"iam__AWSServiceName": "x.amazonaws.com"},
    ),
]


@pytest.mark.parametrize(("what", "action", "resource", "context"), OUT_OF_REACH, ids=[row[0] for row in OUT_OF_REACH])
def test_does_not_reach(what, action, resource, context):
    assert not bounded(action, resource, **context), what


def test_it_fits_with_the_longest_names():
    buckets = [f"arn:aws-us-gov:s3:::{letter * 63}" for letter in "ab"]
    keys = [f"arn:aws-us-gov:kms:ap-southeast-1:123456789012:key/{letter * 36}" for letter in "ab"]
    assert size(boundary_policy("123456789012", "aws-us-gov", buckets=buckets, keys=keys)) <= 6144
