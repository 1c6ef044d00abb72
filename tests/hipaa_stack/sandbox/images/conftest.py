"""Simulated accounts that hold exactly what a test names."""

import pytest

from hipaa_stack.sandbox.images.reach import Networks
from hipaa_stack.sandbox.provider.accounts import Accounts, Record
from hipaa_stack.sandbox.provider.config import Scope

HERE = Scope("123456789012", "us-east-1")
TYPES = {
    "cluster": "aws:eks/cluster:Cluster",
    "nodes": "aws:eks/nodeGroup:NodeGroup",
    "fargate": "aws:eks/fargateProfile:FargateProfile",
    "gke": "gcp:container/cluster:Cluster",
    "vpc": "aws:ec2/vpc:Vpc",
    "subnet": "aws:ec2/subnet:Subnet",
    "table": "aws:ec2/routeTable:RouteTable",
    "default table": "aws:ec2/defaultRouteTable:DefaultRouteTable",
    "association": "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "main": "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
    "route": "aws:ec2/route:Route",
    "learned": "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
    "endpoint": "aws:ec2/vpcEndpoint:VpcEndpoint",
    "endpoint table": "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
    "zone": "aws:route53/zone:Zone",
    "zone of": "aws:route53/zoneAssociation:ZoneAssociation",
    "firewall": "aws:networkfirewall/firewall:Firewall",
    "policy": "aws:networkfirewall/firewallPolicy:FirewallPolicy",
    "rules": "aws:networkfirewall/ruleGroup:RuleGroup",
    "mirror": "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
}
S3_GATEWAY = {"vpcId": "vpc", "serviceName": "com.amazonaws.us-east-1.s3", "vpcEndpointType": "Gateway"}


def interface(service):
    """An interface endpoint of a service that answers by the service's public name."""
    name = f"com.amazonaws.us-east-1.{service}"
    return {"vpcId": "vpc", "serviceName": name, "vpcEndpointType": "Interface", "privateDnsEnabled": True}


class Estate:
    """A cluster `clinic` with nodes in the subnet `inner` of the network `vpc`, whose route table `t` has no route."""

    def __init__(self, directory):
        self.accounts = Accounts(directory, "aws")
        self.networks = Networks(self.accounts)
        self.add("vpc", "vpc", outputs={"mainRouteTableId": "main", "defaultRouteTableId": "main"})
        self.add("subnet", "inner", outputs={"vpcId": "vpc"})
        self.add("subnet", "outer", outputs={"vpcId": "vpc"})
        self.add("table", "t", {"vpcId": "vpc"})
        self.add("association", "a", {"subnetId": "inner", "routeTableId": "t"})
        self.add("cluster", "clinic", {"vpcConfig": {"subnetIds": ["inner"]}})

    def add(self, kind, id_, inputs=None, outputs=None, scope=HERE):
        """Adds an object; returns the estate."""
        given = inputs or {}
        self.accounts.add(
            Record(TYPES[kind], scope, id_, f"urn:{kind}:{id_}", None, given, given | (outputs or {}), known=True, deleted=False)
        )
        return self

    def remove(self, kind, id_):
        self.accounts.delete(TYPES[kind], HERE, id_)
        return self

    def with_nodes(self, *subnets):
        return self.add("nodes", f"clinic:{'-'.join(subnets)}", {"clusterName": "clinic", "subnetIds": list(subnets)})

    def with_ecr(self):
        """The endpoints through which images come from Amazon ECR."""
        self.add("endpoint", "s3", S3_GATEWAY | {"routeTableIds": ["t"]})
        return self.add("endpoint", "api", interface("ecr.api")).add("endpoint", "dkr", interface("ecr.dkr"))


@pytest.fixture
def estate(tmp_path):
    return Estate(tmp_path)
