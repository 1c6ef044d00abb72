"""A stack written out flat: what the program says, and that it registers what the stack holds."""

import json

import pytest
from flat import FlatError, flat_program, names

from hipaa_stack.errors import HipaaStackError

PREFIX = "urn:pulumi:dev::trial::"
VPC = f"{PREFIX}hipaa:index:AwsNetwork$aws:ec2/vpc:Vpc::net"
KEY = f"{PREFIX}aws:kms/key:Key::key"
ARN = "arn:aws:kms:us-east-1:123456789012:key/0a1b"
PROVIDER = f"{PREFIX}pulumi:providers:kubernetes::cluster"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"open sesame"'}


def resource(urn, inputs, outputs=None, **other):
    type_ = urn.split("::")[2].rpartition("$")[2]
    return {"urn": urn, "custom": True, "id": "id-1", "type": type_, "inputs": inputs, "outputs": outputs or {}, **other}


NETWORK = resource(VPC, {"__defaults": [], "cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/16", "arn": "arn:aws:ec2:::vpc/vpc-1"})
ENCRYPTION = resource(KEY, {}, {"arn": ARN, "keyId": "0a1b"})


def role(inputs, **other):
    return resource(f"{PREFIX}aws:iam/role:Role::data", inputs, **other)


@pytest.mark.parametrize(
    ("before", "last", "line"),
    [
        pytest.param([], NETWORK, "vpc_0 = aws.ec2.Vpc('net', cidr_block='10.0.0.0/16')", id="a literal"),
        pytest.param(
            [],
            role({"__defaults": ["name"], "name": "data-5f3a", "tags": {"costCenter": "a"}, "forceDetachPolicies": True}),
            "role_0 = aws.iam.Role('data', tags={'costCenter': 'a'}, force_detach_policies=True)",
            id="what the provider has added is left out",
        ),
        pytest.param(
            [NETWORK],
            resource(f"{PREFIX}aws:ec2/subnet:Subnet::a", {"vpcId": "id-1"}, dependencies=[VPC], propertyDependencies={"vpcId": [VPC]}),
            "subnet_1 = aws.ec2.Subnet('a', vpc_id=vpc_0.id)",
            id="an output of another resource",
        ),
        pytest.param(
            [NETWORK],
            resource(f"{PREFIX}aws:ec2/subnet:Subnet::a", {"vpcId": "id-1"}, dependencies=[VPC]),
            "subnet_1 = aws.ec2.Subnet('a', vpc_id='id-1', opts=pulumi.ResourceOptions(depends_on=[vpc_0]))",
            id="the same text by chance",
        ),
        pytest.param(
            [ENCRYPTION],
            role({"assumeRolePolicy": f'{{"key": "{ARN}"}}'}, dependencies=[KEY], propertyDependencies={"assumeRolePolicy": [KEY]}),
            """role_1 = aws.iam.Role('data', assume_role_policy=pulumi.Output.concat('{"key": "', key_0.arn, '"}'))""",
            id="an output inside a text",
        ),
        pytest.param(
            [],
            role({"assumeRolePolicy": SECRET}),
            "role_0 = aws.iam.Role('data', assume_role_policy=pulumi.Output.secret('open sesame'))",
            id="a secret",
        ),
        pytest.param(
            [],
            role({}, protect=True, retainOnDelete=True, ignoreChanges=["tags"]),
            "role_0 = aws.iam.Role('data', opts=pulumi.ResourceOptions(ignore_changes=['tags'], protect=True, retain_on_delete=True))",
            id="options",
        ),
        pytest.param(
            [resource(PROVIDER, {"version": "4.34.2", "__internal": {}, "deleteUnreachable": "false"})],
            resource(
                f"{PREFIX}kubernetes:networking.k8s.io/v1:NetworkPolicy::deny", {"kind": "NetworkPolicy"}, provider=f"{PROVIDER}::id-1"
            ),
            "network_policy_1 = kubernetes.networking.v1.NetworkPolicy('deny', kind='NetworkPolicy', opts=pulumi.ResourceOptions(provider=kubernetes_0))",
            id="a provider of its own",
        ),
    ],
)
def test_a_resource_becomes_one_call(before, last, line):
    assert flat_program({"resources": [*before, last]}).splitlines()[-1] == line


def test_a_provider_takes_what_its_sdk_has_made_text_of():
    provider = resource(PROVIDER, {"version": "4.34.2", "deleteUnreachable": "false", "kubeconfig": "{}"})
    assert flat_program({"resources": [provider]}).endswith("kubernetes.Provider('cluster', delete_unreachable=False, kubeconfig='{}')\n")


