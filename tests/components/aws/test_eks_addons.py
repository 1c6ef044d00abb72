"""EksAddons: what it registers, and what it refuses."""

import pulumi
import pulumi_aws as aws
import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import EksAddons, EksAddonsArgs

ADDON = "aws:eks/addon:Addon"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
REQUIRED = {
    "cluster_name": "clinic",
    "cluster_arn": "arn:aws:eks:us-east-1:123456789012:cluster/clinic",
    "volume_key_arn": KEY,
}
EVERYTHING = {
    **REQUIRED,
    "addon_versions": {
        "coredns": "v1.12.4-eksbuild.1",
        "aws-ebs-csi-driver": "v1.48.0-eksbuild.2",
        "eks-node-monitoring-agent": "v1.4.0-eksbuild.2",
    },
    "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/limit",
    "tags": {"team": "platform"},
    "ephemeral": {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"},
}


@pytest.mark.parametrize("args", [REQUIRED, EVERYTHING], ids=["defaults", "everything"])
def test_registers_exactly(register, snapshot, args):
    assert register(lambda: EksAddons("prod", EksAddonsArgs(**args))).whole() == snapshot


def test_only_the_volume_driver_has_a_role_and_waits_for_its_rights(register):
    addons = register(lambda: EksAddons("prod", REQUIRED)).of_type(ADDON)
    roles = {item.inputs["addonName"]: item.inputs.get("podIdentityAssociations") for item in addons}
    role = "arn:aws:aws:us-east-1:123456789012:Role/prod-ebs-csi-role"
    assert roles == {
        "coredns": None,
        "eks-node-monitoring-agent": None,
        "aws-ebs-csi-driver": [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": role}],
    }
    driver = next(item for item in addons if item.inputs["addonName"] == "aws-ebs-csi-driver")
    assert set(driver.options["dependsOn"]) >= {"prod-ebs-csi-role-AmazonEBSCSIDriverPolicy", "prod-ebs-csi-role-policy"}


def test_the_agent_of_guardduty_comes_when_it_is_asked_for(register):
    def installed(**change):
        addons = register(lambda: EksAddons("prod", {**REQUIRED, **change})).of_type(ADDON)
        return {item.inputs["addonName"]: item.inputs.get("addonVersion") for item in addons}

    without = installed()
    assert "aws-guardduty-agent" not in without
    assert installed(guardduty_agent=True) == {**without, "aws-guardduty-agent": None}
    versions = {"aws-guardduty-agent": "v1.10.0-eksbuild.2"}
    assert installed(guardduty_agent=True, addon_versions=versions) == {**without, **versions}


def test_all_wait_for_what_the_component_depends_on(register):
    def program():
        nodes = aws.iam.Role("nodes", assume_role_policy="{}")
        EksAddons("prod", REQUIRED, pulumi.ResourceOptions(depends_on=[nodes]))

    order = [item.name for item in register(program).registrations]
    assert order.index("nodes") < min(order.index(f"prod-{addon}") for addon in EVERYTHING["addon_versions"])


def test_a_long_name_fits(register):
    registered = register(lambda: EksAddons("c" * 60, REQUIRED))
    assert len(registered.one("aws:iam/role:Role").inputs["namePrefix"]) <= 38


def test_the_weakening_is_recorded(register):
    registered = register(lambda: EksAddons("prod", EVERYTHING))
    assert {item.inputs["tags"]["hipaa-stack:exceptions"] for item in registered.of_type(ADDON)} == {"ephemeral"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cluster_name": "a b"}, "cluster_name: got 'a b'; accepted: 1 to 100"),
        ({"cluster_name": None}, "cluster_name: got None; accepted: a string or an Output"),
        ({"cluster_arn": "clinic"}, "cluster_arn: got 'clinic'; accepted: arn:<partition>:eks"),
        ({"volume_key_arn": "alias/clinic"}, "volume_key_arn: .*not an alias or a bare id"),
        ({"addon_versions": {"vpc-cni": "v1.20.4-eksbuild.2"}}, "addon_versions: got 'vpc-cni'.*vpc-cni is an add-on of EksCluster"),
        ({"addon_versions": {"coredns": "1.12"}}, r"addon_versions\[coredns\]: got '1.12'; .*Leave it out for the default version"),
        (
            {"addon_versions": {"aws-guardduty-agent": "v1.10.0-eksbuild.2"}},
            "got 'aws-guardduty-agent'; accepted: no version of .* without",
        ),
        ({"permissions_boundary_arn": "limit"}, "permissions_boundary_arn: got 'limit'"),
        ({"ephemeral": {}}, "ephemeral.how_still_met: missing"),
        ({"guardduty_agent": "perhaps"}, "guardduty_agent: got 'perhaps'; accepted: true or false"),
    ],
)
def test_refuses(register, change, message):
    args = {**REQUIRED, **change}
    with pytest.raises(ArgsError, match=message):
        EksAddonsArgs(**args)
    with pytest.raises(ArgsError, match=f"EksAddons 'prod': .*{message}"):
        register(lambda: EksAddons("prod", args))
    assert not register.last.registrations
