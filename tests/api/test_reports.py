"""Reports by key: one without a meeting, each authority's number of it, and the report as a document."""

from sip.domain.people import Role
from tests.api.conftest import House
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL

SAID = {
    "reporting_unit_id": str(HOME_CARE.unit_id), "receiving_unit_id": str(CARE_CENTRE.unit_id),
    "categories": ["communication", "routines"], "description": "Listan kom till fel enhet.",
    "happened_on": "2026-10-30", "severity": 2, "likelihood": 3,
}  # fmt: skip


async def test_a_report_without_a_meeting(roles: House) -> None:
    ours, theirs = roles.keys["unit_manager"], roles.keys["convener"]
    made = await ours("POST", "/deviations", SAID)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["meeting_id"], body["party"], body["meeting_start"], body["severity"]) == (None, None, None, 2)
    assert body["state"] == "hearing" and len(body["reference"]) == len("7F3K-2MQ")
    path = f"/deviations/{body['id']}"
    heard = await theirs("PUT", f"{path}/hearing", {"statement": "right"})
    assert heard.json()["state"] == "received"
    assert [one["id"] for one in (await theirs("GET", "/deviations")).json()["items"]] == [body["id"]]
    assert (await roles.keys["outsider"]("GET", path)).status_code == 404


async def test_what_is_refused(roles: House) -> None:
    ours = roles.keys["unit_manager"]
    foreign = await ours("POST", "/deviations", SAID | {"reporting_unit_id": str(SCHOOL.unit_id)})
    assert foreign.status_code == 403
    for wrong in (
        {"receiving_unit_id": str(HOME_CARE.unit_id)}, {"receiving_unit_id": None}, {"happened_on": "2027-01-01"},
        {"description": "Gäller 19121212-1212."}, {"party": 2},
    ):  # fmt: skip
        assert (await ours("POST", "/deviations", SAID | wrong)).status_code == 422, wrong
    assert (await ours("POST", "/deviations", SAID | {"severity": 5})).status_code == 400


async def test_the_register_and_the_document(roles: House) -> None:
    ours, theirs = roles.keys["unit_manager"], roles.keys["convener"]
    path = f"/deviations/{(await ours('POST', '/deviations', SAID)).json()['id']}"
    noted = await ours("PUT", f"{path}/registration", {"number": "ON 2026:1", "received_on": "2026-11-02"})
    assert noted.json() == {"number": "ON 2026:1", "received_on": "2026-11-02"}
    assert (await theirs("GET", f"{path}/registration")).json() == {"number": None, "received_on": None}
    made = await ours("GET", f"{path}/document")
    assert made.status_code == 200 and made.content.startswith(b"%PDF")
    reader = await roles.key("board", Role.BOARD_MEMBER, unit_id=HOME_CARE.unit_id)
    assert (await reader("PUT", f"{path}/registration", {"number": "ON 2"})).status_code in (403, 404)
