"""Delivery reports (RFC 3464), and the bounces of servers that write none.

Which mail bounced is told by the envelope's bounce token first, then by Original-Envelope-Id, the returned ORGANIZER or
Reply-To, and the returned Message-ID. The report's fields are read before anything is guessed by its looks, and of
looks flufl.bounce knows more than we do (decision 0022). What says that it gave up is a failure whatever else stands in
it; `delayed` is none. Digits in our own returned mail count for nothing. Server words are cleaned: they go to a page
and a log.
"""

import logging
import re
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from sip.domain.address import folded, is_mailable
from sip.edges.mail.addresses import token_in
from sip.edges.mail.received import mime
from sip.edges.mail.received.header_addresses import addresses_in
from sip.edges.mail.texts import clean
from sip.usecases.received.parsed import DeliveryReport

# It logs each detector it runs, and what a mail held that one stumbled over.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

MOST_LINES = 1_000
"""A longer mail gets no second opinion: the library takes some 30 microseconds a line."""
_TAGGED = re.compile(r"(?<![a-z0-9.-])[a-z0-9.-]{1,30}(?:\+|%2b)[a-z2-7]{26}(?=@)", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.:-])([45])[0-5]\d(?=[ -](?!\d\d?:))")
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_RETURNED = ("text/rfc822-headers", "text/rfc822-headers-only", "message/rfc822", "message/global", "text/calendar")
_BEGINS_RETURNED = re.compile(
    r"^[-=* ]*(?:this is a copy of|below this line is a copy|(?:the )?(?:returned|original|rejected|undelivered) "
    r"(?:message|mail)\b|(?:the )?(?:header|body) of the|included is a copy|ursprungligt meddelande)"
    r"|^(?:return-path|received|message-id|dkim-signature|mime-version):",
    re.IGNORECASE | re.MULTILINE,
)
_GAVE_UP = re.compile(
    r"not going to try again|(?:'ve|have|has) given up|gave up|will not be retried|no (?:further|more) attempts|"
    r"permanent(?:ly)? (?:error|fail|fatal)|retry time(?:out)? exceeded|inga fler försök",
    re.IGNORECASE,
)
_SUBJECTS = (
    "delivery failure", "undeliverable", "undelivered mail", "mail delivery failed", "returned mail", "olevererbart",
    "det går inte att leverera", "kunde inte levereras",
)  # fmt: skip
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_MACHINES = ("mailer-daemon", "postmaster", "mail-daemon", "microsoftexchange")


def by_the_book(message: mime.Mail, parts: list[mime.Part]) -> DeliveryReport | None:
    """RFC 3464: one block of fields for the message, one for each recipient; the worst recipient counts."""
    part = next((part for part in parts if part.content_type.endswith("delivery-status") and not part.inside), None)
    if part is None:
        return None
    blocks = part.message.get_payload()
    groups = [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    if not groups:
        groups = [mime.parse_message(mime.payload(part.message))]
    recipients = [group for group in groups if group.get("Action") or group.get("Status")]
    if not recipients:
        recipients = groups[-1:]
    listed = _failed_recipients(message)
    chosen = min(recipients, key=lambda group: _rank(_action(group, listed)))
    named = _named(chosen, "Original-Recipient") or _named(chosen, "Final-Recipient")
    return DeliveryReport(
        action=_action(chosen, listed),
        status=_first(_STATUS, mime.header(chosen, "Status")),
        diagnostic=clean(mime.header(chosen, "Diagnostic-Code"), 300) or None,
        recipient=_recipient(chosen),
        named=named,
        envelope_id=next((found for group in groups if (found := _envelope_id(group))), None),
        **_of_ours(_returned(parts)),
    )


def _rank(action: str) -> int:
    return _ACTIONS.index(action)


def _action(group: mime.Mail, listed: tuple[str, ...]) -> str:
    """As the field says; without it, given up where anything says so, else by the class of its status."""
    word = (mime.header(group, "Action").split() or [""])[0].lower()
    if word in _ACTIONS:
        return word
    said = f"{mime.header(group, 'Status')} {mime.header(group, 'Diagnostic-Code')}"
    if listed or _has_given_up(said):
        return "failed"
    return {"4": "delayed", "2": "delivered"}.get(mime.header(group, "Status")[:1], "failed")


def _recipient(group: mime.Mail) -> str | None:
    """For people: the address we wrote to, else what became of it behind aliases."""
    for name in ("Original-Recipient", "X-Actual-Recipient", "Final-Recipient"):
        if found := _named(group, name):
            return found[-1]
    return None


def _named(group: mime.Mail, name: str) -> tuple[str, ...]:
    """All readings of the address that this field names: as it stands, and out of xtext (RFC 3461, section 4), which
    some servers leave on and some take off."""
    text = mime.header(group, name).rpartition(";")[2].strip().strip("<>")
    readings = dict.fromkeys(folded(one) for one in (text, _from_xtext(text)) if is_mailable(one))
    return tuple(readings)


def _from_xtext(text: str) -> str:
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)), text)


