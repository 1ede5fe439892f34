"""The private key that mail is signed with (DKIM, RFC 6376, 8301): read, checked, and what the DNS must say of it.

The law of this file: a key is RSA of at least 2048 bits, and no message ever repeats any of it.
"""

import base64
import re
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

LEAST_BITS = 2048
_SELECTOR = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE
)


def parse_selector(value: object) -> str:
    """The name of the key under `_domainkey`. Raises ValueError for what is no such name."""
    text = str(value).strip().lower()
    if len(text) > 63 or not _SELECTOR.fullmatch(text):
        raise ValueError("must be a name of letters, digits and hyphens, such as sip2026")
    return text


def parse_private_key(value: object) -> object:
    """The value as it came, when it is such a key in PEM."""
    text = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
    _loaded(text)
    return value


def _loaded(pem: str) -> rsa.RSAPrivateKey:
    try:
        key: Any = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        raise ValueError(
            "must be a private key in PEM without a password; `openssl genrsa 2048` makes one, and it is best given as "
            "the name of a file that holds it"
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"must be an RSA key of at least {LEAST_BITS} bits")
    return key


def pem_of(pem: str) -> bytes:
    """The key as PKCS #1, the form that every signer reads."""
    return _loaded(pem).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def public_key(pem: str) -> str:
    """The `p=` of its record: the public key, DER in base64."""
    public = _loaded(pem).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def record_of(pem: str) -> str:
    """The whole TXT record."""
    return f"v=DKIM1; k=rsa; p={public_key(pem)}"


def is_record_of(record: str, pem: str) -> bool:
    """Whether a TXT record found in the DNS is this key's."""
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";") if "=" in part)
    found = {name.strip(): re.sub(r"\s", "", value) for name, value in tags.items()}
    return found.get("p") == public_key(pem) and found.get("k", "rsa") == "rsa" and found.get("v", "DKIM1") == "DKIM1"
