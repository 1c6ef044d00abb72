"""A secret, the role that reads it and emergency access through the real engine: up, unchanged, kept from a destroy."""

import json

import pytest

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
import pulumi_aws as aws
from hipaa_components.aws import AwsBreakGlassRole, AwsEncryptionKey, AwsSecret, AwsWorkloadRole

key = AwsEncryptionKey("key", {"uses": ["EBS"], "alias": "secrets"})
common = {"cluster_name": "clinic", "cluster_arn": "arn:aws:eks:us-east-1:123456789012:cluster/clinic", "namespace": "clinic"}
reader = aws.iam.Role("reader", name="reader", assume_role_policy='{"Version": "2012-10-17", "Statement": []}')
secret = AwsSecret(
    "database",
    {
        "secret_name": "clinic/database",
        "key_arn": key.key_arn,
        "reader_role_arns": [reader.arn],
        "rotated_by": {"owner": "Database service", "days": 30},
    },
)
shared = {**common, "secret_arns": [secret.secret_arn], "key_arns": [key.key_arn]}
AwsWorkloadRole("api", {**shared, "service_account": "api"})
irsa = {"mode": "IRSA", "oidc_issuer": "https://oidc.eks.us-east-1.amazonaws.com/id/ABCDEF"}
role = AwsWorkloadRole("store", {**shared, **irsa, "service_account": "store"})
users = {"mode": "IAM_USER", "user_arns": ["arn:aws:iam::123456789012:user/oncall"]}
topic = aws.sns.Topic("alerts", name="alerts", kms_master_key_id=key.key_arn)
cluster = {name: common[name] for name in ("cluster_name", "cluster_arn")}
AwsBreakGlassRole("emergency", {**cluster, **users, "topic_arn": topic.arn})
pulumi.export("annotations", role.annotations)
"""


def test_a_secret_and_its_readers(sandbox, make_project):
    box = sandbox(make_project({"__main__.py": PROGRAM}))
    box.pulumi("stack", "init", "dev")
    box.pulumi("config", "set", "aws:region", "us-east-1")
    box.pulumi("up", "--yes", "--skip-preview")
    box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    (annotation,) = json.loads(box.pulumi("stack", "output", "annotations", "--json").stdout).items()
    assert annotation[0] == "eks.amazonaws.com/role-arn"
    assert "/hipaa-stack/store-role" in annotation[1]
    (policy,) = box.resources("aws:secretsmanager/secretPolicy:SecretPolicy")
    (reader,) = (item for item in box.resources("aws:iam/role:Role") if item["id"] == "reader")
    statement = json.loads(policy["inputs"]["policy"])["Statement"][0]
    assert statement["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [reader["outputs"]["arn"]]}}
    (rule,) = box.resources("aws:cloudwatch/eventRule:EventRule")
    (emergency,) = (item for item in box.resources("aws:iam/role:Role") if "emergency-role" in item["id"])
    assert json.loads(rule["inputs"]["eventPattern"])["detail"]["requestParameters"] == {"roleArn": [emergency["outputs"]["arn"]]}
    refused = box.pulumi("destroy", "--yes", "--skip-preview", check=False)
    assert refused.returncode != 0
    assert "protected" in refused.stdout + refused.stderr
    assert box.resources("aws:secretsmanager/secret:Secret")
