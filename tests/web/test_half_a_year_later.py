"""What is made of a meeting in which names have given way: who makes it answers for it, and no function is mailed."""

import re
from datetime import date

import pytest

from sip.domain.attendance import follow_up_id
from sip.domain.meeting import Meeting
from sip.domain.terms import Mark, Outcome
from sip.edges.worker import _part
from sip.usecases import attendance, giving_way, next_dates
from sip.usecases.engine.handle import Handled
from tests.web.scene import Scene, fields_of


@pytest.fixture
async def old(fresh: Scene) -> Scene:
    """A meeting that was held in December; it is June, and nobody of the staff is named in it any more."""
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    await fresh.stage.at("2026-12-07 12:00")
    await fresh.stage.close()
    await fresh.stage.jump("2027-06-21 09:00")
    done = await giving_way.give_way(fresh.stage.made.worker.db, await fresh.stage.now(), _part)
    assert done.meetings == 1
    assert (await fresh.stage.meeting()).convener.person == "sammankallande, Vårdcentralen Eken"
    fresh.signed_in.clear()
    return fresh


@pytest.mark.parametrize("act", ["copy", "follow-up", "pre-meeting"])
async def test_who_makes_the_next_convenes_it(old: Scene, act: str) -> None:
    here = f"/meetings/{old.stage.id}"
    async with old.client("convener") as client:
        form = fields_of((await client.get("/meetings/new")).text)
        begun = await client.post(f"{here}/{act}", data={**form, "months": "6"})
        assert begun.status_code == 303, begun.text
        base = begun.headers["location"].rpartition("/")[0]
        page = await client.get(f"{base}/who")
        assert 'value="Clara Kallar"' in page.text and 'value="convener@sip.example"' in page.text
        assert 'value="010-319 200"' in page.text, "the unit's phone"
        assert re.search(r'name="chair_name" value=""', page.text), "nobody chairs it until it is said"


async def _next(scene: Scene) -> Meeting:
    scene.stage.meeting_id = follow_up_id(scene.stage.id)
    return await scene.stage.meeting()


async def test_a_next_date_that_is_said_so_late_is_answered_for_by_the_unit(old: Scene) -> None:
    marks = {party.ordinal: Mark.ATTENDED for party in (await old.stage.meeting()).parties}

    async def correct(db: object, meeting_id: object, by: object) -> Handled:
        return await attendance.record(
            db, meeting_id, Outcome.HELD, marks, by, reason="Dagen glömdes.", next_meeting_on=date(2027, 9, 6)  # type: ignore[arg-type]  # a Database, an id, a Command
        )  # fmt: skip

    assert (await old.stage.do(correct)).refused is None
    assert (await _next(old)).convener.email == "eken@region.example"


async def test_a_program_that_plans_the_follow_up_leaves_it_to_the_unit(old: Scene) -> None:
    assert (await old.stage.do(next_dates.draft, date(2027, 9, 6), None)).refused is None
    assert (await _next(old)).convener.email == "eken@region.example"
