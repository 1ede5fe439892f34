"""What a received mail belongs to: an invitation by its reply token, a mail of ours by its bounce token, or nothing.

The envelope's token decides; tokens in headers and in the calendar, and the Message-IDs it answers, are the next best
where an IMAP account has lost the envelope (mail-cases, section 1). A UID alone, which many may know, proves nothing by
itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.store.post import outbox, tokens
from sip.store.post.outbox import Carried
from sip.store.post.tokens import InvitationRef
from sip.usecases.received.outcomes import Why
from sip.usecases.received.parsed import ParsedMail

BOUNCE = "bounce"
_WORDS = frozenset({"human", "auto_reply", "broken"})


@dataclass(frozen=True, slots=True)
class RecipientTag:
    """What stands before and after the + in the envelope's recipient."""

    tag: str
    token: str | None

    @property
    def is_bounce(self) -> bool:
        return self.tag == BOUNCE


def recipient_of(address: str) -> RecipientTag:
    """Read as tolerantly as at the door: any case, `%2B` for the plus, quotes."""
    local = folded(address).rpartition("@")[0] or folded(address)
    tag, _, token = local.replace("%2b", "+").strip('"').partition("+")
    return RecipientTag(tag, token or None)


@dataclass(frozen=True, slots=True)
class Addressed:
    """The invitation, and why the mail must not be believed at once: None where a token of ours came with it.

    UNPROVEN: only its UID says so, and the sender has to be shown by other means.
    """

    ref: InvitationRef | None
    why: Why | None = None


async def invitation_of(conn: AsyncConnection, mail: ParsedMail, token: str | None) -> Addressed:
    """The invitation a mail to a reply address or to the base address is about."""
    if token is not None:
        return await _by_token(conn, mail, token)
    for hint in mail.tokens:
        if await tokens.invitation_by_reply_token(conn, hint) is not None:
            return await _by_token(conn, mail, hint)
    uid = uid_of(mail.uid)
    ref = await tokens.invitation_by_uid(conn, uid) if uid is not None else None
    if ref is not None:
        return Addressed(ref, Why.UNPROVEN)
    if mail.kind in _WORDS:
        answered = await _by_thread(conn, mail.in_reply_to)
        return Addressed(answered, None if answered is not None else Why.NO_TOKEN)
    return Addressed(None, Why.NO_TOKEN)


async def _by_token(conn: AsyncConnection, mail: ParsedMail, token: str) -> Addressed:
    ref = await tokens.invitation_by_reply_token(conn, token)
    if ref is None:
        return Addressed(None, Why.UNKNOWN_TOKEN)
    if mail.uid is not None and uid_of(mail.uid) != ref.id and mail.kind != "bounce":
        return Addressed(ref, Why.UID_DIFFERS)
    return Addressed(ref)


async def _by_thread(conn: AsyncConnection, message_ids: Sequence[str]) -> InvitationRef | None:
    """Words in answer to a mail of ours, whose Message-ID nobody can guess."""
    for message_id in message_ids:
        for one in await outbox.carried_by_message_id(conn, message_id):
            ref = await invitation_carried(conn, one)
            if ref is not None:
                return ref
    return None


async def invitation_carried(conn: AsyncConnection, carried: Carried) -> InvitationRef | None:
    """The invitation that a mail of ours was about: its own, else the party's last to that address, else its last."""
    if carried.party is None or carried.meeting_id is None:
        return None
    found = await tokens.invitations_of(conn, carried.meeting_id)
    if carried.invitation is not None:
        return next((ref for ref in found if ref.invitation == carried.invitation), None)
    ours = [ref for ref in found if ref.party == carried.party]
    same = [ref for ref in ours if folded(ref.email) == folded(carried.email)]
    return next(reversed(same or ours), None)


async def mail_of(conn: AsyncConnection, mail: ParsedMail, to: RecipientTag) -> list[Carried]:
    """What the mail of ours carried that a machine answers: by bounce token, ENVID, or returned Message-ID."""
    report = mail.report
    if to.is_bounce and to.token is not None:
        found = await outbox.carried_by_bounce_token(conn, to.token)
        if found:
            return found
    if report is not None and report.envelope_id:
        found = await outbox.carried_by_bounce_token(conn, report.envelope_id)
        if found:
            return found
    if report is not None and report.original_message_id:
        return await outbox.carried_by_message_id(conn, report.original_message_id)
    return []


def uid_of(uid: str | None) -> UUID | None:
    """A UID of ours begins with the invitation's id, as it stands or before an @."""
    if uid is None:
        return None
    try:
        return UUID(uid.partition("@")[0])
    except ValueError:
        return None
