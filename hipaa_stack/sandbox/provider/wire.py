"""Property values as the Pulumi protocol carries them, and plain Python values that keep everything they say.

A value is None, bool, int, float, str, list or dict. Unknowns are sentinel strings; secrets, assets and other
special values are dicts with the key `SIGNATURE`. Nothing is resolved or unwrapped on the way in or out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from google.protobuf import struct_pb2

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
Properties = dict[str, Value]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the protocol's tag for a secret, not a secret
_ASSETS = frozenset({"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"})
REDACTED = "[secret]"


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """The properties of a message; whole numbers become int."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        return from_struct(value.struct_value)
    return None


def to_struct(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """The message for properties."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _set_value(struct.fields[key], value)
    return struct


def _set_value(target: struct_pb2.Value, value: Value) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, list):
        target.list_value.SetInParent()
        for item in value:
            _set_value(target.list_value.values.add(), item)
    else:
        target.struct_value.SetInParent()
        for key, item in value.items():
            _set_value(target.struct_value.fields[key], item)


def is_unknown(value: Value) -> bool:
    return isinstance(value, str) and value in _UNKNOWNS


def has_unknown(value: Value) -> bool:
    """Whether the value, or anything inside it, is not known yet."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return is_unknown(value)


def is_secret(value: Value) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == _SECRET


def is_asset(value: Value) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) in _ASSETS


def secret(value: Value) -> Value:
    """The value, marked secret once."""
    return value if is_secret(value) else {SIGNATURE: _SECRET, "value": value}


def unwrap(value: Value) -> Value:
    """The value without the secret marks, here and inside."""
    return _rebuild(value, lambda wrapped: unwrap(wrapped.get("value")))


def redact(value: Value) -> Value:
    """The value with every secret replaced by `REDACTED`."""
    return _rebuild(value, lambda _: REDACTED)


def _rebuild(value: Value, on_secret: Callable[[dict[str, Value]], Value]) -> Value:
    if isinstance(value, list):
        return [_rebuild(item, on_secret) for item in value]
    if isinstance(value, dict):
        if is_secret(value):
            return on_secret(value)
        return {key: _rebuild(item, on_secret) for key, item in value.items()}
    return value
