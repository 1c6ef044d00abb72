"""Where secrets are kept, as the External Secrets operator is told: each store with an identity, none with a key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi

from hipaa_components._args import Args
from hipaa_components._problems import Problem, check, matches, not_empty, optional, unique
from hipaa_components.kubernetes._objects import dns_label

Spec = Mapping[str, Any]

PROVIDERS: Final = ("aws", "gcp", "azure", "vault")
"""The arguments of which a store has exactly one."""


def _account() -> Any:
    fix = "Every pod that names no account has `default`."
    return matches(
        r"(?!default$)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", "a service account other than default: lower-case letters, digits, - or .", fix
    )


class AwsSecretsManagerStore(Args):
    """AWS Secrets Manager. Exactly one of `role_arn` and `service_account` says who asks."""

    region: str
    """Region of the secrets."""
    role_arn: pulumi.Input[str] | None = None
    """With EKS Pod Identity: ARN of the role of this store, which the role of the operator assumes (sts:AssumeRole and
    sts:TagSession). Its trust asks for the tag `esoNamespace` of the session: no other namespace's store gets it."""
    service_account: str | None = None
    """With IRSA: the service account in the store's namespace that is annotated with its role. `serviceAccountRef` is a web
    identity call, which EKS Pod Identity does not serve."""

    _region = check("region", matches(r"[a-z]{2}(-[a-z]+)+-\d", "a region such as us-east-1"))
    _role = check(
        "role_arn", optional(matches(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", "arn:<partition>:iam::<account>:role/<path/name>"))
    )
    _service_account = check("service_account", optional(_account()))

    def problems(self) -> Iterator[Problem]:
        """One identity."""
        if (self.role_arn is None) == (self.service_account is None):
            got = "role_arn and service_account" if self.role_arn is not None else None
            fix = "Pod Identity of the operator assumes a role; IRSA is of a service account."
            yield Problem("exactly one of role_arn and service_account", fix, "role_arn", got)

    def spec(self, reference: Spec) -> Spec:
        """`spec.provider` of the store."""
        common = {"service": "SecretsManager", "region": self.region}
        if self.role_arn is not None:
            return {"aws": {**common, "role": self.role_arn, "sessionTagsPolicy": "Simple"}}
        return {"aws": {**common, "auth": {"jwt": {"serviceAccountRef": dict(reference)}}}}


class GcpSecretManagerStore(Args):
    """Google Secret Manager, with Workload Identity Federation of GKE."""

    project_id: str
    """Project of the secrets."""
    location: str | None = None
    """Region of regional secrets; absent for global ones."""
    cluster_name: str
    """Name of the GKE cluster."""
    cluster_location: str
    """Location of the GKE cluster."""
    cluster_project_id: str
    """Project of the GKE cluster."""
    service_account: str
    """The service account in the store's namespace that Google knows."""

    _project = check("project_id", matches(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", "the id of a project"))
    _cluster_project = check("cluster_project_id", matches(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", "the id of a project"))
    _service_account = check("service_account", _account())

    def spec(self, reference: Spec) -> Spec:
        """`spec.provider` of the store."""
        identity = {
            "clusterName": self.cluster_name,
            "clusterLocation": self.cluster_location,
            "clusterProjectID": self.cluster_project_id,
            "serviceAccountRef": dict(reference),
        }
        place = {"location": self.location} if self.location else {}
        return {"gcpsm": {"projectID": self.project_id, **place, "auth": {"workloadIdentity": identity}}}


class AzureKeyVaultStore(Args):
    """Azure Key Vault, with Microsoft Entra Workload ID."""

    vault_url: str
    """https URL of the vault."""
    tenant_id: str
    """Id of the tenant."""
    service_account: str
    """The service account in the store's namespace that Microsoft Entra ID knows."""

    _url = check("vault_url", matches(r"https://[a-z0-9.-]+/?", "an https URL such as https://clinic.vault.azure.net"))
    _tenant = check("tenant_id", matches(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "the id of a tenant, a UUID"))
    _service_account = check("service_account", _account())

    def spec(self, reference: Spec) -> Spec:
        """`spec.provider` of the store."""
        identity = {"vaultUrl": self.vault_url, "tenantId": self.tenant_id, "serviceAccountRef": dict(reference)}
        return {"azurekv": {"authType": "WorkloadIdentity", **identity}}


class VaultAuthority(Args):
    """The certificate authority that the server's certificate is checked with."""

    name: str
    """Name of the ConfigMap in the store's namespace."""
    key: str = "ca.crt"
    """Its key with the certificates, PEM."""

    _name = check("name", dns_label())


class VaultStore(Args):
    """HashiCorp Vault, key-value engine version 2, with the login by Kubernetes."""

    server: str
    """https URL of the server."""
    path: str
    """Mount path of the engine."""
    role: str
    """Role of the Kubernetes auth method."""
    service_account: str
    """The service account in the store's namespace that the role is bound to."""
    mount_path: str = "kubernetes"
    """Mount path of the auth method."""
    audiences: Sequence[str] = ["vault"]
    """Audiences of the token: a token for others is of no use there."""
    enterprise_namespace: str | None = None
    """Namespace of Vault Enterprise."""
    authority: VaultAuthority | None = None
    """Authority of the server's certificate; None for one that every system trusts."""

    _server = check("server", matches(r"https://[^\s/@]+(/\S*)?", "an https URL", "Over plain HTTP every secret can be read on its way."))
    _path = check("path", not_empty())
    _role = check("role", not_empty())
    _service_account = check("service_account", _account())
    _audiences = check("audiences", not_empty("A token without an audience is good for the API server."), unique())

    def spec(self, reference: Spec) -> Spec:
        """`spec.provider` of the store."""
        account = {**reference, "audiences": list(self.audiences)}
        login = {"mountPath": self.mount_path, "role": self.role, "serviceAccountRef": account}
        more: dict[str, Any] = {"namespace": self.enterprise_namespace} if self.enterprise_namespace else {}
        if self.authority:
            place = {"namespace": reference["namespace"]} if "namespace" in reference else {}
            more["caProvider"] = {"type": "ConfigMap", "name": self.authority.name, "key": self.authority.key, **place}
        return {"vault": {"server": self.server, "path": self.path, "version": "v2", **more, "auth": {"kubernetes": login}}}


class SecretProvider(Args):
    """Where a store reads: exactly one."""

    aws: AwsSecretsManagerStore | None = None
    """AWS Secrets Manager."""
    gcp: GcpSecretManagerStore | None = None
    """Google Secret Manager."""
    azure: AzureKeyVaultStore | None = None
    """Azure Key Vault."""
    vault: VaultStore | None = None
    """HashiCorp Vault."""

    def problems(self) -> Iterator[Problem]:
        """Exactly one."""
        given = [provider for provider in PROVIDERS if getattr(self, provider) is not None]
        if len(given) != 1:
            yield Problem(f"exactly one of {', '.join(PROVIDERS)}", "Each store reads one place.", "aws", " and ".join(given) or None)

    @property
    def provider(self) -> AwsSecretsManagerStore | GcpSecretManagerStore | AzureKeyVaultStore | VaultStore:
        """The one that is given."""
        given = (self.aws, self.gcp, self.azure, self.vault)
        return next(provider for provider in given if provider is not None)

    @property
    def service_account(self) -> str | None:
        """The service account whose tokens the operator asks for; None where its own identity serves."""
        return self.provider.service_account


class SecretStore(SecretProvider):
    """A place of secrets that one namespace reads."""

    name: str
    """Name of the SecretStore."""
    namespace: str
    """The namespace that reads it."""

    _name = check("name", dns_label())
    _namespace = check("namespace", dns_label())

    def spec(self) -> Spec:
        """The SecretStore."""
        return {"provider": self.provider.spec({"name": self.service_account} if self.service_account else {})}


class ClusterSecretStore(SecretProvider):
    """A place of secrets that several namespaces read: those that are named, or that have the labels."""

    name: str
    """Name of the ClusterSecretStore."""
    account_namespace: str | None = None
    """Namespace of the service account, where the provider has one."""
    namespaces: Sequence[str] = []
    """Namespaces that read it."""
    match_labels: Mapping[str, str] = {}
    """Labels of namespaces that read it, such as {"hipaa-stack/data-class": "phi"}."""

    _name = check("name", dns_label())
    _namespaces = check("namespaces", unique())

    def problems(self) -> Iterator[Problem]:
        """Somebody is meant, and not everybody."""
        yield from super().problems()
        if not self.namespaces and not self.match_labels:
            yield Problem("at least one of namespaces and match_labels", "Without a condition every namespace reads it.", "namespaces", [])
        given = [provider for provider in PROVIDERS if getattr(self, provider) is not None]
        if len(given) == 1 and (self.service_account is None) != (self.account_namespace is None):
            accepted = "the namespace of the service account" if self.service_account else "absent without a service account"
            yield Problem(accepted, "", "account_namespace", self.account_namespace)

    def spec(self) -> Spec:
        """The ClusterSecretStore. Its conditions are alternatives."""
        reference = {"name": self.service_account, "namespace": self.account_namespace} if self.service_account else {}
        conditions: list[dict[str, Any]] = [{"namespaces": list(self.namespaces)}] if self.namespaces else []
        conditions += [{"namespaceSelector": {"matchLabels": dict(self.match_labels)}}] if self.match_labels else []
        return {"provider": self.provider.spec(reference), "conditions": conditions}
