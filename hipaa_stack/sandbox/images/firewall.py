"""The hosts that a simulated AWS Network Firewall lets through."""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_stack.sandbox.images.values import items, properties
from hipaa_stack.sandbox.provider.accounts import Accounts, Record
from hipaa_stack.sandbox.provider.wire import Properties, Value

_FIREWALL = "aws:networkfirewall/firewall:Firewall"
_POLICY = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
_GROUP = "aws:networkfirewall/ruleGroup:RuleGroup"
_REFUSING = frozenset({"DROP", "REJECT", "ALERT"})


def allowed_hosts(accounts: Accounts, endpoint: str) -> frozenset[str] | None:
    """Hosts whose TLS passes the firewall behind an endpoint, as its lists have them: `host`, or `.domain`.

    None where it cannot be told: no such firewall, another default than to drop, or rules of another kind than lists of
    allowed hosts and rules that refuse.
    """
    firewall = next((record for record in accounts.alive(_FIREWALL) if endpoint in _endpoints(record)), None)
    policy = firewall and _by_arn(accounts, _POLICY, firewall.inputs.get("firewallPolicyArn"))
    if policy is None:
        return None
    settings = properties(policy.inputs.get("firewallPolicy"))
    if settings.get("statelessDefaultActions") != ["aws:forward_to_sfe"] or settings.get("statelessRuleGroupReferences"):
        return None
    if not any(str(action).startswith("aws:drop") for action in items(settings.get("statefulDefaultActions"))):
        return None
    hosts: set[str] = set()
    for reference in items(settings.get("statefulRuleGroupReferences")):
        group = _by_arn(accounts, _GROUP, properties(reference).get("resourceArn"))
        listed = None if group is None else _listed(properties(properties(group.inputs.get("ruleGroup")).get("rulesSource")))
        if listed is None:
            return None
        hosts |= listed
    return frozenset(hosts)


def _listed(source: Properties) -> set[str] | None:
    """The hosts that one group of rules allows; None for a group that may allow something else."""
    if targets := properties(source.get("rulesSourceList")):
        allows = targets.get("generatedRulesType") == "ALLOWLIST" and "TLS_SNI" in items(targets.get("targetTypes"))
        return {str(target).lower() for target in items(targets.get("targets"))} if allows else None
    rules = items(source.get("statefulRules"))
    return set() if rules and all(properties(rule).get("action") in _REFUSING for rule in rules) else None


def _endpoints(firewall: Record) -> Iterator[str]:
    for status in items(firewall.outputs.get("firewallStatuses")):
        for state in items(properties(status).get("syncStates")):
            for attachment in items(properties(state).get("attachments")):
                yield str(properties(attachment).get("endpointId"))


def _by_arn(accounts: Accounts, type_: str, arn: Value) -> Record | None:
    return next((record for record in accounts.alive(type_) if record.outputs.get("arn") == arn), None)
