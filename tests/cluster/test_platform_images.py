"""A whole platform whose network has no way out: every image that runs in its cluster comes from its mirror.

The chart is the one of test_external_secrets.py; its pods become ready on a fake node.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from hipaa_stack.sandbox.session import Options, Session

pytestmark = [pytest.mark.cluster, pytest.mark.engine]

STACKS = Path(__file__).resolve().parents[2] / "stacks"
CREDENTIAL = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/ghcr-AbCdEf"
MIRROR = {"prefix": "clinic", "upstreams": [{"registry": "ghcr.io", "credential_secret_arn": CREDENTIAL}]}
MIRRORED = "123456789012.dkr.ecr.us-east-1.amazonaws.com/clinic/ghcr/external-secrets/external-secrets:"
COPY = re.compile(
    r"Deployment external-secrets/external-secrets[\w-]*: image: got 'registry\.example\.org/copies/external-secrets/external-secrets:v[\d.]+@sha256:0{64}'; "
    "accepted: images of registries that the nodes of EKS cluster clinic-dev reach: "
)
WORKLOADS = ("/apis/apps/v1/deployments", "/apis/apps/v1/daemonsets", "/apis/apps/v1/statefulsets", "/apis/batch/v1/jobs")


@pytest.fixture
def platform(tmp_path, external_secrets_source):
    """The development platform without its way out, with External Secrets: `platform(session, **source)` brings it up."""
    (tmp_path / "Pulumi.yaml").write_text("name: hipaa-platform\nruntime: python\n")
    (tmp_path / "__main__.py").write_text((STACKS / "__main__.py").read_text())
    external = {"owner": "platform-team", "image_digest": "sha256:" + "0" * 64, "provider_cidrs": ["10.64.0.0/16"]}

    def up(session, **source):
        stack = yaml.safe_load((STACKS / "Pulumi.dev.yaml").read_text())
        more = {"secrets": "EXTERNAL", "external": external | {"source": external_secrets_source | source}, "image_mirror": MIRROR}
        settings = stack["config"]["hipaa-platform:platform"]
        del settings["network"]["nat_egress"]
        settings |= more
        (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump(stack))
        command = [session.directory / "bin" / "pulumi", "--non-interactive", "up", "--yes", "--skip-preview", "--stack", "dev"]
        environment = session.environment | {"NO_COLOR": "1"}
        return subprocess.run(command, cwd=tmp_path, env=environment, text=True, capture_output=True, check=False, timeout=500)

    return up


def images(kubernetes):
    templates = [item["spec"]["template"] for path in WORKLOADS for item in kubernetes.request("GET", path)[1]["items"]]
    pods = [*templates, *kubernetes.request("GET", "/api/v1/pods")[1]["items"]]
    return [container["image"] for pod in pods for container in pod["spec"].get("initContainers", []) + pod["spec"]["containers"]]


def test_every_image_comes_from_the_mirror_and_no_other_is_accepted(platform, tmp_path):
    with Session(Options(directory=tmp_path / "sandbox", local_kubernetes=True, nodes=1, base_environment=dict(os.environ))) as session:
        refused = platform(session, image_registry="registry.example.org/copies")
        assert refused.returncode
        said = refused.stdout.partition("Diagnostics:")[2] + refused.stderr
        assert COPY.search(said), said
        assert images(session.kubernetes) == []

        made = platform(session)
        assert made.returncode == 0, made.stdout + made.stderr
        found = images(session.kubernetes)
        assert len(found) >= 6, "three Deployments of the chart, and pods of each"
        assert all(image.startswith(MIRRORED) and image.endswith("@sha256:" + "0" * 64) for image in found), found
