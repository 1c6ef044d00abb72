"""Which literal values are credentials: by the name that they stand under, or by the form of the value itself.

Every expression takes time linear in the value: starts are bounded by what stands before them, repetitions never give
back what they took. Token forms are those that the issuers document (AWS, GitHub, GitLab, Slack, RFC 7468, RFC 7519).
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Credential(StrEnum):
    """How a credential was recognised; the text completes `holds …`, and never has the value in it."""

    NAMED = "a literal value under the name of a credential"
    AWS_KEY = "an AWS access key id"
    PRIVATE_KEY = "a private key"
    WEB_TOKEN = "a JSON Web Token"  # noqa: S105 - a description
    GITHUB_TOKEN = "a GitHub token"  # noqa: S105 - a description
    GITLAB_TOKEN = "a GitLab token"  # noqa: S105 - a description
    SLACK_TOKEN = "a Slack token"  # noqa: S105 - a description
    URL_PASSWORD = "a URL with a password in it"  # noqa: S105 - a description


def credential(name: str, value: object) -> Credential | None:
    """How a value under a name is recognised as a literal credential; None when it is none.

    References (`$(VAR)`, `${VAR}`, templates), paths, names of objects, switches and addresses are none, and neither
    is anything but text and numbers. The result never holds the value.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = value if isinstance(value, str) else str(value)
    return credential_in(text) or (Credential.NAMED if _is_literal(name, text) else None)


def credential_in(value: str) -> Credential | None:
    """The credential that a text is, or holds, whatever its name."""
    if len(value) >= _SHORTEST:
        for mark, form, kind in _FORMS:
            if mark in value and form.search(value):
                return kind
    if "://" in value and any(not _REFERENCE.search(found[1]) for found in _URL_PASSWORD.finditer(value)):
        return Credential.URL_PASSWORD
    return None


# The form of a value -------------------------------------------------------------------------------------------

_SHORTEST: Final = 16
"""Characters; the credentials of `_FORMS` are longer."""

_AWS_KEY = re.compile(r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])")
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_WEB_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]{8}", re.ASCII)
_GITHUB_TOKEN = re.compile(r"(?<![A-Za-z0-9_])(?:gh[oprsu]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{36})")
_GITLAB_TOKEN = re.compile(r"(?<![\w-])gl(?:pat|dt|rt|ptt|ft|agent|cbt|oas|soat)-[\w-]{20}", re.ASCII)
_SLACK_TOKEN = re.compile(r"(?<![\w-])(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{10}", re.ASCII)
_URL_PASSWORD = re.compile(r"://[^\s/?#:@\"'<>]*+:([^\s/?#@\"'<>]++)@")

_FORMS: Final = (
    ("AKIA", _AWS_KEY, Credential.AWS_KEY),
    ("ASIA", _AWS_KEY, Credential.AWS_KEY),
    ("PRIVATE KEY", _PRIVATE_KEY, Credential.PRIVATE_KEY),
    ("eyJ", _WEB_TOKEN, Credential.WEB_TOKEN),
    ("gh", _GITHUB_TOKEN, Credential.GITHUB_TOKEN),
    ("github_pat_", _GITHUB_TOKEN, Credential.GITHUB_TOKEN),
    ("gl", _GITLAB_TOKEN, Credential.GITLAB_TOKEN),
    ("xox", _SLACK_TOKEN, Credential.SLACK_TOKEN),
    ("xapp-", _SLACK_TOKEN, Credential.SLACK_TOKEN),
)
"""A substring that costs some 20 ns to look for, the expression that decides where it is found, and the kind.

The more frequent of two spellings stands in rows of its own, so that no row needs two substrings."""

# The name of a value -------------------------------------------------------------------------------------------


class _Name(StrEnum):
    """What a name says of its value."""

    NOTHING = "nothing"
    PASSWORD = "password"  # noqa: S105 - a kind of name
    TOKEN = "token"  # noqa: S105 - a kind of name
    SECRET = "secret"  # noqa: S105 - a kind of name
    """A secret, unless the value is the name of a Secret or of a key in one."""
    CONNECTION = "connection"


_LONGEST_NAME: Final = 256
"""Characters; of a longer name only the end is looked at."""

