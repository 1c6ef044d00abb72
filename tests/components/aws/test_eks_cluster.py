"""EksCluster: what it registers, in which order, and what it refuses."""

import base64
import json

import pulumi
import pulumi_aws as aws
import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import EksCluster, EksClusterArgs

CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ENTRY = "aws:eks/accessEntry:AccessEntry"
POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
ADDON = "aws:eks/addon:Addon"

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/clinic/cluster"
JUSTIFIED = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}


def role(name):
    return f"arn:aws:iam::123456789012:role/{name}"


REQUIRED = {
    "cluster_name": "clinic",
    "vpc_id": "vpc-0a1b",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "secrets_key_arn": KEY,
    "volume_key_arn": KEY,
    "log_group_arn": LOGS,
    "admin_principal_arns": [role("deployer")],
}
EVERYTHING = {
    **REQUIRED,
    "kubernetes_version": "1.36",
    "support_type": "EXTENDED",
    "admin_principal_arns": [role("people/admin")],
    "deployer_principals": [role("deployer")],
    "access_entries": [
        {"principal_arn": role("clinicians"), "policy": "AmazonEKSEditPolicy", "namespaces": ["clinic"]},
        {"principal_arn": role("auditor"), "groups": ["auditors"], "username": "audit:{{SessionName}}"},
    ],
    "api_client_cidrs": ["10.1.0.0/16"],
    "api_client_security_group_ids": ["sg-0a1b"],
    "public_endpoint": {**JUSTIFIED, "cidrs": ["203.0.113.0/24"]},
    "service_cidr": "192.168.0.0/20",
    "node_groups": [
        {
            "name": "general",
            "instance_types": ["m7g.large", "t4g.large"],
            "ami_type": "BOTTLEROCKET_ARM_64",
            "min_size": 3,
            "desired_size": 4,
            "max_size": 9,
            "root_gib": 30,
            "data_gib": 200,
            "labels": {"clinic.example.com/tier": "general"},
            "taints": [{"key": "dedicated", "value": "clinic", "effect": "NO_SCHEDULE"}],
            "capacity": "SPOT",
            "max_unavailable_percent": 50,
            "admin_container": JUSTIFIED,
        },
        {"name": "amazon-linux", "ami_type": "AL2023_x86_64_STANDARD"},
    ],
    "oidc": {"issuer_url": "https://login.example.com/clinic", "client_id": "kubernetes", "required_claims": {"hd": "example.com"}},
    "addon_versions": {"vpc-cni": "v1.20.4-eksbuild.2"},
    "standard_network_policy": JUSTIFIED,
    "deletable": JUSTIFIED,
    "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/limit",
    "tags": {"team": "platform"},
}


@pytest.fixture
def cluster(register):
    """Registers a cluster with the required arguments and changes to them."""
    return lambda **change: register(lambda: EksCluster("prod", {**REQUIRED, **change}))


@pytest.mark.parametrize("args", [REQUIRED, EVERYTHING], ids=["defaults", "everything"])
def test_registers_exactly(register, snapshot, args):
    assert register(lambda: EksCluster("prod", EksClusterArgs(**args))).whole() == snapshot


