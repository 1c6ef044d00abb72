"""The numbers and names of the baseline, each once, each with its source.

Components, rules, documentation and evidence read them from here. Citations are ids of `hipaa_stack.catalog`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PREFIX: Final = "hipaa-stack"
"""Prefix of our tags, labels and annotations (`hipaa-stack/…` in Kubernetes, `hipaa-stack:…` in AWS)."""

# Retention and rotation ------------------------------------------------------------------------------------

AUDIT_RETENTION_DAYS: Final = 2192
"""Six years, the longest count of days they can have. 164.316(b)(2)(i) sets six years for documentation, records
of actions included; the Security Rule sets no period for raw logs. Six years is our conservative reading."""

LONGEST_RETENTION_DAYS: Final = 3653
"""Ten years, the longest period that CloudWatch Logs has: a lock that cannot be undone is never longer by mistake."""

LOCK_SOAK_DAYS: Final = 30
"""How long an archive works before it is locked for good: a month shows every monthly job. Our choice."""

CONFIRM_LOCK_VARIABLE: Final = "HIPAA_STACK_CONFIRM_LOCK_OF"
"""Variable of the environment with the real name of the bucket that a deployment locks: it is gone with the shell, and
cannot be committed."""

ARCHIVED_LOGS: Final = "logs/"
"""Beginning of the keys of archived log events; files of a trail begin as CloudTrail says."""

EPHEMERAL_LOCK_DAYS: Final = 1
"""The shortest retention that S3 Object Lock has, for stacks that hold synthetic data only."""

LANDING_DAYS: Final = 90
"""Days for which what was archived also stays where it landed: time enough to notice and repeat a failed replication."""

FLOW_LOG_RETENTION_DAYS: Final = 400
"""Searchable copy of logs that are not audit logs themselves: 13 months (a year of history plus a month)."""

CLOUDWATCH_RETENTION_DAYS: Final = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""The periods that CloudWatch Logs accepts (API reference, PutRetentionPolicy)."""

MINIMUM_HOT_DAYS: Final = 90
"""The shortest time for which logs stay searchable: a quarter, the period of an access review."""

KEY_ROTATION_DAYS: Final = 365
"""Yearly rotation of key material (AWS KMS accepts 90 to 2560 days)."""

KEY_DELETION_WINDOW_DAYS: Final = 30
"""The longest waiting period that AWS KMS has before a key is destroyed (7 to 30 days)."""

EPHEMERAL_KEY_DELETION_WINDOW_DAYS: Final = 7
"""The shortest waiting period of AWS KMS, for stacks that hold synthetic data only."""

SECRET_ROTATION_DAYS: Final = 90
"""Days between rotations of a secret: a quarter, the period of an access review."""

SECRET_RECOVERY_DAYS: Final = 30
"""The longest time for which a deleted secret can be restored (Secrets Manager: 7 to 30 days)."""

UNTAGGED_IMAGE_DAYS: Final = 30
"""Days after which an image that no tag names any more is deleted: a month shows every monthly job. Our choice."""

STATE_VERSION_DAYS: Final = 365
"""Days for which a former version of a stack's state stays: a year, the time between two yearly reviews. Our choice."""

# Detection -------------------------------------------------------------------------------------------------

GUARDDUTY_ALERT_SEVERITY: Final = 4
"""Least severity of the findings that alert: medium, 4.0 and above (GuardDuty user guide, severity of findings)."""

# Kubernetes ------------------------------------------------------------------------------------------------

EKS_VERSION: Final = "1.35"
"""Version of new clusters: in standard support until 27 March 2027 (EKS release calendar)."""

EKS_OLDEST_VERSION: Final = "1.34"
"""Oldest version in standard support (until 2 December 2026)."""

POD_SECURITY_VERSION: Final = "v1.36"
"""Version of the Pod Security Standards that namespaces enforce (Kubernetes, Pod Security Admission)."""

OBSERVE_DAYS: Final = 90
"""Longest time for which an adopted namespace may observe before it enforces: a quarter."""

EKS_LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""Every control-plane log that EKS has (EKS user guide, control plane logs)."""


DEPLOYER_USERS: Final = "hipaa-deployer:"
"""Beginning of the Kubernetes user names of deployers: alerts on people's actions leave these names out."""

BREAK_GLASS_USERS: Final = "hipaa-break-glass:"
"""Beginning of the Kubernetes user names of emergency access (164.312(a)(2)(ii)): every action of theirs alerts."""

SIMULATED_CALLER: Final = "hipaa-stack-simulated-caller"
"""Name of the role that deploys in a simulated AWS account: nobody can lock themselves out of a simulation."""

