"""What a program asks for, in rules that need the other resources too: those read what the provider fills in otherwise."""

from collections.abc import Iterator

from hipaa_stack.resources import Node


def asked(resource: Node) -> Iterator[Node]:
    """The inputs, as the one part of a resource that is judged.

    Outputs tell nothing of who decided: the ARN of a key that the provider manages looks like that of your own, and what
    one resource sets on another stands in the outputs of both. Until a resource is made, a preview says of what the
    provider fills in that it is not known, although it is known what becomes of nothing.
    """
    yield resource.resource.root
