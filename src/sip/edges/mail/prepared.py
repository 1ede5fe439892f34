"""Many invitations of one meeting, quickly: what they share is built once, then each recipient's values are put in.

The law of this file: the bytes are exactly those of `compose.compose_calendar`; a property test holds it. Shared is
what meeting, revision, kind, method, language, sequence and details say; a recipient's own are name, address, unit,
tokens, link, short code, UID, Message-ID. Marks of private-use characters stand for them while the shared parts are
built with the libraries: names are cleaned of such characters, so no name can be taken for a mark.

What pays for it: 4,349 invitations composed a second against 368 by the libraries (docs/benchmarks.md, "Mail").
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from markupsafe import escape

from sip.domain.effects import AnyMail, Mail, Notice
from sip.edges.mail import compose, marks, shapes
from sip.edges.mail.addresses import Home
from sip.edges.mail.calendar import entry_of
from sip.edges.mail.envelope import Code, Composed, OutgoingEnvelope, Way, message_id, recipient_of, uid_of
from sip.edges.mail.letters import render
from sip.edges.mail.letters.letter import Letter, letter_of
from sip.edges.mail.marks import Pieces, of_recipient
from sip.edges.mail.shapes import TOKEN, MailHeads, parameter
from sip.edges.mail.texts import clean_name

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})


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
        self._heads: dict[Hashable, MailHeads] = {}

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
            found = self._kept[key] = _prepare(mail, envelope, partial(self._heads_of, mail, envelope))
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found

    def _heads_of(self, mail: Mail, envelope: OutgoingEnvelope, letter: Letter) -> MailHeads:
        """Kept for good: there are no more than kinds, methods and languages."""
        key = mail.kind, mail.method, mail.to.language, letter.language, not envelope.reply_token
        found = self._heads.get(key)
        if found is None:
            found = self._heads[key] = shapes.heads_of(mail, envelope, self._home, letter)
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


def _prepare(mail: Mail, envelope: OutgoingEnvelope, heads: Callable[[Letter], MailHeads]) -> _Template:
    unit = of_recipient("unit") if clean_name(mail.unit or "") else None
    page = _code_page(envelope)
    code = Code(of_recipient("code"), page) if page is not None else None
    way = Way(of_recipient("link"), code) if envelope.links[0] else None
    letter = letter_of([mail], [way], unit)
    if marks.has_recipient(letter.subject):
        raise ValueError("The subject of a calendar mail is the same for all who get it.")
    shared = heads(letter)
    return _Template(
        headers=shared.of(letter.subject, mail.dtstamp),
        plain=marks.pieces(render.plain(letter)),
        html=marks.pieces(render.html(letter)),
        calendar=shapes.calendar_lines(
            entry_of(mail, way, unit or ""), linked=way is not None, partstat=envelope.partstat
        ),
        part_heads=shared.parts,
    )


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
        "name": parameter(name or to),
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
    token = (envelope.reply_token or TOKEN).encode()
    special: dict[str, Callable[[bytes], bytes]] = {
        "To": lambda _: to,
        "Reply-To": lambda raw: raw.replace(TOKEN.encode(), token),
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
            found.append(marks.fold(_filled(line, known).encode()) + b"\r\n")
    return b"".join(found)


@lru_cache(maxsize=8192)
def _to_header(name: str, address: str) -> bytes:
    return compose.to_header(name, address)