BREAK_GLASS_SECONDS: Final = 3600
"""Longest session of emergency access, and oldest second factor behind it: an hour, the shortest limit that IAM has."""

BREAK_GLASS_BINDING_SECONDS: Final = 14_400
"""Longest life of a break-glass RoleBinding (164.312(a)(2)(ii)): four hours, half of a shift. Our choice."""

REAPER_MINUTES: Final = 5
"""Minutes between two looks for break-glass RoleBindings whose time is over. Our choice."""

OPERATOR_SECONDS: Final = 3600
"""Longest session of an operator's role: an hour, the most that AWS gives to a role taken from another (IAM user guide)."""

DEPLOYER_SECONDS: Final = 7200
"""Longest session of a deployer: two hours, in which a cluster with its nodes and an identity provider comes up. Our choice."""

VPN_SESSION_HOURS: Final = 8
"""Hours after which people sign in to the VPN again: a working day, the shortest that Client VPN has (8, 10, 12 or 24)."""


@dataclass(frozen=True, slots=True)
class PinnedChart:
    """One release of a third-party Helm chart, and what it installs."""

    chart: str
    """Name of the chart in its repository."""
    repository: str
    """Address of the repository."""
    version: str
    """Version of the chart."""
    app_version: str
    """Version of what it installs, without a leading v."""
    crds: str
    """Address of its custom resource definitions, of the same version."""
    image_registry: str
    """Registry of its image, which an image mirror replaces."""
    image: str
    """Its only image, without registry and tag."""


CHARTS: Final[Mapping[str, PinnedChart]] = {
    "SealedSecrets": PinnedChart(
        chart="sealed-secrets",
        repository="https://bitnami.github.io/sealed-secrets",
        version="2.19.1",
        app_version="0.38.4",
        crds="https://raw.githubusercontent.com/bitnami/sealed-secrets/v0.38.4/helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml",
        image_registry="docker.io",
        image="bitnami/sealed-secrets-controller",
    ),
    "ExternalSecrets": PinnedChart(
        chart="external-secrets",
        repository="https://charts.external-secrets.io",
        version="2.9.0",
        app_version="2.9.0",
        crds="https://raw.githubusercontent.com/external-secrets/external-secrets/v2.9.0/deploy/crds/bundle.yaml",
        image_registry="ghcr.io",
        image="external-secrets/external-secrets",
    ),
}
"""The chart of each component that installs one: reviewed in this version, and installed in no other by default."""

SECRET_REFRESH_MINUTES: Final = 15
"""Minutes after which a store is read again: what is withdrawn there is soon gone here. Our choice."""

SEALING_KEY_HOURS: Final = 720
"""Hours between new sealing keys: 30 days, the controller's own default (Sealed Secrets, "Sealing key renewal")."""


class Label(StrEnum):
    """Our labels and annotations on Kubernetes objects."""

    DATA_CLASS = f"{PREFIX}/data-class"
    OWNER = f"{PREFIX}/owner"
    CLOUD_IDENTITY = f"{PREFIX}/cloud-identity"
    OBSERVE_UNTIL = f"{PREFIX}/observe-until"
    TICKET = f"{PREFIX}/ticket"
    REQUESTED_AT = f"{PREFIX}/requested-at"
    EXPIRES_AT = f"{PREFIX}/expires-at"


class AccessRole(StrEnum):
    """ClusterRoles of people, and of what takes emergency access back."""

    AUDITOR = "hipaa-auditor"
    DEVELOPER = "hipaa-developer"
    OPERATOR = "hipaa-operator"
    BREAK_GLASS = "hipaa-break-glass"
    BREAK_GLASS_APPROVER = "hipaa-break-glass-approver"
    BREAK_GLASS_REAPER = "hipaa-break-glass-reaper"


BREAK_GLASS_BINDINGS: Final = tuple(f"{AccessRole.BREAK_GLASS}-{number}" for number in range(1, 4))
"""Names of break-glass RoleBindings that approvers can end before their time. With a right to delete others they could
take the reaper's rights away."""


class DataClassification(StrEnum):
    """What kind of data a stack or a namespace holds."""

    PHI = "PHI"
    """Electronic protected health information (45 CFR 160.103)."""
    SYNTHETIC = "SYNTHETIC"
    """Made-up data without any person behind it."""
    NONE = "NONE"
    """No data of patients: tools and agents."""


# Weakenings ------------------------------------------------------------------------------------------------

WEAKENINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "admin_container": ("164.312(a)(1)",),
    "baseline_pods": ("164.312(a)(1)",),
    "caller_not_admin": ("164.312(a)(2)(ii)",),
    "config_map": ("164.312(a)(1)", "164.312(a)(2)(i)"),
    "deletable": ("164.312(c)(1)",),
    "ephemeral": ("164.312(c)(1)",),
    "mutable_tags": ("164.312(c)(1)",),
    "nat_egress": ("164.312(e)(1)", "164.312(a)(1)"),
    "observe": ("164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    "privileged_pods": ("164.312(a)(1)",),
    "public_endpoint": ("164.312(e)(1)", "164.312(a)(1)"),
    "reclaim_delete": ("164.312(c)(1)",),
    "short_deletion_window": ("164.312(c)(1)", "164.312(a)(2)(iv)"),
    "short_retention": ("164.312(b)", "164.316(b)(2)(i)"),
    "standard_network_policy": ("164.312(e)(1)", "164.312(a)(1)"),
    "unlocked_archive": ("164.312(b)", "164.312(c)(1)"),
    "without_guardduty": ("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(B)"),
    "without_key_renewal": ("164.312(a)(2)(iv)",),
    "without_rotation": ("164.308(a)(5)(ii)(D)",),
}
"""Every argument that weakens a safeguard, with the citations that it touches."""

JUSTIFICATION_LENGTH: Final = 20
"""Shortest justification, in characters: less cannot name a measure."""


# Components ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeclaredException:
    """A rule that a component must break: shown as waived wherever the component is used."""

    rule: str
    """Id of the rule."""
    object: str
    """Pattern of `type::name` of the child, with * for any characters."""
    reason: str
    weakening: str = ""
    """Argument that must be in force, named in the child's tag of exceptions; "" where the component always breaks the rule."""


@dataclass(frozen=True, slots=True)
class ComponentRecord:
    """What one component does for the Security Rule, and what it leaves to the organisation."""

    citations: tuple[str, ...]
    organisational: str
    """What no component can do, in one sentence."""
    exceptions: tuple[DeclaredException, ...] = ()
    """Every rule that it must break, with the object and the reason; a test keeps the list exact."""


EXCEPTIONS_TAG: Final = f"{PREFIX}:exceptions"
"""Tag with the names of the weakenings in force, separated by spaces."""


def _weakened(rule: str, object_: str, *weakenings: str) -> tuple[DeclaredException, ...]:
    """What a rule finds while a weakening is in force."""
    reason = "the weakening `{}` is in force, and its justification in the outputs of the stack"
    return tuple(DeclaredException(rule, object_, reason.format(weakening), weakening) for weakening in weakenings)


_EKS_CLOUD: Final = (
    "164.308(a)(1)(ii)(D)",
    "164.308(a)(5)(ii)(B)",
    "164.308(a)(5)(ii)(C)",
    "164.312(a)(1)",
    "164.312(a)(2)(ii)",
    "164.312(a)(2)(iv)",
    "164.312(b)",
    "164.312(c)(1)",
    "164.312(d)",
    "164.312(e)(1)",
    "164.316(b)(2)(i)",
)

