"""Registers components with the SDK's mock monitor and keeps what the engine would have been asked, whole."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from syrupy.extensions.json import JSONSnapshotExtension

from hipaa_components.aws import _reach

# As Pulumi's own launcher does: after a failed apply, every future behind it would be reported as never awaited.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)

ACCOUNT, REGION, PARTITION = "123456789012", "us-east-1", "aws"

LOOKUPS = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/session",
        "id": ACCOUNT,
        "userId": "AROAEXAMPLE:session",
    },
    "aws:index/getRegion:getRegion": {"id": REGION, "region": REGION, "description": "", "endpoint": ""},
    "aws:index/getPartition:getPartition": {"id": PARTITION, "partition": PARTITION, "dnsSuffix": "", "reverseDnsPrefix": ""},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
        "id": REGION,
        "names": [f"{REGION}{letter}" for letter in "abcdef"],
        "groupNames": [REGION],
        "zoneIds": [f"use1-az{number}" for number in range(1, 7)],
    },
    "aws:ec2/getPrefixList:getPrefixList": {"id": "pl-63a5400a", "name": f"com.amazonaws.{REGION}.s3"},
    "aws:ssm/getParameter:getParameter": {"id": "al2023", "value": "ami-0123456789abcdef0", "type": "String"},
    "aws:iam/getSessionContext:getSessionContext": {
        "issuerArn": f"arn:aws:iam::{ACCOUNT}:role/deployer",
        "issuerId": "AROAEXAMPLE",
        "issuerName": "deployer",
        "sessionName": "session",
    },
}


@dataclass(frozen=True)
class Registration:
    """One resource as the engine would have been asked for it."""

    type: str
    name: str
    inputs: dict[str, Any]
    options: dict[str, Any]
    """Only what is set: protect, retainOnDelete, dependsOn (names), parent (name), ignoreChanges, importId, …"""
    needs: frozenset[str] = frozenset()
    """`type name` of what comes first: what an option or a property names, the provider, and the parent. A child is
    registered once its parent is, and so waits for all that the parent depends on."""
    urn: str = ""
    property_dependencies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Property -> URNs of the resources that its value comes from."""

    @property
    def key(self) -> str:
        return f"{self.type} {self.name}"


@dataclass
class Registered:
    """Everything that a program registered, in the order in which names sort."""

    registrations: list[Registration] = field(default_factory=list)
    result: Any = None

    def of_type(self, type_: str) -> list[Registration]:
        return [item for item in self.registrations if item.type == type_]

    def one(self, type_: str, name: str | None = None) -> Registration:
        found = [item for item in self.of_type(type_) if name in (None, item.name)]
        assert len(found) == 1, f"{len(found)} of {type_} {name or ''}: {[item.name for item in found]}"
        return found[0]

    def before(self, item: Registration) -> set[str]:
        """`type name` of everything that exists before it does, however far away."""
        by_key = {other.key: other for other in self.registrations}
        found: set[str] = set()
        new = set(item.needs)
        while new:
            found |= new
            new = {need for key in new if key in by_key for need in by_key[key].needs} - found
        return found

    def whole(self) -> dict[str, Any]:
        """Everything, for comparison: `type name` -> inputs and options."""
        items = sorted(self.registrations, key=lambda item: (item.type, item.name))
        return {item.key: {"inputs": _readable(item.inputs), "options": item.options} for item in items}


def _readable(value: Any) -> Any:
    """JSON documents inside strings as the structures that they are, so that a difference shows where it is."""
    if isinstance(value, dict):
        return {key: _readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_readable(item) for item in value]
    if isinstance(value, str) and value.startswith("{") and not value.startswith(("{ ", "{{")):  # filter patterns, templates
        return {"JSON": json.loads(value)}
    return value


