"""Secrets that can lie in a repository: encrypted for one cluster, opened by its controller only."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, between, check
from hipaa_components._weakening import AddressableWeakening, WeakeningRecord
from hipaa_components.kubernetes._chart import ChartSource, ExceptionRecord, declared, digest, image_of, install, install_definitions
from hipaa_components.kubernetes._objects import KubernetesArgs, dns_label, label_value, metadata
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, NetworkPolicyRule
from hipaa_stack.baseline import CHARTS, SEALING_KEY_HOURS, Label

CONTROLLER: Final = "sealed-secrets-controller"
"""Name of the controller that `kubeseal` looks for."""

PIN: Final = CHARTS["SealedSecrets"]
PODS: Final = {"matchLabels": {"app.kubernetes.io/name": PIN.chart, "app.kubernetes.io/instance": PIN.chart}}
METRICS_PORT: Final = 8081
YEAR_HOURS: Final = 8760


class SealingKeyBackup(StrEnum):
    """Where the private sealing keys survive the loss of the cluster: without one, every SealedSecret is lost with it."""

    VELERO = "VELERO"
    """A backup of the cluster holds the Secrets labelled sealedsecrets.bitnami.com/sealed-secrets-key; back up after
    each renewal."""
    EXTERNAL_KEY = "EXTERNAL_KEY"
    """The key is made and renewed outside and brought in as a Secret of type kubernetes.io/tls with the label
    sealedsecrets.bitnami.com/sealed-secrets-key=active, for instance by an ExternalSecret. The controller renews none
    and watches for it; put it there first, or the controller starts with one of its own that nobody backs up."""


class MetricsReader(Args):
    """Pods that read metrics: both the namespace and the labels must match."""

    namespace: str
    """Name of their namespace."""
    pod_labels: Mapping[str, str]
    """Labels of the pods, such as {"app.kubernetes.io/name": "prometheus"}; at least one."""

    _namespace = check("namespace", dns_label())
    _labels = check("pod_labels", lambda value: None if value else Problem("at least one label", "Without one every pod there is meant."))


class SealedSecretsSettings(Args):
    """The controller, its keys and who reads its metrics."""

    owner: str
    """Team or person who answers for the controller; becomes the label hipaa-stack/owner."""
    image_digest: str
    """Digest of the controller's image, sha256:…; the image that was reviewed is the one that runs."""
    backup: SealingKeyBackup
    """Where the private sealing keys survive the loss of the cluster."""
    key_renewal_hours: int = SEALING_KEY_HOURS
    """Hours between new sealing keys, 24 to 8760; old keys stay, to open what was sealed for them. Not used with
    EXTERNAL_KEY."""
    without_key_renewal: AddressableWeakening | None = None
    """Weakening: one sealing key for ever."""
    metrics_reader: MetricsReader | None = None
    """Pods that may read the controller's metrics; nobody if absent."""
    source: ChartSource | None = None
    """Where chart, definitions and image come from, where not from the internet."""

    _owner = check("owner", label_value())
    _digest = check("image_digest", digest())
    _hours = check("key_renewal_hours", between(24, YEAR_HOURS, "A renewal is no rotation of passwords: it limits what one key opens."))

    def problems(self) -> Iterator[Problem]:
        """A key that comes from outside is renewed there."""
        if self.backup is SealingKeyBackup.EXTERNAL_KEY and self.without_key_renewal:
            fix = "The key is renewed where it is made; remove the weakening."
            yield Problem("absent with EXTERNAL_KEY", fix, "without_key_renewal", self.without_key_renewal)


class SealedSecretsArgs(SealedSecretsSettings, KubernetesArgs):
    """Arguments of SealedSecrets."""

    namespace: pulumi.Input[str]
    """Namespace of the controller, hardened, of class NONE: the sealing keys lie there."""
    network: ClusterNetwork
    """The cluster, as far as network policies must know it."""


class SealedSecrets(Component):
    """The Sealed Secrets controller: SealedSecret objects become Secrets in this cluster, and can be read nowhere else.

    Serves 164.312(a)(2)(iv) and 164.308(a)(5)(ii)(D). For clusters that take their state from a repository and have no
    secret manager beside them; where a cloud has one, prefer ExternalSecrets. Once unsealed a value is an ordinary
    Secret: encrypt those in the API server's store, and limit who reads them. Seal offline with the published
    certificate (`kubeseal --cert`): nobody is given access to the controller's Service. Seal with the strict scope, which
    binds a value to its name and namespace. A new sealing key changes no password; lost keys are final.

    Chart 2.19.1 of the baseline is installed from its repository; the tests install 2.19.0, which the Go module of the same
    controller carries, and unseal with that controller. Chart and definitions come from the internet unless `source`
    names a copy.

    The controller reads and writes every Secret of the cluster; output `exceptions` says so in writing.
    """

    controller: pulumi.Output[str]
    """Name of the controller's Deployment and Service: SealedSecrets wait for it."""
    exceptions: pulumi.Output[list[ExceptionRecord]]
    """Rules that the controller must break, with the object and the reason."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: SealedSecretsArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the network policy, then the definitions, then the controller. Raises ArgsError."""
        args = SealedSecretsArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        policy = self._policy(name, args)
        definitions = install_definitions(self, name, PIN, args.source)
        chart = install(self, name, PIN, args.source, namespace=args.namespace, values=values(args), after=[policy, definitions])
        self.controller = chart.urn.apply(lambda _: CONTROLLER)
        self.exceptions = pulumi.Output.from_input(declared(type(self).__name__))
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _policy(self, name: str, args: SealedSecretsArgs) -> k8s.networking.v1.NetworkPolicy:
        egress = pulumi.Output.all(args.network.dns_egress(), args.network.api_server_egress()).apply(lambda rules: [*rules[0], *rules[1]])
        return k8s.networking.v1.NetworkPolicy(
            f"{name}-policy",
            metadata=metadata("hipaa-sealed-secrets", args.namespace),
            spec={"podSelector": PODS, "policyTypes": ["Ingress", "Egress"], "ingress": ingress(args.metrics_reader), "egress": egress},
            opts=self.child(),
        )


def ingress(reader: MetricsReader | None) -> list[NetworkPolicyRule]:
    """Nobody calls the controller, except for its metrics: it unseals what the API server tells it."""
    if reader is None:
        return []
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": reader.namespace}},
        "podSelector": {"matchLabels": dict(reader.pod_labels)},
    }
    return [{"from": [peer], "ports": [{"port": METRICS_PORT, "protocol": "TCP"}]}]


def values(args: SealedSecretsArgs) -> dict[str, Any]:
    """The values of the chart.

    Its own network policy names no peer and stays off. The role that lets every authenticated user reach the Service is
    not made. Requests and limits are ours: an idle controller needs about 30 MiB.
    """
    external = args.backup is SealingKeyBackup.EXTERNAL_KEY
    period = "0" if external or args.without_key_renewal else f"{args.key_renewal_hours}h"
    return {
        "fullnameOverride": CONTROLLER,
        "image": image_of(PIN, args.source, args.image_digest),
        "commonLabels": {Label.OWNER.value: args.owner},
        "rbac": {"serviceProxier": {"create": False, "bind": False}},
        "keyrenewperiod": period,
        "watchForSecrets": external,
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "networkPolicy": {"enabled": False},
    }
