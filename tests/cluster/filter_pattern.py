"""What CloudWatch Logs matches with a filter pattern: an evaluator of the documented grammar, as far as ours use it.

Text: every quoted phrase or word must occur. JSON, in braces: comparisons joined by `&&` and `||`, of which `&&` binds
tighter, and parentheses. `=` and `!=` compare strings, in which an asterisk at the beginning or the end stands for any
text, and numbers; the other operators compare numbers. What is missing, or no string and no number, matches nothing.
Anything else in a pattern, such as a regular expression, is a ValueError.
"""

import json
import operator
import re
from collections.abc import Iterator, Mapping
from typing import Any

TOKEN = re.compile(
    r"""\s*(?:
        (?P<selector>\$(?:\.[A-Za-z0-9_-]+(?:\[\d+\])*)+)
      | (?P<join>&&|\|\||\(|\))
      | (?P<operator><=|>=|!=|=|<|>)
      | (?P<number>[+-]?\d+(?:\.\d+)?(?=[\s)]|$))
      | "(?P<quoted>[^"\\%]*)"
      | (?P<word>[A-Za-z0-9_]+)
    )\s*""",
    re.VERBOSE,
)
NUMERIC = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}


def matches(pattern: str, line: str) -> bool:
    """Whether the log event `line` matches."""
    if not pattern.startswith("{"):
        return all(term in line for term in _terms(pattern))
    tokens = list(_tokens(pattern.removeprefix("{").removesuffix("}").strip()))
    try:
        event = json.loads(line)
    except ValueError:
        event = {}
    found = _any(tokens, event)
    if tokens:
        raise ValueError(f"{pattern}: not expected: {tokens[0]}")
    return found


def _terms(pattern: str) -> Iterator[str]:
    if not re.fullmatch(r'(\s*("[^"]+"|\w+)\s*)+', pattern):
        raise ValueError(f"{pattern}: accepted: words and quoted phrases")
    for quoted, word in re.findall(r'"([^"]+)"|(\w+)', pattern):
        yield quoted or word


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found or found.lastgroup is None:
            raise ValueError(f"not in the grammar: {text[at:]}")
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _any(tokens: list[tuple[str, str]], event: Any) -> bool:
    found = _all(tokens, event)
    while tokens and tokens[0] == ("join", "||"):
        tokens.pop(0)
        found = _all(tokens, event) or found
    return found


def _all(tokens: list[tuple[str, str]], event: Any) -> bool:
    found = _one(tokens, event)
    while tokens and tokens[0] == ("join", "&&"):
        tokens.pop(0)
        found = _one(tokens, event) and found
    return found


def _one(tokens: list[tuple[str, str]], event: Any) -> bool:
    kind, text = tokens.pop(0)
    if (kind, text) == ("join", "("):
        found = _any(tokens, event)
        if not tokens or tokens.pop(0) != ("join", ")"):
            raise ValueError("a parenthesis is not closed")
        return found
    if kind != "selector" or len(tokens) < 2 or tokens[0][0] != "operator":
        raise ValueError(f"not a comparison: {text}")
    (_, compare), (form, expected) = tokens.pop(0), tokens.pop(0)
    return _compare(_select(event, text), compare, form, expected)


def _select(event: Any, selector: str) -> Any:
    for step in re.findall(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]", selector):
        name, index = step
        if name:
            event = event.get(name) if isinstance(event, Mapping) else None
        else:
            event = event[int(index)] if isinstance(event, list) and int(index) < len(event) else None
    return event


def _compare(value: Any, compare: str, form: str, expected: str) -> bool:
    if form == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and NUMERIC[compare](value, float(expected))
    if compare not in ("=", "!=") or form not in ("quoted", "word"):
        raise ValueError(f"not a comparison: {compare} {expected}")
    if not isinstance(value, str):
        return False
    beginning, end = expected.startswith("*"), expected.endswith("*")
    inner = re.escape(expected.removeprefix("*").removesuffix("*"))
    equal = re.fullmatch(f"{'.*' if beginning else ''}{inner}{'.*' if end else ''}", value, re.DOTALL) is not None
    return equal if compare == "=" else not equal
