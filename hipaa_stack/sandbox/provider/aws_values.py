"""Ids, ARNs and other values that AWS makes up, for the types that clusters, networks, logs, keys and roles need.

Templates as in `Facts.fill`. Types without an entry get theirs from the SDK's import example and the general rules of
`invention.py`. Shapes are those of the AWS documentation of each service (ARN formats: Service Authorization Reference).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from .certificates import authority_base64
from .facts import CREATED, Facts, Invented
from .wire import Value

EKS_VERSION = "1.35"
"""What EKS runs when the program names no version (EKS user guide, Kubernetes release calendar, November 2025)."""

IDS: Mapping[str, str] = {
    "aws:iam/accessKey:AccessKey": "AKIA{letters16}",
    "aws:cloudtrail/trail:Trail": "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}",
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": "cwlsf-{digits10}",
    "aws:codebuild/project:Project": "arn:{partition}:codebuild:{region}:{account}:project/{name}",
    "aws:ec2/defaultRouteTable:DefaultRouteTable": "{defaultRouteTableId}",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": "{defaultNetworkAclId}",
    "aws:ec2/eip:Eip": "eipalloc-{hex17}",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt-{hex17}",
    "aws:ec2/natGateway:NatGateway": "nat-{hex17}",
    "aws:ec2/route:Route": "r-{routeTableId}{digits10}",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc-{hex17}",
    "aws:eks/accessEntry:AccessEntry": "{clusterName}:{principalArn}",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "{clusterName}#{principalArn}#{policyArn}",
    "aws:eks/addon:Addon": "{clusterName}:{addonName}",
    "aws:eks/cluster:Cluster": "{name}",
    "aws:eks/nodeGroup:NodeGroup": "{clusterName}:{nodeGroupName}",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "a-{hex17}",
    "aws:guardduty/detector:Detector": "{hex32}",
    "aws:guardduty/detectorFeature:DetectorFeature": "{detectorId}/{name}",
    "aws:iam/instanceProfile:InstanceProfile": "{name}",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "arn:{partition}:iam::{account}:oidc-provider/{issuer}",
    "aws:iam/policy:Policy": "arn:{partition}:iam::{account}:policy{path}{name}",
    "aws:iam/role:Role": "{name}",
    "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "{role}/{policyArn}",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
    "aws:kms/alias:Alias": "{name}",
    "aws:kms/key:Key": "{uuid}",
    "aws:kms/replicaKey:ReplicaKey": "{uuid}",
    "aws:lb/loadBalancer:LoadBalancer": "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{hex16}",
    "aws:lb/targetGroup:TargetGroup": "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex16}",
    "aws:s3/bucket:Bucket": "{bucket}",
    "aws:s3/bucketV2:BucketV2": "{bucket}",
    "aws:secretsmanager/secret:Secret": "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{hex6}",
    "aws:secretsmanager/secretVersion:SecretVersion": "{secretId}|terraform-{digits26}",
    "aws:sns/topic:Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "aws:sns/topicSubscription:TopicSubscription": "{topic}:{uuid}",
    "aws:sqs/queue:Queue": "https://sqs.{region}.{dns}/{account}/{name}",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr-{hex17}",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr-{hex17}",
}

_PER_BUCKET = re.compile(r"aws:s3/bucket(?!V2|Object)[A-Z]\w*:")
"""Settings of a bucket, one of each kind: their id is the bucket's name."""

_ARNS: Mapping[str, str] = {
    "aws:cloudwatch/eventRule:EventRule": "arn:{partition}:events:{region}:{account}:rule/{name}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
    "aws:dynamodb/table:Table": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "aws:ecr/repository:Repository": "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    "aws:eks/addon:Addon": "arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
    "aws:eks/cluster:Cluster": "arn:{partition}:eks:{region}:{account}:cluster/{name}",
    "aws:eks/nodeGroup:NodeGroup": "arn:{partition}:eks:{region}:{account}:nodegroup/{clusterName}/{nodeGroupName}/{uuid}",
    "aws:iam/group:Group": "arn:{partition}:iam::{account}:group{path}{name}",
    "aws:iam/instanceProfile:InstanceProfile": "arn:{partition}:iam::{account}:instance-profile{path}{name}",
    "aws:iam/role:Role": "arn:{partition}:iam::{account}:role{path}{name}",
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": "arn:{partition}:iam::{account}:role/aws-service-role/{awsServiceName}/{linked_role}",
    "aws:iam/user:User": "arn:{partition}:iam::{account}:user{path}{name}",
    "aws:kms/alias:Alias": "arn:{partition}:kms:{region}:{account}:{name}",
    "aws:kms/key:Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "aws:lambda/function:Function": "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "aws:s3/bucket:Bucket": "arn:{partition}:s3:::{bucket}",
    "aws:s3/bucketV2:BucketV2": "arn:{partition}:s3:::{bucket}",
    "aws:sqs/queue:Queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "aws:ssm/parameter:Parameter": "arn:{partition}:ssm:{region}:{account}:parameter/{name}",
}

