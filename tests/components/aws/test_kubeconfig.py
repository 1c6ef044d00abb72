"""The kubeconfig of an EKS cluster: what it says, and that it holds no token."""

import json

import pytest

from hipaa_components.aws import eks_kubeconfig

FACTS = {"name": "clinic", "endpoint": "https://api.example.com", "ca": "Q0E=", "region": "us-east-1"}


def read(**change):
    return json.loads(eks_kubeconfig(**{**FACTS, **change}))


def test_says_exactly():
    assert read() == {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "clinic", "cluster": {"server": "https://api.example.com", "certificate-authority-data": "Q0E="}}],
        "contexts": [{"name": "clinic", "context": {"cluster": "clinic", "user": "clinic"}}],
        "current-context": "clinic",
        "users": [
            {
                "name": "clinic",
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": ["--region", "us-east-1", "eks", "get-token", "--cluster-name", "clinic", "--output", "json"],
                        "interactiveMode": "Never",
                        "installHint": "The AWS CLI makes the token: install it and sign in, https://docs.aws.amazon.com/cli/",
                    }
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ({"proxy_url": "http://proxy:3128"}, "proxy-url", "http://proxy:3128"),
        ({"endpoint": "https://127.0.0.1:8443", "tls_server_name": "api.example.com"}, "tls-server-name", "api.example.com"),
    ],
)
def test_a_private_endpoint_is_reached_through_a_path(change, key, value):
    assert read(**change)["clusters"][0]["cluster"][key] == value


def test_a_role_is_assumed_for_the_token():
    role = "arn:aws:iam::123456789012:role/deployer"
    assert read(role_arn=role)["users"][0]["user"]["exec"]["args"][-2:] == ["--role-arn", role]


def test_the_same_facts_give_the_same_bytes_and_no_token():
    assert eks_kubeconfig(**FACTS) == eks_kubeconfig(**FACTS)
    assert "k8s-aws-v1." not in eks_kubeconfig(**FACTS)
    assert "token" not in read()["users"][0]["user"]