def _envelope_id(group: mime.Mail) -> str | None:
    return clean(_from_xtext(mime.header(group, "Original-Envelope-Id")), 100).lower() or None


def _failed_recipients(message: mime.Mail) -> tuple[str, ...]:
    """Exim's own field, which it writes of failures alone."""
    return addresses_in(next(mime.written(message, "X-Failed-Recipients"), ""))


def by_its_looks(message: mime.Mail, parts: list[mime.Part], *, null_path: bool) -> DeliveryReport | None:
    """Exim, Domino, old Exchange, qmail: a daemon's mail with a status, a reply code or known words in it."""
    listed = _failed_recipients(message)
    daemon = _is_daemon(message)
    if not listed and not daemon and not null_path:
        return None
    whole = _text(parts)
    said = _BEGINS_RETURNED.split(whole, maxsplit=1)[0]
    second = _second_opinion(message, parts)
    action = _looks_like(said, listed, second, mime.header(message, "Subject").lower(), daemon=daemon)
    if action is None:
        return None
    found = listed or (second.failed if action == "failed" else second.delayed)
    return DeliveryReport(
        action=action,
        status=_first(_STATUS, said),
        recipient=next(iter(found), None),
        named=listed,  # what was found in words is for people; it never says that a failure is somebody else's
        **_of_ours(_returned(parts) or whole),
    )


@dataclass(frozen=True, slots=True)
class _Opinion:
    """Whom flufl.bounce found failed for good, and whom delayed."""

    failed: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()


def _looks_like(said: str, listed: tuple[str, ...], second: _Opinion, subject: str, *, daemon: bool) -> str | None:
    """What says that it gave up wins; digits are believed of a daemon alone; None when it is no bounce."""
    codes = set(_REPLY_CODE.findall(said)) | {status[0] for status in _STATUS.findall(said)}
    if listed or second.failed or (daemon and ("5" in codes or _GAVE_UP.search(said))):
        return "failed"
    if second.delayed or (daemon and "4" in codes):
        return "delayed"
    return "failed" if daemon and subject.startswith(_SUBJECTS) else None


def _has_given_up(said: str) -> bool:
    return _GAVE_UP.search(said) is not None or "5" in {
        *_REPLY_CODE.findall(said), *(status[0] for status in _STATUS.findall(said))
    }  # fmt: skip


def _is_daemon(message: mime.Mail) -> bool:
    written = " ".join(mime.written(message, "From")).lower()
    return "mailer-daemon" in written or any(
        word.strip('<"').startswith(_MACHINES) for word in written.split() if "@" in word or "<" in word
    )


def _second_opinion(message: mime.Mail, parts: list[mime.Part]) -> _Opinion:
    """Of a library that knows what servers once wrote; whatever it raises on broken bytes, there is our own reading."""
    if sum(mime.payload(part.message).count(b"\n") for part in parts) > MOST_LINES:
        return _Opinion()
    try:
        delayed, failed = all_failures(message)
    except Exception:  # it reads headers that may be missing and charsets that are none
        return _Opinion()
    return _Opinion(_mailable(failed), _mailable(delayed))


def _mailable(found: frozenset[bytes]) -> tuple[str, ...]:
    read = (one.decode("ascii", "replace") for one in found)
    return tuple(sorted(folded(one) for one in read if is_mailable(one)))


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


def _of_ours(returned: str) -> dict[str, str | None]:
    """Which mail of ours came back, by its Message-ID and by the token in it."""
    tagged = _TAGGED.search(returned)
    return {
        "original_message_id": _first(_MESSAGE_ID, returned),
        "returned_token": token_in(f"{tagged[0]}@x") if tagged else None,
    }


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    if found is None:
        return None
    return found[1] if pattern.groups else found[0]
