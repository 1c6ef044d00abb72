"""FIPS 140-3 validated cryptography on a platform: what can be asked for, and what it cannot hold for."""

from collections.abc import Iterator, Sequence
from typing import Final

import pulumi

from hipaa_components._args import ArgsError
from hipaa_components._problems import Problem
from hipaa_components.aws.eks_nodes import EksAmiType, EksNodeGroup

VALIDATED: Final = tuple(kind for kind in EksAmiType if kind.value.endswith("_FIPS"))
"""Operating systems of nodes whose cryptography is validated (EKS user guide, Bottlerocket FIPS AMIs)."""

ENDPOINT_REGIONS: Final = ("us-", "ca-")
"""Beginnings of the regions where AWS has FIPS endpoints (AWS, Federal Information Processing Standard 140-3)."""

NEVER: Final = (
    "the API endpoint and the control plane of the cluster, which AWS runs",
    "cryptography of charts and applications in containers",
    "clients of operators: Session Manager, VPN, kubectl",
    "interface endpoints of AWS services that have no FIPS name",
)


def unvalidated_nodes(node_groups: Sequence[EksNodeGroup]) -> Iterator[Problem]:
    """Told of node groups whose operating system is not validated."""
    for index, group in enumerate(node_groups):
        if group.ami_type not in VALIDATED:
            accepted = f"{', '.join(VALIDATED)} with fips"
            yield Problem(accepted, "Name the node groups with one of them.", f"cluster.node_groups[{index}].ami_type", group.ami_type)


def refuse_other_endpoints(where: str, opts: pulumi.ResourceOptions | None) -> None:
    """Raises ArgsError unless the AWS provider of the stack calls FIPS endpoints. An explicit provider cannot be looked into."""
    given = opts is not None and (opts.provider is not None or opts.providers)
    if not given and not pulumi.Config("aws").get_bool("useFipsEndpoint"):
        accepted = "got True; accepted: true where the AWS provider calls FIPS endpoints."
        raise ArgsError(where, [("fips", f"{accepted} Run `pulumi config set aws:useFipsEndpoint true`.")])


def not_fips(region: str) -> list[str]:
    """What `fips` cannot hold for in a region, for the evidence."""
    endpoints = [] if region.startswith(ENDPOINT_REGIONS) else [f"the AWS API: the region {region} has no FIPS endpoints"]
    return [*endpoints, *NEVER]
