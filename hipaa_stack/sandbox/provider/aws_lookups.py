"""AWS look-ups whose answers have a form of their own."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping

from .accounts import Accounts
from .aws_values import EKS_VERSION, short_region
from .certificates import authority_base64
from .facts import CREATED, Facts
from .wire import Properties, Value

Compute = Callable[[Facts, Accounts], Properties]

DERIVED = frozenset(
    {
        "aws:iam/getPolicyDocument:getPolicyDocument",
        "aws:index/arnParse:arnParse",
        "aws:index/getArn:getArn",
        "aws:index/getDefaultTags:getDefaultTags",
        "aws:index/getPartition:getPartition",
        "aws:index/getRegion:getRegion",
        "aws:index/getServicePrincipal:getServicePrincipal",
    }
)
"""Answers that follow from the program and the provider's configuration: nothing in them is invented."""


def _caller(facts: Facts, _: Accounts) -> Properties:
    arn = facts.fill("arn:{partition}:sts::{account}:assumed-role/") + f"{facts.session.aws_role}/sandbox"
    user = f"AROA{facts.letters(17, 'role')}:sandbox"
    return {"accountId": facts.scope.account, "id": facts.scope.account, "arn": arn, "userId": user}


def _partition(facts: Facts, _: Accounts) -> Properties:
    suffix = facts.scope.dns_suffix
    return {
        "partition": facts.scope.partition,
        "id": facts.scope.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _region(facts: Facts, _: Accounts) -> Properties:
    region = facts.scope.region
    return {"region": region, "name": region, "id": region, "description": region, "endpoint": facts.fill("ec2.{region}.{dns}")}


def _zones(facts: Facts, _: Accounts) -> Properties:
    """Six zones in us-east-1, two in us-west-1, three elsewhere (AWS global infrastructure)."""
    region = facts.scope.region
    excluded = facts.inputs.get("excludeNames")
    letters = {"us-east-1": "abcdef", "us-west-1": "ac"}.get(region, "abc")
    kept = [letter for letter in letters if not (isinstance(excluded, list) and f"{region}{letter}" in excluded)]
    names: list[Value] = [f"{region}{letter}" for letter in kept]
    ids: list[Value] = [f"{short_region(region)}-az{ord(letter) - ord('a') + 1}" for letter in kept]
    return {"id": region, "names": names, "zoneIds": ids, "groupNames": [region]}


def _session_context(facts: Facts, accounts: Accounts) -> Properties:
    """The role behind an assumed-role session: the live role of that name, or one with the path /."""
    arn = facts.text("arn")
    session = re.fullmatch(r"arn:([\w-]+):sts::(\d+):assumed-role/([^/]+)/(.+)", arn)
    if session is None:
        return {"arn": arn, "id": arn, "issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": ""}
    role = next((record.outputs for record in accounts.alive("aws:iam/role:Role") if record.outputs.get("name") == session[3]), {})
    issuer = role.get("arn") or f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    id_ = role.get("uniqueId") or f"AROA{facts.letters(17, 'role')}"
    return {"arn": arn, "id": arn, "issuerArn": issuer, "issuerId": id_, "issuerName": session[3], "sessionName": session[4]}


def _parameter(facts: Facts, _: Accounts) -> Properties:
    name = facts.text("name")
    value = f"ami-{facts.hex(17, 'ami')}" if "ami" in name or "image" in name else f"simulated-{facts.hex(12, 'value')}"
    arn = facts.fill("arn:{partition}:ssm:{region}:{account}:parameter/") + name.removeprefix("/")
    return {"arn": arn, "id": name, "type": "String", "value": value, "insecureValue": value, "version": 1}


def _image(facts: Facts, _: Accounts) -> Properties:
    id_ = f"ami-{facts.hex(17, 'ami')}"
    shape: Properties = {
        "architecture": "x86_64",
        "virtualizationType": "hvm",
        "rootDeviceName": "/dev/xvda",
        "rootDeviceType": "ebs",
        "state": "available",
    }
    return {"id": id_, "imageId": id_, "arn": facts.fill("arn:{partition}:ec2:{region}::image/") + id_, "creationDate": CREATED, **shape}


def _cluster_token(facts: Facts, _: Accounts) -> Properties:
    local = facts.session.kubernetes
    encoded = base64.urlsafe_b64encode(f"simulated {facts.hex(40, 'token')}".encode()).decode().rstrip("=")
    return {"id": facts.text("name"), "token": local.token if local else f"k8s-aws-v1.{encoded}"}


def _cluster(facts: Facts, _: Accounts) -> Properties:
    local = facts.session.kubernetes
    return {
        "id": facts.text("name"),
        "arn": facts.fill("arn:{partition}:eks:{region}:{account}:cluster/{name}"),
        "certificateAuthorities": [{"data": local.certificate_authority if local else authority_base64("simulated EKS cluster")}],
    }


def _cluster_versions(_facts: Facts, _: Accounts) -> Properties:
    return {"clusterVersions": [{"clusterVersion": EKS_VERSION, "defaultVersion": True}]}


def _addon_version(facts: Facts, _: Accounts) -> Properties:
    return {"id": facts.text("addonName"), "version": "v1.0.0-eksbuild.1"}


def _managed_policy(facts: Facts, _: Accounts) -> Properties:
    """By ARN as given; by name the AWS managed policy of that name."""
    arn = facts.text("arn") or facts.fill("arn:{partition}:iam::aws:policy/") + facts.text("name")
    return {"arn": arn, "id": arn, "name": facts.text("name") or arn.rsplit("/", 1)[-1], "policyId": f"ANPA{facts.letters(17, 'policy')}"}


def _role(facts: Facts, _: Accounts) -> Properties:
    name = facts.text("name")
    return {"id": name, "arn": facts.fill("arn:{partition}:iam::{account}:role/") + name, "uniqueId": f"AROA{facts.letters(17, 'role')}"}


def _key(facts: Facts, _: Accounts) -> Properties:
    given = facts.text("keyId")
    id_ = given.rsplit("/", 1)[-1] if "key/" in given or re.fullmatch(r"[0-9a-f-]{36}", given) else facts.uuid("key")
    arn = given if ":key/" in given else facts.fill("arn:{partition}:kms:{region}:{account}:key/") + id_
    state: Properties = {
        "enabled": True,
        "keyState": "Enabled",
        "keyUsage": "ENCRYPT_DECRYPT",
        "keySpec": "SYMMETRIC_DEFAULT",
        "keyManager": "CUSTOMER",
    }
    return {"id": id_, "arn": arn, "awsAccountId": facts.scope.account, **state}


def _alias(facts: Facts, _: Accounts) -> Properties:
    target = facts.uuid("key")
    prefix = facts.fill("arn:{partition}:kms:{region}:{account}:")
    arn = prefix + facts.text("name")
    return {"id": arn, "arn": arn, "targetKeyId": target, "targetKeyArn": f"{prefix}key/{target}"}


def _subnets(facts: Facts, accounts: Accounts) -> Properties:
    """The subnets that exist in the VPCs of the filter `vpc-id`, or else two."""
    filters = facts.inputs.get("filters")
    wanted: list[Value] = []
    for item in filters if isinstance(filters, list) else []:
        if isinstance(item, dict) and item.get("name") == "vpc-id" and isinstance(item.get("values"), list):
            wanted += item["values"]  # type: ignore[arg-type]  # a list, as the line above says
    found: list[Value] = [record.id for record in accounts.alive("aws:ec2/subnet:Subnet") if record.outputs.get("vpcId") in wanted]
    return {"id": facts.scope.region, "ids": found or [f"subnet-{facts.hex(17, f'subnet{index}')}" for index in range(2)]}


def _vpc(facts: Facts, _: Accounts) -> Properties:
    id_ = facts.text("id") or f"vpc-{facts.hex(17, 'vpc')}"
    return {
        "id": id_,
        "state": "available",
        "cidrBlock": facts.text("cidrBlock", "10.0.0.0/16"),
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
    }


def _prefix_list(facts: Facts, _: Accounts) -> Properties:
    return {"id": facts.text("id") or f"pl-{facts.hex(8, 'list')}", "name": facts.text("name") or facts.fill("com.amazonaws.{region}.s3")}


COMPUTED: Mapping[str, Compute] = {
    "aws:ec2/getAmi:getAmi": _image,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
    "aws:ec2/getSubnets:getSubnets": _subnets,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:eks/getAddonVersion:getAddonVersion": _addon_version,
    "aws:eks/getCluster:getCluster": _cluster,
    "aws:eks/getClusterAuth:getClusterAuth": _cluster_token,
    "aws:eks/getClusterVersions:getClusterVersions": _cluster_versions,
    "aws:iam/getPolicy:getPolicy": _managed_policy,
    "aws:iam/getRole:getRole": _role,
    "aws:iam/getSessionContext:getSessionContext": _session_context,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:kms/getAlias:getAlias": _alias,
    "aws:kms/getKey:getKey": _key,
    "aws:ssm/getParameter:getParameter": _parameter,
}
