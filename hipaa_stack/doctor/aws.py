"""What the account shows before a platform is made in it."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from hipaa_stack.doctor._account import Account, Unseen
from hipaa_stack.doctor._finding import Finding, beside, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.doctor.quotas import quotas

CONNECT_SECONDS = 5.0

Look = Callable[[Account, Platform], Iterator[Finding]]


def caller(account: Account, platform: Platform) -> Iterator[Finding]:
    """Who deploys, and whether they could repair the cluster that they make."""
    arn = str(account.call("sts", "get_caller_identity", "Arn"))
    if arn.endswith(":root"):
        yield failed("caller", message="the root user", fix="Deploy with a role: the root user is for closing the account.")
        return
    yield passed("caller", message=arn)
    if platform.layer == "BASELINE":
        yield beside("administrators", message="the cloud layer names them")
        return
    admitted = [*platform.strings("cluster", "admin_principal_arns"), *platform.strings("cluster", "deployer_principals")]
    role = _role(arn)
    names = {(each.split(":")[4], each.rpartition("/")[2]) for each in admitted}
    if platform.at("cluster", "caller_not_admin"):
        yield passed("administrators", message="the caller is none, as cluster.caller_not_admin says in writing")
    elif role in names:
        yield passed("administrators", message=f"the role {role[1]} is one")
    else:
        who = f"the role {role[1]}" if role else arn
        fix = "Add the role to cluster.admin_principal_arns or cluster.deployer_principals, or deploy with one of them."
        yield failed("administrators", message=f"{who} is in neither list: nobody who deploys could repair the cluster", fix=fix)


def _role(arn: str) -> tuple[str, str] | None:
    """Account and name of the role behind a session, None for what is none."""
    session = re.fullmatch(r"arn:[\w-]+:sts::(\d{12}):assumed-role/([^/]+)/.+", arn)
    return (session[1], session[2]) if session else None


def detector(account: Account, platform: Platform) -> Iterator[Finding]:
    """An account and region has one detector of GuardDuty."""
    name, given = "GuardDuty", platform.at("threat_detection", "existing_detector_id")
    found = [str(each) for each in account.call("guardduty", "list_detectors", "DetectorIds")]
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
    trails = account.call("cloudtrail", "describe_trails", "trailList")
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


def roles(account: Account, _: Platform) -> Iterator[Finding]:
    """KMS refuses a key policy that names a role that does not exist."""
    role = "AWSServiceRoleForAutoScaling"
    found = account.call("iam", "get_role", "Role", ("NoSuchEntity",), RoleName=role)
    fix = "aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com"
    message = f"{role} does not exist, and the key of volumes admits it"
    yield passed("service-linked role", message=f"{role} exists") if found else failed("service-linked role", message=message, fix=fix)


def zones(account: Account, platform: Platform) -> Iterator[Finding]:
    """As many zones as the network spans."""
    name = "zones"
    if platform.at("existing_network"):
        yield beside(name, message="the network exists")
        return
    wanted = platform.at("network", "az_count") or 3
    query = [{"Name": "state", "Values": ["available"]}, {"Name": "zone-type", "Values": ["availability-zone"]}]
    answer = account.call("ec2", "describe_availability_zones", "AvailabilityZones", Filters=query)
    found = sorted(str(each["ZoneName"]) for each in answer)
    if not isinstance(wanted, int) or len(found) < wanted:
        yield failed(name, message=f"{len(found)} are available, {wanted} are asked for", fix="Set network.az_count, at least 2.")
    else:
        yield passed(name, message=f"{len(found)} are available, {wanted} are used")


def collisions(account: Account, platform: Platform) -> Iterator[Finding]:
    """Names that the platform takes, and that may be taken."""
    cluster = platform.cluster_name
    groups = [
        f"/aws/eks/{cluster}/cluster",
        *(f"/hipaa-stack/{cluster}/{part}" for part in ("vpc-flow", "trail", "access", "audit-delivery")),
    ]
    taken = []
    for prefix in (f"/aws/eks/{cluster}/", f"/hipaa-stack/{cluster}/"):
        found = account.call("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
        taken += [str(each["logGroupName"]) for each in found]
    taken = sorted(set(taken) & set(groups) - platform.state)
    if platform.at("logs", "adopt_log_groups"):
        yield beside("log groups", message="logs.adopt_log_groups takes over those that exist")
    elif taken:
        message = f"exist already: {', '.join(taken)}"
        yield failed("log groups", message=message, fix="Set logs.adopt_log_groups, which takes over all of them." + _OWN)
    else:
        yield passed("log groups", message="their names are free")
    wanted = {f"alias/hipaa-stack/{cluster}/{part}" for part in ("secrets", "volumes", "logs")}
    aliases = {str(each["AliasName"]) for each in account.call("kms", "list_aliases", "Aliases")}
    if platform.at("existing_keys"):
        yield beside("key aliases", message="the keys exist")
    elif clash := sorted(wanted & aliases - platform.state):
        fix = "Name the keys in existing_keys, or delete the aliases that an earlier platform left." + _OWN
        yield failed("key aliases", message=f"exist already: {', '.join(clash)}", fix=fix)
    else:
        yield passed("key aliases", message="their names are free")


def cluster(account: Account, platform: Platform) -> Iterator[Finding]:
    """The cluster, where there is one, and whether its API server answers from here."""
    name = platform.cluster_name
    answer = account.call("eks", "describe_cluster", "cluster", ("ResourceNotFoundException",), name=name)
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
    missing = ("ServerSideEncryptionConfigurationNotFoundError",)
    encryption = account.call("s3", "get_bucket_encryption", "ServerSideEncryptionConfiguration", missing, Bucket=bucket) or {}
    rules: list[dict[str, Any]] = encryption.get("Rules", [])
    # A bucket that never kept versions has no status, as what is not AWS has none: that was seen by the call before.
    if account.call("s3", "get_bucket_versioning", "Status", absent="", Bucket=bucket) != "Enabled":
        yield failed(name, message=f"{bucket} keeps no versions: a state that is overwritten is gone", fix=fix)
        return
    if any(rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "").startswith("aws:kms") for rule in rules):
        yield passed(name, message=f"{bucket} keeps versions and is encrypted with a key")
    else:
        yield failed(name, message=f"{bucket} is not encrypted with a key of the account", fix=fix)


LOOKS: tuple[tuple[str, Look], ...] = (
    ("caller", caller),
    ("GuardDuty", detector),
    ("trail", trail),
    ("service-linked role", roles),
    ("zones", zones),
    ("names", collisions),
    ("cluster", cluster),
    ("quotas", quotas),
    ("state bucket", state_bucket),
)
"""Every look at the account, and how it is called where it could see nothing."""

INSIDE = frozenset({"caller", "cluster", "state bucket"})
"""Those that the layer BASELINE needs: the others are about what the cloud layer makes."""


def look(platform: Platform) -> Iterator[Finding]:
    """Everything that the caller's credentials show."""
    try:
        account = Account(platform.region)
    except Unseen as unseen:
        yield from (unknown(name, message=str(unseen)) for name, _ in LOOKS)
        return
    for name, at in LOOKS:
        if platform.layer == "BASELINE" and name not in INSIDE:
            yield beside(name, message="the cloud layer makes it")
            continue
        try:
            yield from at(account, platform)
        except Unseen as unseen:
            yield unknown(name, message=str(unseen))
