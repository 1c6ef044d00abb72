"""Filters of Cloud Logging: which share of an audit log one lets through.

Grammar: Cloud Logging documentation, "Logging query language". NOT binds before OR, OR before AND, and what stands side
by side is joined by AND. Comparisons ignore case, the names of operators do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple


class Share(IntEnum):
    """How much of a log fits a filter; the smaller one decides an AND, the larger one an OR."""

    NONE = 0
    UNSURE = 1
    """It depends on something that audit logs may have or not."""
    SOME = 2
    ALL = 3


class Reading(NamedTuple):
    """What a filter does with an audit log."""

    share: Share
    named: bool
    """True when it speaks of this log, or of what only audit logs have."""

    @property
    def touches(self) -> bool | None:
        """Whether entries of the log fit; None where that is not known."""
        if self.share is Share.UNSURE:
            return True if self.named else None
        return self.share is not Share.NONE


@lru_cache(maxsize=1024)  # every rule about logs asks for the same few filters
def read(text: str, log: str) -> Reading:
    """What a filter lets through of an audit log, which is given as in log names: `cloudaudit.googleapis.com%2Factivity`."""
    reader = _Reader(log.lower())
    try:
        return Reading(reader.whole(text), reader.named)
    except (_Malformed, RecursionError):
        return Reading(Share.UNSURE, "cloudaudit" in text.lower())


_TOKEN: Final = re.compile(
    r"""\s+|--[^\n]*                                              # between tokens
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<operator>>=|<=|!=|=~|!~|=|>|<|:)
    |(?P<mark>[(),])
    |(?P<word>(?:[^\s()"'=<>!:,~]|(?<=\.)"(?:[^"\\]|\\.)*")+)     # a path may have quoted parts
    """,
    re.VERBOSE,
)

_OPPOSITE: Final = {"!=": "=", "!~": "=~"}

_PODS: Final = frozenset({"k8s_container", "k8s_node", "k8s_pod"})
"""What GKE calls the sources of logs that workloads and nodes write; audit logs of a cluster come from `k8s_cluster`."""

_OTHER_PAYLOADS: Final = frozenset({"jsonpayload", "textpayload"})
"""What entries hold that are no audit logs: those have a `protoPayload`."""

_EVERY_SEVERITY: Final = frozenset({(">=", "default"), (">=", "debug"), (">=", "info"), (">", "default"), (">", "debug")})
"""Audit logs have the severities from INFO on."""

_PLAIN: Final = re.compile(r"[^\\^$*+?()\[\]{}|]*")
"""A regular expression that is nothing but the text it looks for."""


class _Malformed(Exception):  # noqa: N818 - never leaves this module
    """A filter that is not one."""


class _Reader:
    """Reads a filter from left to right, and reckons as it goes."""

    def __init__(self, log: str) -> None:
        self._log = log
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        self.named = False

    def whole(self, text: str) -> Share:
        self._tokens = list(_tokens(text))
        if not self._tokens:
            return Share.ALL
        share = self._conjunction()
        if self._at < len(self._tokens):
            raise _Malformed
        return share

    # Grammar -----------------------------------------------------------------------------------------------

    def _conjunction(self, field: str = "", operator: str = "") -> Share:
        """Parts that must all fit; with a field, the values of a group such as `logName=("a" OR "b")`."""
        share = self._disjunction(field, operator)
        while self._at < len(self._tokens) and self._next() != ("mark", ")"):
            self._skip(("word", "AND"))
            share = min(share, self._disjunction(field, operator))
        return share

    def _disjunction(self, field: str, operator: str) -> Share:
        share = self._unary(field, operator)
        while self._skip(("word", "OR")):
            share = max(share, self._unary(field, operator))
        return share

    def _unary(self, field: str, operator: str) -> Share:
        if self._skip(("word", "NOT")) or self._skip(("word", "-")):
            return _negated(self._unary(field, operator))
        kind, value = self._next()
        if kind == "word" and value.startswith("-") and not field:
            self._tokens[self._at] = (kind, value[1:])
            return _negated(self._unary(field, operator))
        return self._primary(field, operator)

    def _primary(self, field: str, operator: str) -> Share:
        kind, value = self._take()
        if (kind, value) == ("mark", "("):
            share = self._conjunction(field, operator)
            self._expect(")")
            return share
        if kind not in ("word", "text"):
            raise _Malformed
        if field:
            return self._compared(field, operator, _unquoted(value))
        if self._at < len(self._tokens):
            following, sign = self._next()
            if following == "operator":
                self._at += 1
                return self._values(value.lower().replace('"', ""), sign)
            if kind == "word" and sign == "(":
                return self._called(value.lower())
        return self._anywhere(_unquoted(value))

    def _values(self, field: str, operator: str) -> Share:
        if self._next() == ("mark", "("):
            return self._primary(field, operator)
        kind, value = self._take()
        if kind not in ("word", "text"):
            raise _Malformed
        return self._compared(field, operator, _unquoted(value))

    def _called(self, function: str) -> Share:
        self._expect("(")
        arguments: list[str] = []
        while self._next() != ("mark", ")"):
            kind, value = self._take()
            if (kind, value) == ("mark", "("):
                raise _Malformed
            arguments.append(_unquoted(value))
        self._expect(")")
        if function == "log_id" and len(arguments) == 1:
            return self._of_audit(Share.ALL if arguments[0].replace("/", "%2f") == self._log else Share.NONE)
        return Share.SOME if function == "sample" else Share.UNSURE

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _Malformed
        return self._tokens[self._at]

    def _take(self) -> tuple[str, str]:
        token = self._next()
        self._at += 1
        return token

    def _skip(self, token: tuple[str, str]) -> bool:
        found = self._next() == token if self._at < len(self._tokens) else False
        self._at += found
        return found

    def _expect(self, mark: str) -> None:
        if self._take() != ("mark", mark):
            raise _Malformed

    # What audit logs are like ------------------------------------------------------------------------------

    def _compared(self, field: str, operator: str, value: str) -> Share:
        if operator in _OPPOSITE:
            return _negated(self._compared(field, _OPPOSITE[operator], value))
        head = field.partition(".")[0]
        if head in ("logname", "log_name"):
            return self._by_name(operator, value)
        if head == "protopayload":
            return self._by_payload(field, operator, value)
        if head == "severity":
            return Share.ALL if (operator, value) in _EVERY_SEVERITY else Share.SOME
        of_others = head in _OTHER_PAYLOADS or (field == "resource.type" and operator in ("=", ":") and value in _PODS)
        return Share.NONE if of_others else Share.UNSURE

    def _by_name(self, operator: str, value: str) -> Share:
        name = f"/logs/{self._log}"
        tail = value[value.find("/logs/") :] if "/logs/" in value else value
        if operator == "=~":
            tail = re.sub(r"^\^?(\.\*)?|(\.\*)?\$?$", "", value.replace("\\.", ".").replace("\\/", "/"))
            if not _PLAIN.fullmatch(tail):
                self.named |= "cloudaudit" in value
                return Share.UNSURE
        elif operator not in ("=", ":"):
            return Share.UNSURE
        if tail == name or (operator != "=" and (tail in name or tail == "*")):
            return self._of_audit(Share.ALL)
        escaped = tail.replace("com/", "com%2f")  # log names have no plain slash in them
        owner_only = value.partition("/")[0] in ("projects", "folders", "organizations") and "/logs/" not in value
        return Share.UNSURE if owner_only or (escaped != tail and escaped in name) else Share.NONE

    def _by_payload(self, field: str, operator: str, value: str) -> Share:
        """Only audit logs have the payload AuditLog, so a filter on it is one of audit logs."""
        if field == "protopayload.@type":
            return self._of_audit(Share.ALL if "cloud.audit.auditlog" in value else Share.NONE)
        return self._of_audit(Share.ALL if (field, operator, value) == ("protopayload", ":", "*") else Share.SOME)

    def _anywhere(self, value: str) -> Share:
        """Text without a field fits wherever it stands in an entry, the name of the log included."""
        known = value in f"/logs/{self._log}" or value in self._log.replace("%2f", "/")
        return self._of_audit(Share.ALL) if known else Share.UNSURE

    def _of_audit(self, share: Share) -> Share:
        self.named |= share is not Share.NONE
        return share


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _Malformed
        if match.lastgroup:
            yield match.lastgroup, match[match.lastgroup]
        at = match.end()


def _unquoted(value: str) -> str:
    return (value[1:-1] if value[:1] in ("'", '"') else value).lower()


def _negated(share: Share) -> Share:
    return {Share.NONE: Share.ALL, Share.ALL: Share.NONE}.get(share, share)
