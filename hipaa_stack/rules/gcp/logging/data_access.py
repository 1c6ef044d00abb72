"""Reading is what a breach consists of, and Google records who reads only where somebody has switched it on."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Resource, Stack, Violation, all_of, chain, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._grants import WIDE_GRANTS
from hipaa_stack.rules.gcp._sinks import same_project
from hipaa_stack.rules.gcp._types import gcp
from hipaa_stack.settings import Settings

_CONFIGS: Final = (gcp("projects/iAMAuditConfig"), gcp("folder/iamAuditConfig"), gcp("organizations/iamAuditConfig"))
_POLICIES: Final = tuple(type_ for type_ in WIDE_GRANTS if type_.endswith("Policy"))
"""Policies, which hold audit configurations beside their bindings."""

_KINDS: Final = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")
_CLUSTERS: Final = "container.googleapis.com"
_SERVICES: Final = {
    gcp("artifactregistry/repository"): "artifactregistry.googleapis.com",
    gcp("healthcare/dataset"): "healthcare.googleapis.com",
    gcp("kms/cryptoKey"): "cloudkms.googleapis.com",
    gcp("secretmanager/secret"): "secretmanager.googleapis.com",
    gcp("sql/databaseInstance"): "cloudsql.googleapis.com",
    gcp("storage/bucket"): "storage.googleapis.com",
}
"""Services beside a cluster that hold ePHI, or what opens it, by the type that shows that the stack uses them. BigQuery always
records who reads."""


@rule(
    id="GCP-LOG-006",
    title="Data Access logs are on",
    severity=Severity.HIGH,
    types=(gcp("container/cluster"),),
    cites=(
        Cite("164.312(b)", "who read what is recorded, not only who changed what"),
        Cite("164.308(a)(1)(ii)(D)", "access to ePHI can be reviewed"),
    ),
    fix="Add a projects.IAMAuditConfig of allServices with ADMIN_READ, DATA_READ and DATA_WRITE and no exempted members, or set external_trail.",
)
def check(cluster: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    if settings.external_trail:
        raise NotApplicable("external_trail: audit logs are switched on outside the stack")
    used = [service for type_, service in _SERVICES.items() if any(stack.of(type_))]
    yield from chain(_gap(cluster, service, stack) for service in [_CLUSTERS, *used])


def _gap(cluster: Node, service: str, stack: Stack) -> Iterator[Violation]:
    if not all_of(*(lambda kind=kind: _is_recorded(kind, service, cluster.resource, stack) for kind in _KINDS)):
        yield cluster.fail("name", f"Data Access logs of {service} are off in its project, or leave somebody out")


def _is_recorded(kind: str, service: str, cluster: Resource, stack: Stack) -> bool:
    """What is configured for a service and for all of them adds up, and so do the members that are left out."""
    return all_of(
        lambda: some(_entries(service, cluster, stack), lambda entry: entry.string("logType") == kind),
        lambda: (
            not some(
                _entries(service, cluster, stack),
                lambda entry: all_of(lambda: entry.string("logType") == kind, lambda: entry.is_set("exemptedMembers")),
            )
        ),
    )


def _entries(service: str, cluster: Resource, stack: Stack) -> Iterator[Node]:
    return chain(_of_service(config, service) for config in _configs(cluster, stack))


def _of_service(config: Node, service: str) -> Iterator[Node]:
    if config.string("service") in (service, "allServices"):
        yield from config.items("auditLogConfigs")


def _configs(cluster: Resource, stack: Stack) -> Iterator[Node]:
    """The audit configurations of the project that a cluster is in, and of folders and organisations of the stack."""
    return chain(_of(resource, cluster) for resource in stack.of(*_CONFIGS, *_POLICIES))


def _of(resource: Resource, cluster: Resource) -> Iterator[Node]:
    if resource.rule_type.startswith("gcp:projects/") and not same_project(resource, cluster):
        return
    if resource.rule_type in _CONFIGS:
        yield resource.planned
    else:
        policy = resource.planned.document("policyData")
        if policy is not None:
            yield from policy.items("auditConfigs")
