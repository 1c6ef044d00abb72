"""A changed kernel or boot loader outlives every update of a node; secure boot does not start it, and integrity monitoring tells that it is there."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, node_configs


@rule(
    id="GCP-NP-004",
    title="Secure boot and integrity monitoring are on",
    severity=Severity.MEDIUM,
    types=(NODE_POOL, CLUSTER),
    cites=(Cite("164.312(c)(1)", "a node boots only what is signed, and a change of it is noticed"),),
    tags=("cis-gke",),
    fix="Set shieldedInstanceConfig.enableSecureBoot of nodeConfig to true, and leave enableIntegrityMonitoring on; the pool is made anew.",
    each=node_configs,
)
def check(pool: Node) -> Iterator[Violation]:
    return chain([_secure_boot(pool), _monitoring(pool)])


def _secure_boot(pool: Node) -> Iterator[Violation]:
    path = "nodeConfig.shieldedInstanceConfig.enableSecureBoot"
    if pool.boolean(path) is not True:
        yield pool.fail(path, "nodes boot without checking signatures")


def _monitoring(pool: Node) -> Iterator[Violation]:
    path = "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring"
    if pool.boolean(path) is False:
        yield pool.fail(path, "nobody notices a changed boot loader")