def test_components_and_providers_that_the_engine_makes_are_left_out():
    component = {"urn": f"{PREFIX}hipaa:index:AwsNetwork::net", "custom": False, "type": "hipaa:index:AwsNetwork"}
    provider = resource(f"{PREFIX}pulumi:providers:aws::default_7_51_1", {"region": "us-east-1"})
    stack = {"urn": f"{PREFIX}pulumi:pulumi:Stack::dev", "custom": False, "type": "pulumi:pulumi:Stack", "outputs": {"cluster": "clinic"}}
    resources = [stack, component, provider, NETWORK]
    assert names(resources) == [("aws:ec2/vpc:Vpc", "net")]
    lines = flat_program({"resources": resources}).splitlines()
    assert lines[-2:] == ["pulumi.export('cluster', 'clinic')", "vpc_0 = aws.ec2.Vpc('net', cidr_block='10.0.0.0/16')"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        pytest.param(role({}, customTimeouts={"create": 60}), r"::data: has customTimeouts; .* ignoreChanges, protect", id="option"),
        pytest.param(role({"colour": "red"}), r"::data: the SDK takes no colour for colour; it takes: .*assume_role_policy", id="argument"),
    ],
)
def test_what_cannot_be_written_flat_is_refused(wrong, message):
    with pytest.raises(FlatError, match=message) as caught:
        flat_program({"resources": [wrong]})
    assert isinstance(caught.value, HipaaStackError)


PROGRAM = """
import os
from pathlib import Path
import pulumi
import pulumi_kubernetes
from hipaa_components.aws import AwsAuditLogs, AwsEncryptionKey, AwsNetwork

ephemeral = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
group = "/hipaa-stack/clinic/flow"
key = AwsEncryptionKey("key", {"uses": ["CLOUDWATCH_LOGS"], "alias": "logs", "log_group_names": [group], "ephemeral": ephemeral})
logs = AwsAuditLogs("logs", {"key_arn": key.key_arn, "log_groups": [{"name": group, "kind": "VPC_FLOW"}], "ephemeral": ephemeral})
flow = logs.log_group_arns[group]
network = AwsNetwork("net", {"cluster_name": "clinic", "flow_log_group_arn": flow, "components": ["NODES"], "ephemeral": ephemeral})
provider = pulumi_kubernetes.Provider("cluster", kubeconfig=Path(os.environ["KUBECONFIG"]).read_text(), delete_unreachable=False)
pulumi_kubernetes.core.v1.Namespace(
    "written-flat",
    metadata={"name": "written-flat", "annotations": {"subnets": network.private_subnet_ids.apply(",".join)}},
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[network]),
)
"""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What a preview shows for a value that only an update knows."""


def previewed(box):
    """What a preview of a new stack would register: inputs by type and name, without the names that the engine invents."""
    steps = json.loads(box.pulumi("preview", "--json", "--stack", "dev").stdout)["steps"]
    states = [step["newState"] for step in steps if step["newState"].get("custom")]
    shown = {(state["type"], state["urn"].rpartition("::")[2]): state["inputs"] for state in states}
    return {
        pair: {name: value for name, value in inputs.items() if name not in inputs.get("__defaults", [])} for pair, inputs in shown.items()
    }


def agree(reference, flat):
    """Whether two values are the same, as far as the reference knows it."""
    if isinstance(reference, dict) and isinstance(flat, dict):
        return reference.keys() == flat.keys() and all(agree(reference[name], flat[name]) for name in reference)
    if isinstance(reference, list) and isinstance(flat, list):
        return len(reference) == len(flat) and all(map(agree, reference, flat))
    return reference in (UNKNOWN, flat)


@pytest.mark.engine
def test_the_flat_program_previews_to_the_same_resources(sandbox, make_project, local_kubernetes):
    project = make_project({"__main__.py": PROGRAM}, stacks={"dev": "config:\n  aws:region: us-east-1\n"})
    box = sandbox(project, kubernetes=local_kubernetes)
    box.pulumi("up", "--yes", "--skip-preview", "--stack", "dev")
    program = flat_program(json.loads(box.pulumi("stack", "export", "--show-secrets", "--stack", "dev").stdout)["deployment"])
    box.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    reference = previewed(box)
    (project / "__main__.py").write_text(program)
    flat = previewed(box)
    assert flat.keys() == reference.keys()
    assert [pair for pair, inputs in reference.items() if not agree(inputs, flat[pair])] == []
    assert UNKNOWN in json.dumps(list(flat.values()))
    assert "hipaa_components" not in program
