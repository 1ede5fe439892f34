"""Every route as every role: an outsider sees nothing, a GET changes nothing, a POST needs our own form."""

import re
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text

from sip.edges.web.app import PAGES
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.wanted import role_id
from tests.stories.county import agreement, unit
from tests.tester import TESTER
from tests.web.scene import ROLES, Scene, csrf_of, shape_of

GETS = sorted(
    path for handler in PAGES if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods
    for path in handler.paths
)  # fmt: skip
POSTS = sorted(
    path for handler in PAGES if isinstance(handler, HTTPRouteHandler) and "POST" in handler.http_methods
    for path in handler.paths
)  # fmt: skip
OPEN = {
    "/language", "/sign-in", "/sign-in/again", "/sign-in/with/{provider:str}", "/sign-in/with/{provider:str}/back",
    "/password", "/privacy", "/accessibility", "/kod", "/mail", "/svar/{token:str}",
    "/svar/{token:str}/tack", "/svar/{token:str}/alla", "/svar/{token:str}/enheter", "/svar/{token:str}/mote.ics",
    "/svar/{token:str}/narvaro",
    "/narvaro/{meeting_id:uuid}/{token:str}",
    "/narvaro/{meeting_id:uuid}/{token:str}/tack",
    "/tyck/{form:str}", "/tyck/{form:str}/tack",
    "/open-groups", "/open-groups/{group_id:uuid}", "/open-groups/counties/{county_id:uuid}",
    "/published-reports", "/published-reports/{edition_id:uuid}", "/published-reports/{edition_id:uuid}/file",
}  # fmt: skip
ENDLESS = {"/events"}


def filled(path: str, scene: Scene, report: UUID | None = None) -> str:
    """The path with ids of the scene in it."""
    path = path.replace("{meeting_id:uuid}", str(scene.meetings["questions"])).replace("{party:int}", "1")
    path = path.replace("{name:str}", "call").replace("{form:str}", scene.stage.made.vault.form(""))
    path = path.replace("{report_id:uuid}", str(report or uuid4())).replace("{number:int}", "1")
    path = path.replace("{claim:int}", "1").replace("{act:str}", "note")
    path = path.replace("{sketch_id:uuid}", str(scene.meetings["sketch"]))
    path = path.replace("{endpoint_id:uuid}", str(scene.meetings["endpoint"]))
    path = path.replace("{unit_id:uuid}", str(unit("hemtjanst")))
    path = path.replace("{user_id:uuid}", str(uuid5(UUID(int=9), "manager")))
    path = path.replace("{agreement_id:uuid}", str(agreement().id)).replace("{version:int}", "1")
    path = path.replace("{person_id:uuid}", str(key_id("person", "anna")))
    path = path.replace("{organisation_id:uuid}", str(key_id("organisation", "al-n")))
    path = path.replace("{principal_id:uuid}", str(key_id("principal", "al")))
    held = role_id(unit("hemtjanst"), key_id("person", "anna"), "substitute", None)
    path = path.replace("{role_id:uuid}", str(held))
    path = path.replace("{token:str}", scene.link("skolan@al.example").removeprefix("/svar/"))
    path = path.replace("{year:int}", "2026").replace("{day:str}", "2026-12-07").replace("{kind:str}", "agenda")
    # What the scene has nothing of.
    return re.sub(r"\{\w+:uuid\}", lambda _: str(uuid4()), path)


async def the_report(scene: Scene) -> UUID:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found: UUID = (await conn.execute(text("select id from deviation"))).scalar_one()
    return found


