"""AppArmor restricts what files and devices a container's processes touch; unconfined, they have whatever the kernel allows."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, chain, read_each
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import confines_nothing, pod_and_containers, pod_metadata
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_PROFILE: Final = "securityContext.appArmorProfile"
_ANNOTATION: Final = "container.apparmor.security.beta.kubernetes.io/"


@rule(
    id="K8S-POD-010",
    title="AppArmor is not disabled",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.308(a)(1)(ii)(B)", "the runtime confines containers on nodes that have AppArmor"),),
    tags=("pss:baseline",),
    fix="Use the profiles RuntimeDefault or Localhost in appArmorProfile and in the older annotations.",
)
def check(root: Node) -> Iterator[Violation]:
    yield from chain(_parts(root))


def _parts(root: Node) -> Iterator[Iterator[Violation]]:
    yield _annotations(pod_metadata(root))
    for part in pod_and_containers(root):
        yield _field(part)


def _field(part: Node) -> Iterator[Violation]:
    if confines_nothing(part, _PROFILE):
        yield part.fail(f"{_PROFILE}.type", "the profile is neither RuntimeDefault nor Localhost")


def _annotations(metadata: Node) -> Iterator[Violation]:
    annotations = metadata.node("annotations")
    keys = [key for key in metadata.keys("annotations") if key.startswith(_ANNOTATION)]
    for key, profile in read_each(annotations.entry, *keys):
        if profile and profile != "runtime/default" and not profile.startswith("localhost/"):
            yield annotations.fail(f"[{key}]", "the profile is neither runtime/default nor of localhost")
