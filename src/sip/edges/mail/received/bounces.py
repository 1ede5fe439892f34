"""Delivery reports (RFC 3464), and the bounces of servers that write none.

Which mail bounced is told by the envelope's bounce token first, then by Original-Envelope-Id, the returned ORGANIZER or
Reply-To, and the returned Message-ID. `delayed` is no failure. Server words are cleaned: they go to a page and a log.
"""

import re
from email.message import Message

from sip.domain.address import is_mailable
from sip.edges.mail.addresses import token_in
from sip.edges.mail.received import mime
from sip.edges.mail.received.mailboxes import addresses_in, only_address
from sip.edges.mail.texts import clean
from sip.usecases.received.parsed import DeliveryReport

_TAGGED = re.compile(r"[a-z0-9.-]{1,30}(?:\+|%2b)[a-z2-7]{26}(?=@)", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY_CODE = re.compile(r"(?<!\d)([45])\d\d(?=[ -])")
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_RETURNED = ("text/rfc822-headers", "text/rfc822-headers-only", "message/rfc822", "message/global", "text/calendar")
_SUBJECTS = (
    "delivery failure", "undeliverable", "undelivered mail", "mail delivery failed", "returned mail", "olevererbart",
    "det går inte att leverera", "kunde inte levereras",
)  # fmt: skip
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_MACHINES = ("mailer-daemon", "postmaster", "mail-daemon", "microsoftexchange")


def by_the_book(parts: list[mime.Part]) -> DeliveryReport | None:
    """RFC 3464: one block of fields for the message, one for each recipient; the worst recipient counts."""
    part = next((part for part in parts if part.content_type.endswith("delivery-status") and not part.inside), None)
    if part is None:
        return None
    blocks = part.message.get_payload()
    groups = [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    if not groups:
        groups = [mime.parse_message(mime.payload(part.message))]
    recipients = [group for group in groups if group.get("Action") or group.get("Status")]
    chosen = min(recipients, key=lambda group: _rank(_action(group)), default=groups[0])
    returned = _returned(parts)
    envelope_id = next((found for group in groups if (found := mime.header(group, "Original-Envelope-Id"))), None)
    return DeliveryReport(
        action=_action(chosen),
        status=_first(_STATUS, mime.header(chosen, "Status")),
        diagnostic=clean(mime.header(chosen, "Diagnostic-Code"), 300) or None,
        recipient=_recipient(chosen),
        original_recipient=_address(chosen, "Original-Recipient"),
        original_message_id=_first(_MESSAGE_ID, returned),
        envelope_id=clean(envelope_id, 100) if envelope_id else None,
        returned_token=_token(returned),
    )


def _rank(action: str) -> int:
    return _ACTIONS.index(action)


def _action(group: mime.Mail) -> str:
    word = (mime.header(group, "Action").split() or [""])[0].lower()
    if word in _ACTIONS:
        return word
    return {"4": "delayed", "2": "delivered"}.get(mime.header(group, "Status")[:1], "failed")


def _recipient(group: mime.Mail) -> str | None:
    """Original-Recipient is the address we wrote to; Final-Recipient what became of it behind aliases."""
    for name in ("Original-Recipient", "X-Actual-Recipient", "Final-Recipient"):
        if (address := _address(group, name)) is not None:
            return address
    return None


def _address(group: mime.Mail, name: str) -> str | None:
    address = mime.header(group, name).rpartition(";")[2].strip().strip("<>").lower()
    return address if is_mailable(address) else None


def by_its_looks(message: mime.Mail, parts: list[mime.Part]) -> DeliveryReport | None:
    """Exim, Domino, old Exchange: a daemon's mail with a status or a reply code in its words."""
    failed = next(iter(addresses_in(next(mime.written(message, "X-Failed-Recipients"), ""))), None)
    sender = (only_address(mime.written(message, "From")) or "").partition("@")[0]
    daemon = sender.startswith(_MACHINES) or "mailer-daemon" in mime.header(message, "From").lower()
    if failed is None and not daemon:
        return None
    said = _text(parts)
    status = _first(_STATUS, said)
    digit = (status or _first(_REPLY_CODE, said) or ("5" if failed else ""))[:1]
    if digit not in ("4", "5") and not mime.header(message, "Subject").lower().startswith(_SUBJECTS):
        return None
    returned = _returned(parts) or said
    return DeliveryReport(
        action="delayed" if digit == "4" else "failed",
        status=status,
        recipient=failed,
        original_message_id=_first(_MESSAGE_ID, returned),
        returned_token=_token(returned),
    )


def _text(parts: list[mime.Part]) -> str:
    plain = [part for part in parts if part.content_type == "text/plain" and not part.inside]
    return mime.payload(plain[0].message)[:20_000].decode("latin-1") if plain else ""


def _returned(parts: list[mime.Part]) -> str:
    """What came back of our own mail: headers of the returned message and its parts, unfolded enough to search."""
    found: list[str] = []
    for part in parts:
        if not part.inside and part.content_type not in _RETURNED:
            continue
        found += [f"{name}: {value}" for name, value in part.message.items()]
        found.append(mime.payload(part.message)[:100_000].decode("latin-1"))
    return re.sub(r"\r?\n[ \t]", "", "\n".join(found))


def _token(text: str) -> str | None:
    found = _TAGGED.search(text)
    return token_in(f"{found[0]}@x") if found else None


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    if found is None:
        return None
    return found[1] if pattern.groups else found[0]
