"""Who stayed away: the report raised by itself, corrected, and what is never reported."""

from sip.domain.deviation import DeviationState
from sip.domain.terms import Mark, MeetingState, Outcome
from tests.stories.stage import Stage


async def held(stage: Stage, *, answered: bool = True) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    if answered:
        await stage.replies("hemtjanst@al.example", "ACCEPTED")
        await stage.replies("skolan@al.example", "ACCEPTED")
    await stage.at("2026-12-07 11:30")


async def test_said_yes_and_stayed_away(stage: Stage) -> None:
    await held(stage)
    await stage.close(hemtjanst=Mark.ABSENT)
    report = await stage.report("hemtjanst")
    assert report is not None
    assert (report.state, report.notice_days) == (DeviationState.HEARING, 25)
    hearing = stage.mailbox("hemtjanst@al.example")[-1]
    assert hearing.when == "Mon 07 Dec 11:30"
    stage.nothing_for("mona@al.example", "helge@al.example")
    assert await stage.report("skolan") is None


async def test_fell_through_because_a_party_was_missing(stage: Stage) -> None:
    await held(stage)
    await stage.close(Outcome.PARTY_MISSING, hemtjanst=Mark.ABSENT)
    assert await stage.report("hemtjanst") is not None


async def test_the_person_did_not_come(stage: Stage) -> None:
    await held(stage)
    await stage.close(Outcome.SUBJECT_ABSENT, hemtjanst=Mark.ABSENT)
    assert await stage.report("hemtjanst") is None


async def test_corrected_and_corrected_back(stage: Stage) -> None:
    await held(stage)
    await stage.close(hemtjanst=Mark.ABSENT)
    await stage.close(reason="Kom efter en kvart.", hemtjanst=Mark.LATE)
    report = await stage.report("hemtjanst")
    assert report is not None
    assert report.state is DeviationState.WITHDRAWN
    await stage.close(reason="Det var en annan enhet.", hemtjanst=Mark.ABSENT)
    again = await stage.report("hemtjanst")
    assert again is not None
    assert (again.id, again.state, again.raisings) == (report.id, DeviationState.HEARING, 2)


async def test_attendance_never_recorded(stage: Stage) -> None:
    """Chair, chair, convener, coordinator; then unrecorded: nobody is reported for what nobody wrote down."""
    await held(stage)
    await stage.at("2026-12-30 10:00")
    meeting = await stage.meeting()
    assert (meeting.state, meeting.unrecorded) == (MeetingState.ENDED, True)
    asked = [when for when, _ in stage.arrivals("clara@region.example")][-3:]
    assert asked == ["Mon 07 Dec 11:00", "Tue 08 Dec 11:00", "Wed 09 Dec 11:00"]
    assert stage.arrivals("siv@region.example") == [("Mon 14 Dec 11:00", None)]
    assert await stage.report("hemtjanst") is None


async def test_the_hearing_runs_out_and_the_answer_is_asked_for(stage: Stage) -> None:
    await held(stage)
    await stage.close(hemtjanst=Mark.ABSENT)
    await stage.at("2027-02-10 09:00")
    report = await stage.report("hemtjanst")
    assert report is not None
    assert report.state is DeviationState.RECEIVED
    about = [when for when, _ in stage.arrivals("hemtjanst@al.example")][-2:]
    assert about == ["Thu 07 Jan 08:00", "Tue 26 Jan 08:00"]
    assert stage.arrivals("mona@al.example") == [("Fri 05 Feb 08:00", None)]
    stage.nothing_for("helge@al.example")
