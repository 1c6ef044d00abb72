"""Rules for networks: VPCs, their subnets and routes, flow logs and endpoints of services."""
