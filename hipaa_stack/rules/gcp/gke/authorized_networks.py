"""Without a list of networks the API server answers whoever reaches its address; a stolen credential then works from anywhere."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation, all_of, any_of, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp.gke._endpoints import has_ip_endpoint, has_public_endpoint


@rule(
    id="GCP-GKE-004",
    title="Control-plane access is limited to networks",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(
        Cite("164.312(a)(1)", "only named networks reach the API server"),
        Cite("164.312(e)(1)", "other networks are kept off the path to the API server"),
    ),
    tags=("cis-gke",),
    fix="Set masterAuthorizedNetworksConfig with the networks of your administrators, and gcpPublicCidrsAccessEnabled to false.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if not has_ip_endpoint(cluster):
        raise NotApplicable("the control plane has a DNS endpoint alone")
    if not cluster.present("masterAuthorizedNetworksConfig"):
        yield cluster.fail("masterAuthorizedNetworksConfig", "every network that reaches the control plane is let in")
        return
    networks = cluster.node("masterAuthorizedNetworksConfig")
    yield from chain([chain(map(_everybody, networks.items("cidrBlocks"))), _google_cloud(networks, cluster)])


def _everybody(block: Node) -> Iterator[Violation]:
    if (block.string("cidrBlock") or "").endswith("/0"):
        yield block.fail("cidrBlock", "every address is let in")


def _google_cloud(networks: Node, cluster: Node) -> Iterator[Violation]:
    """Addresses of Google Cloud, which any customer can have, are let in to a cluster that is public throughout unless it says otherwise."""
    path = "gcpPublicCidrsAccessEnabled"
    if any_of(lambda: networks.boolean(path) is True, lambda: not networks.present(path) and _is_public(cluster)):
        yield networks.fail(path, "every virtual machine in Google Cloud is let in")


def _is_public(cluster: Node) -> bool:
    private_nodes = "privateClusterConfig.enablePrivateNodes"
    return all_of(lambda: has_public_endpoint(cluster), lambda: cluster.boolean(private_nodes) is not True)
