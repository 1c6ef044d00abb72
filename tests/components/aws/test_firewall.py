"""The firewall of AwsNetwork lets TLS to named hosts through, and nothing else."""

import pytest
from pulumi_aws.networkfirewall.outputs import (
    FirewallFirewallStatus,
    FirewallFirewallStatusSyncState,
    FirewallFirewallStatusSyncStateAttachment,
)

from hipaa_components.aws import AwsNetwork, FirewallError
from hipaa_components.aws._firewall import endpoint_in, endpoints_by_subnet, port_rules

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/hipaa-stack/clinic/flow"
STANDARD = {"how_still_met": "Only the two hosts of the clearing house are reached.", "approver": "Security officer"}


def network(*, users=("NODES", "SECRETS"), domains=("api.example.com",), **change):
    egress = {**STANDARD, "allow_domains": list(domains)}
    args = {"cluster_name": "clinic", "flow_log_group_arn": GROUP, "components": list(users), "nat_egress": egress, **change}
    return AwsNetwork("net", args)


def refused(rules, protocol, port):
    """Whether the rules refuse a packet from inside the VPC at once."""
    for rule in rules["rules_source"]["stateful_rules"]:
        low, _, high = rule["header"]["destination_port"].replace("ANY", "0:65535").partition(":")
        if rule["action"] == "DROP" and rule["header"]["protocol"] == protocol and int(low) <= port <= int(high):
            return True
    return False


@pytest.mark.parametrize(
    ("protocol", "port", "expected"),
    [
        ("TCP", 443, False),
        ("TCP", 442, True),
        ("TCP", 444, True),
        ("TCP", 1, True),
        ("TCP", 22, True),
        ("TCP", 65535, True),
        ("UDP", 443, True),  # QUIC shows no host to the firewall
        ("UDP", 53, True),
        ("ICMP", 0, True),
    ],
)
def test_only_tcp_to_443_passes_the_first_packet(protocol, port, expected):
    assert refused(port_rules("10.64.0.0/16"), protocol, port) is expected


def test_rules_are_about_connections_from_inside():
    for rule in port_rules("10.64.0.0/16")["rules_source"]["stateful_rules"]:
        assert rule["header"]["source"] == "10.64.0.0/16"
        assert rule["header"]["direction"] == "FORWARD"


def test_what_no_rule_lets_through_is_refused_and_logged(register):
    registered = register(network)
    policy = registered.one("aws:networkfirewall/firewallPolicy:FirewallPolicy").inputs["firewallPolicy"]
    assert policy["statelessDefaultActions"] == policy["statelessFragmentDefaultActions"] == ["aws:forward_to_sfe"]
    assert policy["statefulDefaultActions"] == ["aws:drop_established_app_layer_to_server", "aws:alert_established_app_layer_to_server"]
    assert policy["statefulEngineOptions"] == {"ruleOrder": "STRICT_ORDER", "streamExceptionPolicy": "REJECT"}
    # In strict order ports come first: a host that is listed is still not reached by UDP.
    assert [(rule["priority"], rule["resourceArn"].rpartition("/")[2]) for rule in policy["statefulRuleGroupReferences"]] == [
        (1, "net-ports"),
        (2, "net-hosts"),
    ]
    for group in registered.of_type("aws:networkfirewall/ruleGroup:RuleGroup"):
        assert group.inputs["type"] == "STATEFUL"
        assert group.inputs["ruleGroup"]["statefulRuleOptions"] == {"ruleOrder": "STRICT_ORDER"}
    log = registered.one("aws:networkfirewall/loggingConfiguration:LoggingConfiguration").inputs["loggingConfiguration"]
    assert log["logDestinationConfigs"] == [
        {"logType": "ALERT", "logDestinationType": "CloudWatchLogs", "logDestination": {"logGroup": "/hipaa-stack/clinic/flow"}}
    ]


