"""Certificates of simulated services: real X.509, the same bytes for the same name, private key thrown away."""

from __future__ import annotations

import base64
import functools
import hashlib
from datetime import UTC, datetime


@functools.cache
def authority(name: str) -> str:
    """PEM of a self-signed certificate authority; nothing can ever be signed by it."""
    from cryptography import x509  # noqa: PLC0415  most sessions need no certificate
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    digest = hashlib.sha256(name.encode()).digest()
    key = Ed25519PrivateKey.from_private_bytes(digest)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(digest[:8]) >> 1 | 1)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, None)
    )
    return certificate.public_bytes(Encoding.PEM).decode()


def authority_base64(name: str) -> str:
    """Base64 of the PEM, as kubeconfig files and cluster APIs carry it."""
    return base64.b64encode(authority(name).encode()).decode()
