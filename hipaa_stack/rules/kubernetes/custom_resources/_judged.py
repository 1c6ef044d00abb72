"""Which kinds the rules read: those that they judge, and those that they look at beside the judged ones."""

from functools import cache

from hipaa_stack.patterns import covers
from hipaa_stack.rules.kubernetes import _types

_EVERYTHING = frozenset({"*", "kubernetes:*"})


@cache
def is_read(type_: str) -> bool:
    """True for a type that a rule of this release or of an installed package judges, or that our rules have a name for."""
    return any(covers(pattern, type_) for pattern in _patterns())


@cache
def _patterns() -> frozenset[str]:
    """Every type of every rule; rules over everything, such as the one that asks, say nothing about a kind."""
    from hipaa_stack.rules import all_rules  # noqa: PLC0415 - rules are loaded by then; this module is loaded with them

    judged = {type_ for rule in all_rules() for type_ in rule.types if type_ not in _EVERYTHING}
    named = [token for value in vars(_types).values() for token in (value if isinstance(value, tuple) else (value,))]
    return frozenset(judged.union(token for token in named if isinstance(token, str) and token.startswith("kubernetes:")))
