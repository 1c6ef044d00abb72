"""Secrets that stay in a manager of secrets: the External Secrets operator copies the named ones, and no others."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, between, check, each, matches, not_empty, unique
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.kubernetes._chart import ChartSource, ExceptionRecord, declared, digest, install, install_definitions, repository_of
from hipaa_components.kubernetes._objects import KubernetesArgs, dns_label, label_value, metadata
from hipaa_components.kubernetes._secret_stores import ClusterSecretStore, SecretStore
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, NetworkPolicyRule, https_egress, peer_network
from hipaa_stack.baseline import CHARTS, SECRET_REFRESH_MINUTES, Label

PIN: Final = CHARTS["ExternalSecrets"]
OPERATOR: Final = "external-secrets"
"""Name of the operator's Deployment and service account."""

WEBHOOK_PORT: Final = 10250
API: Final = "external-secrets.io/v1"
DAY_MINUTES: Final = 1440
RESOURCES: Final = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}}


class ExternalSecretItem(Args):
    """One key of a Secret."""

    secret_key: str
    """Its name in the Secret."""
    remote_key: str
    """Name of the secret in the store."""
    property: str | None = None
    """The property, where the value is a JSON object; absent for the whole value."""
    version: str | None = None
    """The version; absent for the newest."""

    _secret_key = check("secret_key", matches(r"[\w.-]{1,253}", "1 to 253 letters, digits, -, _ or ."))
    _remote_key = check("remote_key", not_empty())


class ExternalSecretEntry(Args):
    """A Secret that is filled from a store, and kept as the store has it."""

    name: str
    """Name of the Secret."""
    namespace: str
    """Its namespace."""
    store: str
    """Name of a store of that namespace, or of one for several."""
    items: Sequence[ExternalSecretItem]
    """What it holds, at least one key."""
    refresh_minutes: int = SECRET_REFRESH_MINUTES
    """Minutes after which the store is read again: 1 to 1440."""

    _name = check("name", dns_label())
    _namespace = check("namespace", dns_label())
    _items = check("items", not_empty(), lambda value: unique()([item.secret_key for item in value]))
    _refresh = check("refresh_minutes", between(1, DAY_MINUTES, "A withdrawn credential leaves the cluster within a day."))


class ExternalSecretsSettings(Args):
    """The operator, its stores, and what it copies."""

    owner: str
    """Team or person who answers for the operator; becomes the label hipaa-stack/owner."""
    image_digest: str
    """Digest of the operator's image, sha256:…; the image that was reviewed is the one that runs."""
    provider_cidrs: Sequence[pulumi.Input[str]]
    """Networks of the managers of secrets, and of the services that prove identities there, such as endpoints of a VPC."""
    stores: Sequence[SecretStore] = []
    """Stores that one namespace reads each."""
    cluster_stores: Sequence[ClusterSecretStore] = []
    """Stores for several namespaces; without one the operator has none of that kind."""
    secrets: Sequence[ExternalSecretEntry] = []
    """Secrets that are filled."""
    replicas: int = 2
    """Pods of the operator and of its webhook, 1 to 5; one of the operator's leads."""
    source: ChartSource | None = None
    """Where chart, definitions and image come from, where not from the internet."""

    _owner = check("owner", label_value())
    _digest = check("image_digest", digest())
    _cidrs = check("provider_cidrs", not_empty("The operator reaches nothing else."), each(peer_network))
    _replicas = check("replicas", between(1, 5))

    def problems(self) -> Iterator[Problem]:
        """Names mean one object, and secrets a store that is there."""
        yield from _repeated("stores", [(store.namespace, store.name) for store in self.stores])
        yield from _repeated("cluster_stores", [(store.name,) for store in self.cluster_stores])
        yield from _repeated("secrets", [(secret.namespace, secret.name) for secret in self.secrets])
        for index, secret in enumerate(self.secrets):
            if self.store_of(secret) is None:
                fix = "Declare it in stores or cluster_stores."
                yield Problem(f"a store that namespace {secret.namespace} reads", fix, f"secrets[{index}].store", secret.store)

    def store_of(self, secret: ExternalSecretEntry) -> SecretStore | ClusterSecretStore | None:
        """The store that a secret means: that of its namespace first."""
        own = (store for store in self.stores if (store.namespace, store.name) == (secret.namespace, secret.store))
        shared = (
            store
            for store in self.cluster_stores
            if store.name == secret.store and (secret.namespace in store.namespaces or store.match_labels)
        )
        return next(own, None) or next(shared, None)


