"""Ids, links and other values that Google Cloud makes up, for the types that clusters, networks, logs and keys need.

Ids of all other types come from the import template in the SDK's documentation (`projects/{{project}}/…`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .certificates import authority_base64
from .facts import Facts, Invented
from .schema import Resource
from .wire import Value

GKE_VERSION = "1.34.1-gke.1829001"
"""What GKE runs when the program names no version."""

_ACCESS = re.compile(r"(?i)iam(member|binding|policy|auditconfig)$")
_AGENTS: Mapping[str, str] = {
    "artifactregistry": "gcp-sa-artifactregistry", "cloudbuild": "gcp-sa-cloudbuild", "cloudkms": "gcp-sa-cloudkms", "compute": "compute-system",
    "container": "container-engine-robot", "logging": "gcp-sa-logging", "pubsub": "gcp-sa-pubsub", "secretmanager": "gcp-sa-secretmanager",
    "storage": "gs-project-accounts",
}  # fmt: skip
"""Domain of the service agent of a service (IAM documentation, service agents); others follow the pattern gcp-sa-<service>."""

IDS: Mapping[str, str] = {
    "gcp:kms/cryptoKey:CryptoKey": "{keyRing}/cryptoKeys/{name}",
    "gcp:logging/metric:Metric": "{name}",
    "gcp:serviceaccount/account:Account": "projects/{account}/serviceAccounts/{accountId}@{account}.iam.gserviceaccount.com",
    "gcp:storage/bucket:Bucket": "{name}",
    "gcp:storage/bucketIAMMember:BucketIAMMember": "b/{bucket}/{role}/{member}",
}


def identifier(facts: Facts, resource: Resource) -> str | None:
    """The id; None when the documentation shows no template and the table has none."""
    if facts.token.endswith("container/nodePool:NodePool"):
        return _node_pool_id(facts)
    if facts.token in IDS:
        return facts.fill(IDS[facts.token])
    if _ACCESS.search(facts.token):
        return _access_id(facts, resource)
    return _filled(facts, resource, resource.import_id) if "{{" in resource.import_id else None


def _access_id(facts: Facts, resource: Resource) -> str:
    """Grants: the thing that they are on, the role, the member."""
    own = {"role", "member", "members", "policyData", "condition", "auditLogConfigs"}
    on = [facts.text(name) for name, field in resource.inputs.items() if field.required and name not in own and facts.text(name)]
    template = resource.import_id.split(" ")[0]
    is_path = len(on) == 1 and "/" in on[0]
    place = _filled(facts, resource, template) if "{{" in template and not is_path else "/".join(on)
    grants = [facts.text(name) for name in ("role", "member") if facts.text(name)]
    return "/".join([place or facts.scope.account, *grants])


def _filled(facts: Facts, resource: Resource, template: str) -> str:
    def word(match: re.Match[str]) -> str:
        name = re.sub(r"_(\w)", lambda letter: letter[1].upper(), match[1])
        value = facts.text(name) or facts.text(name.removesuffix("Id"))
        if not value and name in {"project", "projectId"}:
            return facts.scope.account
        if not value and name in {"region", "location", "zone"}:
            return facts.scope.region + ("-a" if name == "zone" else "")
        if not value and match.end() == len(template) and "name" in resource.inputs:
            return facts.name.rsplit("/", 1)[-1]
        if not value:
            return facts.digits(19, name) if name not in resource.inputs else facts.label
        return value if match.start() == 0 else value.rsplit("/", 1)[-1]

    return re.sub(r"\{\{(\w+)\}\}", word, template)


def _node_pool_id(facts: Facts) -> str:
    cluster = facts.text("cluster")
    if not cluster.startswith("projects/"):
        cluster = f"projects/{facts.scope.account}/locations/{facts.text('location', facts.scope.region)}/clusters/{cluster}"
    return f"{cluster}/nodePools/{facts.name}"


def self_link(facts: Facts) -> str:
    area = facts.token.split(":")[1].split("/")[0]
    roots = {"compute": "https://www.googleapis.com/compute/v1", "storage": "https://www.googleapis.com/storage/v1/b"}
    return f"{roots.get(area, f'https://{area}.googleapis.com/v1')}/{facts.id}"


def service_agent(facts: Facts, service: str) -> str:
    """E-mail of the Google-managed account that acts for a service in the project."""
    short = service.removesuffix(".googleapis.com")
    return facts.fill("service-{project_number}@") + f"{_AGENTS.get(short, f'gcp-sa-{short}')}.iam.gserviceaccount.com"


def _agent(facts: Facts) -> Value:
    return service_agent(facts, facts.text("service"))


def _endpoint(facts: Facts) -> Value:
    """The address without a scheme, as GKE gives it."""
    local = facts.session.kubernetes
    return local.url.removeprefix("https://") if local else f"10.73.0.{2 + int(facts.hex(2, 'endpoint'), 16) % 250}"


def _authority(facts: Facts) -> Value:
    local = facts.session.kubernetes
    return local.certificate_authority if local else authority_base64("simulated GKE cluster")


def _writer(facts: Facts) -> Value:
    return f"serviceAccount:{service_agent(facts, 'logging')}"


OUTPUTS: Mapping[str, Mapping[str, Invented]] = {
    "gcp:compute/network:Network": {"gatewayIpv4": "", "numericId": "{digits19}", "networkId": "{digits19}"},
    "gcp:compute/subnetwork:Subnetwork": {"gatewayAddress": "10.64.0.1", "ipv6CidrRange": ""},
    "gcp:container/cluster:Cluster": {
        "endpoint": _endpoint,
        "masterAuth.clientCertificate": "",
        "masterAuth.clientKey": "",
        "masterAuth.clusterCaCertificate": _authority,
        "masterAuth.clientCertificateConfig": lambda _: {"issueClientCertificate": False},
        "masterVersion": GKE_VERSION,
        "nodeVersion": GKE_VERSION,
        "controlPlaneEndpointsConfig.dnsEndpointConfig": lambda _: {},
        "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint": "gke-{hex32}-{project_number}.{region}.gke.goog",
        "privateClusterConfig.privateEndpoint": _endpoint,
        "privateClusterConfig.publicEndpoint": "",
        "deletionPolicy": "DELETE",
        "operation": "",
        "tpuIpv4CidrBlock": "",
    },
    "gcp:container/nodePool:NodePool": {
        "version": GKE_VERSION,
        "instanceGroupUrls": lambda _: [],
        "managedInstanceGroupUrls": lambda _: [],
        "operation": "",
    },
    "gcp:logging/projectSink:ProjectSink": {"writerIdentity": _writer},
    "gcp:logging/organizationSink:OrganizationSink": {"writerIdentity": _writer},
    "gcp:projects/serviceIdentity:ServiceIdentity": {"email": _agent, "member": lambda facts: f"serviceAccount:{_agent(facts)}"},
    "gcp:serviceaccount/account:Account": {
        "email": "{accountId}@{account}.iam.gserviceaccount.com",
        "member": "serviceAccount:{accountId}@{account}.iam.gserviceaccount.com",
        "name": "{id}",
        "uniqueId": "{digits21}",
    },
    "gcp:storage/bucket:Bucket": {"url": "gs://{name}", "projectNumber": lambda facts: int(facts.session.gcp_project_number)},
}
