"""ePHI that is being worked on lies in memory in plain; confidential nodes keep it encrypted there, from the host as well."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-026",
    title="Nodes are confidential",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(Cite("164.312(a)(2)(iv)", "ePHI in the memory of nodes is encrypted"),),
    fix="Set confidentialNodes.enabled to true; the cluster is made anew.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("confidentialNodes.enabled") is not True:
        yield cluster.fail("confidentialNodes.enabled", "memory of nodes is not encrypted")
