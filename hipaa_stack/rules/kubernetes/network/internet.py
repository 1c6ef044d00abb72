"""A network of prefix 0 is every address there is; except only takes a few of them out again."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._cidrs import is_everything
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import in_judged_namespace
from hipaa_stack.rules.kubernetes._network import peers
from hipaa_stack.rules.kubernetes._types import NETWORK_POLICY
from hipaa_stack.settings import Settings


@rule(
    id="K8S-NET-004",
    title="Policies do not open to the whole internet",
    severity=Severity.MEDIUM,
    types=(NETWORK_POLICY,),
    cites=(
        Cite("164.312(a)(1)", "the networks that reach ePHI systems are known"),
        Cite("164.312(e)(1)", "ePHI cannot be sent to an address that nobody named"),
    ),
    tags=("nsa",),
    fix="Name the network, use a private endpoint, or let traffic pass a gateway.",
    each=peers,
)
def check(peer: Node, settings: Settings) -> Iterator[Violation]:
    root = peer.resource.root
    if all_of(lambda: in_judged_namespace(root, settings), lambda: is_everything(peer.string("ipBlock.cidr") or "")):
        yield peer.fail("ipBlock.cidr", "every address: a network of prefix 0")
