"""Which resources a statement of an identity policy is about, where the actions concern one kind of them."""

import re

from hipaa_stack.resources import Node, any_of, some
from hipaa_stack.rules.aws._policies import on_everything


def on_all(statement: Node, every: re.Pattern[str]) -> bool:
    """True when a statement is about all resources, or about all of the kind whose widest ARNs a pattern describes."""
    return any_of(
        lambda: on_everything(statement),
        lambda: some(statement.strings("Resource", scalar=True), lambda name: every.fullmatch(name) is not None),
    )
