"""Inbound mail at rest: AES-256-GCM under a key derived from the installation's secret key (rules, section 3)."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class WrongKey(ValueError):  # noqa: N818 - said as one sentence
    """What is stored was written under another secret key, or was changed."""

    def __init__(self) -> None:
        super().__init__("A stored mail cannot be read: SIP_SECRET_KEY is not the one it was stored under.")


class Vault:
    """Seals and opens; `about` is bound to the content, so that one row's content cannot stand in another's."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"sip inbound mail 1").derive(secret_key.encode())
        self._cipher = AESGCM(derived)

    def seal(self, plain: bytes, about: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Raises WrongKey."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
        except InvalidTag:
            raise WrongKey from None
