"""Calendar clients, each with its own way of writing an answer by mail (iMIP, RFC 6047).

The law of this file: an answer looks as the client's real answers look, oddities included; what they have in common
is only what RFC 5546 section 3.2.3 asks for. The oddities were seen in real messages and are named beside each client.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import sha256

from sip.demo.hours import STOCKHOLM
from sip.demo.letter import Invite, ReadMail
from sip.demo.lines import WINDOWS_ZONE, esc, ics, local, param, quoted, quoted_printable, stockholm, utc, windows_zone

PARTSTATS = ("ACCEPTED", "TENTATIVE", "DECLINED")
WORDS = {
    "outlook": {"ACCEPTED": "Accepterat: ", "TENTATIVE": "Preliminärt: ", "DECLINED": "Avböjt: "},
    "google": {"ACCEPTED": "Accepterad: ", "TENTATIVE": "Kanske: ", "DECLINED": "Avböjd: "},
    "apple": {
        "ACCEPTED": "Event accepted: ",
        "TENTATIVE": "Event tentatively accepted: ",
        "DECLINED": "Event declined: ",
    },
    "thunderbird": {"ACCEPTED": "Accepterad: ", "TENTATIVE": "Preliminär: ", "DECLINED": "Avböjd: "},
    "gnus": {"ACCEPTED": "Accepted: ", "TENTATIVE": "Tentative: ", "DECLINED": "Declined: "},
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody wants to say: the invitation, the answer, who says it and when (the story's time)."""

    letter: ReadMail
    partstat: str
    name: str
    now: datetime
    comment: str = ""
    automatic: bool = False

    @property
    def invite(self) -> Invite:
        """The invitation that is answered. Raises ValueError when the mail holds none."""
        if self.letter.invite is None:
            raise ValueError("This mail holds no invitation, so no calendar can answer it.")
        return self.letter.invite


def compose(style: str, reply: Reply) -> bytes:
    """The mail this client sends. Raises KeyError for a client nobody has described."""
    return STYLES[style](reply)


def out_of_office(letter: ReadMail, name: str, text: str, now: datetime) -> bytes:
    """Exchange's automatic reply: no Auto-Submitted header, but its own (a real one was seen)."""
    message = _head(letter.recipient, name, letter.answers_to, f"Automatiskt svar: {letter.subject}", now, text)
    message["X-Auto-Response-Suppress"] = "All"
    message["X-MS-Exchange-Inbox-Rules-Loop"] = letter.recipient
    message["In-Reply-To"] = letter.message_id
    message.set_content(text + "\r\n", cte="quoted-printable")
    return message.as_bytes(policy=SMTP)


