"""What an auditor asks, and what is kept about one of the staff; every question is in the access log."""

import asyncio
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from sip.domain.people import Role
from sip.seal_key import SealKey
from sip.store import db as database
from sip.store import users
from sip.store.db import Database
from sip.store.seen import about_staff
from sip.store.seen import audit as seen
from sip.store.tables import metadata
from sip.store.users import UserRecord
from sip.usecases import auditing
from sip.usecases.actor import ASKING, OPERATOR, Actor, ActorKind
from sip.usecases.auditing import MonthNotOverError
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import audit
from sip.usecases.recorded import recorded
from sip.usecases.sealing import Sealing, seal
from tests.domain.cast import CARE_CENTRE, HOME_CARE, at
from tests.store.town import Town
from tests.tester import TESTER

KEY = SealKey(None, "a made-up key for demonstrations and tests only")
OCTOBER = at("2026-10-01 12:00").date()


@pytest.fixture
async def eva(db: Database) -> Actor:
    """A user of the service."""
    user = UserRecord(uuid4(), "eva@al.example", "Eva Ek")
    async with db.transaction(TESTER) as conn:
        await users.save_users(conn, [user])
    return Actor(ActorKind.USER, str(user.id), user.name, role=Role.COORDINATOR)


async def _reads(db: Database, who: Actor, meeting: UUID, times: int = 1) -> None:
    async with recorded(db, who, at("2026-10-30 10:00")) as (_, log):
        log.note("read", "meeting", *[meeting] * times)


async def _last(db: Database) -> tuple[str, str, str | None]:
    async with db.transaction(TESTER) as conn:
        row = await (await database.raw(conn)).fetchrow(
            "select action, subject_kind, subject_id from access_log order by id desc limit 1"
        )
    return row[0], row[1], row[2]


async def test_who_read_a_meeting_and_what_somebody_read(db: Database, eva: Actor) -> None:
    meeting, other, now = uuid4(), uuid4(), at("2026-11-02 10:00")
    await _reads(db, eva, meeting)
    await _reads(db, OPERATOR, meeting)
    await _reads(db, eva, other)
    found = await audit.readers(db, meeting, actor=ASKING, now=now)
    assert [one.entry.actor.name for one in found] == ["Eva Ek", "command line"]
    assert await _last(db) == ("audit", "meeting", str(meeting))
    first, last = at("2020-01-01 12:00").date(), at("2999-01-01 12:00").date()
    who = await audit.find_user(db, "EVA@al.example", actor=ASKING, now=now)
    assert who is not None
    hers = await audit.readings(db, who.id, first, last, actor=ASKING, now=now)
    assert [one.entry.subject_id for one in hers] == [str(meeting), str(other)]
    assert await _last(db) == ("audit", "user", eva.id)
    assert not await audit.readings(db, who.id, first, first, actor=ASKING, now=now)
    assert await audit.find_user(db, "nobody@al.example", actor=ASKING, now=now) is None


async def test_a_months_sample_is_drawn_alike_and_its_review_recorded(db: Database, eva: Actor) -> None:
    await _reads(db, eva, uuid4(), 30)
    now = at("2026-11-02 10:00")
    with pytest.raises(MonthNotOverError):
        await auditing.sample(db, OCTOBER, 5, actor=ASKING, now=at("2026-10-31 23:59"))
    with pytest.raises(NotFoundError):
        await auditing.sample(db, OCTOBER, 5, actor=ASKING, now=now)
    await seal(db, Sealing(KEY), at("2026-11-01 00:05"))
    one, again = [await auditing.sample(db, OCTOBER, 5, actor=ASKING, now=now) for _ in range(2)]
    drawn = [row.id for row in one.rows]
    assert (len(drawn), drawn) == (5, [row.id for row in again.rows])
    assert drawn != [1, 2, 3, 4, 5]
    assert (one.reviewed, await _last(db)) == (frozenset(), ("sample", "access", "2026-10"))
    await _auditor(db, UserRecord(UUID(eva.id), "eva@al.example", "Eva Ek"))
    await _auditor(db, UserRecord(uuid4(), "agda@al.example", "Agda Ask"))
    assert await auditing.review(db, OCTOBER, 5, "eva@al.example", actor=ASKING, now=now) == 0, "she read all of them"
    assert await auditing.review(db, OCTOBER, 5, "agda@al.example", actor=ASKING, now=now) == 5
    assert await auditing.review(db, OCTOBER, 6, "agda@al.example", actor=ASKING, now=now) == 1
    after = await auditing.sample(db, OCTOBER, 7, actor=ASKING, now=now)
    assert len(after.reviewed) == 6
    assert after.reviewed > set(drawn)


