"""Access tokens for an IMAP account that takes no password: fetched as client credentials (RFC 6749, section 4.4), or
read from a file that something else keeps fresh.

The law of this file: it blocks, so it is called in a thread; a token is kept until shortly before its end; neither a
secret nor a token stands in any sentence.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sip.edges.mail.texts import clean

SECONDS = 20.0
EARLY = 120.0
USUAL_LIFE = 3600.0
_MOST = 100_000


class TokenError(Exception):
    """No token is to be had; the text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A file with a token in it."""

    path: Path

    def current(self) -> str:
        """Raises TokenError."""
        try:
            token = self.path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise TokenError(f"No token can be read from {self.path} ({why}); check SIP_IMAP_TOKEN_PATH.") from None
        if not token:
            raise TokenError(f"{self.path} is empty; whatever keeps the token fresh has to write it there.")
        return token

    def drop(self) -> None:
        """The server refused it; the file is read anew in any case."""


class _NoRedirect(HTTPRedirectHandler):
    """A secret goes where the setting says, and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(slots=True)
class TokenEndpoint:
    """Where tokens are fetched, and the one at hand."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    _token: str = field(default="", repr=False)
    _ends: float = 0.0

    def current(self) -> str:
        """The token at hand, or a new one. Raises TokenError."""
        if not self._token or monotonic() >= self._ends:
            self._token, life = self._fetch()
            self._ends = monotonic() + max(life - EARLY, life / 2)
        return self._token

    def drop(self) -> None:
        """The server refused it: the next one is fetched anew."""
        self._token = ""

    def _fetch(self) -> tuple[str, float]:
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.client_secret}
        if self.scope:
            form["scope"] = self.scope
        request = Request(self.url, urlencode(form).encode(), {"Accept": "application/json"})  # noqa: S310 - the setting lets https alone through
        try:
            with build_opener(_NoRedirect).open(request, timeout=SECONDS) as answer:
                said = json.loads(answer.read(_MOST))
            return str(said["access_token"]), float(said.get("expires_in", USUAL_LIFE))
        except HTTPError as error:
            with error:
                raise TokenError(self._refused(error)) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            why = getattr(getattr(error, "reason", error), "strerror", None) or "no token in its answer"
            raise TokenError(f"{self._host} gives no access token ({why}); check SIP_IMAP_TOKEN_URL.") from None

    def _refused(self, error: HTTPError) -> str:
        try:
            said = json.loads(error.read(_MOST))
            why = clean(f"{said['error']}: {said.get('error_description', '')}".rstrip(": "), 200)
        except (OSError, ValueError, KeyError, TypeError):
            why = f"HTTP {error.code}"
        why = why.replace(self.client_secret, "***") if self.client_secret else why
        return f"{self._host} gives no access token ({why}); check SIP_IMAP_CLIENT_ID and SIP_IMAP_CLIENT_SECRET."

    @property
    def _host(self) -> str:
        return urlsplit(self.url).netloc
