"""The detector of an account, the mirror and a repository through the real engine: up, unchanged, kept or gone without residue."""

import json

import pytest

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
from hipaa_components.aws import AwsEncryptionKey, AwsImageMirror, AwsRepository, AwsThreatDetection

config = pulumi.Config()
weakened = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
common = {"ephemeral": weakened} if config.get_bool("ephemeral") else {}
key = AwsEncryptionKey("key", {"uses": ["EBS"], "alias": f"images-{pulumi.get_stack()}", **common})
existing = {"existing_detector_id": config.get("detector")} if config.get("detector") else {}
detection = AwsThreatDetection("threats", {**common, **existing})
mirror = AwsImageMirror(
    "mirror",
    {
        "prefix": f"m-{pulumi.get_stack()}",
        "key_arn": key.key_arn,
        "upstreams": [{"registry": "registry.k8s.io"}],
        "images": ["registry.k8s.io/pause@sha256:" + "0" * 64],
        **common,
    },
)
readers = ["arn:aws:iam::123456789012:role/nodes"]
AwsRepository("api", {"repository_name": f"{pulumi.get_stack()}/api", "key_arn": key.key_arn, "reader_role_arns": readers, **common})
pulumi.export("detector", detection.detector_id)
pulumi.export("commands", mirror.seed_commands)
"""


def test_one_detector_and_what_stays(sandbox, make_project):
    box = sandbox(make_project({"__main__.py": PROGRAM}))
    box.pulumi("stack", "init", "dev")
    box.pulumi("config", "set", "aws:region", "us-east-1")
    box.pulumi("up", "--yes", "--skip-preview")
    box.pulumi("preview", "--expect-no-changes")
    (detector,) = box.resources("aws:guardduty/detector:Detector")
    assert json.loads(box.pulumi("stack", "output", "detector", "--json").stdout) == detector["id"]
    _, pull = json.loads(box.pulumi("stack", "output", "commands", "--json").stdout)
    assert pull.endswith(f".dkr.ecr.us-east-1.amazonaws.com/m-dev/k8s/pause@sha256:{'0' * 64}")

    box.pulumi("stack", "init", "other")
    box.pulumi("config", "set", "aws:region", "us-east-1")
    box.pulumi("config", "set", "ephemeral", "true")
    second = box.pulumi("up", "--yes", "--skip-preview", check=False)
    assert second.returncode != 0
    assert "a detector already exists for the current account" in second.stdout + second.stderr
    box.pulumi("config", "set", "detector", detector["id"])
    box.pulumi("up", "--yes", "--skip-preview")
    box.pulumi("preview", "--expect-no-changes")
    box.pulumi("destroy", "--yes", "--skip-preview")
    assert not box.resources("aws:ecr/repository:Repository")
