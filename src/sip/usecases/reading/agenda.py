"""What standing groups have before them and have decided, as an actor may read it (rules, section 16)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import AgendaItem, Resolution, board_of
from sip.domain.worktime import local_day
from sip.store.aggregates import agenda as items
from sip.store.db import Database
from sip.store.seen import agenda
from sip.usecases.access import Act, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class BoardYear:
    """One year of boards: the items that were put before them, and each decision with its item, in the order of their
    days. What was put in the year may be decided in the next, and the other way round. An item says how it stands now:
    `state`, and of each decision `done_at`, `due_on` and `outcome`.
    """

    put: tuple[AgendaItem, ...]
    decided: tuple[tuple[AgendaItem, Resolution], ...]


async def of_year(db: Database, year: int, area: str | None, *, actor: Actor, now: datetime) -> BoardYear:
    """What the board of this area, None: every board in view, was asked and decided in a year, counted in Sweden; for a
    yearly report. Items come from a person, a report, or a suggestion (`source`), which then has what was counted
    (`signal`). Raises ForbiddenError for a role that reads no statistics.
    """
    require_role(actor, Act.READ_STATISTICS)
    async with recorded(db, actor, now) as (conn, log):
        found = await year_of(conn, actor, year, area)
        log.note("read", "agenda", str(year))
        return found


async def year_of(conn: AsyncConnection, actor: Actor, year: int, area: str | None) -> BoardYear:
    """As `of_year`, within a transaction of whoever reads more beside it, and records that."""
    groups = None if area is None else [board_of(area).id]
    found = await whole(conn, await agenda.of_year(conn, scope_of(actor), groups, year))
    put = tuple(one for one in found if local_day(one.put_at).year == year)
    decided = [(one, it) for one in found for it in one.resolutions if it.decided_on.year == year]
    return BoardYear(put, tuple(sorted(decided, key=lambda pair: (pair[1].decided_on, pair[0].put_at))))


async def whole(conn: AsyncConnection, ids: list[UUID]) -> list[AgendaItem]:
    """The items themselves, in this order."""
    there = await items.load_many(conn, ids)
    return [there[one].state for one in ids if one in there]