def _repeated(field: str, names: Sequence[tuple[str, ...]]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem("each name once", "", f"{field}[{index}].name", "/".join(name))


class ExternalSecretsArgs(ExternalSecretsSettings, KubernetesArgs):
    """Arguments of ExternalSecrets."""

    namespace: pulumi.Input[str]
    """Namespace of the operator, hardened, of class NONE."""
    network: ClusterNetwork
    """The cluster, as far as network policies must know it."""


class ExternalSecrets(Component):
    """The External Secrets operator, stores with an identity each, and the Secrets that it fills from them.

    Serves 164.312(a)(2)(iv), 164.308(a)(5)(ii)(D) and 164.312(d). Values stay in a manager of secrets, which encrypts,
    rotates and records who read them; what changes there reaches the cluster within minutes. No store has a static key: a
    store is AWS Secrets Manager, Google Secret Manager, Azure Key Vault or HashiCorp Vault, with the identity of a
    service account or of the operator. A rotated value reaches pods that mount the Secret as files, never their
    environment. A Secret stays when its source goes, so that nothing stops at night; what is filled here goes with its entry.

    Chart 2.9.0 of the baseline is installed from its repository; the tests install 0.20.3 with the operator 0.20.4, which
    its Go module carries: what only newer ones have (`rbac.serviceAccountTokenCreate`, `aggregateToAdmin`, `genericTargets` and
    `networkPolicy` of the chart, `sessionTagsPolicy` of stores) was not tried. Chart and definitions come from the internet unless `source` names a
    copy.

    The operator reads and writes every Secret of the cluster; output `exceptions` says so in writing.
    """

    exceptions: pulumi.Output[list[ExceptionRecord]]
    """Rules that the operator must break, with the object and the reason."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: ExternalSecretsArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers network policies, definitions, the operator, stores, then what is filled. Raises ArgsError."""
        args = ExternalSecretsArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        policies = self._policies(name, args)
        definitions = install_definitions(self, name, PIN, args.source)
        chart = install(self, name, PIN, args.source, namespace=args.namespace, values=values(args), after=[*policies, definitions])
        stores = self._stores(name, args, chart)
        for secret in args.secrets:
            store = args.store_of(secret)
            assert store is not None  # as the arguments were checked
            self._custom(
                f"{name}-{secret.namespace}-{secret.name}",
                "ExternalSecret",
                metadata(secret.name, secret.namespace),
                external_secret(secret, "SecretStore" if isinstance(store, SecretStore) else "ClusterSecretStore"),
                stores,
            )
        self.exceptions = pulumi.Output.from_input(declared(type(self).__name__))
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _policies(self, name: str, args: ExternalSecretsArgs) -> list[pulumi.Resource]:
        """Who talks to whom: the operator to stores, the API server to the webhook, all of them to the API server."""
        api = pulumi.Output.all(args.network.dns_egress(), args.network.api_server_egress()).apply(lambda rules: [*rules[0], *rules[1]])
        stores = pulumi.Output.all(*args.provider_cidrs).apply(https_egress)
        identity = args.network.cloud_identity_egress()
        rules: dict[str, tuple[pulumi.Input[list[NetworkPolicyRule]], pulumi.Input[list[NetworkPolicyRule]]]] = {
            OPERATOR: ([], pulumi.Output.all(api, stores).apply(lambda known: [*known[0], known[1], *identity])),
            f"{OPERATOR}-webhook": (args.network.webhook_ingress(WEBHOOK_PORT), api),
            f"{OPERATOR}-cert-controller": ([], api),
        }
        return [
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{part}",
                metadata=metadata(f"hipaa-{part}", args.namespace),
                spec={
                    "podSelector": {"matchLabels": {"app.kubernetes.io/name": part, "app.kubernetes.io/instance": PIN.chart}},
                    "policyTypes": ["Ingress", "Egress"],
                    "ingress": ingress,
                    "egress": egress,
                },
                opts=self.child(),
            )
            for part, (ingress, egress) in rules.items()
        ]

    def _stores(self, name: str, args: ExternalSecretsArgs, chart: pulumi.Resource) -> list[pulumi.Resource]:
        """The stores, each after the right to tokens of its service account; before the webhook serves, none can be made."""
        made: list[pulumi.Resource] = [chart]
        for store in args.stores:
            rights = self._tokens(f"{name}-{store.namespace}-{store.name}", args, store.namespace, store.service_account)
            where = metadata(store.name, store.namespace)
            made.append(self._custom(f"{name}-{store.namespace}-{store.name}-store", "SecretStore", where, store.spec(), [chart, *rights]))
        for shared in args.cluster_stores:
            rights = self._tokens(f"{name}-{shared.name}", args, shared.account_namespace, shared.service_account)
            where = metadata(shared.name)
            made.append(self._custom(f"{name}-{shared.name}-store", "ClusterSecretStore", where, shared.spec(), [chart, *rights]))
        return made

    def _tokens(self, name: str, args: ExternalSecretsArgs, namespace: str | None, account: str | None) -> list[pulumi.Resource]:
        """The operator may ask for tokens of this one service account."""
        if account is None or namespace is None:
            return []
        where = metadata(f"hipaa-{OPERATOR}-token-{account}", namespace)
        rules = [{"apiGroups": [""], "resources": ["serviceaccounts/token"], "resourceNames": [account], "verbs": ["create"]}]
        role = k8s.rbac.v1.Role(f"{name}-token", metadata=where, rules=rules, opts=self.child())
        binding = k8s.rbac.v1.RoleBinding(
            f"{name}-token",
            metadata=where,
            role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": where["name"]},
            subjects=[{"kind": "ServiceAccount", "name": OPERATOR, "namespace": args.namespace}],
            opts=self.child(depends_on=[role]),
        )
        return [role, binding]

    def _custom(
        self, name: str, kind: str, where: Mapping[str, Any], spec: Mapping[str, Any], after: Sequence[pulumi.Resource]
    ) -> k8s.apiextensions.CustomResource:
        return k8s.apiextensions.CustomResource(
            name, api_version=API, kind=kind, metadata=where, spec=spec, opts=self.child(depends_on=list(after))
        )


