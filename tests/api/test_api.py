"""What holds for every address: problems, the description, the docs offline, the clock."""

from uuid import UUID

import pytest

from sip.edges.api.docs import CONTENT_POLICY
from sip.edges.api.router import router
from sip.store import api_keys
from sip.usecases.agreement_file import default_text
from tests.api.conftest import House
from tests.tester import TESTER


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/v2/meetings", 404, "not_found"),
        ("PATCH", "/principals", 405, "method_not_allowed"),
        ("GET", "/meetings/not-an-id", 404, "not_found"),
        ("GET", "/meetings?limit=0", 400, "bad_request"),
        ("GET", "/meetings?state=asleep", 400, "bad_request"),
        ("GET", "/inbound/99999999999999999999999", 404, "not_found"),
    ],
)
async def test_every_error_is_a_problem_document(house: House, method: str, path: str, status: int, code: str) -> None:
    answer = await house.admin(method, path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:sip:problem:{code}")


async def test_a_fault_says_nothing_of_our_insides(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the secret password is 1234")

    monkeypatch.setattr("sip.usecases.reading.meetings.page", fails)
    answer = await house.admin("GET", "/meetings")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "1234" not in answer.text and "RuntimeError" not in answer.text


async def test_a_body_that_is_no_json_or_too_large(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.admin.token}", "Content-Type": "application/json"}
    broken = await house.client.post("/api/v1/cases", content=b"{", headers=headers)
    assert (broken.status_code, broken.json()["code"]) == (400, "bad_request")
    large = await house.client.post("/api/v1/cases", content=b" " * 1_100_000, headers=headers)
    assert (large.status_code, large.json()["code"]) == (413, "too_large")


async def test_problems_are_said_in_swedish_too(house: House) -> None:
    answer = await house.admin("GET", "/nowhere", accept_language="sv-SE,sv;q=0.9,en;q=0.8")
    assert answer.json()["title"] == "Finns inte"


async def test_the_docs_are_served_from_our_own_files(house: House) -> None:
    page = await house.client.get("/api/docs")
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == CONTENT_POLICY
    assert "http" not in page.text.replace("<!doctype html>", "")
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "init.js"):
        assert (await house.client.get(f"/static/swagger/{name}")).status_code == 200
    described = (await house.client.get("/api/schema/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in described["paths"])


async def test_the_description_is_one_that_clients_are_made_of(house: House) -> None:
    """Its names are the API's and not our files', and a file is bytes (`tests/peers/test_clients.py`)."""
    answer = await house.client.get("/api/schema/openapi.json")
    assert "sip.edges" not in answer.text and "PageOut" not in answer.text
    described = answer.json()
    assert described["components"]["schemas"]["MeetingPage"]["title"] == "MeetingPage"
    raw = described["paths"]["/api/v1/inbound/{inbound_id}/raw"]["get"]["responses"]["200"]["content"]
    assert raw == {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}


async def test_every_route_is_described_as_a_problem_when_it_fails(house: House) -> None:
    for path, ops in house.app.openapi_schema.to_schema()["paths"].items():
        for method, operation in ops.items():
            for status in ("400", "401", "403", "404", "500"):
                content = operation["responses"][status]["content"]
                assert list(content) == ["application/problem+json"], (method, path, status)


async def test_the_clock_is_set_and_never_goes_back(house: House) -> None:
    put = await house.admin("PUT", "/clock", {"now": "2026-11-03T10:00:00+01:00", "speed": 0})
    assert put.json()["now"] == "2026-11-03T09:00:00Z"
    back = await house.admin("PUT", "/clock", {"now": "2026-11-02T10:00:00+01:00"})
    assert (back.status_code, back.json()["code"]) == (409, "clock_backwards")
    await house.called()
    got = (await house.admin("GET", "/clock")).json()
    assert (got["speed"], got["outbox"], got["timers"]) == (0, 2, 0)
    assert got["next_due"] is not None


async def test_in_production_there_is_no_clock() -> None:
    paths = {path for route in router(True).routes for path in [route.path]}
    assert paths and not any("clock" in path for path in paths)
    assert any("clock" in route.path for route in router(False).routes)


async def test_a_revoked_key_opens_nothing(house: House) -> None:
    async with house.db.transaction(TESTER) as conn:
        await api_keys.revoke(conn, "administrator")
    assert (await house.admin("GET", "/me")).status_code == 401


async def test_an_agreement_is_kept_once_and_said_in_sentences(house: House) -> None:
    text = default_text()
    kept = await house.admin("POST", "/agreements", {"toml": text})
    assert kept.status_code == 201, kept.text
    assert kept.json()["rules"]["gaps"] == [3, 2, 2, 1]
    changed = await house.admin("POST", "/agreements", {"toml": text.replace("hearing = 10", "hearing = 9")})
    assert (changed.status_code, changed.json()["code"]) == (422, "agreement")
    assert "raise the version number" in changed.json()["detail"]
    one = await house.admin("GET", f"/agreements/{kept.json()['id']}")
    assert len(one.json()) == 1


async def test_the_directory_is_kept_through_the_api(house: House) -> None:
    principal = (await house.admin("POST", "/principals", {"name": "Cedra", "kind": "municipality"})).json()
    twice = await house.admin("POST", "/principals", {"name": "Cedra", "kind": "municipality"})
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (422, "name")
    board = (await house.admin("POST", "/organisations", {"principal_id": principal["id"], "name": "Nämnden"})).json()
    unit = (await house.admin("POST", "/units", {"organisation_id": board["id"], "name": "Nya skolan"})).json()
    anna = {"organisation_id": board["id"], "name": "Anna", "email": "Anna@cedra.example"}
    person = (await house.admin("POST", "/persons", anna)).json()
    assert person["email"] == "anna@cedra.example"
    path = f"/units/{unit['id']}"
    put = await house.admin("PUT", f"{path}/addresses", {"addresses": [{"email": "skolan@cedra.example"}]})
    assert put.status_code == 200, put.text
    await house.admin("PUT", f"{path}/closed-days", {"days": ["2026-12-23", "2026-12-22", "2026-12-23"]})
    assert (await house.admin("GET", f"{path}/closed-days")).json() == {"days": ["2026-12-22", "2026-12-23"]}
    queue = await house.admin("PUT", f"{path}/substitutes", {"persons": [person["id"]]})
    assert [one["ordinal"] for one in queue.json()] == [1]
    role = await house.admin(
        "POST", "/roles", {"person_id": person["id"], "role": "unit_manager", "unit_id": unit["id"]}
    )
    assert role.status_code == 201
    assert (await house.admin("DELETE", f"/roles/{role.json()['id']}")).status_code == 204
    gone = await house.admin("POST", f"{path}/archiving", {"last_day": "2026-12-31", "successor_id": unit["id"]})
    assert gone.json()["errors"][0]["code"] == "itself"
    gone = await house.admin("POST", f"{path}/archiving", {"last_day": "2026-12-31"})
    assert gone.json()["archived_at"] == "2026-12-31T23:00:00Z"


async def test_an_address_says_what_may_be_asked_of_it(house: House) -> None:
    for path, methods in (("/meetings", "GET, OPTIONS, POST"), (f"/cases/{UUID(int=1)}", "GET, OPTIONS")):
        asked = await house.admin("OPTIONS", path)
        refused = await house.admin("DELETE", path)
        assert (asked.status_code, asked.headers["allow"]) == (204, methods)
        assert refused.status_code == 405
        assert sorted(refused.headers["allow"].split(", ")) == methods.split(", ")
    assert (await house.client.options("/api/v1/meetings")).status_code == 401


async def test_the_description_is_as_narrow_as_the_reader(house: House) -> None:
    """What msgspec refuses, the description refuses: other fields, and bounds in lists and beside null."""
    bodies = house.app.openapi_schema.to_schema()["components"]["schemas"]
    assert bodies["TextIn"]["additionalProperties"] is False
    assert bodies["ClockIn"]["properties"]["speed"]["oneOf"][0]["minimum"] == 0
    assert bodies["OrganisationIn"]["properties"]["mail_domains"]["items"]["maxLength"] == 253
    sent = {"name": "Cedra", "kind": "municipality", "colour": "blue"}
    assert (await house.admin("POST", "/principals", sent)).json()["errors"][0]["field"] == "colour"
