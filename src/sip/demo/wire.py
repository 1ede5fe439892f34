"""HTTP from the standard library, kept open, with cookies: what the browser and the convener's program both stand on.

The law of this file: one connection, one request at a time; a connection the server has closed is opened once more.
"""

import http.client
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit


@dataclass(frozen=True, slots=True)
class Got:
    """What a server answered."""

    status: int
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class Wire:
    """A kept connection to one server. Not for several threads at once."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        parts = urlsplit(self.base_url)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=30)
        self.cookies: dict[str, str] = {}

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def ask(self, method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Got:
        """One request; redirects are not followed. Raises OSError when nobody answers."""
        full = urljoin(f"{self.base_url}/", url)
        parts = urlsplit(full)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            response = self._once(method, path, body, sent)
        except (ConnectionError, http.client.BadStatusLine):
            self._connection.close()
            response = self._once(method, path, body, sent)
        content = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Got(response.status, full, {k.lower(): v for k, v in response.headers.items()}, content)

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()
