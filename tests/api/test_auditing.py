"""What an auditor's key reads: of its own place, recorded, and nothing of any meeting but its reference."""

from uuid import UUID, uuid4

import pytest

from sip.domain.people import Role
from sip.seal_key import SealKey
from sip.store import users
from sip.store.users import GrantRecord, UserRecord
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.recorded import recorded
from sip.usecases.sealing import Sealing, seal
from tests.api.conftest import Caller, House
from tests.api.test_roles import operations, prepare
from tests.domain.cast import CARE_CENTRE, HOME_CARE, REGION, at
from tests.tester import TESTER

EVA = UserRecord(uuid4(), "eva@region.example", "Eva Ek")
KEY = SealKey(None, "a made-up key for demonstrations and tests only")


@pytest.fixture
async def auditor(house: House) -> Caller:
    """Eva of the convener's unit has read the meeting, three times in October."""
    house.keys["meeting"] = Caller(house.client, (await prepare(house))["meeting_id"])
    who = Actor(ActorKind.USER, str(EVA.id), EVA.name, CARE_CENTRE.unit_id, Role.CONVENER)
    async with house.db.transaction(TESTER) as conn:
        await users.save_users(conn, [EVA])
        await users.save_grants(conn, [GrantRecord(uuid4(), EVA.id, Role.CONVENER, CARE_CENTRE.unit_id)])
    async with recorded(house.db, who, at("2026-10-30 10:00")) as (_, log):
        log.note("read", "meeting", *[UUID(house.keys["meeting"].token)] * 3)
    return await house.key("auditor", Role.AUDITOR, principal_id=REGION)


async def test_who_read_a_meeting_and_what_somebody_read(house: House, auditor: Caller) -> None:
    meeting = house.keys["meeting"].token
    reference = (await house.admin("GET", f"/meetings/{meeting}")).json()["reference"]
    found = (await auditor("POST", "/audit/search", {"reference": reference, "email": "EVA@region.example"})).json()
    assert found == {"meeting_id": meeting, "user_id": str(EVA.id), "staff_id": str(EVA.id)}
    first = (await auditor("GET", f"/audit/meetings/{meeting}/readings?limit=2")).json()
    after = (await auditor("GET", f"/audit/meetings/{meeting}/readings?limit=200&cursor={first['next']}")).json()
    numbers = [one["number"] for one in (*first["items"], *after["items"])]
    assert numbers == sorted(numbers, reverse=True)
    assert sum(one["name"] == "Eva Ek" for one in (*first["items"], *after["items"])) == 3
    path = f"/audit/users/{EVA.id}/readings"
    hers = (await auditor("GET", path)).json()["items"]
    assert [(one["action"], one["subject_id"], one["reference"]) for one in hers] == [("read", meeting, reference)] * 3
    assert (await auditor("GET", f"{path}?last=2026-10-29")).json()["items"] == []
    assert (await auditor("GET", f"{path}?first=0001-01-01")).status_code == 422
    extract = (await auditor("GET", f"/audit/extracts/{EVA.id}")).json()
    assert (extract["name"], "password_hash" in str(extract)) == ("Eva Ek", False)
    assert {"app_user", "user_role"} <= extract["rows"].keys()


async def test_a_months_sample_is_drawn_by_its_seal_and_stays(house: House, auditor: Caller) -> None:
    assert (await auditor("PUT", "/audit/samples/2026-10")).status_code == 404, "nothing is sealed"
    assert (await auditor("PUT", "/audit/samples/2026-11")).json()["code"] == "month_not_over"
    await seal(house.db, Sealing(KEY), at("2026-11-01 00:05"))
    assert (await auditor("GET", "/audit/samples/2026-10")).status_code == 404, "none is drawn"
    drawn = (await auditor("PUT", "/audit/samples/2026-10")).json()
    assert [one["name"] for one in drawn] == ["Eva Ek"] * 3
    assert drawn == (await auditor("GET", "/audit/samples/2026-10")).json()
    assert (await auditor("GET", "/audit")).json()["rows"] > 0


async def test_another_place_has_nothing_of_it_and_no_other_role_asks(house: House, auditor: Caller) -> None:
    other = await house.key("other", Role.AUDITOR, organisation_id=HOME_CARE.organisation_id)
    given = {
        "meeting_id": house.keys["meeting"].token, "user_id": str(EVA.id), "staff_id": str(EVA.id), "month": "2026-10",
    }  # fmt: skip
    asked = await other("POST", "/audit/search", {"email": "eva@region.example"})
    assert asked.json() == {"meeting_id": None, "user_id": None, "staff_id": None}
    for operation, method, path in operations(house):
        if "/audit" not in path:
            continue
        if operation in ("list_user_readings", "get_extract", "put_sample", "get_sample"):
            assert (await other(method.upper(), path.format(**given))).status_code == 404, operation
        refused = await house.admin(method.upper(), path.format(**given), {} if method == "post" else None)
        assert refused.status_code == 404, operation
