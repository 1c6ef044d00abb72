"""Values for properties that no table names: the default that the documentation states, or a shape that fits the name."""

from __future__ import annotations

import re
from collections.abc import Callable

from .certificates import authority
from .facts import CREATED, Facts
from .schema import Field, Kind
from .wire import Value

_DEFAULT = re.compile(r"[Dd]efault(?:s to| value is| is| value:|:)\s*(?:the value\s*)?[`\"]([^`\"]+)[`\"]")

MARK = "simulated"
"""Stands in invented names and texts, so that a reader of a state or report sees what they are."""


def documented_default(field: Field) -> Value:
    """The default of a property as its documentation states it; None when it states none."""
    stated = _DEFAULT.search(field.doc)
    if stated is None:
        return None
    text = stated[1]
    if field.type.kind is Kind.BOOLEAN:
        return {"true": True, "false": False}.get(text.lower())
    if field.type.kind in {Kind.INTEGER, Kind.NUMBER}:
        return int(text) if re.fullmatch(r"-?\d+", text) else None
    return text if field.type.kind is Kind.STRING and re.fullmatch(r"[\w.:/-]+", text) else None


def plausible_text(name: str, path: str, facts: Facts) -> str:
    """A text whose shape fits the property's name."""
    for pattern, shape in _SHAPES:
        if pattern.search(name):
            return shape(facts, path)
    return f"{MARK}-{facts.hex(12, path)}"


def _id(facts: Facts, path: str) -> str:
    return facts.digits(19, path) if facts.token.startswith("gcp:") else facts.hex(17, path)


def _arn(facts: Facts, path: str) -> str:
    area = facts.token.split(":")[1].split("/")[0]
    kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", path.rsplit(".", 1)[-1].removesuffix("Arn")).lower() or "resource"
    return facts.fill(f"arn:{{partition}}:{area}:{{region}}:{{account}}:{kind}/{MARK}-{{hex12}}", path)


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[Facts, str], str]], ...] = (
    (re.compile(r"^ipv6|Ipv6|Prefix$"), lambda *_: ""),  # not in use unless a program says so
    (re.compile(r"(^a|A)rn$"), _arn),
    (re.compile(r"^(ownerId|(awsA|a)ccountId|registryId|projectId|ownerAccount(Id)?)$"), lambda facts, _: facts.scope.account),
    (re.compile(r"^projectNumber$"), lambda facts, _: facts.session.gcp_project_number),
    (re.compile(r"(^r|R)egion$"), lambda facts, _: facts.scope.region),
    (re.compile(r"(^a|A)vailabilityZone$"), lambda facts, _: facts.scope.region + "a"),
    (re.compile(r"^(zone|location)$"), lambda facts, _: facts.scope.region + ("-a" if facts.token.startswith("gcp:") else "a")),
    (re.compile(r"(Cert|Certificate|Pem)$|^(certificate|pem|caCert)"), lambda _facts, path: authority(f"{MARK} {path[-40:]}")),
    (re.compile(r"(At|Time|Date|Timestamp)$|^(timestamp)$"), lambda *_: CREATED),
    (re.compile(r"(^s|S)tat(us|e)$"), lambda *_: "ACTIVE"),
    (re.compile(r"(?i)(etag|fingerprint|hash|checksum|sha256|md5)$"), lambda facts, path: facts.hex(32, path)),
    (re.compile(r"(?i)email$"), lambda facts, path: facts.fill(f"{MARK}-{{hex8}}@{MARK}.example", path)),
    (re.compile(r"(?i)uri$|url$"), lambda facts, path: facts.fill(f"https://{MARK}-{{hex8}}.{{region}}.example", path)),
    (re.compile(r"(?i)(endpoint|dnsname|domainname|domain|hostname|fqdn)$"), lambda facts, path: facts.fill(f"{MARK}-{{hex8}}.{{region}}.example", path)),
    (re.compile(r"(?i)(ipaddress|^ip|publicip|gateway)$"), lambda facts, path: f"198.51.100.{1 + int(facts.hex(4, path), 16) % 254}"),
    (re.compile(r"(?i)cidr(block)?$"), lambda *_: "198.51.100.0/24"),
    (re.compile(r"(?i)(password|secret|token)$|(^k|K)ey$"), lambda facts, path: facts.hex(40, path)),
    (re.compile(r"(^v|V)ersion(Id)?$"), lambda *_: "1"),
    (re.compile(r"(^i|I)d$"), _id),
    (re.compile(r"^name$"), lambda facts, _: facts.name),
)  # fmt: skip
