"""EksPlatform: what its reference stacks register, that it equals its parts, what exists before what, and what it refuses."""

import datetime as dt
import itertools
import json
import re
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi.runtime import rpc

from hipaa_components import ArgsError
from hipaa_components.aws import (
    AwsAuditAlerts,
    AwsAuditArchive,
    AwsAuditLogs,
    AwsBreakGlassRole,
    AwsEncryptionKey,
    AwsImageMirror,
    AwsNetwork,
    AwsPrivateAccess,
    AwsThreatDetection,
    EksAddons,
    EksBaseline,
    EksBaselineArgs,
    EksCloud,
    EksCloudArgs,
    EksCluster,
    EksPlatform,
    EksPlatformArgs,
    LockOutError,
    UnreachableError,
)
from hipaa_components.aws._fips import not_fips
from hipaa_components.kubernetes import EksSystemNetworkPolicies, PlatformWorkloads

STACKS = ("dev", "regulated-production", "small-production")
JUSTIFIED = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
MIXED = {
    **JUSTIFIED,
    "assessment": "The old workloads need a quarter to be adapted.",
    "alternative_measure": "A firewall in front of the cluster keeps the old rules meanwhile.",
}
ADMINS = {"admin_principal_arns": ["arn:aws:iam::123456789012:role/platform-admin"]}
NAMESPACE = {"name": "clinic", "owner": "clinic-team"}
SYNTHETIC = {**NAMESPACE, "data_classification": "SYNTHETIC"}
TOOLS = {"name": "tools", "owner": "platform-team", "data_classification": "NONE"}

CLUSTER = "aws:eks/cluster:Cluster"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ADDON = "aws:eks/addon:Addon"
FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
"""Its name is that of a feature of AWS."""


@pytest.fixture(autouse=True)
def _deployer(lookups):
    """An administrator of every reference stack deploys."""
    lookups["aws:index/getCallerIdentity:getCallerIdentity"]["arn"] = "arn:aws:sts::123456789012:assumed-role/platform-admin/session"
    lookups["aws:iam/getSessionContext:getSessionContext"]["issuerArn"] = "arn:aws:iam::123456789012:role/platform-admin"


@pytest.fixture
def platform(register, settings_of):
    """Registers the platform of a stack, with changes to its settings, as `p`."""
    return lambda stack, **change: register(lambda: EksPlatform("p", {**settings_of(stack), **change}))


def test_there_are_no_other_reference_stacks():
    files = Path(__file__).parents[3].glob("stacks/Pulumi.*.yaml")
    names = {file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files}
    assert names == {"dev", "regulated-production-baseline", "regulated-production-cloud", "small-production"}


@pytest.mark.parametrize("stack", STACKS)
def test_registers_exactly(register, settings_of, snapshot, stack):
    settings = settings_of(stack)
    assert register(lambda: EksPlatform(settings["cluster_name"], settings)).whole() == snapshot


# Wiring -----------------------------------------------------------------------------------------------------------


