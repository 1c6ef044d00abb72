"""In permissive mode a sidecar takes plain text from any pod, so that nothing proves who called."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.settings import Profile

_GROUP = "kubernetes:security.istio.io"


@rule(
    id="K8S-MESH-001",
    title="Mesh mTLS is strict",
    severity=Severity.HIGH,
    types=(f"{_GROUP}/v1:PeerAuthentication", f"{_GROUP}/v1beta1:PeerAuthentication"),
    cites=(
        Cite("164.312(e)(2)(ii)", "ePHI between pods is encrypted"),
        Cite("164.312(e)(2)(i)", "TLS shows when a message between pods was altered"),
        Cite("164.312(d)", "every caller in the mesh proves its identity with a certificate"),
    ),
    tags=("nsa",),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set spec.mtls.mode to STRICT, and remove ports of other modes from spec.portLevelMtls.",
    profile=Profile.RECOMMENDED,
)
def check(policy: Node) -> Iterator[Violation]:
    return chain((_general(policy), _ports(policy)))


def _general(policy: Node) -> Iterator[Violation]:
    if policy.string("spec.mtls.mode") != "STRICT":
        yield policy.fail("spec.mtls.mode", "not STRICT: plain text is taken as well")


def _ports(policy: Node) -> Iterator[Violation]:
    yield from chain(_port(policy, port) for port in policy.keys("spec.portLevelMtls"))


def _port(policy: Node, port: str) -> Iterator[Violation]:
    """A port without a mode has that of the workload."""
    path = f"spec.portLevelMtls.{port}.mode"
    if (policy.string(path) or "UNSET") not in ("STRICT", "UNSET"):
        yield policy.fail(path, "a port that takes plain text")
