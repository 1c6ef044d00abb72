"""Components in YAML programs, through the real engine."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

COMPONENTS = Path(__file__).parents[2] / "components"
PACKAGES = f"packages:\n  hipaa: {COMPONENTS}\n"

KEYS = """
resources:
  data:
    type: hipaa:AwsEncryptionKey
    properties:
      uses: [EBS, S3]
      alias: clinic/data
      rotationDays: 400
      ephemeral:
        howStillMet: The data is synthetic and made anew every night.
        approver: Security officer
  existing:
    type: hipaa:AwsEncryptionKey
    properties:
      uses: [EBS]
      alias: clinic/existing
      existingKeyArn: ${data.keyArn}
outputs:
  given: ${data.keyArn}
  taken: ${existing.keyArn}
  weakenings: ${data.weakenings}
"""

NAMESPACE = """
resources:
  clinic:
    type: hipaa:HardenedNamespace
    properties:
      name: from-yaml
      owner: clinic-team
      dataClassification: SYNTHETIC
      quota:
        requestsCpu: "4"
      network:
        platform: EKS
        apiServerCidrs: [10.0.0.0/24]
        serviceCidr: 172.20.0.0/16
outputs:
  name: ${clinic.name}
"""


@pytest.fixture
def yaml_box(sandbox, make_project):
    """Opens a sandbox around a YAML program that uses the components of this checkout."""

    def open_box(program, **options):
        box = sandbox(make_project({}, runtime="yaml", extra=PACKAGES + program), **options)
        box.pulumi("stack", "select", "--create", "dev")
        return box

    return open_box


def test_arguments_and_outputs_cross_the_language_border(yaml_box):
    box = yaml_box(KEYS)
    box.pulumi("preview")  # the ARN that one component gives another is unknown here
    box.pulumi("up", "--yes", "--skip-preview")
    (key,) = box.resources("aws:kms/key:Key")
    assert key["inputs"]["rotationPeriodInDays"] == 400
    (stack,) = box.resources("pulumi:pulumi:Stack")
    assert stack["outputs"]["taken"] == stack["outputs"]["given"] == key["outputs"]["arn"]
    (weakening,) = stack["outputs"]["weakenings"]
    assert weakening["texts"] == {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
    box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


@pytest.mark.cluster
def test_a_hardened_namespace_comes_up_in_the_cluster(yaml_box, local_kubernetes):
    box = yaml_box(NAMESPACE, kubernetes=local_kubernetes)
    box.pulumi("up", "--yes", "--skip-preview")
    status, namespace = local_kubernetes.request("GET", "/api/v1/namespaces/from-yaml")
    assert status == 200
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    _, quota = local_kubernetes.request("GET", "/api/v1/namespaces/from-yaml/resourcequotas/hipaa-quota")
    assert quota["spec"]["hard"]["requests.cpu"] == "4"
    box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    box.pulumi("destroy", "--yes", "--skip-preview")


@pytest.mark.parametrize(
    ("given", "accepted", "message"),
    [
        (
            "alias: clinic/data",
            "alias: alias/data",
            "alias: got 'alias/data'; accepted: 1 to 240 letters",
        ),
        (
            "rotationDays: 400",
            "deletionWindowDays: 6",
            "deletionWindowDays: got 6; accepted: 30, or 7 to 29 with shortDeletionWindow.",
        ),
        (
            "howStillMet: The data is synthetic and made anew every night.",
            "howStillMet: todo",
            "ephemeral.howStillMet: got 'todo'; accepted: at least 20 characters",
        ),
    ],
)
def test_a_mistake_is_one_clean_line(yaml_box, given, accepted, message):
    box = yaml_box(KEYS.replace(given, accepted))
    refused = box.pulumi("preview", check=False)
    output = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert f"AwsEncryptionKey resource 'data' has a problem: {message}" in output
    assert "Traceback" not in output
    assert "aws:kms" not in output
