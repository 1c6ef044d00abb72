"""EFS volumes are mounted over TLS unless a volume says otherwise; an access point always is."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import PERSISTENT_VOLUME
from hipaa_stack.rules.kubernetes.storage._classes import EFS, in_any_case


@rule(
    id="K8S-STOR-007",
    title="EFS volumes keep TLS on",
    severity=Severity.HIGH,
    types=(PERSISTENT_VOLUME,),
    cites=(Cite("164.312(e)(2)(ii)", "ePHI on the way to the file system is encrypted"),),
    proposed=(Proposed.ENCRYPTION,),
    fix='Remove encryptInTransit: "false" and the mount option notls.',
)
def check(volume: Node) -> Iterator[Violation]:
    if volume.string("spec.csi.driver") not in EFS:
        raise NotApplicable("not an EFS volume")
    yield from chain(part(volume) for part in (_attribute, _option))


def _attribute(volume: Node) -> Iterator[Violation]:
    path = in_any_case(volume, "spec.csi.volumeAttributes", "encryptInTransit")
    if volume.flag(path) is False and not _has_access_point(volume):
        yield volume.fail(path, "encryptInTransit is false")


def _option(volume: Node) -> Iterator[Violation]:
    for path, option in volume.indexed_strings("spec.mountOptions"):
        if option.lower() == "notls":
            yield volume.fail(path, "the mount option notls")


def _has_access_point(volume: Node) -> bool:
    """True for a handle `file system:path:access point`: the driver mounts it over TLS whatever the attributes say."""
    return any((volume.string("spec.csi.volumeHandle") or "").split(":")[2:])
