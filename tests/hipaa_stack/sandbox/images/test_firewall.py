"""A firewall that lets named hosts through is a way to these; one that cannot be read is a way to all."""

import pytest

HOSTS = {"rulesSourceList": {"generatedRulesType": "ALLOWLIST", "targetTypes": ["TLS_SNI"], "targets": ["quay.io", ".pkg.dev"]}}
PORTS = {"statefulRules": [{"action": "DROP", "header": {}}]}
POLICY = {
    "statelessDefaultActions": ["aws:forward_to_sfe"],
    "statefulDefaultActions": ["aws:drop_established_app_layer_to_server"],
    "statefulRuleGroupReferences": [{"resourceArn": "arn:hosts"}, {"resourceArn": "arn:ports"}],
}


def behind(estate, policy=POLICY, hosts=HOSTS, ports=PORTS):
    """What nodes reach whose route out leads through the firewall."""
    status = [{"syncStates": [{"attachments": [{"subnetId": "s", "endpointId": "vpce-1"}]}]}]
    estate.with_nodes("inner").add("route", "r", {"routeTableId": "t", "destinationCidrBlock": "0.0.0.0/0", "vpcEndpointId": "vpce-1"})
    estate.add("firewall", "f", {"firewallPolicyArn": "arn:policy"}, {"firewallStatuses": status})
    estate.add("policy", "p", {"firewallPolicy": policy}, {"arn": "arn:policy"})
    estate.add("rules", "h", {"ruleGroup": {"rulesSource": hosts}}, {"arn": "arn:hosts"})
    return estate.add("rules", "o", {"ruleGroup": {"rulesSource": ports}}, {"arn": "arn:ports"}).networks.reach()


@pytest.mark.parametrize(
    ("host", "reached"), [("quay.io", True), ("cdn.quay.io", False), ("us.pkg.dev", True), ("registry-1.docker.io", False)]
)
def test_named_hosts_are_reached(estate, host, reached):
    reach = behind(estate)
    assert reach.covers(host) is reached
    assert reach.has_route


@pytest.mark.parametrize(
    "change",
    [
        {"hosts": {"rulesSourceList": HOSTS["rulesSourceList"] | {"generatedRulesType": "DENYLIST"}}},
        {"hosts": {"rulesSourceList": HOSTS["rulesSourceList"] | {"targetTypes": ["HTTP_HOST"]}}},
        {"hosts": {"rulesString": "pass tls any any -> any any (sid:1;)"}},
        {"ports": {"statefulRules": [{"action": "PASS", "header": {}}]}},
        {"policy": POLICY | {"statefulDefaultActions": []}},
        {"policy": POLICY | {"statelessDefaultActions": ["aws:pass"]}},
        {"policy": POLICY | {"statelessRuleGroupReferences": [{"resourceArn": "arn:more"}]}},
        {"policy": POLICY | {"statefulRuleGroupReferences": [{"resourceArn": "arn:aws:managed"}]}},
    ],
    ids=["deny list", "HTTP only", "Suricata", "passing rules", "no default", "stateless pass", "stateless rules", "managed rules"],
)
def test_other_rules_may_let_everything_through(estate, change):
    assert behind(estate, **change).is_open
