"""Sending an event to another system's address by HTTPS.

The law of this file: it connects to an address it has judged itself, never to a name that may lead elsewhere the next
moment; it follows no redirect, goes through no proxy of the environment, and reads nothing of what is answered but the
status and how long to rest (rules, section 19 W4).
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

import httpx2

from sip.domain.endpoint import TRY_SECONDS, HookAnswer, HookTrouble, Network, reachable, url_problem

_CONNECT_SECONDS = 5.0
_ADDRESSES = 2
"""How many addresses of a name are tried."""


class CallerOut:
    """Sends to public addresses, and to those of the networks that the installation names."""

    def __init__(self, allowed: Sequence[Network] = (), context: ssl.SSLContext | None = None) -> None:
        self._allowed = tuple(allowed)
        self._context = context or ssl.create_default_context()

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        """One try; trouble on the way is an answer."""
        try:
            async with asyncio.timeout(TRY_SECONDS):
                return await self._send(url, headers, body)
        except (TimeoutError, httpx2.TimeoutException):
            return HookAnswer(trouble=HookTrouble.TIMEOUT)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return HookAnswer(trouble=HookTrouble.TLS if _is_tls(error) else HookTrouble.CONNECTION)

    async def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        if url_problem(url, self._allowed) is not None:
            return HookAnswer(trouble=HookTrouble.ADDRESS)
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            return HookAnswer(trouble=HookTrouble.NAME)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        # One that is not allowed spoils them all: such a name is no other system's.
        if not addresses or not all(reachable(ipaddress.ip_address(one), self._allowed) for one in addresses):
            return HookAnswer(trouble=HookTrouble.ADDRESS)
        last = addresses[:_ADDRESSES][-1]
        for address in addresses[:_ADDRESSES]:
            try:
                return await self._post(parts.netloc, host, _at(url, address, port), headers, body)
            except httpx2.ConnectError:
                if address == last:
                    raise
        raise AssertionError(addresses)

    async def _post(self, netloc: str, host: str, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        sent = {"host": netloc, "content-type": "application/json", "user-agent": "SIP", **headers}
        timeout = httpx2.Timeout(TRY_SECONDS, connect=_CONNECT_SECONDS)
        async with httpx2.AsyncClient(
            verify=self._context, trust_env=False, follow_redirects=False, timeout=timeout
        ) as client:
            asked = client.build_request("POST", url, headers=sent, content=body, extensions={"sni_hostname": host})
            answer = await client.send(asked, stream=True)
            await answer.aclose()
        return HookAnswer(answer.status_code, rest=_rest(answer.headers))


def _at(url: str, address: str, port: int) -> str:
    """The same address, at the machine that was judged."""
    parts = urlsplit(url)
    where = f"[{address}]" if ":" in address else address
    return urlunsplit((parts.scheme, f"{where}:{port}", parts.path or "/", parts.query, ""))


def _rest(said: Mapping[str, str]) -> timedelta | None:
    """How long Retry-After asks to be left alone: seconds, or a date, by the server's own clock (RFC 9110, section
    10.2.3).
    """
    rest = said.get("retry-after", "").strip()
    if rest.isascii() and rest.isdecimal():
        return timedelta(seconds=int(rest[:6]))
    try:
        return parsedate_to_datetime(rest) - parsedate_to_datetime(said.get("date", ""))
    except (ValueError, TypeError):
        return None


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
