"""Good examples are said with a press, and thanked for once a quarter (rules, section 8 D6 and D11)."""

from sqlalchemy import text

from sip.domain.deviation import WithdrawnBecause
from sip.usecases import deviations
from sip.usecases.commands import Command
from sip.usecases.thanking import thank
from tests.stories.stage import CONVENER, Letter, Stage, accepted
from tests.tester import TESTER

MANAGER, MAILBOX = "mona@al.example", "boendet@al.example"


async def praised(stage: Stage, *units: str) -> None:
    """Each was a good example at the meeting that is there, to who called it."""
    meeting = await stage.meeting()
    for unit in units:
        party = await stage.party(unit)
        now = await stage.now()
        by = Command(CONVENER, now, stage.by(now).world, f"thanks-{next(stage.numbers)}")
        words = "Ni kom fast vi ringde samma dag."
        accepted(await deviations.praise(stage.made.db, meeting.id, party.ordinal, words, by))
    await stage.work()


def thanks(stage: Stage, address: str) -> list[Letter]:
    return [one for one in stage.mailbox(address) if one.subject.startswith("Tack!")]


async def test_the_managers_are_thanked_once_a_quarter(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-11-30 10:00", ["hemtjanst", "skolan", "chefslos"])
    await praised(stage, "hemtjanst", "skolan", "chefslos")
    await stage.at("2026-12-31 16:00")
    assert thanks(stage, MANAGER) == [], "the quarter is not over"

    # Friday 1 January is a holiday; so is no Monday 4 January. One mail, for both of her units.
    await stage.at("2027-01-04 08:05")
    (one,) = thanks(stage, MANAGER)
    assert one.subject == "Tack! Ni var ett gott exempel under oktober till december 2026"
    for name in ("Hemtjänsten Al", "Skolan Al", "Vårdcentralen Eken"):
        assert name in one.body, name
    assert "samma dag" not in one.body, "what somebody wrote is read after sign-in"
    assert "Boendet" not in one.body
    (other,) = thanks(stage, MAILBOX)
    assert "Boendet Al" in other.body and "Skolan" not in other.body, "a unit without a manager, in its mailbox"

    # Told once, however often it is looked at; the next quarter has nothing to thank for.
    assert await thank(stage.made.db, await stage.now()) == 0
    async with stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("delete from heartbeat where kind = 'thanks'"))
    await thank(stage.made.db, await stage.now())
    await stage.at("2027-04-15 10:00")
    assert len(thanks(stage, MANAGER)) == 1 and len(thanks(stage, MAILBOX)) == 1


async def test_what_was_taken_back_or_is_protected_is_not_thanked_for(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-11-30 10:00", ["hemtjanst", "chefslos"])
    await praised(stage, "hemtjanst", "chefslos")
    async with stage.made.db.transaction(TESTER) as conn:
        rows = await conn.execute(text("select id, receiving_unit_name from deviation"))
        ids = {name: one for one, name in rows}
        await conn.execute(
            text("update deviation set facts_protected = true where id = :id"), {"id": ids["Boendet Al"]}
        )
    now = await stage.now()
    by = Command(CONVENER, now, stage.by(now).world, "back")
    mistake = WithdrawnBecause.RAISED_BY_MISTAKE
    accepted(await deviations.withdraw(stage.made.db, ids["Hemtjänsten Al"], mistake, by))
    await stage.at("2027-01-04 08:05")
    assert thanks(stage, MANAGER) == [] and thanks(stage, MAILBOX) == []


async def test_what_could_not_go_for_a_month_does_not_go(stage: Stage) -> None:
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-11-30 10:00", ["hemtjanst"])
    await praised(stage, "hemtjanst")
    await stage.jump("2027-02-01 10:00")
    await stage.work()
    assert thanks(stage, MANAGER) == []