class _Cloud(Mocks):
    """Answers look-ups from the table and creates with plausible outputs."""

    def __init__(self, lookups: dict[str, dict[str, Any]]) -> None:
        self.lookups = lookups

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        return self.lookups[args.token]

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        service, kind = args.typ.split(":")[0:1][0], args.typ.rsplit(":", maxsplit=1)[-1]
        computed = {
            "arn": f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{kind}/{args.name}",
            "keyId": f"{args.name}-key-id",
            "latestVersion": 1,
            "endpoint": "https://cluster.example.com",
            "certificateAuthority": {"data": "Q0E="},
            "identities": [{"oidcs": [{"issuer": "https://oidc.example.com"}]}],
            "defaultRouteTableId": f"{args.name}-default-route-table",
            "allocationId": f"{args.name}-allocation",
        }
        inputs = dict(args.inputs)
        if args.typ == "aws:cloudwatch/logGroup:LogGroup":  # others read the name out of it
            computed["arn"] = f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT}:log-group:{inputs['name']}"
        if args.typ == "aws:s3/bucket:Bucket":  # its real name, with the ending that AWS adds to the prefix
            computed |= {"bucket": f"{args.name}-20260101", "arn": f"arn:{PARTITION}:s3:::{args.name}-20260101"}
        if "vpcConfig" in inputs:
            inputs["vpcConfig"] = {**inputs["vpcConfig"], "clusterSecurityGroupId": "sg-cluster"}
        if "subnetMappings" in args.inputs:
            subnets = [mapping["subnetId"] for mapping in args.inputs["subnetMappings"]]
            attachments = [{"attachments": [{"endpointId": f"vpce-in-{subnet}", "subnetId": subnet}]} for subnet in subnets]
            computed["firewallStatuses"] = [{"syncStates": attachments}]
        return f"{args.name}-id", {**computed, "name": args.name, **inputs}


class _Recorder(MockMonitor):
    def __init__(self, mocks: Mocks, registered: Registered) -> None:
        super().__init__(mocks)
        self.registered = registered

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """With the types of every ancestor, as the engine makes it; the SDK's own names the parent alone."""
        types = parent.split("::")[2] if parent else ""
        return super().make_urn("", type_ if types in ("", "pulumi:pulumi:Stack") else f"{types}${type_}", name)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            raw = MessageToDict(request)
            kept = ("protect", "retainOnDelete", "ignoreChanges", "importId", "deleteBeforeReplace", "customTimeouts", "replaceOnChanges")
            options = {name: raw[name] for name in kept if raw.get(name)}
            if depends := sorted({urn.split("::")[-1] for urn in request.dependencies}):
                options["dependsOn"] = depends
            if request.parent and not request.parent.split("::")[2].endswith("pulumi:pulumi:Stack"):
                options["parent"] = request.parent.split("::")[-1]
            needs = frozenset(_key(urn) for urn in (*request.dependencies, request.provider, request.parent) if urn)
            sources = {name: tuple(each.urns) for name, each in request.propertyDependencies.items()}
            registration = Registration(request.type, request.name, raw.get("object", {}), options, needs, response.urn, sources)
            self.registered.registrations.append(registration)
        return response


def _key(urn: str) -> str:
    """`type name` out of a URN; that of a provider ends in an id."""
    types, name = urn.split("::")[2:4]
    return f"{types.rpartition('$')[2]} {name}"


@pytest.fixture
def lookups() -> dict[str, dict[str, Any]]:
    """What look-ups answer; a test may change its copy."""
    return {token: dict(answer) for token, answer in LOOKUPS.items()}


@pytest.fixture
def register(lookups: dict[str, dict[str, Any]]) -> Callable[[Callable[[], Any]], Registered]:
    """Runs a program and returns what it registered; errors of the program are raised, `last` is what came before."""

    def run(program: Callable[[], Any]) -> Registered:
        registered = run.last = Registered()
        mocks = _Cloud(lookups)
        pulumi.runtime.set_mocks(mocks, monitor=_Recorder(mocks, registered))

        @pulumi.runtime.test
        def body() -> None:
            registered.result = program()

        body()
        return registered

    return run


@pytest.fixture
def snapshot(snapshot: Any) -> Any:
    """Snapshots are JSON, one file per test."""
    return snapshot.use_extension(JSONSnapshotExtension)


