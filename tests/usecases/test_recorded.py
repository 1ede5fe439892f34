"""What was read is in the access log, in the same transaction, or it is not shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sip.store.seen import audit
from sip.store.seen.scope import EVERYTHING, Seen
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.recorded import NothingRecorded, recorded
from tests.store.town import CLARA, Town
from tests.tester import TESTER


async def rows(town: Town, kind: str, subject: str) -> list[audit.AccessEntry]:
    async with town.db.transaction(TESTER) as conn:
        seen = Seen(replace(EVERYTHING, audits=True))
        which = f"a.subject_kind = {seen.bind(kind)} and a.subject_id = {seen.bind(subject)}"
        return await audit.entries(conn, await audit.which(conn, seen, which, latest=True))


async def test_each_subject_has_its_row(town: Town) -> None:
    async with recorded(town.db, CLARA, town.now) as (_, log):
        log.note("list", "meeting", 1, 2)
    (row,) = await rows(town, "meeting", "2")
    assert (row.actor, row.action, row.at) == (CLARA.columns(), "list", town.now)


async def test_whoever_forgets_to_say_it_shows_nothing(town: Town) -> None:
    with pytest.raises(NothingRecorded):
        async with recorded(town.db, CLARA, town.now):
            pass


async def test_a_list_of_nothing_is_said_too(town: Town) -> None:
    async with recorded(town.db, CLARA, town.now) as (_, log):
        log.note("list", "meeting")


async def test_what_fails_leaves_no_row(town: Town) -> None:
    with pytest.raises(KeyError):
        async with recorded(town.db, CLARA, town.now) as (_, log):
            log.note("read", "meeting", 3)
            raise KeyError
    assert not await rows(town, "meeting", "3")


async def test_a_part_of_the_service_reads_for_somebody(town: Town) -> None:
    holder = Actor(ActorKind.MAIL, "unit@al.example")
    with pytest.raises(NothingRecorded):
        async with recorded(town.db, ServicePart.LINKS, town.now) as (_, log):
            log.note("read", "meeting", 4)
    async with recorded(town.db, ServicePart.LINKS, town.now) as (_, log):
        log.note("read", "meeting", 4, by=holder)
    (row,) = await rows(town, "meeting", "4")
    assert row.actor == holder.columns()


async def test_once_since_is_once(town: Town) -> None:
    for _ in range(2):
        async with recorded(town.db, ServicePart.CALENDARS, town.now) as (_conn, log):
            log.note("fetch", "feed", 5, by=CLARA, once_since=town.now - timedelta(hours=1))
    assert len(await rows(town, "feed", "5")) == 1
    async with recorded(town.db, ServicePart.CALENDARS, town.now) as (_conn, log):
        log.note("fetch", "feed", 5, by=CLARA, once_since=town.now + timedelta(hours=1))
    assert len(await rows(town, "feed", "5")) == 2
