"""Everyone who may read a namespace reads its ConfigMaps, which are neither encrypted with your key nor audited as Secrets are."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._credentials import credential
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import CONFIG_MAP


@rule(
    id="K8S-SEC-002",
    title="ConfigMaps hold no credentials",
    severity=Severity.HIGH,
    types=(CONFIG_MAP,),
    cites=(
        Cite("164.312(a)(2)(iv)", "credentials that protect ePHI are kept where they are encrypted"),
        Cite("164.308(a)(5)(ii)(D)", "credentials are kept apart from configuration that many may read"),
    ),
    tags=("nsa",),
    fix="Move the value to an ExternalSecret and mount the Secret that it makes.",
)
def check(config_map: Node) -> Iterator[Violation]:
    yield from chain(_found(config_map, field) for field in ("data", "binaryData"))


def _found(config_map: Node, field: str) -> Iterator[Violation]:
    entries = config_map.node(field)
    for key, value in entries.entries():
        kind = credential(key, _decoded(value) if field == "binaryData" else value)
        if kind:
            yield entries.fail(f"[{key}]", f"holds {kind}")


def _decoded(value: str) -> str:
    """The text in a base64 value; what is no text has no credential that could be recognised."""
    try:
        return b64decode(value).decode()
    except (Error, ValueError):
        return ""
