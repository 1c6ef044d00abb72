"""The engine's property messages as the data that rules read. A resource is decoded once, for all rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

from hipaa_stack.resources import Reason, Secret, Unknown

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key of the objects that stand for something that JSON has no form for; its value says for what."""

SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's tag for a secret, not a secret
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"

UNKNOWNS: Final = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
    "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
)
"""The strings that stand for a value that is not known yet (Pulumi SDK, `sdk/go/common/resource/plugin/rpc.go`)."""

BLINDED: Final = "[secret]"
"""What `pulumi policy analyze` puts in the place of a secret that it cannot decrypt, whatever its type."""

_COMPUTED = Unknown(Reason.COMPUTED)
_SENTINELS = dict.fromkeys(UNKNOWNS, _COMPUTED)
_NOT_DECRYPTED = Secret(Unknown(Reason.ENCRYPTED))


class Decoder:
    """Decodes property messages of one run."""

    def __init__(self, simulated: Iterable[str] = ()) -> None:
        """Takes the texts that a simulated cloud has invented: they are nothing that a rule may decide on."""
        self._texts: Mapping[str, Unknown] = {**dict.fromkeys(simulated, Unknown(Reason.SIMULATED)), **_SENTINELS}

    def properties(self, struct: struct_pb2.Struct) -> dict[str, Any]:
        """The properties of a resource: plain data with Unknown and Secret in it; whole numbers are integers."""
        texts = self._texts
        return {key: _value(value, texts) for key, value in struct.fields.items()}


def _value(value: struct_pb2.Value, texts: Mapping[str, Unknown]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return texts.get(text, text)
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            return _special(fields, texts)
        return {key: _value(item, texts) for key, item in fields.items()}
    if kind == "list_value":
        return [_value(item, texts) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def _special(fields: Mapping[str, struct_pb2.Value], texts: Mapping[str, Unknown]) -> Any:
    plain = {key: _value(item, texts) for key, item in fields.items() if key != SIGNATURE}
    match fields[SIGNATURE].string_value:
        case signature if signature == SECRET:
            return _secret(plain.get("value"))
        case signature if signature == OUTPUT:
            known = plain.get("value", _COMPUTED)
            return _secret(known) if plain.get("secret") is True else known
        case signature if signature == RESOURCE:
            return plain["id"] if plain.get("id") else plain.get("urn")  # a component has no id
        case signature if signature in (ASSET, ARCHIVE):
            return plain
        case _:  # of a later protocol: an object, which is of a wrong kind to a rule that expects another
            return plain


def _secret(value: Any) -> Secret:
    if value == BLINDED:
        return _NOT_DECRYPTED
    return value if isinstance(value, Secret) else Secret(value)
