"""A unit's mailbox over the API: a test call, what came of it, and the flag for the week's mail."""

from sip.store.post import mailbox_checks, outbox
from tests.api.conftest import House
from tests.domain.cast import HOME_CARE, SCHOOL, at
from tests.tester import TESTER


async def test_a_test_call_is_sent_now(house: House) -> None:
    path = f"/units/{SCHOOL.unit_id}/mailbox-check"
    answer = await house.admin("POST", path)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "unit_id": str(SCHOOL.unit_id), "email": "skolan@al.example", "state": "waiting",
        "asked_at": "2026-11-02T09:00:00Z", "asked_again_at": None, "settled_at": None,
    }  # fmt: skip
    assert (await house.admin("POST", path)).json() == answer.json()
    async with house.db.transaction(TESTER) as conn:
        assert await outbox.notices_in(conn, None, None) == []


async def test_a_unit_without_a_mailbox_is_invalid(house: House) -> None:
    await house.admin("PUT", f"/units/{SCHOOL.unit_id}/addresses", {"addresses": []})
    answer = await house.admin("POST", f"/units/{SCHOOL.unit_id}/mailbox-check", accept_language="sv")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["code"] == "no_mailbox"
    assert "ingen e-postadress" in error["detail"]


async def test_another_first_address_is_no_longer_verified(house: House) -> None:
    path = f"/units/{HOME_CARE.unit_id}"
    async with house.db.transaction(TESTER) as conn:
        await mailbox_checks.verify(conn, HOME_CARE.unit_id, "Hemtjanst@al.example", at("2026-11-01 10:00"))
    assert (await house.admin("GET", path)).json()["verified_at"] == "2026-11-01T09:00:00Z"
    await house.admin("PUT", f"{path}/addresses", {"addresses": [{"email": "ny@al.example"}]})
    assert (await house.admin("GET", path)).json()["verified_at"] is None
    await house.admin("PUT", f"{path}/addresses", {"addresses": [{"email": HOME_CARE.addresses[0]}]})
    assert (await house.admin("GET", path)).json()["verified_at"] is not None, "the mailbox is the same, and read"


async def test_a_unit_says_that_it_wants_the_weeks_mail(house: House) -> None:
    path = f"/units/{HOME_CARE.unit_id}"
    body = {"organisation_id": str(HOME_CARE.organisation_id), "name": "Hemtjänsten Al", "week_mail": True}
    assert (await house.admin("PUT", path, body)).json()["week_mail"] is True
    assert (await house.admin("GET", path)).json()["week_mail"] is True
