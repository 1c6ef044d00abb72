"""The kubeconfig of an EKS cluster: it holds no token, the AWS CLI makes one for every call."""

import json

INSTALL_HINT = "The AWS CLI makes the token: install it and sign in, https://docs.aws.amazon.com/cli/"
"""What kubectl shows when `aws` is missing."""


def eks_kubeconfig(
    name: str,
    endpoint: str,
    ca: str,
    region: str,
    role_arn: str | None = None,
    proxy_url: str | None = None,
    tls_server_name: str | None = None,
) -> str:
    """The kubeconfig of an EKS cluster as JSON, which every reader of kubeconfigs takes; the same input gives the same bytes.

    Args:
        name: of the cluster, and of the one context.
        endpoint: URL of the API server; `https://127.0.0.1:8443` for a forwarded port.
        ca: certificate authority of the API server, PEM in base64, as EKS returns it.
        region: of the cluster.
        role_arn: a role to assume for the token; the caller's own identity if absent.
        proxy_url: a proxy to the private API server.
        tls_server_name: the host name in the API server's certificate, where the endpoint is a forwarded port.
    """
    cluster = {"server": endpoint, "certificate-authority-data": ca, "proxy-url": proxy_url, "tls-server-name": tls_server_name}
    token = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": [
            *("--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"),
            *(("--role-arn", role_arn) if role_arn else ()),
        ],
        "interactiveMode": "Never",
        "installHint": INSTALL_HINT,
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {key: value for key, value in cluster.items() if value is not None}}],
        "users": [{"name": name, "user": {"exec": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return json.dumps(config, indent=2, sort_keys=True)
