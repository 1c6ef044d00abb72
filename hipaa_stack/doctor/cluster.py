"""The cluster, where there is one, and whether its API server answers from here."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from hipaa_stack.doctor._account import Account, text
from hipaa_stack.doctor._finding import OWN, Finding, beside, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.doctor._unseen import PROXY, Unseen

CONNECT_SECONDS = 5.0

_DESCRIBE = "eks:DescribeCluster"
_OPEN = "Open one of the ways in `access` (stack output access_instructions), or run this where there is one."


def found_cluster(account: Account, platform: Platform) -> Mapping[str, Any] | None:
    """What EKS says of the cluster; None where there is none."""
    found = account.get("eks", "describe_cluster", "cluster", ("ResourceNotFoundException",), name=platform.cluster_name)
    if found is None:
        return None
    text(found, "status", _DESCRIBE)
    present: Mapping[str, Any] = found
    return present


def cluster(account: Account, platform: Platform) -> Iterator[Finding]:
    """What there is of the name, and its API server."""
    name = platform.cluster_name
    answer = found_cluster(account, platform)
    if answer is None:
        if platform.layer == "BASELINE":
            fix = f"Bring up the stack {platform.at('cloud_stack') or 'of layer CLOUD'} first."
            yield failed("cluster", message=f"{name} does not exist", fix=fix)
        else:
            yield passed("cluster", message=f"{name} does not exist yet")
        yield beside("API server", message="there is none yet")
        return
    yield _usable(platform, answer)
    try:
        yield _server(platform, answer)
    except Unseen as unseen:
        yield unknown("API server", message=str(unseen), fix=unseen.fix)


def _usable(platform: Platform, answer: Mapping[str, Any]) -> Finding:
    name, status = platform.cluster_name, str(answer["status"])
    said = f"{name} exists, Kubernetes {answer.get('version')}, {status}"
    if status not in {"ACTIVE", "UPDATING"}:
        outcome = unknown if status in {"CREATING", "PENDING"} else failed
        return outcome("cluster", message=said, fix=f"aws eks wait cluster-active --name {name}; one that FAILED is deleted and made anew.")
    if platform.layer == "BASELINE" or platform.at("cluster", "adopt") or name in platform.made("aws:eks/cluster:Cluster"):
        return passed("cluster", message=said)
    if platform.state is None:
        return unknown("cluster", message=f"{said}; whether this stack made it is not known", fix=OWN.strip())
    fix = "Set cluster_name to another one, or cluster.adopt to take it over."
    return failed("cluster", message=f"{said}, and is not in the state of this stack: its name is taken", fix=fix)


def _server(platform: Platform, answer: Mapping[str, Any]) -> Finding:
    name = "API server"
    if platform.layer == "CLOUD":
        return beside(name, message="the layer CLOUD does not call it")
    if indirect := _indirect(platform):
        return indirect
    endpoint = text(answer, "endpoint", _DESCRIBE)
    authority = text(answer.get("certificateAuthority"), "data", _DESCRIBE)
    if refused := _refusal(endpoint, authority):
        if platform.layer == "BASELINE" and platform.way == "EXISTING":  # the cloud layer may declare a proxy
            return unknown(name, message=f"{endpoint} is not reached directly: {refused}", fix=_OPEN)
        return failed(name, message=f"{endpoint} cannot be reached from here: {refused}", fix=_OPEN)
    return passed(name, message=f"{endpoint} answers from here")


def _indirect(platform: Platform) -> Finding | None:
    """What is said where the program takes another way than straight to the API server, or perhaps does."""
    name = "API server"
    if platform.way == "SSM":
        message = "it is reached through a port that a session forwards (through: SSM)"
        return unknown(name, message=message, fix="Open the session: pulumi stack output access_instructions.")
    if platform.way == "EXISTING" and platform.proxied:
        message = "it is reached through the proxy of access.existing, which is not asked"
        return unknown(name, message=message, fix="kubectl get --raw /readyz, with the kubeconfig of the stack, asks it.")
    if platform.layer == "BASELINE" and not platform.way:
        message = "the program takes the first way that the cloud layer declares, which is not known here"
        return unknown(name, message=message, fix="Set through to a way that the cloud layer declares.")
    return None


def _refusal(endpoint: str, authority: str) -> str | None:
    """Why nothing answers with a certificate of the cluster's authority; None where it does. Raises Unseen."""
    try:
        where = urlsplit(endpoint)
        host, port = where.hostname, where.port or 443
        context = ssl.create_default_context(cadata=base64.b64decode(authority, validate=True).decode())
    except (ValueError, ssl.SSLError):
        raise Unseen(f"{_DESCRIBE}: the endpoint or its certificate authority cannot be read: {endpoint}", PROXY) from None
    if where.scheme != "https" or not host:
        raise Unseen(f"{_DESCRIBE}: the endpoint is no https URL: {endpoint}", PROXY)
    # Authorities of EKS lack extensions that RFC 5280 asks for; Python 3.13 and newer would refuse them.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        with (
            socket.create_connection((host, port), timeout=CONNECT_SECONDS) as connection,
            context.wrap_socket(connection, server_hostname=host),
        ):
            return None
    except ssl.SSLCertVerificationError as error:
        return f"what answers is not the cluster: {error.verify_message}"
    except (OSError, UnicodeError) as error:
        return str(error.strerror or error) if isinstance(error, OSError) else str(error)
