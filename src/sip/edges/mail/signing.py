"""Signs mails of those whose relay does not (DKIM, RFC 6376), with dkimpy.

The law of this file: a mail is signed once, when it is composed, so that a repeat is the same to the byte. Both parts
are canonicalised `relaxed`, for relays fold headers anew and strip white space; what a mail has once, and what decides
how it is read, cannot be added a second time by others (RFC 6376, section 8.15): it is signed once more than it is
there.
"""

import re

import dkim

_RELAXED = (b"relaxed", b"relaxed")
_ONCE_MORE = (b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")
_AS_THERE = (
    b"in-reply-to", b"references", b"auto-submitted", b"content-language",
    b"list-unsubscribe", b"list-unsubscribe-post",  # RFC 8058, section 4 wants both signed
)  # fmt: skip


class Signer:
    """Signs for one domain with one key (PEM, PKCS #1) under one selector."""

    def __init__(self, domain: str, selector: str, key: bytes) -> None:
        self._domain, self._selector, self._key = domain.encode("ascii"), selector.encode("ascii"), key

    def signed(self, data: bytes) -> bytes:
        """The mail with its signature before it; the rest is untouched."""
        head = data.partition(b"\r\n\r\n")[0]
        there = {name.lower() for name in re.findall(rb"^([!-9;-~]+):", head, re.MULTILINE)}
        names = [name for name in _ONCE_MORE + _AS_THERE if name in there] + list(_ONCE_MORE)
        signature: bytes = dkim.sign(
            data, self._selector, self._domain, self._key, canonicalize=_RELAXED, include_headers=names
        )
        return signature + data
