"""What the account shows before a platform is made in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hipaa_stack.baseline import EKS_VERSION
from hipaa_stack.doctor._account import Account, text
from hipaa_stack.doctor._finding import OWN, Finding, beside, broken, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.doctor._unseen import Unseen
from hipaa_stack.doctor.caller import caller, elsewhere
from hipaa_stack.doctor.cluster import cluster, found_cluster
from hipaa_stack.doctor.detector import detector
from hipaa_stack.doctor.quotas import QUOTAS, room
from hipaa_stack.doctor.state_bucket import state_bucket
from hipaa_stack.doctor.trail import trail

Look = Callable[[Account, Platform], Iterator[Finding]]

MOST_ZONES = 6
"""Zones that a network can have (AwsNetwork)."""

ZONES_WITHOUT_EKS = ("cac1-az3", "use1-az3", "usw1-az2")
"""Ids of the zones in which EKS takes no subnets (AwsNetwork)."""


def autoscaling_role(account: Account, _: Platform) -> Iterator[Finding]:
    """KMS refuses a key policy that names a role that does not exist."""
    yield _service_role(account, "autoscaling", "AWSServiceRoleForAutoScaling", failed, "the key of volumes admits it")


def made_by_aws(account: Account, platform: Platform) -> Iterator[Finding]:
    """Roles that EKS and GuardDuty make for themselves, if the caller may do so: that right is seen only when it is used."""
    why = "AWS makes it at first use, if the caller may call iam:CreateServiceLinkedRole"
    yield _service_role(account, "eks", "AWSServiceRoleForAmazonEKS", unknown, why)
    yield _service_role(account, "eks-nodegroup", "AWSServiceRoleForAmazonEKSNodegroup", unknown, why)
    if not platform.at("cluster", "without_guardduty"):
        yield _service_role(account, "guardduty", "AWSServiceRoleForAmazonGuardDuty", unknown, why)


def _service_role(account: Account, service: str, role: str, otherwise: Callable[..., Finding], why: str) -> Finding:
    name = f"service-linked role of {service}"
    found = account.get("iam", "get_role", "Role", ("NoSuchEntity",), RoleName=role)
    # Policies name it with its path, which only AWS can give to a role.
    if found is not None and f":role/aws-service-role/{service}.amazonaws.com/" in text(found, "Arn", "iam:GetRole"):
        return passed(name, message=f"{role} exists")
    fix = f"aws iam create-service-linked-role --aws-service-name {service}.amazonaws.com"
    return otherwise(name, message=f"{role} does not exist: {why}", fix=fix)


def zones(account: Account, platform: Platform) -> Iterator[Finding]:
    """As many zones as the network spans, of those that EKS can use."""
    name = "zones"
    if platform.at("existing_network"):
        yield beside(name, message="the network exists")
        return
    query = [{"Name": "state", "Values": ["available"]}, {"Name": "opt-in-status", "Values": ["opt-in-not-required"]}]
    found = {
        text(each, "ZoneName", "ec2:DescribeAvailabilityZones")
        for each in account.every("ec2", "describe_availability_zones", "AvailabilityZones", Filters=query)
        if text(each, "ZoneId", "ec2:DescribeAvailabilityZones") not in ZONES_WITHOUT_EKS
    }
    wanted, fix = platform.zones, f"Set network.az_count, 2 to {MOST_ZONES}."
    if missing := sorted(set(platform.strings("network", "zone_names")) - found):
        message = f"network.zone_names has {', '.join(missing)}; EKS can use {', '.join(sorted(found))}"
        yield failed(name, message=message, fix="Set network.zone_names.")
    elif not 2 <= wanted <= MOST_ZONES:  # noqa: PLR2004 - as the fix says
        yield failed(name, message=f"{wanted} are asked for", fix=fix)
    elif len(found) < wanted:
        yield failed(name, message=f"{len(found)} are available, {wanted} are asked for", fix=fix)
    else:
        yield passed(name, message=f"{len(found)} are available, {wanted} are used")


def log_groups(account: Account, platform: Platform) -> Iterator[Finding]:
    """The names of log groups are the platform's own, and a destroy leaves the groups."""
    name, cluster_name = "log groups", platform.cluster_name
    parts = {
        "vpc-flow": not platform.at("existing_network"),
        "trail": platform.settings.get("trail", "CREATE") != "EXISTING",
        "access": bool(platform.at("access")),
        "audit-delivery": True,
    }
    wanted = {f"/aws/eks/{cluster_name}/cluster", *(f"/hipaa-stack/{cluster_name}/{part}" for part, made in parts.items() if made)}
    found = {
        group
        for prefix in (f"/aws/eks/{cluster_name}/", f"/hipaa-stack/{cluster_name}/")
        for group in account.names("logs", "describe_log_groups", "logGroups", "logGroupName", logGroupNamePrefix=prefix)
    }
    own = platform.made("aws:cloudwatch/logGroup:LogGroup")
    missing = sorted(wanted - found - own)
    make = f"make those that are missing first: {', '.join(missing)} (aws logs create-log-group)"
    if not platform.at("logs", "adopt_log_groups"):
        adopt = "Set logs.adopt_log_groups, which takes over all of them" + (f", and {make}." if missing else ".")
        yield _free(name, (wanted & found) - own, adopt)
    elif missing:
        message = f"logs.adopt_log_groups takes over every group, and {', '.join(missing)} do not exist"
        yield failed(name, message=message, fix=f"Remove logs.adopt_log_groups, or {make}." + OWN)
    else:
        yield passed(name, message="logs.adopt_log_groups takes over those that exist")


