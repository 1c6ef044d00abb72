"""Remedies of rules, written into the engine's property messages: what stands beside them stays as it is."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf import json_format, struct_pb2

from hipaa_stack.crossguard._decoding import OUTPUT, SECRET, SIGNATURE
from hipaa_stack.resources import Remedy, steps


def remedied(properties: struct_pb2.Struct, remedies: Iterable[Remedy]) -> struct_pb2.Struct | None:
    """A copy of the properties with the remedies in it; None when none of them could be written.

    What is missing on the way to a remedy's path is made. A secret stays a secret: the value inside is replaced.
    """
    root = struct_pb2.Value()
    root.struct_value.CopyFrom(properties)
    written = [_write(root, remedy) for remedy in remedies]
    return root.struct_value if any(written) else None


def _write(root: struct_pb2.Value, remedy: Remedy) -> bool:
    """False where the path leads into something that is neither an object nor a list; nothing is changed then."""
    at = root
    for step in steps(remedy.path):
        at = _inside(at)
        kind = at.WhichOneof("kind")
        if kind in (None, "null_value", "struct_value"):
            at = at.struct_value.fields[step]
        elif kind == "list_value" and step.isdecimal() and int(step) < len(at.list_value.values):
            at = at.list_value.values[int(step)]
        else:
            return False
    target = _inside(at)
    target.Clear()
    json_format.ParseDict(remedy.value, target)
    return True


def _inside(value: struct_pb2.Value) -> struct_pb2.Value:
    """The value that a secret or an output wraps, or the value itself."""
    while value.HasField("struct_value"):
        fields = value.struct_value.fields
        if SIGNATURE not in fields or "value" not in fields or fields[SIGNATURE].string_value not in (SECRET, OUTPUT):
            break
        value = fields["value"]
    return value
