"""What a cluster needs before the first workload: namespaces, storage classes, where secrets come from, who may do what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

import pulumi

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, not_empty
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.kubernetes._chart import ExceptionRecord
from hipaa_components.kubernetes._objects import KubernetesArgs
from hipaa_components.kubernetes._platform_roles import REAPER_NAMESPACE, RolesSettings
from hipaa_components.kubernetes.access_control import AccessControl, AccessControlArgs, AccessControlSettings
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, KubernetesPlatform
from hipaa_components.kubernetes.encrypted_storage_classes import (
    EncryptedStorageClasses,
    EncryptedStorageClassesArgs,
    StorageSettings,
    storage_problems,
)
from hipaa_components.kubernetes.external_secrets import ExternalSecrets, ExternalSecretsArgs, ExternalSecretsSettings
from hipaa_components.kubernetes.hardened_namespace import (
    HardenedNamespace,
    HardenedNamespaceArgs,
    NamespaceSettings,
    WithheldObject,
)
from hipaa_components.kubernetes.sealed_secrets import SealedSecrets, SealedSecretsArgs, SealedSecretsSettings
from hipaa_stack.baseline import DataClassification


class SecretsChoice(StrEnum):
    """Where the secrets of workloads come from."""

    EXTERNAL = "EXTERNAL"
    """A manager of secrets, by the External Secrets operator."""
    SEALED = "SEALED"
    """A repository, by the Sealed Secrets controller."""
    NONE = "NONE"
    """Neither: the organisation has another way."""


TOOL_NAMESPACES: Final = {SecretsChoice.EXTERNAL: "external-secrets", SecretsChoice.SEALED: "sealed-secrets"}
"""Namespaces that are made for controllers."""


def repeated_namespace(namespaces: Sequence[NamespaceSettings]) -> Problem | None:
    """Accepts namespaces with different names."""
    names = [namespace.name for namespace in namespaces]
    repeated = (index for index, name in enumerate(names) if name in names[:index])
    return next((Problem("each name once", field=f"[{index}].name", got=names[index]) for index in repeated), None)


class SecretsSettings(Args):
    """Where the secrets of workloads come from."""

    secrets: SecretsChoice = SecretsChoice.NONE
    """Where the secrets of workloads come from; its controller gets a namespace of its own."""
    external: ExternalSecretsSettings | None = None
    """With EXTERNAL: the operator, its stores, and what it copies."""
    sealed: SealedSecretsSettings | None = None
    """With SEALED: the controller and its keys."""

    def problems(self) -> Iterator[Problem]:
        """The chosen one is set, and no other."""
        yield from super().problems()
        for choice, field in ((SecretsChoice.EXTERNAL, "external"), (SecretsChoice.SEALED, "sealed")):
            given = getattr(self, field)
            if (self.secrets is choice) != (given is not None):
                accepted = f"its settings with secrets {choice}" if given is None else f"absent with secrets {self.secrets}"
                yield Problem(accepted, f"Set secrets to {choice}, or remove it." if given else "", field, given)

    @property
    def chosen(self) -> ExternalSecretsSettings | SealedSecretsSettings | None:
        """The settings of the controller; None without one."""
        return {SecretsChoice.EXTERNAL: self.external, SecretsChoice.SEALED: self.sealed}.get(self.secrets)

    def taken_namespace(self, namespaces: Sequence[NamespaceSettings]) -> Iterator[Problem]:
        """Told when a namespace has the name of one that is made for a controller."""
        for index, namespace in enumerate(namespaces):
            if namespace.name == TOOL_NAMESPACES.get(self.secrets):
                accepted = f"another name with secrets {self.secrets}"
                yield Problem(accepted, "It is made for the controller.", f"namespaces[{index}].name", namespace.name)


class PlatformWorkloadsArgs(SecretsSettings, RolesSettings, KubernetesArgs):
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
        yield from super().problems()
        yield from self.taken_namespace(self.namespaces)
        yield from self.role_problems(self.namespaces)
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
    """Namespaces, storage classes, the controller of secrets and the roles of a cluster of any platform, new or existing.

    Serves 164.308(a)(4)(ii)(B), 164.312(a)(1), 164.312(a)(2)(iv), 164.312(c)(1) and 164.312(e)(1). It only wires
    HardenedNamespace, EncryptedStorageClasses, ExternalSecrets or SealedSecrets, and AccessControl together: whatever it
    does, a program can do with the parts.
    """

    namespaces: pulumi.Output[list[str]]
    """Names of the namespaces, for what goes into them: they wait for every guard."""
    would_break: pulumi.Output[Mapping[str, list[WithheldObject]]]
    """By namespace that observes: what is withheld, and what each object will cut."""
    block_class: pulumi.Output[str]
    """Name of the class of disks; empty without storage."""
    file_class: pulumi.Output[str]
    """Name of the class of shared file systems; empty without one."""
    exceptions: pulumi.Output[list[ExceptionRecord]]
    """Rules that the controller of secrets and the roles of emergencies must break, with the object and the reason."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force, those of the parts included."""

    def __init__(self, name: str, args: PlatformWorkloadsArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the namespaces, the storage classes, the controller of secrets, then the roles. Raises ArgsError."""
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
        secrets = self._secrets(name, args, list(made.values()))
        access = self._access(name, args, list(made.values()))
        excepted = pulumi.Output.all(*(part.exceptions for part in (secrets, access) if part))
        self.exceptions = excepted.apply(lambda lists: [record for records in lists for record in records])
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

    def _secrets(
        self, name: str, args: PlatformWorkloadsArgs, namespaces: Sequence[HardenedNamespace]
    ) -> ExternalSecrets | SealedSecrets | None:
        """The controller in a namespace of its own; what it fills lies in the others, which come first."""
        settings = args.chosen
        if settings is None:
            return None
        tools = NamespaceSettings(name=TOOL_NAMESPACES[args.secrets], owner=settings.owner, data_classification=DataClassification.NONE)
        namespace = self._namespace(name, args, tools)
        place = {"namespace": namespace.name, "network": args.network, "ephemeral": args.ephemeral}
        options = self.child(depends_on=list(namespaces))
        if args.external is not None:
            return ExternalSecrets(f"{name}-external-secrets", ExternalSecretsArgs(**place, **args.external.fields()), options)
        assert args.sealed is not None  # one of the two, as the arguments were checked
        return SealedSecrets(f"{name}-sealed-secrets", SealedSecretsArgs(**place, **args.sealed.fields()), options)

    def _access(self, name: str, args: PlatformWorkloadsArgs, namespaces: Sequence[HardenedNamespace]) -> AccessControl | None:
        """The roles in the namespaces; what takes emergency access back has one of its own."""
        roles = args.roles
        if roles is None:
            return None
        settings = {field: getattr(roles, field) for field in AccessControlSettings.model_fields}
        place: dict[str, Any] = {"namespaces": args.role_namespaces(args.namespaces), "network": args.network}
        if roles.break_glass_approvers:
            tools = NamespaceSettings(name=REAPER_NAMESPACE, owner=roles.owner, data_classification=DataClassification.NONE)
            place["namespace"] = self._namespace(name, args, tools).name
        return AccessControl(f"{name}-access", AccessControlArgs(**settings, **place), self.child(depends_on=list(namespaces)))
