"""User data can be read by every process on the machine and by everybody who may describe it; it is no place for credentials."""

import re
import zlib
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, read_each
from hipaa_stack.rules._credentials import Credential, credential, credential_in
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.ec2._launch import INSTANCE, TEMPLATE

_ASSIGNED: Final = re.compile(r"""(?<![\w.-])([\w.-]{1,128})["']?[ \t]{0,8}[:=][ \t]{0,8}(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'`,;]+))""")
"""A name and what it is set to, as shells, YAML, TOML and JSON write it."""

_EXPANDED: Final = ("$", "`", "!")
"""Beginnings of what a shell or a template fills in."""

_GZIP: Final = b"\x1f\x8b"
_LARGEST: Final = 1_000_000
"""Bytes; user data have 16 kilobytes at most, before they are decompressed."""


@rule(
    id="AWS-EC2-006",
    title="User data holds no credential",
    severity=Severity.HIGH,
    types=(TEMPLATE, INSTANCE),
    cites=(
        Cite("164.308(a)(5)(ii)(D)", "credentials are kept where they are guarded and changed"),
        Cite("164.312(a)(2)(iv)", "credentials that protect ePHI are nowhere in plain text"),
    ),
    fix="Let the machine fetch the credential by its role, from Secrets Manager for instance.",
)
def check(launch: Node) -> Iterator[Violation]:
    for path, data in read_each(launch.string, "userData", "userDataBase64"):
        encoded = path == "userDataBase64" or launch.resource.rule_type == TEMPLATE
        kind = _credential(_decoded(data) if encoded else data)
        if kind:
            yield launch.fail(path, f"holds {kind}")


def _credential(text: str) -> Credential | None:
    found = credential_in(text)
    if found:
        return found
    for name, double, single, bare in _ASSIGNED.findall(text):
        value = double or single or bare
        kind = None if value.startswith(_EXPANDED) else credential(name, value)
        if kind:
            return kind
    return None


def _decoded(data: str) -> str:
    """The text, also where it is compressed; as it stands where it is no base64."""
    try:
        content = b64decode(data)
        if content.startswith(_GZIP):
            content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, _LARGEST)
    except (Error, ValueError, zlib.error):
        return data
    return content.decode(errors="replace")
