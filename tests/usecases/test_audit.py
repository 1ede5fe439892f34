"""What an auditor asks, and what is kept about one of the staff; every question is in the access log."""

import json
import re
from uuid import UUID, uuid4

import pytest

from sip.domain.people import Role
from sip.seal_key import SealKey
from sip.store import db as database
from sip.store import users
from sip.store.db import Database
from sip.store.seen import about_staff
from sip.store.tables import metadata
from sip.store.users import UserRecord
from sip.usecases.actor import OPERATOR, Actor, ActorKind
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import audit
from sip.usecases.reading.audit import MonthNotOverError
from sip.usecases.recorded import recorded
from sip.usecases.sealing import Sealing, seal
from tests.domain.cast import at
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
    found = await audit.readers(db, meeting, actor=OPERATOR, now=now)
    assert [one.actor.name for one in found] == ["Eva Ek", "command line"]
    assert await _last(db) == ("audit", "meeting", str(meeting))
    first, last = at("2020-01-01 12:00").date(), at("2999-01-01 12:00").date()
    hers = await audit.readings(db, "EVA@al.example", first, last, actor=OPERATOR, now=now)
    assert [one.subject_id for one in hers] == [str(meeting), str(other)]
    assert await _last(db) == ("audit", "user", eva.id)
    assert not await audit.readings(db, "eva@al.example", first, first, actor=OPERATOR, now=now)
    with pytest.raises(NotFoundError):
        await audit.readings(db, "nobody@al.example", first, last, actor=OPERATOR, now=now)


async def test_a_months_sample_is_drawn_alike_and_its_review_recorded(db: Database, eva: Actor) -> None:
    await _reads(db, eva, uuid4(), 30)
    now = at("2026-11-02 10:00")
    with pytest.raises(MonthNotOverError):
        await audit.sample(db, OCTOBER, 5, actor=OPERATOR, now=at("2026-10-31 23:59"))
    with pytest.raises(NotFoundError):
        await audit.sample(db, OCTOBER, 5, actor=OPERATOR, now=now)
    await seal(db, Sealing(KEY), at("2026-11-01 00:05"))
    one, again = [await audit.sample(db, OCTOBER, 5, actor=OPERATOR, now=now) for _ in range(2)]
    drawn = [row.id for row in one.rows]
    assert (len(drawn), drawn) == (5, [row.id for row in again.rows])
    assert drawn != [1, 2, 3, 4, 5]
    assert (one.reviewed, await _last(db)) == (frozenset(), ("sample", "access", "2026-10"))
    assert await audit.review(db, OCTOBER, 5, "eva@al.example", actor=OPERATOR, now=now) == 5
    assert await audit.review(db, OCTOBER, 6, "eva@al.example", actor=OPERATOR, now=now) == 1
    after = await audit.sample(db, OCTOBER, 7, actor=OPERATOR, now=now)
    assert len(after.reviewed) == 6
    assert after.reviewed > set(drawn)


async def test_nobody_else_asks(db: Database, eva: Actor) -> None:
    now = at("2026-11-02 10:00")
    part = Actor(ActorKind.USER, "a", "Ada", role=Role.ADMINISTRATOR, principal_id=uuid4())
    for actor in (eva, part):
        with pytest.raises(NotFoundError):
            await audit.readers(db, uuid4(), actor=actor, now=now)
        with pytest.raises(NotFoundError):
            await audit.about(db, "eva@al.example", actor=actor, now=now)


async def test_what_is_kept_about_one_of_the_staff(db: Database, town: Town, eva: Actor) -> None:
    """Each by her address: a user who reads, a manager of the directory, a convener; of nobody there is nothing."""
    meeting = await town.call()
    await town.send()
    await _reads(db, eva, meeting)
    now = at("2026-11-02 10:00")
    hers = await audit.about(db, "Eva@AL.example", actor=OPERATOR, now=now)
    assert hers.keys() == {"app_user", "access_log"}
    assert "password_hash" not in json.dumps(hers)
    assert await _last(db) == ("extract", "staff", None)
    async with db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        manager = await raw.fetchval("select p.email from person p join role r on r.person_id = p.id limit 1")
        convener = await raw.fetchval("select convener_email from meeting")
    assert {"person", "role"} <= (await audit.about(db, manager, actor=OPERATOR, now=now)).keys()
    assert {"meeting", "journal"} <= (await audit.about(db, convener, actor=OPERATOR, now=now)).keys()
    assert await audit.about(db, "nobody@al.example", actor=OPERATOR, now=now) == {}


def test_every_column_that_can_name_a_person_is_looked_in_or_has_a_reason() -> None:
    names = re.compile(r"email|recipient|rcpt|user_id|person|actor_id|address|sender|name$|phone|owner|_by$|^by|actor$")
    can = {table for table, one in metadata.tables.items() if any(names.search(c.name) for c in one.columns)}
    known = about_staff.TABLES | about_staff.LEFT_OUT.keys()
    assert can - known == set()
    assert about_staff.LEFT_OUT.keys() <= can
    assert not about_staff.TABLES & about_staff.LEFT_OUT.keys()
