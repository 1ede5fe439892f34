"""From mails as values to mails as bytes, built with the standard library and icalendar (RFC 5322, 2045, 6047).

`multipart/alternative` of plain, HTML and, last, text/calendar in base64 without any disposition: the shape that
Outlook, Gmail, Apple and Thunderbird all show with answer buttons. The same input gives the same bytes for ever: the
boundary is made from the Message-ID, times come from the mail. `prepared.py` is the quick way for many of one meeting.
"""

import base64
import binascii
from collections.abc import Sequence
from email.header import Header
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import EmailPolicy

from sip.domain.effects import (
    GOES_ALONE,
    REFERENCES,
    SEATS,
    SITTINGS,
    SUBSCRIPTIONS,
    AnyMail,
    Mail,
    MailKind,
    Notice,
    NoticeKind,
)
from sip.edges.mail.addresses import Home
from sip.edges.mail.calendar import calendar_of, written
from sip.edges.mail.envelope import Composed, OutgoingEnvelope, Way, message_id, recipient_of, uid_of
from sip.edges.mail.letters import render
from sip.edges.mail.letters.account import letter_of_account
from sip.edges.mail.letters.barrier import letter_of_barriers
from sip.edges.mail.letters.booking import is_booking, letter_of_booking, letter_with_bookings
from sip.edges.mail.letters.endpoint import letter_of_endpoint
from sip.edges.mail.letters.letter import Letter, letter_of
from sip.edges.mail.letters.mailbox_check import entry_of_check, letter_of_check
from sip.edges.mail.letters.matter import is_matter, letter_of_matters
from sip.edges.mail.letters.reference import letter_of_references
from sip.edges.mail.letters.renewal import letter_of_renewal
from sip.edges.mail.letters.resolution import letter_of_resolutions
from sip.edges.mail.letters.seal import letter_of_seal
from sip.edges.mail.letters.seats import letter_of_seats
from sip.edges.mail.letters.sitting import entry_of_sitting, letter_of_sittings
from sip.edges.mail.letters.subscription import letter_of_subscription
from sip.edges.mail.letters.thanks import letter_of_thanks
from sip.edges.mail.letters.week import letter_with_week, tells_week
from sip.edges.mail.texts import clean_name
from sip.edges.words import words

_REPORTS = ("DR", "RN", "NRN")
_BY_PERSON = frozenset({
    MailKind.CALL, MailKind.UPDATE, MailKind.TEXT_UPDATE, MailKind.NAMED, MailKind.CANCELLED, MailKind.REMOVED,
    MailKind.NEW_MAILBOX, MailKind.OLD_MAILBOX,  # what a person called, at its other address
    *(SITTINGS - {NoticeKind.SITTING_REMINDER, NoticeKind.SITTING_PREPARE, NoticeKind.SITTING_INQUIRY}),
})  # fmt: skip
_OF_GROUPS = SEATS | SITTINGS | REFERENCES | {NoticeKind.RESOLUTION_DUE}
"""What standing groups mail, each kind gathered with its own."""
_WHOLE = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post"})
ONE_PRESS = "/sluta"
"""What follows a mailed link where a mail program ends a list by itself."""