def key_aliases(account: Account, platform: Platform) -> Iterator[Finding]:
    """An alias is one key's."""
    if platform.at("existing_keys"):
        yield beside("key aliases", message="existing_keys names the keys")
        return
    wanted = {f"alias/hipaa-stack/{platform.cluster_name}/{part}" for part in ("secrets", "volumes", "logs")}
    found = set(account.names("kms", "list_aliases", "Aliases", "AliasName"))
    fix = "Name the keys in existing_keys, or delete the aliases that an earlier platform left."
    yield _free("key aliases", (wanted & found) - platform.made("aws:kms/alias:Alias"), fix)


def mirror_rules(account: Account, platform: Platform) -> Iterator[Finding]:
    """A prefix of the registry has one rule, and one template of repositories."""
    name, prefix = "registry rules", platform.at("image_mirror", "prefix")
    if not isinstance(prefix, str):
        yield beside(name, message="there is no image_mirror")
        return
    rules = account.names("ecr", "describe_pull_through_cache_rules", "pullThroughCacheRules", "ecrRepositoryPrefix")
    templates = account.names("ecr", "describe_repository_creation_templates", "repositoryCreationTemplates", "prefix")
    taken = {each for each in rules if each.startswith(f"{prefix}/")} - platform.made("aws:ecr/pullThroughCacheRule:PullThroughCacheRule")
    taken |= ({prefix} & set(templates)) - platform.made("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate")
    yield _free(name, taken, "Set image_mirror.prefix to another one, or delete the rules and the template.")


def _free(name: str, taken: set[str], fix: str) -> Finding:
    if taken:
        return failed(name, message=f"exist already: {', '.join(sorted(taken))}", fix=fix + OWN)
    return passed(name, message="their names are free")


def version(account: Account, platform: Platform) -> Iterator[Finding]:
    """A version that EKS supports at the usual price, and that a cluster that exists can be upgraded to."""
    name, wanted = "Kubernetes version", str(platform.at("cluster", "kubernetes_version") or EKS_VERSION)
    found = account.every("eks", "describe_cluster_versions", "clusterVersions")
    statuses = {
        text(each, "clusterVersion", "eks:DescribeClusterVersions"): str(each.get("versionStatus") or each.get("status") or "")
        .upper()
        .replace("-", "_")
        for each in found
    }
    known = ", ".join(sorted(version for version, status in statuses.items() if status == "STANDARD_SUPPORT"))
    status = statuses.get(wanted, "not offered").lower().replace("_", " ")
    if status != "standard support":
        yield failed(name, message=f"{wanted}: {status}", fix=f"Set cluster.kubernetes_version to one in standard support: {known}.")
        return
    present = (found_cluster(account, platform) or {}).get("version")
    if present is not None and (steps := _minor(wanted) - _minor(str(present))) not in {0, 1}:
        why = "EKS upgrades one minor version at a time" if steps > 0 else "EKS takes no version back"
        following = f"1.{_minor(str(present)) + (1 if steps > 0 else 0)}"
        yield failed(name, message=f"{wanted}, and the cluster has {present}: {why}", fix=f"Set cluster.kubernetes_version to {following}.")
    else:
        yield passed(name, message=f"{wanted} is in standard support")


def _minor(of: str) -> int:
    """The second part of a Kubernetes version. Raises Unseen."""
    minor = of.partition(".")[2]
    if not minor.isdecimal():
        raise Unseen(f"{of} is not a version such as {EKS_VERSION}")
    return int(minor)


LOOKS: tuple[tuple[str, Look], ...] = (
    ("caller", caller),
    ("GuardDuty", detector),
    ("trail", trail),
    ("service-linked role of autoscaling", autoscaling_role),
    ("service-linked roles", made_by_aws),
    ("zones", zones),
    ("Kubernetes version", version),
    ("log groups", log_groups),
    ("key aliases", key_aliases),
    ("registry rules", mirror_rules),
    ("cluster", cluster),
    *((f"quota: {quota.title}", partial(room, quota)) for quota in QUOTAS),
    ("state bucket", state_bucket),
)
"""Every look at the account, and how it is called where it could see nothing."""

INSIDE = frozenset({"caller", "cluster", "state bucket"})
"""Those that the layer BASELINE needs: the others are about what the cloud layer makes."""

HERE = frozenset({"state bucket"})
"""Those that Pulumi makes with the credentials that are found here, whatever the provider takes."""


def look(platform: Platform) -> Iterator[Finding]:
    """Everything that the caller's credentials show."""
    account: Account | Unseen
    other: Unseen | None = None
    try:
        account = Account(platform.region, platform.provider.profile)
        other = elsewhere(account, platform)
    except Unseen as unseen:
        account = unseen
    for name, at in LOOKS:
        yield from _one(name, at, account if other is None or name in HERE else other, platform)


def _one(name: str, at: Look, account: Account | Unseen, platform: Platform) -> Iterator[Finding]:
    if platform.layer == "BASELINE" and name not in INSIDE:
        yield beside(name, message="the cloud layer makes it")
        return
    if isinstance(account, Unseen):
        yield unknown(name, message=str(account), fix=account.fix)
        return
    try:
        yield from at(account, platform)
    except Unseen as unseen:
        yield unknown(name, message=str(unseen), fix=unseen.fix)
    except Exception as error:  # noqa: BLE001 - one look that breaks stops no other
        yield broken(name, error)
