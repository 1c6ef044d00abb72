"""A version out of support gets no fixes: its known flaws stay open to whoever reads about them."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.baseline import EKS_OLDEST_VERSION
from hipaa_stack.resources import Node, Place, Undecided, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile, Settings

_VERSION: Final = re.compile(r"1\.(\d{1,3})")


@rule(
    id="AWS-EKS-010",
    title="Cluster version is supported",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("eks/cluster"),),
    cites=(Cite("164.308(a)(1)(ii)(B)", "known flaws of the control plane are mended"),),
    tags=("cis-eks",),
    proposed=(Proposed.PATCH_MANAGEMENT,),
    fix="Upgrade the cluster, one minor version at a time, or set min_cluster_version.",
)
def check(cluster: Node, settings: Settings) -> Iterator[Violation]:
    version = cluster.string("version")
    oldest = settings.min_cluster_version or EKS_OLDEST_VERSION
    if version and _minor(cluster, version) < _minor(cluster, oldest):
        yield cluster.fail("version", f"{version} is older than {oldest}")


def _minor(cluster: Node, version: str) -> int:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise Undecided([Place(cluster.path("version"), f"expected a version such as {EKS_OLDEST_VERSION}", resource=cluster.resource)])
    return int(found[1])