COMPONENTS: Final[Mapping[str, ComponentRecord]] = {
    "AwsEncryptionKey": ComponentRecord(
        ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)", "164.310(d)(2)(i)"),
        "Who may administer keys is decided, recorded and reviewed by people.",
        (
            *_weakened("PUL-STACK-001", "aws:kms/key:Key::*", "ephemeral"),
            *_weakened("AWS-KMS-002", "aws:kms/key:Key::*", "short_deletion_window"),
        ),
    ),
    "AwsAuditLogs": ComponentRecord(
        ("164.312(b)", "164.312(c)(1)", "164.316(b)(2)(i)"),
        "Audit logs are reviewed regularly and the reviews are recorded (164.308(a)(1)(ii)(D)).",
        (
            *_weakened("PUL-STACK-001", "aws:cloudwatch/logGroup:LogGroup::*", "ephemeral"),
            *_weakened("AWS-LOGS-004", "aws:cloudwatch/logGroup:LogGroup::*", "ephemeral"),
        ),
    ),
    "AwsAuditArchive": ComponentRecord(
        ("164.312(b)", "164.312(c)(1)", "164.312(a)(2)(iv)", "164.316(b)(2)(i)"),
        "Somebody decides when the archive is locked, and disposes of logs whose time is over.",
        (
            *_weakened("PUL-STACK-001", "aws:s3/bucket:Bucket::*", "ephemeral"),
            *_weakened("AWS-S3-009", "aws:s3/bucket:Bucket::*", "ephemeral"),
            *_weakened("AWS-LOGS-004", "aws:cloudwatch/logGroup:LogGroup::*", "ephemeral"),
        ),
    ),
    "AwsAuditAlerts": ComponentRecord(
        ("164.312(b)", "164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)"),
        "Somebody answers alerts at all hours; what was found and done is recorded (164.308(a)(6)(ii)).",
    ),
    "AwsThreatDetection": ComponentRecord(
        ("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(B)"),
        "Somebody reads findings, and what was found and done is recorded (164.308(a)(6)(ii)).",
    ),
    "AwsImageMirror": ComponentRecord(
        ("164.308(a)(5)(ii)(B)", "164.312(c)(1)", "164.312(a)(2)(iv)"),
        "Which public images may run is decided and reviewed; what scans find is mended in time.",
    ),
    "AwsRepository": ComponentRecord(
        ("164.308(a)(5)(ii)(B)", "164.312(c)(1)", "164.312(a)(2)(iv)"),
        "Who may push images is authorised and reviewed; what scans find is mended in time.",
        _weakened("AWS-ECR-001", "aws:ecr/repository:Repository::*", "mutable_tags"),
    ),
    "AwsBreakGlassRole": ComponentRecord(
        ("164.312(a)(2)(ii)", "164.312(d)"),
        "Who may break the glass, when, and who reviews each use is laid down in an emergency access procedure.",
    ),
    "AwsSecret": ComponentRecord(
        ("164.312(a)(1)", "164.312(a)(2)(iv)", "164.308(a)(4)(ii)(B)", "164.308(a)(5)(ii)(D)"),
        "Who sets the first value of a secret, and who learns it, is decided and documented.",
        _weakened("AWS-SM-003", "aws:secretsmanager/secret:Secret::*", "ephemeral"),
    ),
    "AwsWorkloadRole": ComponentRecord(
        ("164.312(a)(1)", "164.312(d)", "164.308(a)(4)(ii)(B)"),
        "Who may deploy pods with this service account is authorised and reviewed.",
    ),
    "AwsNetwork": ComponentRecord(
        ("164.312(e)(1)", "164.312(a)(1)", "164.312(b)"),
        "Connections to other networks and to business associates are agreed and documented.",
    ),
    "AwsStateBackend": ComponentRecord(
        ("164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(c)(1)", "164.312(d)"),
        "Who may change what the pipeline runs, and who approves it, is authorised and reviewed; somebody reads who read the state.",
        (
            *_weakened("PUL-STACK-001", "aws:kms/key:Key::*", "ephemeral"),
            *_weakened("AWS-KMS-002", "aws:kms/key:Key::*", "ephemeral"),
            *_weakened("AWS-S3-009", "aws:s3/bucket:Bucket::*", "ephemeral"),
            DeclaredException(
                "AWS-IAM-013", "aws:iam/policy:Policy::*-boundary", "A permissions boundary limits roles and grants nothing."
            ),
            DeclaredException(
                "AWS-IAM-013",
                "aws:iam/policy:Policy::*-records",
                "The keys of volumes are made by the deployer later, so none has a name yet; it uses them only as Amazon EC2 asks for it.",
            ),
        ),
    ),
    "AwsPrivateAccess": ComponentRecord(
        ("164.312(e)(1)", "164.312(a)(1)", "164.312(d)"),
        "Who may connect, from which devices, and who is removed when is authorised and reviewed; second factors are asked for.",
    ),
    "EksCluster": ComponentRecord(
        ("164.312(a)(1)", "164.312(a)(2)(i)", "164.312(a)(2)(iv)", "164.312(b)", "164.312(c)(1)", "164.312(d)", "164.312(e)(1)"),
        "People are authorised, trained and removed in time; the identity provider asks for a second factor.",
        (
            DeclaredException(
                "AWS-EKS-019",
                "aws:eks/accessPolicyAssociation:AccessPolicyAssociation::*-access-*",
                "Who administers the cluster and who deploys is named in the arguments, and every change of them is reviewed with the code.",
            ),
            *_weakened("PUL-STACK-001", "aws:eks/cluster:Cluster::*", "ephemeral", "deletable"),
            *_weakened("AWS-EKS-003", "aws:eks/cluster:Cluster::*", "public_endpoint"),
            *_weakened("AWS-EKS-007", "aws:eks/cluster:Cluster::*", "config_map"),
            *_weakened("AWS-EKS-009", "aws:eks/cluster:Cluster::*", "ephemeral", "deletable"),
            *_weakened("K8S-RUN-001", "aws:eks/cluster:Cluster::*", "without_guardduty"),
            *_weakened("AWS-GD-001", "aws:eks/cluster:Cluster::*", "without_guardduty"),
            *_weakened("AWS-GD-002", "aws:eks/cluster:Cluster::*", "without_guardduty"),
            *_weakened("AWS-GD-003", "aws:eks/cluster:Cluster::*", "without_guardduty"),
        ),
    ),
    "EksAddons": ComponentRecord(
        ("164.312(a)(2)(iv)", "164.312(e)(1)"),
        "Add-on versions are updated after a review of their release notes.",
    ),
    "EksBaseline": ComponentRecord(
        ("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(c)(1)", "164.312(e)(1)"),
        "Who deploys into the cluster, and from where, is authorised and reviewed.",
    ),
    "EksCloud": ComponentRecord(
        _EKS_CLOUD,
        "A business associate agreement with the cloud provider is in force (164.308(b)(1), 164.314(a)(1)).",
        (
            *(
                DeclaredException(
                    rule,
                    "aws:eks/cluster:Cluster::*",
                    "The agent that watches the nodes is inside the cluster: the baseline installs it, which may be another stack.",
                )
                for rule in ("K8S-RUN-001", "AWS-GD-003")
            ),
            DeclaredException(
                "AWS-S3-007",
                "aws:s3/bucket:Bucket::*-landing",
                "The archive is locked by a step of its own, once somebody has looked at it; until then its lock can be lifted, "
                "and the output lock_status says so.",
            ),
            *_weakened("AWS-KMS-002", "aws:kms/key:Key::*", "ephemeral"),
        ),
    ),
    "EksPlatform": ComponentRecord(
        _EKS_CLOUD,
        "A business associate agreement with the cloud provider is in force (164.308(b)(1), 164.314(a)(1)).",
    ),
    "EksSystemNetworkPolicies": ComponentRecord(
        ("164.312(e)(1)", "164.312(a)(1)"),
        "Policies of further system pods are declared before those pods are installed.",
    ),
    "HardenedNamespace": ComponentRecord(
        ("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(c)(1)", "164.312(e)(1)"),
        "Which workloads may hold patient data is decided and documented.",
    ),
    "EncryptedStorageClasses": ComponentRecord(
        ("164.312(a)(2)(iv)", "164.310(d)(2)(i)"),
        "Released volumes are reviewed and disposed of by a procedure.",
    ),
    "SealedSecrets": ComponentRecord(
        ("164.312(a)(2)(iv)", "164.308(a)(5)(ii)(D)"),
        "Passwords are changed by people and systems, a new sealing key changes none; backups of sealing keys are restored on trial.",
        (
            DeclaredException(
                "K8S-RBAC-007",
                "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::*secrets-unsealer",
                "The controller writes the Secret of every SealedSecret, in whichever namespace that is, and compares it with what is there.",
            ),
            DeclaredException(
                "K8S-POD-020",
                "kubernetes:apps/v1:Deployment::*sealed-secrets-controller",
                "The chart has no setting for the token; the controller calls the API server as an account of its own.",
            ),
        ),
    ),
    "ExternalSecrets": ComponentRecord(
        ("164.312(a)(2)(iv)", "164.308(a)(5)(ii)(D)", "164.312(d)"),
        "Who sets and changes the values of secrets, and who may read them where they are kept, is decided and reviewed.",
        (
            DeclaredException(
                "K8S-RBAC-007",
                "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::*external-secrets-controller",
                "The operator writes the Secret of every ExternalSecret, in whichever namespace that is, and compares it with what is there.",
            ),
            DeclaredException(
                "K8S-RBAC-007",
                "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::*external-secrets-cert-controller",
                "It renews the certificate of the webhook; the chart gives it the Secrets of all namespaces, as it knows no name before.",
            ),
        ),
    ),
    "AccessControl": ComponentRecord(
        (
            "164.308(a)(3)(i)",
            "164.308(a)(4)(ii)(B)",
            "164.308(a)(4)(ii)(C)",
            "164.312(a)(1)",
            "164.312(a)(2)(i)",
            "164.312(a)(2)(ii)",
            "164.312(d)",
        ),
        "Who is in which group is authorised, reviewed and ended in time; somebody reviews every use of emergency access.",
        (
            DeclaredException(
                "K8S-RBAC-007",
                "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::*-break-glass",
                "In an emergency the Secrets of one namespace are read: nothing binds the role but an approver, for hours and there only.",
            ),
            DeclaredException(
                "K8S-RBAC-005",
                "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::*-break-glass-approver",
                "Approvers give the right to an emergency's access without having it; the verb is limited to that one role by name.",
            ),
        ),
    ),
    "PlatformWorkloads": ComponentRecord(
        ("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(c)(1)", "164.312(e)(1)"),
        "Namespaces have owners, and the owners review who has access.",
    ),
}
"""One record per component."""