def at(value, path):
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@pytest.mark.parametrize(
    ("type_", "path", "expected"),
    [
        (CLUSTER, "enabledClusterLogTypes", ["api", "audit", "authenticator", "controllerManager", "scheduler"]),
        (CLUSTER, "accessConfig.authenticationMode", "API"),
        (CLUSTER, "accessConfig.bootstrapClusterCreatorAdminPermissions", False),
        (CLUSTER, "encryptionConfig.provider.keyArn", KEY),
        (CLUSTER, "encryptionConfig.resources", ["secrets"]),
        (CLUSTER, "vpcConfig.endpointPrivateAccess", True),
        (CLUSTER, "vpcConfig.endpointPublicAccess", False),
        (CLUSTER, "deletionProtection", True),
        (CLUSTER, "bootstrapSelfManagedAddons", False),
        (CLUSTER, "upgradePolicy.supportType", "STANDARD"),
        (CLUSTER, "zonalShiftConfig.enabled", True),
        (CLUSTER, "tags", {"hipaa-stack:audit-log-group": LOGS}),
        (TEMPLATE, "metadataOptions.httpTokens", "required"),
        (TEMPLATE, "metadataOptions.httpPutResponseHopLimit", 1),
        (TEMPLATE, "metadataOptions.instanceMetadataTags", "disabled"),
        (TEMPLATE, "blockDeviceMappings.0.ebs.encrypted", "true"),
        (TEMPLATE, "blockDeviceMappings.0.ebs.kmsKeyId", KEY),
        (TEMPLATE, "blockDeviceMappings.1.ebs.encrypted", "true"),
        (TEMPLATE, "blockDeviceMappings.1.ebs.kmsKeyId", KEY),
        (TEMPLATE, "blockDeviceMappings.1.ebs.deleteOnTermination", "true"),
        (TEMPLATE, "updateDefaultVersion", True),
        (NODES, "amiType", "BOTTLEROCKET_x86_64"),
        (NODES, "launchTemplate.version", "1"),
        (NODES, "nodeRepairConfig.enabled", True),
        (NODES, "version", "1.35"),
    ],
)
def test_the_secure_default(cluster, type_, path, expected):
    assert at(cluster().one(type_).inputs, path) == expected


def test_the_cluster_and_its_policies_are_strict(cluster):
    registered = cluster()
    assert registered.one(CLUSTER).options["protect"] is True
    settings = json.loads(registered.one(ADDON, "prod-vpc-cni").inputs["configurationValues"])
    assert settings["enableNetworkPolicy"] == "true"
    assert settings["env"] == {"NETWORK_POLICY_ENFORCING_MODE": "strict"}
    assert settings["nodeAgent"] == {"enablePolicyEventLogs": "true", "enableCloudWatchLogs": "true"}


def test_only_administrators_are_admitted_to_everything(register):
    registered = register(lambda: EksCluster("prod", EVERYTHING))
    scopes = {item.inputs["principalArn"]: (item.inputs["policyArn"], item.inputs["accessScope"]) for item in registered.of_type(POLICY)}
    admin, everywhere = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", {"type": "cluster"}
    assert scopes == {
        role("people/admin"): (admin, everywhere),
        role("deployer"): (admin, everywhere),
        role("clinicians"): (
            "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
            {"type": "namespace", "namespaces": ["clinic"]},
        ),
    }
    users = {item.inputs["principalArn"]: item.inputs.get("userName") for item in registered.of_type(ENTRY)}
    assert users == {
        role("people/admin"): None,
        role("deployer"): "hipaa-deployer:{{SessionName}}",
        role("clinicians"): None,
        role("auditor"): "audit:{{SessionName}}",
    }


def test_a_role_keeps_its_entry_wherever_it_stands(cluster):
    before = cluster(admin_principal_arns=[role("deployer"), role("b")])
    after = cluster(admin_principal_arns=[role("b")], deployer_principals=[role("deployer")])
    assert {item.name for item in before.of_type(ENTRY)} == {item.name for item in after.of_type(ENTRY)}


