"""Node groups: what an instance type needs, what Bottlerocket is told, and what is refused."""

import tomllib

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import EksAmiType, EksNodeGroup
from hipaa_components.aws.eks_nodes import bottlerocket_settings, is_arm

JUSTIFIED = {"how_still_met": "Two engineers hold the role and every session is recorded.", "approver": "Security officer"}


@pytest.mark.parametrize(
    "instance", ["m7g.large", "c7gn.xlarge", "t4g.small", "x2gd.medium", "im4gn.large", "is4gen.large", "g5g.xlarge", "a1.large"]
)
def test_graviton(instance):
    assert is_arm(instance)


@pytest.mark.parametrize(
    "instance", ["m7i.large", "m7i-flex.large", "g4dn.xlarge", "g6e.xlarge", "gr6.4xlarge", "p5en.48xlarge", "c5.large"]
)
def test_not_graviton(instance):
    assert not is_arm(instance)


@pytest.mark.parametrize("admin", [False, True])
def test_bottlerocket_is_told(admin):
    assert tomllib.loads(bottlerocket_settings(admin_container=admin)) == {
        "settings": {"host-containers": {"admin": {"enabled": admin}}, "kernel": {"lockdown": "integrity"}}
    }


@pytest.mark.parametrize(
    "ami_type",
    ["BOTTLEROCKET_x86_64", "BOTTLEROCKET_x86_64_FIPS", "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_ARM_64_FIPS", "AL2023_x86_64_STANDARD"],
)
def test_every_system_takes_its_processors(ami_type):
    fitting, other = ("m7g.large", "m7i.large") if "ARM" in ami_type else ("m7i.large", "m7g.large")
    assert EksNodeGroup(name="a", ami_type=ami_type, instance_types=[fitting]).ami_type.bottlerocket == ("BOTTLE" in ami_type)
    with pytest.raises(ArgsError, match=rf"instance_types\[0\]: got '{other}'; accepted: instance types for {ami_type}"):
        EksNodeGroup(name="a", ami_type=ami_type, instance_types=[other])


@pytest.mark.parametrize("label", ["clinic.example.com/tier", "tier", "node.kubernetes.io/pool", "notkubernetes.io/a"])
def test_takes_labels(label):
    assert EksNodeGroup(name="a", labels={label: "x"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "name: got ''; accepted: 1 to 40"),
        ({"name": "a" * 41}, "name: got 'aaa"),
        ({"name": "a.b"}, "name: got 'a.b'"),
        ({"ami_type": "AL2_x86_64"}, "ami_type: got 'AL2_x86_64'; accepted: one of BOTTLEROCKET_x86_64"),
        ({"instance_types": []}, "instance_types: got .*at least one"),
        ({"instance_types": ["m7i.large", "m7i.large"]}, "instance_types: got 'm7i.large'; accepted: each value once"),
        ({"instance_types": ["m7i"]}, r"instance_types\[0\]: got 'm7i'; accepted: an instance type such as m7i.large"),
        ({"instance_types": ["m7i.large", "m7g.large"]}, r"instance_types\[1\]: .*m7g.large needs an ARM_64 ami_type"),
        ({"min_size": 0}, "min_size: got 'min_size 0, desired_size 2, max_size 6'; accepted: 1 <= min_size"),
        ({"min_size": 3}, "min_size: got 'min_size 3, desired_size 2"),
        ({"desired_size": 7}, "min_size: got 'min_size 2, desired_size 7, max_size 6'"),
        ({"max_size": "many"}, "max_size: got 'many'; accepted: a whole number"),
        ({"root_gib": 19}, "root_gib: got 19; accepted: 20 to 16384"),
        ({"data_gib": 19}, "data_gib: got 19; accepted: 20 to 16384"),
        ({"labels": {"kubernetes.io/role": "x"}}, "labels.*: got 'kubernetes.io/role'; accepted: labels outside kubernetes.io"),
        ({"labels": {"a.k8s.io/role": "x"}}, "labels.*: got 'a.k8s.io/role'"),
        ({"taints": [{"key": "", "effect": "NO_SCHEDULE"}]}, r"taints\[0\].key: got ''"),
        ({"taints": [{"key": "a", "effect": "NoSchedule"}]}, r"taints\[0\].effect: got 'NoSchedule'; accepted: one of NO_SCHEDULE"),
        ({"capacity": "RESERVED"}, "capacity: got 'RESERVED'; accepted: one of ON_DEMAND, SPOT"),
        ({"max_unavailable_percent": 0}, "max_unavailable_percent: got 0; accepted: 1 to 100"),
        ({"max_unavailable_percent": 101}, "max_unavailable_percent: got 101"),
        ({"admin_container": {}}, "admin_container.how_still_met: missing"),
        ({"admin_container": JUSTIFIED, "ami_type": "AL2023_x86_64_STANDARD"}, "admin_container: .*only with a BOTTLEROCKET ami_type"),
        ({"disk_size": 100}, "disk_size: unknown argument"),
    ],
)
def test_refuses(change, message):
    args = {"name": "general", **change}
    with pytest.raises(ArgsError, match=message):
        EksNodeGroup(**args)
    with pytest.raises(ArgsError, match=message):
        EksNodeGroup.of(args)


def test_every_system_has_the_name_that_eks_gives_it():
    assert [ami_type.value for ami_type in EksAmiType] == [
        "BOTTLEROCKET_x86_64",
        "BOTTLEROCKET_x86_64_FIPS",
        "BOTTLEROCKET_ARM_64",
        "BOTTLEROCKET_ARM_64_FIPS",
        "AL2023_x86_64_STANDARD",
        "AL2023_ARM_64_STANDARD",
    ]