STACKS = Path(__file__).parents[2] / "stacks"


@pytest.fixture
def settings_of() -> Callable[[str], dict[str, Any]]:
    """The platform's settings in a stack file, as the reference program gets them: `settings_of("dev")`.

    Of `regulated-production`, which is two stacks, those of a platform that is both.
    """

    def read(stack: str) -> dict[str, Any]:
        config = yaml.safe_load((STACKS / f"Pulumi.{stack}.yaml").read_text())["config"]
        settings: dict[str, Any] = config["hipaa-platform:platform"]
        return settings

    def one(stack: str) -> dict[str, Any]:
        if stack != "regulated-production":
            return read(stack)
        both = {**read(f"{stack}-cloud"), **read(f"{stack}-baseline")}
        return {name: value for name, value in both.items() if name not in ("layer", "cloud_stack")}

    return one


@pytest.fixture(autouse=True)
def _api_server_answers(monkeypatch):
    """Programs of these tests have no API server to reach."""
    monkeypatch.setattr(_reach, "connect", lambda url: None)


KEY = f"arn:{PARTITION}:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
NETWORK = {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/16"], "service_cidr": "172.20.0.0/16"}
TOOLS = {"name": "tools", "owner": "platform-team", "data_classification": "NONE"}
ADMINS = {"admin_principal_arns": [f"arn:{PARTITION}:iam::{ACCOUNT}:role/deployer"]}
ROTATION = {
    "lambda_arn": f"arn:{PARTITION}:lambda:{REGION}:{ACCOUNT}:function:rotate",
    "role_arn": f"arn:{PARTITION}:iam::{ACCOUNT}:role/rotator",
}
LOG_GROUP = f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT}:log-group:"

ACCESS = {
    "cluster_name": "clinic",
    "vpc_id": "vpc-1",
    "vpc_cidr": "10.64.0.0/16",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "key_arn": KEY,
    "log_group_arn": f"{LOG_GROUP}/hipaa-stack/clinic/access",
}


CLOUD = {
    "cluster_name": "clinic",
    "data_classification": "SYNTHETIC",
    "cluster": ADMINS,
    "alert_endpoints": [{"protocol": "HTTPS", "endpoint": "https://pager.example.com/clinic"}],
}

FACTS = {
    "cluster_name": "clinic",
    "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/clinic",
    "endpoint": "https://cluster.example.com",
    "certificate_authority": "Q0E=",
    "region": REGION,
    "vpc_cidr": "10.64.0.0/16",
    "service_cidr": "172.20.0.0/16",
    "volume_key_arn": KEY,
}


