"""AwsWorkloadRole: who may assume it, what it may do, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsWorkloadRole, AwsWorkloadRoleArgs
from hipaa_components.aws.workload_role import secrets_policy, web_identity_trust, workload_trust

ACCOUNT = "123456789012"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:clinic/database-AbCdEf"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
CLUSTER = f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/clinic"
ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/ABCDEF"
MINIMAL = {
    "cluster_name": "clinic",
    "cluster_arn": CLUSTER,
    "namespace": "clinic",
    "service_account": "api",
    "secret_arns": [SECRET],
    "key_arns": [KEY],
}
IRSA = {"mode": "IRSA", "oidc_issuer": ISSUER}


@pytest.mark.parametrize("extra", [{}, IRSA], ids=["pod-identity", "irsa"])
def test_registers_exactly(register, snapshot, extra):
    args = {**MINIMAL, **extra, "permissions_boundary_arn": f"arn:aws:iam::{ACCOUNT}:policy/boundary"}
    assert register(lambda: AwsWorkloadRole("api", args)).whole() == snapshot


def test_pod_identity_is_one_account_of_one_cluster():
    (statement,) = json.loads(workload_trust(ACCOUNT, CLUSTER, "clinic", "api"))["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": CLUSTER},
        "StringEquals": {
            "aws:SourceAccount": ACCOUNT,
            "aws:RequestTag/kubernetes-namespace": "clinic",
            "aws:RequestTag/kubernetes-service-account": "api",
        },
    }


def test_a_web_identity_is_one_account_of_one_issuer():
    (statement,) = json.loads(web_identity_trust(ACCOUNT, "aws-us-gov", ISSUER, "clinic", "api"))["Statement"]
    host = ISSUER.removeprefix("https://")
    assert statement["Principal"] == {"Federated": f"arn:aws-us-gov:iam::{ACCOUNT}:oidc-provider/{host}"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {f"{host}:aud": "sts.amazonaws.com", f"{host}:sub": "system:serviceaccount:clinic:api"}
    }


def test_it_may_read_and_decrypt_and_nothing_else():
    read, decrypt = json.loads(secrets_policy([SECRET], [KEY], "us-east-1"))["Statement"]
    assert (read["Action"], read["Resource"]) == (["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], [SECRET])
    assert (decrypt["Action"], decrypt["Resource"]) == ("kms:Decrypt", [KEY])
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}


def test_the_association_waits_for_the_rights(register):
    association = register(lambda: AwsWorkloadRole("api", MINIMAL)).one("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert "api-role-policy" in association.options["dependsOn"]


def test_annotations_are_those_of_the_mode(register):
    seen = {}
    register(lambda: AwsWorkloadRole("api", {**MINIMAL, **IRSA}).annotations.apply(lambda value: seen.update(irsa=value)))
    register(lambda: AwsWorkloadRole("api", MINIMAL).annotations.apply(lambda value: seen.update(pod=value)))
    assert list(seen["irsa"]) == ["eks.amazonaws.com/role-arn"]
    assert seen["irsa"]["eks.amazonaws.com/role-arn"].startswith("arn:aws:")
    assert seen["pod"] == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"service_account": "default"}, "service_account: got 'default'; accepted: a service account other than default"),
        ({"service_account": "API"}, "service_account: got 'API'"),
        ({"namespace": "a.b"}, "namespace: got 'a.b'; accepted: a Kubernetes namespace"),
        ({"secret_arns": []}, r"secret_arns: got \[\]; accepted: at least one"),
        ({"secret_arns": ["*"]}, r"secret_arns\[0\]: got '\*'; accepted: arn:<partition>:secretsmanager"),
        ({"secret_arns": [f"{SECRET}*"]}, r"secret_arns\[0\].*without \*"),
        ({"key_arns": []}, "key_arns.*Secrets are encrypted with keys of your own"),
        ({"key_arns": ["alias/clinic"]}, r"key_arns\[0\]: got 'alias/clinic'"),
        ({"mode": "IRSA"}, "oidc_issuer: got None; accepted: the issuer of the cluster with mode IRSA"),
        ({"oidc_issuer": ISSUER}, "oidc_issuer: got .*none with POD_IDENTITY. Remove it"),
        ({**IRSA, "oidc_issuer": "http://oidc"}, "oidc_issuer: got 'http://oidc'; accepted: the https:// URL"),
        ({"cluster_arn": "clinic"}, "cluster_arn: got 'clinic'"),
    ],
)
def test_refuses(register, change, message):
    args = {**MINIMAL, **change}
    with pytest.raises(ArgsError, match=message):
        AwsWorkloadRoleArgs(**args)
    with pytest.raises(ArgsError, match=f"AwsWorkloadRole 'api': .*{message}"):
        register(lambda: AwsWorkloadRole("api", args))
    assert register.last.registrations == []
