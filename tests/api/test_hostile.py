"""No value of any parameter, path, field or body is a fault: 4xx with a sentence, and nothing of it in the log."""

import logging
from typing import Any
from urllib.parse import quote

import pytest
import structlog

from sip.edges.api.desk import cursor_of
from tests.api.conftest import House
from tests.api.test_roles import bodies, operations, prepare
from tests.hostile import BODIES, SECRET, VALUES, spoilt

FEW = ("\x00", "9" * 30, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
CURSORS = [
    cursor_of(*parts) for parts in (("x",), ("9" * 18,), ("9" * 30,), ("9999-12-31T23:59:59-14:00", "x"), (1, 2, 3), ())
] + [
    cursor_of(moment, "00000000-0000-0000-0000-000000000000")
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01")
]


def _wrong(method: str, path: str, what: Any, answer: Any) -> list[tuple[object, ...]]:
    said = answer.status_code < 500 and (answer.status_code < 400 or answer.json().get("detail"))
    return [] if said else [(method, path, repr(what)[:80], answer.status_code, answer.text[:200])]


async def test_no_parameter_is_a_fault(house: House) -> None:
    given, wrong = await prepare(house), []
    for _, method, path in operations(house):
        if method != "get":
            continue
        schema = house.app.openapi_schema.to_schema()["paths"][path]["get"].get("parameters", [])
        for name in [one["name"] for one in schema if one["in"] == "query"]:
            for value in CURSORS if name == "cursor" else FEW:
                full = f"{path.format(**given)}?{name}={quote(value, safe='')}"
                wrong += _wrong(method, path, (name, value), await house.admin("GET", full))
    assert not wrong


async def test_no_path_is_a_fault(house: House) -> None:
    given, wrong = await prepare(house), []
    for operation, method, path in operations(house):
        for name in given:
            if f"{{{name}}}" not in path:
                continue
            for value in ("\x00", "9" * 30, "2147483648"):
                full = path.format(**{**given, name: quote(value, safe="")})
                body = bodies("administrator").get(operation)
                wrong += _wrong(method, path, (name, value), await house.admin(method.upper(), full, body))
    assert not wrong


async def test_no_field_is_a_fault(house: House) -> None:
    given, wrong = await prepare(house), []
    every = {**bodies("administrator"), "add_meeting": house.draft_body()}
    every["add_deviation"] = {"meeting_id": given["meeting_id"], **every["add_deviation"]}
    for operation, method, path in operations(house):
        full = path.format(**given)
        tried = [body for value in VALUES for body in spoilt(every.get(operation), value)]
        for body in tried[:: max(1, len(tried) // 8)]:
            wrong += _wrong(method, path, body, await house.admin(method.upper(), full, body))
    assert not wrong


@pytest.mark.parametrize("raw", BODIES, ids=[repr(one[:20]) for one in BODIES])
async def test_no_body_is_a_fault(house: House, raw: bytes) -> None:
    given, wrong = await prepare(house), []
    headers = {"Authorization": f"Bearer {house.admin.token}", "content-type": "application/json"}
    for _, method, path in operations(house):
        if method == "get":
            continue
        answer = await house.client.request(
            method.upper(), path.format(**given), content=raw, headers=headers
        )  # fmt: skip
        wrong += _wrong(method, path, raw, answer)
    assert not wrong


async def test_the_log_never_holds_what_was_sent(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    given = await prepare(house)
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        for operation, method, path in operations(house):
            body = bodies("administrator").get(operation)
            for sent in spoilt(body, SECRET) or [None]:
                await house.admin(method.upper(), f"{path.format(**given)}?q={SECRET}&cursor={SECRET}", sent)
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]
    assert SECRET not in str(logs) + str(ours) + capsys.readouterr().out
