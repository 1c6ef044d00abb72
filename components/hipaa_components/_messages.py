"""Turns a pydantic ValidationError into one plain sentence per problem."""

import enum
import inspect
import types
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hipaa_components._problems import UNSET, Problem, Problems

LONGEST_VALUE = 80
"""Characters of a given value that an error repeats."""


def findings(error: ValidationError, model: type[BaseModel], given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields a path such as `node_groups[0].min_size` and a sentence for each problem.

    A union fails once for each of its members: only the first is told, and of a path and a part of it the part.
    """
    located = [(details, *_locate(details, model, given)) for details in error.errors(include_url=False)]
    paths = {path for _, path, _ in located}
    seen: set[str] = set()
    for details, path, annotation in located:
        cause = details.get("ctx", {}).get("error")
        if isinstance(cause, Problems):
            for problem in cause.problems:
                yield _join(path, problem.field), _sentence(problem, details["input"])
        elif path not in seen and not any(other.startswith((f"{path}.", f"{path}[")) for other in paths if path):
            seen.add(path)
            yield path, _type_sentence(details, annotation, _model_at(path, model, annotation))


def _sentence(problem: Problem, given: object) -> str:
    got = given if problem.got is UNSET else problem.got
    return f"got {show(got)}; accepted: {problem.accepted}.{' ' if problem.fix else ''}{problem.fix}"


def _type_sentence(details: ErrorDetails, annotation: Any, owner: type[BaseModel]) -> str:
    if details["type"] == "missing":
        return f"missing; accepted: {describe(annotation)}."
    if details["type"] == "extra_forbidden":
        given = str(details["loc"][-1])
        near = get_close_matches(given, owner.model_fields, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return f"unknown argument; accepted: {', '.join(owner.model_fields)}.{hint}"
    return f"got {show(details['input'])}; accepted: {describe(annotation)}."


def show(value: object) -> str:
    """A value as an error repeats it: short, and without looking into Outputs."""
    if isinstance(value, pulumi.Output | Awaitable):
        return "an Output"
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, BaseModel):
        return type(value).__name__
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def describe(annotation: Any) -> str:
    """What a field of this type accepts, in words."""
    members = [member for member in get_args(annotation) if member is not type(None)]
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        plain = [member for member in members if get_origin(member) not in (Awaitable, pulumi.Output)]
        text = describe(plain[0])
        return text if len(plain) == len(members) or text.endswith("or an Output") else f"{text} or an Output"
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return "a mapping of names to values"
    if inspect.isclass(origin) and issubclass(origin, Sequence):
        return f"a list, each item {describe(members[0])}"
    if inspect.isclass(annotation) and issubclass(annotation, enum.Enum):
        return f"one of {', '.join(str(member.value) for member in annotation)}"
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return f"{annotation.__name__} with {', '.join(annotation.model_fields)}"
    return {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}.get(annotation, str(annotation))


def _locate(details: ErrorDetails, model: type[BaseModel], given: Mapping[str, Any]) -> tuple[str, Any]:
    """The path to the field and its annotation; drops the parts that name a union's member."""
    path, annotation, value = "", model, given
    last = len(details["loc"]) - 1
    for position, part in enumerate(details["loc"]):
        if isinstance(part, int) and isinstance(value, Sequence):
            path, value, annotation = f"{path}[{part}]", value[part], _item(annotation)
        elif isinstance(value, Mapping) and (part in value or (position == last and details["type"] == "missing")):
            path, annotation = _join(path, str(part)), _field(annotation, str(part))
            value = value.get(str(part), {})
    return path, annotation


def _join(path: str, field: str) -> str:
    return f"{path}{'' if not path or not field or field.startswith('[') else '.'}{field}"


def _plain(annotation: Any) -> Any:
    """The first member of a union that is neither None nor an Output."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(
            (m for m in get_args(annotation) if m is not type(None) and get_origin(m) not in (Awaitable, pulumi.Output)), annotation
        )
    return annotation


def _item(annotation: Any) -> Any:
    members = get_args(_plain(annotation))
    return members[-1] if members else Any


def _field(annotation: Any, name: str) -> Any:
    plain = _plain(annotation)
    if inspect.isclass(plain) and issubclass(plain, BaseModel):
        field = plain.model_fields.get(name)
        return field.annotation if field else plain
    return _item(annotation)


def _model_at(path: str, model: type[BaseModel], annotation: Any) -> type[BaseModel]:
    """The model that an unknown argument was given to: `_locate` leaves it as the annotation."""
    plain = _plain(annotation)
    return plain if path and inspect.isclass(plain) and issubclass(plain, BaseModel) else model
