"""Asks a time stamping service (RFC 3161, section 3.4: HTTP) for a stamp of a day's head.

The law of this file: what comes is verified before it is kept; a service that is away, or says something else, is one
sentence, and is asked again at the next look. No connection to the database is held meanwhile (house, law 5).
"""

from dataclasses import dataclass

import httpx2

from sip.seal_stamp import QUERY, StampError, Stamps, asked

_SECONDS = 20.0
_MOST = 100_000


class StampAwayError(Exception):
    """No time stamp could be had: one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Stamper:
    """One service, and whose certificates it must answer under."""

    url: str
    stamps: Stamps

    async def stamp(self, head: str) -> bytes:
        """The token for this head's text, as it came. Raises StampAwayError."""
        query = asked(head)
        token = await self._sent(query.body)
        try:
            self.stamps.moment(token, head, query.nonce)
        except StampError as error:
            raise StampAwayError(f"The time stamping service gave no stamp that holds: {error}") from None
        return token

    async def _sent(self, body: bytes) -> bytes:
        try:
            async with (
                httpx2.AsyncClient(timeout=_SECONDS, follow_redirects=False) as client,
                client.stream("POST", self.url, content=body, headers={"content-type": QUERY}) as answer,
            ):
                answer.raise_for_status()
                token = b""
                async for part in answer.aiter_bytes():
                    token += part
                    if len(token) > _MOST:
                        raise StampAwayError("The time stamping service's answer is too long.")
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise StampAwayError(f"The time stamping service cannot be reached: {type(error).__name__}.") from None
        return token
