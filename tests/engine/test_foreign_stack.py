"""Components inside somebody else's program: its providers, parents, aliases, transforms and dependencies hold for every child."""

import json
from collections import Counter

import pytest

from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.session import Options, Session
from tests.conftest import Box

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

CLINIC = """
import pulumi
from hipaa_components.aws import AwsAuditLogs, AwsEncryptionKey, AwsNetwork, EksAddons, EksCluster
from hipaa_components.kubernetes import PlatformWorkloads

USES = ["EKS_SECRETS", "EBS", "CLOUDWATCH_LOGS"]
ADMINS = ["arn:aws:iam::123456789012:role/deployer"]


class Team(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("acme:index:Team", name, {}, opts)


def in_the_cloud(name, cluster, options):
    \"\"\"A cluster and all that it stands on; `options(part, …)` is what the program gives to a component.\"\"\"
    audit, flow = f"/aws/eks/{cluster}/cluster", f"/acme/{cluster}/flow"
    key = AwsEncryptionKey(f"{name}-key", {"uses": USES, "alias": cluster, "log_group_names": [audit, flow]}, options("key")).key_arn
    groups = [{"name": audit, "kind": "EKS_CONTROL_PLANE"}, {"name": flow, "kind": "VPC_FLOW"}]
    logs = AwsAuditLogs(f"{name}-logs", {"key_arn": key, "log_groups": groups}, options("logs")).log_group_arns
    network = AwsNetwork(
        f"{name}-network",
        {"cluster_name": cluster, "flow_log_group_arn": logs[flow], "components": ["NODES"], "az_count": 2},
        options("network"),
    )
    eks = EksCluster(
        f"{name}-eks",
        {
            "cluster_name": cluster,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "secrets_key_arn": key,
            "volume_key_arn": key,
            "log_group_arn": logs[audit],
            "admin_principal_arns": ADMINS,
        },
        options("eks", depends_on=[network]),
    )
    addons = EksAddons(
        f"{name}-addons",
        {"cluster_name": eks.name, "cluster_arn": eks.arn, "volume_key_arn": key},
        options("addons", depends_on=[eks]),
    )
    return key, network, addons


def in_the_cluster(name, namespace, key, network, options):
    \"\"\"What a cluster gets that exists already.\"\"\"
    known = {"platform": "EKS", "api_server_cidrs": [network.vpc_cidr]}
    return PlatformWorkloads(
        f"{name}-workloads",
        {
            "namespaces": [{"name": namespace, "owner": "clinic-team", "data_classification": "NONE"}],
            "network": known,
            "storage": {"key": key, "revision": namespace},
        },
        options("workloads"),
    )
"""

GUEST = """
import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from clinic import Team, in_the_cloud, in_the_cluster
from hipaa_components.aws import AwsEncryptionKey
from hipaa_components.kubernetes import EksSystemNetworkPolicies


def with_a_cost_centre(args):
    if "tags" in args.props:
        return pulumi.ResourceTransformResult({**args.props, "tags": {**args.props["tags"], "cost-centre": "42"}}, args.opts)


pulumi.runtime.register_resource_transform(with_a_cost_centre)
own = [aws.Provider("own-aws", region="us-west-2"), kubernetes.Provider("own-kubernetes", enable_server_side_apply=True)]
team = Team("team", pulumi.ResourceOptions(providers=own))


def options(part, **more):
    return pulumi.ResourceOptions(parent=team, **more)


key, network, addons = in_the_cloud("guest", "guest", options)
in_the_cluster("guest", "guest", key, network, options)
known = {"platform": "EKS", "api_server_cidrs": [network.vpc_cidr]}
EksSystemNetworkPolicies("guest-system", {"network": known, "vpc_cidr": network.vpc_cidr}, options("system"))
AwsEncryptionKey("direct", {"uses": ["S3"], "alias": "direct"}, pulumi.ResourceOptions(providers=own))
after = aws.ssm.Parameter("after", type="String", insecure_value="x", tags={}, opts=pulumi.ResourceOptions(depends_on=[network]))
"""

MOVING = """
import pulumi
from clinic import Team, in_the_cloud, in_the_cluster

config = pulumi.Config()
shape = config.get("shape")
name, team = ("before", None) if shape is None else ("after", Team("team") if shape == "moved" else None)


def options(part, **more):
    aliases = [pulumi.Alias(name=f"before-{part}", parent=pulumi.ROOT_STACK_RESOURCE)] if shape else None
    return pulumi.ResourceOptions(parent=team, aliases=aliases, **more)


key, network, _ = in_the_cloud(name, "clinic", options)
in_the_cluster(name, config.require("namespace"), key, network, options)
"""

TWO = """
import pulumi
from clinic import in_the_cloud

for name in ("first", "second"):
    in_the_cloud(name, name, lambda part, **more: pulumi.ResourceOptions(**more))
"""


def ready(box):
    box.pulumi("stack", "select", "--create", "dev")
    box.pulumi("config", "set", "aws:region", "us-east-1")
    return box


def name_of(urn):
    return urn.rpartition("::")[2]


def inside(resources, component):
    """What a component has made, however deep; without components."""
    by_urn = {resource["urn"]: resource for resource in resources}

    def belongs(resource):
        while resource := by_urn.get(resource.get("parent")):
            if name_of(resource["urn"]) == component:
                return True
        return False

    return [resource for resource in resources if resource["custom"] and belongs(resource)]


