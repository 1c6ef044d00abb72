"""What is inside a cluster of EKS before the first workload: system policies, add-ons, namespaces, storage, secrets and roles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from hipaa_components._args import ArgsError
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, matches, not_empty, optional
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._managed_addons import AFTER_NODES, EksAddon, addon_versions_rule
from hipaa_components.aws._platform_settings import AwsAccessWay, EksCloudFacts, EksPlatformSettings
from hipaa_components.aws._reach import path_of, reachable_kubeconfig
from hipaa_components.aws._upstreams import mirrored, upstream_of
from hipaa_components.aws.eks_addons import EksAddons, EksAddonsArgs
from hipaa_components.aws.kubeconfig import eks_kubeconfig
from hipaa_components.kubernetes import (
    ChartSource,
    ClusterNetwork,
    EksSystemNetworkPolicies,
    EksSystemNetworkPoliciesArgs,
    ExceptionRecord,
    KubernetesPlatform,
    NamespaceSettings,
    PlatformRoles,
    PlatformWorkloads,
    PlatformWorkloadsArgs,
    RolesSettings,
    SecretsChoice,
    SecretsSettings,
    StorageOptions,
    StorageSettings,
)
from hipaa_components.kubernetes.encrypted_storage_classes import storage_problems
from hipaa_components.kubernetes.platform_workloads import repeated_namespace
from hipaa_stack.baseline import CHARTS, DataClassification

REACHED: Final = (
    "image_mirror of the cloud layer with {registry} among its upstreams, network.nat_egress without a mirror, "
    "or source.image_registry of the controller"
)
"""Where the image of a controller of secrets must come from."""

REACHED_REAPER: Final = (
    "image_mirror of the cloud layer with {registry} among its upstreams, network.nat_egress without a mirror, "
    "or an image of a registry of your own"
)
"""Where the image of what takes emergency access back must come from."""

UNREACHED: Final = "The cluster could not pull its image."


class EksBaselineSettings(SecretsSettings, RolesSettings, EksPlatformSettings):
    """What is inside the cluster."""

    through: AwsAccessWay | None = None
    """The way to the API server that this program takes; the first declared one without it, and directly where none is."""
    addon_versions: Mapping[str, str] = {}
    """Versions of coredns, aws-ebs-csi-driver, eks-node-monitoring-agent and aws-guardduty-agent; EKS chooses at creation where
    one is missing."""
    namespaces: Sequence[NamespaceSettings]
    """The hardened namespaces, at least one."""
    storage: StorageOptions = StorageOptions()
    """The encrypted storage classes."""

    _inside_addons = check("addon_versions", addon_versions_rule((*AFTER_NODES, EksAddon.DETECTION)))
    _inside_namespaces = check(
        "namespaces", not_empty("A cluster without a hardened namespace has no place for workloads."), repeated_namespace
    )

    def problems(self) -> Iterator[Problem]:
        """Patient data is neither ephemeral nor on a platform for synthetic data."""
        yield from super().problems()
        yield from self.taken_namespace(self.namespaces)
        yield from self.role_problems(self.namespaces)
        yield from self._patient_data() if self.data_classification is DataClassification.PHI else self._synthetic_data()
        for found in storage_problems(KubernetesPlatform.EKS, self.storage):
            yield replace(found, field=f"storage.{found.field}")

    @property
    def image_registry(self) -> str | None:
        """The public registry that images inside the cluster come from, unless the settings name a copy; None without one."""
        if self.chosen is None or (self.chosen.source and self.chosen.source.image_registry is not None):
            return None
        return CHARTS["ExternalSecrets" if self.secrets is SecretsChoice.EXTERNAL else "SealedSecrets"].image_registry

    @property
    def reaper_registry(self) -> str | None:
        """The public registry of the image that takes emergency access back; None without one."""
        image = self.roles.reaper_image if self.roles else None
        registry = image.partition("/")[0] if isinstance(image, str) else ""
        return registry if upstream_of(registry) else None

    def from_mirror(self, registry: pulumi.Input[str]) -> dict[str, Any]:
        """The settings of the controller of secrets, with its image from this registry."""
        if self.chosen is None:
            return {"secrets": self.secrets}
        source = (self.chosen.source or ChartSource()).fields() | {"image_registry": registry}
        given = type(self.chosen)(**self.chosen.fields() | {"source": ChartSource(**source)})
        return {"secrets": self.secrets, self.secrets.lower(): given}

    def _patient_data(self) -> Iterator[Problem]:
        if self.storage.ephemeral is not None:
            fix = "Patient data is never ephemeral: say SYNTHETIC, or protect it."
            yield Problem("absent with PHI", fix, "storage.ephemeral", self.storage.ephemeral)
        fix = "Patient data and synthetic data share no cluster: give synthetic data a platform of its own."
        yield from self._namespaces_of(DataClassification.SYNTHETIC, "PHI or NONE on a platform for PHI", fix)

    def _synthetic_data(self) -> Iterator[Problem]:
        fix = "Set data_classification of the platform to PHI, or that of the namespace to SYNTHETIC."
        yield from self._namespaces_of(DataClassification.PHI, "PHI on a platform for PHI only", fix)

    def agent_problem(self, *, installed: bool, without: str) -> Problem | None:
        """A version is one of an add-on that is installed."""
        version = self.addon_versions.get(EksAddon.DETECTION)
        if installed or version is None:
            return None
        return Problem(f"absent {without}", "Remove one of them.", f"addon_versions[{EksAddon.DETECTION}]", version)

    def _namespaces_of(self, unaccepted: DataClassification, accepted: str, fix: str) -> Iterator[Problem]:
        for index, namespace in enumerate(self.namespaces):
            if namespace.data_classification is unaccepted:
                yield Problem(accepted, fix, f"namespaces[{index}].data_classification", unaccepted)


class EksBaselineArgs(EksBaselineSettings):
    """Arguments of EksBaseline."""

    cloud: EksCloudFacts | None = None
    """The cluster, by its facts: those of EksCloud, or of a cluster that exists. This or `cloud_stack`."""
    cloud_stack: str | None = None
    """The stack of layer CLOUD, `<organization>/<project>/<stack>`, whose output `platform` has these facts."""

    guardduty_agent: bool = True
    """Installs the agent of GuardDuty: exactly where GuardDuty watches the cluster."""

    _cloud_stack = check("cloud_stack", optional(matches(r"[\w.-]+/[\w.-]+/[\w.-]+", "<organization>/<project>/<stack>")))

    def problems(self) -> Iterator[Problem]:
        """The cluster is named once."""
        yield from super().problems()
        versions = self.agent_problem(installed=self.guardduty_agent, without="without guardduty_agent")
        yield from (problem for problem in (self.ephemeral_patient_data(), versions) if problem is not None)
        if (self.cloud is None) == (self.cloud_stack is None):
            fix = "Name the stack of layer CLOUD." if self.cloud is None else "Remove one of them."
            yield Problem("cloud or cloud_stack, one of them", fix, "cloud_stack", self.cloud_stack)


class EksBaseline(Component):
    """Everything inside a cluster of EKS that has to be there before the first workload.

    Serves 164.308(a)(4)(ii)(B), 164.312(a)(1), 164.312(a)(2)(iv), 164.312(c)(1) and 164.312(e)(1). It only wires
    EksSystemNetworkPolicies, EksAddons and PlatformWorkloads together, for a cluster of EksCloud or for one that exists.

    It reaches the API server, which is private: one that takes no connection is told once, before anything is made.
    """

    cluster_name: pulumi.Output[str]
    """Name of the cluster."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig without a token, for the way that this program takes."""
    namespaces: pulumi.Output[list[str]]
    """Names of the hardened namespaces, once they are guarded."""
    exceptions: pulumi.Output[list[ExceptionRecord]]
    """Rules that the controller of secrets and the roles of emergencies must break, with the object and the reason."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force on the layer and its parts."""

    def __init__(self, name: str, args: EksBaselineArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the layer. Raises ArgsError, and at update UnreachableError where no connection comes about."""
        args = EksBaselineArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        facts = args.cloud or self._facts_of(name, str(args.cloud_stack))
        name_ = pulumi.Output.all(facts.cluster_name, facts.guardduty).apply(
            lambda known: self._same_cluster(name, args, known[0], guardduty=known[1])
        )
        ways = pulumi.Output.all(facts.endpoint, facts.certificate_authority, facts.region, name_, facts.paths)
        self.kubeconfig = ways.apply(lambda known: _kubeconfig(self.where(name), args.through, *known))
        self._inside(name, args, facts)
        self.cluster_name = name_
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _facts_of(self, name: str, stack: str) -> EksCloudFacts:
        """The facts of another stack; that there is one is asked first, as a reference to none fails in many words."""
        try:
            pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": stack})
        except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
            found = f"got {stack!r}; accepted: the stack of layer CLOUD, brought up before this one ({str(error).rpartition(': ')[2]})."
            raise ArgsError(self.where(name), [("cloud_stack", found)]) from None
        return EksCloudFacts.of_stack(pulumi.StackReference(stack, opts=self.child()))

    def _same_cluster(self, name: str, args: EksBaselineArgs, cluster_name: str, *, guardduty: bool) -> str:
        """The name of the cluster, once it is the one that the arguments mean. Raises ArgsError."""
        if cluster_name != args.cluster_name:
            found = f"got {args.cluster_name!r}; accepted: {cluster_name!r}, as the cloud layer has it. Another stack's settings?"
            raise ArgsError(self.where(name), [("cluster_name", found)])
        if args.guardduty_agent is not guardduty:
            found = f"got {args.guardduty_agent}; accepted: {guardduty}, as GuardDuty {'watches' if guardduty else 'does not watch'} the cluster."
            raise ArgsError(self.where(name), [("guardduty_agent", found)])
        return cluster_name

    def _inside(self, name: str, args: EksBaselineArgs, facts: EksCloudFacts) -> None:
        """First the policies without which add-ons have no network, then add-ons and workloads."""
        # It holds no token; states encrypt it as they should every kubeconfig.
        kubeconfig: pulumi.Output[str] = pulumi.Output.secret(
            self.kubeconfig.apply(lambda known: reachable_kubeconfig(self.where(name), known))
        )
        provider = kubernetes.Provider(
            f"{name}-kubernetes",
            kubeconfig=kubeconfig,
            enable_server_side_apply=True,
            delete_unreachable=args.ephemeral is not None,
            opts=self.child(),
        )
        network = ClusterNetwork(platform=KubernetesPlatform.EKS, api_server_cidrs=[facts.vpc_cidr], service_cidr=facts.service_cidr)
        policies = EksSystemNetworkPolicies(
            f"{name}-system", EksSystemNetworkPoliciesArgs(network=network, vpc_cidr=facts.vpc_cidr), self.child(providers=[provider])
        )
        addons = EksAddons(
            f"{name}-addons",
            EksAddonsArgs(
                cluster_name=facts.cluster_name,
                cluster_arn=facts.cluster_arn,
                volume_key_arn=facts.volume_key_arn,
                addon_versions=args.addon_versions,
                guardduty_agent=args.guardduty_agent,
                permissions_boundary_arn=args.permissions_boundary_arn,
                tags=args.tags,
                ephemeral=args.ephemeral,
            ),
            self.child(depends_on=[policies]),
        )
        workloads = PlatformWorkloads(
            f"{name}-workloads",
            PlatformWorkloadsArgs(
                namespaces=args.namespaces,
                network=network,
                storage=StorageSettings(key=facts.volume_key_arn, **args.storage.fields()),
                ephemeral=args.ephemeral,
                roles=self._roles(name, args, facts),
                **self._secrets(name, args, facts),
            ),
            self.child(providers=[provider], depends_on=[addons]),
        )
        self.namespaces, self.exceptions = workloads.namespaces, workloads.exceptions

    def _secrets(self, name: str, args: EksBaselineArgs, facts: EksCloudFacts) -> dict[str, Any]:
        """The settings of the controller of secrets, its image from where the cluster can pull it."""
        if (registry := args.image_registry) is None:
            return {field: getattr(args, field) for field in SecretsSettings.model_fields}
        known = pulumi.Output.all(facts.registry_prefixes, facts.egress)
        return args.from_mirror(known.apply(lambda facts: mirrored_registry(self.where(name), registry, facts[0], egress=facts[1])))

    def _roles(self, name: str, args: EksBaselineArgs, facts: EksCloudFacts) -> PlatformRoles | None:
        """Who may do what, with the image that takes emergency access back from where the cluster can pull it."""
        if args.roles is None or args.reaper_registry is None:
            return args.roles
        image = str(args.roles.reaper_image)
        known = pulumi.Output.all(facts.registry_prefixes, facts.egress)
        pulled = known.apply(lambda facts: mirrored_image(self.where(name), image, facts[0], egress=facts[1]))
        return PlatformRoles(**args.roles.fields() | {"reaper_image": pulled})


def mirrored_image(where: str, image: str, prefixes: Mapping[str, str], *, egress: bool) -> str:
    """An image of a public registry as the cluster pulls it. Raises ArgsError where it could not."""
    registry = image.partition("/")[0]
    if registry in prefixes:
        return mirrored(image, prefixes)
    if egress and not prefixes:
        return image
    found = f"it comes from {registry}; accepted: {REACHED_REAPER.format(registry=registry)}. {UNREACHED}"
    raise ArgsError(where, [("roles.reaper_image", found)])


def mirrored_registry(where: str, registry: str, prefixes: Mapping[str, str], *, egress: bool) -> str:
    """Where images of a public registry come from: the mirror, or itself where there is a way out and no mirror.

    Raises ArgsError for a registry that the cluster could pull nothing from.
    """
    if registry in prefixes:
        return prefixes[registry].rstrip("/")
    if egress and not prefixes:
        return registry
    raise ArgsError(where, [("secrets", f"its image comes from {registry}; accepted: {REACHED.format(registry=registry)}. {UNREACHED}")])


def _kubeconfig(
    where: str, through: str | None, endpoint: str, authority: str, region: str, name: str, paths: Sequence[Mapping[str, str]]
) -> str:
    """The kubeconfig for one of the declared ways, or for an endpoint that is reached directly."""
    path = path_of(paths, through, where)
    return eks_kubeconfig(
        name,
        path.get("local_endpoint") or endpoint,
        authority,
        region,
        proxy_url=path.get("proxy_url") or None,
        tls_server_name=path.get("tls_server_name") or None,
    )