_SERVICES: Mapping[str, str] = {
    "alb": "elasticloadbalancing", "amp": "aps", "apigatewayv2": "apigateway", "cfg": "config", "ebs": "ec2", "ec2clientvpn": "ec2",
    "ec2transitgateway": "ec2", "ecrpublic": "ecr-public", "efs": "elasticfilesystem", "elb": "elasticloadbalancing", "kinesis": "kinesis",
    "lb": "elasticloadbalancing", "mwaa": "airflow", "networkfirewall": "network-firewall", "opensearch": "es", "elasticsearch": "es",
    "s3control": "s3", "sfn": "states", "vpc": "ec2", "vpclattice": "vpc-lattice",
}  # fmt: skip
_EC2_KINDS: Mapping[str, str] = {
    "DefaultSecurityGroup": "security-group",
    "DefaultRouteTable": "route-table",
    "DefaultNetworkAcl": "network-acl",
    "Eip": "elastic-ip",
    "FlowLog": "vpc-flow-log",
    "NatGateway": "natgateway",
    "Ami": "image",
}


def arn(facts: Facts) -> str:
    """The ARN of the object."""
    if facts.id.startswith("arn:"):
        return facts.id
    if facts.token in _ARNS:
        return facts.fill(_with_path(facts, _ARNS[facts.token]))
    _, module, kind = facts.token.split(":")
    area = module.split("/")[0]
    service = _SERVICES.get(area, area)
    if area == "cloudwatch":
        service = "logs" if kind.startswith("Log") else "events" if kind.startswith("Event") else "cloudwatch"
    words = _EC2_KINDS.get(kind) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind).lower()
    region = "" if area in {"iam", "route53", "cloudfront", "organizations"} else "{region}"
    return facts.fill(f"arn:{{partition}}:{service}:{region}:{{account}}:{words}/") + facts.id.split("/")[-1]


def identifier(facts: Facts) -> str | None:
    """The id, for types of the table; None leaves it to the general rules."""
    if facts.token.endswith(":DefaultSecurityGroup"):
        vpc = facts.related("aws:ec2/vpc:Vpc", facts.text("vpcId"))
        return str(vpc.get("defaultSecurityGroupId") or facts.fill("sg-{hex17}"))
    if _PER_BUCKET.match(facts.token):
        return facts.text("bucket") or None
    if facts.token.endswith(":OpenIdConnectProvider"):
        return facts.fill("arn:{partition}:iam::{account}:oidc-provider/") + facts.text("url").removeprefix("https://")
    if facts.token.endswith(":ServiceLinkedRole"):
        return arn(facts)
    template = IDS.get(facts.token)
    return facts.fill(_with_path(facts, template)) if template else None


def _with_path(facts: Facts, template: str) -> str:
    service = facts.text("awsServiceName").split(".")[0]
    linked = "AWSServiceRoleForAutoScaling" if service == "autoscaling" else "AWSServiceRoleFor" + service.title().replace("-", "")
    return template.replace("{path}", facts.text("path", "/")).replace("{linked_role}", linked)


def _default_policy(facts: Facts) -> Value:
    statement = {
        "Action": "kms:*",
        "Effect": "Allow",
        "Principal": {"AWS": facts.fill("arn:{partition}:iam::{account}:root")},
        "Resource": "*",
    }
    return json.dumps({"Statement": [statement], "Version": "2012-10-17"}, separators=(",", ":"))


def _eks_endpoint(facts: Facts) -> Value:
    local = facts.session.kubernetes
    return local.url if local else f"https://{facts.hex(32, 'eks').upper()}.gr7.{facts.scope.region}.eks.{facts.scope.dns_suffix}"


def _eks_authority(facts: Facts) -> Value:
    local = facts.session.kubernetes
    return {"data": local.certificate_authority if local else authority_base64("simulated EKS cluster")}


def _eks_identities(facts: Facts) -> Value:
    return [{"oidcs": [{"issuer": f"https://oidc.eks.{facts.scope.region}.{facts.scope.dns_suffix}/id/{facts.hex(32, 'eks').upper()}"}]}]