async def test_who_has_reviewed_is_an_active_auditor_and_of_what_her_place_sees(
    db: Database, town: Town, eva: Actor
) -> None:
    await _reads(db, eva, uuid4(), 3)
    await seal(db, Sealing(KEY), at("2026-11-01 00:05"))
    now, gone, before = at("2026-11-02 10:00"), uuid4(), uuid4()
    await _auditor(db, UserRecord(gone, "gone@al.example", "Gun", active=False))
    await _auditor(db, UserRecord(before, "before@al.example", "Bea"), valid_to=at("2026-11-01 10:00").date())
    await _auditor(db, UserRecord(uuid4(), "other@al.example", "Olga"), organisation_id=HOME_CARE.organisation_id)
    for address in ("eva@al.example", "gone@al.example", "before@al.example", "nobody@al.example"):
        with pytest.raises(NotFoundError, match="No such auditor"):
            await auditing.review(db, OCTOBER, 3, address, actor=ASKING, now=now)
    assert await auditing.review(db, OCTOBER, 3, "other@al.example", actor=ASKING, now=now) == 0
    assert not (await auditing.sample(db, OCTOBER, 3, actor=ASKING, now=now)).reviewed


async def test_two_who_review_at_once_say_it_once(db: Database, eva: Actor) -> None:
    await _reads(db, eva, uuid4(), 3)
    await seal(db, Sealing(KEY), at("2026-11-01 00:05"))
    now = at("2026-11-02 10:00")
    await _auditor(db, UserRecord(uuid4(), "agda@al.example", "Agda Ask"))
    number = (await auditing.sample(db, OCTOBER, 3, actor=ASKING, now=now)).rows[-1].id
    async with recorded(db, ASKING, now) as (conn, log):
        await seen.lock(conn, number)
        log.note(seen.REVIEW, seen.ROW, number)
        waits = asyncio.create_task(auditing.review(db, OCTOBER, 3, "agda@al.example", actor=ASKING, now=now))
        while not await _somebody_waits(db):
            assert not waits.done()
    assert await waits == 2


async def _somebody_waits(db: Database) -> bool:
    async with db.transaction(TESTER) as conn:
        waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
        return bool(await (await database.raw(conn)).fetchval(waiting))


async def _auditor(db: Database, user: UserRecord, **held: Any) -> None:
    async with db.transaction(TESTER) as conn:
        await users.save_users(conn, [user])
        await users.save_grants(conn, [users.GrantRecord(uuid4(), user.id, Role.AUDITOR, **held)])


async def test_nobody_else_asks(db: Database, eva: Actor) -> None:
    now = at("2026-11-02 10:00")
    part = Actor(ActorKind.USER, "a", "Ada", role=Role.ADMINISTRATOR, principal_id=uuid4())
    for actor in (eva, part, OPERATOR):
        with pytest.raises(NotFoundError):
            await audit.readers(db, uuid4(), actor=actor, now=now)
        with pytest.raises(NotFoundError):
            await audit.about(db, "eva@al.example", actor=actor, now=now)


