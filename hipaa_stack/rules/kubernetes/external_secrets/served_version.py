"""External Secrets serves v1 alone: objects of older versions are rejected, or no longer refreshed after an upgrade."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule

_KINDS = ("ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore")


@rule(
    id="K8S-ESO-001",
    title="ESO objects use the served v1 API",
    severity=Severity.HIGH,
    types=tuple(f"kubernetes:external-secrets.io/{version}:{kind}" for version in ("v1beta1", "v1alpha1") for kind in _KINDS),
    cites=(Cite("164.306(a)(1)", "workloads keep getting their credentials after an upgrade of the operator"),),
    fix="Use apiVersion external-secrets.io/v1.",
)
def check(secret: Node) -> Iterator[Violation]:
    yield secret.fail("apiVersion", "this version is no longer served")
