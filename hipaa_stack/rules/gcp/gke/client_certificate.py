"""The certificate that GKE can issue for a cluster names nobody, lasts for years and cannot be withdrawn; whoever copies it keeps it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-010",
    title="No client certificate is issued",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(Cite("164.312(d)", "administrators prove who they are with an identity that can be withdrawn"),),
    tags=("cis-gke",),
    fix="Set masterAuth.clientCertificateConfig.issueClientCertificate to false; the cluster is made anew.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("masterAuth.clientCertificateConfig.issueClientCertificate") is True:
        yield cluster.fail("masterAuth.clientCertificateConfig.issueClientCertificate", "a certificate without a person is issued")