def parts(settings):
    """What the platform is, written out with its parts."""
    cluster_name, ephemeral = settings["cluster_name"], settings.get("ephemeral")
    common = {"ephemeral": ephemeral} if ephemeral else {}
    window = {"deletion_window_days": 7} if ephemeral else {}
    ways = settings["access"]
    delivery = f"/hipaa-stack/{cluster_name}/audit-delivery"
    audit, flow, trail, connections = (
        f"/aws/eks/{cluster_name}/cluster",
        f"/hipaa-stack/{cluster_name}/vpc-flow",
        f"/hipaa-stack/{cluster_name}/trail",
        f"/hipaa-stack/{cluster_name}/access",
    )
    groups = {audit: "EKS_CONTROL_PLANE", flow: "VPC_FLOW", trail: "CLOUDTRAIL", connections: "APPLICATION"}

    def key(part, *uses, **more):
        given = {"uses": uses, "alias": f"hipaa-stack/{cluster_name}/{part}", **window, **more, **common}
        return AwsEncryptionKey(f"p-{part}", given).key_arn

    secrets, volumes = key("secrets", "EKS_SECRETS"), key("volumes", "EBS")
    log_key = key("logs", "CLOUDWATCH_LOGS", "S3", "SNS", "CLOUDTRAIL", log_group_names=[*groups, delivery])
    archive = AwsAuditArchive("p-archive", {"key_arn": log_key, "delivery_log_group": delivery, **common, **settings.get("archive", {})})
    place = {
        "landing_bucket_name": archive.landing_bucket_name,
        "stream_arn": archive.stream_arn,
        "subscription_role_arn": archive.subscription_role_arn,
    }
    named = [{"name": name, "kind": kind} for name, kind in groups.items()]
    kept = settings.get("logs", {})
    logs = AwsAuditLogs("p-logs", {"key_arn": log_key, "log_groups": named, "archive": place, **common, **kept}).log_group_arns
    watched = {
        "stream_name": archive.stream_name,
        "landing_bucket_name": archive.landing_bucket_name,
        "archive_bucket_name": archive.archive_bucket_name,
    }
    alerts = {"key_arn": log_key, "log_group_arn": logs[audit], "alert_endpoints": settings["alert_endpoints"], "archive": watched}
    topic = AwsAuditAlerts("p-alerts", {**alerts, **common}).topic_arn
    users = [user for user, way in (("SSM", "ssm"), ("RUNNER", "runner")) if any(way in each for each in ways)]
    network = AwsNetwork(
        "p-network",
        {
            "cluster_name": cluster_name,
            "flow_log_group_arn": logs[flow],
            "components": ["NODES", "GUARDDUTY", *users],
            **common,
            **settings["network"],
        },
    )
    subnets = [network.private_subnet_ids[zone] for zone in range(settings["network"]["az_count"])]
    place = {
        "cluster_name": cluster_name,
        "vpc_id": network.vpc_id,
        "vpc_cidr": network.vpc_cidr,
        "subnet_ids": subnets,
        "key_arn": volumes,
    }
    clients = {"api_client_cidrs": [], "api_client_security_group_ids": []}
    for each in ways:
        (way,) = each
        heard = {"topic_arn": topic} if way in ("ssm", "runner") else {}
        args = {**place, "log_group_arn": logs[connections], **heard, **each, **common}
        made = AwsPrivateAccess(f"p-{way.replace('_', '-')}", args)
        if way == "existing":
            clients["api_client_cidrs"] += each[way]["client_cidrs"]
        else:
            clients["api_client_security_group_ids"].append(made.client_security_group_ids[0])
    if mirror := settings.get("image_mirror"):
        AwsImageMirror("p-mirror", {"key_arn": volumes, **mirror, **common})
    cluster = EksCluster(
        "p-cluster",
        {
            "cluster_name": cluster_name,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "secrets_key_arn": secrets,
            "volume_key_arn": volumes,
            "log_group_arn": logs[audit],
            **clients,
            **common,
            **settings["cluster"],
        },
        pulumi.ResourceOptions(depends_on=[network]),
    )
    threats = AwsThreatDetection("p-threats", {"topic_arn": topic, **common})
    if people := settings.get("break_glass"):
        args = {"cluster_name": cluster_name, "cluster_arn": cluster.arn, "topic_arn": topic, **people, **common}
        AwsBreakGlassRole("p-break-glass", args, pulumi.ResourceOptions(depends_on=[cluster]))
    provider = kubernetes.Provider(
        "p-kubernetes",
        kubeconfig=pulumi.Output.secret(cluster.kubeconfig),
        enable_server_side_apply=True,
        delete_unreachable=bool(ephemeral),
        opts=pulumi.ResourceOptions(depends_on=[cluster, threats]),
    )
    inside = {"platform": "EKS", "api_server_cidrs": [network.vpc_cidr], "service_cidr": "172.20.0.0/16"}
    after = [cluster, threats]
    policies = EksSystemNetworkPolicies(
        "p-system", {"network": inside, "vpc_cidr": network.vpc_cidr}, pulumi.ResourceOptions(providers=[provider], depends_on=after)
    )
    addons = EksAddons(
        "p-addons",
        {"cluster_name": cluster.name, "cluster_arn": cluster.arn, "volume_key_arn": volumes, "guardduty_agent": True, **common},
        pulumi.ResourceOptions(depends_on=[*after, policies]),
    )
    PlatformWorkloads(
        "p-workloads",
        {"namespaces": settings["namespaces"], "network": inside, "storage": {"key": volumes}, "roles": settings.get("roles"), **common},
        pulumi.ResourceOptions(providers=[provider], depends_on=[*after, addons]),
    )


LAYERS = {f"hipaa:index:{layer} p" for layer in ("EksPlatform", "EksCloud", "EksBaseline")}


def everything_but_the_platform(registered):
    """Inputs and options of everything, and what exists before it, however the program says that."""
    whole = registered.whole()
    for item in whole.values():
        item["options"].pop("dependsOn", None)
        if item["options"].get("parent") == "p":
            del item["options"]["parent"]
    for layer in LAYERS:
        whole.pop(layer, None)
    parents = {*LAYERS, "pulumi:pulumi:Stack project-stack"}
    return whole, {item.key: registered.before(item) - parents for item in registered.registrations if item.key not in parents}


@pytest.mark.parametrize("stack", STACKS)
def test_equals_its_parts(register, settings_of, stack):
    settings = settings_of(stack)
    as_one = everything_but_the_platform(register(lambda: EksPlatform("p", settings)))
    written_out = everything_but_the_platform(register(lambda: parts(settings)))
    assert as_one == written_out
    assert len(as_one[0]) > 50


@pytest.mark.parametrize("stack", STACKS)
def test_what_exists_before_what(platform, stack):
    """The way from the keys to the first namespace; each link is needed by everything after it."""
    registered = platform(stack)

    def of(type_, name=""):
        found = [item.key for item in registered.registrations if item.type == type_ and re.search(name, item.name)]
        assert found, f"{type_} {name}"
        return set(found)

    network = {item.key for item in registered.registrations if item.options.get("parent") == "p-network"}
    cluster = [
        ("network", network),
        ("cluster", of(CLUSTER)),
        ("network plugin", of(ADDON, "vpc-cni")),
        ("nodes", of("aws:eks/nodeGroup:NodeGroup")),
        ("policies of kube-system", of("kubernetes:networking.k8s.io/v1:NetworkPolicy", "^p-system-")),
        ("add-ons with pods", of(ADDON, "coredns|ebs-csi")),
        (
            "namespaces and guards",
            of("kubernetes:core/v1:Namespace") | of("kubernetes:networking.k8s.io/v1:NetworkPolicy", "^p-workloads-"),
        ),
    ]
    flows = [
        ("key of logs", of("aws:kms/key:Key", "p-logs")),
        ("group", of(LOG_GROUP, "vpc-flow")),
        ("flow log", of("aws:ec2/flowLog:FlowLog")),
    ]
    audit = [flows[0], ("audit log", of(LOG_GROUP, "/aws/eks/")), cluster[1]]
    before = {item.key: registered.before(item) for item in registered.registrations}
    missing = {
        f"{key} does not wait for {earlier_name}": sorted(earlier - before[key])
        for chain in (flows, audit, cluster)
        for (earlier_name, earlier), (_, later) in itertools.combinations(chain, 2)
        for key in later
        if not earlier <= before[key]
    }
    assert missing == {}


