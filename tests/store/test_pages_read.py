"""What a question costs at ten years: the number of 8 kB pages that each reads, under both ways of planning.

The law of this file: what is alive is small and what has been is large, and no question that is asked often may read
what has been. Pages are counted by the server (`pg_statio_user_tables`), so no clock has a say.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from benchmarks import county, decade
from sqlalchemy.ext.asyncio import AsyncConnection

import sip
from sip.domain.people import Language, Role
from sip.embedded.server import ServerHandle
from sip.store import db, idempotency, migrate, module_runs, users
from sip.store.aggregates import deviations, meetings
from sip.store.aggregates.journal import ActorColumns
from sip.store.aggregates.rosters import rosters
from sip.store.db import Acting, Database
from sip.store.feeds import Feed, FeedKind, FeedRecord
from sip.store.post import feedback, inbox, sending, tokens
from sip.store.post.sending import Pace
from sip.store.seen import dashboard, feed_meetings, gaps, hands, listings, lists, meeting_list, unit_search, unit_year
from sip.store.seen.hands import HandPage, Looker, Whose
from sip.store.seen.lists import MeetingQuery
from sip.store.seen.meeting_list import ListQuery
from sip.store.seen.scope import EVERYTHING, Scope, ScopeKind
from sip.store.seen.unit_search import UnitQuery
from sip.usecases.actor import Actor, ActorKind, ServicePart

NOW = county.REMINDER_AT
PACE = Pace(4, 30)
NAME = "sip_decade"
LEASE = timedelta(minutes=5)
_WARM = 3  # runs before the counted one, so that what is read to plan, and the first marks on rows, are not counted

Question = Callable[[AsyncConnection], Awaitable[object]]


@pytest.fixture(scope="module")
async def filled(cluster: ServerHandle, template_database: str) -> AsyncIterator[ServerHandle]:
    """A database of ten thousand meetings, shared by the tests of this file."""
    cluster.create_database_from_template(NAME, template_database)
    app = Database(cluster.url(NAME))
    owner = await _connect(cluster, "sip_owner")
    await decade.build(app, owner, decade.Decade())
    await owner.close()
    await app.close()
    yield cluster
    cluster.drop_database(NAME)


async def _connect(cluster: ServerHandle, role: str) -> asyncpg.Connection:
    return await asyncpg.connect(host=str(cluster.socket_dir), port=cluster.port, user=role, database=NAME, ssl=False)


def _unit(k: int) -> UUID:
    return decade.unit(county.CARE, k)


def _feed(kind: FeedKind, unit: UUID | None) -> Feed:
    record = FeedRecord(county.ident("feed"), kind, Language.SV, NOW, unit_id=unit)
    return Feed(record, True, ActorColumns("user", "1", "Clara", None, None), None, None)


_LOOKER = Looker("siv", "siv@region.example")
_UNIT = Scope(ScopeKind.UNIT, _unit(7))
_CALENDAR = _feed(FeedKind.UNIT, _unit(7))
_WEEK = ListQuery(NOW, NOW + timedelta(days=14))
_SINCE = feed_meetings.since(NOW)
# Each may read at most so many pages: about twice what it reads today, and far less than what lies there. Of a plan
# made anew each time the reads of the planner are among them, which looks at the ends of indexes: some hundred pages
# of what joins four tables, where the statement itself reads twenty.
QUESTIONS: dict[str, tuple[int, Question]] = {
    "timers": (150, lambda c: meetings.lock_due(c, NOW - timedelta(days=1), 200)),
    "timers of reports": (20, lambda c: deviations.lock_due(c, NOW, 200)),
    "claim calendar mails": (600, lambda c: sending.claim_calendar(c, NOW, 50, PACE)),
    "claim ordinary mails": (600, lambda c: sending.claim_ordinary(c, NOW, 50, PACE)),
    "claim again": (600, lambda c: sending.claim_again(c, LEASE, NOW, 50, PACE)),
    "results to tell": (20, lambda c: feedback.meetings_to_tell(c, 200)),
    "results of notices": (20, lambda c: feedback.untold_notices(c, 200)),
    "failures to tell reports": (20, lambda c: feedback.failed_alone(c, 200)),
    "mail to judge": (50, lambda c: inbox.unjudged_ids(c)),
    "mail that is stuck": (50, lambda c: inbox.stuck(c)),
    "health": (140, lambda c: listings.lag(c, NOW)),
    "health: all that is asked": (145, lambda c: _health(c)),
    "forty meetings whole": (450, lambda c: _whole(c)),
    "forty meetings' parties": (530, lambda c: _parties(c)),
    "waiting": (350, lambda c: lists.waiting(c, NOW)),
    "remove raw mail": (20, lambda c: inbox.remove_raw(c, NOW - timedelta(days=30))),
    "drop links": (20, lambda c: tokens.drop_ended_links(c, NOW - timedelta(days=3000))),
    "drop sessions": (20, lambda c: users.drop_ended_sessions(c)),
    "drop repeats": (20, lambda c: idempotency.drop_old(c)),
    "dashboard: hands of a unit": (150, lambda c: hands.may_need(c, _UNIT, _LOOKER, HandPage(), NOW)),
    "dashboard: hands of all": (150, lambda c: hands.may_need(c, EVERYTHING, _LOOKER, HandPage(), NOW)),
    "dashboard: hands of her own": (150, lambda c: hands.may_need(c, EVERYTHING, _LOOKER, HandPage(Whose.MINE), NOW)),
    "dashboard: put off": (20, lambda c: hands.put_off(c, EVERYTHING, _LOOKER, Whose.ALL, NOW)),
    "dashboard: a change": (200, lambda c: hands.may_need(c, _UNIT, _LOOKER, HandPage(only=[county.MEETING]), NOW)),
    "dashboard: coming": (600, lambda c: dashboard.coming(c, _UNIT, NOW)),
    "dashboard: gaps of all": (300, lambda c: gaps.lacking(c, EVERYTHING, NOW, 10)),
    "dashboard: gaps of a unit": (200, lambda c: gaps.lacking(c, _UNIT, NOW, 10)),
    "a unit's year": (200, lambda c: unit_year.year(c, decade.unit(county.HOME, 7), NOW)),
    "list: of a unit": (600, lambda c: meeting_list.listed(c, _UNIT, _WEEK)),
    "list: of all": (600, lambda c: meeting_list.listed(c, EVERYTHING, _WEEK)),
    "list: search": (900, lambda c: meeting_list.listed(c, EVERYTHING, replace(_WEEK, words="hemtjänst"))),
    "list: one reference": (250, lambda c: meeting_list.listed(c, EVERYTHING, replace(_WEEK, words="0000-001"))),
    "list: count": (600, lambda c: meeting_list.counted(c, EVERYTHING, _WEEK)),
    "list of meetings": (600, lambda c: lists.meetings(c, _UNIT, MeetingQuery())),
    "inbound of a unit": (600, lambda c: lists.inbound(c, _UNIT, waiting=True)),
    "inbound of all": (2000, lambda c: lists.inbound(c, EVERYTHING, waiting=True)),
    "inbound waiting, of a unit": (600, lambda c: lists.inbound_waiting(c, _UNIT)),
    "feed: stamp": (300, lambda c: feed_meetings.stamp(c, _CALENDAR, _SINCE)),
    "feed: meetings": (400, lambda c: feed_meetings.meetings(c, _CALENDAR, _SINCE)),
}
_REGION = Scope(ScopeKind.PRINCIPAL, county.REGION)
_CALLED = Scope(ScopeKind.UNIT, decade.unit(county.HOME, 7))
_TOWN = Scope(ScopeKind.PRINCIPAL, county.TOWN)
STAFF = Actor(ActorKind.USER, "1", "Sara", _CALLED.place, Role.UNIT_STAFF)
COORDINATOR = Actor(ActorKind.USER, "2", "Kim", None, Role.COORDINATOR, None, county.TOWN)
REGIONAL = Actor(ActorKind.USER, "3", "Siv", None, Role.COORDINATOR, None, county.REGION)
KEEPER = Actor(ActorKind.USER, "4", "Ada", None, Role.ADMINISTRATOR)
# Behind the wall of somebody who is called: what is in her view is asked of the rows themselves, and nothing of others
# is looked up for it.
AS_SOMEBODY: dict[str, tuple[int, Actor, Question]] = {
    "hands of a called unit": (150, STAFF, lambda c: hands.may_need(c, _CALLED, _LOOKER, HandPage(), NOW)),
    "list of a called unit": (600, STAFF, lambda c: meeting_list.listed(c, _CALLED, _WEEK)),
    "one reference": (360, STAFF, lambda c: meeting_list.listed(c, _CALLED, replace(_WEEK, words="0000-001"))),
    "one meeting": (20, STAFF, lambda c: meetings.load_many(c, [county.MEETING])),
    "a unit's year": (200, STAFF, lambda c: unit_year.year(c, decade.unit(county.HOME, 7), NOW)),
    "hands of a called principal": (400, COORDINATOR, lambda c: hands.may_need(c, _TOWN, _LOOKER, HandPage(), NOW)),
    "inbound of a principal": (200, REGIONAL, lambda c: lists.inbound(c, _REGION, waiting=True)),
    "list of a principal": (300, REGIONAL, lambda c: meeting_list.listed(c, _REGION, _WEEK)),
    "meetings of a principal": (150, REGIONAL, lambda c: lists.meetings(c, _REGION, MeetingQuery())),
    "directory: a page": (600, KEEPER, lambda c: _directory(c)),
    "directory: search": (700, KEEPER, lambda c: _directory(c, "hemtj", "al")),
    "list of a called principal": (900, COORDINATOR, lambda c: meeting_list.listed(c, _TOWN, _WEEK)),
}


@pytest.mark.parametrize("planning", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("question", AS_SOMEBODY)
async def test_nor_is_it_behind_the_wall(filled: ServerHandle, question: str, planning: str) -> None:
    most, actor, ask = AS_SOMEBODY[question]
    await _reads(filled, question, most, actor, ask, planning)


async def _forty(conn: AsyncConnection) -> list[UUID]:
    rows = await (await db.raw(conn)).fetch("select id from meeting order by starts_at, id limit 40")
    return [row[0] for row in rows]


async def _whole(conn: AsyncConnection) -> None:
    """As a batch reads meetings: what hangs on all of them at once, not looked up party by party."""
    assert len(await meetings.load_many(conn, await _forty(conn))) == 40


async def _parties(conn: AsyncConnection) -> None:
    """As a list shows them."""
    assert len(await dashboard.party_lines(conn, EVERYTHING, await _forty(conn))) == 40


async def _health(conn: AsyncConnection) -> None:
    """What /health/ready and /metrics ask."""
    await migrate.current_is_head(conn)
    await listings.lag(conn, NOW)
    await module_runs.last(conn)


async def _directory(conn: AsyncConnection, *words: str) -> None:
    """A page of the directory, of the thousand units that are there."""
    found = await unit_search.units(conn, EVERYTHING, UnitQuery(words), NOW)
    assert len(found.units) == unit_search.MOST and found.more
    assert found.total == unit_search.COUNTED + 1, "no more is counted than is said"
    await rosters(conn, [one.id for one in found.units], NOW)


@pytest.mark.parametrize("planning", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("question", QUESTIONS)
async def test_what_has_been_is_not_read(filled: ServerHandle, question: str, planning: str) -> None:
    most, ask = QUESTIONS[question]
    await _reads(filled, question, most, ServicePart.WATCH, ask, planning)


async def _reads(filled: ServerHandle, question: str, most: int, actor: Acting, ask: Question, planning: str) -> None:
    app = Database(filled.url(NAME, "sip_app" if isinstance(actor, Actor) else "sip_service"), connections=1)
    try:
        for _ in range(_WARM):
            await _asked(app, actor, ask, planning)
        before = await _pages(app)
        await _asked(app, actor, ask, planning)
        read = {table: n - before.get(table, 0) for table, n in (await _pages(app)).items() if n != before.get(table)}
    finally:
        await app.close()
    assert sum(read.values()) <= most, f"{question} reads {read} pages"


async def _asked(app: Database, actor: Acting, ask: Question, planning: str) -> None:
    """Asks once, and takes back what it changed: the rows stay as they are for the next."""
    async with app.transaction(actor) as conn:
        await (await db.raw(conn)).execute(f"set local plan_cache_mode = '{planning}'")
        transaction = await conn.begin_nested()
        await ask(conn)
        await transaction.rollback()
        await (await db.raw(conn)).execute("select pg_stat_force_next_flush()")


async def _pages(app: Database) -> dict[str, int]:
    """Pages read so far, by table, in its heap and in its indexes."""
    async with app.transaction(ServicePart.WATCH) as conn:
        rows = await (await db.raw(conn)).fetch(
            "select relname, coalesce(heap_blks_read + heap_blks_hit, 0) + coalesce(idx_blks_read + idx_blks_hit, 0)"
            " from pg_statio_user_tables where schemaname = 'public'"
        )
    return {row[0]: row[1] for row in rows}


def test_no_comparison_with_a_clock_that_changes_from_row_to_row() -> None:
    """`clock_timestamp()` is volatile: what is compared with it is compared row by row, and no index is used."""
    found = [
        f"{file.name}:{number}"
        for file in sorted(Path(sip.__file__).parent.rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"[<>]=?\s*clock_timestamp\(\)", line)
    ]
    assert not found
