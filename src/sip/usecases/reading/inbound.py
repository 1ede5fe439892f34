"""Reading received mail, as an actor may: what came of it, and to the convener's side its words (rules, section 3)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store.db import Database
from sip.store.post import inbox
from sip.store.seen import lists
from sip.store.seen.lists import InboundRow
from sip.store.vault import Vault
from sip.usecases.access import MAY, Act, everywhere, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.problems import ConflictError, ForbiddenError, NotFoundError
from sip.usecases.recorded import recorded


async def page(
    db: Database,
    *,
    outcome: str | None = None,
    waiting: bool = False,
    meeting_id: UUID | None = None,
    after: int | None = None,
    before: int | None = None,
    latest: bool = False,
    limit: int,
    actor: Actor,
    now: datetime,
) -> Sequence[InboundRow]:
    """A page of received mail, by number; `waiting`: what the actor's side has to see to (see `lists.inbound`)."""
    require_role(actor, Act.READ_INBOUND)
    async with recorded(db, actor, now) as (conn, log):
        rows = await lists.inbound(
            conn, scope_of(actor), outcome, waiting, after, limit, meeting_id=meeting_id, before=before, latest=latest,
            who=actor.id if meeting_id is not None else None,
        )  # fmt: skip
        log.note("list", "inbound", *(row.id for row in rows))
    return rows


async def one(db: Database, inbound_id: int, *, actor: Actor, now: datetime) -> InboundRow:
    """One received mail and what came of it, nothing of its words. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "inbound_line", inbound_id)
        return await _one(conn, inbound_id, actor)


async def _one(conn: AsyncConnection, inbound_id: int, actor: Actor) -> InboundRow:
    require_role(actor, Act.READ_INBOUND)
    row = await lists.one_inbound(conn, scope_of(actor), inbound_id, who=actor.id)
    if row is None:
        raise NotFoundError("mail")
    return row


def reads_words(actor: Actor, row: InboundRow) -> bool:
    """Whether the mail's own words are hers to read: of the convener's side; of no meeting, who keeps the whole
    installation (rules, section 3)."""
    return row.convened if row.meeting_id is not None else everywhere(actor)


def sees_to(row: InboundRow) -> bool:
    """Whether it is her side's to see to; what a called unit wrote to another's meeting she only sees."""
    return row.meeting_id is None or row.convened


async def raw(db: Database, vault: Vault, inbound_id: int, *, actor: Actor, now: datetime) -> bytes:
    """The mail as it came; reading it is logged. Raises NotFoundError when it has been removed or is not hers."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "inbound", inbound_id)
        row = await _one(conn, inbound_id, actor)
        found = await inbox.read_raw(conn, vault, inbound_id) if reads_words(actor, row) else None
        if found is None:
            raise NotFoundError("mail")
    return found


async def seen_to(db: Database, inbound_id: int, *, actor: Actor, now: datetime) -> InboundRow:
    """A person has seen to it: it leaves the list of what waits. A claim is decided instead (ConflictError).

    Raises ForbiddenError for who may only read it.
    """
    async with recorded(db, actor, now) as (conn, log):
        log.note("see_to", "inbound", inbound_id)
        row = await _one(conn, inbound_id, actor)
        if not sees_to(row):
            raise ForbiddenError(MAY[Act.READ_INBOUND], Act.READ_INBOUND)
        if row.waits and row.claim is not None:
            raise ConflictError("claim_waits")
        await inbox.see_to(conn, inbound_id, now)
        return await _one(conn, inbound_id, actor)