_TELLING = re.compile(
    r"(?P<password>passw(?:or)?d|passphrase|(?<=[_.-])pwd\b)"
    r"|(?P<connection>conn(?:ection)?[_.-]?str)"
    r"|(?P<token>token(?!i[sz])|api[_.-]?key)"
    r"|(?P<secret>secret(?!ar)|credential|(?:private|access)[_.-]?key)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Z]++(?![a-z])|[A-Z]?[a-z]++|[A-Z]++|[0-9]++")

_DESCRIBES: Final = frozenset(
    "account addr address age algorithm annotation annotations arn attempts audience backend bytes cert class conf config count crt days "  # noqa: SIM905 - reads better than a list
    "dir directory disable disabled driver enable enabled encoding endpoint engine exists expiration expires expiry file filename files "
    "folder format group header help helper hint host hostname hours id ids ini interval issuer json key keys label labels length level "
    "lifetime limit link location manager max message method min minutes mode mount name names namespace objects owner page path period "
    "plugin policy port prefix project property provider pub public ref reference refresh refs region request requests required reset "
    "review role rotate rotation scope seconds selector server service size source state status store strategy suffix template timeout "
    "title toml ttl type uri url usage user username validation validity verification version xml yaml yml".split()
)
"""Last words of names that say something about a credential: where it is, how old it may become, what it is called."""

_KEYS: Final = frozenset({"access", "api", "private", "secret", "signing", "encryption"})
"""Words before `key` that make it a credential rather than the key of an entry."""


@lru_cache(maxsize=4096)
def _kind(name: str) -> _Name:
    name = name[-_LONGEST_NAME:]
    found = _TELLING.search(name)
    if found is None:
        return _Name.NOTHING
    words = [word.lower() for word in _WORD.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    last, before = (words or [""])[-1], (words[-2:-1] or [""])[0]
    if last in _DESCRIBES and not (last in ("key", "keys") and before in _KEYS):
        return _Name.NOTHING
    if last.startswith("secret") and {"existing", "pull"} & set(words):
        return _Name.NOTHING  # existingSecret, imagePullSecrets: names of Secrets
    return _Name(str(found.lastgroup))


# A value under such a name -------------------------------------------------------------------------------------

_REFERENCE = re.compile(r"\$\(|\$\{|\{\{|\$[A-Za-z_]|\A<[^<>]{1,64}>\Z|\A%[a-z]\Z")
"""A Kubernetes, shell or template variable, or a placeholder, anywhere in the value."""
_PATH = re.compile(r"(?:[A-Za-z]:\\|\.{0,2}/|~/|arn:|projects/)[\w./\\:@*-]*+")
_OBJECT_NAME = re.compile(r"[a-z0-9]++(?:[.-][a-z0-9]++)*+")
_SWITCHES: Final = frozenset({"true", "false", "yes", "no", "on", "off", "none", "null", "nil", "auto", "default", "enabled", "disabled"})
_NAME_WORDS: Final = frozenset(
    {"cert", "config", "cred", "creds", "credential", "credentials", "key", "keys", "password", "secret", "secrets"}
)
_ASSIGNMENT = re.compile(r"(?:password|pwd|key|secret|signature|sig|token)\s{0,4}=", re.IGNORECASE)


def _is_literal(name: str, value: str) -> bool:
    kind = _kind(name)
    if kind is _Name.NOTHING:
        return False
    value = value.strip()
    if not value or value.lower() in _SWITCHES or _REFERENCE.search(value) or _PATH.fullmatch(value):
        return False
    if kind is _Name.CONNECTION or "://" in value:
        return _ASSIGNMENT.search(value) is not None
    if kind is _Name.PASSWORD:
        return True
    return not _is_number(value) and not (kind is _Name.SECRET and _names_an_object(value))


def _is_number(value: str) -> bool:
    """True for a count, a size or a time, such as the 4096 of MAX_TOKENS."""
    return len(value) <= _LONGEST_NUMBER and value.replace(".", "", 1).removeprefix("-").isdigit()


_LONGEST_NUMBER: Final = 12


def _names_an_object(value: str) -> bool:
    """True for the name of a Kubernetes object (RFC 1123) with a word in it that says what the object holds."""
    if len(value) > _LONGEST_NAME or not _OBJECT_NAME.fullmatch(value):
        return False
    return not _NAME_WORDS.isdisjoint(value.replace(".", "-").split("-")[1:]) or value in ("password", "username")
