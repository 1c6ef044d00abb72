"""With which identity the program deploys, as far as the configuration of its AWS provider says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

OTHERS: Final = ("aws:accessKey", "aws:secretKey", "aws:token", "aws:sharedCredentialsFiles", "aws:sharedConfigFiles")
"""Configuration that gives the provider credentials of its own (Pulumi registry, configuration of aws)."""

ROLES: Final = ("aws:assumeRoles", "aws:assumeRole", "aws:assumeRoleWithWebIdentity")
"""Configuration that gives it another role; the first one here is the last that is taken."""


@dataclass(frozen=True)
class Provider:
    """What the configuration of the AWS provider says of identities."""

    profile: str | None = None
    """Profile of the AWS configuration (aws:profile)."""
    others: tuple[str, ...] = ()
    """What gives it other credentials than those that are found here."""
    assumes: str | None = None
    """The configuration by which it takes another role."""
    role: str | None = None
    """ARN of that role, where it is said."""
    allowed: tuple[str, ...] = ()
    """Ids of the accounts that it may work in; empty for every one."""
    forbidden: tuple[str, ...] = ()
    """Ids of accounts that it may not work in."""

    @classmethod
    def of(cls, configured: Callable[[str], Any]) -> Provider:
        """Takes what the configuration has under a key; lists and mappings may be JSON in a text."""
        said = {key: _parsed(configured(key)) for key in (*OTHERS, *ROLES)}
        assumes = next((key for key in ROLES if said[key]), None)
        profile = configured("aws:profile")
        return cls(
            profile=profile if isinstance(profile, str) and profile else None,
            others=tuple(key for key in OTHERS if said[key]),
            assumes=assumes,
            role=_role(said[assumes]) if assumes else None,
            allowed=_accounts(configured("aws:allowedAccountIds")),
            forbidden=_accounts(configured("aws:forbiddenAccountIds")),
        )

    def refuses(self, account: str) -> bool:
        """Whether the provider works in no such account."""
        return account in self.forbidden or bool(self.allowed and account not in self.allowed)


def _role(said: Any) -> str | None:
    last = said[-1] if isinstance(said, list) else said
    role = last.get("roleArn") if isinstance(last, Mapping) else None
    return role if isinstance(role, str) else None


def _accounts(said: Any) -> tuple[str, ...]:
    found = _parsed(said)
    return tuple(str(item).zfill(12) for item in found) if isinstance(found, list) else ()


def _parsed(said: Any) -> Any:
    if not isinstance(said, str):
        return said
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        return said