def external_secret(secret: ExternalSecretEntry, store_kind: str) -> dict[str, Any]:
    """The ExternalSecret: read again and again, owned by it, kept when the source goes."""
    data = []
    for item in secret.items:
        remote = {"key": item.remote_key, "property": item.property, "version": item.version}
        data.append({"secretKey": item.secret_key, "remoteRef": {key: value for key, value in remote.items() if value is not None}})
    return {
        "refreshPolicy": "Periodic",
        "refreshInterval": f"{secret.refresh_minutes}m0s",
        "secretStoreRef": {"kind": store_kind, "name": secret.store},
        "target": {"name": secret.name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": data,
    }


def values(args: ExternalSecretsArgs) -> dict[str, Any]:
    """The values of the chart: what nobody asked for is off, and nobody's rights grow by aggregation.

    Network policies of the chart name no peer and stay off. Rights to tokens are given store by store. Requests and limits
    are ours.
    """
    shared = bool(args.cluster_stores)
    image = {"repository": repository_of(PIN, args.source), "tag": f"v{PIN.app_version}@{args.image_digest}"}
    part = {"image": image, "resources": RESOURCES, "networkPolicy": {"enabled": False}}
    budget = {"podDisruptionBudget": {"enabled": args.replicas > 1}}
    return {
        **part,
        **budget,
        "installCRDs": False,
        "commonLabels": {Label.OWNER.value: args.owner},
        "replicaCount": args.replicas,
        "leaderElect": True,
        "rbac": {
            "serviceAccountTokenCreate": False,
            "aggregateToView": False,
            "aggregateToEdit": False,
            "aggregateToAdmin": False,
            "servicebindings": {"create": False},
        },
        "processClusterStore": shared,
        "processClusterExternalSecret": False,
        "processClusterPushSecret": False,
        "processPushSecret": False,
        "processClusterGenerator": False,
        "crds": {
            "createClusterSecretStore": shared,
            "createClusterExternalSecret": False,
            "createClusterPushSecret": False,
            "createPushSecret": False,
            "createClusterGenerator": False,
        },
        "genericTargets": {"enabled": False},
        "webhook": {**part, **budget, "replicaCount": args.replicas, "failurePolicy": "Fail"},
        "certController": part,
    }
