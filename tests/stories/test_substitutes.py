"""Come, or send a substitute."""

from sip.domain import events as e
from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind, AttendeeState, Channel
from sip.usecases import answers
from tests.stories.stage import Stage, accepted


async def names(stage: Stage, name: str, email: str) -> None:
    """The unit says on the phone who comes."""
    by = stage.by(await stage.now())
    party = (await stage.party("hemtjanst")).ordinal
    said = answers.said(Channel.PHONE, (await stage.meeting()).sequence, by)
    event = e.Answered(party, AnswerKind.ATTENDS, said, names=(e.NamedPerson(name, email),))
    accepted(await answers.answer(stage.made.db, stage.id, event, by))
    await stage.work()


async def test_the_named_nurse_cannot_come_same_morning_and_the_substitute_does(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await names(stage, "Anna Ek", "anna@al.example")
    assert stage.arrivals("anna@al.example") == [("Mon 02 Nov 09:00", "REQUEST")], "a calendar entry of her own"

    await stage.at("2026-12-07 06:50")
    await stage.replies("anna@al.example", "DECLINED")
    assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE
    assert stage.arrivals("bo@al.example") == [("Mon 07 Dec 06:50", "REQUEST")]
    assert stage.mailbox("clara@region.example"), "the convener is told, with phone numbers"

    await stage.at("2026-12-07 07:05")
    await stage.replies("bo@al.example", "ACCEPTED")
    assert await stage.stands("hemtjanst") is Standing.SUBSTITUTE_ATTENDS


async def test_the_substitute_refuses_and_passes_on(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await stage.replies("hemtjanst@al.example", "DECLINED")
    assert stage.arrivals("anna@al.example") == [("Mon 02 Nov 09:00", "REQUEST")]
    stage.nothing_for("bo@al.example")
    await stage.replies("anna@al.example", "DECLINED")
    assert stage.arrivals("bo@al.example") == [("Mon 02 Nov 09:00", "REQUEST")], "the next at once"
    await stage.replies("bo@al.example", "ACCEPTED")
    assert await stage.stands("hemtjanst") is Standing.SUBSTITUTE_ATTENDS


async def test_who_comes_to_another_meeting_at_that_hour_is_not_asked(stage: Stage) -> None:
    """Anna has said yes to one meeting; another at the same hour asks Bo at once, one at the next hour asks Anna."""
    await stage.call("2026-12-07 10:00")
    await stage.replies("hemtjanst@al.example", "DECLINED")
    await stage.replies("anna@al.example", "ACCEPTED")
    assert await stage.stands("hemtjanst") is Standing.SUBSTITUTE_ATTENDS

    await stage.call("2026-12-07 10:30")
    await stage.replies("hemtjanst@al.example", "DECLINED")
    assert len(stage.mailbox("anna@al.example")) == 2, "the first ask and its receipt"
    assert stage.arrivals("bo@al.example") == [("Mon 02 Nov 09:00", "REQUEST")]
    states = {person.name: person.state for person in (await stage.party("hemtjanst")).attendees}
    assert AttendeeState.ENGAGED in states.values(), states

    await stage.call("2026-12-07 11:30")
    await stage.replies("hemtjanst@al.example", "DECLINED")
    assert len(stage.mailbox("anna@al.example")) == 3, "her turn, and she is free"


async def test_regret_without_substitute(stage: Stage) -> None:
    """Everybody on the list says no: the convener is told, and the head of operations when the question comes."""
    await stage.call("2026-12-07 10:00")
    await stage.replies("hemtjanst@al.example", "DECLINED")
    await stage.replies("anna@al.example", "DECLINED")
    await stage.replies("bo@al.example", "DECLINED")
    assert stage.arrivals("mona@al.example") == [("Mon 02 Nov 09:00", None)], "the manager is asked to name one"
    await stage.at("2026-12-07 09:00")
    assert stage.arrivals("helge@al.example") == [("Thu 03 Dec 08:00", None)]
    assert stage.arrivals("clara@region.example")[-1] == ("Thu 03 Dec 08:00", None)
    assert await stage.stands("hemtjanst") is Standing.REGRETS
    assert len(stage.mailbox("hemtjanst@al.example")) == 2, "the unit got its receipt and was not asked again"


async def test_tentative_to_the_end(stage: Stage) -> None:
    """Asked once to confirm or send a substitute, then treated as a regret."""
    await stage.call("2026-12-07 10:00")
    await stage.replies("hemtjanst@al.example", "TENTATIVE")
    await stage.at("2026-12-02 09:00")
    assert stage.arrivals("hemtjanst@al.example")[-1] == ("Wed 02 Dec 08:00", None)
    await stage.at("2026-12-03 09:00")
    assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE
    assert stage.arrivals("anna@al.example")[0] == ("Thu 03 Dec 08:00", "REQUEST")
