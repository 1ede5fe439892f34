"""A poll of times that nobody answers waits for the convener where she looks until she picks (section 9 P3, L9)."""

from datetime import date, timedelta

from sip.domain.needs import Need
from sip.domain.poll import PollState
from sip.usecases import polls
from tests.stories.stage import Stage, at
from tests.stories.test_closing import needs

HOME, CLARA = "hemtjanst@al.example", "clara@region.example"
TIMES = [(at(start), at(start) + timedelta(hours=1)) for start in ("2026-12-10 09:00", "2026-12-14 13:00")]


async def test_a_poll_is_on_the_start_page_from_its_end_until_a_time_is_picked(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00", ["hemtjanst"])
    await stage.replies(HOME, "ACCEPTED")
    await stage.do(polls.ask, TIMES, date(2026, 11, 13))
    assert [letter.subject for letter in stage.mailbox(HOME)][-1].startswith("Vilka tider passar er i stället?")
    await stage.at("2026-11-13 23:50")
    assert await needs(stage) == []
    await stage.at("2026-11-16 08:30")
    assert stage.mailbox(CLARA)[-1].subject.startswith("Svarstiden är slut: välj en tid")
    assert await needs(stage) == [(Need.POLL, None)]
    await stage.at("2026-11-27 10:00")
    assert await needs(stage) == [(Need.POLL, None)], "the one mail was missed; the row is not"
    await stage.do(polls.pick, 1, 2)
    assert await needs(stage) == []
    the = await stage.meeting()
    assert the.poll is not None and (the.poll.state, the.start) == (PollState.PICKED, TIMES[1][0])
    moved = stage.mailbox(HOME)[-1]
    assert (moved.method, moved.sequence) == ("REQUEST", 1)