def test_each_kind_of_data_has_its_key(platform):
    registered = platform("regulated-production")
    arn = "arn:aws:aws:us-east-1:123456789012:Key/p-{}-key".format
    assert registered.one(CLUSTER).inputs["encryptionConfig"]["provider"]["keyArn"] == arn("secrets")
    disks = registered.one("aws:ec2/launchTemplate:LaunchTemplate").inputs["blockDeviceMappings"]
    assert {disk["ebs"]["kmsKeyId"] for disk in disks} == {arn("volumes")}
    assert registered.one("kubernetes:storage.k8s.io/v1:StorageClass").inputs["parameters"]["kmsKeyId"] == arn("volumes")
    assert {group.inputs["kmsKeyId"] for group in registered.of_type(LOG_GROUP)} == {arn("logs")}


def test_the_cluster_is_reached_with_server_side_apply_through_the_kubeconfig_of_the_cluster(platform):
    provider = platform("small-production").one("pulumi:providers:kubernetes").inputs
    kubeconfig = provider["kubeconfig"]
    assert kubeconfig[rpc._special_sig_key] == rpc._special_secret_sig
    assert json.loads(kubeconfig["value"])["clusters"][0]["cluster"]["server"] == "https://cluster.example.com"
    assert (provider["enableServerSideApply"], provider["deleteUnreachable"]) == ("true", "false")


def test_an_ephemeral_platform_leaves_no_residue(platform):
    registered = platform("dev")
    assert not [item.key for item in registered.registrations if {"protect", "retainOnDelete"} & item.options.keys()]
    assert {key.inputs["deletionWindowInDays"] for key in registered.of_type("aws:kms/key:Key")} == {7}
    assert registered.one("pulumi:providers:kubernetes").inputs["deleteUnreachable"] == "true"


def test_patient_data_is_protected(platform):
    registered = platform("regulated-production")
    protected = {item.key for item in registered.registrations if item.options.get("protect")}
    keys = {f"aws:kms/key:Key p-{part}-key" for part in ("secrets", "volumes", "logs")}
    logs = {item.key for item in registered.of_type(LOG_GROUP)}
    namespaces = {f"kubernetes:core/v1:Namespace p-workloads-{name}-namespace" for name in ("clinic", "billing")}
    assert protected >= {*keys, *logs, *namespaces, f"{CLUSTER} p-cluster-cluster"}
    assert not [key for key in protected if "tools" in key]


# Outputs, evidence and names ---------------------------------------------------------------------------------------


def resolved(register, settings, output):
    """What an output becomes."""
    seen = []
    register(lambda: getattr(EksPlatform("p", settings), output).apply(seen.append))
    return seen[0]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("cluster_name", "clinic"),
        ("endpoint", "https://cluster.example.com"),
        ("vpc_id", "p-network-vpc-id"),
        ("namespaces", ["clinic", "billing", "tools"]),
        ("weakenings", []),
        ("not_fips", []),
        ("archive_bucket_name", "clinic-audit-archive"),
        ("lock_status", "decided by the account that owns the archive"),
        ("seed_commands", []),
        ("break_glass_role_arn", "arn:aws:aws:us-east-1:123456789012:Role/p-break-glass-role"),
        ("workload_role_arns", {}),
        (
            "key_arns",
            {part: f"arn:aws:aws:us-east-1:123456789012:Key/p-{part}-key" for part in ("secrets", "volumes", "logs")},
        ),
        (
            "log_group_arns",
            {
                name: f"arn:aws:logs:us-east-1:123456789012:log-group:{name}"
                for name in (
                    "/aws/eks/clinic/cluster",
                    "/hipaa-stack/clinic/vpc-flow",
                    "/hipaa-stack/clinic/trail",
                    "/hipaa-stack/clinic/access",
                )
            },
        ),
    ],
)
def test_outputs(register, settings_of, output, expected):
    assert resolved(register, settings_of("regulated-production"), output) == expected


def test_the_kubeconfig_holds_no_token(register, settings_of):
    user = json.loads(resolved(register, settings_of("dev"), "kubeconfig"))["users"][0]["user"]
    assert list(user) == ["exec"]
    assert user["exec"]["command"] == "aws"


ALERTS = {"alert_endpoints": [{"protocol": "EMAIL", "endpoint": "on-call@example.org"}]}
SSM = {"ssm": {"operator_role_arns": ADMINS["admin_principal_arns"], "mfa_statement": "The directory asks for a hardware key."}}

EVERY_WEAKENING = {
    **ALERTS,
    "cluster_name": "clinic",
    "data_classification": "SYNTHETIC",
    "ephemeral": JUSTIFIED,
    "tags": {"team": "platform"},
    "cluster": {
        "admin_principal_arns": ["arn:aws:iam::123456789012:role/platform-admin"],
        "caller_not_admin": JUSTIFIED,
        "public_endpoint": {**JUSTIFIED, "cidrs": ["203.0.113.0/24"]},
        "standard_network_policy": JUSTIFIED,
        "deletable": JUSTIFIED,
        "node_groups": [{"name": "general"}, {"name": "debug", "admin_container": JUSTIFIED}],
    },
    "network": {"nat_egress": {**JUSTIFIED, "allow_domains": ["ghcr.io"]}},
    "logs": {"short_retention": JUSTIFIED, "hot_days": {"EKS_CONTROL_PLANE": 90}},
    "archive": {"short_retention": JUSTIFIED, "retention_days": 30},
    "namespaces": [
        {**SYNTHETIC, "adopt": True, "observe": {**MIXED, "until": str(dt.datetime.now(dt.UTC).date())}},
        {**TOOLS, "privileged_pods": JUSTIFIED},
        {**TOOLS, "name": "agents", "baseline_pods": JUSTIFIED},
    ],
    "storage": {"reclaim_delete": JUSTIFIED},
}


