"""Policy documents of AWS: their statements, whom they open a resource to, and what they allow.

Grammar: IAM user guide, "Grammar of the IAM JSON policy language". Effect and the names of elements are exact; actions,
condition operators and condition keys are not case-sensitive.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from hipaa_stack.resources import Node, all_of, any_of, chain, plain, some

_LIMITING_KEYS: Final = frozenset({
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
    "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpce", "kms:calleraccount",
})  # fmt: skip
"""Condition keys whose exact value names an account, an organisation, a principal or a network of yours.

`kms:ViaService` is none: whoever calls that service from an account of their own comes through it."""

_LIMITING_OPERATORS: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
"""Operators that do not hold where the key is absent; those with `IfExists` or `ForAllValues:` do."""

_EVERYTHING: Final = re.compile(r"\*+|arn:\*+|arn:[a-z*-]*(:\*+){1,4}")
"""Patterns of resources that leave nothing out."""

_ARN: Final = re.compile(r"arn:[^:*?]+:[^:]*:[^:]*:(?P<account>[^:]*):(?P<rest>.*)", re.DOTALL)


def statements(node: Node, path: str) -> Iterator[Node]:
    """The statements of the policy at a path, which is a JSON string or an object; none where it is absent.

    Raises:
        Unparsable: when it is a string that is no JSON object.
        Undecided: after the known ones, when the policy or a statement is not known.
    """
    document = node.document(path)
    if document is not None:
        yield from document.items("Statement", scalar=True)


def identity_statements(resource: Node) -> Iterator[Node]:
    """The statements of the identity policies that a resource of one of the types POLICIES holds."""
    if resource.resource.rule_type == "aws:iam/role:Role":
        yield from chain(statements(inline, "policy") for inline in resource.items("inlinePolicies"))
    else:
        yield from statements(resource, "policy")


def allows(statement: Node) -> bool:
    """True for a statement that allows rather than denies."""
    return statement.string("Effect") == "Allow"


def open_to_all(statement: Node) -> bool:
    """True when a statement allows something to everybody: a principal `*` that no condition limits to known callers."""
    return all_of(lambda: allows(statement), lambda: any_principal(statement), lambda: not limited(statement))


def limited(statement: Node) -> bool:
    """True when a condition lets only callers of named accounts, organisations, principals or networks pass."""
    return some(
        conditions(statement),
        lambda condition: all_of(
            lambda: condition.operator in _LIMITING_OPERATORS and condition.key in _LIMITING_KEYS,
            lambda: _names_callers(condition),
        ),
    )


class Condition:
    """One condition of a statement: an operator, a key, and values of which one must hold."""

    __slots__ = ("_name", "_node", "key", "operator")

    def __init__(self, node: Node, operator: str, name: str) -> None:
        """Takes the object of the operator, and operator and key as they are written."""
        self._node, self._name = node, name
        self.operator = operator.lower().removeprefix("foranyvalue:")
        """In lower case; without `ForAnyValue:`, which too asks for the key to be there."""
        self.key = name.lower()
        """In lower case."""

    def values(self) -> Iterator[str]:
        """Its values; a boolean is `true` or `false`."""
        return self._node.scalars(self._name)


def conditions(statement: Node) -> Iterator[Condition]:
    """The conditions of a statement; all of them must hold."""
    block = statement.node("Condition")
    for operator in block.keys():  # noqa: SIM118 - a node is no mapping
        tested = block.node(operator)
        yield from (Condition(tested, operator, name) for name in tested.keys())  # noqa: SIM118


def condition_values(statement: Node, key: str, *operators: str) -> Iterator[str]:
    """The values that a statement asks a condition key to have, by one of these operators; all names in lower case."""
    return chain(condition.values() for condition in conditions(statement) if condition.key == key and condition.operator in operators)


def allows_action(statement: Node, action: str) -> bool:
    """True for a statement that allows an action such as `iam:PassRole`, by name or by pattern."""
    if not allows(statement):
        return False
    if statement.present("NotAction"):
        return not any(matches(pattern, action) for pattern in statement.strings("NotAction", scalar=True))
    return any(matches(pattern, action) for pattern in statement.strings("Action", scalar=True))


def on_everything(statement: Node) -> bool:
    """True when a statement names no resource: all of them, or all but some."""
    return any_of(
        lambda: statement.present("NotResource"),
        lambda: any(_EVERYTHING.fullmatch(name) for name in statement.strings("Resource", scalar=True)),
    )


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern with `*` and `?` covers a name; capital letters make no difference."""
    return _compiled(pattern.lower()).fullmatch(name.lower()) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern), re.DOTALL)


def principals(statement: Node, kind: str = "") -> Iterator[str]:
    """The principals of a statement, of one kind (`AWS`, `Service`, `Federated`, `CanonicalUser`) or of all; `*` may stand alone."""
    if not isinstance(plain(statement.raw("Principal")), Mapping):
        single = statement.string("Principal")
        yield from [single] if single and (not kind or single == "*") else []
        return
    node = statement.node("Principal")
    yield from chain(node.strings(name, scalar=True) for name in node.keys() if kind in ("", name))  # noqa: SIM118


def any_principal(statement: Node) -> bool:
    """True when a statement is about everybody: the principal `*`, or all but some."""
    return any_of(lambda: statement.present("NotPrincipal"), lambda: "*" in principals(statement))


def _names_callers(condition: Condition) -> bool:
    """True when every value names one account, organisation or network: one that is open is enough to let everybody in."""
    found = False
    for value in condition.values():
        found = True
        if not _is_exact(value):
            return False
    return found


def _is_exact(value: str) -> bool:
    """False for a value that leaves open whose resource or principal it is."""
    if not value.startswith("arn:"):
        return not set(value.partition("/")[0]) & set("*?")  # paths of organisations end in /*
    arn = _ARN.fullmatch(value)
    if arn is None:
        return False
    account = arn["account"]
    return not set(account) & set("*?") if account else not arn["rest"].startswith(("*", "?"))
