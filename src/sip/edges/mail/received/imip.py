"""One received mail, any bytes whatever, as a value (RFC 6047; the order is that of mail-cases, section 2).

The law of this file: `parse` never raises. A report of delivery first, then the calendar answer, even one that a
machine sent (a room that accepts); then what machines write, then people. What cannot be told is `broken` with a reason
and goes to a person; nothing is guessed from a subject.
"""

from dataclasses import dataclass, replace
from functools import partial

from sip.edges.mail.addresses import token_in
from sip.edges.mail.received import authenticity, automatic, away, bounces, calendar_object, mime, plain, tnef
from sip.edges.mail.received.calendar_object import CalendarReply
from sip.edges.mail.received.header_addresses import addresses_in, only_address
from sip.usecases.received.parsed import AttendeeLine, Broken, DeliveryReport, Kind, ParsedMail

_KINDS = {"REPLY": Kind.REPLY, "COUNTER": Kind.COUNTER, "REFRESH": Kind.REFRESH}
_WHERE_TO = (
    "Delivered-To", "X-Original-To", "X-Forwarded-To", "Envelope-To", "To", "Cc", "Resent-To", "X-Envelope-To",
)  # fmt: skip
_ANSWERS = frozenset({*_KINDS.values(), Kind.BROKEN})
_OF_NO_MATTER = (Broken.SEVERAL_EVENTS, Broken.NO_EVENT, Broken.RECURRENCE, Broken.DELEGATION_UNCLEAR)
MAX_BYTES = 12_000_000
MAX_COPIES = 10


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A part that may be the answer: the method its Content-Type names, its normalised bytes and their own METHOD.

    `attached`: it is a file beside the text, not another form of the text.
    """

    rank: int
    named: str | None
    own: str | None
    data: bytes | None
    attached: bool


class _Received:
    """One mail and what is read of it more than once."""

    def __init__(self, message: mime.Mail, local_part: str, null_path: bool) -> None:
        self.message, self.local_part, self.null_path = message, local_part, null_path
        self.parts, self.too_deep = mime.parts_of(message)
        self.automatic = automatic.is_automatic(message, null_path=null_path) or automatic.is_report(message)

    def is_ours(self, line: AttendeeLine, reply: CalendarReply) -> bool:
        """Our own reply address in the list of guests: the organizer's line, which is nobody's answer."""
        if token_in(line.email, self.local_part) is not None:
            return True
        # The base address, when it stands as organizer: a unit may well have a mailbox called "sip" elsewhere.
        return line.email == reply.organizer and line.email.partition("@")[0] == self.local_part


def parse(
    raw: bytes, local_part: str = "sip", authserv_id: str | None = None, *, mail_from: str | None = None
) -> ParsedMail:
    """What the mail is. `local_part` is what stands before the + in our reply addresses, `authserv_id` the name under
    which our own mail server says what it found of the sender (RFC 8601); None believes no such word. `mail_from` is
    the envelope's sender, empty for the null path; None where there is no envelope but what a Return-Path says."""
    if len(raw) > MAX_BYTES or mime.is_costly(raw):
        return ParsedMail(Kind.BROKEN, Broken.TOO_LARGE)
    try:
        return _parse(raw, local_part, authserv_id, mail_from)
    except Exception:  # whatever the libraries raise on broken bytes: the mail is kept and a person looks at it
        return ParsedMail(Kind.BROKEN, Broken.UNREADABLE)


def _parse(raw: bytes, local_part: str, authserv_id: str | None, mail_from: str | None) -> ParsedMail:
    message = mime.parse_message(raw)
    null_path = mime.has_null_path(message) if mail_from is None else not mail_from
    received = _Received(message, local_part, null_path)
    found = _sorted(received)
    if found.kind is Kind.HUMAN:
        found = replace(found, words=partial(_own_words, received))
    return replace(found, authentic=authenticity.verdict(message, authserv_id))


def _own_words(mail: _Received) -> str | None:
    try:
        return plain.own_words(mail.parts)
    except Exception:  # as of the whole mail: a person looks at it
        return None


def _sorted(mail: _Received) -> ParsedMail:
    message, parts = mail.message, mail.parts
    if mail.too_deep:
        return _parsed(mail, Kind.BROKEN, broken=mail.too_deep)
    candidates = _candidates(parts)
    report = bounces.by_the_book(message, parts)
    if report is None and not any((one.own or one.named) in _KINDS for one in candidates):
        report = bounces.by_its_looks(message, parts, null_path=mail.null_path)
    if report is not None:
        kind = {"failed": Kind.BOUNCE, "delayed": Kind.DELAY}.get(report.action, Kind.AUTO_REPLY)
        token = report.returned_token
        return _parsed(mail, kind, report=report, more=(token,) if token else ())
    if candidates:
        return _calendar(mail, candidates)
    for part in filter(_is_tnef, parts):
        found = _parsed(mail, Kind.BROKEN, broken=Broken.TNEF)
        return replace(found, tnef_class=tnef.class_of(mime.payload(part.message)))
    if automatic.is_report(message):
        # A read receipt, a complaint: a machine's word about a mail of ours, never that the mailbox is away.
        return _parsed(mail, Kind.AUTO_REPLY, report=DeliveryReport("read"))
    if mail.automatic:
        return replace(_parsed(mail, Kind.AUTO_REPLY), away_until=away.until(message, parts))
    if any(part.inside and _is_calendar(part) for part in parts):
        return _parsed(mail, Kind.BROKEN, broken=Broken.FORWARDED_CALENDAR)
    return _parsed(mail, Kind.HUMAN)


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
        attached = rank > 0 or mime.header(part.message, "Content-Disposition").lower().startswith("attachment")
        found.append(_Candidate(rank, named.upper() if named else None, own, data, attached))
    answers = [one for one in found if (one.own or one.named) in _KINDS]
    return sorted(answers or found, key=lambda one: one.rank)


