"""What holds for every address: problems, the description, the docs offline, the clock, and any request at all."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import openapi

from sip.edges.api.docs import CONTENT_POLICY
from sip.edges.api.router import router
from sip.store import users
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
        await users.revoke_key(conn, "administrator")
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


async def test_any_request_at_all_gets_an_answer_of_the_description(house: House) -> None:
    """Bounded: a few requests for each operation, of what the description allows; each answer is one it describes."""
    schema = openapi.from_dict((await house.client.get("/api/schema/openapi.json")).json())
    loop = asyncio.get_running_loop()
    run = settings(
        max_examples=4,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    def ask(case: Any, described: set[str]) -> None:
        sent = case.as_transport_kwargs(base_url="http://testserver")
        known = {name: sent[name] for name in ("method", "url", "params", "json") if name in sent}
        headers = {**dict(sent.get("headers") or {}), "Authorization": f"Bearer {house.admin.token}"}
        if isinstance(sent.get("data"), bytes):
            known["content"] = sent["data"]
        asked = asyncio.run_coroutine_threadsafe(house.client.request(headers=headers, **known), loop)
        answer = asked.result(300)
        assert answer.status_code < 500, (known, answer.text)
        assert str(answer.status_code) in described, (known, answer.text)

    def every() -> None:
        for found in schema.get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr]  # our own description is right
            described = set(operation.definition.raw["responses"])
            given_it: Any = given(operation.as_strategy())
            test: Any = run(given_it(_asking(ask, described)))
            test()

    await asyncio.to_thread(every)


def _asking(ask: Any, described: set[str]) -> Any:
    def one(case: Any) -> None:
        ask(case, described)

    return one
