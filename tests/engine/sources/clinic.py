"""A small program with what previews and states can hold: components, secrets, unknown values, options, replacements."""

import os

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import Output, ResourceOptions

os.environ.pop("KUBECONFIG", None)  # a provider that renders takes none
CHANGED = os.environ.get("CHANGED") == "yes"


class Team(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("acme:index:Team", name)
        options = ResourceOptions(parent=self, protect=True, retain_on_delete=True, ignore_changes=["description"])
        self.key = aws.kms.Key(f"{name}-key", enable_key_rotation=True, opts=options)
        self.register_outputs({"arn": self.key.arn})


team = Team("records")
east = aws.Provider("east", region="us-east-1")
bucket = aws.s3.Bucket("records", bucket="clinic-records-2" if CHANGED else "clinic-records", opts=ResourceOptions(provider=east))
aws.s3.BucketServerSideEncryptionConfiguration(
    "records",
    bucket=bucket.id,
    rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": team.key.arn}}],
)
password = Output.secret("hunter2")
aws.secretsmanager.Secret("login", name="login", description=password, tags={"owner": "clinic" if CHANGED else "records"})
if CHANGED:
    aws.s3.Bucket.get("elsewhere", "clinic-old")
else:
    aws.s3.Bucket("old", bucket="clinic-old")
manifests = ResourceOptions(provider=kubernetes.Provider("manifests", render_yaml_to_directory="rendered"))
kubernetes.core.v1.Namespace("clinic", metadata={"name": "clinic"}, opts=manifests)
kubernetes.core.v1.Secret("login", metadata={"name": "login"}, string_data={"password": password, "key": team.key.arn}, opts=manifests)
pulumi.export("bucket", bucket.arn)
pulumi.export("password", password)
