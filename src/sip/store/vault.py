"""What the installation's secret key keeps: inbound mail at rest, what signing in needs and what events are signed
with, by AES-256-GCM, short codes, the tokens of rooms and of forms, by HMAC-SHA-256 (rules, section 3, section 8 A5
and A8, section 19). Each has a key of its own, derived from it.
"""

import base64
import hmac
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class WrongKey(ValueError):  # noqa: N818 - said as one sentence
    """What is stored was written under another secret key, or was changed."""

    def __init__(self) -> None:
        super().__init__("What is stored cannot be read: SIP_SECRET_KEY is not the one it was stored under.")


class Vault:
    """Seals and opens; `about` is bound to the content, so that one row's content cannot stand in another's."""

    def __init__(self, secret_key: str) -> None:
        self._cipher = AESGCM(_derived(secret_key, b"sip inbound mail 1"))
        self._sign_in = AESGCM(_derived(secret_key, b"sip sign-in 1"))
        self._codes = _derived(secret_key, b"sip short code 1")
        self._rooms = _derived(secret_key, b"sip check-in 1")
        self._tries = _derived(secret_key, b"sip tries 1")
        self._hooks = AESGCM(_derived(secret_key, b"sip webhook 1"))
        self._forms = _derived(secret_key, b"sip survey form 1")

    def digest(self, code: str) -> bytes:
        """How a short code is kept: without the key nobody can try all there are."""
        return hmac.digest(self._codes, code.encode(), "sha256")

    def tried(self, kind: str, whom: str) -> bytes:
        """How it is kept who tried: without the key nobody can tell which address it was."""
        return hmac.digest(self._tries, f"{kind}\0{whom}".encode(errors="surrogatepass"), "sha256")

    def room(self, meeting_id: UUID) -> str:
        """The token of a meeting's check-in: 26 letters and digits, the same each time, so that showing it keeps
        nothing.
        """
        return base64.b32encode(hmac.digest(self._rooms, meeting_id.bytes, "sha256")).decode().lower()[:26]

    def form(self, area: str) -> str:
        """What the address of an area's form without a name ends with: 16 letters and digits, the same each time and on
        each paper, so that a form tells of no meeting.
        """
        return base64.b32encode(hmac.digest(self._forms, area.encode(), "sha256")).decode().lower()[:16]

    def hide(self, plain: bytes, about: bytes) -> bytes:
        """Seals what signing in needs: secrets of second factors, a provider's token, a try that a browser carries."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._sign_in.encrypt(nonce, plain, about)

    def show(self, hidden: bytes, about: bytes) -> bytes:
        """What `hide` sealed. Raises WrongKey."""
        try:
            return self._sign_in.decrypt(hidden[:_NONCE], hidden[_NONCE:], about)
        except (InvalidTag, ValueError):
            raise WrongKey from None

    def cover(self, secret: bytes, about: bytes) -> bytes:
        """Seals the secret that an endpoint's events are signed with."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._hooks.encrypt(nonce, secret, about)

    def uncover(self, covered: bytes, about: bytes) -> bytes:
        """What `cover` sealed. Raises WrongKey."""
        try:
            return self._hooks.decrypt(covered[:_NONCE], covered[_NONCE:], about)
        except (InvalidTag, ValueError):
            raise WrongKey from None

    def seal(self, plain: bytes, about: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Raises WrongKey."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
        except InvalidTag:
            raise WrongKey from None


def _derived(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret_key.encode())
