"""What is known about an object while its values are invented, and the source of everything that looks random.

All randomness comes from hashing a seed: the same object in the same account gets the same values in every session.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from hipaa_stack.sandbox.config import SandboxConfig

from .config import Scope
from .wire import Properties, Value, is_unknown

Related = Callable[[str, str], Properties]
"""(type, id) -> the outputs of a live object of the simulated account; empty when there is none."""

CREATED = "2025-01-01T00:00:00Z"
"""The time at which everything simulated came into being: a clock would make runs differ."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One object in the making."""

    token: str
    """Its type, such as `aws:ec2/vpc:Vpc`, or the token of the look-up."""
    label: str
    """Its logical name in the program."""
    scope: Scope
    inputs: Properties
    """Without secret marks."""
    seed: str
    session: SandboxConfig
    id: str = ""
    related: Related = field(default=lambda _type, _id: {})

    def hex(self, length: int, purpose: str = "") -> str:
        return hashlib.sha512(f"{self.seed}|{purpose}".encode()).hexdigest()[:length]

    def digits(self, length: int, purpose: str = "") -> str:
        number = int(self.hex(40, purpose), 16)
        return str(10 ** (length - 1) + number % (9 * 10 ** (length - 1)))

    def letters(self, length: int, purpose: str = "") -> str:
        """Upper-case letters and digits, as in ids of IAM."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        return "".join(alphabet[byte % 32] for byte in hashlib.sha512(f"{self.seed}|{purpose}".encode()).digest()[:length])

    def uuid(self, purpose: str = "") -> str:
        return str(uuid.UUID(self.hex(32, purpose), version=4))

    def text(self, name: str, default: str = "") -> str:
        """An input as text; the default when it is absent or unknown."""
        value = self.inputs.get(name)
        return default if value is None or isinstance(value, dict | list) or is_unknown(value) else str(value)

    @property
    def name(self) -> str:
        """The name in the cloud: the name-like input, or else the logical name."""
        return self.text("name") or self.label

    def fill(self, template: str, purpose: str = "") -> str:
        """Fills `{…}`: an input, or account, region, partition, dns, id, name, uuid, hexN, digitsN, lettersN, project_number."""
        return re.sub(r"\{(\w+)\}", lambda match: self._word(match[1], purpose), template)

    def _word(self, word: str, purpose: str) -> str:
        random = re.fullmatch(r"(hex|digits|letters)(\d+)", word)
        if random:
            return str(getattr(self, random[1])(int(random[2]), purpose))
        known: dict[str, Callable[[], str]] = {
            "account": lambda: self.scope.account,
            "region": lambda: self.scope.region,
            "partition": lambda: self.scope.partition,
            "dns": lambda: self.scope.dns_suffix,
            "id": lambda: self.id,
            "name": lambda: self.name,
            "uuid": lambda: self.uuid(purpose),
            "project_number": lambda: self.session.gcp_project_number,
        }
        return known[word]() if word in known else self.text(word)


Invented = str | Callable[[Facts], Value]
"""A template for `Facts.fill`, or a function."""


def invent(value: Invented, facts: Facts, purpose: str) -> Value:
    return facts.fill(value, purpose) if isinstance(value, str) else value(facts)
