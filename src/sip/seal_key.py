"""The key that the heads of journal and access log are signed with: Ed25519 (RFC 8032).

The law of this file: no message ever repeats any of it. Where none is set it is derived from the installation's secret
key, so that heads are always signed.
"""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def parse_seal_key(value: object) -> object:
    """The value as it came, when it is such a key in PEM. Raises ValueError for any other."""
    _loaded(value.get_secret_value() if hasattr(value, "get_secret_value") else str(value))
    return value


def _loaded(pem: str) -> Ed25519PrivateKey:
    try:
        key: Any = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(
            "must be an Ed25519 key in PEM without a password; `openssl genpkey -algorithm ed25519` makes one, and it "
            "is best given as the name of a file that holds it"
        )
    return key


class SealKey:
    """Signs heads. `public` is what others verify by: 32 bytes."""

    def __init__(self, pem: str | None, secret_key: str) -> None:
        if pem is None:
            seed = HKDF(SHA256(), 32, salt=None, info=b"sip seals 1").derive(secret_key.encode())
            self._key = Ed25519PrivateKey.from_private_bytes(seed)
        else:
            self._key = _loaded(pem)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, text: str) -> bytes:
        """The signature of a head's text: 64 bytes."""
        return self._key.sign(text.encode())


def is_signed(text: str, signature: bytes, public: bytes) -> bool:
    """Whether this is the signature of that text under this public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
