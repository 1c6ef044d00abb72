"""What a cluster needs before the first workload: its namespaces and its storage classes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi

from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, not_empty
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.kubernetes._objects import KubernetesArgs
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, KubernetesPlatform
from hipaa_components.kubernetes.encrypted_storage_classes import (
    EncryptedStorageClasses,
    EncryptedStorageClassesArgs,
    StorageSettings,
    storage_problems,
)
from hipaa_components.kubernetes.hardened_namespace import (
    HardenedNamespace,
    HardenedNamespaceArgs,
    NamespaceSettings,
    WithheldObject,
)
from hipaa_stack.baseline import DataClassification


def repeated_namespace(namespaces: Sequence[NamespaceSettings]) -> Problem | None:
    """Accepts namespaces with different names."""
    names = [namespace.name for namespace in namespaces]
    repeated = (index for index, name in enumerate(names) if name in names[:index])
    return next((Problem("each name once", field=f"[{index}].name", got=names[index]) for index in repeated), None)


class PlatformWorkloadsArgs(KubernetesArgs):
    """Arguments of PlatformWorkloads."""

    namespaces: Sequence[NamespaceSettings]
    """The namespaces of the cluster; the network of the cluster is the same for all."""
    network: ClusterNetwork
    """The cluster, as far as network policies must know it."""
    storage: StorageSettings | None = None
    """Storage classes; absent on SELF_MANAGED only, where no driver is known."""

    _namespaces = check("namespaces", not_empty("A cluster without a hardened namespace has no place for workloads."), repeated_namespace)

    def problems(self) -> Iterator[Problem]:
        """The parts go with each other and with the platform."""
        yield from self._namespace_problems()
        platform = self.network.platform
        if self.storage is not None:
            yield from (replace(found, field=_storage_field(found.field)) for found in storage_problems(platform, self.storage))
        elif platform is not KubernetesPlatform.SELF_MANAGED:
            yield Problem("StorageSettings", f"On {platform} volumes are encrypted with your key: give it in storage.key.", "storage", None)

    def _namespace_problems(self) -> Iterator[Problem]:
        for index, namespace in enumerate(self.namespaces):
            if self.ephemeral and namespace.data_classification is DataClassification.PHI:
                fix = "Patient data is never ephemeral: remove `ephemeral`, or say SYNTHETIC or NONE."
                yield Problem("SYNTHETIC or NONE with ephemeral", fix, f"namespaces[{index}].data_classification", DataClassification.PHI)
        classes = {namespace.data_classification for namespace in self.namespaces}
        if DataClassification.PHI in classes and self.storage is not None and self.storage.ephemeral:
            yield Problem("absent with PHI", "Patient data is never ephemeral.", "storage.ephemeral", self.storage.ephemeral)
        if {DataClassification.PHI, DataClassification.SYNTHETIC} <= classes:
            yield Problem("PHI or SYNTHETIC, not both", "Give synthetic data a cluster of its own.", "namespaces", sorted(classes))


def _storage_field(field: str) -> str:
    """The platform is an argument of the network here."""
    return "network.platform" if field == "platform" else f"storage.{field}"


class PlatformWorkloads(Component):
    """Namespaces and storage classes of a cluster of any platform, new or existing.

    Serves 164.308(a)(4)(ii)(B), 164.312(a)(1), 164.312(a)(2)(iv), 164.312(c)(1) and 164.312(e)(1). It only wires
    HardenedNamespace and EncryptedStorageClasses together: whatever it does, a program can do with the parts.
    """

    namespaces: pulumi.Output[list[str]]
    """Names of the namespaces, for what goes into them: they wait for every guard."""
    would_break: pulumi.Output[Mapping[str, list[WithheldObject]]]
    """By namespace that observes: what is withheld, and what each object will cut."""
    block_class: pulumi.Output[str]
    """Name of the class of disks; empty without storage."""
    file_class: pulumi.Output[str]
    """Name of the class of shared file systems; empty without one."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force, those of the parts included."""

    def __init__(self, name: str, args: PlatformWorkloadsArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the namespaces, then the storage classes. Raises ArgsError."""
        args = PlatformWorkloadsArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        made = {settings.name: self._namespace(name, args, settings) for settings in args.namespaces}
        self.namespaces = pulumi.Output.all(*(namespace.name for namespace in made.values()))
        observing = [settings.name for settings in args.namespaces if settings.observe]
        withheld = pulumi.Output.all(*(made[namespace].would_break for namespace in observing))
        self.would_break = withheld.apply(lambda lists: dict(zip(observing, lists, strict=True)))
        storage = self._storage(name, args)
        self.block_class = storage.block_class if storage else pulumi.Output.from_input("")
        self.file_class = storage.file_class if storage else pulumi.Output.from_input("")
        self.weakenings = self.weakening_records()  # the arguments of the parts are in the arguments here
        self.register_outputs({})

    def _namespace(self, name: str, args: PlatformWorkloadsArgs, settings: NamespaceSettings) -> HardenedNamespace:
        given = HardenedNamespaceArgs(**(settings.fields() | {"network": args.network}))
        return HardenedNamespace(f"{name}-{settings.name}", given, self.child())

    def _storage(self, name: str, args: PlatformWorkloadsArgs) -> EncryptedStorageClasses | None:
        if args.storage is None:
            return None
        given = args.storage.fields() | {"platform": args.network.platform, "ephemeral": args.storage.ephemeral or args.ephemeral}
        return EncryptedStorageClasses(f"{name}-storage", EncryptedStorageClassesArgs(**given), self.child())
