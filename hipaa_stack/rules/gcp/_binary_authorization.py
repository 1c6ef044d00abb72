"""Policies of Binary Authorization: whether they keep out what nobody has attested."""

from typing import Final

from hipaa_stack.resources import Node, Place, Undecided, all_of, any_of, some
from hipaa_stack.rules.gcp._types import gcp

POLICY: Final = gcp("binaryauthorization/policy")

_STRICT: Final = frozenset({"ALWAYS_DENY", "REQUIRE_ATTESTATION"})


def denies(rule: Node) -> bool:
    """True for an admission rule that keeps images out, rather than letting all in or only writing down what it would do."""
    return all_of(
        lambda: rule.string("evaluationMode") in _STRICT,
        lambda: rule.string("enforcementMode") == "ENFORCED_BLOCK_AND_AUDIT_LOG",
    )


def denies_by_default(policy: Node) -> bool:
    """True when a policy keeps images out of every cluster that it has no rule for."""
    return denies(policy.node("defaultAdmissionRule"))


def denies_in(policy: Node, cluster: Node) -> bool:
    """True when a policy keeps images out of a cluster: by the rule for it, which replaces the default, or by the default.

    The cluster is read as it will be: its location may be that of the provider.
    """
    return any_of(lambda: _denies_everywhere(policy), lambda: _denies_there(policy, cluster))


def _denies_everywhere(policy: Node) -> bool:
    return all_of(
        lambda: denies_by_default(policy),
        lambda: not some(policy.items("clusterAdmissionRules"), lambda rule: not denies(rule)),
    )


def _denies_there(policy: Node, cluster: Node) -> bool:
    rules = "clusterAdmissionRules"
    if some(policy.items(rules), lambda rule: all_of(lambda: _is_for(rule, cluster), lambda: not denies(rule))):
        return False
    return any_of(lambda: denies_by_default(policy), lambda: some(policy.items(rules), lambda rule: _is_for(rule, cluster)))


def _is_for(rule: Node, cluster: Node) -> bool:
    location, _, name = (rule.string("cluster") or "").partition(".")
    return all_of(lambda: name == _known(cluster, "name"), lambda: location == _known(cluster, "location"))


def _known(cluster: Node, path: str) -> str:
    value = cluster.string(path)
    if not value:
        raise Undecided([Place(cluster.path(path), "chosen by the provider", resource=cluster.resource)])
    return value
