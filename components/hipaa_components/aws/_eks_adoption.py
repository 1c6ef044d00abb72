"""A cluster of EKS that exists: what of it cannot change without a new cluster, and is kept."""

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import check, each, matches, unique
from hipaa_components._weakening import StandardWeakening
from hipaa_components.aws._common import role_arn_rule
from hipaa_components.aws._roles import ServiceRole, cluster_key_policy, service_role, service_trust

KEPT: Final = ["bootstrapSelfManagedAddons", "accessConfig.bootstrapClusterCreatorAdminPermissions"]
"""What was decided when the cluster was created and means nothing later, yet would replace it (AWS provider, eks_cluster)."""


class EksAdoption(Args):
    """A cluster that exists and was imported into the state, under the name of this component's cluster.

    Everything that can change in place becomes as it is here: secrets are encrypted, every log is on, the endpoint is
    private, access is by entries. Nodes are new; drain the old ones and delete their groups.
    """

    cluster_role_arn: pulumi.Input[str]
    """ARN of the role that the cluster has; EKS never exchanges it. It gets the right to use the key of secrets."""
    security_group_ids: Sequence[pulumi.Input[str]] = []
    """Further security groups that the cluster keeps."""
    config_map: StandardWeakening | None = None
    """Weakening, for the step between: whom the ConfigMap `aws-auth` names still comes in. EKS goes from CONFIG_MAP to
    API_AND_CONFIG_MAP, then to API, and never back."""

    _role = check("cluster_role_arn", role_arn_rule())
    _groups = check("security_group_ids", unique(), each(matches(r"sg-[0-9a-f]+", "the id of a security group, sg-…")))

    @property
    def authentication_mode(self) -> str:
        """Who is asked about callers."""
        return "API" if self.config_map is None else "API_AND_CONFIG_MAP"


def cluster_role(
    component: Component,
    name: str,
    adopt: EksAdoption | None,
    partition: pulumi.Output[str],
    *,
    key_arn: pulumi.Input[str],
    boundary: pulumi.Input[str] | None,
    tags: Mapping[str, str],
) -> tuple[pulumi.Input[str], list[pulumi.CustomResource]]:
    """The ARN of the cluster's role, made here or kept, and what grants it its rights."""
    policy = pulumi.Output.from_input(key_arn).apply(cluster_key_policy)
    if adopt is None:
        made: ServiceRole = service_role(
            component,
            f"{name}-cluster-role",
            partition,
            trust=service_trust("eks"),
            managed=["AmazonEKSClusterPolicy"],
            policy=policy,
            boundary=boundary,
            tags=tags,
        )
        return made.role.arn, made.grants
    role_name = pulumi.Output.from_input(adopt.cluster_role_arn).apply(lambda arn: arn.rpartition("/")[2])
    grant = aws.iam.RolePolicy(
        f"{name}-cluster-role-policy", name="hipaa-stack-secrets-key", role=role_name, policy=policy, opts=component.child()
    )
    return adopt.cluster_role_arn, [grant]
