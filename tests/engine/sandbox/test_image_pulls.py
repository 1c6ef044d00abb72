"""What the nodes of a simulated cluster could not pull is refused, with a program that knows nothing of our components."""

import json

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

PROGRAM = """
import json, pulumi, pulumi_aws as aws, pulumi_kubernetes as k8s

config = pulumi.Config()
network = aws.ec2.Vpc("network", cidr_block="10.64.0.0/16")
zones = {name: aws.ec2.Subnet(name, vpc_id=network.id, cidr_block=f"10.64.{number}.0/24", availability_zone=f"us-east-1{name}")
         for number, name in enumerate("ab")}
table = aws.ec2.RouteTable("private", vpc_id=network.id)
ready = [aws.ec2.RouteTableAssociation(name, subnet_id=zone.id, route_table_id=table.id) for name, zone in zones.items()]
ready.append(aws.ec2.VpcEndpoint("s3", vpc_id=network.id, service_name="com.amazonaws.us-east-1.s3", route_table_ids=[table.id]))
for service in ("ecr.api", "ecr.dkr"):
    ready.append(aws.ec2.VpcEndpoint(service, vpc_id=network.id, service_name=f"com.amazonaws.us-east-1.{service}",
        vpc_endpoint_type="Interface", private_dns_enabled=True, subnet_ids=[zone.id for zone in zones.values()]))
if config.get_bool("nat"):
    gateway = aws.ec2.NatGateway("nat", subnet_id=zones["a"].id, allocation_id=aws.ec2.Eip("nat", domain="vpc").id)
    ready.append(aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=gateway.id))
mirror = aws.ecr.PullThroughCacheRule("mirror", ecr_repository_prefix="m/docker", upstream_registry_url="registry-1.docker.io",
    credential_arn="arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-AbCdEf")

trust = json.dumps({"Version": "2012-10-17", "Statement": []})
subnets = [zone.id for zone in zones.values()]
cluster = aws.eks.Cluster("main", name="clinic", role_arn=aws.iam.Role("cluster", assume_role_policy=trust).arn, vpc_config={"subnet_ids": subnets})
nodes = aws.eks.NodeGroup("nodes", cluster_name=cluster.name, node_role_arn=aws.iam.Role("nodes", assume_role_policy=trust).arn,
    subnet_ids=subnets, scaling_config={"min_size": 1, "max_size": 1, "desired_size": 1}, opts=pulumi.ResourceOptions(depends_on=ready))

def kubeconfig(values):
    name, server, authority = values
    user = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": ["eks", "get-token", "--cluster-name", name]}
    return json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "x",
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
        "clusters": [{"name": "x", "cluster": {"server": server, "certificate-authority-data": authority["data"]}}],
        "users": [{"name": "x", "user": {"exec": user | {"interactiveMode": "Never"}}}]})

access = pulumi.Output.all(cluster.name, cluster.endpoint, cluster.certificate_authority).apply(kubeconfig)
inside = k8s.Provider("inside", kubeconfig=access, opts=pulumi.ResourceOptions(depends_on=[nodes]))
namespace = k8s.core.v1.Namespace("pulls", metadata={"name": config.require("namespace")}, opts=pulumi.ResourceOptions(provider=inside))
k8s.apps.v1.Deployment(
    "web",
    metadata={"name": "web", "namespace": namespace.metadata["name"], "annotations": {"pulumi.com/skipAwait": "true"}},
    spec={"selector": {"matchLabels": {"app": "web"}},
          "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": config.require("image")}]}}},
    opts=pulumi.ResourceOptions(provider=inside))
"""
MIRRORED = "123456789012.dkr.ecr.us-east-1.amazonaws.com/m/docker/library/nginx:1.29"
REFUSAL = (
    "Deployment {namespace}/web: image: got 'nginx:1.29'; accepted: images of registries that the nodes of EKS cluster clinic reach: "
    "*.dkr-ecr.us-east-1.on.aws, *.dkr.ecr-fips.us-east-1.amazonaws.com, *.dkr.ecr.us-east-1.amazonaws.com; "
    f"their subnets have no route out of the network. The mirror holds 'nginx:1.29' as {MIRRORED}."
)
UP = ("up", "--yes", "--skip-preview")


@pytest.fixture
def namespace(request, local_kubernetes):
    name = request.node.name.replace("_", "-")[:50]
    yield name
    local_kubernetes.request("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def box(sandbox, make_project, local_kubernetes, namespace):
    """A stack whose network has no way out, and whose Deployment names a public image."""
    settings = {"aws:region": "us-east-1", "trial:namespace": namespace, "trial:image": "nginx:1.29"}
    project = make_project({"__main__.py": PROGRAM}, stacks={"dev": json.dumps({"config": settings})})
    return sandbox(project, kubernetes=local_kubernetes)


def images(box, namespace):
    _, answer = box.kubernetes.request("GET", f"/apis/apps/v1/namespaces/{namespace}/deployments")
    return [container["image"] for item in answer["items"] for container in item["spec"]["template"]["spec"]["containers"]]


def test_a_public_image_is_refused_and_accepted_from_the_mirror(box, namespace):
    refused = box.pulumi(*UP, check=False)
    assert refused.returncode
    said = refused.stdout.partition("Diagnostics:")[2] + refused.stderr
    assert said.count(REFUSAL.format(namespace=namespace)) == 1, said
    assert "Traceback" not in said
    assert images(box, namespace) == []

    box.pulumi("config", "set", "image", MIRRORED)
    box.pulumi(*UP)
    assert images(box, namespace) == [MIRRORED]

    box.pulumi("config", "set", "image", "nginx:1.29")
    preview = box.pulumi("preview", check=False)
    assert preview.returncode
    assert REFUSAL.format(namespace=namespace) in preview.stdout + preview.stderr, "a preview asks the API server"


def test_with_a_way_out_it_is_accepted_and_no_longer_once_that_is_gone(box, namespace):
    box.pulumi("config", "set", "nat", "true")
    box.pulumi(*UP)
    assert images(box, namespace) == ["nginx:1.29"]

    box.pulumi("config", "set", "nat", "false")
    box.pulumi(*UP)
    assert images(box, namespace) == ["nginx:1.29"], "what is there already stays"
    box.pulumi("config", "set", "image", "nginx:1.30")
    assert "their subnets have no route out of the network" in box.pulumi(*UP, check=False).stdout
