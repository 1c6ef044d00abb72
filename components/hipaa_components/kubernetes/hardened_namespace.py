"""A namespace that enforces the restricted Pod Security level and denies every connection that nobody declared."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, matches
from hipaa_components._weakening import MixedWeakening, StandardWeakening, WeakeningRecord
from hipaa_components.kubernetes._objects import (
    dns_label,
    free_annotations,
    free_labels,
    label_value,
    metadata,
    patch_metadata,
)
from hipaa_components.kubernetes._quota import ContainerLimits, NamespaceQuota, fits
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, NetworkPolicyRule, cloud_identity_egress
from hipaa_stack.baseline import OBSERVE_DAYS, POD_SECURITY_VERSION, DataClassification, Label

RESERVED_NAMES: Final = ("kube-", "gke-", "gmp-", "amazon-")
"""Beginnings of names that Kubernetes and the clouds keep for their own namespaces."""

Guards = list[pulumi.Resource]


class NamespaceObservation(MixedWeakening):
    """A time in which an adopted namespace only reports what it would refuse."""

    until: str
    """Last day of observation, such as 2026-09-30: at most 90 days from today."""

    _until = check("until", lambda value: observation_problem(value, dt.datetime.now(dt.UTC).date()))


def observation_problem(until: str, today: dt.date) -> Problem | None:
    """Accepts a day from `today` to 90 days later."""
    last = today + dt.timedelta(days=OBSERVE_DAYS)
    accepted = f"a day from {today} to {last}, as YYYY-MM-DD"
    try:
        day = dt.date.fromisoformat(until)
    except ValueError:
        return Problem(accepted)
    if day < today:
        return Problem(accepted, f"Observation ended on {day}: remove `observe` to enforce, or give a new date and justification.")
    return None if day <= last else Problem(accepted, f"Namespaces observe for a quarter at most ({OBSERVE_DAYS} days).")


def not_reserved(name: str) -> Problem | None:
    """Accepts names that neither Kubernetes nor a cloud keeps for itself."""
    taken = name == "default" or name.startswith(RESERVED_NAMES)
    return Problem(f"a name other than default and not {'*, '.join(RESERVED_NAMES)}*", "Those belong to the cluster.") if taken else None


class NamespaceSettings(Args):
    """What a namespace is, apart from the cluster that it is in."""

    name: str
    """Name of the namespace."""
    owner: str
    """Team or person who answers for it; becomes the label hipaa-stack/owner."""
    data_classification: DataClassification = DataClassification.PHI
    """What data it holds; becomes the label hipaa-stack/data-class."""
    adopt: bool = False
    """True for a namespace that exists: it is patched, and given back when it leaves the program."""
    observe: NamespaceObservation | None = None
    """Weakening for adopted namespaces: warnings and audit only, nothing that runs is touched, until a date."""
    pod_security_version: str = POD_SECURITY_VERSION
    """Version of the Pod Security Standards to enforce: v1.<minor>, or latest."""
    privileged_pods: StandardWeakening | None = None
    """Weakening for node agents: pods may be privileged. Never with patient data."""
    baseline_pods: StandardWeakening | None = None
    """Weakening: pods need the baseline level only. Never with patient data."""
    quota: NamespaceQuota = NamespaceQuota()
    """The most that everything in the namespace uses together."""
    container_limits: ContainerLimits = ContainerLimits()
    """Defaults and the most for one container and one claim."""
    labels: Mapping[str, str] = {}
    """Further labels of the namespace."""
    annotations: Mapping[str, str] = {}
    """Further annotations of the namespace."""

    _name = check("name", dns_label(), not_reserved)
    _owner = check("owner", label_value())
    _version = check("pod_security_version", matches(r"latest|v1\.\d+", f"latest, or v1.<minor> such as {POD_SECURITY_VERSION}"))
    _labels = check("labels", free_labels)
    _annotations = check("annotations", free_annotations)

    def problems(self) -> Iterator[Problem]:
        """Weakenings go with the data and with each other; limits with the quota."""
        yield from fits(self.quota, self.container_limits)
        phi = self.data_classification is DataClassification.PHI
        if self.observe and not self.adopt:
            yield Problem("absent without adopt", "A new namespace enforces from its first day.", "observe", self.observe)
        if self.privileged_pods and self.baseline_pods:
            yield Problem("one of privileged_pods and baseline_pods", "", "baseline_pods", self.baseline_pods)
        for name in ("privileged_pods", "baseline_pods"):
            if phi and getattr(self, name):
                yield Problem("absent with PHI", "Move the agent to a namespace of class NONE.", name, getattr(self, name))


class HardenedNamespaceArgs(NamespaceSettings):
    """Arguments of HardenedNamespace."""

    network: ClusterNetwork
    """The cluster, as far as network policies must know it."""


class WithheldObject(TypedDict):
    """One object that an observing namespace does not have yet."""

    object: str
    """Kind and name."""
    cuts: str
    """What stops working for pods that rely on its absence."""


class HardenedNamespace(Component):
    """A namespace with restricted pods, no tokens by default, a quota, and no connection that nobody declared.

    Serves 164.308(a)(4)(ii)(B), 164.312(a)(1), 164.312(c)(1) and 164.312(e)(1). With patient data the namespace and
    its guards are protected and stay in the cluster: what stays keeps its guards. With other data a destroy leaves no
    residue. A cluster that does not enforce network policies makes paper of them; EKS and GKE enforce them when the
    platform components set them up.
    """

    name: pulumi.Output[str]
    """Name of the namespace, for what goes into it: it waits for every guard."""
    would_break: pulumi.Output[list[WithheldObject]]
    """What is withheld while observing, and what each object will cut; empty when enforcing."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: HardenedNamespaceArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the namespace, or a patch of one that exists, and its guards. Raises ArgsError."""
        args = HardenedNamespaceArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        self._kept = args.data_classification is DataClassification.PHI and not args.observe
        namespace = self._namespace(name, args)
        in_place = namespace.metadata["name"]
        guards = [] if args.observe else [*self._limits(name, args, in_place), *self._policies(name, args, in_place)]
        # The URNs carry the dependencies and are known in a preview, unlike the ids.
        self.name = pulumi.Output.all(in_place, *(guard.urn for guard in guards)).apply(lambda known: known[0])
        self.would_break = pulumi.Output.from_input(withheld(args) if args.observe else [])
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _guard(self) -> pulumi.ResourceOptions:
        return self.child(protect=self._kept, retain=self._kept)

    def _namespace(self, name: str, args: HardenedNamespaceArgs) -> Any:
        labels = {**args.labels, **namespace_labels(args)}
        annotations = {**args.annotations, **({Label.OBSERVE_UNTIL.value: args.observe.until} if args.observe else {})}
        if args.adopt:
            patch = patch_metadata(args.name, labels=labels, annotations=annotations)
            return k8s.core.v1.NamespacePatch(f"{name}-namespace", metadata=patch, opts=self._guard())
        whole = metadata(args.name, labels=labels, annotations=annotations)
        return k8s.core.v1.Namespace(f"{name}-namespace", metadata=whole, opts=self._guard())

    def _limits(self, name: str, args: HardenedNamespaceArgs, namespace: pulumi.Output[str]) -> Guards:
        return [
            # Server-side apply makes the account when the controller has not made it yet.
            k8s.core.v1.ServiceAccountPatch(
                f"{name}-default-account",
                metadata=patch_metadata("default", namespace),
                automount_service_account_token=False,
                opts=self._guard(),
            ),
            k8s.core.v1.ResourceQuota(
                f"{name}-quota", metadata=metadata("hipaa-quota", namespace), spec={"hard": args.quota.hard()}, opts=self._guard()
            ),
            k8s.core.v1.LimitRange(
                f"{name}-limits",
                metadata=metadata("hipaa-limits", namespace),
                spec={"limits": args.container_limits.limits()},
                opts=self._guard(),
            ),
        ]

    def _policies(self, name: str, args: HardenedNamespaceArgs, namespace: pulumi.Output[str]) -> Guards:
        return [
            k8s.networking.v1.NetworkPolicy(f"{name}-{part}", metadata=metadata(f"hipaa-{part}", namespace), spec=spec, opts=self._guard())
            for part, spec in policies(args.network).items()
        ]