def returned(letter: ReadMail, server: str, now: datetime) -> bytes:
    """A mail server's notice that a mail it had accepted could not be delivered after all (RFC 3464)."""
    parts = [
        ("text/plain; charset=us-ascii", f"The mail to <{letter.recipient}> could not be delivered.\r\n"),
        ("message/delivery-status",
         f"Reporting-MTA: dns; {server}\r\n\r\nFinal-Recipient: rfc822; {letter.recipient}\r\n"
         "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 Recipient address rejected\r\n"),
        ("text/rfc822-headers", f"Message-ID: {letter.message_id}\r\nTo: {letter.recipient}\r\n"),
    ]  # fmt: skip
    edge = "=_" + _id(letter.message_id, now)[:24]
    head = [
        f"From: MAILER-DAEMON@{server}", f"To: {letter.mail_from}", "Subject: Undelivered Mail Returned to Sender",
        f"Date: {format_datetime(now)}", f"Message-ID: <{_id(letter.recipient, now)}@{server}>",
        "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{edge}"',
    ]  # fmt: skip
    body = "".join(f"--{edge}\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
    return ("\r\n".join(head) + f"\r\n\r\n{body}--{edge}--\r\n").encode("ascii")


def _outlook(reply: Reply) -> bytes:
    """Exchange: no ORGANIZER, Windows time zone from the year 1601, base64, an empty text part beside the calendar."""
    invite = reply.invite
    rows = [
        "BEGIN:VCALENDAR", "METHOD:REPLY", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0",
        *windows_zone(),
        "BEGIN:VEVENT",
        f'ATTENDEE;PARTSTAT={reply.partstat};CN="{quoted(reply.name)}":mailto:{reply.letter.recipient}',
        f"COMMENT;LANGUAGE=sv-SE:{esc(reply.comment) or chr(92) + 'n'}",
        f"UID:{invite.uid}", f"SUMMARY;LANGUAGE=sv-SE:{esc(WORDS['outlook'][reply.partstat] + invite.summary)}",
        f'DTSTART;TZID="{WINDOWS_ZONE}":{local(invite.start)}', f'DTEND;TZID="{WINDOWS_ZONE}":{local(invite.end)}',
        "CLASS:PUBLIC", "PRIORITY:5", f"DTSTAMP:{utc(reply.now)}", "TRANSP:OPAQUE", "STATUS:CONFIRMED",
        f"SEQUENCE:{invite.sequence}", f"LOCATION;LANGUAGE=sv-SE:{esc(invite.location)}",
        f"X-MICROSOFT-CDO-APPT-SEQUENCE:{invite.sequence}", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    message = _answer_head("outlook", reply)
    message["Thread-Topic"] = invite.summary
    message.set_content((reply.comment or "") + "\r\n", cte="quoted-printable")
    message.add_alternative(ics(rows), subtype="calendar", params={"method": "REPLY"}, cte="base64")
    return _bytes(message)


def _google(reply: Reply) -> bytes:
    """Google: times in UTC, ORGANIZER kept, Sender its own, and a copy as application/ics."""
    invite = reply.invite
    rows = [
        "BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0", "CALSCALE:GREGORIAN",
        "METHOD:REPLY", "BEGIN:VEVENT", f"DTSTART:{utc(invite.start)}", f"DTEND:{utc(invite.end)}",
        f"DTSTAMP:{utc(reply.now)}", f"ORGANIZER;CN={param(invite.organizer_name)}:mailto:{invite.organizer}",
        f"UID:{invite.uid}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={reply.partstat};CN={param(reply.name)};X-NUM-GUESTS=0:"
        f"mailto:{reply.letter.recipient}",
        f"CREATED:{utc(reply.now)}", "DESCRIPTION:", f"LAST-MODIFIED:{utc(reply.now)}",
        f"LOCATION:{esc(invite.location)}", f"SEQUENCE:{invite.sequence}", "STATUS:CONFIRMED",
        f"SUMMARY:{esc(invite.summary)}", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    message = _answer_head("google", reply)
    message["Sender"] = "Google Kalender <calendar-notification@google.example>"
    message.set_content(f"{reply.name} har svarat på inbjudan.\r\n{reply.comment}\r\n")
    message.add_alternative(ics(rows), subtype="calendar", params={"method": "REPLY"}, cte="8bit")
    message.make_mixed()
    message.add_attachment(ics(rows).encode(), maintype="application", subtype="ics", filename="invite.ics")
    return _bytes(message)


def _apple(reply: Reply) -> bytes:
    """Apple: the calendar part has no method parameter, is an attachment, all quoted-printable, line ends too."""
    invite = reply.invite
    rows = [
        "BEGIN:VCALENDAR", "CALSCALE:GREGORIAN", "METHOD:REPLY", "PRODID:-//Apple Inc.//macOS 15.6//EN", "VERSION:2.0",
        "BEGIN:VEVENT",
        f'ATTENDEE;CN="{quoted(reply.name)}";CUTYPE=INDIVIDUAL;EMAIL="{reply.letter.recipient}";PARTSTAT={reply.partstat}:'
        f"mailto:{reply.letter.recipient}",
        f"DTEND:{utc(invite.end)}", f"DTSTAMP:{utc(reply.now)}", f"DTSTART:{utc(invite.start)}",
        f'ORGANIZER;CN="{quoted(invite.organizer_name)}":mailto:{invite.organizer}',
        f"SEQUENCE:{invite.sequence}", f"SUMMARY:{esc(invite.summary)}", "TRANSP:OPAQUE", f"UID:{invite.uid}",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    outer, inner = f"Apple-Mail-1--{_id('outer', reply.now)[:9]}", f"Apple-Mail-2--{_id('inner', reply.now)[:9]}"
    head = _answer_head("apple", reply)
    head["X-Mail-Calendar-Part"] = "Yes"
    said = quoted_printable(f"{reply.name}: {WORDS['apple'][reply.partstat]}{invite.summary}\r\n{reply.comment}\r\n")
    entry = quoted_printable(ics(rows))
    body = (
        f"--{outer}\r\nContent-Type: text/plain;\r\n\tcharset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        f"{said}\r\n--{outer}\r\nContent-Type: multipart/mixed;\r\n\tboundary={inner}\r\n\r\n\r\n"
        f"--{inner}\r\nContent-Type: text/html;\r\n\tcharset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        f"<html><body></body></html>\r\n--{inner}\r\nContent-Disposition: attachment;\r\n\tfilename=iCal-svar.ics\r\n"
        'Content-Type: text/calendar;\r\n\tx-unix-mode=0644;\r\n\tname="iCal-svar.ics"\r\n'
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{entry}\r\n--{inner}--\r\n\r\n--{outer}--\r\n"
    )
    # Whole by hand: mail libraries write the line ends of a text part as line ends, Apple encodes them.
    top = head.as_bytes(policy=SMTP).rstrip(b"\r\n")
    return (
        top
        + f"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary={outer}\r\n\r\n\r\n{body}".encode()
    )


def _thunderbird(reply: Reply) -> bytes:
    """Thunderbird: our VTIMEZONE name kept, all of ATTENDEE repeated, 8bit, a copy as application/ics."""
    invite = reply.invite
    rows = [
        "BEGIN:VCALENDAR", "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "VERSION:2.0", "METHOD:REPLY",
        *stockholm(),
        "BEGIN:VEVENT", f"CREATED:{utc(reply.now)}",
        f"LAST-MODIFIED:{utc(reply.now)}", f"DTSTAMP:{utc(reply.now)}",
        f"UID:{invite.uid}", f"SUMMARY:{esc(invite.summary)}",
        f"ORGANIZER;CN={param(invite.organizer_name)}:mailto:{invite.organizer}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={reply.partstat};CN={param(reply.name)}:mailto:"
        f"{reply.letter.recipient}",
        f"DTSTART;TZID=Europe/Stockholm:{local(invite.start)}", f"DTEND;TZID=Europe/Stockholm:{local(invite.end)}",
        f"SEQUENCE:{invite.sequence}", *([f"COMMENT:{esc(reply.comment)}"] if reply.comment else []),
        "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    message = _answer_head("thunderbird", reply)
    message.set_content(f"{reply.name} har svarat på inbjudan.\r\n{reply.comment}\r\n", cte="8bit")
    message.add_alternative(ics(rows), subtype="calendar", params={"method": "REPLY"}, cte="8bit")
    message.make_mixed()
    message.add_attachment(ics(rows).encode(), maintype="application", subtype="ics", filename="invite.ics")
    return _bytes(message)


def _gnus(reply: Reply) -> bytes:
    """Gnus: bare line feeds inside base64, the answer's word before SUMMARY, one part only."""
    invite = reply.invite
    rows = [
        "BEGIN:VCALENDAR", "METHOD:REPLY", "PRODID:Gnus", "VERSION:2.0", *stockholm(), "BEGIN:VEVENT",
        f"SUMMARY:{esc(WORDS['gnus'][reply.partstat] + invite.summary)}",
        f"DTSTART;TZID=Europe/Stockholm:{local(invite.start)}", f"DTEND;TZID=Europe/Stockholm:{local(invite.end)}",
        f"DTSTAMP:{utc(reply.now)}", f"UID:{invite.uid}", f"SEQUENCE:{invite.sequence}",
        f'ATTENDEE;CN="{quoted(reply.name)}";CUTYPE=INDIVIDUAL;PARTSTAT={reply.partstat};ROLE=REQ-PARTICIPANT;RSVP=TRUE:'
        f"mailto:{reply.letter.recipient}",
        f"LOCATION:{esc(invite.location)}", f"ORGANIZER;CN={param(invite.organizer_name)}:mailto:{invite.organizer}",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    message = _answer_head("gnus", reply)
    message.set_content(ics(rows).replace("\r\n", "\n").encode(), "text", "calendar", params={"method": "REPLY"})
    return _bytes(message)


STYLES: dict[str, Callable[[Reply], bytes]] = {
    "outlook": _outlook, "google": _google, "apple": _apple, "thunderbird": _thunderbird, "gnus": _gnus,
}  # fmt: skip


def _answer_head(style: str, reply: Reply) -> EmailMessage:
    subject = WORDS[style][reply.partstat] + (reply.invite.summary or reply.letter.subject)
    to = reply.invite.organizer or reply.letter.answers_to
    message = _head(reply.letter.recipient, reply.name, to, subject, reply.now, reply.partstat + reply.invite.uid)
    message["In-Reply-To"] = reply.letter.message_id
    if reply.automatic:
        message["Auto-Submitted"] = "auto-replied"
    return message


def _head(sender: str, name: str, to: str, subject: str, now: datetime, salt: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((name, sender), charset="utf-8")
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(now.astimezone(STOCKHOLM))
    message["Message-ID"] = f"<{_id(sender + to + salt, now)}@{sender.rpartition('@')[2]}>"
    return message


def _bytes(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=SMTP)


def _id(salt: str, now: datetime) -> str:
    return sha256(f"{salt} {now.isoformat()}".encode()).hexdigest()[:32]
