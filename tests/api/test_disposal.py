"""Disposal by key: decided, held, shown, done and exported as on the pages; a protected matter is for no program."""

import io
import zipfile

import sqlalchemy as sa

from sip.domain.people import Role
from tests.api.conftest import Caller, House
from tests.api.test_roles import prepare
from tests.domain.cast import CARE_CENTRE, HOME_CARE
from tests.store.town import CASE
from tests.tester import TESTER

OWN = CARE_CENTRE.organisation_id
PATH = f"/disposal/{OWN}"
DECISION = {"matter_years": 5, "log_years": 6, "decision": "RS 2026-12"}


async def _keeper(house: House) -> Caller:
    return await house.key("keeper", Role.ADMINISTRATOR, organisation_id=OWN)


async def test_it_is_decided_in_versions_and_what_is_due_is_shown_and_goes(house: House) -> None:
    keeper = await _keeper(house)
    assert [one["decision"] for one in (await keeper("GET", "/disposal")).json()] == [None]
    undecided = await keeper("POST", f"{PATH}/plan", {"version": 0})
    assert (undecided.status_code, undecided.json()["code"]) == (409, "nothing_decided")
    decided = await keeper("PUT", f"{PATH}/decision", DECISION)
    assert (decided.status_code, decided.json()["version"]) == (200, 1)
    stale = await keeper("PUT", f"{PATH}/decision", {**DECISION, "matter_years": 6})
    assert (stale.status_code, stale.json()["version"]) == (409, 1)
    shorter = await keeper("PUT", f"{PATH}/decision", {**DECISION, "version": 1, "matter_years": 9})
    assert (shorter.status_code, shorter.json()["errors"][0]["field"]) == (422, "log_years")
    await house.set_time("2033-01-03 10:00")
    shown = (await keeper("GET", f"{PATH}/plan")).json()
    assert (shown["version"], shown["counts"]["matters"]) == (1, 1)
    assert (await keeper("POST", f"{PATH}/plan", {"version": 2})).status_code == 409
    done = (await keeper("POST", f"{PATH}/plan", {"version": 1})).json()
    assert done["counts"] == shown["counts"]
    kept = (await keeper("GET", PATH)).json()
    assert [one["version"] for one in kept["decisions"]] == [1]
    assert {one["version"] for one in kept["records"]} == {1}
    assert sum(one["counts"].get("matters", 0) for one in kept["records"]) == 1
    assert (await house.admin("GET", f"/cases/{CASE}")).status_code == 404


async def test_a_hold_keeps_until_it_is_ended(house: House) -> None:
    keeper = await _keeper(house)
    await keeper("PUT", f"{PATH}/decision", DECISION)
    await house.set_time("2033-01-03 10:00")
    wanted = {"why": "Tillsyn", "first_day": "2033-01-03", "reference": "7f3k-2mq"}
    hold = (await keeper("POST", f"{PATH}/holds", wanted)).json()
    assert hold["case_id"] == str(CASE)
    plan = (await keeper("GET", f"{PATH}/plan")).json()
    assert (plan["held"], plan["counts"]["matters"]) == (1, 0)
    unknown = await keeper("POST", f"{PATH}/holds", {**wanted, "reference": "9999-ZZZ"})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "disposal.not_part")
    end = f"{PATH}/holds/{hold['id']}/end"
    assert (await keeper("PUT", end, {"last_day": "2033-01-02"})).status_code == 422
    assert (await keeper("PUT", end, {"last_day": "2033-01-03"})).status_code == 204
    await house.set_time("2033-01-04 10:00")
    assert (await keeper("PUT", end, {"last_day": "2033-01-05"})).json()["code"] == "hold_over"
    assert (await keeper("GET", f"{PATH}/plan")).json()["counts"]["matters"] == 1


async def test_exports_are_files_in_one(house: House) -> None:
    await prepare(house)
    keeper = await _keeper(house)
    answer = await keeper("GET", f"{PATH}/matters/7f3k-2mq/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {name.rsplit(".", 1)[1] for name in names} == {"pdf", "json"}
    whole = zipfile.ZipFile(io.BytesIO((await keeper("GET", f"{PATH}/export")).content)).namelist()
    assert {"organisation.json", "organisation.pdf"} < set(whole)
    other = f"/disposal/{HOME_CARE.organisation_id}"
    for path in (other, f"{other}/plan", f"{other}/export", f"{other}/matters/7F3K-2MQ/export"):
        assert (await keeper("GET", path)).status_code == 404, path
    assert (await house.admin("GET", f"{other}/matters/7F3K-2MQ/export")).status_code == 404, "who does not keep it"


async def test_a_protected_matter_is_for_no_program(house: House) -> None:
    keeper = await _keeper(house)
    held = {"why": "Tillsyn", "first_day": "2026-11-02", "reference": "7F3K-2MQ"}
    before = (await keeper("POST", f"{PATH}/holds", held)).json()
    assert len((await keeper("GET", PATH)).json()["holds"]) == 1
    async with house.db.transaction(TESTER) as conn:
        await conn.execute(sa.text("update case_ set protected = true"))
    assert (await keeper("GET", PATH)).json()["holds"] == []
    end = await keeper("PUT", f"{PATH}/holds/{before['id']}/end", {"last_day": "2026-11-03"})
    assert end.status_code == 404
    assert (await keeper("GET", f"{PATH}/matters/7F3K-2MQ/export")).status_code == 404
    refused = await keeper("GET", f"{PATH}/export", accept_language="sv")
    assert (refused.status_code, refused.json()["code"]) == (409, "export_protected")
    assert "skyddat ärende" in refused.json()["detail"]
    hold = await keeper("POST", f"{PATH}/holds", {"why": "x", "first_day": "2026-11-02", "reference": "7F3K-2MQ"})
    assert hold.json()["errors"][0]["code"] == "disposal.not_part"
