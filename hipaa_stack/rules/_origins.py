"""Where a value comes from that is not known yet: the engine records the resources behind each top-level property."""

from hipaa_stack.resources import Node, Stack, Unknown, plain, steps


def comes_from(node: Node, path: str, stack: Stack, *types: str) -> bool:
    """True when the value at a path is not known yet and its property comes from a resource of one of the types."""
    if not isinstance(plain(node.raw(path)), Unknown):
        return False
    property_ = steps(node.path(path))[0]
    return any(stack.parts(urn, types) for urn in node.resource.property_dependencies.get(property_, ()))
