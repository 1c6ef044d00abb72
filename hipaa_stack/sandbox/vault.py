"""Secrets of a sandbox: a passphrase of its own, and simulated values where the real ones cannot be decrypted.

Stack files and exported states hold secrets that were encrypted with keys a sandbox must not have. Each is replaced by a
simulated secret, encrypted the way Pulumi's passphrase provider does it: AES-256-GCM under a key derived by PBKDF2 with
SHA-256 and 1,000,000 rounds (https://www.pulumi.com/docs/iac/concepts/secrets/).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SIMULATED_SECRET = "simulated-secret"  # noqa: S105 - stands for a secret, is none
"""What a program sees instead of a secret that was encrypted for somebody else."""

_ROUNDS = 1_000_000


@dataclass(frozen=True)
class Vault:
    """The passphrase of one sandbox and what is derived from it."""

    passphrase: str
    key: str
    """Base64 of the derived key, kept because deriving it takes a quarter of a second."""
    salt: str
    """The `encryptionsalt` of every stack file of the sandbox."""

    @classmethod
    def open(cls, directory: Path) -> Vault:
        """The vault of the sandbox in `directory`, made on first use."""
        file = directory / "vault.json"
        if file.exists():
            return cls(**json.loads(file.read_text()))
        passphrase, salt = secrets.token_hex(16), secrets.token_bytes(8)
        key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ROUNDS)
        state = f"v1:{base64.b64encode(salt).decode()}:{_encrypt(key, 'pulumi')}"
        vault = cls(passphrase, base64.b64encode(key).decode(), state)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            json.dump(asdict(vault), stream)
        return vault

    def encrypt(self, plaintext: str) -> str:
        """The ciphertext as stack files and states hold it."""
        return _encrypt(base64.b64decode(self.key), plaintext)


def _encrypt(key: bytes, plaintext: str) -> str:
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(key).encrypt(nonce, plaintext.encode(), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"
