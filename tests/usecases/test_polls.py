"""A poll of times in the database: what is kept, whom its mails reach, what settles them (rules, section 9)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.poll import PollAnswered, PollAsked, PollChoice, PollPicked, PollState
from sip.domain.terms import AnswerKind, Channel, MeetingState
from sip.store import db, tables
from sip.store.post import outbox, tokens
from sip.usecases.answers import page_stamp
from tests.domain.cast import HOME_CARE, SCHOOL, at
from tests.store.town import Said, Town
from tests.tester import TESTER

TIMES = tuple((at(f"2026-12-{day} 10:00"), at(f"2026-12-{day} 11:00")) for day in (15, 16, 17))
ASKED = PollAsked(TIMES, date(2026, 11, 13))


async def posted(town: Town, target: UUID) -> dict[tuple[str, str], str]:
    async with town.db.transaction(TESTER) as conn:
        return {(row.mail.kind, row.mail.to.email): row.state for row in await outbox.of_meeting(conn, target)}


async def test_what_is_saved_is_read_back_and_a_later_poll_takes_its_rows(town: Town) -> None:
    target = await town.draft(units=(HOME_CARE, SCHOOL))
    await town.do(target, ASKED)
    said = PollAnswered(2, 1, ((1, PollChoice.YES), (3, PollChoice.NO)), "Eva", Channel.PAGE)
    made = await town.do(target, said)
    assert (await town.meeting(target)).state == made.state
    again = await town.do(target, PollAsked(TIMES[:2], date(2026, 11, 20)))
    found = (await town.meeting(target)).state
    assert found == again.state
    assert found.poll is not None
    assert (found.poll.number, len(found.poll.times), found.poll.answers) == (2, 2, ())
    async with town.db.transaction(TESTER) as conn:
        raw = await db.raw(conn)
        for table, count in ((tables.poll, 1), (tables.poll_time, 2), (tables.poll_ask, 2), (tables.poll_answer, 0)):
            assert await raw.fetchval(f"select count(*) from {table.name}") == count


async def test_asks_of_the_call_and_of_the_poll_are_settled_apart(town: Town) -> None:
    target = await town.call(units=(HOME_CARE, SCHOOL))
    await town.send()
    await town.do(target, ASKED)
    unit = "hemtjanst@al.example"
    stamp = page_stamp(0, town.now, "a")
    coming = (e.NamedPerson("Eva"),)
    await town.do(target, e.Answered(2, AnswerKind.ATTENDS, e.Said(Channel.PHONE, "Eva", stamp), names=coming))
    assert (await posted(town, target))["poll", unit] == "pending"
    await town.do(target, PollAnswered(2, 1, ((1, PollChoice.YES),), "Eva", Channel.PHONE))
    assert (await posted(town, target))["poll", unit] == "dropped"
    assert (await posted(town, target))["poll", "skolan@al.example"] == "pending"


async def test_a_draft_hears_what_became_of_its_mails_and_its_clock_ticks(town: Town) -> None:
    target = await town.draft(units=(HOME_CARE, SCHOOL))
    await town.do(target, ASKED)
    town.relay.answers = [Said("never", 550, "no such user"), Said()]
    await town.send()
    failed = await posted(town, target)
    assert sorted(failed.values()).count("failed") == 1
    await town.tick("2026-11-12 08:00")
    await town.send()
    kinds = [kind for kind, _ in await posted(town, target)]
    assert "poll_reminder" in kinds
    await town.tick("2026-11-14 00:00")
    found = (await town.meeting(target)).state
    assert found.poll is not None
    assert (found.state, found.poll.state) == (MeetingState.DRAFT, PollState.CLOSED)


async def test_a_link_lives_as_long_as_the_times_do(town: Town) -> None:
    target = await town.draft(start="2026-11-04 10:00")
    await town.do(target, ASKED)
    await town.send()
    ((_, secrets),) = town.relay.composed
    token = secrets.links[0]
    assert token is not None
    async with town.db.transaction(TESTER) as conn:
        ref = await tokens.link(conn, token, town.now)
    assert ref is not None
    assert (ref.purpose, ref.party) == ("poll", 2)
    assert ref.expires_at == TIMES[-1][1] + timedelta(days=14)


@pytest.mark.parametrize("picked", [1, 3])
async def test_two_presses_at_once_pick_one_time(town: Town, picked: int) -> None:
    target = await town.draft()
    await town.do(target, ASKED)
    seen = (await town.meeting(target)).version
    first = await town.do(target, PollPicked(1, picked), seen=seen)
    second = await town.do(target, PollPicked(1, 2), seen=seen)
    assert first.refused is None
    assert second.refused is not None
    assert (await town.meeting(target)).state.start == TIMES[picked - 1][0]