def _calendar(mail: _Received, candidates: list[_Candidate]) -> ParsedMail:
    """The best copy counts: the first that can be read and holds an answer; none that is empty or cut off hides it."""
    copies = [(one, calendar_object.read(one.data or b"", one.named)) for one in candidates[:MAX_COPIES]]
    readable = [copy for copy in copies if copy[1].broken is None and copy[1].method in _KINDS]
    chosen, reply = next(iter(sorted(readable, key=lambda copy: not _is_whole(copy[1]))), copies[0])
    broken = reply.broken
    # A copy of the same object is usual (Google, Thunderbird); two different ones leave it open which is meant.
    if any((one.uid, one.method) != (reply.uid, reply.method) for _, one in readable if _is_whole(one)):
        broken = broken or Broken.SEVERAL_CALENDARS
    method = reply.method
    if chosen.named and chosen.own and chosen.named != chosen.own and not {chosen.named, chosen.own} <= set(_KINDS):
        broken = broken or Broken.METHOD_DISAGREES
    if broken in _OF_NO_MATTER and method is not None and method not in _KINDS:
        broken = None  # a REQUEST or PUBLISH sent to us is never obeyed, however many events it holds
    if broken is not None:
        return _parsed(mail, Kind.BROKEN, broken=broken, reply=reply)
    if method not in _KINDS and not mail.automatic and _holds_words(mail, chosen, reply):
        token = token_in(reply.organizer, mail.local_part) if reply.organizer else None
        if token is None and reply.booked is not None:
            # Somebody's own invitation with words beside it (Apple): it says whose it is, and answers nothing of ours.
            return replace(_parsed(mail, Kind.HUMAN, reply=reply), uid=None)
        return _parsed(mail, Kind.HUMAN, more=(token,) if token else ())
    return _parsed(mail, _KINDS.get(method or "", Kind.REQUEST_LIKE), reply=reply)


def _is_whole(reply: CalendarReply) -> bool:
    """Whether an answer has all that tells what it says: whose it is, or for a proposal, when."""
    said = any(one.partstat is not None for one in reply.attendees) or reply.method == "REFRESH"
    return reply.uid is not None and (said or (reply.method == "COUNTER" and reply.start is not None))


def _holds_words(mail: _Received, chosen: _Candidate, reply: CalendarReply) -> bool:
    """Whether a person says something with an object that is no answer: an answer in one without a METHOD; words of her
    own, with an object attached or with a call of ours sent back answered."""
    answered = any(
        one.partstat not in (None, "NEEDS-ACTION") and not mail.is_ours(one, reply) for one in reply.attendees
    )
    if answered and reply.method is None:
        return True
    sent_back = answered and reply.organizer is not None and token_in(reply.organizer, mail.local_part) is not None
    return (chosen.attached or sent_back) and plain.has_words(mail.parts)


def _parsed(
    mail: _Received,
    kind: Kind,
    *,
    broken: Broken | None = None,
    reply: CalendarReply | None = None,
    report: DeliveryReport | None = None,
    more: tuple[str, ...] = (),
) -> ParsedMail:
    message, local_part = mail.message, mail.local_part
    said = reply or CalendarReply()
    organizer = token_in(said.organizer, local_part) if said.organizer else None
    named = (value for name in _WHERE_TO for value in mime.written(message, name))
    tokens = [token for value in named for one in addresses_in(value) if (token := token_in(one, local_part))]
    ids = mime.message_ids(mime.header(message, "In-Reply-To") + " " + mime.header(message, "References"))
    by_itself = automatic.has_answered_by_itself(message, null_path=mail.null_path)
    return ParsedMail(
        kind=kind,
        broken=broken,
        method=said.method,
        uid=said.uid,
        sequence=said.sequence,
        dtstamp=said.dtstamp,
        start=said.start,
        end=said.end,
        original_start=said.original_start,
        attendees=tuple(one for one in said.attendees if not mail.is_ours(one, said)),
        organizer_token=organizer,
        tokens=tuple(dict.fromkeys([*tokens, *([organizer] if organizer else []), *more])),
        from_email=only_address(mime.written(message, "From")),
        sender_email=only_address(mime.written(message, "Sender")),
        automatic=report is not None or (by_itself if kind in _ANSWERS else mail.automatic),
        bulk=automatic.is_bulk(message),
        message_id=next(iter(mime.message_ids(mime.header(message, "Message-ID"))), None),
        in_reply_to=tuple(dict.fromkeys(ids)),
        sent_at=mime.date_of(message),
        report=report,
        booked=said.booked,
    )


def _is_calendar(part: mime.Part) -> bool:
    if part.content_type in ("text/calendar", "application/ics", "text/x-vcalendar"):
        return True
    name = mime.filename(part.message)
    return name.lower().endswith(".ics") and not part.content_type.startswith("message/")


def _is_tnef(part: mime.Part) -> bool:
    name = mime.filename(part.message).lower()
    return part.content_type in ("application/ms-tnef", "application/vnd.ms-tnef") or name == "winmail.dat"
