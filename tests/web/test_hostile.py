"""No value of any page's address, question or field is a fault: always a sentence, and nothing of it in the log.

All is found: routes in the application's table, questions in what the source asks of an address, fields in the forms
that the pages show. A route whose form no page here shows is driven with every field there is.
"""

import logging
import re
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx
import pytest
import structlog
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text

from sip.edges import web
from sip.edges.web.app import PAGES
from sip.embedded.server import ServerHandle
from tests.hostile import SECRET, TEXTS
from tests.tester import TESTER
from tests.web.scene import Scene, csrf_of, on_scene, sign_in
from tests.web.test_routes import ENDLESS, OPEN, filled

EACH = 1
"""Tries for one page or part; the values go on where the try before ended, so that all of them come about."""
MOST_FIELDS = 2
"""Fields of one form that are bent one by one, spread over it; after them all of them at once."""
ENDS = ("/sign-out",)
LEAVING = {"/meetings/{meeting_id:uuid}/cancel", "/meetings/{meeting_id:uuid}/consent"}


def routes(method: str) -> list[str]:
    found = {
        path
        for handler in PAGES
        if isinstance(handler, HTTPRouteHandler) and method in handler.http_methods
        for path in handler.paths
    }
    return sorted(found - ENDLESS, key=lambda path: (path in ENDS, path in LEAVING, path))


def questions() -> list[str]:
    """Every name that a page asks of its address, or that a link gives it, from the source of pages and templates."""
    files = [path for path in Path(web.__path__[0]).rglob("*.*") if path.suffix in (".py", ".html")]
    source = "".join(path.read_text() for path in files)
    asked = r'(?:query_params|asked)\.get\("(\w+)"|"(\w+)" in (?:page\.request\.query_params|asked)|[?&](\w+)='
    return sorted({name for names in re.findall(asked, source) for name in names if name})


class Forms(HTMLParser):
    """The forms of a page: where each goes, and its fields as they stand, with something chosen in every choice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.found.append((given.get("action") or given.get("hx-post") or "", {}))
        elif not self.found:
            return
        fields = self.found[-1][1]
        if tag == "select":
            self._select = name
            fields[name] = ""
        elif tag == "option" and self._select and not fields[self._select]:
            fields[self._select] = value
        elif tag in ("input", "textarea", "button") and name:
            fields[name] = value or fields.get(name, "") or "1"

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select


def route_of(address: str) -> str:
    """The route that an address belongs to; empty where none does."""
    for path in routes("POST"):
        if re.fullmatch(re.sub(r"\\{\w+:\w+\\}", "[^/]+", re.escape(path)), urlsplit(address).path):
            return path
    return ""


@pytest.fixture(scope="module")
async def own(cluster: ServerHandle, template_database: str) -> AsyncIterator[Scene]:
    """A scene that may be changed by all that is tried on it."""
    cluster.create_database_from_template("sip_hostile", template_database)
    async with on_scene(cluster.url("sip_hostile")) as made:
        yield made
    cluster.drop_database("sip_hostile")


async def the_report(scene: Scene) -> UUID:
    """One of the reports; forms that are driven may make more."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found: UUID = (await conn.execute(text("select min(id::text)::uuid from deviation"))).scalar_one()
    return found


async def forms(scene: Scene, client: httpx.AsyncClient) -> dict[str, tuple[str, dict[str, str]]]:
    """By route an address that takes its form, and the fields of one such form."""
    report = await the_report(scene)
    pages = [filled(path, scene, report) for path in routes("GET")]
    pages += [f"/meetings/{one}" for one in scene.meetings.values()]
    pages += [f"/meetings/{one}/attendance" for one in scene.meetings.values()]
    pages += [f"/inbound/{number}" for number in range(1, 9)]
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for page in pages:
        for action, fields in Forms((await client.get(page)).text).found:
            path = route_of(action or page)
            if path and len(fields) > len(found.get(path, ("", {}))[1]):
                found[path] = (urlsplit(action or page).path, fields)
    everything = {name: value for _, fields in found.values() for name, value in fields.items()}
    for path in routes("POST"):
        found.setdefault(path, (filled(path, scene, report), everything))
    return found


def wrong(what: Any, answer: httpx.Response) -> list[tuple[object, ...]]:
    """A fault, or an error that says nothing; a page sent elsewhere, or one with its form again, is an answer."""
    status, said = answer.status_code, re.sub(r"<[^>]+>", "", answer.text).strip()
    if status < 500 and (status < 400 or said or answer.headers.get("hx-redirect")):
        return []
    return [(answer.request.method, answer.request.url.path, repr(what)[:80], status)]


async def test_no_question_and_no_path_is_a_fault(scene: Scene) -> None:
    """Every page is asked all questions at once, each with another value; then each part of its path is bent."""
    asked, found = questions(), []
    assert {"lang", "next", "before", "all", "after", "unverified"} <= set(asked)
    report = await the_report(scene)
    values = cycle(TEXTS)
    async with scene.client("administrator") as client:
        for path in routes("GET"):
            here = filled(path, scene, report)
            for _ in range(EACH):
                said = "&".join(f"{name}={quote(next(values), safe='')}" for name in asked)
                found += wrong(said, await client.get(f"{here}?{said}"))
            for part in re.findall(r"\{[^}]+\}", path):
                for value in islice((one for one in values if one.strip()), EACH):
                    bent = filled(path.replace(part, quote(value, safe="")), scene, report)
                    found += wrong((part, value), await client.get(bent))
    assert not found


async def _driven(scene: Scene, role: str | None, values: Iterator[str]) -> list[tuple[object, ...]]:
    """Every form with one field after the other bent, the rest as the page gave it; then all, then its address."""
    found = []
    async with scene.client(role) as client:
        known = await forms(scene, client)
        for path in routes("POST"):
            here, fields = known[path]
            token = csrf_of((await client.get("/sign-in" if role is None else "/feeds")).text)
            if role is None and path not in OPEN:
                continue
            names = [name for name in fields if name != "_csrf"]
            few = names[:: 1 + len(names) // MOST_FIELDS]
            bent = [{**fields, name: next(values)} for name in few]
            for sent in [*bent, {name: next(values) for name in fields}]:
                found += wrong(sent, await client.post(here, data={**sent, "_csrf": token}))
            for part in re.findall(r"\{[^}]+\}", path):
                value = next(one for one in values if one.strip())
                there = filled(path.replace(part, quote(value, safe="")), scene)
                found += wrong((part, value), await client.post(there, data={**fields, "_csrf": token}))
            if path in ENDS and role is not None:
                await sign_in(client, role)
                scene.signed_in[role] = client.cookies
    return found


@pytest.mark.parametrize("role", ["convener", None])
async def test_no_field_is_a_fault(own: Scene, role: str | None) -> None:
    assert not await _driven(own, role, cycle(TEXTS))


async def test_the_log_never_holds_what_was_sent(
    own: Scene, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        assert not await _driven(own, "administrator", cycle([SECRET, SECRET.replace("-", "")]))
        async with own.client("administrator") as client:
            for path in routes("GET"):
                await client.get(f"{filled(path, own)}?{'&'.join(f'{name}={SECRET}' for name in questions())}")
    other = ("httpx", "httpcore", "uvicorn.access", "asyncio")
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith(other)]
    said = str(logs) + str(ours) + capsys.readouterr().out
    assert SECRET not in said
    assert SECRET.replace("-", "") not in said