async def test_what_an_auditor_sees_of_the_log_by_both_walls(db: Database, town: Town) -> None:
    """Readings by staff of hers, and of meetings that hers convene; the tables give the same when nothing is asked."""
    meeting, elsewhere = await town.call(), uuid4()
    region, other = CARE_CENTRE.principal_id, HOME_CARE.principal_id
    assert region != other
    readers = {
        "hers in a unit": Actor(ActorKind.USER, str(uuid4()), "Clara", CARE_CENTRE.unit_id, Role.CONVENER),
        "hers above": Actor(ActorKind.USER, str(uuid4()), "Siv", role=Role.COORDINATOR, principal_id=region),
        "another's": Actor(ActorKind.USER, str(uuid4()), "Sara", HOME_CARE.unit_id, Role.UNIT_STAFF),
        "another's above": Actor(ActorKind.USER, str(uuid4()), "Kim", role=Role.COORDINATOR, principal_id=other),
    }
    async with db.transaction(TESTER) as conn:
        for one in readers.values():
            held = (one.unit_id, None, one.principal_id)
            await users.save_users(conn, [UserRecord(UUID(one.id), f"{one.name}@x.example", str(one.name))])
            assert one.role is not None
            await users.save_grants(conn, [users.GrantRecord(uuid4(), UUID(one.id), one.role, *held)])
    for one in readers.values():
        await _reads(db, one, meeting)
        await _reads(db, one, elsewhere)
    asked = {
        region: {"Clara": 2, "Siv": 2, "Sara": 1, "Kim": 1},
        other: {"Sara": 2, "Kim": 2},
    }
    for principal, names in asked.items():
        auditor = Actor(ActorKind.USER, "agda", "Agda", role=Role.AUDITOR, principal_id=principal)
        async with db.transaction(auditor) as conn:
            raw = await database.raw(conn)
            told = [row[0] for row in await raw.fetch("select actor_name from access_log where action = 'read'")]
            assert {name: told.count(name) for name in set(told)} == names
            assert await raw.fetchval("select count(*) from meeting") == 0
            assert await raw.fetchval("select count(*) from journal") == 0
        found = await audit.readers(db, meeting, actor=auditor, now=at("2026-11-02 10:00"))
        shown = {one.entry.actor.name for one in found}
        assert shown == ({"Clara", "Siv", None} if principal == region else {"Sara", "Kim"})
    async with db.transaction(readers["hers above"]) as conn:
        assert await (await database.raw(conn)).fetchval("select count(*) from access_log") == 0


async def test_what_is_kept_about_one_of_the_staff(db: Database, town: Town, eva: Actor) -> None:
    """Each by her address: a user who reads, a manager of the directory, a convener; of nobody there is nothing."""
    meeting = await town.call()
    await town.send()
    await _reads(db, eva, meeting)
    now = at("2026-11-02 10:00")
    hers = await audit.about(db, "Eva@AL.example", actor=ASKING, now=now)
    assert hers.keys() == {"app_user", "access_log"}
    assert "password_hash" not in json.dumps(hers)
    assert await _last(db) == ("extract", "staff", None)
    async with db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        manager = await raw.fetchval("select p.email from person p join role r on r.person_id = p.id limit 1")
        convener = await raw.fetchval("select convener_email from meeting")
    assert {"person", "role"} <= (await audit.about(db, manager, actor=ASKING, now=now)).keys()
    assert {"meeting", "journal"} <= (await audit.about(db, convener, actor=ASKING, now=now)).keys()
    assert await audit.about(db, "nobody@al.example", actor=ASKING, now=now) == {}


def test_every_column_that_can_name_a_person_is_looked_in_or_has_a_reason() -> None:
    names = re.compile(r"email|recipient|rcpt|user_id|person|actor_id|address|sender|name$|phone|owner|_by$|^by|actor$")
    can = {table for table, one in metadata.tables.items() if any(names.search(c.name) for c in one.columns)}
    known = about_staff.TABLES | about_staff.LEFT_OUT.keys()
    assert can - known == set()
    assert about_staff.LEFT_OUT.keys() <= can
    assert not about_staff.TABLES & about_staff.LEFT_OUT.keys()