async def checksums(scene: Scene) -> dict[str, Any]:
    """A sum of every table but the access log, what the machine beats, and how long a session in use goes on."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        tables = (
            await conn.execute(text("select tablename from pg_tables where schemaname = 'public' order by 1"))
        ).scalars()
        found = {}
        for table in tables:
            if table not in ("access_log", "heartbeat", "module_run", "alembic_version"):
                row = "(to_jsonb(t) - 'idle_at')::text" if table == "web_session" else "t::text"
                sql = f"select md5(coalesce(string_agg({row}, '|' order by {row}), '')) from {table} t"
                found[table] = (await conn.execute(text(sql))).scalar_one()
    return found


async def test_looking_at_everything_as_everybody_changes_nothing(scene: Scene) -> None:
    report = await the_report(scene)
    for role in (*ROLES, None):
        async with scene.client(role) as client:
            before = await checksums(scene)
            statuses = {}
            for path in GETS:
                if path not in ENDLESS:
                    statuses[path] = (await client.get(filled(path, scene, report))).status_code
            assert not {path: s for path, s in statuses.items() if s >= 500}, role
            after = await checksums(scene)
            assert after == before, (role, [t for t in after if after[t] != before[t]])


@pytest.mark.parametrize("path", [path for path in GETS if path not in OPEN])
async def test_nobody_is_sent_to_sign_in(scene: Scene, path: str) -> None:
    async with scene.client() as client:
        answer = await client.get(filled(path, scene))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_a_post_without_the_forms_token_is_refused(scene: Scene) -> None:
    for role in (None, "administrator"):
        async with scene.client(role) as client:
            before = await checksums(scene)
            for path in POSTS:
                answer = await client.post(filled(path, scene), data={"answer": "attends", "_csrf": "0" * 64})
                if role is None and not path.startswith(
                    (
                        "/sign-in",
                        "/sign-out",
                        "/svar/",
                        "/kod",
                        "/narvaro/",
                        "/tyck/",
                        "/password",
                        "/accessibility",
                        "/open-groups",
                    )
                ):
                    assert answer.status_code == 401, path
                    assert 'name="typed.answer" value="attends"' in answer.text, "what was typed comes with her"
                    continue
                assert answer.status_code == 403, path
                assert "Inget är ändrat" in answer.text
            assert await checksums(scene) == before


async def test_a_post_from_another_origin_is_refused(scene: Scene) -> None:
    async with scene.client("convener") as client:
        page = await client.get("/meetings/new")
        headers = {"origin": "https://evil.example"}
        answer = await client.post("/sign-out", data={"_csrf": csrf_of(page.text)}, headers=headers)
        assert answer.status_code == 403
        assert (await client.get("/")).status_code == 200


MEETING_PAGES = [path for path in GETS if "{meeting_id" in path or "{report_id" in path]


@pytest.mark.parametrize("path", MEETING_PAGES)
async def test_an_outsider_sees_nothing(scene: Scene, path: str) -> None:
    report = await the_report(scene)
    here = filled(path, scene, report).replace(str(scene.meetings["questions"]), str(scene.meetings["called"]))
    async with scene.client("outsider") as client:
        answer = await client.get(here)
        assert answer.status_code == 404
        other = await client.get(_elsewhere(here))
    assert shape_of(other.text) == shape_of(answer.text)


def _elsewhere(path: str) -> str:
    """The same page of something that does not exist."""
    return re.sub(r"[0-9a-f-]{36}", str(uuid4()), path)


async def test_an_outsider_can_do_nothing(scene: Scene) -> None:
    report = await the_report(scene)
    async with scene.client("outsider") as client:
        token = csrf_of((await client.get("/meetings")).text)
        before = await checksums(scene)
        form = {
            "_csrf": token,
            "answer": "attends",
            "reason": "other",
            "statement": "right",
            "channel": "phone",
            "verdict": "accept",
        }
        for path in (path for path in POSTS if "{meeting_id" in path or "{report_id" in path):
            here = filled(path, scene, report).replace(str(scene.meetings["questions"]), str(scene.meetings["claims"]))
            assert (await client.post(here, data=form)).status_code in (403, 404), path
        assert await checksums(scene) == before


ALLOWED: dict[str, set[str]] = {
    "/": {"convener", "chair", "staff", "manager", "coordinator", "administrator", "outsider"},
    "/meetings": {"convener", "chair", "staff", "manager", "coordinator", "administrator", "outsider"},
    "/meetings/new": {"convener", "coordinator", "administrator"},
    "/meeting-patterns": {"coordinator", "administrator"},
    "/deviations": set(ROLES) - {"auditor"},
    "/feeds": set(ROLES),
    "/inbound": {"convener", "coordinator", "administrator"},
    "/inbound?all=1": {"convener", "coordinator", "administrator"},
    "/inbound/1": {"administrator"},
    "/inbound/1/raw": {"administrator"},
    "/inbound/4": {"convener", "coordinator", "administrator"},
    "/inbound/4/raw": {"convener", "coordinator", "administrator"},
    "/directory": {"administrator"},
    "/audit": {"auditor"},
    "/our-unit": {"convener", "chair", "staff", "manager", "outsider"},
}


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("role", ROLES)
async def test_who_may_see_what(scene: Scene, role: str, path: str) -> None:
    async with scene.client(role) as client:
        answer = await client.get(path)
    assert (answer.status_code == 200) == (role in ALLOWED[path]), answer.status_code
    if role not in ALLOWED[path]:
        assert answer.status_code in (303, 403, 404)


async def test_a_called_unit_sees_its_own_party_alone(scene: Scene) -> None:
    async with scene.client("staff") as client:
        page = (await client.get(f"/meetings/{scene.meetings['questions']}")).text
    assert "Hemtjänsten Al" in page
    assert "<h3>Skolan Al" not in page
    assert "Socialtjänsten Bok" not in page


async def test_a_draft_is_the_conveners_own(scene: Scene) -> None:
    async with scene.client("staff") as client:
        assert (await client.get(f"/meetings/{scene.meetings['draft']}")).status_code == 404
    async with scene.client("convener") as client:
        assert (await client.get(f"/meetings/{scene.meetings['draft']}")).status_code == 200


async def test_a_report_in_hearing_is_between_the_two_units(scene: Scene) -> None:
    report = await the_report(scene)
    seen = {}
    for role in ROLES:
        async with scene.client(role) as client:
            seen[role] = (await client.get(f"/deviations/{report}")).status_code
    assert {role for role, status in seen.items() if status == 200} == {
        "convener", "chair", "staff", "manager", "administrator",
    }  # fmt: skip


async def test_reading_is_logged(scene: Scene) -> None:
    meeting = str(scene.meetings["silent"])
    async with scene.client("coordinator") as client:
        await client.get(f"/meetings/{meeting}")
    async with scene.stage.made.db.transaction(TESTER) as conn:
        row = (
            await conn.execute(
                text(
                    "select actor_name, actor_role, action from access_log where subject_id = :id"
                    " order by id desc limit 1"
                ),
                {"id": meeting},
            )
        ).one()
    assert tuple(row) == ("Siv Holm", "coordinator", "read")
