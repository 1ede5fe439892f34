"""Six months after a meeting, functions stand where names of staff stood, and the seals hold (rules, section 12 K4)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sip.domain import events as e
from sip.domain.deviation import Category, DeviationReport, WithdrawnBecause
from sip.domain.giving_way import Replacer, Staff
from sip.domain.meeting import Stamp
from sip.domain.people import Language, Role
from sip.domain.terms import AnswerKind, Channel
from sip.store import db as database
from sip.store.aggregates import journal
from sip.store.db import Database
from sip.usecases import cases, deviations, giving_way
from sip.usecases import keeping as deciding
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.keeping import HoldWanted
from sip.usecases.seal_check import Wrong
from tests.domain.cast import CONVENER, HOME_CARE, at
from tests.store.town import CASE, WORLD, Town
from tests.tester import TESTER
from tests.usecases.test_disposing import KEEPER, OWN, Archive

ANNA = e.NamedPerson("Anna Ek", "anna.ek@al.example", "070-111 22 33", "handläggare")
BO = e.NamedPerson("Bo Sund", "bo.sund@al.example")
NAMES = ("Anna Ek", "anna.ek@", "070-111 22 33", "Bo Sund", "bo.sund", "Clara Kallar", "clara@region")
HALF_A_YEAR = at("2027-06-08 10:00")


def say(part: str, language: Language) -> str:
    return part if language is Language.EN else f"{part} på svenska"


@pytest.fixture
async def held(town: Town, db: Database, owner: Database, tmp_path: Path) -> AsyncIterator[Archive]:
    """A meeting that a unit answered with two people for, by mail and page, and that was cancelled."""
    meeting = await town.call(start="2026-12-07 10:00")
    await town.send()
    said = e.Said(Channel.PAGE, "Anna Ek", Stamp(0, town.now, town.now, "x"), reply_to="anna.ek@al.example")
    answer = e.Answered(2, AnswerKind.ATTENDS, said, names=(ANNA, BO))
    mailed = Actor(ActorKind.MAIL, "anna.ek@al.example", "Anna Ek")
    assert (await town.do(meeting, answer, actor=mailed)).refused is None
    await town.send()
    await town.do(meeting, e.PauseSet(2, "Anna Ek ringer i morgon", at("2026-11-03 10:00")))
    await town.do(meeting, e.Cancelled(e.CancelReason.OTHER))
    await town.send()
    made = Archive(db, owner, town, tmp_path, meeting, meeting, meeting)
    await made.seal("2026-11-03 08:00")
    yield made


async def _give_way(made: Archive, now: str | None = None) -> giving_way.GaveWay:
    return await giving_way.give_way(made.db, HALF_A_YEAR if now is None else at(now), say)


async def _named(made: Archive, *names: str) -> set[str]:
    """Where a name of somebody stands, but the directory and who read what."""
    return await made.found(*(names or NAMES)) - {"person", "access_log", "app_user", "api_key"}


async def test_nothing_gives_way_before_half_a_year(held: Archive) -> None:
    before = await _named(held)
    assert {"meeting", "attendee", "journal", "outbox", "mail"} <= before
    assert await _give_way(held, "2027-06-07 10:00") == giving_way.GaveWay()
    assert await _named(held) == before


async def test_functions_stand_where_names_stood(held: Archive) -> None:
    done = await _give_way(held)
    assert done.meetings == 1
    assert done.rows > 0
    assert await _named(held) == set()
    async with held.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        people = [tuple(row) for row in await raw.fetch("select name, email, phone from attendee order by ordinal")]
        assert people == [
            (f"handläggare, {HOME_CARE.name}", None, None), (f"participant på svenska, {HOME_CARE.name}", None, None),
        ]  # fmt: skip
        rows = await journal.read(conn, held.first)
    said = [row for row in rows if row.kind == "Answered"]
    assert said[0].event.names[0].name == f"handläggare, {HOME_CARE.name}"
    assert said[0].actor.name == f"handläggare, {HOME_CARE.name}"
    paused = next(row for row in rows if row.kind == "PauseSet")
    assert paused.event.reason == f"handläggare, {HOME_CARE.name} ringer i morgon"
    assert paused.actor.id == "clara", "the number of an account stays: who it was can be found out"
    meeting = (await held.town.meeting(held.first)).state
    assert meeting.convener.person.startswith("convener på svenska, ")
    assert meeting.chair_email is None
    assert HOME_CARE.addresses[0] in {one.email for one in meeting.invitations}, "a unit's own mailbox is nobody's"


async def test_the_seals_hold_over_what_gave_way(held: Archive) -> None:
    rows = (await _give_way(held)).rows
    for kept in (True, False):
        found = await held.verify(kept=kept)
        assert (found.finding, found.gave_way, found.gone) == (None, rows, 0)
    await held.seal("2027-06-09 08:00")
    assert (await held.verify()).finding is None
    assert await _give_way(held) == giving_way.GaveWay()


async def test_who_changes_a_row_that_gave_way_is_found(held: Archive) -> None:
    await _give_way(held)
    async with held.owner.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        await raw.execute("update journal set actor_name = 'Någon Annan' where kind = 'Answered'")
    found = (await held.verify()).finding
    assert found is not None
    assert found.wrong is Wrong.CHANGED


async def test_what_gave_way_is_disposed_of_as_anything(held: Archive) -> None:
    await _give_way(held)
    await held.seal("2027-06-09 08:00")
    await held.decide()
    shown = await held.plan()
    done = await held.carry_out()
    assert done.counts == shown.counts
    assert done.counts["journal"] > 0
    assert await held.found(str(held.first)) == {"seal_leaf", "tombstone", "counted_meeting"}
    found = await held.verify()
    assert (found.finding, found.gave_way) == (None, 0)


async def test_on_a_hold_names_stay(held: Archive) -> None:
    wanted = HoldWanted(OWN, "Tillsyn", date(2026, 1, 1), date(2027, 6, 8), meeting_id=held.first)
    await deciding.set_hold(held.db, wanted, actor=KEEPER, now=held.town.now)
    assert await _give_way(held) == giving_way.GaveWay()
    assert (await _give_way(held, "2027-06-09 10:00")).meetings == 1


async def test_what_is_not_sealed_waits_and_what_came_later_gives_way_too(held: Archive) -> None:
    await _give_way(held)
    await held.town.do(held.first, e.Cancelled(e.CancelReason.OTHER), actor=Actor(ActorKind.USER, "7", "Dag Ny"))
    assert await _give_way(held) == giving_way.GaveWay()
    assert "journal" in await held.found("Dag Ny")
    await held.seal("2027-06-09 08:00")
    assert (await _give_way(held)).meetings == 1
    assert await held.found("Dag Ny") == set()
    assert (await held.verify()).finding is None


async def test_what_is_written_of_a_report_or_a_consent_afterwards_gives_way_too(held: Archive) -> None:
    """In the meeting itself nothing has changed since names gave way in it."""
    await _give_way(held)
    held.town.now = at("2027-06-08 11:00")
    dag = Actor(ActorKind.USER, "7", "Dag Ny", CONVENER.unit_id, Role.CONVENER)
    by = Command(dag, held.town.now, WORLD, "dag")
    written = await deviations.raise_by_hand(held.db, held.first, 2, (Category.COMMUNICATION,), "Sade Dag Ny", by)
    assert isinstance(written.state, DeviationReport)
    assert await _give_way(held) == giving_way.GaveWay(), "while it goes on"
    assert {"deviation", "journal"} <= await held.found("Dag Ny")
    await deviations.withdraw(
        held.db, written.state.id, WithdrawnBecause.RAISED_BY_MISTAKE, replace(by, event_id="dag 2")
    )
    await held.seal("2027-06-09 08:00")
    assert (await _give_way(held)).meetings == 1
    assert await held.found("Dag Ny") == set()
    await cases.withdraw_consent(held.db, CASE, replace(by, event_id="dag 3"))
    assert await _named(held, "Dag Ny") == {"journal"}
    await held.seal("2027-06-10 08:00")
    assert (await _give_way(held)).meetings == 1
    assert await _named(held, "Dag Ny") == set()
    assert await _give_way(held) == giving_way.GaveWay()
    assert (await held.verify()).finding is None


def test_words_of_staff_give_way_wherever_they_stand_and_units_do_not() -> None:
    staff = Staff(frozenset({"hemtjänsten al", "al@al.example"}))
    staff.add("handläggare, Hemtjänsten Al", "Anna Ek", "anna@al.example", "Hemtjänsten Al", "al@al.example", "x", None)
    staff.add_phone("070-1 2 3")
    replacer = Replacer(staff)
    assert replacer.text("Hälsa ANNA EK, inte Anna Ekström") == "Hälsa handläggare, Hemtjänsten Al, inte Anna Ekström"
    assert replacer.text("<anna@al.example> al@al.example") == "<handläggare, Hemtjänsten Al> al@al.example"
    assert replacer.json({"a": ["070-1 2 3", 3, None]}) == {"a": ["", 3, None]}
    assert Replacer(Staff(frozenset())).text("Anna Ek") == "Anna Ek"