class _Policy(EmailPolicy):
    """As `email.policy.SMTP`, but for two faults of the library.

    A Message-ID stays whole: of a long domain the library makes an encoded word. A subject that is not ASCII is encoded
    throughout: the library loses the space between two encoded words on two lines (RFC 2047, section 6.2).
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _WHOLE:
            return f"{name}: {value}\r\n".encode("ascii")
        if name.lower() == "subject" and not value.isascii():
            folded = Header(value, "utf-8", header_name=name).encode(linesep="\r\n")
            return f"{name}: {folded}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")


def compose(mails: Sequence[AnyMail], envelope: OutgoingEnvelope, home: Home) -> Composed:
    """One mail to one address: a calendar mail alone, or any number of ordinary ones as a bundle.

    Raises UnmailableError for an address that SMTP cannot carry, ValueError for mails that cannot go together.
    """
    if len(mails) == 1 and mails[0].method is not None:
        mail = mails[0]
        if isinstance(mail, Notice):
            return compose_notice(mail, envelope, home)
        return compose_calendar(mail, envelope, home)
    return compose_bundle(mails, envelope, home)


def compose_bundle(mails: Sequence[AnyMail], envelope: OutgoingEnvelope, home: Home) -> Composed:
    """One ordinary mail that carries all these asks, a block and a button each (rules, section 4 T4).

    Raises ValueError for a calendar mail among them, for a second address, and for an account's or a barrier's mail
    beside another kind: the sender then makes one of each, so that none is lost.
    """
    if any(mail.method is not None for mail in mails):
        raise ValueError("A calendar mail goes alone: it belongs to one invitation.")
    if len({mail.to.email for mail in mails}) > 1:
        raise ValueError("A bundle goes to one address.")
    letter = _letter(mails, envelope.ways)
    message = _message(mails, envelope, home, letter, render.plain(letter), render.html(letter))
    return _composed(message, mails, envelope, home)


def _letter(mails: Sequence[AnyMail], ways: Sequence[Way | None]) -> Letter:
    if any(is_matter(mail) for mail in mails):
        return letter_of_matters(mails, ways)
    notices = [mail for mail in mails if isinstance(mail, Notice)]
    if any(notice.kind in GOES_ALONE for notice in notices):
        return _letter_alone(mails, notices[0], ways[0])
    if any(notice.kind is NoticeKind.BARRIER for notice in notices):
        if any(mail.kind is not NoticeKind.BARRIER for mail in mails):
            raise ValueError("What somebody could not use is told apart from meetings.")
        return letter_of_barriers(notices, ways[0])
    if any(notice.kind in _OF_GROUPS for notice in notices):
        return _letter_of_groups(mails, notices, ways)
    booked = [
        (mail, way) for mail, way in zip(mails, ways, strict=True) if isinstance(mail, Notice) and is_booking(mail)
    ]
    if booked:
        return _letter_of_bookings(mails, ways, booked)
    if tells_week(mails):
        return letter_with_week(mails, ways)
    return letter_of([mail for mail in mails if isinstance(mail, Mail)], ways)


def _letter_of_groups(mails: Sequence[AnyMail], notices: Sequence[Notice], ways: Sequence[Way | None]) -> Letter:
    if len({mail.kind for mail in mails}) > 1:
        raise ValueError("What a group asks, has decided or calls to is told apart from all else.")
    if notices[0].kind in SITTINGS:
        return letter_of_sittings(notices, ways)
    if notices[0].kind in REFERENCES:
        return letter_of_references(notices, ways)
    return letter_of_seats(notices, ways) if notices[0].kind in SEATS else letter_of_resolutions(notices, ways)


def _letter_alone(mails: Sequence[AnyMail], notice: Notice, way: Way | None) -> Letter:
    if len(mails) > 1:
        raise ValueError("A mail that opens something, is kept as it is or is passed on goes alone.")
    if notice.kind is NoticeKind.SEAL:
        return letter_of_seal(notice)
    if notice.kind is NoticeKind.THANKS:
        return letter_of_thanks(notice, way)
    if notice.kind is NoticeKind.ENDPOINT_OFF:
        return letter_of_endpoint(notice, way)
    if notice.kind in SUBSCRIPTIONS:
        return letter_of_subscription(notice, way)
    return letter_of_renewal(notice, way) if notice.kind is NoticeKind.RENEWAL else letter_of_account(notice, way)


def _letter_of_bookings(
    mails: Sequence[AnyMail], ways: Sequence[Way | None], booked: Sequence[tuple[Notice, Way | None]]
) -> Letter:
    if len(mails) == 1:
        return letter_of_booking(*booked[0])
    others = [(mail, way) for mail, way in zip(mails, ways, strict=True) if not is_booking(mail)]
    rest = _letter([mail for mail, _ in others], [way for _, way in others]) if others else None
    return letter_with_bookings([one for one, _ in booked], [way for _, way in booked], rest, len(mails))


def compose_notice(notice: Notice, envelope: OutgoingEnvelope, home: Home) -> Composed:
    """One REQUEST or CANCEL of a test call, or of a seat to a sitting of its group."""
    way, sits = envelope.ways[0], notice.kind in SITTINGS
    letter = letter_of_sittings([notice], [way]) if sits else letter_of_check(notice, way)
    message = _message([notice], envelope, home, letter, render.plain(letter), render.html(letter))
    calendar = written(
        entry_of_sitting(notice, way) if sits else entry_of_check(notice, way),
        uid=f"{notice.entry_id if sits else notice.check_id}@{home.domain}",
        organizer=home.reply(envelope.reply_token),
        attendee=recipient_of(notice),
        name=clean_name(notice.to.name) or recipient_of(notice),
        link=way.url if way else None,
        partstat=envelope.partstat,
    )
    _attach(message, notice, calendar)
    return _composed(message, [notice], envelope, home)


def compose_calendar(mail: Mail, envelope: OutgoingEnvelope, home: Home) -> Composed:
    """One REQUEST or CANCEL to one invitation."""
    letter = letter_of([mail], envelope.ways)
    message = _message([mail], envelope, home, letter, render.plain(letter), render.html(letter))
    calendar = calendar_of(
        mail,
        uid=uid_of(mail, home),
        organizer=home.reply(envelope.reply_token),
        attendee=recipient_of(mail),
        name=clean_name(mail.to.name) or recipient_of(mail),
        way=envelope.ways[0],
        unit=clean_name(mail.unit or ""),
        partstat=envelope.partstat,
    )
    _attach(message, mail, calendar)
    return _composed(message, [mail], envelope, home)


def hollow(mail: Mail, envelope: OutgoingEnvelope, home: Home, letter: Letter) -> Composed:
    """As `compose_calendar`, with nothing in its parts: the headers alone, for those who fill the parts themselves."""
    message = _message([mail], envelope, home, letter, "", "")
    _attach(message, mail, b"")
    return _composed(message, [mail], envelope, home)


def to_header(name: str, address: str) -> bytes:
    """The whole To field, encoded and folded (RFC 2047)."""
    value = _POLICY.header_factory("To", HeaderAddress(name, addr_spec=address))
    return _POLICY.fold_binary("To", value)


def field(name: str, value: object) -> bytes:
    """A whole field of the header, encoded and folded as in a mail."""
    return _POLICY.fold_binary(*_POLICY.header_store_parse(name, value))


def boundary_of(message_id: str) -> str:
    """The boundary between the parts. `=_` can stand neither in quoted-printable nor in base64."""
    return f"=_{message_id[1:17]}"


def quoted_lines(text: str) -> bytes:
    """Quoted-printable with CRLF (RFC 2045, section 6.7)."""
    return binascii.b2a_qp(text.replace("\n", "\r\n").encode())


def base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76 with CRLF (RFC 2045, section 6.8): no gateway re-wraps it or doubles its dots."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _part(subtype: str, payload: bytes, encoding: str) -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload.decode("ascii"))
    return part


def _attach(message: EmailMessage, mail: AnyMail, calendar: bytes) -> None:
    if mail.method is None:
        raise ValueError("A calendar mail has a method.")
    part = _part("calendar", base64_lines(calendar), "base64")
    part.set_param("method", mail.method.value)
    message.attach(part)


def _message(
    mails: Sequence[AnyMail], envelope: OutgoingEnvelope, home: Home, letter: Letter, plain: str, html: str
) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    own = message_id((mail.key for mail in mails), home.domain)
    to = recipient_of(mails[0])
    sender = words(letter.language)["mail.sender"]
    message["From"] = HeaderAddress(sender, addr_spec=home.base)
    message["To"] = HeaderAddress(clean_name(mails[0].to.name), addr_spec=to)
    message["Reply-To"] = HeaderAddress(sender, addr_spec=home.reply(envelope.reply_token))
    message["Subject"] = letter.subject
    message["Date"] = max(mail.dtstamp for mail in mails)
    message["Message-ID"] = own
    if envelope.thread and envelope.thread != own:
        message["In-Reply-To"] = envelope.thread
        message["References"] = envelope.thread
    if not all(_is_by_person(mail) for mail in mails):
        message["Auto-Submitted"] = "auto-replied" if _is_reply_to_mail(mails) else "auto-generated"
    message["X-Auto-Response-Suppress"] = ", ".join(_REPORTS if all(map(_is_by_person, mails)) else ("OOF", *_REPORTS))
    if mails[0].kind in SUBSCRIPTIONS and (way := envelope.ways[0]) is not None:
        # RFC 2369, section 3.2, and RFC 8058, section 3.1; folded it is not found by some.
        message["List-Unsubscribe"] = f"<{way.url}{ONE_PRESS}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/alternative; boundary="{boundary_of(own)}"'
    message["Content-Language"] = letter.language.value
    message.attach(_part("plain", quoted_lines(plain), "quoted-printable"))
    message.attach(_part("html", quoted_lines(html), "quoted-printable"))
    return message


def _composed(message: EmailMessage, mails: Sequence[AnyMail], envelope: OutgoingEnvelope, home: Home) -> Composed:
    own = message_id((mail.key for mail in mails), home.domain)
    mail_from = "" if _is_reply_to_mail(mails) else home.bounce(envelope.bounce_token)
    return Composed(own, mail_from, recipient_of(mails[0]), message.as_bytes(policy=_POLICY))


def _is_by_person(mail: AnyMail) -> bool:
    """A call, and what somebody changed of it, is a person's word that a program carries: calendars drop invitations
    marked as generated, and answering machines stay quiet about an absence that the convener should hear of
    (decision 0023). What the engine begins is marked."""
    return mail.kind in _BY_PERSON


def _is_reply_to_mail(mails: Sequence[AnyMail]) -> bool:
    """An automatic response to a received mail: marked as one, and with no return path, so that no two machines write
    to each other (RFC 3834, sections 3.1.7 and 3.3)."""
    return all(mail.kind is MailKind.UNUSABLE or is_booking(mail) for mail in mails)
