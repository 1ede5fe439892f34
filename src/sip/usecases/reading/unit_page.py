"""One unit's page for its manager, and for whoever watches or convenes in the area it lies in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.people import Roster
from sip.store.aggregates import rosters
from sip.store.db import Database
from sip.store.seen import unit_year
from sip.store.seen.dashboard import MeetingLine
from sip.store.seen.unit_year import UnitHead, UnitYear
from sip.usecases.access import MAY, Act, scope_of
from sip.usecases.actor import Actor
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class UnitPageRead:
    """Who it is and who can be reached there, what it is called to, and its year."""

    head: UnitHead
    roster: Roster
    coming: list[MeetingLine]
    year: UnitYear


async def page(db: Database, unit_id: UUID, *, actor: Actor, now: datetime) -> UnitPageRead:
    """The page. Raises NotFoundError for a unit that is not within the actor's scope, and for a role that watches no
    unit."""
    if actor.role not in MAY[Act.WATCH_UNITS]:
        raise NotFoundError("unit")
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "unit", unit_id)
        head = await unit_year.head(conn, scope_of(actor), unit_id)
        if head is None:
            raise NotFoundError("unit")
        roster = (await rosters.rosters(conn, [unit_id], now))[unit_id]
        return UnitPageRead(
            head, roster, await unit_year.coming(conn, scope_of(actor), unit_id, now),
            await unit_year.year(conn, unit_id, now),
        )  # fmt: skip
