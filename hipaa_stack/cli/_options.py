"""Options that several verbs share, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from hipaa_stack.rules import Rule, Severity
from hipaa_stack.settings import Profile

_Command = TypeVar("_Command", bound=Callable[..., Any])

SEVERITIES = [str(severity) for severity in Severity]


def rule_options(command: _Command) -> _Command:
    """`--select` and `--ignore`."""
    select = click.option("--select", multiple=True, metavar="ID|TAG", help="Only these rules, by id or tag. Repeatable.")
    ignore = click.option("--ignore", multiple=True, metavar="ID|TAG", help="Not these rules; wins over --select. Repeatable.")
    return select(ignore(command))


def profile_option(help_: str) -> Callable[[_Command], _Command]:
    """`--profile`; None when it is not given."""
    names = click.Choice([str(profile) for profile in Profile])
    return click.option("--profile", type=names, callback=lambda _context, _option, name: name and Profile(name), help=help_)


def severity_option(name: str, help_: str) -> Callable[[_Command], _Command]:
    """An option that takes the name of a severity; the lowest is the default."""
    return click.option(
        name,
        type=click.Choice(SEVERITIES),
        default=SEVERITIES[0],
        show_default=True,
        callback=lambda _context, _option, chosen: Severity[chosen.upper()],
        help=help_,
    )


def chosen(rules: Iterable[Rule], select: Collection[str], ignore: Collection[str]) -> list[Rule]:
    """The rules that --select and --ignore leave, by id.

    Raises:
        UsageError: when a name is neither an id nor a tag, or no rule is left.
    """
    rules = list(rules)
    names = {name for rule in rules for name in names_of(rule)}
    for option, given in (("--select", select), ("--ignore", ignore)):
        for name in given:
            if name.lower() not in names:
                raise click.UsageError(
                    f"{option}: got {name!r}; accepted: the id or a tag of a rule, see `hipaa-stack rules`{near(name, names)}"
                )
    wanted, unwanted = {name.lower() for name in select}, {name.lower() for name in ignore}
    left = [rule for rule in rules if (not wanted or wanted & names_of(rule)) and not unwanted & names_of(rule)]
    if not left:
        raise click.UsageError("--select and --ignore leave no rule; see `hipaa-stack rules`")
    return left


def names_of(rule: Rule) -> set[str]:
    """The names by which a rule is chosen, in lower case."""
    return {rule.id.lower(), *(tag.lower() for tag in rule.tags)}


def near(name: str, names: Iterable[str]) -> str:
    """`; did you mean …?` when a name is close to one of `names`, which are in lower case; else nothing."""
    names = tuple(names)
    padded = re.sub(r"-(\d+)$", lambda number: f"-{int(number[1]):03}", name.lower())
    found = [padded] if padded in names else get_close_matches(name.lower(), names, n=1, cutoff=0.7)
    return f"; did you mean {found[0].upper() if found[0][-1:].isdigit() else found[0]}?" if found else ""
