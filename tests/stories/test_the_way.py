"""The happy way, silence up the whole ladder, moved, cancelled: calls and what comes of them."""

from sip.domain import events as e
from sip.domain.standing import Standing
from sip.domain.terms import Mark, MeetingState
from sip.usecases import meetings
from tests.stories.stage import Stage, at


async def test_the_happy_way(stage: Stage) -> None:
    """Called, answered from a calendar client, held, closed; nobody is asked twice and nobody is reported."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    assert stage.arrivals("hemtjanst@al.example") == [("Mon 02 Nov 10:00", "REQUEST")]
    invitation = stage.mailbox("hemtjanst@al.example")[0]
    assert "Ring Clara Kallar 010-319 299" in invitation.body

    await stage.at("2026-11-02 13:00")
    await stage.replies("hemtjanst@al.example", "ACCEPTED")
    await stage.replies("skolan@al.example", "ACCEPTED")
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING

    await stage.at("2026-12-02 08:00")
    assert stage.mailbox("hemtjanst@al.example")[-1].when == "Wed 02 Dec 08:00", "asked once who comes"

    await stage.at("2026-12-07 11:30")
    await stage.close()
    assert (await stage.meeting()).state is MeetingState.CLOSED
    assert await stage.report("hemtjanst") is None
    stage.nothing_for("mona@al.example", "helge@al.example", "kim@al.example")


async def test_silence_up_the_whole_ladder(stage: Stage) -> None:
    """The example of the rules: mailbox, mailbox and watcher, manager, head, then the convener's question."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    await stage.at("2026-12-07 09:00")
    assert stage.arrivals("hemtjanst@al.example") == [
        ("Mon 02 Nov 10:00", "REQUEST"), ("Fri 06 Nov 08:00", "REQUEST"), ("Tue 10 Nov 08:00", "REQUEST"),
    ]  # fmt: skip
    assert stage.arrivals("vera@al.example") == [("Tue 10 Nov 08:00", None)]
    assert stage.arrivals("mona@al.example") == [("Mon 23 Nov 08:00", None)]
    assert stage.arrivals("helge@al.example") == [("Wed 02 Dec 08:00", None)]
    assert stage.arrivals("clara@region.example") == [("Thu 03 Dec 08:00", None)]
    first, again = stage.mailbox("hemtjanst@al.example")[:2]
    assert again.uid == first.uid
    assert again.sequence == 0, "asking again repeats the current REQUEST"


async def test_moved_after_answers(stage: Stage) -> None:
    """A new time begins a new round: the SEQUENCE rises and a yes to the old time is no yes to the new one."""
    await stage.call("2026-12-07 10:00")
    old = stage.mailbox("hemtjanst@al.example")[0]
    await stage.replies("hemtjanst@al.example", "ACCEPTED")
    await stage.at("2026-11-03 09:00")
    await stage.do(meetings.move, start=at("2026-12-09 13:00"), end=at("2026-12-09 14:00"))
    update = stage.mailbox("hemtjanst@al.example")[-1]
    assert update.sequence == 1
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER

    await stage.replies("hemtjanst@al.example", "ACCEPTED", request=old)
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER
    assert (await stage.outcomes())[-1][0] != "applied"
    await stage.replies("hemtjanst@al.example", "ACCEPTED", request=update)
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING


async def test_cancelled(stage: Stage) -> None:
    """Everybody who was called gets CANCEL, and every reminder stops."""
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    await stage.at("2026-11-03 09:00")
    await stage.do(meetings.cancel, e.CancelReason.NO_LONGER_NEEDED)
    for mailbox in ("hemtjanst@al.example", "skolan@al.example"):
        assert stage.arrivals(mailbox)[-1] == ("Tue 03 Nov 09:00", "CANCEL")
    await stage.at("2026-12-08 09:00")
    assert len(stage.mailbox("hemtjanst@al.example")) == 2
    assert (await stage.meeting()).state is MeetingState.CANCELLED


async def test_called_late(stage: Stage) -> None:
    """Two days before: the ladder is compressed, and fair notice fails, so no report is raised by itself."""
    await stage.at("2026-11-16 10:00")
    await stage.call("2026-11-18 10:00")
    await stage.at("2026-11-18 09:59")
    assert [when for when, _ in stage.arrivals("hemtjanst@al.example")] == [
        "Mon 16 Nov 10:00", "Mon 16 Nov 13:22", "Mon 16 Nov 15:37",
    ]  # fmt: skip
    assert stage.arrivals("mona@al.example") == [("Tue 17 Nov 08:52", None)]
    await stage.at("2026-11-18 12:00")
    await stage.close(hemtjanst=Mark.ABSENT)
    assert await stage.report("hemtjanst") is None
