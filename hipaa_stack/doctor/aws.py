"""What the account shows before a platform is made in it."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

from hipaa_stack.baseline import EKS_VERSION
from hipaa_stack.doctor._account import Account, Unseen
from hipaa_stack.doctor._finding import Finding, beside, broken, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.doctor.quotas import QUOTAS, room

CONNECT_SECONDS = 5.0

Look = Callable[[Account, Platform], Iterator[Finding]]


def caller(account: Account, platform: Platform) -> Iterator[Finding]:
    """Who deploys, and whether they could repair the cluster that they make."""
    arn = str(account.get("sts", "get_caller_identity", "Arn"))
    if arn.endswith(":root"):
        yield failed("caller", message="the root user", fix="Deploy with a role: the root user is for closing the account.")
        return
    yield passed("caller", message=arn)
    if platform.layer == "BASELINE":
        yield beside("administrators", message="the cloud layer names them")
        return
    if platform.assumes_role:
        message = "aws:assumeRoles is in force: the program deploys with another identity than the one that looks here"
        yield unknown("administrators", message=message, fix="Run this with the credentials of that role.")
        return
    admitted = [*platform.strings("cluster", "admin_principal_arns"), *platform.strings("cluster", "deployer_principals")]
    role = _role(arn)
    names = {_role(each) for each in admitted}
    if platform.at("cluster", "caller_not_admin"):
        yield passed("administrators", message="the caller is none, as cluster.caller_not_admin says in writing")
    elif role is not None and role in names:
        yield passed("administrators", message=f"the role {role[1]} is one")
    else:
        who = f"the role {role[1]}" if role else arn
        fix = "Add the role to cluster.admin_principal_arns or cluster.deployer_principals, or deploy with one of them."
        yield failed("administrators", message=f"{who} is in neither list: nobody who deploys could repair the cluster", fix=fix)


def _role(arn: str) -> tuple[str, str] | None:
    """Account and name of a role, or of the role behind a session; None for what is neither."""
    role = re.fullmatch(r"arn:[\w-]+:(?:sts::(\d{12}):assumed-role/([^/]+)/.+|iam::(\d{12}):role/(?:.+/)?([^/]+))", arn)
    return (role[1] or role[3], role[2] or role[4]) if role else None


def detector(account: Account, platform: Platform) -> Iterator[Finding]:
    """An account and region has one detector of GuardDuty."""
    name, given = "GuardDuty", platform.at("threat_detection", "existing_detector_id")
    found = [str(each) for each in account.every("guardduty", "list_detectors", "DetectorIds")]
    if platform.at("cluster", "without_guardduty"):
        yield beside(name, message="cluster.without_guardduty is in force")
    elif given:
        missing = f"the detector {given} is not in this account and region"
        fix = "Remove threat_detection.existing_detector_id, or name " + (", ".join(found) or "one that exists") + "."
        yield passed(name, message=f"the detector {given} is there") if given in found else failed(name, message=missing, fix=fix)
    elif found and not set(found) & platform.state:
        message = f"the account and region has the detector {found[0]} already, and can have one"
        yield failed(name, message=message, fix=f"Set threat_detection.existing_detector_id to {found[0]}." + _OWN)
    else:
        yield passed(name, message="the detector of this stack" if found else "no detector yet: one is made")


_OWN = " If this stack made it, pass its state: --state FILE, of `pulumi stack export`."


def trail(account: Account, platform: Platform) -> Iterator[Finding]:
    """Calls to the AWS API are recorded once; alerts on them need a trail."""
    name, mode = "trail", platform.at("trail") or "CREATE"
    trails = account.every("cloudtrail", "describe_trails", "trailList")
    regional = [str(each.get("Name")) for each in trails if each.get("IsMultiRegionTrail")]
    if mode == "EXISTING":
        fix = "Set trail to CREATE, or have the owner of the organisation make one."
        found = (
            passed(name, message=f"{regional[0]} records all regions")
            if regional
            else failed(name, message="no trail of all regions", fix=fix)
        )
        yield found
    elif regional and not set(regional) & platform.state:
        message = f"one is made, though {regional[0]} records all regions: the same events are kept and paid for twice"
        yield passed(name, message=message, fix="Set trail to EXISTING for one record." + _OWN)
    else:
        yield passed(name, message="one is made")


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
    if account.get("iam", "get_role", "Role", ("NoSuchEntity",), RoleName=role):
        return passed(name, message=f"{role} exists")
    fix = f"aws iam create-service-linked-role --aws-service-name {service}.amazonaws.com"
    return otherwise(name, message=f"{role} does not exist: {why}", fix=fix)


def zones(account: Account, platform: Platform) -> Iterator[Finding]:
    """As many zones as the network spans."""
    name = "zones"
    if platform.at("existing_network"):
        yield beside(name, message="the network exists")
        return
    wanted = platform.zones
    query = [{"Name": "state", "Values": ["available"]}, {"Name": "zone-type", "Values": ["availability-zone"]}]
    found = sorted(
        str(each["ZoneName"]) for each in account.every("ec2", "describe_availability_zones", "AvailabilityZones", Filters=query)
    )
    if not isinstance(wanted, int) or len(found) < wanted:
        yield failed(name, message=f"{len(found)} are available, {wanted} are asked for", fix="Set network.az_count, at least 2.")
    else:
        yield passed(name, message=f"{len(found)} are available, {wanted} are used")


def log_groups(account: Account, platform: Platform) -> Iterator[Finding]:
    """The names of log groups are the platform's own, and a destroy leaves the groups."""
    name, cluster = "log groups", platform.cluster_name
    if platform.at("logs", "adopt_log_groups"):
        yield beside(name, message="logs.adopt_log_groups takes over those that exist")
        return
    parts = ("vpc-flow", "trail", "access", "audit-delivery")
    wanted = {f"/aws/eks/{cluster}/cluster", *(f"/hipaa-stack/{cluster}/{part}" for part in parts)}
    found = [
        str(each["logGroupName"])
        for prefix in (f"/aws/eks/{cluster}/", f"/hipaa-stack/{cluster}/")
        for each in account.every("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
    ]
    yield _free(name, wanted & set(found) - platform.state, "Set logs.adopt_log_groups, which takes over all of them.")


def key_aliases(account: Account, platform: Platform) -> Iterator[Finding]:
    """An alias is one key's."""
    if platform.at("existing_keys"):
        yield beside("key aliases", message="the keys exist")
        return
    wanted = {f"alias/hipaa-stack/{platform.cluster_name}/{part}" for part in ("secrets", "volumes", "logs")}
    found = {str(each["AliasName"]) for each in account.every("kms", "list_aliases", "Aliases")}
    fix = "Name the keys in existing_keys, or delete the aliases that an earlier platform left."
    yield _free("key aliases", wanted & found - platform.state, fix)


def mirror_rules(account: Account, platform: Platform) -> Iterator[Finding]:
    """A prefix of the registry has one rule."""
    name, prefix = "registry rules", platform.at("image_mirror", "prefix")
    if not isinstance(prefix, str):
        yield beside(name, message="there is no image_mirror")
        return
    found = {
        str(each["ecrRepositoryPrefix"]) for each in account.every("ecr", "describe_pull_through_cache_rules", "pullThroughCacheRules")
    }
    taken = {each for each in found if each.startswith(f"{prefix}/")} - platform.state
    yield _free(name, taken, "Set image_mirror.prefix to another one, or delete the rules.")


def _free(name: str, taken: set[str], fix: str) -> Finding:
    if taken:
        return failed(name, message=f"exist already: {', '.join(sorted(taken))}", fix=fix + _OWN)
    return passed(name, message="their names are free")


def version(account: Account, platform: Platform) -> Iterator[Finding]:
    """A new cluster has a version that EKS supports at the usual price."""
    name, wanted = "Kubernetes version", platform.at("cluster", "kubernetes_version") or EKS_VERSION
    found = account.every("eks", "describe_cluster_versions", "clusterVersions")
    statuses = {str(each.get("clusterVersion")): str(each.get("versionStatus") or each.get("status") or "").upper() for each in found}
    known = ", ".join(sorted(version for version, status in statuses.items() if status == "STANDARD_SUPPORT"))
    status = statuses.get(str(wanted), "not offered").lower().replace("_", " ")
    if status == "standard support":
        yield passed(name, message=f"{wanted} is in standard support")
    else:
        yield failed(name, message=f"{wanted}: {status}", fix=f"Set cluster.kubernetes_version to one in standard support: {known}.")


def cluster(account: Account, platform: Platform) -> Iterator[Finding]:
    """The cluster, where there is one, and whether its API server answers from here."""
    name = platform.cluster_name
    answer = account.get("eks", "describe_cluster", "cluster", ("ResourceNotFoundException",), name=name)
    if answer is None:
        if platform.layer == "BASELINE":
            fix = f"Bring up the stack {platform.at('cloud_stack') or 'of layer CLOUD'} first."
            yield failed("cluster", message=f"{name} does not exist", fix=fix)
        else:
            yield passed("cluster", message=f"{name} does not exist yet")
        yield beside("API server", message="there is none yet")
        return
    yield passed("cluster", message=f"{name} exists, Kubernetes {answer.get('version')}")
    endpoint = str(answer.get("endpoint") or "")
    if platform.layer == "CLOUD":
        yield beside("API server", message="the layer CLOUD does not call it")
        return
    if platform.way == "SSM":
        message = "it is reached through a port that a session forwards (through: SSM)"
        yield unknown("API server", message=message, fix="Open the session: pulumi stack output access_instructions.")
        return
    where = urlsplit(endpoint)
    try:
        with socket.create_connection((where.hostname or "", where.port or 443), timeout=CONNECT_SECONDS):
            yield passed("API server", message=f"{endpoint} answers from here")
    except OSError as error:
        fix = "Open one of the ways in `access` (stack output access_instructions), or run this where there is one."
        yield failed("API server", message=f"{endpoint} cannot be reached from here: {error.strerror or error}", fix=fix)


def state_bucket(account: Account, platform: Platform) -> Iterator[Finding]:
    """A bucket of states keeps versions and is encrypted with a key of the account."""
    name = "state bucket"
    if not (platform.backend or "").startswith("s3://"):
        yield beside(name, message="the state back end is no bucket")
        return
    bucket = urlsplit(platform.backend or "").netloc
    fix = "Make it with AwsStateBackend (docs/state-backend.md)."
    # A bucket that never had versions answers without a status.
    versions = account.get("s3", "get_bucket_versioning", "", Bucket=bucket).get("Status")
    if versions != "Enabled":
        yield failed(name, message=f"{bucket} keeps no versions: a state that is overwritten is gone", fix=fix)
        return
    none = ("ServerSideEncryptionConfigurationNotFoundError",)
    encryption = account.get("s3", "get_bucket_encryption", "ServerSideEncryptionConfiguration", none, Bucket=bucket)
    rules = (encryption or {}).get("Rules", [])
    if any(rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "").startswith("aws:kms") for rule in rules):
        yield passed(name, message=f"{bucket} keeps versions and is encrypted with a key")
    else:
        yield failed(name, message=f"{bucket} is not encrypted with a key of the account", fix=fix)


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


def look(platform: Platform) -> Iterator[Finding]:
    """Everything that the caller's credentials show."""
    account: Account | Unseen
    try:
        account = Account(platform.region, platform.profile)
    except Unseen as unseen:
        account = unseen
    for name, at in LOOKS:
        yield from _one(name, at, account, platform)


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
