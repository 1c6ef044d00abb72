"""What a program asks for, in rules that need the other resources too: those read what the provider fills in otherwise."""

from collections.abc import Iterator

from hipaa_stack.resources import Node


def asked(resource: Node) -> Iterator[Node]:
    """The inputs, as the one part of a resource that is judged.

    Most blocks of a cluster are filled in by GKE where a program leaves them out: until it is made, a preview says of
    them that they are not known, although it is known what GKE makes of nothing.
    """
    yield resource.resource.root
