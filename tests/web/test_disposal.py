"""The pages of disposal: a decision, a hold, what is due, and the press that does it."""

import io
import re
import zipfile
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from sip.store import cases
from sip.store.aggregates import meetings
from sip.usecases.directory.keys import key_id
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

HERE = f"/disposal/{key_id('organisation', 'region-n')}"
DECISION = {"matter_years": "2", "log_years": "5", "decision": "HSN 2026-0412"}


async def _old_case(scene: Scene) -> None:
    """A matter of which nothing has happened for long."""
    case = cases.CaseRecord(uuid4(), "2222-GML", unit("eken"), datetime(2020, 1, 1, tzinfo=UTC), consent=True)
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await cases.save(conn, case)


async def test_from_a_decision_to_a_record(fresh: Scene) -> None:
    await _old_case(fresh)
    async with fresh.client("administrator") as client:
        assert "Inget beslutat" in (await client.get("/disposal")).text
        form = fields_of((await client.get(HERE)).text) | DECISION
        assert (await client.post(f"{HERE}/decision", data=form | {"log_years": "3"})).status_code == 422
        assert (await client.post(f"{HERE}/decision", data=form)).status_code == 303
        assert "Ärenden 2 år, loggar 5 år" in (await client.get("/disposal")).text
        page = await client.get(f"{HERE}/plan")
        assert "enligt version 1" in page.text
        form = fields_of(page.text)
        form.pop("sure", None)
        refused = await client.post(f"{HERE}/plan", data=form)
        assert (refused.status_code, "Kryssa i" in refused.text) == (422, True)
        stale = await client.post(f"{HERE}/plan", data=fields_of(refused.text) | {"sure": "yes", "version": "7"})
        assert (stale.status_code, "Beslutet har ändrats" in stale.text) == (409, True)
        done = await client.post(f"{HERE}/plan", data=fields_of(stale.text) | {"sure": "yes"})
        assert "Gallrat: 1 ärenden med 0 möten" in done.text
        assert "1 ärenden" in (await client.get(HERE)).text


async def test_a_hold_is_set_and_ended(fresh: Scene) -> None:
    await _old_case(fresh)
    async with fresh.client("administrator") as client:
        form = fields_of((await client.get(HERE)).text)
        await client.post(f"{HERE}/decision", data=form | DECISION)
        hold = {"why": "Tillsyn 2026-118", "reference": "2222-gml", "first_day": "2026-01-01", "last_day": ""}
        form = fields_of((await client.get(HERE)).text)
        wrong = await client.post(f"{HERE}/holds", data=form | hold | {"reference": "0000-000"})
        assert wrong.status_code == 422 and 'id="hold-reference-error"' in wrong.text
        assert (await client.post(f"{HERE}/holds", data=fields_of(wrong.text) | hold)).status_code == 303
        page = await client.get(HERE)
        assert "Ärende 2222-GML" in page.text
        assert "Tillsyn 2026-118" in page.text
        assert "Ärenden och loggar med gallringsstopp: 1" in (await client.get(f"{HERE}/plan")).text
        found = re.search(r'action="([^"]+/end)"', page.text)
        assert found is not None
        early = await client.post(found[1], data=fields_of(page.text) | {"last_day": "2026-01-02"})
        assert early.status_code == 409
        ended = await client.post(found[1], data=fields_of(page.text) | {"last_day": "2026-11-23"})
        assert ended.status_code == 303


@pytest.mark.parametrize("role", ["convener", "coordinator", "manager", "neighbour"])
async def test_others_find_nothing_there(scene: Scene, role: str) -> None:
    async with scene.client(role) as client:
        assert (await client.get("/disposal")).status_code in (403, 404)
        assert (await client.get(HERE)).status_code in (403, 404)


async def test_a_matter_and_an_organisation_are_downloaded(scene: Scene) -> None:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found = await meetings.load_many(conn, [scene.meetings["absent"]])
    reference = found[scene.meetings["absent"]].state.reference
    async with scene.client("administrator") as client:
        form = fields_of((await client.get(HERE)).text)
        nothing = await client.post(f"{HERE}/export", data=form | {"reference": "0000-000"})
        assert (nothing.status_code, "håller inget ärende" in nothing.text) == (422, True)
        asked = fields_of(nothing.text) | {"reference": reference.lower()}
        one = await client.post(f"{HERE}/export", data=asked)
        assert one.cookies["sip_taken"].startswith(f"{asked['nonce']}."), "the page keeps no longer what was typed"
        assert one.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(one.content)) as archive:
            assert {name.partition(".")[2] for name in archive.namelist()} == {"pdf", "json", "proof.json"}
        whole = await client.post(f"{HERE}/export", data=fields_of(nothing.text) | {"reference": ""})
        with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
            assert {"organisation.pdf", "organisation.json"} <= set(archive.namelist())
            assert archive.testzip() is None
