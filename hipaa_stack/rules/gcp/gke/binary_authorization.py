"""Binary Authorization lets a cluster run only images that somebody has vouched for; switched off, or with a policy that lets all in, it runs whatever it is told to."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Place, Reason, Resource, Stack, Undecided, Violation, all_of, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._binary_authorization import POLICY, denies_in
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp._types import gcp

_PROJECT: Final = gcp("organizations/project")


@rule(
    id="GCP-GKE-011",
    title="Binary Authorization is enforced",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(
        Cite("164.312(c)(1)", "workloads run the images that were built and attested"),
        Cite("164.308(a)(5)(ii)(B)", "an image that nobody attests does not start"),
    ),
    tags=("cis-gke",),
    fix="Set binaryAuthorization.evaluationMode to PROJECT_SINGLETON_POLICY_ENFORCE, and give the project a policy that denies by default.",
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    if not all_of(lambda: _evaluates(cluster.resource.root), lambda: _denies(cluster, stack)):
        yield cluster.fail("binaryAuthorization.evaluationMode", "no policy that keeps images out is enforced")


def _evaluates(cluster: Node) -> bool:
    """By the mode, or by the older switch that means the same."""
    return any_of(
        lambda: cluster.string("binaryAuthorization.evaluationMode") == "PROJECT_SINGLETON_POLICY_ENFORCE",
        lambda: cluster.boolean("binaryAuthorization.enabled") is True,
    )


def _denies(cluster: Node, stack: Stack) -> bool:
    policies = [policy for policy in stack.of(POLICY) if _same_project(policy, cluster.resource, stack)]
    if not policies:
        raise Undecided([Place("binaryAuthorization", "the policy of the project is outside this stack", Reason.EXTERNAL)])
    return all_of(*(lambda policy=policy: denies_in(policy.planned, cluster) for policy in policies))


def _same_project(policy: Resource, cluster: Resource, stack: Stack) -> bool:
    """Made in the same run, the same by name, or given to both by one provider."""
    made = set(policy.property_dependencies.get("project", ())).intersection(cluster.property_dependencies.get("project", ()))
    if any(stack.parts(urn, (_PROJECT,)) for urn in made):
        return True
    of_policy, of_cluster = policy.planned.string("project"), cluster.planned.string("project")
    if of_policy and of_cluster:
        return of_policy == of_cluster
    if of_policy or of_cluster or policy.provider != cluster.provider:
        raise Undecided([Place("project", "not known, and may be that of the policy")])
    return True
