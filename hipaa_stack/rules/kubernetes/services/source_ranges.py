"""A public load balancer that names no source ranges answers every address of the internet."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation
from hipaa_stack.rules._cidrs import is_everything
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._services import is_public
from hipaa_stack.rules.kubernetes._types import SERVICE
from hipaa_stack.settings import Profile

_RANGES = "spec.loadBalancerSourceRanges"


@rule(
    id="K8S-SVC-002",
    title="Public load balancers limit sources",
    severity=Severity.HIGH,
    types=(SERVICE,),
    cites=(
        Cite("164.312(a)(1)", "only the networks of known callers reach the Service"),
        Cite("164.312(e)(1)", "the public entrance is no wider than its users need"),
    ),
    fix="List the callers' networks in spec.loadBalancerSourceRanges.",
    profile=Profile.RECOMMENDED,
)
def check(service: Node) -> Iterator[Violation]:
    if not is_public(service):
        raise NotApplicable("not a public load balancer")
    if not service.is_set(_RANGES):
        yield service.fail(_RANGES, "no source range: every address may connect")
    for path, cidr in service.indexed_strings(_RANGES):
        if is_everything(cidr):
            yield service.fail(path, "every address: a network of prefix 0")