def test_each_weakening_is_recorded_once(register):
    records = resolved(register, EVERY_WEAKENING, "weakenings")
    assert [record["field"] for record in records] == [
        "ephemeral",
        "cluster.caller_not_admin",
        "cluster.public_endpoint",
        "cluster.node_groups[1].admin_container",
        "cluster.standard_network_policy",
        "cluster.deletable",
        "network.nat_egress",
        "logs.short_retention",
        "archive.short_retention",
        "namespaces[0].observe",
        "namespaces[1].privileged_pods",
        "namespaces[2].baseline_pods",
        "storage.reclaim_delete",
    ]
    assert {record["component"] for record in records} == {"EksPlatform 'p'"}
    assert all(record["citations"] and record["texts"]["approver"] == "Security officer" for record in records)


def test_tags_reach_every_resource_that_takes_them_and_name_the_weakenings(register):
    registered = register(lambda: EksPlatform("p", EVERY_WEAKENING))
    tagged = {item.key: item.inputs["tags"] for item in registered.registrations if "tags" in item.inputs}
    assert {tags["team"] for tags in tagged.values()} == {"platform"}
    exceptions = {
        part: {tags["hipaa-stack:exceptions"] for key, tags in tagged.items() if f" p-{part}" in key}
        for part in ("secrets", "volumes", "logs", "archive", "alerts", "network", "cluster", "threats", "addons")
    }
    assert exceptions == {
        "secrets": {"ephemeral"},
        "volumes": {"ephemeral"},
        "logs": {"ephemeral", "ephemeral short_retention"},  # the key, the groups
        "archive": {"ephemeral short_retention"},
        "alerts": {"ephemeral"},
        "network": {"ephemeral nat_egress"},
        "cluster": {"admin_container caller_not_admin deletable ephemeral public_endpoint standard_network_policy"},
        "threats": {"ephemeral"},
        "addons": {"ephemeral"},
    }


def test_a_platform_without_weakenings_is_tagged_with_none(platform):
    tags = [item.inputs.get("tags", {}) for item in platform("regulated-production").registrations]
    assert not [tag for tag in tags if "hipaa-stack:exceptions" in tag]


LONGEST = {
    ("aws:cloudwatch/eventRule:EventRule", "name"): 64,
    ("aws:cloudwatch/logGroup:LogGroup", "name"): 512,
    ("aws:cloudwatch/logStream:LogStream", "name"): 512,
    ("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "name"): 512,
    ("aws:codebuild/project:Project", "name"): 255,
    ("aws:ec2/launchTemplate:LaunchTemplate", "namePrefix"): 128 - 26,
    ("aws:ec2/securityGroup:SecurityGroup", "namePrefix"): 255 - 26,
    ("aws:eks/cluster:Cluster", "name"): 100,
    ("aws:eks/nodeGroup:NodeGroup", "nodeGroupNamePrefix"): 63 - 26,
    ("aws:iam/instanceProfile:InstanceProfile", "namePrefix"): 128 - 26,
    ("aws:iam/role:Role", "namePrefix"): 64 - 26,
    ("aws:iam/rolePolicy:RolePolicy", "name"): 128,
    ("aws:iam/samlProvider:SamlProvider", "name"): 128,
    ("aws:kms/alias:Alias", "name"): 256,
    ("aws:ssm/document:Document", "name"): 128,
}
"""Characters that AWS accepts for a name; for a prefix less the 26 that the provider appends."""
OTHER_NAMES = re.compile("cluster|addon|service|zone|group", re.IGNORECASE)
"""Names of other things than the resource itself."""
LONGEST_FIREWALL_PART = 128
"""Characters of the name of a firewall, a firewall policy or a rule group."""


def test_a_name_of_60_characters_fits_everywhere(register, settings_of):
    name = "c" * 60
    settings = {**settings_of("regulated-production"), "cluster_name": name, "network": settings_of("dev")["network"]}
    settings["access"] = [*settings["access"], SSM]
    role = "arn:aws:secretsmanager:us-east-1:123456789012:secret:clinic/database-AbCdEf"
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    settings["workload_roles"] = [{"namespace": "n" * 63, "service_account": "a" * 63, "secret_arns": [role], "key_arns": [key]}]
    registered = register(lambda: EksPlatform(name, settings))
    given = {
        (item.type, field): value
        for item in registered.registrations
        for field, value in item.inputs.items()
        if item.type.startswith("aws:") and item.type != FEATURE and field.lower().endswith(("name", "nameprefix"))
    }
    own = {(type_, field): value for (type_, field), value in given.items() if field in ("name", "namePrefix", "nodeGroupNamePrefix")}
    assert own.keys() == LONGEST.keys()
    assert not {where: value for where, value in own.items() if len(value) > LONGEST[where]}
    # The provider makes names of the rest out of the logical name and eight characters.
    unnamed = [item.name for item in registered.registrations if item.type.startswith("aws:networkfirewall/")]
    assert unnamed
    assert not [unnamed_ for unnamed_ in unnamed if len(unnamed_) + 8 > LONGEST_FIREWALL_PART]
    tags = [(key, value) for item in registered.registrations for key, value in item.inputs.get("tags", {}).items()]
    assert not [(key, value) for key, value in tags if len(key) > 128 or len(value) > 256]


def test_without_detection_there_is_neither_detector_nor_agent_nor_endpoint(register, settings_of):
    settings = settings_of("regulated-production")
    settings["cluster"]["without_guardduty"] = MIXED
    registered = register(lambda: EksPlatform("p", settings))
    assert [item.key for item in registered.registrations if "guardduty" in item.type or "GuardDuty" in str(item.inputs)] == []
    alerts = {"p-alerts-guardduty"}  # somebody may switch another detector off
    assert {item.name for item in registered.registrations if "guardduty" in item.name} == alerts


def test_the_agent_waits_for_the_detector(platform):
    registered = platform("regulated-production")
    agent = registered.one(ADDON, "p-addons-aws-guardduty-agent")
    assert f"{FEATURE} p-threats-runtime-monitoring" in registered.before(agent)


def test_the_contracts_are_in_the_evidence(register, settings_of):
    shown = []
    register(lambda: EksPlatform("p", settings_of("small-production")).agreements.apply(shown.extend))
    assert [(each["party"], each["kind"], each["covers"]) for each in shown] == [("Amazon Web Services", "BAA", ["aws"])]


# Layers and choices -------------------------------------------------------------------------------------------------


def test_all_is_the_cloud_and_the_baseline(register, settings_of):
    """Two programs, the second with the facts that the first hands over, register what one does."""
    settings = settings_of("regulated-production")
    cloud = {name: value for name, value in settings.items() if name in EksCloudArgs.model_fields}
    inside = {name: value for name, value in settings.items() if name in EksBaselineArgs.model_fields}
    facts = []
    first = register(lambda: EksCloud("p", cloud).platform.apply(facts.append)).whole()
    handed_over = {name: pulumi.Output.from_input(value) for name, value in facts[0].items()}
    second = register(lambda: EksBaseline("p", {**inside, "cloud": handed_over})).whole()
    assert not first.keys() & second.keys()
    both = {**first, **second}
    one, _ = everything_but_the_platform(register(lambda: EksPlatform("p", settings)))
    assert both.keys() == one.keys() | LAYERS - {"hipaa:index:EksPlatform p"}
    assert {key: both[key]["inputs"] for key in one} == {key: item["inputs"] for key, item in one.items()}


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"cluster_name": "billing"}, "cluster_name: got 'clinic'; accepted: 'billing', as the cloud layer has it."),
        ({"guardduty": False}, "guardduty_agent: got True; accepted: False, as GuardDuty does not watch the cluster."),
    ],
)
def test_a_baseline_refuses_a_cloud_that_is_not_its_own(register, minimal, facts, line):
    args = minimal["EksBaseline"]
    with pytest.raises(ArgsError) as error:
        register(lambda: EksBaseline("b", {**args, "cloud": {**args["cloud"], **facts}}))
    assert str(error.value).startswith(f"EksBaseline 'b': {line}")