def _eks_vpc(facts: Facts) -> Value:
    """The VPC of the cluster's subnets, when they exist in the simulated account."""
    config = facts.inputs.get("vpcConfig")
    subnets = config.get("subnetIds") if isinstance(config, dict) else None
    subnet = facts.related("aws:ec2/subnet:Subnet", str(subnets[0])) if isinstance(subnets, list) and subnets else {}
    return subnet.get("vpcId") or f"vpc-{facts.hex(17, 'vpc')}"


def _eks_public_cidrs(facts: Facts) -> Value:
    config = facts.inputs.get("vpcConfig")
    return ["0.0.0.0/0"] if isinstance(config, dict) and config.get("endpointPublicAccess") is not False else []


def _cluster_version(facts: Facts) -> Value:
    return facts.related("aws:eks/cluster:Cluster", facts.text("clusterName")).get("version") or EKS_VERSION


def _endpoint_dns(facts: Facts) -> Value:
    if facts.text("vpcEndpointType") != "Interface":
        return []
    service = facts.text("serviceName").split(".")[-1]
    return [{"dnsName": facts.fill(f"{{id}}-{{hex8}}.{service}.{{region}}.vpce.{{dns}}"), "hostedZoneId": "Z" + facts.letters(13, "zone")}]


def _endpoint_interfaces(facts: Facts) -> Value:
    subnets = facts.inputs.get("subnetIds")
    return [f"eni-{facts.hex(17, f'eni{index}')}" for index in range(len(subnets) if isinstance(subnets, list) else 0)]


def _firewall_statuses(facts: Facts) -> Value:
    """One endpoint in each subnet of the firewall."""
    mappings = facts.inputs.get("subnetMappings")
    subnets = [str(mapping["subnetId"]) for mapping in mappings if isinstance(mapping, dict)] if isinstance(mappings, list) else []
    zones = [str(facts.related("aws:ec2/subnet:Subnet", subnet).get("availabilityZone") or facts.scope.region + "a") for subnet in subnets]
    states: list[Value] = [
        {"availabilityZone": zone, "attachments": [{"subnetId": subnet, "endpointId": f"vpce-{facts.hex(17, subnet)}"}]}
        for zone, subnet in zip(zones, subnets, strict=True)
    ]
    return [{"syncStates": states, "transitGatewayAttachmentSyncStates": []}]


def _zone_id(facts: Facts) -> Value:
    """As `getAvailabilityZones` numbers them: the letter of the zone is its number."""
    zone = facts.text("availabilityZone", facts.scope.region + "a")
    return f"{short_region(zone[:-1])}-az{ord(zone[-1]) - ord('a') + 1}"


def short_region(region: str) -> str:
    """`us-east-1` -> `use1`, `eu-central-1` -> `euc1`, as ids of availability zones begin."""
    area, *direction, number = region.split("-")
    compass = (
        "".join(direction).replace("north", "n").replace("south", "s").replace("east", "e").replace("west", "w").replace("central", "c")
    )
    return f"{area}{compass}{number}"


def _bucket_zone(facts: Facts) -> Value:
    # the zone of S3 endpoints of us-east-1 (AWS General Reference)
    return "Z3AQBSTGFYJSTF" if facts.scope.region == "us-east-1" else "Z" + facts.letters(13, facts.scope.region)


def _disk_size(facts: Facts) -> Value:
    return 0 if facts.inputs.get("launchTemplate") else 20


def _thumbprints(facts: Facts) -> Value:
    return [facts.hex(40, "thumbprint")]


def _kms_arn(facts: Facts) -> Value:
    target = facts.text("targetKeyId")
    return target if target.startswith("arn:") else facts.fill("arn:{partition}:kms:{region}:{account}:key/") + target


_BUCKET: Mapping[str, Invented] = {
    "bucketDomainName": "{bucket}.s3.{dns}",
    "bucketRegionalDomainName": "{bucket}.s3.{region}.{dns}",
    "bucketRegion": "{region}",
    "hostedZoneId": _bucket_zone,
    "websiteDomain": "s3-website-{region}.{dns}",
    "websiteEndpoint": "{bucket}.s3-website-{region}.{dns}",
    "objectLockEnabled": lambda _: False,
    "requestPayer": "BucketOwner",
}

