"""Storage classes whose volumes are encrypted with a key of your own and outlive their claims."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, Rule, arn, check, is_unknown, matches, unique
from hipaa_components._weakening import StandardWeakening, WeakeningRecord
from hipaa_components.kubernetes._objects import KubernetesArgs, metadata, patch_metadata
from hipaa_components.kubernetes.cluster_network import KubernetesPlatform

DEFAULT_ANNOTATION: Final = "storageclass.kubernetes.io/is-default-class"

EKS_KEY: Final = arn(
    "kms",
    r"key/[A-Za-z0-9-]+",
    "arn:<partition>:kms:<region>:<account>:key/<id>, not an alias or a bare id",
    "EBS stores the full key ARN.",
)
GKE_KEY: Final = matches(
    r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+",
    "projects/<project>/locations/<location>/keyRings/<ring>/cryptoKeys/<key>",
    "Without a key version: the driver uses the primary one.",
)


@dataclass(frozen=True, slots=True)
class _Driver:
    """What differs between the storage drivers of two platforms."""

    key: Rule
    block: str
    """CSI driver of disks (Amazon EBS CSI driver, EKS Auto Mode, GKE Persistent Disk CSI driver documentation)."""
    zone: str
    """Topology key of the disk driver."""
    file_argument: str
    """The argument that names what the file class needs."""


_EKS: Final = _Driver(EKS_KEY, "ebs.csi.aws.com", "topology.ebs.csi.aws.com/zone", "file_system_id")
_GKE: Final = _Driver(GKE_KEY, "pd.csi.storage.gke.io", "topology.gke.io/zone", "filestore_network")

DRIVERS: Final[Mapping[KubernetesPlatform, _Driver]] = {
    KubernetesPlatform.EKS: _EKS,
    KubernetesPlatform.EKS_AUTO: replace(_EKS, block="ebs.csi.eks.amazonaws.com"),
    KubernetesPlatform.GKE: _GKE,
    KubernetesPlatform.GKE_LEGACY: _GKE,
}
"""The platforms whose drivers are known. Elsewhere nothing could promise encryption."""


class StorageClassKind(StrEnum):
    """What a class provides."""

    BLOCK = "BLOCK"
    """Disks, one node at a time."""
    FILE = "FILE"
    """Shared file systems."""


class CloudStorageClass(Args):
    """A storage class that the cloud or somebody else made."""

    name: str
    """Its name, such as gp2."""
    provisioner: str
    """Its provisioner, such as kubernetes.io/aws-ebs: an apply must name it, it cannot change."""

    _name = check("name", matches(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", "lower-case letters, digits, - or ."))


class StorageOptions(KubernetesArgs):
    """What storage classes a cluster gets, apart from the platform that it runs on and its key."""

    file_system_id: pulumi.Input[str] | None = None
    """EKS: an encrypted EFS file system; makes the class hipaa-file."""
    filestore_network: pulumi.Input[str] | None = None
    """GKE: the VPC network of Filestore instances; makes the class hipaa-file."""
    zones: Sequence[str] = []
    """Zones in which volumes may come into being; all zones of the cluster if empty."""
    default_class: StorageClassKind = StorageClassKind.BLOCK
    """The class of claims that name none."""
    unset_default: Sequence[CloudStorageClass] = []
    """Classes that exist and stop being the default. Of two defaults the newest wins, silently. Name only classes that
    exist: a patch makes what is missing. EKS may have gp2, GKE has standard-rwo and standard."""
    reclaim_delete: StandardWeakening | None = None
    """Weakening: a volume is destroyed with its claim."""
    snapshots: bool = False
    """Makes the VolumeSnapshotClass. Its CRDs (snapshot.storage.k8s.io) must exist: GKE has them, EKS has them with the
    snapshot-controller add-on only."""
    revision: str = ""
    """Suffix of the classes' names, such as 2027. The parameters of a class can never change: for another key, zone or
    file system give a new revision. The classes of the earlier one stay in the cluster; list the earlier default in
    `unset_default`."""

    _zones = check("zones", unique())
    _revision = check("revision", matches(r"([a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?", "at most 20 lower-case letters, digits or -"))


class StorageSettings(StorageOptions):
    """What storage classes a cluster gets, apart from the platform that it runs on."""

    key: pulumi.Input[str]
    """Key that encrypts the volumes: full ARN of a KMS key (EKS) or resource name of a Cloud KMS key (GKE)."""


class EncryptedStorageClassesArgs(StorageSettings):
    """Arguments of EncryptedStorageClasses."""

    platform: KubernetesPlatform
    """Who runs the cluster: EKS, EKS_AUTO, GKE or GKE_LEGACY."""

    def problems(self) -> Iterator[Problem]:
        """Key and file systems are those of the platform."""
        yield from storage_problems(self.platform, self)


def storage_problems(platform: KubernetesPlatform, storage: StorageOptions) -> Iterator[Problem]:
    """What does not go together with the platform; also for components that wire this one, with or without a key yet."""
    driver = DRIVERS.get(platform)
    if driver is None:
        yield Problem(", ".join(DRIVERS), "Other clusters bring storage classes of their own.", "platform", platform)
        return
    if isinstance(storage, StorageSettings) and not is_unknown(storage.key) and (problem := driver.key(storage.key)):
        yield Problem(problem.accepted, problem.fix, "key", storage.key)
    for field in ("file_system_id", "filestore_network"):
        if getattr(storage, field) is not None and field != driver.file_argument:
            yield Problem(f"absent on {platform}", f"Use {driver.file_argument} there.", field, getattr(storage, field))
    if storage.default_class is StorageClassKind.FILE and not _has_files(storage):
        yield Problem("BLOCK, or FILE with a file system", f"Set {driver.file_argument}.", "default_class", storage.default_class)


def _has_files(storage: StorageOptions) -> bool:
    return storage.file_system_id is not None or storage.filestore_network is not None


class EncryptedStorageClasses(Component):
    """Storage classes `hipaa-block` and, with a file system, `hipaa-file`; one of them is the cluster's default.

    Serves 164.312(a)(2)(iv) and 164.310(d)(2)(i). Volumes are encrypted with your key and are retained when their
    claims are deleted: released volumes still hold data and are reviewed by people. The classes stay when they leave
    the program. The key must let the driver use it, otherwise claims stay Pending for ever.
    """

    block_class: pulumi.Output[str]
    """Name of the class of disks."""
    file_class: pulumi.Output[str]
    """Name of the class of shared file systems; empty without one."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(
        self, name: str, args: EncryptedStorageClassesArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Registers the classes. Raises ArgsError."""
        args = EncryptedStorageClassesArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        made = {kind: self._storage_class(f"{name}-{kind.lower()}", args, kind) for kind in _kinds(args)}
        for other in args.unset_default:
            k8s.storage.v1.StorageClassPatch(
                f"{name}-unset-{other.name}",
                metadata=patch_metadata(other.name, annotations={DEFAULT_ANNOTATION: "false"}),
                provisioner=other.provisioner,
                opts=self.child(),
            )
        if args.snapshots:
            self._snapshot_class(f"{name}-snapshots", args)
        self.block_class = made[StorageClassKind.BLOCK].metadata["name"]
        file = made.get(StorageClassKind.FILE)
        self.file_class = file.metadata["name"] if file else pulumi.Output.from_input("")
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _storage_class(self, logical_name: str, args: EncryptedStorageClassesArgs, kind: StorageClassKind) -> Any:
        default = {DEFAULT_ANNOTATION: "true" if kind is args.default_class else "false"}
        return k8s.storage.v1.StorageClass(
            logical_name,
            metadata=metadata(class_name(kind.lower(), args.revision), annotations=default),
            **storage_class(args, kind),
            opts=self.child(retain=True),
        )

    def _snapshot_class(self, logical_name: str, args: EncryptedStorageClassesArgs) -> None:
        # The SDK's CustomResource sends `spec` only, and this kind has its fields at the top.
        pulumi.CustomResource(
            "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass",
            logical_name,
            {
                "apiVersion": "snapshot.storage.k8s.io/v1",
                "kind": "VolumeSnapshotClass",
                "metadata": metadata(class_name("snapshots", args.revision)),
                "driver": DRIVERS[args.platform].block,
                "deletionPolicy": "Retain",
            },
            self.child(retain=True, version=version("pulumi-kubernetes")),
        )


def class_name(kind: str, revision: str) -> str:
    """Name of a class in the cluster: `hipaa-block`, or `hipaa-block-<revision>`."""
    return f"hipaa-{kind}-{revision}" if revision else f"hipaa-{kind}"


def _kinds(storage: StorageSettings) -> list[StorageClassKind]:
    return [StorageClassKind.BLOCK, *([StorageClassKind.FILE] if _has_files(storage) else [])]


def storage_class(args: EncryptedStorageClassesArgs, kind: StorageClassKind) -> dict[str, Any]:
    """Everything of a StorageClass but its metadata."""
    driver = DRIVERS[args.platform]
    block = kind is StorageClassKind.BLOCK
    provisioner, parameters = (driver.block, _disk(args)) if block else _file_system(args)
    topology = {"matchLabelExpressions": [{"key": driver.zone, "values": sorted(args.zones)}]}
    return {
        "provisioner": provisioner,
        "parameters": parameters,
        "reclaim_policy": "Delete" if args.reclaim_delete else "Retain",
        "volume_binding_mode": "WaitForFirstConsumer" if block else "Immediate",
        "allow_volume_expansion": True,
        **({"allowed_topologies": [topology]} if block and args.zones else {}),
        **({"mount_options": ["tls"]} if provisioner == "efs.csi.aws.com" else {}),
    }


def _disk(args: EncryptedStorageClassesArgs) -> dict[str, pulumi.Input[str]]:
    if DRIVERS[args.platform].key is EKS_KEY:
        return {"type": "gp3", "encrypted": "true", "kmsKeyId": args.key}
    return {"type": "pd-balanced", "disk-encryption-kms-key": args.key}  # this driver refuses `encrypted`


def _file_system(args: EncryptedStorageClassesArgs) -> tuple[str, dict[str, pulumi.Input[str]]]:
    if args.file_system_id is not None:  # EFS encrypts with the key of the file system
        parameters: dict[str, pulumi.Input[str]] = {
            "provisioningMode": "efs-ap",
            "fileSystemId": args.file_system_id,
            "directoryPerms": "700",
        }
        return "efs.csi.aws.com", parameters
    assert args.filestore_network is not None, "checked by storage_problems"
    parameters = {"tier": "enterprise", "network": args.filestore_network, "instance-encryption-kms-key": args.key}
    return "filestore.csi.storage.gke.io", parameters