@pytest.mark.parametrize(
    ("path", "cluster"),
    [
        ({"local_endpoint": "https://127.0.0.1:8443", "tls_server_name": "kubernetes.default.svc"}, {"server": "https://127.0.0.1:8443", "tls-server-name": "kubernetes.default.svc"}),
        ({"proxy_url": "http://proxy.example.com:3128"}, {"server": "https://cluster.example.com", "proxy-url": "http://proxy.example.com:3128"}),
        ({}, {"server": "https://cluster.example.com"}),
    ],
)  # fmt: skip
def test_the_baseline_goes_the_declared_way(register, minimal, path, cluster):
    ways = [{"way": "SSM", **dict.fromkeys(("proxy_url", "local_endpoint", "tls_server_name"), ""), **path}, {"way": "RUNNER"}]
    args = {**minimal["EksBaseline"], "cloud": {**minimal["EksBaseline"]["cloud"], "paths": ways}}
    seen = []
    register(lambda: EksBaseline("b", args).kubeconfig.apply(seen.append))
    found = json.loads(seen[0])["clusters"][0]["cluster"]
    assert found == {"certificate-authority-data": "Q0E=", **cluster}


def test_a_way_that_the_cloud_does_not_declare_is_refused(register, minimal):
    with pytest.raises(UnreachableError, match=r"EksBaseline 'b': through: got 'RUNNER'; accepted: a declared way: none. Add it to access"):
        register(lambda: EksBaseline("b", {**minimal["EksBaseline"], "through": "RUNNER"}))


def test_existing_keys_and_an_existing_network_are_used_and_none_made(register, settings_of):
    arn = "arn:aws:kms:us-east-1:123456789012:key/{}".format
    keys = {part: arn(part) for part in ("secrets", "volumes", "logs")}
    network = {"vpc_id": "vpc-0a1b", "vpc_cidr": "10.99.0.0/16", "private_subnet_ids": ["subnet-0a", "subnet-0b"]}
    settings = settings_of("small-production") | {"existing_keys": keys, "existing_network": network}
    del settings["network"]
    registered = register(lambda: EksPlatform("p", settings))
    made = {item.type for item in registered.registrations}
    assert not made & {"aws:kms/key:Key", "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/flowLog:FlowLog"}
    cluster = registered.one(CLUSTER).inputs
    assert cluster["vpcConfig"]["subnetIds"] == ["subnet-0a", "subnet-0b"]
    assert cluster["encryptionConfig"]["provider"]["keyArn"] == arn("secrets")
    assert registered.one("aws:ec2/instance:Instance").inputs["subnetId"] == "subnet-0a"
    assert {group.inputs["kmsKeyId"] for group in registered.of_type(LOG_GROUP)} == {arn("logs")}
    assert not [item.name for item in registered.of_type(LOG_GROUP) if "vpc-flow" in item.name]


