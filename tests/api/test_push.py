"""Mail pushed by HTTP: who may, what is kept, what is refused, and what comes again."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import text

from sip.edges.api.router import api
from sip.edges.services import Services
from sip.edges.web.app import create
from sip.settings import load_settings
from sip.store.db import Database
from tests.api.conftest import House
from tests.store.post_office import unjudged
from tests.tester import TESTER

SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "abcdefghijklmnopqrstuvwxyz"
TO = f"sip+{TOKEN}@sip.example"
BASE = "sip@sip.example"
RAW = b"From: a@al.example\r\nSubject: \xe5\x00\r\n\r\nHej\n.\r\n"
MAIL = {"Content-Type": "message/rfc822"}
ADDRESS = "/api/v1/inbound/push"


@asynccontextmanager
async def pushing(services: Services, **variables: str) -> AsyncIterator[httpx.AsyncClient]:
    """The application with push set up; what is asked carries the secret."""
    environment = {"SIP_ENVIRONMENT": "test", "SIP_PUSH_SECRET": SECRET, "SIP_MAIL_MAX_BYTES": "200000"} | variables
    made = replace(services, settings=load_settings(environment))
    app: Any = create(made, api(production=False))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
        yield client


@pytest.fixture
async def push(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with pushing(house.services) as client:
        yield client


async def kept(house: House) -> list[tuple[str, str, bytes, str]]:
    async with house.db.transaction(TESTER) as conn:
        found = await unjudged(conn, house.services.vault)
    return [(one.recipient, one.mail_from, one.raw, one.source) for one in found]


async def test_a_mail_is_kept_as_it_came_and_once(house: House, push: httpx.AsyncClient) -> None:
    where = {"recipient": [TO, BASE], "sender": "a@al.example"}
    for _ in range(2):
        answer = await push.post(ADDRESS, params=where, content=RAW, headers=MAIL)
        assert (answer.status_code, answer.json()) == (202, {"recipients": [TO, BASE]})
    assert await kept(house) == [(TO, "a@al.example", RAW, "push"), (BASE, "a@al.example", RAW, "push")]


@pytest.mark.parametrize(
    ("query", "headers", "recipients", "sender"),
    [
        (f"?recipient={TO}", {}, [TO], "a@al.example"),  # the + has become a space
        (f"?recipient={TO.upper()}&sender=", {}, [TO], ""),
        ("", {"X-Envelope-To": f"{TO}, {BASE}", "X-Envelope-From": "<b@al.example>"}, [TO, BASE], "b@al.example"),
        ("", {"X-Envelope-To": f"<{TO}>"}, [TO], "a@al.example"),
        ("", [("X-Envelope-To", TO), ("X-Envelope-To", BASE)], [TO, BASE], "a@al.example"),
        (f"?recipient={TO}&recipient={TO}", {}, [TO], "a@al.example"),
        ("", {}, [BASE], "a@al.example"),
    ],
)
async def test_the_envelope_stands_beside_the_mail(
    house: House, push: httpx.AsyncClient, query: str, headers: Any, recipients: list[str], sender: str
) -> None:
    sent = httpx.Headers(headers)
    answer = await push.post(f"{ADDRESS}{query}", content=RAW, headers=[*sent.multi_items(), *MAIL.items()])
    assert answer.status_code == 202, answer.text
    assert [(one, who) for one, who, *_ in await kept(house)] == [(one, sender) for one in recipients]


async def test_without_an_envelope_the_headers_tell(house: House, push: httpx.AsyncClient) -> None:
    raw = f"Return-Path: <>\r\nTo: <{TO}>\r\n\r\n".encode()
    assert (await push.post(ADDRESS, content=raw, headers=MAIL)).json() == {"recipients": [TO]}
    assert await kept(house) == [(TO, "", raw, "push")]


@pytest.mark.parametrize("kind", ["multipart", "multipart file", "urlencoded"])
async def test_a_form_with_the_mail_in_it(house: House, push: httpx.AsyncClient, kind: str) -> None:
    fields = {"recipient": f"{TO},{BASE}", "sender": "a@al.example", "subject": "å"}
    if kind == "urlencoded":
        body = urlencode({**fields, "body-mime": RAW})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await push.post(ADDRESS, content=body.encode(), headers=form)
    else:
        named = "mail.eml" if kind.endswith("file") else None
        answer = await push.post(ADDRESS, data=fields, files={"body-mime": (named, RAW)})
    assert answer.status_code == 202, answer.text
    assert await kept(house) == [(TO, "a@al.example", RAW, "push"), (BASE, "a@al.example", RAW, "push")]


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {SECRET}", 202),
        (f"bearer  {SECRET} ", 202),
        ("Basic " + base64.b64encode(f"api:{SECRET}".encode()).decode(), 202),
        ("Basic " + base64.b64encode(b"api:wrong").decode(), 401),
        ("Basic %%%", 401),
        (f"Digest {SECRET}", 401),
        (f"Bearer {SECRET}x", 401),
        ("Bearer å", 401),
        ("Bearer", 401),
        ("", 401),
    ],
)
async def test_only_its_own_secret_opens_it(
    house: House, push: httpx.AsyncClient, authorization: str, status: int
) -> None:
    headers = {b"Content-Type": b"message/rfc822", b"Authorization": authorization.encode()}
    answer = await push.post(ADDRESS, content=RAW, headers=headers)
    assert answer.status_code == status, answer.text
    assert len(await kept(house)) == (1 if status == 202 else 0)
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer" and answer.json()["code"] == "push_secret"


async def test_no_key_of_the_api_opens_it_and_it_opens_nothing_else(house: House, push: httpx.AsyncClient) -> None:
    key = {"Authorization": f"Bearer {house.admin.token}"}
    assert (await push.post(ADDRESS, content=RAW, headers=MAIL | key)).status_code == 401
    for path in ("/api/v1/inbound", "/api/v1/meetings", "/api/v1/me"):
        assert (await push.get(path)).status_code == 401


async def test_without_the_setting_there_is_nothing(house: House) -> None:
    async with pushing(house.services, SIP_PUSH_SECRET="") as client:
        answer = await client.post(ADDRESS, content=RAW, headers=MAIL)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "content", "headers", "status", "code", "field"),
    [
        ("?recipient=anna@sip.example", RAW, MAIL, 422, "invalid", "recipient"),
        (f"?recipient={TO}&recipient=sip@elsewhere.example", RAW, MAIL, 422, "invalid", "recipient"),
        ("?recipient=bounce@sip.example", RAW, MAIL, 422, "invalid", "recipient"),
        ("?" + "recipient=sip@sip.example&" * 101, RAW, MAIL, 422, "invalid", "recipient"),
        ("", b"", MAIL, 422, "invalid", ""),
        ("", b"recipient=sip@sip.example", {"Content-Type": "application/x-www-form-urlencoded"}, 422, "invalid",
         "body-mime"),
        ("", b"x" * 200_001, MAIL, 413, "too_large", None),
        ("", b"body-mime=" + b"x" * 200_001, {"Content-Type": "application/x-www-form-urlencoded"}, 413, "too_large",
         None),
        ("", b"x" * 800_000, {"Content-Type": "application/x-www-form-urlencoded"}, 413, "too_large", None),
        ("", b"{}", {"Content-Type": "application/json"}, 415, "push_kind", None),
        ("", b"--x\r\nbroken", {"Content-Type": "multipart/form-data; boundary=x"}, 400, "bad_request", None),
        ("", b"--x\r\nbroken", {"Content-Type": "multipart/form-data"}, 400, "bad_request", None),
        ("", b"a=1&" * 300, {"Content-Type": "application/x-www-form-urlencoded"}, 400, "bad_request", None),
    ],
)  # fmt: skip
async def test_what_cannot_be_kept_is_told_as_a_problem(
    house: House, push: httpx.AsyncClient, query: str, content: bytes, headers: dict[str, str], status: int, code: str,
    field: str | None,
) -> None:  # fmt: skip
    answer = await push.post(f"{ADDRESS}{query}", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["field"] for one in answer.json()["errors"]] == ([] if field is None else [field])
    assert await kept(house) == []


async def test_while_the_database_is_away_it_is_to_come_again(house: House) -> None:
    lost = Database("postgresql://sip_app@127.0.0.1:1/sip")
    async with pushing(replace(house.services, db=lost)) as client:
        answer = await client.post(ADDRESS, content=RAW, headers=MAIL)
    await lost.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert answer.json()["code"] == "away"


async def test_a_large_mail_is_taken_though_the_api_takes_less(house: House) -> None:
    large = RAW + b"x" * 3_000_000
    async with pushing(house.services, SIP_MAIL_MAX_BYTES="4000000") as client:
        assert (await client.post(ADDRESS, content=large, headers=MAIL)).status_code == 202
    async with house.db.transaction(TESTER) as conn:
        assert await conn.scalar(text("select octet_length(raw) from inbound")) > len(large)


async def test_it_is_described(house: House) -> None:
    operation = house.app.openapi_schema.to_schema()["paths"][ADDRESS]["post"]
    assert operation["security"] == [{"pushSecret": []}]
    assert set(operation["requestBody"]["content"]) == {"message/rfc822", "multipart/form-data"}
    names = {(one["in"], one["name"]) for one in operation["parameters"]}
    assert names == {
        ("query", "recipient"), ("query", "sender"), ("header", "X-Envelope-To"), ("header", "X-Envelope-From"),
    }  # fmt: skip
    assert {"202", "401", "404", "413", "415", "422", "503"} <= set(operation["responses"])
