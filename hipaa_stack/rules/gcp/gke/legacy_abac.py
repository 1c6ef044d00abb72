"""Attribute-based access gives every service account and node fixed rights over the whole cluster, which no role or binding can take back."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-009",
    title="Legacy ABAC is off",
    severity=Severity.CRITICAL,
    types=(CLUSTER,),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights come from roles that are granted to somebody"),
        Cite("164.312(a)(1)", "a pod does not read what is not its own"),
    ),
    tags=("cis-gke",),
    fix="Set enableLegacyAbac to false.",
    remediates=True,
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("enableLegacyAbac") is True:
        yield cluster.fail("enableLegacyAbac", "everybody in the cluster has rights beside those of roles", remedy=False)