def test_what_exists_before_what(register):
    def program():
        group = aws.cloudwatch.LogGroup("audit", name="/aws/eks/clinic/cluster")
        oidc = {"issuer_url": "https://login.example.com", "client_id": "kubernetes"}
        cluster = EksCluster("prod", {**REQUIRED, "log_group_arn": group.arn, "oidc": oidc})
        aws.ssm.Parameter("user", type="String", description=cluster.kubeconfig)

    registered = register(program)
    edges = {(after, before) for item in registered.registrations for after in [item.name] for before in item.options.get("dependsOn", [])}
    access = "prod-access-123456789012/deployer"
    addons = ["prod-vpc-cni", "prod-kube-proxy", "prod-eks-pod-identity-agent"]
    policies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"]
    assert edges >= {
        ("prod-cluster", "audit"),
        ("prod-cluster", "prod-cluster-role-AmazonEKSClusterPolicy"),
        ("prod-cluster", "prod-cluster-role-policy"),
        *((addon, "prod-cluster") for addon in addons),
        ("prod-vpc-cni", "prod-cni-role-AmazonEKS_CNI_Policy"),
        ("prod-vpc-cni", "prod-cni-role-policy"),
        ("prod-vpc-cni", "prod-eks-pod-identity-agent"),
        *(("prod-general", addon) for addon in addons),
        *(("prod-general", f"prod-node-role-{policy}") for policy in policies),
        ("prod-general", access),
        ("prod-general", f"{access}-policy"),
        ("prod-oidc", "prod-general"),
        ("user", "prod-general"),
        ("user", access),
        ("user", f"{access}-policy"),
    }


def outputs_of(registered):
    return json.loads(registered.one("aws:ssm/parameter:Parameter").inputs["description"])


def test_outputs(register):
    def program():
        cluster = EksCluster("prod", REQUIRED)
        outputs = {name: getattr(cluster, name) for name in EksCluster.__annotations__ if name != "kubeconfig"}
        aws.ssm.Parameter("evidence", type="String", description=pulumi.Output.json_dumps(outputs))

    assert outputs_of(register(program)) == {
        "name": "clinic",
        "arn": "arn:aws:aws:us-east-1:123456789012:Cluster/prod-cluster",
        "endpoint": "https://cluster.example.com",
        "certificate_authority": "Q0E=",
        "oidc_issuer": "https://oidc.example.com",
        "cluster_security_group_id": "sg-cluster",
        "node_role_arn": "arn:aws:aws:us-east-1:123456789012:Role/prod-node-role",
        "version": "1.35",
        "weakenings": [],
    }


@pytest.mark.parametrize(
    ("weakening", "more", "type_", "path", "expected"),
    [
        ("deletable", {}, CLUSTER, "deletionProtection", False),
        ("ephemeral", {}, CLUSTER, "deletionProtection", False),
        ("public_endpoint", {"cidrs": ["203.0.113.0/24"]}, CLUSTER, "vpcConfig.publicAccessCidrs", ["203.0.113.0/24"]),
        ("public_endpoint", {"cidrs": ["203.0.113.0/24"]}, CLUSTER, "vpcConfig.endpointPublicAccess", True),
        ("caller_not_admin", {}, CLUSTER, "name", "clinic"),
    ],
)
def test_a_weakening_is_justified_and_recorded(cluster, weakening, more, type_, path, expected):
    with pytest.raises(ArgsError, match=rf"{weakening}.how_still_met: missing(.|\n)*{weakening}.approver: missing"):
        EksClusterArgs(**REQUIRED, **{weakening: more})
    made = cluster(**{weakening: {**JUSTIFIED, **more}}).one(type_)
    assert at(made.inputs, path) == expected
    assert made.inputs["tags"]["hipaa-stack:exceptions"] == weakening


@pytest.mark.parametrize("weakening", ["deletable", "ephemeral"])
def test_an_unprotected_cluster_can_be_destroyed(cluster, weakening):
    assert "protect" not in cluster(**{weakening: JUSTIFIED}).one(CLUSTER).options


def test_standard_network_policy_is_justified(cluster):
    with pytest.raises(ArgsError, match=r"standard_network_policy\.how_still_met: missing"):
        EksClusterArgs(**REQUIRED, standard_network_policy={})
    settings = cluster(standard_network_policy=JUSTIFIED).one(ADDON, "prod-vpc-cni").inputs["configurationValues"]
    assert json.loads(settings)["env"] == {"NETWORK_POLICY_ENFORCING_MODE": "standard"}


