"""A firewall that lets TLS to named hosts through and nothing else.

The name is the server name that a client sends in the open at the beginning of TLS (SNI). It is not proof of who
answers: that is the certificate, which the client checks.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components.aws._subnets import RoutedSubnet, Site
from hipaa_stack.errors import HipaaStackError

CAPACITY: Final = 1000
"""Rules that the list of hosts can hold. It can never change without replacing the list; a firewall has 30,000 in all
(AWS Network Firewall quotas)."""

STRICT: Final = "STRICT_ORDER"


class FirewallError(HipaaStackError, pulumi.RunError):
    """AWS reports a firewall without an endpoint where there should be one."""


class Firewall(NamedTuple):
    """A firewall in the subnets that it was given."""

    endpoint_ids: list[pulumi.Output[str]]
    """Ids of its endpoints, in the order of the subnets."""
    resources: list[pulumi.Resource]
    """What has to exist before traffic is sent to it."""


def make_firewall(site: Site, subnets: Sequence[RoutedSubnet], hosts: pulumi.Output[list[str]], log_group: pulumi.Output[str]) -> Firewall:
    """Registers the firewall, its rules, and its log of what it refuses; it cannot be deleted by mistake."""
    child, name = site.component.child, site.name
    ports = aws.networkfirewall.RuleGroup(
        f"{name}-ports",
        type="STATEFUL",
        capacity=len(REFUSED),
        description="Everything but TCP to port 443 is refused",
        rule_group=site.vpc.cidr_block.apply(port_rules),
        tags=site.tagged("ports"),
        opts=child(),
    )
    names = aws.networkfirewall.RuleGroup(
        f"{name}-hosts",
        type="STATEFUL",
        capacity=CAPACITY,
        description="TLS to these hosts is let through",
        rule_group=hosts.apply(host_rules),
        tags=site.tagged("hosts"),
        opts=child(),
    )
    policy = aws.networkfirewall.FirewallPolicy(
        f"{name}-firewall",
        firewall_policy={
            "stateless_default_actions": ["aws:forward_to_sfe"],
            "stateless_fragment_default_actions": ["aws:forward_to_sfe"],
            # A connection that breaks is refused, and the client told, so that it starts anew.
            "stateful_engine_options": {"rule_order": STRICT, "stream_exception_policy": "REJECT"},
            # These wait for a whole ClientHello, which may come in several packets, and leave answers alone.
            "stateful_default_actions": ["aws:drop_established_app_layer_to_server", "aws:alert_established_app_layer_to_server"],
            "stateful_rule_group_references": [
                {"priority": 1, "resource_arn": ports.arn},
                {"priority": 2, "resource_arn": names.arn},
            ],
        },
        tags=site.tagged("firewall"),
        opts=child(),
    )
    firewall = aws.networkfirewall.Firewall(
        f"{name}-firewall",
        vpc_id=site.vpc.id,
        firewall_policy_arn=policy.arn,
        subnet_mappings=[{"subnet_id": subnet.subnet.id} for subnet in subnets],
        delete_protection=not site.ephemeral,
        tags=site.tagged("firewall"),
        opts=child(),
    )
    log = aws.networkfirewall.LoggingConfiguration(
        f"{name}-firewall-log",
        firewall_arn=firewall.arn,
        logging_configuration={
            "log_destination_configs": [
                {"log_type": "ALERT", "log_destination_type": "CloudWatchLogs", "log_destination": {"logGroup": log_group}}
            ]
        },
        opts=child(),
    )
    where = site.component.where(name)
    endpoints = firewall.firewall_statuses.apply(endpoints_by_subnet)
    endpoint_ids = [pulumi.Output.all(endpoints, subnet.subnet.id).apply(lambda known: endpoint_in(where, *known)) for subnet in subnets]
    return Firewall(endpoint_ids, [log, *(subnet.association for subnet in subnets)])


REFUSED: Final = (("UDP", "ANY"), ("ICMP", "ANY"), ("TCP", "1:442"), ("TCP", "444:65535"))
"""Protocols and ports that are refused at the first packet; NAT knows no other protocol (Amazon VPC user guide)."""


def port_rules(vpc_cidr: str) -> dict[str, Any]:
    """The rules that refuse everything but TCP to port 443, from inside the VPC."""
    rules = [
        {
            "action": "DROP",
            "header": {
                "protocol": protocol,
                "source": vpc_cidr,
                "source_port": "ANY",
                "direction": "FORWARD",
                "destination": "ANY",
                "destination_port": ports,
            },
            "rule_options": [{"keyword": "sid", "settings": [str(number)]}],
        }
        for number, (protocol, ports) in enumerate(REFUSED, start=1)
    ]
    return {"stateful_rule_options": {"rule_order": STRICT}, "rules_source": {"stateful_rules": rules}}


def host_rules(hosts: Sequence[str]) -> dict[str, Any]:
    """The rules that let TLS to these hosts through."""
    listed = {"generated_rules_type": "ALLOWLIST", "target_types": ["TLS_SNI"], "targets": list(hosts)}
    return {"stateful_rule_options": {"rule_order": STRICT}, "rules_source": {"rules_source_list": listed}}


def endpoints_by_subnet(statuses: Sequence[Any]) -> dict[str, str]:
    """Subnet id -> endpoint id, out of the statuses of a firewall that AWS reports."""
    attachments = [attachment for status in statuses for state in status.sync_states for attachment in state.attachments]
    return {attachment.subnet_id: attachment.endpoint_id for attachment in attachments}


def endpoint_in(where: str, endpoints: Mapping[str, str], subnet_id: str) -> str:
    """The id of the endpoint in a subnet. Raises FirewallError when AWS reports none."""
    if subnet_id not in endpoints:
        raise FirewallError(f"{where}: the firewall has no endpoint in {subnet_id}; refresh the stack and update it again")
    return endpoints[subnet_id]