@pytest.mark.parametrize("route", ["net-private-1-out", "net-private-1-back"])
def test_no_traffic_is_sent_to_a_firewall_without_a_log_and_a_way_on(register, route):
    depends = register(network).one("aws:ec2/route:Route", route).options["dependsOn"]
    assert {"net-firewall-log", "net-firewall-1-out", "net-firewall-1"} <= set(depends)


@pytest.mark.parametrize(
    ("users", "extra", "expected"),
    [
        ([], [], []),
        (["SECRETS"], [], ["secretsmanager.us-east-1.amazonaws.com"]),
        (["SECRETS"], ["secretsmanager"], []),
        (["SSM", "GUARDDUTY"], [], []),
        (
            ["NODES"],
            [],
            [
                ".dkr.ecr.us-east-1.amazonaws.com",
                "api.ecr.us-east-1.amazonaws.com",
                "eks-auth.us-east-1.api.aws",
                "eks.us-east-1.amazonaws.com",
                "logs.us-east-1.amazonaws.com",
                "sts.us-east-1.amazonaws.com",
            ],
        ),
    ],
)
def test_hosts_of_aws_services_without_an_endpoint_are_let_through_too(register, users, extra, expected):
    registered = register(lambda: network(users=users, extra_endpoints=extra))
    source = registered.one("aws:networkfirewall/ruleGroup:RuleGroup", "net-hosts").inputs["ruleGroup"]["rulesSource"]["rulesSourceList"]
    assert source["generatedRulesType"] == "ALLOWLIST"
    assert source["targetTypes"] == ["TLS_SNI"]
    assert source["targets"] == sorted([*expected, "api.example.com"])


def test_where_networks_are_listed_too_only_named_hosts_pass_and_services_have_endpoints(register):
    both = {**STANDARD, "allow_domains": ["api.example.com"], "allow_cidrs": ["203.0.113.0/24"]}
    source = register(lambda: network(nat_egress=both)).one("aws:networkfirewall/ruleGroup:RuleGroup", "net-hosts")
    assert source.inputs["ruleGroup"]["rulesSource"]["rulesSourceList"]["targets"] == ["api.example.com"]


@pytest.mark.parametrize(("ephemeral", "protected"), [(None, True), (STANDARD, False)])
def test_a_firewall_is_not_deleted_by_mistake(register, ephemeral, protected):
    firewall = register(lambda: network(ephemeral=ephemeral)).one("aws:networkfirewall/firewall:Firewall")
    assert firewall.inputs["deleteProtection"] is protected


@pytest.mark.parametrize(("per_zone", "zones"), [(True, 3), (False, 1)])
def test_the_firewall_has_an_endpoint_wherever_there_is_an_exit(register, per_zone, zones):
    egress = {**STANDARD, "allow_domains": ["api.example.com"], "per_zone": per_zone}
    firewall = register(lambda: network(nat_egress=egress)).one("aws:networkfirewall/firewall:Firewall")
    assert firewall.inputs["subnetMappings"] == [{"subnetId": f"net-firewall-{zone}-id"} for zone in range(1, zones + 1)]


def test_endpoints_are_found_by_their_subnet():
    states = [
        FirewallFirewallStatusSyncState(attachments=[FirewallFirewallStatusSyncStateAttachment(endpoint_id=f"vpce-{n}", subnet_id=f"subnet-{n}")])
        for n in "ba"
    ]  # fmt: skip
    endpoints = endpoints_by_subnet([FirewallFirewallStatus(sync_states=states)])
    assert endpoints == {"subnet-a": "vpce-a", "subnet-b": "vpce-b"}
    assert endpoint_in("AwsNetwork 'net'", endpoints, "subnet-a") == "vpce-a"
    with pytest.raises(FirewallError, match="AwsNetwork 'net': the firewall has no endpoint in subnet-c; refresh"):
        endpoint_in("AwsNetwork 'net'", endpoints, "subnet-c")
