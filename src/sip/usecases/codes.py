"""Links that stand in no mail: of a short code that somebody types, and of a unit's other calls (rules, section 3)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sip import retention
from sip.domain.effects import Link
from sip.store.db import Database
from sip.store.post import codes, tokens
from sip.store.vault import Vault
from sip.usecases.actor import ServicePart
from sip.usecases.problems import NotFoundError
from sip.usecases.reading.links import of_mailbox, open_calls_of


async def open_by_code(db: Database, vault: Vault, typed: str, now: datetime) -> str | None:
    """A link token for that page, good for a day; None for a code that never was or has ended."""
    code = codes.read_code(typed)
    if code is None:
        return None
    async with db.transaction(ServicePart.LINKS) as conn:
        return await tokens.token_for_code(conn, vault.digest(code), now)


async def open_call(db: Database, token: str, meeting_id: UUID, now: datetime) -> str:
    """A link token, for a day, that opens another open call of the unit whose mailbox this link was mailed to.

    Raises NotFoundError for any other link, and for a meeting that is none of them.
    """
    async with db.transaction(ServicePart.LINKS) as conn:
        ref, party = await of_mailbox(conn, token, now)
        for meeting, own in await open_calls_of(conn, party.unit_id, now):
            if meeting.id == meeting_id:
                ends = min(ref.expires_at, now + retention.TYPED_CODE.life)
                other = replace(
                    ref, purpose=Link.ANSWER, meeting_id=meeting.id, party=own.ordinal, invitation=None, expires_at=ends
                )
                return await tokens.lend(conn, other)
    raise NotFoundError("meeting")
