"""What a bridged provider says about inputs before anything is created, decided from the SDK's types.

Accepted wherever the real providers accept it: "true" for a boolean, "5" for a number, a number or a boolean for a
string. An unknown, and everything inside it, is accepted: its turn comes when it is known. A message never prints a
value, which may be a secret; it names the property by its path, such as `vpcConfig.subnetIds[0]`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping

from .schema import Field, Kind, Type
from .wire import Properties, Value, has_unknown, is_asset, is_secret, is_unknown, unwrap

_BOOLEANS = frozenset({"true", "false", "1", "0"})


def problems(fields: Mapping[str, Field], given: Properties, name: str) -> list[str]:
    """One message per problem of the inputs of the resource called `name`, in the order of their paths, missing ones last."""
    return list(_object_problems(fields, given, name))


def _object_problems(fields: Mapping[str, Field], given: Mapping[str, Value], path: str) -> Iterator[str]:
    for key, value in sorted(given.items()):
        here = f"{path}.{key}"
        if key.startswith("__") or value is None:
            continue
        if key in fields:
            yield from _value_problems(fields[key].type, value, here)
        else:
            yield f"Invalid or unknown key. Examine values at '{here}'.{_suggestion(key, fields)}"
    for key, field in fields.items():
        if field.required and given.get(key) is None:
            yield f"Missing required argument. The argument \"{key}\" is required, but no definition was found. Examine values at '{path}.{key}'."


def _suggestion(key: str, known: Collection[str]) -> str:
    folded = {name.lower(): name for name in known}
    near = difflib.get_close_matches(key.replace("_", "").lower(), folded, n=1)
    return f" Did you mean '{folded[near[0]]}'?" if near else ""


def _value_problems(type_: Type, value: Value, path: str) -> Iterator[str]:
    if value is None or is_unknown(value):
        return
    if is_secret(value):
        yield from _value_problems(type_, unwrap(value), path)
    elif type_.kind is Kind.UNION:
        if all(list(_value_problems(member, value, path)) for member in type_.members):
            yield _wrong_kind(" or ".join(dict.fromkeys(member.kind for member in type_.members)), value, path)
    elif not _ACCEPTS[type_.kind](value):
        yield _wrong_kind(type_.kind, value, path)
    elif type_.choices and value not in type_.choices:
        yield f"expected one of {', '.join(type_.choices)}. Examine values at '{path}'."
    else:
        yield from _inner_problems(type_, value, path)


def _inner_problems(type_: Type, value: Value, path: str) -> Iterator[str]:
    if type_.kind is Kind.OBJECT and isinstance(value, dict):
        yield from _object_problems(type_.fields, value, path)
    elif type_.element and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value_problems(type_.element, item, f"{path}[{index}]")
    elif type_.element and isinstance(value, dict):
        for key, item in value.items():
            yield from _value_problems(type_.element, item, f"{path}.{key}")


def _wrong_kind(expected: str, value: Value, path: str) -> str:
    return f"expected {expected}, got {_kind_of(value)}. Examine values at '{path}'."


def _kind_of(value: Value) -> str:
    if is_asset(value):
        return "asset"
    names = {bool: "boolean", str: "string", list: "list", dict: "object"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "number")


def _is_plain_object(value: Value) -> bool:
    return isinstance(value, dict) and not is_asset(value)


def _is_number(value: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True


def _is_integer(value: Value) -> bool:
    return _is_number(value) and float(value).is_integer()  # type: ignore[arg-type]  # _is_number leaves what float() takes


_ACCEPTS: Mapping[Kind, Callable[[Value], bool]] = {
    Kind.STRING: lambda value: isinstance(value, str | int | float),
    Kind.BOOLEAN: lambda value: isinstance(value, bool) or (isinstance(value, str) and value.lower() in _BOOLEANS),
    Kind.INTEGER: _is_integer,
    Kind.NUMBER: _is_number,
    Kind.LIST: lambda value: isinstance(value, list),
    Kind.MAP: _is_plain_object,
    Kind.OBJECT: _is_plain_object,
    Kind.ASSET: lambda value: is_asset(value) or has_unknown(value),
    Kind.ANY: lambda _: True,
}
