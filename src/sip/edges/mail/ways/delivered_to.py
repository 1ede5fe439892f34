"""The envelope of a mail that lies in an IMAP account, read back from its headers: delivery has taken it off (RFC 5321,
section 4.4).

The law of this file: it never raises and always names a recipient; without a token of ours it is the service's own
address, and judging looks further (the calendar's ORGANIZER, the UID).
"""

import re
from functools import lru_cache

from sip.edges.mail.addresses import Home
from sip.edges.mail.received import mime
from sip.edges.mail.received.header_addresses import only_address
from sip.usecases.received.inbound import Envelope

# What a delivering server wrote about the recipient comes before what the sender wrote.
_BY_SERVERS = (
    "delivered-to", "x-original-to", "x-forwarded-to", "envelope-to", "x-envelope-to",
    "x-ms-exchange-organization-originalenveloperecipients",
)  # fmt: skip
_EXCHANGE = "x-ms-exchange-organization-"
_BY_SENDERS = ("resent-to", "to", "cc")
_HEADER_MOST = 256_000
UNKNOWN = "unknown"
"""The sender of a mail that names none."""
_END = re.compile(rb"\r?\n\r?\n")


def header_of(raw: bytes) -> bytes:
    """The header section alone."""
    start = raw[:_HEADER_MOST].lstrip(b"\xef\xbb\xbf\r\n \t")
    end = _END.search(start)
    return start if end is None else start[: end.end()]


def envelope_of(raw: bytes, home: Home) -> Envelope:
    """Who sent it, and which of our addresses it came to: all that stand in the first header that names one."""
    try:
        message = mime.parse_message(header_of(raw))
        return Envelope(_sender(message), _recipients(message, home) or (home.base,))
    except Exception:  # whatever the library raises on a broken header: the mail is kept all the same
        return Envelope(UNKNOWN, (home.base,))


def _sender(message: mime.Mail) -> str:
    """The return path, empty where a server has written the null one; else the author's address, if it can be told.

    Only what is known to be null is empty: an empty sender is a machine's (RFC 3834, section 2).
    """
    if "Return-Path" in message and mime.has_null_path(message):
        return ""
    return only_address(mime.written(message, "Return-Path")) or only_address(mime.written(message, "From")) or UNKNOWN


def _recipients(message: mime.Mail, home: Home) -> tuple[str, ...]:
    exchange = sorted({name.lower() for name in message if name.lower().startswith(_EXCHANGE)} - set(_BY_SERVERS))
    for name in (*_BY_SERVERS, *exchange, *_BY_SENDERS):
        found = [token for value in mime.headers(message, name) for token in _tokens(value, home)]
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def _tokens(value: str, home: Home) -> list[str]:
    """Our addresses with a token in it, however the header is written."""
    addresses = (match.group() for match in _addresses(home.domain).finditer(value))
    return [one.lower() for one in addresses if (read := home.read(one)) is not None and read.token]


@lru_cache(maxsize=8)
def _addresses(domain: str) -> re.Pattern[str]:
    return re.compile(rf"[a-z0-9.%+-]{{1,80}}@{re.escape(domain)}(?![a-z0-9.-]*[a-z0-9])", re.IGNORECASE)
