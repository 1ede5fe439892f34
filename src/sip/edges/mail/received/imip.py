"""One received mail, any bytes whatever, as a value (RFC 6047; the order is that of mail-cases, section 2).

The law of this file: `parse` never raises. A report of delivery first, then the calendar answer, even one that a
machine sent (a room that accepts); then what machines write, then people. What cannot be told is `broken` with a reason
and goes to a person; nothing is guessed from a subject.
"""

from dataclasses import dataclass, replace

from sip.edges.mail.addresses import token_in
from sip.edges.mail.received import authenticity, automatic, away, bounces, calendar_object, mime, tnef
from sip.edges.mail.received.calendar_object import CalendarReply
from sip.edges.mail.received.mailboxes import addresses_in, only_address
from sip.usecases.received.parsed import Broken, DeliveryReport, Kind, ParsedMail

_KINDS = {"REPLY": Kind.REPLY, "COUNTER": Kind.COUNTER, "REFRESH": Kind.REFRESH}
_WHERE_TO = (
    "Delivered-To", "X-Original-To", "X-Forwarded-To", "Envelope-To", "To", "Cc", "Resent-To", "X-Envelope-To",
)  # fmt: skip
_OF_NO_MATTER = (Broken.SEVERAL_EVENTS, Broken.NO_EVENT)
MAX_BYTES = 12_000_000


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A part that may be the answer: the method its Content-Type names, its normalised bytes and their own METHOD."""

    rank: int
    named: str | None
    own: str | None
    data: bytes | None


def parse(raw: bytes, local_part: str = "sip", authserv_id: str | None = None) -> ParsedMail:
    """What the mail is. `local_part` is what stands before the + in our reply addresses, `authserv_id` the name under
    which our own mail server says what it found of the sender (RFC 8601); None believes no such word."""
    if len(raw) > MAX_BYTES or mime.is_costly(raw):
        return ParsedMail(Kind.BROKEN, Broken.TOO_LARGE)
    try:
        return _parse(raw, local_part, authserv_id)
    except Exception:  # whatever the libraries raise on broken bytes: the mail is kept and a person looks at it
        return ParsedMail(Kind.BROKEN, Broken.UNREADABLE)


def _parse(raw: bytes, local_part: str, authserv_id: str | None) -> ParsedMail:
    message = mime.parse_message(raw)
    return replace(_sorted(message, local_part), authentic=authenticity.verdict(message, authserv_id))


def _sorted(message: mime.Mail, local_part: str) -> ParsedMail:
    parts, too_deep = mime.parts_of(message)
    if too_deep:
        return _parsed(message, Kind.BROKEN, local_part, broken=too_deep)
    candidates = _candidates(parts)
    report = bounces.by_the_book(parts)
    if report is None and not any((one.own or one.named) in _KINDS for one in candidates):
        report = bounces.by_its_looks(message, parts)
    if report is not None:
        kind = {"failed": Kind.BOUNCE, "delayed": Kind.DELAY}.get(report.action, Kind.AUTO_REPLY)
        token = report.returned_token
        return _parsed(message, kind, local_part, report=report, more=(token,) if token else ())
    if candidates:
        return _calendar(message, candidates, local_part)
    for part in filter(_is_tnef, parts):
        found = _parsed(message, Kind.BROKEN, local_part, broken=Broken.TNEF)
        return replace(found, tnef_class=tnef.class_of(mime.payload(part.message)))
    if automatic.is_report(message):
        # A read receipt, a complaint: a machine's word about a mail of ours, never that the mailbox is away.
        return _parsed(message, Kind.AUTO_REPLY, local_part, report=DeliveryReport("read"))
    if automatic.is_automatic(message):
        return replace(_parsed(message, Kind.AUTO_REPLY, local_part), away_until=away.until(message, parts))
    if any(part.inside and _is_calendar(part) for part in parts):
        return _parsed(message, Kind.BROKEN, local_part, broken=Broken.FORWARDED_CALENDAR)
    return _parsed(message, Kind.HUMAN, local_part)


def _candidates(parts: list[mime.Part]) -> list[_Candidate]:
    """Calendar parts of the mail itself, the likeliest first: text/calendar, application/ics, then a name in .ics."""
    found = []
    for part in parts:
        if part.inside or not _is_calendar(part):
            continue
        rank = {"text/calendar": 0, "application/ics": 1}.get(part.content_type, 2)
        named = mime.parameter(part.message, "method")
        data = calendar_object.normal(mime.payload(part.message), mime.parameter(part.message, "charset"))
        own = calendar_object.method_of(data) if data is not None else None
        found.append(_Candidate(rank, named.upper() if named else None, own, data))
    answers = [one for one in found if (one.own or one.named) in _KINDS]
    return sorted(answers or found, key=lambda one: one.rank)


def _calendar(message: mime.Mail, candidates: list[_Candidate], local_part: str) -> ParsedMail:
    first = candidates[0]
    if first.data is None:
        return _parsed(message, Kind.BROKEN, local_part, broken=Broken.BROKEN_CALENDAR)
    reply = calendar_object.read(first.data, first.named)
    broken = reply.broken
    for other in candidates[1:]:
        # A copy of the same object is usual (Google, Thunderbird); two different ones leave it open which is meant.
        if other.data is not None and other.data != first.data:
            second = calendar_object.read(other.data, other.named)
            if second.broken is None and (second.uid, second.method) != (reply.uid, reply.method):
                broken = broken or Broken.SEVERAL_CALENDARS
    method = reply.method
    if first.named and first.own and first.named != first.own and not {first.named, first.own} <= set(_KINDS):
        broken = broken or Broken.METHOD_DISAGREES
    if broken in _OF_NO_MATTER and method is not None and method not in _KINDS:
        broken = None  # a REQUEST or PUBLISH sent to us is never obeyed, however many events it holds
    if broken is not None:
        return _parsed(message, Kind.BROKEN, local_part, broken=broken, reply=reply)
    return _parsed(message, _KINDS.get(method or "", Kind.REQUEST_LIKE), local_part, reply=reply)


def _parsed(
    message: mime.Mail,
    kind: Kind,
    local_part: str,
    *,
    broken: Broken | None = None,
    reply: CalendarReply | None = None,
    report: DeliveryReport | None = None,
    more: tuple[str, ...] = (),
) -> ParsedMail:
    organizer = token_in(reply.organizer, local_part) if reply and reply.organizer else None
    named = (value for name in _WHERE_TO for value in mime.written(message, name))
    tokens = [token for value in named for one in addresses_in(value) if (token := token_in(one, local_part))]
    ids = mime.message_ids(mime.header(message, "In-Reply-To") + " " + mime.header(message, "References"))
    return ParsedMail(
        kind=kind,
        broken=broken,
        method=reply.method if reply else None,
        uid=reply.uid if reply else None,
        sequence=reply.sequence if reply else None,
        dtstamp=reply.dtstamp if reply else None,
        start=reply.start if reply else None,
        end=reply.end if reply else None,
        original_start=reply.original_start if reply else None,
        attendees=reply.attendees if reply else (),
        organizer_token=organizer,
        tokens=tuple(dict.fromkeys([*tokens, *([organizer] if organizer else []), *more])),
        from_email=only_address(mime.written(message, "From")),
        sender_email=only_address(mime.written(message, "Sender")),
        automatic=automatic.is_automatic(message) or automatic.is_report(message) or report is not None,
        bulk=automatic.is_bulk(message),
        message_id=next(iter(mime.message_ids(mime.header(message, "Message-ID"))), None),
        in_reply_to=tuple(dict.fromkeys(ids)),
        sent_at=mime.date_of(message),
        report=report,
    )


def _is_calendar(part: mime.Part) -> bool:
    if part.content_type in ("text/calendar", "application/ics", "text/x-vcalendar"):
        return True
    name = mime.filename(part.message)
    return name.lower().endswith(".ics") and not part.content_type.startswith("message/")


def _is_tnef(part: mime.Part) -> bool:
    name = mime.filename(part.message).lower()
    return part.content_type in ("application/ms-tnef", "application/vnd.ms-tnef") or name == "winmail.dat"
