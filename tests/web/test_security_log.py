"""Who was let in and who was not stands in the log, a line each, with nothing that was sent."""

import json
import logging
import re
from typing import Any
from uuid import UUID

import pytest
import structlog

from sip.edges.logs import configure
from tests.stories.county import unit
from tests.web.scene import PASSWORD, Scene, address_of, csrf_of, fields_of

WRONG = "ett helt annat lösenord"  # made up, for tests


async def _lines(scene: Scene, email: str, password: str) -> list[Any]:
    async with scene.client() as client:
        page = await client.get("/sign-in")
        with structlog.testing.capture_logs() as logs:
            form = {"email": email, "password": password, "_csrf": csrf_of(page.text), "next": "/"}
            await client.post("/sign-in", data=form)
    assert email.lower() not in str(logs).lower() and password not in str(logs)
    return [line for line in logs if line["event"] in ("signed in", "not signed in", "refused", "signed out")]


async def test_every_sign_in_has_its_line_good_and_failed(fresh: Scene) -> None:
    [good] = await _lines(fresh, address_of("convener"), PASSWORD)
    assert (good["event"], good["by"], good["network"]) == ("signed in", "password", "127.0.0.0/24")
    assert UUID(good["who"])
    [wrong] = await _lines(fresh, address_of("convener"), WRONG)
    [again] = await _lines(fresh, address_of("convener").upper(), WRONG)
    [nobody] = await _lines(fresh, "nobody@sip.example", WRONG)
    assert (wrong["event"], wrong["why"], wrong["log_level"]) == ("not signed in", "wrong", "warning")
    assert wrong["hash"] == again["hash"] != nobody["hash"]
    for _ in range(7):
        await _lines(fresh, "nobody@sip.example", WRONG)
    held = await _lines(fresh, "nobody@sip.example", WRONG)
    assert [(line["event"], line["why"]) for line in held] == [("not signed in", "too_many"), ("refused", "too_many")]
    assert held[0]["hash"] == nobody["hash"]


async def test_every_refusal_says_who_asked_for_what(fresh: Scene) -> None:
    somebody = UUID(int=7)
    async with fresh.client("convener") as client:
        page = await client.get("/profile")
        with structlog.testing.capture_logs() as logs:
            assert (await client.get("/users")).status_code == 404
            assert (await client.get(f"/directory/{unit('bok')}/facts")).status_code in (403, 404)
            assert (await client.get(f"/meetings/{somebody}?q=hemligt")).status_code == 404
            assert (await client.post("/profile", data={"language": "sv"})).status_code == 403
            await client.post("/sign-out", data=fields_of(page.text))
    async with fresh.client() as nobody:
        with structlog.testing.capture_logs() as unknown:
            assert (await nobody.get("/inget/sådant")).status_code == 404
            assert (await nobody.post("/profile", data={"language": "hemligt"})).status_code == 401
    refused = [line for line in logs if line["event"] == "refused"]
    assert [(line["status"], line["why"]) for line in refused][::3] == [(404, "not_there"), (403, "form_not_ours")]
    assert {line["kind"] for line in refused} == {"user"} and len({line["who"] for line in refused}) == 1
    assert refused[2]["route"] == f"/meetings/{somebody}" and refused[0]["role"] == "convener"
    assert [line["who"] for line in logs if line["event"] == "signed out"] == [refused[0]["who"]]
    assert [line["why"] for line in unknown if line["event"] == "refused"] == ["not_signed_in"]
    assert "hemligt" not in str(logs) + str(unknown)


async def test_every_line_of_a_request_has_its_number_and_so_has_the_answer(
    fresh: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """As JSON, with the meeting by its id; what somebody sends as a number is not taken over."""
    await fresh.stage.call("2026-12-07 10:00")
    async with fresh.client("convener") as client:
        before, root = structlog.get_config(), logging.getLogger()
        handlers, level = list(root.handlers), root.level
        configure("info", as_json=True)
        try:
            sent = {"x-request-id": "hemligt"}
            found = await client.get(f"/meetings/{fresh.stage.id}", headers=sent)
            missing = await client.get(f"/meetings/{UUID(int=7)}", headers=sent)
        finally:
            structlog.configure(**before)
            root.handlers[:] = handlers
            root.setLevel(level)
    said = capsys.readouterr().err
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert not [one for one in lines if one["event"].startswith("HTTP Request")], (
        "addresses that are asked may be secret"
    )
    numbers = [one.headers["x-request-id"] for one in (found, missing)]
    assert numbers[0] != numbers[1] and all(re.fullmatch(r"[0-9a-f]{16}", one) for one in numbers)
    assert [(one["event"], one["request"]) for one in lines] == [
        ("request", numbers[0]), ("request", numbers[1]), ("refused", numbers[1]),
    ]  # fmt: skip
    assert lines[0]["meeting"] == str(fresh.stage.id)
    assert "hemligt" not in said and "region.example" not in said
