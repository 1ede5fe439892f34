"""Protected meetings for those they are for, and who these are (rules, section 13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.meeting import Meeting, Party
from sip.domain.worktime import local_day
from sip.store.db import Database, beyond
from sip.store.seen import matters
from sip.store.seen.matters import MatterLine, Somebody, Thing
from sip.usecases.access import MAY, Act, convenes, has_party, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.recorded import recorded

SHOWN_FOR = timedelta(days=90)
"""After the meeting's end."""


async def listed(db: Database, *, actor: Actor, now: datetime) -> list[MatterLine]:
    """All that the actor is named in, or heads a unit of."""
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now) as (conn, log):
        found = await matters.listed(conn, scope_of(actor), actor.id or "", now - SHOWN_FOR)
        log.note("list", "meeting", *(one.id for one in found))
        return found


async def count(conn: AsyncConnection, actor: Actor, now: datetime) -> int:
    """How many there are, for the start page, which says no more of them."""
    return await matters.count(conn, scope_of(actor), actor.id or "", now - SHOWN_FOR)


async def is_protected(db: Database, thing: Thing, key: UUID | int, *, actor: Actor, now: datetime) -> bool:
    """Whether the page of this is for who has shown, by more than a password, who she is."""
    why = "whether a code is asked for; what is read after it is recorded"
    async with recorded(db, actor, now, nothing=why) as (conn, _):
        return await matters.is_protected(conn, thing, key)


@dataclass(frozen=True, slots=True)
class NamedOf:
    """One party's users: those named, in no order; those who could be. `reached`: somebody of the unit can see the
    meeting. `may`: the reader may name.
    """

    named: tuple[Somebody, ...]
    others: tuple[Somebody, ...]
    reached: bool
    may: bool


async def named_of(conn: AsyncConnection, meeting: Meeting, actor: Actor, now: datetime) -> Mapping[int, NamedOf]:
    """By party, of those that the reader acts for; nothing of a meeting that is not protected."""
    if not meeting.protected:
        return {}
    found = {}
    async with beyond(conn):  # users of another's unit, by name and role: whom the convener telephones about
        names = await matters.names(conn, [one.user_id for one in meeting.named])
        for party in meeting.parties:
            if party.active and (has_party(actor, party) or convenes(actor, meeting)):
                found[party.ordinal] = await _of(conn, meeting, party, names, actor, now)
    return found


async def _of(
    conn: AsyncConnection, meeting: Meeting, party: Party, names: Mapping[UUID, str], actor: Actor, now: datetime
) -> NamedOf:
    day = local_day(now)
    there = await matters.users_of(conn, party.unit_id, party.organisation_id, party.principal_id, day)
    roles = {one.id: one.role for one in there}
    named = tuple(
        Somebody(one.user_id, names.get(one.user_id, "?"), roles.get(one.user_id))
        for one in meeting.named
        if one.party == party.ordinal
    )
    all_named = {one.user_id for one in meeting.named}
    others = tuple(one for one in there if one.id not in all_named)
    reached = any(one.id in roles for one in named) or await matters.has_head(conn, party.unit_id, day)
    return NamedOf(named, others, reached, actor.role in MAY[Act.NAME_USERS])
