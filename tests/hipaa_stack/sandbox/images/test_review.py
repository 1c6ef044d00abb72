"""Which writes are refused, and what the refusal says."""

import pytest

from hipaa_stack.sandbox.images.review import refusal

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


def pod(*containers, **more):
    return {"spec": {"containers": [{"name": "c", "image": image} for image in containers]} | more}


def request(kind, content, old=None):
    named = {"kind": kind, "metadata": {"name": "web"}}
    return {"kind": {"kind": kind}, "namespace": "records", "object": named | content, "oldObject": old and named | old}


def workload(*containers, **more):
    return {"spec": {"template": pod(*containers, **more)}}


@pytest.fixture
def networks(estate):
    """Of a cluster without a way out, with the endpoints of Amazon ECR."""
    return estate.with_nodes("inner").with_ecr().networks


REFUSED = {
    "pod": request("Pod", pod("nginx")),
    "pod template": request("PodTemplate", {"template": pod("nginx")}),
    "deployment": request("Deployment", workload("nginx")),
    "cron job": request("CronJob", {"spec": {"jobTemplate": {"spec": {"template": pod("nginx")}}}}),
    "one of two containers": request("Pod", pod(f"{ECR}/a", "nginx")),
    "init container": request("Job", workload(f"{ECR}/a", initContainers=[{"image": "nginx"}])),
    "ephemeral container": request("Pod", pod(f"{ECR}/a", ephemeralContainers=[{"image": "nginx"}])),
    "volume of an image": request("Pod", pod(f"{ECR}/a", volumes=[{"image": {"reference": "nginx"}}])),
    "a new image": request("Deployment", workload("nginx"), old=workload("redis")),
}
ACCEPTED = {
    "ECR": request("Deployment", workload(f"{ECR}/clinic/api:1")),
    "add-on": request("DaemonSet", workload("602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/pause:3.10")),
    "an address": request("Pod", pod("10.64.0.9:5000/web")),
    "never pulled": request("Pod", {"spec": {"containers": [{"image": "nginx", "imagePullPolicy": "Never"}]}}),
    "a volume that is never pulled": request("Pod", pod(f"{ECR}/a", volumes=[{"image": {"reference": "nginx", "pullPolicy": "Never"}}])),
    "an image that it has": request("Deployment", workload("nginx"), old=workload("nginx")),
    "no image": request("Deployment", {"spec": {"replicas": 2}}),
    "a deletion": {"kind": {"kind": "Pod"}, "namespace": "records", "object": None, "oldObject": pod("nginx")},
}


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
def test_what_nodes_cannot_pull_is_refused(networks, given):
    assert "image: got 'nginx'; accepted: " in refusal(networks, given)


@pytest.mark.parametrize("given", ACCEPTED.values(), ids=ACCEPTED)
def test_everything_else_is_accepted(networks, given):
    assert refusal(networks, given) is None


def test_the_sentence_says_where_what_why_and_what_to_do(networks):
    assert refusal(networks, REFUSED["deployment"]) == (
        "Deployment records/web: image: got 'nginx'; accepted: images of registries that the nodes of EKS cluster clinic reach: "
        "*.dkr-ecr.us-east-1.on.aws, *.dkr.ecr-fips.us-east-1.amazonaws.com, *.dkr.ecr.us-east-1.amazonaws.com; "
        "their subnets have no route out of the network. "
        "Mirror docker.io in Amazon ECR (AwsImageMirror), or copy the image there, and name it by that place. "
        "A way out of the network counts once it exists: workloads come after it."
    )


def test_a_mirror_that_exists_gives_the_name(estate, networks):
    estate.add("mirror", "m", {"ecrRepositoryPrefix": "m/docker", "upstreamRegistryUrl": "registry-1.docker.io"})
    said = refusal(networks, request("Deployment", workload("nginx:1.29", "quay.io/a/b")))
    assert f"The mirror holds 'nginx:1.29' as {ECR}/m/docker/library/nginx:1.29. Mirror quay.io in Amazon ECR" in said


def test_without_its_endpoints_ecr_is_out_of_reach_too(estate):
    said = refusal(estate.with_nodes("inner").networks, request("Pod", pod(f"{ECR}/api")))
    assert "reach: none; their subnets have no route out" in said
    assert "Pulls from Amazon ECR need the endpoints ecr.api, ecr.dkr and s3 in the network." in said
    assert "Mirror" not in said