@pytest.fixture
def minimal() -> dict[str, dict[str, Any]]:
    """Arguments that each component accepts, without data of patients so that every weakening can be tried on them."""
    return {
        "AccessControl": {
            "owner": "platform-team",
            "auditors": ["clinic:auditors"],
            "developers": ["clinic:developers"],
            "operators": ["clinic:operators"],
            "break_glass_approvers": ["clinic:on-call-leads"],
            "reaper_image": "registry.example.org/kubectl@sha256:" + "0" * 64,
            "namespaces": ["clinic"],
            "namespace": "access",
            "network": NETWORK,
        },
        "AwsAuditAlerts": {
            "key_arn": KEY,
            "log_group_arn": f"{LOG_GROUP}/aws/eks/clinic/cluster",
            "alert_endpoints": [{"protocol": "HTTPS", "endpoint": "https://pager.example.com/clinic"}],
            "archive": {"stream_name": "delivery", "landing_bucket_name": "landing", "archive_bucket_name": "archive"},
        },
        "AwsAuditArchive": {"key_arn": KEY},
        "AwsAuditLogs": {"key_arn": KEY, "log_groups": [{"name": "/aws/eks/clinic/cluster", "kind": "EKS_CONTROL_PLANE"}]},
        "AwsEncryptionKey": {"uses": ["EBS"], "alias": "clinic/volumes"},
        "AwsNetwork": {"cluster_name": "clinic", "flow_log_group_arn": f"{LOG_GROUP}/clinic/flow", "components": ["NODES"]},
        "AwsBreakGlassRole": {
            "cluster_name": "clinic",
            "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/clinic",
            "topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts",
            "mode": "IAM_USER",
            "user_arns": [f"arn:aws:iam::{ACCOUNT}:user/oncall"],
        },
        "AwsPrivateAccess": {
            **ACCESS,
            "ssm": {"operator_role_arns": ADMINS["admin_principal_arns"], "mfa_statement": "The directory asks for a hardware key."},
        },
        "AwsSecret": {
            "secret_name": "clinic/database",
            "key_arn": KEY,
            "reader_role_arns": ADMINS["admin_principal_arns"],
            "rotation": ROTATION,
        },
        "AwsStateBackend": {
            "components": ["EksPlatform"],
            "admin_role_arns": [f"arn:{PARTITION}:iam::{ACCOUNT}:role/{name}" for name in ("deployer", "platform-deployer")],
            "ci": {
                "issuer_url": "https://token.actions.githubusercontent.com",
                "audience": "sts.amazonaws.com",
                "subjects": ["repo:clinic/platform:environment:production"],
            },
        },
        "AwsThreatDetection": {"topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"},
        "AwsImageMirror": {"prefix": "mirror", "key_arn": KEY, "upstreams": [{"registry": "registry.k8s.io"}]},
        "AwsRepository": {"repository_name": "clinic/api", "key_arn": KEY, "reader_role_arns": ADMINS["admin_principal_arns"]},
        "AwsWorkloadRole": {
            "cluster_name": "clinic",
            "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/clinic",
            "namespace": "clinic",
            "service_account": "api",
            "secret_arns": [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:clinic/database-AbCdEf"],
            "key_arns": [KEY],
        },
        "EksAddons": {"cluster_name": "clinic", "cluster_arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/clinic", "volume_key_arn": KEY},
        "EksCluster": {
            "cluster_name": "clinic",
            "vpc_id": "vpc-1",
            "subnet_ids": ["subnet-1", "subnet-2"],
            "secrets_key_arn": KEY,
            "volume_key_arn": KEY,
            "log_group_arn": f"{LOG_GROUP}/aws/eks/clinic/cluster",
            **ADMINS,
        },
        "EksBaseline": {"cluster_name": "clinic", "data_classification": "SYNTHETIC", "namespaces": [TOOLS], "cloud": FACTS},
        "EksCloud": CLOUD,
        "EksPlatform": {**CLOUD, "namespaces": [TOOLS], "access": [{"existing": {"client_cidrs": ["10.200.0.0/16"]}}]},
        "EksSystemNetworkPolicies": {"network": NETWORK, "vpc_cidr": "10.64.0.0/16"},
        "EncryptedStorageClasses": {"platform": "EKS", "key": KEY},
        "HardenedNamespace": {**TOOLS, "network": NETWORK},
        "ExternalSecrets": {
            "namespace": "external-secrets",
            "owner": "platform-team",
            "image_digest": "sha256:" + "0" * 64,
            "provider_cidrs": ["10.64.0.0/16"],
            "network": NETWORK,
            "stores": [
                {"name": "clinic", "namespace": "clinic", "aws": {"region": REGION, "role_arn": f"arn:aws:iam::{ACCOUNT}:role/store"}},
                {"name": "billing", "namespace": "clinic", "aws": {"region": REGION, "service_account": "billing-secrets"}},
            ],
            "secrets": [
                {
                    "name": "database",
                    "namespace": "clinic",
                    "store": "clinic",
                    "items": [{"secret_key": "password", "remote_key": "clinic/database", "property": "password"}],
                }
            ],
        },
        "SealedSecrets": {
            "namespace": "sealed-secrets",
            "owner": "platform-team",
            "image_digest": "sha256:" + "0" * 64,
            "backup": "VELERO",
            "network": NETWORK,
        },
        "PlatformWorkloads": {"namespaces": [TOOLS], "network": NETWORK, "storage": {"key": KEY}},
    }
