"""The example on each component's page is a whole program: the real engine previews it, and no required rule fails."""

import json
import os
from pathlib import Path

import pytest
import yaml

from hipaa_components.package import components
from hipaa_stack.cli.main import run
from hipaa_stack.sandbox.session import Options, Session
from tests.conftest import Box

from .controllers import built

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAMES = [component.__name__ for component in components()]
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
CONFIG = {
    "aws:region": "us-east-1",
    "platform:cluster_arn": "arn:aws:eks:us-east-1:123456789012:cluster/clinic",
    "platform:external_secrets_digest": "sha256:" + "0" * 64,
    "platform:key_arn": KEY,
    "platform:kubectl_image": "registry.example.org/tools/kubectl@sha256:" + "0" * 64,
    "platform:log_group_arn": "arn:aws:logs:us-east-1:123456789012:log-group:/clinic/access",
    "platform:sealed_secrets_digest": "sha256:" + "0" * 64,
    "platform:secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:clinic/database-AbCdEf",
    "platform:subnet_ids": ["subnet-1", "subnet-2"],
    "platform:topic_arn": "arn:aws:sns:us-east-1:123456789012:alerts",
    "platform:volume_key_arn": KEY,
    "platform:vpc_id": "vpc-1",
}
"""What the programs ask their stack for."""

FIRST = {"EksBaseline": "EksCloud"}
"""Examples that read the stack of another, which is brought up before."""

OLDER = {"ExternalSecrets": ["--ignore", "K8S-RBAC-011"]}
"""The copy of the chart is of another version than the pinned one, and lets the operator ask for tokens of every account."""

pytestmark = pytest.mark.engine


def without_token(kubeconfig):
    """The token lies in a file of its own, as one that is asked for at each call would: a rule refuses those in a text."""
    config = yaml.safe_load(kubeconfig.read_text())
    for user in config["users"]:
        (kubeconfig.parent / "token").write_text(user["user"].pop("token"))
        user["user"]["tokenFile"] = str(kubeconfig.parent / "token")
    kubeconfig.write_text(yaml.safe_dump(config))


@pytest.fixture(scope="module")
def previewed(local_kubernetes, external_secrets_source, tmp_path_factory):
    """Previews an example, as JSON: `previewed("AwsSecret")`."""
    project = tmp_path_factory.mktemp("platform")
    (project / "Pulumi.yaml").write_text("name: platform\nruntime: python\n")
    chart = built("sealed-secrets-chart")
    sealed_secrets_source = {"chart": str(chart), "crds": str(chart / "crds" / "bitnami.com_sealedsecrets.yaml")}
    copies = {"platform:external_secrets": external_secrets_source, "platform:sealed_secrets": sealed_secrets_source}
    without_token(local_kubernetes.kubeconfig(project / "kubeconfig"))
    with Session(Options(directory=tmp_path_factory.mktemp("sandbox"), base_environment=dict(os.environ)), local_kubernetes) as session:
        box = Box(session, project)

        def pulumi(example, stack, *arguments):
            (project / "__main__.py").write_text((EXAMPLES / f"{example}.py").read_text())
            (project / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": CONFIG | copies}))
            box.pulumi("stack", "select", "--create", stack)
            return box.pulumi(*arguments, "--stack", stack).stdout

        def preview(example):
            if example in FIRST:
                pulumi(FIRST[example], "cloud", "up", "--yes", "--skip-preview")
            return pulumi(example, "dev", "preview", "--json")

        yield preview


def test_every_component_has_an_example():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_previewed_and_passes_the_required_rules(previewed, tmp_path, name):
    (tmp_path / "preview.json").write_text(previewed(name))
    (tmp_path / "hipaa-stack.yaml").write_text("external_detection: true\n")  # what detects threats is a component of its own
    options = [
        *OLDER.get(name, ()),
        "--config",
        str(tmp_path / "hipaa-stack.yaml"),
        "--format",
        "json",
        "--out",
        str(tmp_path / "found.json"),
    ]
    assert run(["check", str(tmp_path / "preview.json"), *options]) == 0, (tmp_path / "found.json").read_text()
    summary = json.loads((tmp_path / "found.json").read_text())["summary"]
    assert summary["resources"]
    assert summary["error"] == 0
