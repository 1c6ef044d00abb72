"""The way in that another team provides: nothing is made, the cluster learns whom to admit."""

from collections.abc import Sequence

import pulumi

from hipaa_components._args import Args
from hipaa_components._problems import check, each, matches, narrow_network, not_empty, unique
from hipaa_components.aws._access import AccessPath, AccessSite, in_steps, kubeconfig_commands
from hipaa_components.aws.eks_cluster import WIDEST_CLIENT_PREFIX


class AwsExistingAccess(Args):
    """A path that another team provides: a peering, a transit gateway, a direct connection, or a proxy."""

    client_cidrs: Sequence[str]
    """Networks that clients, or the proxy, come from: /16 or narrower."""
    proxy_url: str = ""
    """URL of a proxy to the network, for the kubeconfig; empty where clients need none. It holds no password."""

    _clients = check(
        "client_cidrs",
        not_empty("The cluster admits nobody whom it does not know."),
        unique(),
        each(narrow_network(WIDEST_CLIENT_PREFIX, "Name the networks that clients are in.")),
    )
    _proxy = check(
        "proxy_url",
        matches(r"((https?|socks5)://[\w.-]+(:\d{1,5})?)?", "an http, https or socks5 URL of a host and a port, without a password"),
    )


def existing_access(site: AccessSite, existing: AwsExistingAccess) -> AccessPath:
    """Registers nothing."""
    facts = pulumi.Output.all(site.account.region, site.arn("eks", f"cluster/{site.cluster_name}"))
    commands = facts.apply(lambda known: kubeconfig_commands(known[0], site.cluster_name, known[1], proxy_url=existing.proxy_url))
    return AccessPath(
        instructions=commands.apply(lambda lines: in_steps((f"From {', '.join(existing.client_cidrs)}", lines))),
        cidrs=existing.client_cidrs,
        proxy_url=existing.proxy_url,
    )