# A guest in a program with providers and transforms of its own -------------------------------------------------------


@pytest.fixture(scope="module")
def api_server(tmp_path_factory):
    """An API server of this module's own: the policies of kube-system have one name, and one owner, in a cluster."""
    with LocalKubernetes.start(tmp_path_factory.mktemp("kubernetes")) as running:
        yield running


@pytest.fixture(scope="module")
def guest(tmp_path_factory, api_server):
    """The sandbox of the program, after one up."""
    project = tmp_path_factory.mktemp("guest")
    for file, content in {"Pulumi.yaml": "name: guest\nruntime: python\n", "clinic.py": CLINIC, "__main__.py": GUEST}.items():
        (project / file).write_text(content)
    with Session(Options(directory=tmp_path_factory.mktemp("guest-sandbox")), api_server) as session:
        box = ready(Box(session, project))
        box.pulumi("up", "--yes", "--skip-preview")
        yield box


@pytest.fixture(scope="module")
def resources(guest):
    return guest.resources()


def test_every_child_uses_the_providers_of_the_program(resources):
    used = {
        (resource["type"].partition(":")[0], name_of(resource["provider"].rpartition("::")[0]))
        for component in ("team", "direct")
        for resource in inside(resources, component)
    }
    assert used == {("aws", "own-aws"), ("kubernetes", "own-kubernetes")}
    (network,) = (item for item in resources if item["type"] == "aws:ec2/vpc:Vpc")
    assert ":us-west-2:" in network["outputs"]["arn"]
    # What components look up comes from the same provider.
    services = {item["outputs"]["serviceName"] for item in resources if item["type"] == "aws:ec2/vpcEndpoint:VpcEndpoint"}
    assert services
    assert all(service.startswith("com.amazonaws.us-west-2.") for service in services)


def test_a_transform_of_the_stack_reaches_every_child(resources):
    tagged = {resource["urn"]: resource["inputs"]["tags"] for resource in inside(resources, "team") if "tags" in resource["inputs"]}
    assert {tags.get("cost-centre") for tags in tagged.values()} == {"42"}
    types = {urn.split("::")[2].rpartition("$")[2] for urn in tagged}
    assert types >= {
        "aws:kms/key:Key",
        "aws:eks/cluster:Cluster",
        "aws:ec2/subnet:Subnet",
        "aws:iam/role:Role",
        "aws:eks/nodeGroup:NodeGroup",
    }


def test_children_are_below_the_parent_of_the_program(resources):
    guests = [item["urn"] for item in resources if item["custom"] and name_of(item["urn"]).startswith("guest-")]
    assert guests
    assert all("::acme:index:Team$hipaa:index:" in urn for urn in guests)


def test_what_depends_on_a_component_waits_for_all_its_children(guest, resources):
    (after,) = (item for item in resources if name_of(item["urn"]) == "after")
    children = {item["urn"] for item in inside(resources, "guest-network")}
    assert len(children) > 20
    assert children <= set(after["dependencies"])
    made = [entry["urn"] for entry in guest.journal() if entry["rpc"] == "Create" and not entry.get("preview")]
    assert max(made.index(urn) for urn in children) < made.index(after["urn"])
    # The children of a component wait too, such as roles, which need nothing of the network.
    dependent = [item["urn"] for item in inside(resources, "guest-eks")]
    assert any(":iam/role:" in urn for urn in dependent)
    assert max(made.index(urn) for urn in children) < min(made.index(urn) for urn in dependent)


def test_a_second_up_changes_nothing(guest):
    guest.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


# Renamed, moved, and twice -------------------------------------------------------------------------------------------


def planned(box):
    """What a preview would do, by type and name."""
    steps = json.loads(box.pulumi("preview", "--json").stdout)["steps"]
    return {step["urn"].split("::", 2)[2]: step["op"] for step in steps}


def test_with_aliases_a_component_is_renamed_and_moved_and_nothing_is_replaced(sandbox, make_project, api_server):
    box = ready(sandbox(make_project({"clinic.py": CLINIC, "__main__.py": MOVING}), kubernetes=api_server))
    box.pulumi("config", "set", "namespace", "moving")
    box.pulumi("up", "--yes", "--skip-preview")
    before = {resource["id"] for resource in box.resources() if resource.get("id")}
    for shape, appears in {"renamed": {}, "moved": {"acme:index:Team::team": "create"}}.items():
        box.pulumi("config", "set", "shape", shape)
        assert {what: verb for what, verb in planned(box).items() if verb not in ("same", "update")} == appears
    box.pulumi("up", "--yes", "--skip-preview")
    assert {resource["id"] for resource in box.resources() if resource.get("id")} == before
    box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_two_instances_live_side_by_side(sandbox, make_project):
    box = ready(sandbox(make_project({"clinic.py": CLINIC, "__main__.py": TWO})))
    box.pulumi("up", "--yes", "--skip-preview")
    made = [resource for resource in box.resources() if resource["type"].startswith("aws:")]
    first, second = (Counter(item["type"] for item in made if name_of(item["urn"]).startswith(name)) for name in ("first", "second"))
    assert first == second
    assert first.total() + second.total() == len(made)
    box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
