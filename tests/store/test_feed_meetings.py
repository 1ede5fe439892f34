"""What calendars show, and its stamp: where the stamp is the same everything is the same, whatever has happened."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.meeting import Place, Stamp
from sip.domain.people import Language, Role
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ContestReason, Form, Obligation, PlaceKind, Purpose
from sip.domain.worktime import local_day
from sip.store import db as database
from sip.store import feeds, users
from sip.store.aggregates.journal import ActorColumns
from sip.store.feeds import Feed, FeedKind, FeedRecord
from sip.store.seen import feed_meetings
from sip.store.seen.feed_meetings import FeedMeeting
from tests.domain.cast import AL, CARE_CENTRE, HOME_CARE, OUTSIDE, REGION, SCHOOL, SOCIAL, at, ident
from tests.store.town import Town
from tests.tester import TESTER

KINDS = [kind for kind in AnswerKind if kind is not AnswerKind.REPRESENTED]


def feed(kind: FeedKind, email: str | None = None, **place: UUID) -> Feed:
    record = replace(FeedRecord(ident("feed"), kind, Language.SV, at("2026-11-01 10:00"), ident("user")), **place)  # type: ignore[arg-type]  # fields that are ids
    return Feed(record, True, ActorColumns("user", "1", "Sara", None, None), email, "Någonstans")


VIEWS = {
    "unit": feed(FeedKind.UNIT, unit_id=HOME_CARE.unit_id),
    "school": feed(FeedKind.UNIT, unit_id=SCHOOL.unit_id),
    "convening unit": feed(FeedKind.UNIT, unit_id=CARE_CENTRE.unit_id),
    "anna": feed(FeedKind.PERSON, "Anna@al.example"),
    "clara": feed(FeedKind.PERSON, "clara@region.example"),
    "al": feed(FeedKind.AREA, principal_id=AL),
    "region": feed(FeedKind.AREA, principal_id=REGION),
    "board": feed(FeedKind.AREA, organisation_id=HOME_CARE.organisation_id),
    "one unit's coordinator": feed(FeedKind.AREA, unit_id=HOME_CARE.unit_id),
    "everything": feed(FeedKind.AREA),
}


async def seen(town: Town, of: Feed) -> tuple[str, list[FeedMeeting]]:
    begins = feed_meetings.since(town.now)
    async with town.db.snapshot(TESTER) as conn:
        return await feed_meetings.stamp(conn, of, begins), await feed_meetings.meetings(conn, of, begins)


class Chance:
    """Something that happens to a meeting, drawn by chance; most of it shows in some calendar, some of it in none."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.draw = town, random.Random(seed)
        self.said = 0

    async def step(self, target: UUID) -> None:
        acts: list[Callable[[UUID], Any]] = [*[self.answer] * 4, *[self.person] * 2, self.convener, self.time]
        await self.draw.choice(acts)(target)

    def _said(self, sequence: int) -> e.Said:
        self.said += 1
        stamp = Stamp(sequence, self.town.now, self.town.now, f"{self.said:04}")
        return e.Said(self.draw.choice([Channel.PAGE, Channel.MAIL]), "unit", stamp)

    async def answer(self, target: UUID) -> None:
        the = (await self.town.meeting(target)).state
        party, kind = self.draw.randint(1, len(the.parties)), self.draw.choice(KINDS)
        who = self.draw.choice([e.NamedPerson("Anna", "anna@al.example"), e.NamedPerson("Bo", "bo@al.example")])
        names = (who,) if kind is AnswerKind.ATTENDS else ()
        stands = (who,) if kind is AnswerKind.REGRETS and self.draw.random() < 0.5 else ()
        start = the.start + timedelta(days=1)
        await self.town.do(
            target,
            e.Answered(
                party, kind, self._said(the.sequence), names=names, stands_in=stands,
                contest_reason=ContestReason.NOT_CONCERNED, proposed_start=start,
                proposed_end=start + timedelta(hours=1), target_unit_id=SOCIAL.unit_id,
                information_channel=Channel.PHONE,
            ),
        )  # fmt: skip

    async def person(self, target: UUID) -> None:
        the = (await self.town.meeting(target)).state
        people = [(p.ordinal, a.ordinal) for p in the.parties for a in p.attendees]
        if people:
            state = self.draw.choice([AttendeeState.ACCEPTED, AttendeeState.REFUSED])
            await self.town.do(target, e.AttendeeAnswered(*self.draw.choice(people), state, self._said(the.sequence)))

    async def convener(self, target: UUID) -> None:
        the = (await self.town.meeting(target)).state
        party = self.draw.randint(1, len(the.parties))
        later, place = timedelta(days=self.draw.randint(1, 9)), Place(PlaceKind.VIDEO, video_url="https://v.example/1")
        await self.town.do(
            target,
            self.draw.choice([
                e.Moved(the.start + later, the.end + later, Form.VIDEO, place),
                e.TextChanged(Purpose.FOLLOW_UP, "Nytt", None, "Anna", "anna@al.example"),
                e.Excused(party, "skäl"), e.Released(party), e.PartyRemoved(party),
                e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, Obligation.INVITED)),
                e.Decided(party, self.draw.choice(list(e.Verdict)), "skäl"), e.GoAhead(),
                e.PauseSet(party, "sportlov", self.town.now + timedelta(hours=9)),
                e.Cancelled(e.CancelReason.NO_LONGER_NEEDED) if self.draw.random() < 0.2 else e.GoAhead(),
            ]),
        )  # fmt: skip

    async def time(self, target: UUID) -> None:
        self.town.now += timedelta(hours=self.draw.randint(1, 90))
        await self.town.send()
        await self.town.tick()


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_stamp_means_the_same_calendar(town: Town, seed: int) -> None:
    chance = Chance(town, seed)
    targets = [
        await town.call(f"m{n}", f"2026-12-{n:02} 10:00", units)
        for n, units in ((1, (HOME_CARE, SCHOOL)), (4, (HOME_CARE, OUTSIDE)), (9, (SCHOOL,)))
    ]
    known: dict[tuple[str, str], list[FeedMeeting]] = {}
    shown: dict[str, set[str]] = {name: set() for name in VIEWS}
    for _ in range(45):
        await chance.step(chance.draw.choice(targets))
        for name, view in VIEWS.items():
            stamp, found = await seen(town, view)
            assert known.setdefault((name, stamp), found) == found, name
            shown[name].add(repr(found))
    assert all(len(contents) > 1 for contents in shown.values()), {k: len(v) for k, v in shown.items()}


