"""Where a value comes from that is not known yet: the engine records the resources behind each top-level property."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Place, Reason, Resource, Stack, Undecided, Unknown, plain, rule_type, steps


def comes_from(node: Node, path: str, stack: Stack, *types: str) -> bool:
    """True when the value at a path is not known yet and its property comes from a resource of one of the types."""
    if not isinstance(plain(node.raw(path)), Unknown):
        return False
    property_ = steps(node.path(path))[0]
    return any(stack.parts(urn, types) for urn in node.resource.property_dependencies.get(property_, ()))


def referred(node: Node, path: str, stack: Stack, *types: str) -> Iterator[Resource]:
    """The resources of the types that a value inside a list refers to: by its name, else by the link of the property it is in.

    Raises:
        Undecided: when the value leads outside the stack, or is not known and the property refers to several of them.
    """
    value = plain(node.raw(path))
    named = [candidate for type_ in types for candidate in stack.named(rule_type(type_), value)] if isinstance(value, str) else []
    links = node.resource.property_dependencies.get(steps(node.path(path))[0], ())
    linked = {part.urn: part for urn in links for part in stack.parts(urn, types)}
    if named or len(linked) == 1:
        yield from named or linked.values()
    elif node.string(path):  # raises where it is not known
        raise Undecided([Place(node.path(path), Reason.EXTERNAL.value, Reason.EXTERNAL, node.resource)])