def namespace_labels(args: NamespaceSettings) -> dict[str, str]:
    """The labels that the arguments decide.

    The enforced version is pinned, so that an upgrade of the cluster stops no release; warnings use the latest and
    show what a later version will refuse. An observing namespace has neither the enforce label nor a data class.
    """
    security = "pod-security.kubernetes.io"
    reported = {f"{security}/{mode}": "restricted" for mode in ("audit", "warn")} | {
        f"{security}/{mode}-version": "latest" for mode in ("audit", "warn")
    }
    owned = {Label.OWNER.value: args.owner}
    if args.observe:
        return {**owned, **reported}
    level = "privileged" if args.privileged_pods else "baseline" if args.baseline_pods else "restricted"
    enforced = {f"{security}/enforce": level, f"{security}/enforce-version": args.pod_security_version}
    return {**owned, Label.DATA_CLASS.value: args.data_classification.lower(), **enforced, **reported}


def policies(network: ClusterNetwork) -> dict[str, dict[str, Any]]:
    """The `spec` of each network policy, by the name without `hipaa-`."""
    made: dict[str, dict[str, Any]] = {
        "default-deny": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        "allow-dns": _egress({}, network.dns_egress()),
    }
    if identity := cloud_identity_egress(network.platform):
        made["allow-cloud-identity"] = _egress({"matchLabels": {Label.CLOUD_IDENTITY.value: "true"}}, identity)
    return made


def _egress(pods: Mapping[str, Any], rules: pulumi.Input[Sequence[NetworkPolicyRule]]) -> dict[str, Any]:
    return {"podSelector": dict(pods), "policyTypes": ["Egress"], "egress": rules}


def withheld(args: NamespaceSettings) -> list[WithheldObject]:
    """What enforcing will add to an observing namespace, and what each object cuts."""
    quota, limits = args.quota, args.container_limits
    return [
        WithheldObject(
            object="label pod-security.kubernetes.io/enforce=restricted",
            cuts="New pods that break the restricted level are refused; `kubectl label --dry-run=server` lists those that run.",
        ),
        WithheldObject(
            object="ServiceAccount default without token",
            cuts="New pods of the default account have no API token: give pods that call the API an account of their own.",
        ),
        WithheldObject(
            object="ResourceQuota hipaa-quota",
            cuts=f"Pods past {quota.pods}, memory limits past {quota.limits_memory} and {quota.load_balancers} load balancers are refused.",
        ),
        WithheldObject(
            object="LimitRange hipaa-limits",
            cuts=f"Containers past {limits.cpu_max} CPU or {limits.memory_max} and claims past {limits.claim_max} are refused.",
        ),
        WithheldObject(
            object="NetworkPolicy hipaa-default-deny",
            cuts="Every connection of running pods ends, except DNS, until a policy of the application declares it.",
        ),
    ]
