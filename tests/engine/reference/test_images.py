"""What the nodes of a reference stack can pull, by the firewall of its network."""

import pytest

pytestmark = pytest.mark.engine

PULLED = [
    ("ghcr.io/external-secrets/external-secrets:v2", 201),
    ("602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/pause:3.10", 201),
    ("quay.io/prometheus/prometheus:v3", 422),
    ("nginx", 422),
]


def test_a_firewall_lets_images_of_named_hosts_through(reference):
    stack = reference("dev")
    stack.up()
    answers = {image: template_with(stack.kubernetes, image) for image, _ in PULLED}
    assert [(image, status) for image, (status, _) in answers.items()] == PULLED, answers
    assert "a firewall lets their subnets out to named hosts only" in answers["nginx"][1]["message"]


def template_with(kubernetes, image):
    """What the API server says of a pod template, which it does not keep."""
    body = {"metadata": {"name": "pulled"}, "template": {"spec": {"containers": [{"name": "c", "image": image}]}}}
    return kubernetes.request("POST", "/api/v1/namespaces/default/podtemplates?dryRun=All", body)
