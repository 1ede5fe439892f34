"""The parts and headers of a received mail, read so that no bytes whatever can raise or run away.

The old policy of the standard library (compat32) is used on purpose: its headers are plain text, where the newer one
parses on access and raises on some malformed ones. Limits: the size is the receiver's; here 16 levels, 100 parts, and
headers cut before the library reads their parameters, which costs it the square of their length.
"""

import codecs
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from sip.edges.mail.received import smime
from sip.usecases.received.parsed import Broken

MAX_DEPTH = 16
MAX_PARTS = 100
MAX_WORK = 3_000_000
MAX_HEADER = 8_000
MAX_SAME_HEADERS = 100
# Codecs of Python that no mail is written in; the first two take the square of the length.
_NO_CHARSETS = ("punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined")
_SIGNED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_HEAD_END = re.compile(rb"\n\r?\n")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
Mail: TypeAlias = "Message[str, str]"


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf, or a message carried inside: its type in lower case, and whether it lies inside another message."""

    content_type: str
    inside: bool
    message: Mail


class _Cut(policy.Compat32):
    """compat32 with headers of bounded length and no space at their end, which hid an encoding from the library."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER].rstrip()


_POLICY = _Cut()


def parse_message(raw: bytes) -> Mail:
    """The message. Leading blank lines and a byte order mark, which some gateways add, are passed over."""
    return message_from_bytes(_line_ends(raw.lstrip(b"\xef\xbb\xbf\r\n \t")), policy=_POLICY)


def _line_ends(raw: bytes) -> bytes:
    """Doubled CRs as one, and a bare CR in the head as a space: the library takes it for the end of the line."""
    if b"\n" not in raw:
        return raw.replace(b"\r", b"\n")
    raw = re.sub(rb"\r{2,}\n", b"\r\n", raw) if b"\r\r\n" in raw else raw
    end = _HEAD_END.search(raw)
    head = raw if end is None else raw[: end.end()]
    return re.sub(rb"\r(?!\n)", b" ", head) + raw[len(head) :]


def is_costly(raw: bytes) -> bool:
    """Whether reading it could hold up everything else: the library tries each line against every open boundary."""
    nested = sum(raw.lower().count(name) for name in (b"multipart/", b"message/"))
    return raw.count(b"\n") * (nested + 1) > MAX_WORK


def parts_of(message: Mail) -> tuple[list[Part], Broken | None]:
    """All parts in order, as many as the limits let through."""
    found: list[Part] = []
    waiting: list[tuple[Mail, int, bool]] = [(message, 0, False)]
    seen = 0
    while waiting:
        part, depth, inside = waiting.pop()
        seen += 1
        if depth > MAX_DEPTH or seen > MAX_PARTS:
            return found, Broken.TOO_DEEP
        content_type = part.get_content_type().lower()
        signed = smime.content(payload(part)) if content_type in _SIGNED else None
        if signed is not None and not is_costly(signed):
            waiting.append((parse_message(signed), depth + 1, inside))
            continue
        children = part.get_payload() if part.is_multipart() else None
        if isinstance(children, list):
            within = inside or content_type.startswith("message/")
            if content_type in ("message/delivery-status", "message/global-delivery-status"):
                found.append(Part(content_type, inside, part))
                continue
            inner = [child for child in children if isinstance(child, Message)]
            if content_type.startswith("message/"):
                found += [Part(content_type, inside, child) for child in inner[:1]]
            waiting.extend((child, depth + 1, within) for child in reversed(inner))
        else:
            found.append(Part(content_type, inside, part))
    return found, None


def payload(part: Mail) -> bytes:
    """The decoded bytes of a leaf; of what cannot be decoded, as it stands."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, AssertionError):
        data = None
    if isinstance(data, bytes):
        return data
    text = part.get_payload()
    return text.encode("utf-8", "replace") if isinstance(text, str) else b""


def decoded(data: bytes, charset: str | None) -> str:
    """Bytes as text: UTF-8 whatever is declared, if they are that; else as declared; else as Windows writes them."""
    wide = _wide(data, charset)
    for name in (wide, "utf-8-sig", charset, "cp1252", "latin-1"):
        try:
            if name and codecs.lookup(name).name not in _NO_CHARSETS:
                return data.decode(name)
        except (UnicodeError, LookupError, ValueError):
            continue
    return ""


def _wide(data: bytes, charset: str | None) -> str | None:
    """UTF-16 and UTF-32 are valid UTF-8 with a NUL beside each letter, so they go first where they are said or seen."""
    if charset and charset.lower().startswith(("utf-16", "utf-32")):
        return charset
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def header(message: Mail, name: str) -> str:
    """The first header of that name as text on one line, encoded words decoded; empty when there is none."""
    return next(headers(message, name), "")


def headers(message: Mail, name: str) -> Iterator[str]:
    """All headers of that name."""
    for value in written(message, name):
        yield _decoded(value)


def written(message: Mail, name: str) -> Iterator[str]:
    """All headers of that name as they stand, nothing decoded: for addresses, which no encoded word can hold."""
    for value in message.get_all(name, [])[:MAX_SAME_HEADERS]:
        yield str(value)


def parameter(message: Mail, name: str) -> str | None:
    """A parameter of Content-Type in any case of its name."""
    try:
        value = message.get_param(name)
    except (ValueError, TypeError, LookupError):
        return None
    if isinstance(value, tuple):
        value = value[2]
    return value.strip() if isinstance(value, str) and value.strip() else None


def filename(message: Mail) -> str:
    """The name of an attachment; empty when there is none or it cannot be read."""
    try:
        return message.get_filename() or ""
    except (ValueError, TypeError, LookupError):
        return ""


def has_null_path(message: Mail) -> bool:
    """Whether a server wrote on arrival that it came from no address (RFC 5321, section 4.5.5)."""
    return header(message, "Return-Path").replace(" ", "") == "<>"


def message_ids(text: str) -> tuple[str, ...]:
    return tuple(_MESSAGE_ID.findall(text))[:50]


def date_of(message: Mail) -> datetime | None:
    """The Date header in UTC; one without a zone counts as UTC."""
    try:
        found = parsedate_to_datetime(header(message, "Date"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _decoded(value: str) -> str:
    text = value[:MAX_HEADER]
    if "=?" in text:
        with contextlib.suppress(ValueError, LookupError, AssertionError, HeaderParseError):
            text = "".join(
                chunk if isinstance(chunk, str) else chunk.decode(charset or "ascii", "replace")
                for chunk, charset in decode_header(text)
            )
    return re.sub(r"\s+", " ", text).strip()