OUTPUTS: Mapping[str, Mapping[str, Invented]] = {
    "aws:cloudwatch/logGroup:LogGroup": {"logGroupClass": "STANDARD"},
    "aws:ec2/defaultRouteTable:DefaultRouteTable": {"vpcId": "vpc-{hex17}"},
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {"name": "default", "description": "default VPC security group"},
    "aws:ec2/instance:Instance": {"instanceState": "running", "privateIp": "10.64.0.10", "primaryNetworkInterfaceId": "eni-{hex17}"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": lambda _: 1, "defaultVersion": lambda _: 1},
    "aws:ec2/subnet:Subnet": {"availabilityZone": "{region}a", "availabilityZoneId": _zone_id, "assignIpv6AddressOnCreation": lambda _: False},
    "aws:ec2/vpc:Vpc": {
        "defaultNetworkAclId": "acl-{hex17}",
        "defaultRouteTableId": lambda facts: f"rtb-{facts.hex(17, 'main')}",
        "mainRouteTableId": lambda facts: f"rtb-{facts.hex(17, 'main')}",
        "defaultSecurityGroupId": "sg-{hex17}",
        "dhcpOptionsId": "dopt-{hex17}",
        "ipv6AssociationId": "",
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "state": "available", "dnsEntries": _endpoint_dns, "networkInterfaceIds": _endpoint_interfaces, "prefixListId": "", "cidrBlocks": lambda _: [],
    },
    "aws:networkfirewall/firewall:Firewall": {"firewallStatuses": _firewall_statuses, "updateToken": "{uuid}"},
    "aws:ecr/repository:Repository": {"repositoryUrl": "{account}.dkr.ecr.{region}.{dns}/{name}"},
    "aws:eks/accessEntry:AccessEntry": {
        "accessEntryArn": "arn:{partition}:eks:{region}:{account}:access-entry/{clusterName}/role/{account}/{uuid}",
        "userName": "{principalArn}", "kubernetesGroups": lambda _: [],
    },
    "aws:eks/addon:Addon": {"addonVersion": "v1.0.0-eksbuild.1", "createdAt": CREATED, "modifiedAt": CREATED},
    "aws:eks/cluster:Cluster": {
        "accessConfig.authenticationMode": "CONFIG_MAP",
        "certificateAuthority": _eks_authority,
        "clusterId": "",
        "createdAt": CREATED,
        "endpoint": _eks_endpoint,
        "identities": _eks_identities,
        "kubernetesNetworkConfig.ipFamily": "ipv4",
        "kubernetesNetworkConfig.serviceIpv4Cidr": "172.20.0.0/16",
        "kubernetesNetworkConfig.elasticLoadBalancing": lambda _: {"enabled": False},
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "upgradePolicy.supportType": "EXTENDED",
        "version": EKS_VERSION,
        "vpcConfig.clusterSecurityGroupId": "sg-{hex17}",
        "vpcConfig.publicAccessCidrs": _eks_public_cidrs,
        "vpcConfig.vpcId": _eks_vpc,
    },
    "aws:eks/nodeGroup:NodeGroup": {
        "amiType": "AL2023_x86_64_STANDARD",
        "capacityType": "ON_DEMAND",
        "diskSize": _disk_size,
        "instanceTypes": lambda _: ["t3.medium"],
        "releaseVersion": "1.35.0-20251112",
        "resources": lambda facts: [{"autoscalingGroups": [{"name": f"eks-{facts.text('nodeGroupName')}-{facts.uuid('group')}"}], "remoteAccessSecurityGroupId": ""}],
        "status": "ACTIVE",
        "version": _cluster_version,
    },
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
        "associationArn": "arn:{partition}:eks:{region}:{account}:podidentityassociation/{clusterName}/{id}", "associationId": "{id}", "externalId": "",
    },
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {"thumbprintLists": _thumbprints},
    "aws:iam/policy:Policy": {"policyId": "ANPA{letters17}", "path": "/", "attachmentCount": lambda _: 0},
    "aws:iam/role:Role": {"uniqueId": "AROA{letters17}", "createDate": CREATED, "path": "/", "inlinePolicies": lambda _: [], "managedPolicyArns": lambda _: []},
    "aws:iam/accessKey:AccessKey": {"encryptedSecret": "", "encryptedSesSmtpPasswordV4": "", "keyFingerprint": "", "status": "Active"},
    "aws:iam/user:User": {"uniqueId": "AIDA{letters17}"},
    "aws:kms/alias:Alias": {"targetKeyArn": _kms_arn},
    "aws:kms/key:Key": {"keyId": "{id}", "policy": _default_policy, "rotationPeriodInDays": lambda _: 365, "multiRegion": lambda _: False},
    "aws:lb/loadBalancer:LoadBalancer": {"dnsName": "{name}-{digits10}.{region}.elb.{dns}"},
    "aws:s3/bucket:Bucket": {
        **_BUCKET,
        "serverSideEncryptionConfiguration": lambda _: {
            "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
        },
        "versioning": lambda _: {"enabled": False, "mfaDelete": False},
    },
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:secretsmanager/secretVersion:SecretVersion": {"arn": "{secretId}", "secretArn": "{secretId}", "versionId": "terraform-{digits26}"},
    "aws:sqs/queue:Queue": {"url": "{id}"},
}  # fmt: skip
