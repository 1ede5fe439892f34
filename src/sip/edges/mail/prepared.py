"""Many invitations of one meeting, quickly: what they share is built once, then each recipient's values are put in.

The law of this file: the bytes are exactly those of `compose.compose_calendar`; a property test holds it. Shared is
what meeting, revision, kind, method, language, sequence and details say; a recipient's own are name, address, unit,
tokens, link, short code, UID, Message-ID. Marks of private-use characters stand for them while the shared parts are
built with the libraries: names are cleaned of such characters, so no name can be taken for a mark.

What pays for it: 1,138 invitations composed a second against 255 by the libraries (docs/benchmarks.md, "Mail").
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from icalendar import Parameters
from markupsafe import escape

from sip.domain.effects import AnyMail, Mail, Notice
from sip.domain.people import Address
from sip.edges.mail import compose
from sip.edges.mail.addresses import Home
from sip.edges.mail.calendar import calendar_of
from sip.edges.mail.envelope import Code, Composed, OutgoingEnvelope, Way, message_id, recipient_of, uid_of
from sip.edges.mail.letters import render
from sip.edges.mail.letters.letter import letter_of
from sip.edges.mail.texts import clean_name

_MARK = re.compile("\ue100(\\w+)\ue101")
_QUOTED_MARK = re.compile('"?\ue100name\ue101"?')
_TOKEN = "a" * 26
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})
Pieces = tuple[str, ...]


def _mark(name: str) -> str:
    return f"\ue100{name}\ue101"


@dataclass(frozen=True, slots=True)
class _Template:
    """What the mails of one meeting share. Texts and calendar lines alternate: fixed, mark, fixed, ..., fixed."""

    headers: tuple[tuple[str, bytes], ...]
    plain: Pieces
    html: Pieces
    calendar: tuple[bytes | Pieces, ...]
    part_heads: tuple[bytes, bytes, bytes]


class Composer:
    """Composes every mail there is; calendar mails from prepared parts, kept for the `most` latest meetings."""

    def __init__(self, home: Home, most: int = 256) -> None:
        self._home = home
        self._most = most
        self._kept: OrderedDict[Hashable, _Template] = OrderedDict()

    def compose(self, mails: Sequence[AnyMail], envelope: OutgoingEnvelope) -> Composed:
        """As `compose.compose`, with the same errors."""
        if len(mails) != 1 or mails[0].method is None or isinstance(mails[0], Notice) or _is_odd(mails[0], envelope):
            return compose.compose(mails, envelope, self._home)
        mail = mails[0]
        return _fill(self._template(mail, envelope), mail, envelope, self._home)

    def _template(self, mail: Mail, envelope: OutgoingEnvelope) -> _Template:
        key = _shared(mail, envelope)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = _prepare(mail, envelope, self._home)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


def _is_odd(mail: AnyMail, envelope: OutgoingEnvelope) -> bool:
    """A name or a code that looks like a phone number changes the HTML around it, which then is not the shared one."""
    code = envelope.codes[0] if envelope.codes else None
    return render.is_tied(clean_name(mail.unit or "")) or (code is not None and render.is_tied(code.text))


def _shared(mail: Mail, envelope: OutgoingEnvelope) -> Hashable:
    """Mails with the same of these differ only in what `_fill` puts in."""
    return (
        mail.kind, mail.method, mail.to.language, mail.facts, mail.dtstamp, mail.sequence, mail.identity_channel,
        tuple(sorted(mail.detail.items())), not clean_name(mail.unit or ""), mail.unit == mail.facts.convener_unit,
        mail.deviation_id, not envelope.links[0], _code_page(envelope), envelope.partstat, not envelope.reply_token,
    )  # fmt: skip


def _code_page(envelope: OutgoingEnvelope) -> str | None:
    code = envelope.codes[0] if envelope.codes else None
    return None if code is None else code.page


def _prepare(mail: Mail, envelope: OutgoingEnvelope, home: Home) -> _Template:
    unit = _mark("unit") if clean_name(mail.unit or "") else None
    page = _code_page(envelope)
    code = Code(_mark("code"), page) if page is not None else None
    way = Way(_mark("link"), code) if envelope.links[0] else None
    letter = letter_of([mail], [way], unit)
    if _MARK.search(letter.subject):
        raise ValueError("The subject of a calendar mail is the same for all who get it.")
    calendar = calendar_of(
        mail,
        uid=_mark("uid"),
        organizer=_mark("organizer"),
        attendee=_mark("email"),
        name=_mark("name"),
        way=way,
        unit=unit or "",
        partstat=envelope.partstat,
    )
    hollow = compose.hollow(
        replace(mail, to=Address("a@a.example", "a", mail.to.language)),
        replace(envelope, reply_token=_TOKEN if envelope.reply_token else None, thread="<t>"),
        home,
        letter,
    )
    head, *parts = hollow.data.split(f"--{compose.boundary_of(hollow.message_id)}".encode())
    heads = [part.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" for part in parts]
    return _Template(
        headers=_header_fields(head),
        plain=_pieces(render.plain(letter)),
        html=_pieces(render.html(letter)),
        calendar=_calendar_lines(calendar),
        part_heads=(heads[0], heads[1], heads[2]),
    )


def _header_fields(head: bytes) -> tuple[tuple[str, bytes], ...]:
    fields = re.split(rb"\r\n(?![ \t])", head.rstrip(b"\r\n"))
    return tuple((field.partition(b":")[0].decode(), field + b"\r\n") for field in fields)


def _pieces(text: str) -> Pieces:
    return tuple(_MARK.split(text))


def _calendar_lines(calendar: bytes) -> tuple[bytes | Pieces, ...]:
    """Content lines: fixed ones folded as they are, runs of them as one; those with marks unfolded, to be filled."""
    found: list[bytes | Pieces] = []
    text = calendar.decode().replace("\r\n ", "")
    for line in text.split("\r\n")[:-1]:
        if "\ue100" in line:
            found.append(tuple(_MARK.split(_QUOTED_MARK.sub(_mark("name"), line))))
            continue
        fixed = fold(line.encode()) + b"\r\n"
        last = found[-1] if found else None
        if isinstance(last, bytes):
            found[-1] = last + fixed
        else:
            found.append(fixed)
    return tuple(found)


def fold(line: bytes) -> bytes:
    """A content line in parts of at most 75 octets, never inside a character or an escape, as icalendar folds it."""
    if len(line) < 75:
        return line
    cuts = [0]
    while len(line) - cuts[-1] >= 75:
        cut = cuts[-1] + 74
        while line[cut] & 0xC0 == 0x80:
            cut -= 1
        if line[cut - 1] in b"\\^" and cut - cuts[-1] > 1:
            cut -= 1
        cuts.append(cut)
    cuts.append(len(line))
    return b"\r\n ".join(line[a:b] for a, b in pairwise(cuts))


def _fill(template: _Template, mail: Mail, envelope: OutgoingEnvelope, home: Home) -> Composed:
    own, to = message_id([mail.key], home.domain), recipient_of(mail)
    name = clean_name(mail.to.name)
    values = {
        "unit": clean_name(mail.unit or ""),
        "link": envelope.links[0] or "",
        "code": envelope.codes[0].text if envelope.codes and envelope.codes[0] else "",
        "uid": uid_of(mail, home),
        "organizer": home.reply(envelope.reply_token),
        "email": to,
        "name": _parameter(name or to),
    }
    boundary = compose.boundary_of(own).encode()
    escaped = {key: str(escape(value)) for key, value in values.items()}
    texts = (
        compose.quoted_lines(_filled(template.plain, values)),
        compose.quoted_lines(_filled(template.html, escaped)),
        compose.base64_lines(_filled_calendar(template.calendar, values)),
    )
    data = [_headers(template, own, _to_header(name, to), envelope, boundary)]
    for head, text in zip(template.part_heads, texts, strict=True):
        data += [b"--", boundary, head, text, b"\r\n"]
    data += [b"--", boundary, b"--\r\n"]
    return Composed(own, home.bounce(envelope.bounce_token), to, b"".join(data))


def _headers(template: _Template, own: str, to: bytes, envelope: OutgoingEnvelope, boundary: bytes) -> bytes:
    thread = envelope.thread if envelope.thread != own else None
    threads = f"{thread}\r\n".encode() if thread else b""
    token = (envelope.reply_token or _TOKEN).encode()
    special: dict[str, Callable[[bytes], bytes]] = {
        "To": lambda _: to,
        "Reply-To": lambda raw: raw.replace(_TOKEN.encode(), token),
        "Message-ID": lambda _: f"Message-ID: {own}\r\n".encode(),
        "In-Reply-To": lambda _: b"In-Reply-To: " + threads if threads else b"",
        "References": lambda _: b"References: " + threads if threads else b"",
        "Content-Type": lambda _: b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n',
    }
    return b"".join(special[name](raw) if name in special else raw for name, raw in template.headers) + b"\r\n"


def _filled(pieces: Pieces, values: Mapping[str, str]) -> str:
    return "".join(values[piece] if odd % 2 else piece for odd, piece in enumerate(pieces))


def _filled_calendar(lines: tuple[bytes | Pieces, ...], values: Mapping[str, str]) -> bytes:
    texts = {key: value.translate(_ESCAPES) for key, value in values.items()}
    found = []
    for line in lines:
        if isinstance(line, bytes):
            found.append(line)
        else:
            known = texts if line[0].startswith("DESCRIPTION:") else values
            found.append(fold(_filled(line, known).encode()) + b"\r\n")
    return b"".join(found)


@lru_cache(maxsize=8192)
def _to_header(name: str, address: str) -> bytes:
    return compose.to_header(name, address)


@lru_cache(maxsize=8192)
def _parameter(name: str) -> str:
    """A name as icalendar writes it as a parameter's value, with quotes where it needs them."""
    written: bytes = Parameters({"CN": name}).to_ical()
    return written.decode().partition("=")[2]
