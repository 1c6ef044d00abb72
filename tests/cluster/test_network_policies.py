"""The network policies of every platform are what a real API server accepts, to the letter."""

import pytest

from hipaa_components.kubernetes import KubernetesPlatform
from hipaa_components.kubernetes.cluster_network import api_server_egress, cloud_identity_egress, dns_egress

pytestmark = pytest.mark.cluster

STRICT = "?dryRun=All&fieldValidation=Strict"
POLICIES = "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies"


@pytest.mark.parametrize("platform", KubernetesPlatform)
def test_rules_are_accepted(api, platform):
    rules = [
        *dns_egress(platform, "10.96.0.0/20", ["10.0.0.2/32"]),
        *cloud_identity_egress(platform),
        *api_server_egress(["10.0.0.0/24", "2600:1f14::/56"], "10.96.0.0/20"),
    ]
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": rules}
    status, answer = api("POST", POLICIES.format("default") + STRICT, {"metadata": {"generateName": "probe-"}, "spec": spec})
    assert status == 201, answer
    assert answer["spec"] == spec  # nothing was dropped or filled in


@pytest.mark.engine
def test_system_policies_exist_before_any_system_pod(program, api):
    network = {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/28"], "service_cidr": "172.20.0.0/16"}
    made = program("EksSystemNetworkPolicies", {"network": network, "vpc_cidr": "10.64.0.0/16"})
    made.up()
    names = {item["metadata"]["name"] for item in api("GET", POLICIES.format("kube-system"))[1]["items"]}
    assert {"hipaa-coredns", "hipaa-ebs-csi"} <= names
    made.up("--expect-no-changes")


@pytest.mark.engine
def test_a_platforms_workloads_come_up_together_and_leave_nothing_behind(program, api):
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    args = {
        "namespaces": [
            {"name": "together-clinic", "owner": "clinic-team", "data_classification": "SYNTHETIC"},
            {"name": "together-tools", "owner": "platform-team", "data_classification": "NONE"},
        ],
        "network": {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/28"]},
        "storage": {"key": key, "revision": "together"},
        "ephemeral": {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"},
    }
    made = program("PlatformWorkloads", args)
    objects = [
        "/api/v1/namespaces/together-clinic",
        "/api/v1/namespaces/together-tools",
        "/apis/storage.k8s.io/v1/storageclasses/hipaa-block-together",
    ]
    made.up()
    assert [api("GET", path)[0] for path in objects] == [200, 200, 200]
    made.up("--expect-no-changes")
    made.destroy("--skip-preview")
    assert [api("GET", path)[0] for path in objects] == [404, 404, 404]
