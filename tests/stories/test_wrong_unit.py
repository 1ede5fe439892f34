"""Not ours, not concerned, no address: the duty finds the right unit or is lifted by the convener."""

from sqlalchemy import text

from sip.domain import events as e
from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind, Channel, ContestReason, Mark
from sip.usecases import answers, meetings
from tests.stories.county import unit
from tests.stories.stage import Stage, accepted, bounce_of
from tests.tester import TESTER


async def says(stage: Stage, kind: AnswerKind, **more: object) -> None:
    by = stage.by(await stage.now())
    said = answers.said(Channel.PHONE, (await stage.meeting()).sequence, by)
    event = e.Answered((await stage.party("hemtjanst")).ordinal, kind, said, **more)  # type: ignore[arg-type]  # its fields
    accepted(await answers.answer(stage.made.db, stage.id, event, by))
    await stage.work()


async def decides(stage: Stage, verdict: e.Verdict, grounds: str | None = None) -> None:
    party = (await stage.party("hemtjanst")).ordinal
    by = stage.by(await stage.now())
    accepted(await meetings.decide(stage.made.db, stage.id, party, verdict, by, grounds=grounds))
    await stage.work()


async def test_the_wrong_unit_redirects_and_the_convener_confirms(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await says(stage, AnswerKind.REDIRECTS, target_unit_id=unit("chefslos"))
    assert await stage.stands("hemtjanst") is Standing.REDIRECTS
    await decides(stage, e.Verdict.ACCEPT)
    assert await stage.stands("hemtjanst") is Standing.REDIRECTED
    assert stage.arrivals("hemtjanst@al.example")[-1][1] == "CANCEL"
    assert stage.arrivals("boendet@al.example") == [("Mon 02 Nov 09:00", "REQUEST")]
    await stage.at("2026-11-06 09:00")
    assert stage.arrivals("boendet@al.example")[-1] == ("Fri 06 Nov 08:00", "REQUEST"), "its own full ladder"
    assert len(stage.mailbox("hemtjanst@al.example")) == 2


async def test_contest_released(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await says(stage, AnswerKind.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)
    assert stage.mailbox("clara@region.example")
    await decides(stage, e.Verdict.ACCEPT)
    assert await stage.stands("hemtjanst") is Standing.RELEASED
    await stage.at("2026-12-07 09:00")
    stage.nothing_for("mona@al.example", "helge@al.example")


async def test_contest_upheld(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await says(stage, AnswerKind.CONTESTS, contest_reason=ContestReason.PURPOSE_UNCLEAR)
    await decides(stage, e.Verdict.DECLINE, "Hemtjänsten behövs för planens andra del.")
    told = stage.mailbox("hemtjanst@al.example")[-1]
    assert told.method is None
    await stage.at("2026-12-07 09:00")
    assert stage.arrivals("mona@al.example") == [("Mon 23 Nov 08:00", None)]


async def test_an_address_that_bounces(stage: Stage) -> None:
    """The unit's next address is tried; when none is left the convener and the coordinator are told, never a report."""
    stage.relay.refuses["skolan@al.example"] = "550 5.1.1 no such user"
    await stage.call("2026-12-07 10:00", ["skolan"])
    stage.nothing_for("skolan@al.example")
    assert stage.arrivals("skolan2@al.example") == [("Mon 02 Nov 09:00", "REQUEST")]
    assert stage.mailbox("clara@region.example")
    second = stage.mailbox("skolan2@al.example")[0]
    async with stage.made.db.transaction(TESTER) as conn:
        sender = (await conn.execute(text("select mail_from from mail where rcpt like 'skolan2%'"))).scalar_one()
    await stage.receive(bounce_of(second, sender), sender)
    await stage.work()
    assert await stage.stands("skolan") is Standing.UNDELIVERABLE
    assert stage.mailbox("kim@al.example")
    await stage.at("2026-12-07 11:30")
    await stage.close(skolan=Mark.ABSENT)
    assert await stage.report("skolan") is None
