"""Lists in which the first match decides."""

from collections import deque
from collections.abc import Iterator

from hipaa_stack.resources import Node


def in_order(parent: Node, path: str) -> Iterator[Node]:
    """The objects in the list at a path, up to the first that is not known: what stands behind it may decide nothing.

    Raises:
        Undecided: in the place of the first item that is not known or no object.
    """
    known = parent.items(path)
    for index, item in enumerate(known):
        if item.path() != parent.path(f"{path}[{index}]"):
            deque(known, maxlen=0)  # the gap is told at the end
        yield item