def test_every_weakening_is_in_the_output_and_the_tag(register):
    def program():
        cluster = EksCluster("prod", EVERYTHING)
        aws.ssm.Parameter("evidence", type="String", description=pulumi.Output.json_dumps(cluster.weakenings))

    registered = register(program)
    evidence = outputs_of(registered)
    fields = ["public_endpoint", "node_groups[0].admin_container", "standard_network_policy", "deletable"]
    assert [record["field"] for record in evidence] == fields
    assert {record["component"] for record in evidence} == {"EksCluster 'prod'"}
    tag = registered.one(CLUSTER).inputs["tags"]["hipaa-stack:exceptions"]
    assert tag == "admin_container deletable public_endpoint standard_network_policy"


def test_long_names_fit(register):
    name = "c" * 60
    group = {"name": "g" * 40}
    registered = register(lambda: EksCluster(name, {**REQUIRED, "node_groups": [group]}))
    longest = {
        "aws:iam/role:Role": ("namePrefix", 38),
        "aws:ec2/securityGroup:SecurityGroup": ("namePrefix", 229),
        TEMPLATE: ("namePrefix", 102),
        NODES: ("nodeGroupNamePrefix", 37),
    }
    for type_, (property_, length) in longest.items():
        prefixes = [item.inputs[property_] for item in registered.of_type(type_)]
        assert prefixes
        assert all(len(prefix) <= length for prefix in prefixes), prefixes
        assert len(set(prefixes)) == len(prefixes)


def test_what_nodes_run_follows_their_system(register):
    registered = register(lambda: EksCluster("prod", EVERYTHING))
    bottlerocket = registered.one(TEMPLATE, "prod-general-template").inputs
    assert "admin]\nenabled = true" in base64.b64decode(bottlerocket["userData"]).decode()
    assert [disk["ebs"]["volumeSize"] for disk in bottlerocket["blockDeviceMappings"]] == [30, 200]
    amazon_linux = registered.one(TEMPLATE, "prod-amazon-linux-template").inputs
    assert "userData" not in amazon_linux
    assert [disk["ebs"]["volumeSize"] for disk in amazon_linux["blockDeviceMappings"]] == [120]


