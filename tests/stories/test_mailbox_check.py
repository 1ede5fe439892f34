"""A unit is taken into use: somebody answers the test call, or nobody does, and what that means for a no-show (A3)."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from sip.domain.deviation import DeviationState
from sip.domain.terms import Mark
from sip.usecases import mailbox_checks
from tests.stories.county import unit
from tests.stories.stage import CONVENER, Stage
from tests.tester import TESTER

UNIT = "hemtjanst@al.example"


@pytest.fixture
def asking(stage: Stage) -> Stage:
    """The stage, with mailboxes asked as in production."""
    stage.made = replace(stage.made, worker=replace(stage.made.worker, mailbox_checks_a_day=200))
    return stage


async def stays_away(stage: Stage) -> None:
    """Called on Wednesday and told whom it concerns, silent all the way, absent on 7 December."""
    await stage.at("2026-11-04 10:00")
    await stage.call("2026-12-07 10:00", ["hemtjanst"])
    await stage.at("2026-12-07 11:30")
    await stage.close(hemtjanst=Mark.ABSENT)


async def test_the_test_call_was_answered_so_the_call_counts_as_reached(asking: Stage) -> None:
    await asking.work()
    call = asking.mailbox(UNIT)[-1]
    assert (call.when, call.method) == ("Mon 02 Nov 09:00", "REQUEST")
    assert call.subject == "Provkallelse till Hemtjänsten Al: svara så vet vi att brevlådan fungerar"
    await asking.at("2026-11-03 09:12")
    await asking.replies(UNIT, "ACCEPTED")
    assert await asking.outcomes() == [("applied", "mailbox_verified")]
    thanks = asking.mailbox(UNIT)[-1]
    assert (thanks.when, thanks.method, thanks.uid, thanks.sequence) == ("Tue 03 Nov 09:12", "CANCEL", call.uid, 1)
    await stays_away(asking)
    report = await asking.report("hemtjanst")
    assert report is not None
    assert report.state is DeviationState.HEARING


async def test_nobody_answered_so_no_report_is_raised_by_itself(asking: Stage) -> None:
    """Asked twice, then left alone; the convener hears why there is no report, and may write one."""
    await stays_away(asking)
    asked = [letter.when for letter in asking.mailbox(UNIT) if "rovkallelse" in letter.subject]
    assert asked == ["Mon 02 Nov 09:00", "Tue 10 Nov 08:00"]
    assert await asking.report("hemtjanst") is None
    told = asking.mailbox("clara@region.example")[-1]
    assert told.subject.startswith("Ingen automatisk rapport om Hemtjänsten Al")


async def test_an_unanswered_test_call_is_asked_once_more(asking: Stage) -> None:
    for day in ("02", "03", "06", "09", "10", "16", "23"):
        await asking.at(f"2026-11-{day} 08:00")
    mails = [letter for letter in asking.mailbox(UNIT) if letter.method == "REQUEST"]
    assert [letter.when for letter in mails] == ["Mon 02 Nov 09:00", "Mon 09 Nov 08:00"]
    assert [letter.sequence for letter in mails] == [0, 1]
    assert mails[0].uid == mails[1].uid


async def test_the_week_is_told_on_monday_with_what_else_the_morning_brings(stage: Stage) -> None:
    async with stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set week_mail = true where id = :id"), {"id": unit("hemtjanst")})
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-11-12 10:00", ["hemtjanst"])
    this = await stage.meeting()
    await stage.replies(UNIT, "ACCEPTED")
    await stage.call("2026-11-19 13:00", ["hemtjanst"])
    coming = await stage.meeting()
    await stage.at("2026-11-09 08:00")
    monday = [letter for letter in stage.mailbox(UNIT) if letter.when == "Mon 09 Nov 08:00" and letter.method is None]
    (week,) = monday
    assert week.subject == "SIP-möten vecka 46 och annat att ta hand om: Hemtjänsten Al"
    assert "1. Vem kommer till mötet?" in week.body
    assert "2. Torsdag 12 november kl. 10.00–11.00" in week.body
    assert "Från er: Någon kommer, namn saknas" in week.body
    assert f"torsdag 19 november kl. 13.00 (ärende {coming.reference})" in week.body
    assert this.reference in week.body
    await stage.at("2026-11-10 08:00")
    assert [letter for letter in stage.mailbox(UNIT) if "vecka 46" in letter.subject] == monday


async def test_a_unit_with_nothing_is_told_nothing(stage: Stage) -> None:
    async with stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set week_mail = true"))
    await stage.at("2026-11-09 08:00")
    assert stage.relay.letters == []


async def test_a_fault_of_the_morning_holds_up_nothing_else(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> int:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("sip.usecases.week.tell_due", fails)
    await mailbox_checks.ask(stage.made.db, unit("skolan"), actor=CONVENER, now=await stage.now())
    done = await stage.made.worker.run_once(await stage.now())
    assert (done.errors, done.count("sent")) == (["week_mails: ValueError: a fault of ours"], 1)