def test_a_trail_that_exists_is_not_made_again(platform):
    registered = platform("small-production", trail="EXISTING")
    assert not registered.of_type("aws:cloudtrail/trail:Trail")
    assert not [item.name for item in registered.of_type(LOG_GROUP) if "trail" in item.name]


def test_workloads_read_their_secrets_with_roles_of_their_own(register, settings_of):
    role = {
        "namespace": "clinic",
        "service_account": "api",
        "secret_arns": ["arn:aws:secretsmanager:us-east-1:123456789012:secret:clinic/database-AbCdEf"],
        "key_arns": ["arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"],
    }
    settings = settings_of("small-production") | {"workload_roles": [role, {**role, "service_account": "eso", "mode": "IRSA"}]}
    seen = []
    registered = register(lambda: EksPlatform("p", settings).workload_role_arns.apply(seen.append))
    assert seen == [{f"clinic/{account}": f"arn:aws:aws:us-east-1:123456789012:Role/p-clinic-{account}-role" for account in ("api", "eso")}]
    assert registered.one("aws:iam/openIdConnectProvider:OpenIdConnectProvider").inputs["url"] == "https://oidc.example.com"
    assert registered.one("aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs["serviceAccount"] == "api"
    assert registered.one("aws:ec2/vpcEndpoint:VpcEndpoint", "p-network-secretsmanager")


CHART = "kubernetes:helm.sh/v4:Chart"
EXTERNAL = {"owner": "platform-team", "image_digest": "sha256:" + "0" * 64, "provider_cidrs": ["10.64.0.0/16"]}
MIRROR = {
    "prefix": "clinic",
    "upstreams": [
        {
            "registry": "ghcr.io",
            "credential_secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/ghcr-AbCdEf",
        }
    ],
}


def test_images_of_the_platform_come_from_its_mirror(platform):
    registered = platform("small-production", secrets="EXTERNAL", external=EXTERNAL, image_mirror=MIRROR)
    values = registered.one(CHART).inputs["values"]
    prefix = registered.one("aws:ecr/pullThroughCacheRule:PullThroughCacheRule").inputs["ecrRepositoryPrefix"]
    host = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    images = {part["image"]["repository"] for part in (values, values["webhook"], values["certController"])}
    assert images == {f"{host}/{prefix}/external-secrets/external-secrets"}
    assert registered.one("kubernetes:core/v1:Namespace", "p-workloads-external-secrets-namespace")


def test_with_a_way_out_images_come_from_where_they_are(platform):
    values = platform("dev", secrets="EXTERNAL", external=EXTERNAL).one(CHART).inputs["values"]
    assert values["image"]["repository"] == "ghcr.io/external-secrets/external-secrets"


def test_a_copy_that_the_settings_name_is_left_alone(platform):
    copy = {**EXTERNAL, "source": {"image_registry": "registry.example.org/copies"}}
    values = platform("small-production", secrets="EXTERNAL", external=copy).one(CHART).inputs["values"]
    assert values["image"]["repository"] == "registry.example.org/copies/external-secrets/external-secrets"


@pytest.mark.parametrize(("prefixes", "egress"), [({}, False), ({"quay.io": "x/"}, True)])
def test_a_baseline_refuses_an_image_that_its_cluster_could_not_pull(register, minimal, prefixes, egress):
    args = minimal["EksBaseline"]
    facts = {**args["cloud"], "registry_prefixes": prefixes, "egress": egress}
    with pytest.raises(
        ArgsError, match=r"EksBaseline 'b': secrets: its image comes from ghcr\.io; accepted: image_mirror of the cloud layer"
    ):
        register(lambda: EksBaseline("b", {**args, "cloud": facts, "secrets": "EXTERNAL", "external": EXTERNAL}))


KUBECTL = "kubectl@sha256:" + "0" * 64
ROLES = {"owner": "platform-team", "auditors": ["clinic:auditors"], "break_glass_approvers": ["clinic:leads"]}
PULLED = {"registry.k8s.io": "123456789012.dkr.ecr.us-east-1.amazonaws.com/clinic/k8s/"}


@pytest.mark.parametrize(
    ("image", "prefixes", "egress", "pulled"),
    [
        (f"registry.k8s.io/{KUBECTL}", PULLED, False, f"123456789012.dkr.ecr.us-east-1.amazonaws.com/clinic/k8s/{KUBECTL}"),
        (f"registry.k8s.io/{KUBECTL}", {}, True, f"registry.k8s.io/{KUBECTL}"),
        (f"registry.example.org/{KUBECTL}", PULLED, False, f"registry.example.org/{KUBECTL}"),
    ],
)
def test_what_takes_emergency_access_back_comes_from_where_the_cluster_pulls(register, minimal, image, prefixes, egress, pulled):
    args = minimal["EksBaseline"]
    facts = {**args["cloud"], "registry_prefixes": prefixes, "egress": egress}
    registered = register(lambda: EksBaseline("b", {**args, "cloud": facts, "roles": {**ROLES, "reaper_image": image}}))
    pod = registered.one("kubernetes:batch/v1:CronJob").inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == pulled


@pytest.mark.parametrize(("prefixes", "egress"), [({}, False), (PULLED, True)])
def test_a_baseline_refuses_a_reaper_that_its_cluster_could_not_pull(register, minimal, prefixes, egress):
    args = minimal["EksBaseline"]
    facts = {**args["cloud"], "registry_prefixes": prefixes, "egress": egress}
    roles = {**ROLES, "reaper_image": f"quay.io/tools/{KUBECTL}"}
    with pytest.raises(
        ArgsError, match=r"EksBaseline 'b': roles\.reaper_image: it comes from quay\.io; accepted: image_mirror of the cloud"
    ):
        register(lambda: EksBaseline("b", {**args, "cloud": facts, "roles": roles}))


FIPS_NODES = {**ADMINS, "node_groups": [{"name": "general", "ami_type": "BOTTLEROCKET_x86_64_FIPS"}]}


@pytest.fixture
def _fips_endpoints():
    """The stack configuration of the AWS provider."""
    before = pulumi.runtime.get_config_env()
    pulumi.runtime.set_all_config({**before, "aws:useFipsEndpoint": "true"})
    yield
    pulumi.runtime.set_all_config(before)


@pytest.mark.usefixtures("_fips_endpoints")
def test_with_fips_the_evidence_says_what_it_cannot_hold_for(register, settings_of):
    settings = settings_of("small-production") | {"fips": True, "cluster": FIPS_NODES}
    seen = []
    registered = register(lambda: EksPlatform("p", settings).not_fips.apply(seen.extend))
    assert registered.one("aws:eks/nodeGroup:NodeGroup").inputs["amiType"] == "BOTTLEROCKET_x86_64_FIPS"
    assert any("control plane" in item for item in seen)
    assert not [item for item in seen if "region" in item]
    assert not_fips("eu-central-1")[0] == "the AWS API: the region eu-central-1 has no FIPS endpoints"


def test_fips_without_its_endpoints_is_refused(register, settings_of):
    settings = settings_of("small-production") | {"fips": True, "cluster": FIPS_NODES}
    with pytest.raises(
        ArgsError, match=r"fips: got True; accepted: true where the AWS provider calls FIPS endpoints\. Run `pulumi config set"
    ):
        register(lambda: EksPlatform("p", settings))


# Refusals ----------------------------------------------------------------------------------------------------------


KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
NETWORK = {"vpc_id": "vpc-0a1b", "vpc_cidr": "10.99.0.0/16", "private_subnet_ids": ["subnet-0a", "subnet-0b"]}
ROLE = {
    "namespace": "clinic",
    "service_account": "api",
    "secret_arns": ["arn:aws:secretsmanager:us-east-1:123456789012:secret:clinic/database-AbCdEf"],
    "key_arns": [KEY],
}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"ephemeral": JUSTIFIED}, "ephemeral: got StandardWeakening; accepted: absent with PHI. Patient data is never ephemeral"),
        ({"storage": {"ephemeral": JUSTIFIED}}, "storage.ephemeral: got StandardWeakening; accepted: absent with PHI"),
        (
            {"data_classification": "NONE"},
            "data_classification: got 'NONE'; accepted: PHI, SYNTHETIC. A platform without data is SYNTHETIC.",
        ),
        (
            {"data_classification": "SYNTHETIC", "namespaces": [NAMESPACE], "roles": None},
            "namespaces[0].data_classification: got 'PHI'; accepted: PHI on a platform for PHI only. Set data_classification",
        ),
        (
            {"namespaces": [NAMESPACE, {**SYNTHETIC, "name": "trial"}], "roles": None},
            "namespaces[1].data_classification: got 'SYNTHETIC'; accepted: PHI or NONE on a platform for PHI",
        ),
        (
            {"cluster": {**ADMINS, "without_guardduty": MIXED}, "threat_detection": {"existing_detector_id": "0" * 32}},
            f"threat_detection.existing_detector_id: got '{'0' * 32}'; accepted: absent with cluster.without_guardduty. Remove one",
        ),
        (
            {"cluster": {**ADMINS, "without_guardduty": MIXED}, "addon_versions": {"aws-guardduty-agent": "v1.9.0-eksbuild.1"}},
            "addon_versions[aws-guardduty-agent]: got 'v1.9.0-eksbuild.1'; accepted: absent with cluster.without_guardduty.",
        ),
        ({"namespaces": []}, "namespaces: got []; accepted: at least one. A cluster without a hardened namespace"),
        ({"namespaces": [NAMESPACE, TOOLS, NAMESPACE]}, "namespaces[2].name: got 'clinic'; accepted: each name once."),
        ({"cluster_name": "-clinic"}, "cluster_name: got '-clinic'; accepted: 1 to 100 letters"),
        ({"cluster_name": "c" * 101}, "cluster_name: got 'ccc"),
        ({"network": {"cidr": "172.20.0.0/18"}}, "cluster.service_cidr: got '172.20.0.0/16'; accepted: a network apart from network.cidr"),
        ({"addon_versions": {"vpc-cni": "v1.20.4-eksbuild.2"}}, "addon_versions: got 'vpc-cni'; accepted: coredns, aws-ebs-csi-driver"),
        ({"addon_versions": {"coredns": "latest"}}, "addon_versions[coredns]: got 'latest'; accepted: a version of EKS"),
        ({"permissions_boundary_arn": "limit"}, "permissions_boundary_arn: got 'limit'; accepted: arn:<partition>:iam"),
        ({"tags": {"aws:team": "a"}}, "tags: got 'aws:team'; accepted: names of 1 to 128"),
        (
            {"tags": {"hipaa-stack:exceptions": "none"}},
            "tags: got 'hipaa-stack:exceptions'; accepted: names that do not begin with hipaa-stack:",
        ),
        ({"tags": {"team": "a;b"}}, "tags[team]: got 'a;b'; accepted: at most 256 letters"),
        ({"storage": {"default_class": "FILE"}}, "storage.default_class: got 'FILE'; accepted: BLOCK, or FILE with a file system"),
        ({"storage": {"filestore_network": "main"}}, "storage.filestore_network: got 'main'; accepted: absent on EKS. Use file_system_id"),
        ({"storage": {"key": "arn"}}, "storage.key: unknown argument; accepted: ephemeral, file_system_id"),
        ({"logs": {"hot_days": {"EKS_CONTROL_PLANE": 400}}}, "logs.hot_days[EKS_CONTROL_PLANE]: got 400; accepted: 2192 or more"),
        ({"logs": {"hot_days": {"VPC_FLOW": 91}}}, "logs.hot_days[VPC_FLOW]: got 91; accepted: 90, 120"),
        ({"network": {"az_count": 1}}, "network.az_count: got 1; accepted: 2 to 6. EKS needs two zones."),
        (
            {"access": []},
            "access: got []; accepted: at least one way to the API server. The API is private: declare access, or run EksCloud",
        ),
        ({"access": [SSM, SSM], "through": None}, "access[1]: got 'SSM'; accepted: each way once."),
        ({"through": "EXISTING"}, "through: got 'EXISTING'; accepted: a declared way: CLIENT_VPN, RUNNER. Add it to access."),
        (
            {"existing_network": NETWORK, "network": {"az_count": 2}},
            "network: got {'az_count': 2}; accepted: absent with existing_network.",
        ),
        (
            {"existing_network": {**NETWORK, "vpc_cidr": "172.20.0.0/20"}, "network": {}},
            "cluster.service_cidr: got '172.20.0.0/16'; accepted: a network apart from existing_network.vpc_cidr",
        ),
        (
            {"existing_network": {**NETWORK, "private_subnet_ids": ["subnet-0a"]}, "network": {}},
            "existing_network.private_subnet_ids: got ['subnet-0a']; accepted: at least two",
        ),
        (
            {"existing_keys": {"secrets": "alias/a", "volumes": KEY, "logs": KEY}},
            "existing_keys.secrets: got 'alias/a'; accepted: arn:<partition>:kms",
        ),
        (
            {"network": {"cidr": "10.96.0.0/16"}},
            "access[0].client_vpn.client_cidr: got '10.96.0.0/22'; accepted: a network apart from network.cidr",
        ),
        ({"archive": {"lock_mode": "COMPLIANCE"}}, "archive.lock_mode: got 'COMPLIANCE'; accepted: GOVERNANCE, or COMPLIANCE with"),
        (
            {"fips": True},
            "cluster.node_groups[0].ami_type: got 'BOTTLEROCKET_x86_64'; accepted: BOTTLEROCKET_x86_64_FIPS, BOTTLEROCKET_ARM_64_FIPS with fips.",
        ),
        (
            {"secrets": "EXTERNAL", "external": EXTERNAL},
            "secrets: got 'EXTERNAL'; accepted: image_mirror of the cloud layer with ghcr.io among",
        ),
        (
            {"roles": {**ROLES, "reaper_image": f"quay.io/{KUBECTL}"}},
            "roles.reaper_image: got 'quay.io/kubectl@sha256:0000",
        ),
        (
            {"roles": {**ROLES, "reaper_image": None}},
            "roles.reaper_image: got None; accepted: an image by digest with break_glass_approvers.",
        ),
        ({"secrets": "EXTERNAL"}, "external: got None; accepted: its settings with secrets EXTERNAL."),
        ({"external": EXTERNAL}, "external: got ExternalSecretsSettings; accepted: absent with secrets NONE. Set secrets to EXTERNAL"),
        ({"workload_roles": [ROLE, ROLE]}, "workload_roles[1]: got 'clinic/api'; accepted: each service account once."),
        ({"cloud_stack": "organization/hipaa-platform/cloud"}, "cloud_stack: unknown argument; accepted: tags, ephemeral"),
        ({"cluster": {}}, "cluster.admin_principal_arns: missing; accepted: a list, each item a string or an Output."),
        ({"cluster": None}, "cluster: got None; accepted: EksClusterSettings with kubernetes_version"),
    ],
)
def test_refuses_before_anything_is_registered(register, settings_of, change, line):
    settings = {**settings_of("regulated-production"), **change}
    attempts = {
        "EksPlatformArgs": lambda: EksPlatformArgs(**settings),
        "EksPlatform 'p'": lambda: register(lambda: EksPlatform("p", settings)),
    }
    for where, attempt in attempts.items():
        with pytest.raises(ArgsError) as error:
            attempt()
        assert str(error.value).startswith(f"{where}: {line}")
        assert "\n" not in str(error.value)
    assert not register.last.registrations


def test_all_mistakes_of_all_parts_are_reported_at_once(register, settings_of):
    settings = settings_of("regulated-production") | {
        "network": {"az_count": 9},
        "alert_endpoints": [],
        "access": [{}],
        "namespaces": [{"name": "default", "owner": "a b"}],
        "logs": {"hot_days": {"DNS": 1}},
    }
    with pytest.raises(ArgsError) as error:
        register(lambda: EksPlatform("p", settings))
    wrong = {"network.az_count", "logs.hot_days", "alert_endpoints", "access[0].ssm", "namespaces[0].name", "namespaces[0].owner"}
    assert {path for path, _ in error.value.findings} == wrong


def test_whoever_would_lock_themselves_out_is_told(platform, lookups):
    lookups["aws:index/getCallerIdentity:getCallerIdentity"]["arn"] = "arn:aws:sts::123456789012:assumed-role/stranger/session"
    lookups["aws:iam/getSessionContext:getSessionContext"]["issuerArn"] = "arn:aws:iam::123456789012:role/stranger"
    with pytest.raises(LockOutError, match=r"EksCluster 'p-cluster': you would lock yourself out: .*role/stranger is not admitted"):
        platform("regulated-production")
