"""What only the store knows of a mail that is about to leave, and what comes out of composing it."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sip.domain.address import is_mailable
from sip.domain.effects import REFERENCES, AnyMail, Mail, NoticeKind
from sip.domain.meeting import invitation_id
from sip.edges.mail.addresses import Home


class UnmailableError(ValueError):
    """An address that no mail can be sent to as it stands; the text is one sentence for the convener."""


@dataclass(frozen=True, slots=True)
class Code:
    """What is typed instead of following a link: the code, and the address of the page that takes it."""

    text: str
    page: str


@dataclass(frozen=True, slots=True)
class Way:
    """How one ask is answered without a calendar: by a link, or by the short code that stands for it."""

    url: str
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class OutgoingEnvelope:
    """Tokens and links of one outgoing mail.

    `bounce_token` names this mail. `reply_token` is the invitation's, None where no single invitation fits. `links`
    are whole addresses, minted for this mail, one (or None) for each of its asks in order; `codes` stand beside them,
    none at all where there are none. `thread` is the Message-ID of the invitation's first mail, None for that one
    itself. `partstat` is the answer known of the recipient, kept in a text-only update (iCalendar PARTSTAT).
    """

    bounce_token: str
    reply_token: str | None = None
    links: tuple[str | None, ...] = (None,)
    thread: str | None = None
    partstat: str = "NEEDS-ACTION"
    codes: tuple[Code | None, ...] = ()

    @property
    def ways(self) -> tuple[Way | None, ...]:
        """One for each ask, None where nothing is to be answered."""
        codes = self.codes or (None,) * len(self.links)
        return tuple(Way(url, code) if url else None for url, code in zip(self.links, codes, strict=True))


@dataclass(frozen=True, slots=True)
class Composed:
    """One mail ready for the relay: envelope and bytes. `message_id` has its angle brackets."""

    message_id: str
    mail_from: str
    rcpt_to: str
    data: bytes


def message_id(keys: Iterable[str], domain: str) -> str:
    """The Message-ID of the mail that carries the effects with these keys: the same for ever (rules, section 2)."""
    digest = hashlib.sha256("\n".join(keys).encode()).digest()[:16]
    return f"<{base64.b32encode(digest).decode().rstrip('=').lower()}@{domain}>"


def uid_of(mail: Mail, home: Home) -> str:
    """The UID of the mail's invitation, or of the one it is a copy of. Raises ValueError for no calendar mail."""
    if mail.invitation is None:
        raise ValueError("Only a mail to an invitation has a UID.")
    ordinal = mail.invitation if mail.copy_of is None else mail.copy_of
    return f"{invitation_id(mail.facts.meeting, ordinal)}@{home.domain}"


def own_page(mail: AnyMail, base_url: str) -> str | None:
    """The page of its reader's own that a mail leads to, who signs in; None where it has none."""
    if isinstance(mail, Mail):
        return f"{base_url}/matters" if mail.facts.protected else None
    if mail.kind is NoticeKind.BARRIER:
        return f"{base_url}/accessibility/told"
    if mail.kind is NoticeKind.THANKS:
        return f"{base_url}/deviations"
    if mail.kind is NoticeKind.RESOLUTION_DUE or mail.kind in REFERENCES:
        return f"{base_url}/boards/items/{mail.detail['item']}"
    if mail.kind is NoticeKind.ENDPOINT_OFF:
        return f"{base_url}{mail.detail['page']}"
    if mail.kind is NoticeKind.RENEWAL:
        return f"{base_url}{mail.detail['page']}" if mail.user_id is not None else None
    if mail.kind is NoticeKind.SEATS_LIFTED:
        return f"{base_url}/groups/{mail.detail['id']}" if mail.user_id is not None else None
    if mail.meeting_id is not None:
        return f"{base_url}/meetings/{mail.meeting_id}"
    return None if mail.booking_id is None else f"{base_url}/bookings/{mail.booking_id}"


def recipient_of(mail: AnyMail) -> str:
    """The address to send to, its domain in ASCII. Raises UnmailableError where SMTP cannot carry it (RFC 5321)."""
    local, at, domain = mail.to.email.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("ascii" if domain.isascii() else "idna").decode()
    except UnicodeError:
        ascii_domain = ""
    if not at or not is_mailable(f"{local}@{ascii_domain}"):
        raise UnmailableError("The address cannot be used: write it as name@domain, with plain letters before the @.")
    return f"{local}@{ascii_domain}"
