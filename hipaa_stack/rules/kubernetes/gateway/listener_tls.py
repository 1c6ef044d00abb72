"""A listener for plain HTTP takes ePHI in the clear, unless all that it does is to send callers on to HTTPS."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, chain, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule

_GROUP = "kubernetes:gateway.networking.k8s.io"
_GATEWAYS = (f"{_GROUP}/v1:Gateway", f"{_GROUP}/v1beta1:Gateway")
_ROUTES = (f"{_GROUP}/v1:HTTPRoute", f"{_GROUP}/v1beta1:HTTPRoute", f"{_GROUP}/v1:GRPCRoute")
"""What a listener for HTTP serves; a GRPCRoute cannot redirect."""

_Key = tuple[str, str, str | None]
"""Provider, namespace and name of a gateway."""


def listeners(gateway: Node) -> Iterator[Node]:
    """The listeners of a Gateway."""
    return gateway.items("spec.listeners")


@rule(
    id="K8S-GW-001",
    title="Gateway listeners use TLS",
    severity=Severity.HIGH,
    types=_GATEWAYS,
    cites=(
        Cite("164.312(e)(1)", "whoever calls knows that they speak with the right host"),
        Cite("164.312(e)(2)(ii)", "ePHI between caller and cluster is encrypted"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set the listener's protocol to HTTPS or TLS, or give it only routes whose rules redirect to the scheme https.",
    each=listeners,
)
def check(listener: Node, stack: Stack) -> Iterator[Violation]:
    protocol = listener.string("protocol")
    if protocol not in ("HTTPS", "TLS") and not (protocol == "HTTP" and _only_redirects(listener, stack)):
        yield listener.fail("protocol", "a listener without TLS")


def _only_redirects(listener: Node, stack: Stack) -> bool:
    """Whether routes are attached, and every one of them redirects: a listener without routes proves nothing."""

    def attached() -> Iterator[Resource]:
        return stack.keyed(key, *_ROUTES, by=_gateways)

    gateway = listener.resource
    key = (gateway.provider, stack.namespace_of(gateway), gateway.root.string("metadata.name") or gateway.name)
    return all_of(
        lambda: some(attached(), lambda route: _refers(stack, route, listener, key)),
        lambda: (
            not some(attached(), lambda route: all_of(lambda: _refers(stack, route, listener, key), lambda: not _redirects(route.root)))
        ),
    )


def _gateways(stack: Stack, route: Resource) -> Iterator[_Key]:
    """The gateways that a route is attached to."""
    return chain(_gateway(stack, route, parent) for parent in route.root.items("spec.parentRefs"))


def _gateway(stack: Stack, route: Resource, parent: Node) -> Iterator[_Key]:
    if (parent.string("kind") or "Gateway") == "Gateway":
        yield route.provider, parent.string("namespace") or stack.namespace_of(route), parent.string("name")


def _refers(stack: Stack, route: Resource, listener: Node, key: _Key) -> bool:
    """Whether a route is attached to a listener: to that one by name and port, or to all of its gateway."""
    return some(
        route.root.items("spec.parentRefs"),
        lambda parent: all_of(
            lambda: key in _gateway(stack, route, parent),
            lambda: (parent.string("sectionName") or listener.string("name")) == listener.string("name"),
            lambda: parent.number("port") in (None, listener.number("port")),
        ),
    )


def _redirects(route: Node) -> bool:
    """Whether every rule of a route sends callers to https."""
    return route.is_set("spec.rules") and not some(route.items("spec.rules"), lambda rule_: not some(rule_.items("filters"), _is_redirect))


def _is_redirect(filter_: Node) -> bool:
    return all_of(
        lambda: filter_.string("type") == "RequestRedirect",
        lambda: filter_.string("requestRedirect.scheme") == "https",
    )
