"""A message from elsewhere as an answer to one of our invitations: UID and addresses replaced, all else left as it is.

The law of this file: it works on the bytes. Folding, line ends, charset, transfer encoding, order and whatever is odd
about a message stay; a part is written anew only where something in it was replaced, in the encoding it had. The
library's parser only tells what stands where.
"""

import base64
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message

_ADDRESS = re.compile(rb"[A-Za-z0-9._%+'*&=-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_FOLD = rb"(?:\r?\n[ \t])*"
_FIELD = re.compile(rb"[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|\Z)")
_HEAD_END = re.compile(rb"(?:\A|\r?\n)\r?\n")
_EVENT = re.compile(rb"^BEGIN:VEVENT.*?(?:^END:VEVENT|\Z)", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_TIMED = re.compile(
    rb"^(?P<name>DTSTART|DTEND|DTSTAMP|SEQUENCE|X-MS-OLK-ORIGINALSTART)"
    rb"(?P<value>[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(rb"=\r?\n|=[0-9A-Fa-f]{2}|.", re.DOTALL)
_RECIPIENTS = {
    b"to", b"delivered-to", b"x-original-to", b"envelope-to", b"x-envelope-to", b"x-forwarded-to", b"resent-to",
    b"original-recipient",
}  # fmt: skip
_SENDERS = {b"from", b"sender", b"reply-to", b"return-path", b"disposition-notification-to"}
_DAEMONS = ("mailer-daemon", "postmaster", "mail-daemon", "microsoftexchange")
_TEXTS = ("text/", "message/delivery-status", "message/disposition-notification", "application/ics")


@dataclass(frozen=True, slots=True)
class Times:
    """When the live meeting is, the SEQUENCE of its call, and when an answer to that call is given."""

    start: datetime
    end: datetime
    sequence: int
    answered: datetime

    def of(self, event: bytes) -> dict[bytes, bytes]:
        """What stands in an event of theirs, by property. A proposal stays as far from what it answers as it was, and
        a day away where it does not say."""
        was, original = _time(event, b"DTSTART"), _time(event, b"X-MS-OLK-ORIGINALSTART")
        counter = original is not None or b"METHOD:COUNTER" in event.upper()
        shift = was - original if was and original else timedelta(days=1) if counter else timedelta()
        return {
            b"DTSTART": _utc(self.start + shift), b"DTEND": _utc(self.end + shift), b"DTSTAMP": _utc(self.answered),
            b"X-MS-OLK-ORIGINALSTART": _utc(self.start), b"SEQUENCE": b":%d" % self.sequence,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Live:
    """An invitation of ours that has left: what an answer or a bounce of it names. With `times` an answer is moved to
    the live meeting, so that its staleness and proposals can be tried; without, its own stay."""

    uid: str
    reply: str
    bounce: str
    invited: str
    times: Times | None = None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The message and its envelope."""

    raw: bytes
    mail_from: str
    rcpt_to: str


def rewritten(raw: bytes, live: Live, *, stranger: bool = False) -> Rewritten:
    """The message as an answer to `live`. A `stranger` keeps the addresses of who answers: the invitation had been
    forwarded."""
    raw = raw.removeprefix(BOM_UTF8)
    message = message_from_bytes(raw, policy=policy.compat32)
    found = _Found.of(message)
    machine = found.report or str(message.get("Auto-Submitted", "no")).lower().startswith("auto-replied")
    to = live.bounce if machine else live.reply
    swaps = dict.fromkeys(found.ours, live.reply)
    swaps |= dict.fromkeys(found.failed, live.invited)
    answering = found.answering()
    if answering is not None and not stranger:
        swaps[answering] = live.invited
    swap = _Swap(swaps, {found.uid: live.uid} if found.uid else {}, _domain(answering, stranger), live)
    raw = swap.entity(raw, to.encode())
    sender = "" if machine else swap.address(found.sender or live.invited)
    return Rewritten(raw, sender, to)


def wrapped(calendar: bytes, live: Live) -> bytes:
    """A bare calendar object in the least of a mail, its lines as they are. The method is the object's own."""
    calendar = calendar.removeprefix(BOM_UTF8)
    method = re.search(rb"^METHOD:([A-Za-z]+)", calendar, re.MULTILINE)
    parameter = f"; method={method[1].decode()}" if method else ""
    head = (
        f"From: <{live.invited}>\r\nTo: <{live.reply}>\r\nSubject: calendar\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/calendar; charset=utf-8{parameter}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + calendar


def _domain(answering: str | None, stranger: bool) -> str | None:
    return None if answering is None or stranger else answering.rpartition("@")[2]


@dataclass(slots=True)
class _Found:
    """What a message names: whose calendar entry, who organizes it, who answers, and what could not be delivered."""

    sender: str | None = None
    uid: str | None = None
    report: bool = False
    ours: set[str] = field(default_factory=set)
    organizers: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    attendees: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, message: "Message[str, str]") -> "_Found":
        found = cls(sender=next(_addresses(str(message.get("From", ""))), None))
        daemon = found.sender is not None and found.sender.partition("@")[0].startswith(_DAEMONS)
        found.report = daemon or any(p.get_content_type().endswith("delivery-status") for p in message.walk())
        for part in message.walk():
            if _is_calendar(part):
                found._calendar(_content(part))
            if part is not message and found.report:
                for name in ("Original-Recipient", "Final-Recipient"):
                    found.failed |= set(_addresses(str(part.get(name, ""))))
        found.failed |= set(_addresses(str(message.get("X-Failed-Recipients", ""))))
        to = {a for name in ("To", "Delivered-To") for a in _addresses(str(message.get(name, "")))}
        found.ours = found.organizers | (to - found.failed - found.attendees.keys())
        return found

    def _calendar(self, text: str) -> None:
        for line in re.split(r"\r?\n", re.sub(r"\r?\n[ \t]", "", text)):
            head, _, value = line.partition(":")
            name = head.partition(";")[0].upper()
            if name == "UID" and value and self.uid is None:
                self.uid = value.strip()
            address = list(_addresses(line.rpartition(":")[2]))[-1:]
            if name == "ORGANIZER":
                self.organizers |= set(address)
            elif name == "ATTENDEE" and address:
                said = re.search(r";PARTSTAT=([A-Z-]+)", head, re.IGNORECASE)
                self.attendees[address[0]] = said is not None and said[1].upper() != "NEEDS-ACTION"

    def answering(self) -> str | None:
        """Who answers: the sender where it is an attendee, else an attendee who has an answer, else the sender."""
        if self.report:
            return None
        if self.sender in self.attendees and self.sender not in self.organizers:
            return self.sender
        said = [one for one, has_answer in self.attendees.items() if has_answer and one not in self.ours]
        others = [one for one in self.attendees if one not in self.ours]
        return next(iter([*said, *others]), None if self.sender in self.organizers else self.sender)


def _addresses(text: str) -> Iterator[str]:
    for found in _ADDRESS.findall(text.encode("utf-8", "replace")):
        yield found.decode().lower()


def _is_calendar(part: "Message[str, str]") -> bool:
    kind, name = part.get_content_type(), part.get_filename() or ""
    return kind in ("text/calendar", "application/ics") or (not part.is_multipart() and name.lower().endswith(".ics"))


def _content(part: "Message[str, str]") -> str:
    data = part.get_payload(decode=True)
    charset = _wide(part)
    return data.decode(charset or "utf-8", "replace") if isinstance(data, bytes) else ""


def _wide(part: "Message[str, str]") -> str | None:
    """The charset where it is one in which letters are not single bytes."""
    charset = str(part.get_param("charset") or "").lower()
    return charset if charset.startswith("utf-16") else None


class _Swap:
    """Replaces addresses and the UID in the bytes of an entity (RFC 2045) and of all that lies in it."""

    def __init__(self, swaps: Mapping[str, str], uids: Mapping[str, str], domain: str | None, live: Live) -> None:
        self._swaps = swaps
        self._domain = domain
        self._times = live.times
        self._home = live.invited.rpartition("@")[2]
        by_length = sorted(swaps, key=len, reverse=True)
        any_of = b"|".join(_foldable(one) for one in by_length) or rb"(?!)"
        self._pattern = re.compile(rb"(?<![A-Za-z0-9._%+-])(?:" + any_of + rb")(?![A-Za-z0-9-]|\.[A-Za-z0-9])", re.I)
        self._uids = [(re.compile(rb"(?<=:)" + _foldable(old)), new.encode()) for old, new in uids.items()]

    def address(self, one: str) -> str:
        """An address of a sender; a colleague of who answers becomes a colleague of the invited."""
        local, _, domain = one.partition("@")
        return self._swaps.get(one) or (f"{local}@{self._home}" if domain == self._domain else one)

    def entity(self, raw: bytes, to: bytes | None) -> bytes:
        """Headers and body. `to` replaces all recipients of the outer headers; None inside."""
        end = _HEAD_END.search(raw)
        head, body = (raw[: end.end()], raw[end.end() :]) if end else (raw, b"")
        said = message_from_bytes(head, policy=policy.compat32)
        head = b"".join(self._field(one, to) for one in _FIELD.findall(head))
        kind, boundary = said.get_content_type(), said.get_boundary()
        if kind.startswith("multipart/") and boundary:
            return head + self._multipart(body, boundary.encode())
        if kind == "message/rfc822":
            return head + self.entity(body, None)
        if kind.startswith(_TEXTS) or _is_calendar(said):
            return head + self._leaf(body, said)
        return head + body

    def _field(self, raw: bytes, to: bytes | None) -> bytes:
        name = raw.partition(b":")[0].strip().lower()
        if to is not None and name in _RECIPIENTS:
            return _ADDRESS.sub(lambda _: to, raw)
        if to is not None and name in _SENDERS:
            return _ADDRESS.sub(lambda found: self._sender(found[0]), raw)
        return self._text(raw)

    def _sender(self, old: bytes) -> bytes:
        new = self.address(old.decode().lower())
        return old if new == old.decode().lower() else new.encode()

    def _multipart(self, body: bytes, boundary: bytes) -> bytes:
        line = re.compile(rb"((?:\A|\r?\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?=\r?\n|\Z))")
        pieces = line.split(body)
        for n in range(2, len(pieces), 2):
            if pieces[n - 1].rstrip(b" \t").endswith(boundary + b"--"):
                break
            begin = re.match(rb"\r?\n", pieces[n])
            at = begin.end() if begin else 0
            pieces[n] = pieces[n][:at] + self.entity(pieces[n][at:], None)
        return b"".join(pieces)

    def _leaf(self, body: bytes, said: "Message[str, str]") -> bytes:
        encoding = str(said.get("Content-Transfer-Encoding", "")).strip().lower()
        calendar = _is_calendar(said)
        if encoding == "quoted-printable":
            return self._quoted(body, calendar)
        if encoding != "base64":
            return self._text(body, calendar=calendar)
        try:
            old = base64.b64decode(body)
            if charset := _wide(said):
                new = self._text(old.decode(charset).encode(), calendar=calendar).decode().encode(charset)
            else:
                new = self._text(old, calendar=calendar)
        except ValueError:
            return body  # cut off or spoilt: what cannot be read is tried as it came
        return body if new == old else _base64(new, body)

    def _quoted(self, body: bytes, calendar: bool) -> bytes:
        """Quoted-printable, everything but what is replaced as it was encoded."""
        places = [found for found in _QUOTED.finditer(body) if not found[0].startswith((b"=\r", b"=\n"))]
        data = b"".join(bytes.fromhex(f[0][1:].decode()) if len(f[0]) == 3 else f[0] for f in places)
        end = b"\r\n" if b"\r\n" in body else b"\n"
        # Folds are encoded where line ends are (Apple), and stand as they are elsewhere.
        plain = b"" if re.search(rb"=0A", body, re.IGNORECASE) else b"\r\n\t "
        out, at = [], 0
        for begin, after, new in self._edits(data, calendar):
            encoded = b"".join(bytes([b]) if (33 <= b <= 126 and b != 61) or b in plain else b"=%02X" % b for b in new)
            kept = body[at : places[begin].start()]
            at = places[after - 1].end()
            out += [kept, b"=" + end, encoded, b"=" + end]
        return b"".join([*out, body[at:]])

    def _text(self, data: bytes, *, calendar: bool = False) -> bytes:
        out, at = [], 0
        for begin, after, new in self._edits(data, calendar):
            out += [data[at:begin], new]
            at = after
        return b"".join([*out, data[at:]])

    def _edits(self, data: bytes, calendar: bool) -> list[tuple[int, int, bytes]]:
        """What is replaced by what, in order."""
        edits = []
        for pattern, new in self._uids if calendar else []:
            edits += [(found.start(), found.end(), _folded(found[0], new)) for found in pattern.finditer(data)]
        edits += _moved(data, self._times) if calendar and self._times else []
        taken = list(edits)
        for found in self._pattern.finditer(data):
            if not any(begin < found.end() and found.start() < after for begin, after, _ in taken):
                new = self._swaps[_unfolded(found[0])].encode()
                edits.append((found.start(), found.end(), _folded(found[0], new)))
        return sorted(edits)


def _moved(data: bytes, times: Times) -> list[tuple[int, int, bytes]]:
    """The times and the SEQUENCE of each event; a zone's own times are none, and what is missing stays missing."""
    edits = []
    method = b"METHOD:COUNTER" if re.search(rb"^METHOD:COUNTER", data, re.IGNORECASE | re.MULTILINE) else b""
    for event in _EVENT.finditer(data):
        new = times.of(method + event[0])
        for found in _TIMED.finditer(event[0]):
            at = event.start() + found.start("value")
            edits.append((at, at + len(found["value"]), new[found["name"].upper()]))
    return edits


def _time(event: bytes, name: bytes) -> datetime | None:
    """A time as it stands there, its zone left aside: for the distance between two of one event."""
    found = re.search(rb"^" + name + rb"[;:][^\r\n]*?(\d{8}T\d{6})", event, re.IGNORECASE | re.MULTILINE)
    return None if found is None else datetime.strptime(found[1].decode(), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _utc(moment: datetime) -> bytes:
    return moment.astimezone(UTC).strftime(":%Y%m%dT%H%M%SZ").encode()


def _foldable(text: str) -> bytes:
    return _FOLD.join(re.escape(bytes([byte])) for byte in text.encode())


def _unfolded(found: bytes) -> str:
    return re.sub(rb"\r?\n[ \t]", b"", found).decode().lower()


def _folded(old: bytes, new: bytes) -> bytes:
    """`new` with the folds that `old` had, where it had them."""
    moved = 0
    for fold in re.finditer(rb"\r?\n[ \t]", old):
        at = min(fold.start() - moved, len(new) - moved - 1) + moved
        new = new[:at] + fold[0] + new[at:]
        moved += len(fold[0])
    return new


def _base64(data: bytes, was: bytes) -> bytes:
    """Lines as long as they were, and the line ends that followed the last."""
    width = max(len(line.strip()) for line in was.splitlines())
    text = base64.b64encode(data)
    end = b"\r\n" if b"\r\n" in was else b"\n"
    lines = [text[n : n + width] for n in range(0, len(text), width)]
    return end.join(lines) + was[len(was.rstrip(b"\r\n")) :]
