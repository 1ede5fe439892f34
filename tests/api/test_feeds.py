"""Subscribed calendars through the API: made, fetched, given another address and ended."""

from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from sip.domain.people import Role
from sip.store import api_keys
from tests.api.conftest import Caller, House
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL
from tests.tester import TESTER


async def fetched(house: House, address: str) -> httpx.Response:
    return await house.client.get("/feeds/" + address.rpartition("/")[2])


async def made(caller: Caller, **body: object) -> dict[str, str]:
    answer = await caller("POST", "/feeds", {"kind": "unit", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


async def test_a_unit_subscribes_and_changes_its_address(roles: House) -> None:
    await roles.called()
    staff = roles.keys["unit_staff"]
    one = await made(staff)
    assert one["name"] == "SIP-möten: Hemtjänsten Al"
    assert one["webcal"] == one["address"].replace("http://", "webcal://", 1)
    first = await fetched(roles, one["address"])
    assert first.status_code == 200 and first.text.count("BEGIN:VEVENT") == 1
    (listed,) = (await staff("GET", "/feeds")).json()
    assert (listed["id"], listed["owned"], listed["kind"]) == (one["id"], True, "unit")
    assert listed["fetched_at"] is not None and "address" not in listed
    new = (await staff("POST", f"/feeds/{one['id']}/rotation")).json()
    assert new["id"] == one["id"] and new["address"] != one["address"]
    assert (await fetched(roles, one["address"])).status_code == 410
    assert (await fetched(roles, new["address"])).content == first.content
    assert (await staff("DELETE", f"/feeds/{one['id']}")).status_code == 204
    assert (await fetched(roles, new["address"])).status_code == 410
    assert (await staff("DELETE", f"/feeds/{one['id']}")).status_code == 404


async def test_it_speaks_the_language_that_was_asked_for(roles: House) -> None:
    await roles.called()
    one = await made(roles.keys["unit_staff"], language="en")
    assert "SIP meeting\\, case 7F3K-2MQ (no answer)" in (await fetched(roles, one["address"])).text


async def test_a_key_may_make_them_for_the_units_it_covers(roles: House) -> None:
    for role, unit, status in (
        ("administrator", HOME_CARE, 201), ("administrator", None, 422), ("coordinator", CARE_CENTRE, 201),
        ("coordinator", HOME_CARE, 404), ("unit_staff", SCHOOL, 404), ("unit_staff", HOME_CARE, 201),
        ("board_member", HOME_CARE, 403),
    ):  # fmt: skip
        body = {"kind": "unit"} | ({"unit_id": str(unit.unit_id)} if unit else {})
        assert (await roles.keys[role]("POST", "/feeds", body)).status_code == status, (role, unit)
    nowhere = await roles.admin("POST", "/feeds", {"kind": "unit", "unit_id": str(uuid4())})
    assert nowhere.status_code == 404


@pytest.mark.parametrize("role", ["administrator", "unit_staff", "unit_manager", "coordinator", "board_member"])
async def test_only_a_coordinator_follows_an_area_and_a_key_is_nobody(roles: House, role: str) -> None:
    answer = await roles.keys[role]("POST", "/feeds", {"kind": "area"})
    assert answer.status_code == (201 if role == "coordinator" else 403)
    person = await roles.keys[role]("POST", "/feeds", {"kind": "person"})
    assert (person.status_code, person.json()["errors"][0]["code"]) == (422, "feed_person")


async def test_a_coordinators_calendar_counts_the_answers_of_her_area(roles: House) -> None:
    await roles.called(parties=[{"unit_id": str(HOME_CARE.unit_id)}, {"unit_id": str(SCHOOL.unit_id)}])
    area = await made(roles.keys["coordinator"], kind="area")
    assert "(0 av 2 har svarat)" in (await fetched(roles, area["address"])).text
    await roles.key("everywhere", Role.COORDINATOR)
    everything = await made(roles.keys["everywhere"], kind="area")
    assert everything["name"] == "Alla SIP-möten"
    assert "BEGIN:VEVENT" in (await fetched(roles, everything["address"])).text


async def test_it_ends_with_the_key(roles: House) -> None:
    one = await made(roles.keys["unit_staff"])
    async with roles.db.transaction(TESTER) as conn:
        await api_keys.revoke(conn, "unit_staff")
    assert (await fetched(roles, one["address"])).status_code == 410


async def test_the_manager_sees_and_ends_what_shows_the_unit(roles: House) -> None:
    one, manager = await made(roles.keys["unit_staff"]), roles.keys["unit_manager"]
    (seen,) = (await manager("GET", "/feeds")).json()
    assert (seen["id"], seen["owned"]) == (one["id"], False)
    for role in ("coordinator", "convener", "outsider", "chair"):
        assert (await roles.keys[role]("GET", "/feeds")).json() == []
        assert (await roles.keys[role]("DELETE", f"/feeds/{one['id']}")).status_code == 404
    assert (await manager("POST", f"/feeds/{one['id']}/rotation")).status_code == 404
    assert (await manager("DELETE", f"/feeds/{one['id']}")).status_code == 204


async def test_the_same_request_twice_is_one_calendar_and_keeps_no_address(roles: House) -> None:
    staff, body = roles.keys["unit_staff"], {"kind": "unit"}
    answers = [(await staff("POST", "/feeds", body, idempotency_key="k1")).json() for _ in "ab"]
    assert answers[0]["id"] == answers[1]["id"]
    assert [(await fetched(roles, one["address"])).status_code for one in answers] == [410, 200]
    async with roles.db.transaction(TESTER) as conn:
        kept = await conn.execute(text("select count(*) from idempotency"))
        assert kept.scalar_one() == 0