ENTRY_ARGS = {"principal_arn": role("a"), "groups": ["a"]}
OIDC = {"issuer_url": "https://login.example.com", "client_id": "kubernetes"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cluster_name": "-clinic"}, "cluster_name: got '-clinic'; accepted: 1 to 100"),
        ({"cluster_name": "c" * 101}, "cluster_name: got 'c"),
        ({"cluster_name": None}, "cluster_name: got None; accepted: a string"),
        ({"kubernetes_version": "1.33"}, "kubernetes_version: got '1.33'; accepted: 1.34 or newer, such as 1.35. Standard support"),
        ({"kubernetes_version": "v1.35"}, "kubernetes_version: got 'v1.35'"),
        ({"kubernetes_version": "2.0"}, "kubernetes_version: got '2.0'"),
        ({"kubernetes_version": 1.35}, "kubernetes_version: got 1.35; accepted: a string"),
        ({"support_type": "LONG"}, "support_type: got 'LONG'; accepted: one of STANDARD, EXTENDED"),
        ({"subnet_ids": ["subnet-1"]}, r"subnet_ids: got \['subnet-1'\]; accepted: at least two subnets. EKS needs two zones"),
        ({"subnet_ids": ["subnet-1", "subnet-1"]}, "subnet_ids: got 'subnet-1'; accepted: each value once"),
        ({"secrets_key_arn": "alias/clinic"}, "secrets_key_arn: got 'alias/clinic'.*full key ARN"),
        ({"volume_key_arn": "11111111-2222-3333-4444-555555555555"}, "volume_key_arn: .*not an alias or a bare id"),
        ({"log_group_arn": f"{LOGS}:*"}, r"log_group_arn: .*without a trailing :\*"),
        ({"cluster_name": "other"}, "log_group_arn: .*accepted: the ARN of /aws/eks/other/cluster"),
        ({"admin_principal_arns": []}, "admin_principal_arns: .*at least one. A cluster without an administrator locks everybody out"),
        ({"admin_principal_arns": [role("deployer")] * 2}, "admin_principal_arns: .*each value once"),
        (
            {"admin_principal_arns": ["arn:aws:iam::123456789012:user/jane"]},
            r"admin_principal_arns\[0\]: .*Users and assumed-role sessions are refused",
        ),
        ({"admin_principal_arns": ["arn:aws:sts::123456789012:assumed-role/a/b"]}, r"admin_principal_arns\[0\]: .*sessions are refused"),
        ({"deployer_principals": ["arn:aws:iam::123456789012:root"]}, r"deployer_principals\[0\]: .*role/<path/name>"),
        ({"deployer_principals": [role("deployer")]}, r"deployer_principals\[0\]: .*It is in admin_principal_arns\[0\] already"),
        (
            {"access_entries": [{**ENTRY_ARGS, "principal_arn": role("deployer")}]},
            r"access_entries\[0\].principal_arn: .*It is in admin_principal_arns\[0\] already",
        ),
        ({"access_entries": [ENTRY_ARGS, ENTRY_ARGS]}, r"access_entries\[1\].principal_arn: .*It is in access_entries\[0\].principal_arn"),
        ({"access_entries": [{**ENTRY_ARGS, "principal_arn": "*"}]}, r"access_entries\[0\].principal_arn: got '\*'"),
        ({"access_entries": [{**ENTRY_ARGS, "groups": ["system:masters"]}]}, r"access_entries\[0\].groups\[0\]: got 'system:masters'"),
        ({"access_entries": [{"principal_arn": role("a")}]}, r"access_entries\[0\].groups: .*admits to nothing"),
        (
            {"access_entries": [{**ENTRY_ARGS, "policy": "AmazonEKSClusterAdminPolicy", "namespaces": ["a"]}]},
            r"access_entries\[0\].policy: got 'AmazonEKSClusterAdminPolicy'; accepted: one of AmazonEKSAdminPolicy",
        ),
        ({"access_entries": [{**ENTRY_ARGS, "policy": "AmazonEKSViewPolicy"}]}, r"namespaces: got \[\].*Name where the policy holds"),
        ({"access_entries": [{**ENTRY_ARGS, "namespaces": ["a"]}]}, r"namespaces: got \['a'\].*Say which policy holds there"),
        (
            {"access_entries": [{**ENTRY_ARGS, "policy": "AmazonEKSViewPolicy", "namespaces": ["*"]}]},
            r"namespaces\[0\]: got '\*'; accepted: the name of a namespace",
        ),
        ({"access_entries": [{**ENTRY_ARGS, "username": "{{SessionName}}"}]}, "username: .*a colon before {{SessionName}}"),
        ({"access_entries": [{**ENTRY_ARGS, "username": ""}]}, "username: got ''"),
        ({"api_client_cidrs": ["0.0.0.0/0"]}, r"api_client_cidrs\[0\]: got '0.0.0.0/0'; accepted: an IPv4 network of /16 or narrower"),
        ({"api_client_cidrs": ["10.0.0.0/15"]}, r"api_client_cidrs\[0\]: got '10.0.0.0/15'"),
        ({"api_client_cidrs": ["10.0.0.1/16"]}, r"api_client_cidrs\[0\]: got '10.0.0.1/16'"),
        ({"api_client_security_group_ids": ["0a1b"]}, r"api_client_security_group_ids\[0\]: .*the id of a security group"),
        ({"public_endpoint": {**JUSTIFIED, "cidrs": []}}, r"public_endpoint.cidrs: got \[\]; accepted: at least one"),
        ({"public_endpoint": {**JUSTIFIED, "cidrs": ["0.0.0.0/0"]}}, r"public_endpoint.cidrs\[0\]: .*/24 or narrower"),
        ({"public_endpoint": {**JUSTIFIED, "cidrs": ["203.0.112.0/23"]}}, r"public_endpoint.cidrs\[0\]: .*Name the addresses of one site"),
        ({"public_endpoint": JUSTIFIED}, "public_endpoint.cidrs: missing; accepted: a list"),
        ({"public_endpoint": True}, "public_endpoint: got True; accepted: EksPublicEndpoint with"),
        ({"service_cidr": "172.20.0.0/25"}, "service_cidr: got '172.20.0.0/25'; accepted: an RFC 1918 network from /12 to /24"),
        ({"service_cidr": "10.0.0.0/8"}, "service_cidr: got '10.0.0.0/8'"),
        ({"service_cidr": "100.64.0.0/16"}, "service_cidr: got '100.64.0.0/16'"),
        ({"service_cidr": "172.20.1.0/16"}, "service_cidr: .*The canonical form is 172.20.0.0/16"),
        ({"node_groups": []}, r"node_groups: got \[\]; accepted: at least one"),
        ({"node_groups": [{"name": "a"}, {"name": "a"}]}, "node_groups: got 'a'; accepted: each value once"),
        ({"oidc": {**OIDC, "issuer_url": "http://login.example.com"}}, "oidc.issuer_url: .*an https URL"),
        ({"oidc": {**OIDC, "issuer_url": "https://login.example.com/?a=b"}}, "oidc.issuer_url: .*without query"),
        ({"oidc": {**OIDC, "client_id": ""}}, "oidc.client_id: got ''; accepted: at least one"),
        ({"oidc": {**OIDC, "username_claim": ""}}, "oidc.username_claim: got ''"),
        ({"oidc": {**OIDC, "groups_claim": ""}}, "oidc.groups_claim: got ''"),
        ({"oidc": {**OIDC, "prefix": ""}}, "oidc.prefix: got ''; accepted: a prefix such as oidc:, not empty"),
        ({"oidc": {"client_id": "a"}}, "oidc.issuer_url: missing; accepted: a string"),
        ({"addon_versions": {"vpc-cni": "latest"}}, r"addon_versions\[vpc-cni\]: got 'latest'; accepted: a version of EKS"),
        ({"addon_versions": {"vpc-cni": "v1.20.4"}}, r"addon_versions\[vpc-cni\]: got 'v1.20.4'"),
        ({"addon_versions": {"coredns": "v1.12.4-eksbuild.1"}}, "addon_versions: got 'coredns'.*coredns is an add-on of EksAddons"),
        ({"addon_versions": {"cilium": "v1.12.4-eksbuild.1"}}, "addon_versions: got 'cilium'; accepted: eks-pod-identity-agent, vpc-cni"),
        ({"permissions_boundary_arn": "limit"}, "permissions_boundary_arn: got 'limit'; accepted: arn:<partition>:iam"),
        ({"deletable": {**JUSTIFIED, "how_still_met": "todo"}}, "deletable.how_still_met: got 'todo'"),
        ({"guardduty": {}}, "guardduty: unknown argument"),
    ],
)
def test_refuses(register, change, message):
    args = {**REQUIRED, **change}
    with pytest.raises(ArgsError, match=message):
        EksClusterArgs(**args)
    with pytest.raises(ArgsError, match=f"EksCluster 'prod': .*{message}"):
        register(lambda: EksCluster("prod", args))
    assert not register.last.registrations


@pytest.mark.parametrize("reserved", ["system:", "eks:", "aws:", "amazon:", "iam:", "hipaa-deployer:", "hipaa-break-glass:"])
def test_nobody_passes_for_the_system_or_for_somebody_who_is_alerted_on(reserved):
    with pytest.raises(ArgsError, match=r"access_entries\[0\].username: .*Reserved: "):
        EksClusterArgs(**REQUIRED, access_entries=[{**ENTRY_ARGS, "username": f"{reserved}jane"}])
    with pytest.raises(ArgsError, match=r"oidc.prefix: .*Reserved: "):
        EksClusterArgs(**REQUIRED, oidc={**OIDC, "prefix": reserved})