async def test_the_stamp_is_one_statement(town: Town) -> None:
    await town.call()
    for view in VIEWS.values():
        async with town.db.snapshot(TESTER) as conn:
            raw, said = await database.raw(conn), []
            with raw.query_logger(lambda record: said.append(record.query)):  # noqa: B023 - used before the next turn
                await feed_meetings.stamp(conn, view, feed_meetings.since(town.now))
                await asyncio.sleep(0)  # the logger is called by the loop
        assert len([query for query in said if query.startswith("select")]) == len(said) == 1


async def test_whose_calendar_has_what(town: Town) -> None:
    one = await town.call("one", units=(HOME_CARE, SCHOOL))
    two = await town.call("two", units=(OUTSIDE,))
    await town.draft("three", units=(HOME_CARE,))
    has = {name: {meeting.id for meeting in (await seen(town, view))[1]} for name, view in VIEWS.items()}
    assert has == {
        "unit": {one}, "school": {one}, "convening unit": {one, two}, "anna": set(), "clara": {one, two},
        "al": {one}, "region": {one, two}, "board": {one}, "one unit's coordinator": {one}, "everything": {one, two},
    }  # fmt: skip


async def test_a_unit_that_has_left_has_it_no_more(town: Town) -> None:
    target = await town.call("one", units=(HOME_CARE, SCHOOL))
    await town.do(target, e.PartyRemoved(3))
    assert (await seen(town, VIEWS["school"]))[1] == []
    assert len((await seen(town, VIEWS["unit"]))[1]) == 1


async def test_the_bound_moves_at_midnight_in_sweden(town: Town) -> None:
    assert feed_meetings.since(at("2026-10-24 23:59")) == at("2026-09-26 00:00")
    assert feed_meetings.since(at("2026-10-25 00:00")) == at("2026-09-27 00:00")
    assert feed_meetings.since(at("2027-04-25 12:00")) == at("2027-03-28 00:00")
    await town.call("one", "2026-11-12 10:00")
    for moment, count in (("2026-12-10 23:59", 1), ("2026-12-11 00:00", 0)):
        town.now = at(moment)
        assert len((await seen(town, VIEWS["unit"]))[1]) == count


async def test_a_secret_is_kept_as_its_hash_and_opens_until_it_is_changed(town: Town) -> None:
    async with town.db.transaction(TESTER) as conn:
        await users.save_users(conn, [users.UserRecord(ident("user"), "sara@al.example", "Sara")])
        await users.save_grants(conn, [users.GrantRecord(ident("grant"), ident("user"), Role.UNIT_STAFF)])
        await feeds.save(conn, feed(FeedKind.PERSON).record)
        first = await feeds.new_secret(conn, ident("feed"), town.now)
        second = await feeds.new_secret(conn, ident("feed"), town.now)
        day = local_day(town.now)
        found = {secret: await feeds.opened(conn, secret, day) for secret in (first, second, second.upper(), "x")}
    assert [one and one.alive for one in found.values()] == [False, True, True, None]
