"""Nodes that GKE adds on its own follow the defaults of the cluster, not those of any pool: left alone they act as the default account and boot what they find."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, any_of, chain
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._accounts import own_account
from hipaa_stack.rules.gcp._clusters import CLUSTER, autopilot, provisions_nodes


@rule(
    id="GCP-GKE-027",
    title="Auto-provisioned nodes are hardened",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(
        Cite("164.312(c)(1)", "nodes that nobody declares boot only what is signed"),
        Cite("164.308(a)(4)(ii)(B)", "such nodes hold the rights of an account of their own"),
    ),
    fix="Set serviceAccount and shieldedInstanceConfig.enableSecureBoot in clusterAutoscaling.autoProvisioningDefaults.",
    each=asked,
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    if not provisions_nodes(cluster):
        raise NotApplicable("node auto-provisioning is off")
    return chain([_account(cluster, stack), _boot(cluster)])


def _account(cluster: Node, stack: Stack) -> Iterator[Violation]:
    path = "clusterAutoscaling.autoProvisioningDefaults.serviceAccount"
    if not own_account(cluster, path, stack):
        yield cluster.fail(path, "nodes that GKE adds act as the default account")


def _boot(cluster: Node) -> Iterator[Violation]:
    """In Autopilot it is always on."""
    path = "clusterAutoscaling.autoProvisioningDefaults.shieldedInstanceConfig.enableSecureBoot"
    if not any_of(lambda: cluster.boolean(path) is True, lambda: autopilot(cluster)):
        yield cluster.fail(path, "nodes that GKE adds boot without checking signatures")
