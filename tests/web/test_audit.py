"""The auditor's pages: the month's sample is drawn, reviewed and followed; who read what; an extract; and the wall
around all of it.
"""

import ast
import json
import re
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import asyncpg
import pytest

from sip import app
from sip.domain.people import Role
from sip.edges.words import has_word
from sip.store import db as database
from sip.store import users
from sip.store.seen import about_staff, audit
from sip.usecases import seal_check
from sip.usecases.actor import ASKING
from sip.usecases.directory.keys import key_id
from sip.usecases.seal_check import Outside, SealFault, Verified, Wrong
from tests.tester import TESTER
from tests.web.scene import Scene, address_of, csrf_of, fields_of

REASON = "Ingen på mottagningen minns varför."


async def _sql(scene: Scene, sql: str, *values: object) -> list[tuple[object, ...]]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return [tuple(row) for row in await (await database.raw(conn)).fetch(sql, *values)]


async def _read(scene: Scene, role: str, times: int = 1) -> None:
    async with scene.client(role) as client:
        for _ in range(times):
            assert (await client.get(f"/meetings/{scene.stage.id}")).status_code == 200


@pytest.fixture
async def played(fresh: Scene) -> Scene:
    """A meeting of the region's that its coordinator and a called unit of the municipality read in November; it is
    December."""
    await fresh.stage.call("2026-11-20 10:00", ("hemtjanst", "skolan"))
    await _read(fresh, "coordinator", 3)
    await _read(fresh, "staff", 2)
    await fresh.stage.at("2026-12-01 08:00")
    return fresh


async def _reference(scene: Scene) -> str:
    [(found,)] = await _sql(scene, "select reference from meeting where id = $1", scene.stage.id)
    return str(found)


async def test_a_months_sample_is_drawn_reviewed_and_followed_until_it_is_closed(
    played: Scene, database_owner_url: str
) -> None:
    async with played.client("auditor") as client:
        start = await client.get("/", follow_redirects=True)
        assert start.url.path == "/audit"
        assert "November 2026" in start.text and "Inte draget än" in start.text
        hidden = {"_csrf": csrf_of(start.text), "nonce": "one"}
        drawn = await client.post("/audit/samples", data={**hidden, "month": "2026-11"}, follow_redirects=True)
        assert drawn.status_code == 200 and "Att granska" in drawn.text
        numbers = list(dict.fromkeys(re.findall(r'href="/audit/readings/(\d+)"', drawn.text)))
        kept = await _sql(played, "select access_id::text from audit_sample order by access_id")
        assert sorted(numbers, key=int) == [number for (number,) in kept]
        again = await client.post("/audit/samples", data={**hidden, "nonce": "two", "month": "2026-11"})
        assert again.status_code == 303
        assert await _sql(played, "select access_id::text from audit_sample order by access_id") == kept
        page = f"/audit/readings/{await _reading_of(played, 'Siv Holm')}"
        form = fields_of((await client.get(page)).text)
        bare = await client.post(page, data={**form, "verdict": "look_into", "reason": ""})
        assert bare.status_code == 422 and "Skriv varför" in bare.text
        number = await client.post(page, data={**form, "verdict": "look_into", "reason": "Hon heter 19121212-1212"})
        assert number.status_code == 422
        done = await client.post(page, data={**form, "verdict": "look_into", "reason": REASON}, follow_redirects=True)
        assert done.status_code == 200 and REASON in done.text and "Agda Granskar" in done.text
        late = await client.post(page, data={**form, "nonce": "three", "verdict": "in_order"})
        assert late.status_code == 409 and "Någon annan har granskat" in late.text
        assert "Siv Holm" in _section((await client.get("/audit")).text, "matters")
        form = fields_of((await client.get(page)).text)
        await client.post(page, data={**form, "verdict": "closed", "reason": "Hon vikarierade den dagen."})
        assert "Siv Holm" not in _section((await client.get("/audit")).text, "matters")
    rows = await _sql(played, "select subject_id, actor_name from access_log where subject_kind = 'reading'"
                      " and action = 'review' order by id")  # fmt: skip
    assert [(str(subject).split()[1], who) for subject, who in rows] == [
        ("look_into", "Agda Granskar"), ("closed", "Agda Granskar"),
    ]  # fmt: skip
    # Whoever changes the words afterwards is found out, by the hash that was sealed.
    await _as_owner(
        database_owner_url, "update audit_reason set said = 'Allt var i sin ordning.' where said = $1", REASON
    )
    async with played.client("auditor") as client:
        assert "inte längre de som förseglades" in (await client.get(page)).text


def _section(html: str, name: str) -> str:
    return html.split(f'aria-labelledby="{name}"')[1].split("</section>")[0]


async def _reading_of(scene: Scene, name: str) -> int:
    [(number,)] = await _sql(
        scene, "select min(id) from access_log where actor_name = $1 and subject_kind = 'meeting'", name
    )
    return int(str(number))


async def _as_owner(url: str, sql: str, *values: object) -> None:
    line = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    await line.execute(sql, *values)
    await line.close()


async def test_who_read_a_meeting_and_what_somebody_read(played: Scene) -> None:
    reference = await _reference(played)
    async with played.client("auditor") as client:
        hidden = {"_csrf": csrf_of((await client.get("/audit")).text)}
        found = await client.post(
            "/audit/meetings", data={**hidden, "nonce": "a", "reference": reference.lower()}, follow_redirects=True
        )
        assert f"Vem har läst möte {reference}" in found.text
        assert found.text.count("Siv Holm") == 3
        assert "Sara Svarar" not in found.text, "of another principal"
        assert "Någon hos en annan huvudman" in found.text and "Hemtjänsten Al" in found.text
        theirs = await client.post(
            "/audit/users", data={**hidden, "nonce": "b", "email": address_of("coordinator")}, follow_redirects=True
        )
        assert "Vad Siv Holm har läst" in theirs.text and reference in theirs.text
        assert address_of("coordinator") not in str(theirs.url)
        narrow = await client.get(theirs.url.path, params={"from": "2026-10-01", "to": "2026-10-02"})
        assert reference not in narrow.text and "Ingenting" in narrow.text
        wrong = await client.get(theirs.url.path, params={"from": "i går"})
        assert wrong.status_code == 422
        for path, field, value, says in (
            ("/audit/users", "email", address_of("staff"), "Ingen användare hos er har den adressen."),
            ("/audit/extracts", "email", "anna@al.example", "Ingen i er personal har den adressen."),
            ("/audit/meetings", "reference", "7F3K-2MQ", "Det finns inget sådant möte hos er. Kontrollera referensen."),
            ("/audit/users", "email", "nobody@al.example", "Ingen användare hos er har den adressen."),
        ):
            none = await client.post(path, data={**hidden, "nonce": f"{path}{value}", field: value})
            assert (none.status_code, says in none.text) == (422, True), path
        elsewhere = uuid5(UUID(int=9), "staff")
        for path in (f"/audit/users/{elsewhere}", f"/audit/extracts/{elsewhere}", f"/audit/extracts/{elsewhere}/file",
                     f"/audit/meetings/{elsewhere}", "/audit/samples/2026-11", "/audit/samples/x",
                     "/audit/readings/0", f"/audit/readings/{2**63}", "/audit/readings/999999"):  # fmt: skip
            assert (await client.get(path)).status_code == 404, path
    asked = await _sql(
        played, "select action, subject_kind, subject_id from access_log where actor_name = 'Agda Granskar' order by id"
    )
    assert ("audit", "meeting", str(played.stage.id)) in asked
    assert ("audit", "user", str(uuid5(UUID(int=9), "coordinator"))) in asked


async def test_what_is_kept_about_one_of_the_staff(played: Scene) -> None:
    async with played.client("auditor") as client:
        hidden = {"_csrf": csrf_of((await client.get("/audit")).text), "nonce": "x"}
        email = address_of("coordinator")
        page = await client.post("/audit/extracts", data={**hidden, "email": email}, follow_redirects=True)
        assert "Registerutdrag: Siv Holm" in page.text and "Åtkomstlogg" in page.text
        before = await _sql(played, "select count(*) from access_log where action = 'extract'")
        file = await client.get(f"{page.url.path}/file")
        assert file.headers["content-disposition"] == 'attachment; filename="extract.json"'
        assert await _sql(played, "select count(*) from access_log where action = 'extract'") != before
    said = json.loads(file.text)
    assert said["about"]["email"] == email
    assert {"app_user", "user_role", "access_log"} <= said["rows"].keys()
    assert datetime.fromisoformat(said["made_at"])
    assert "password" not in file.text


async def test_an_extract_says_where_in_a_meeting_the_address_stands_and_not_what_was_said(played: Scene) -> None:
    [(convener,)] = await _sql(played, "select convener_email from meeting where id = $1", played.stage.id)
    [(purpose,)] = await _sql(played, "select purpose_text from meeting where id = $1", played.stage.id)
    person, grant = uuid4(), uuid4()
    async with played.stage.made.db.transaction(TESTER) as conn:
        await users.save_users(conn, [users.UserRecord(person, str(convener), "Clara Kallar")])
        region = key_id("principal", "region")
        await users.save_grants(conn, [users.GrantRecord(grant, person, Role.CONVENER, None, None, region)])
    async with played.client("auditor") as client:
        page = await client.get(f"/audit/extracts/{person}")
        text = (await client.get(f"/audit/extracts/{person}/file")).text
    assert page.status_code == 200
    rows = json.loads(text)["rows"]
    assert rows["meeting"][0]["convener_email"] == convener
    assert any(row.get("address_at") for row in rows["journal"])
    assert not any("data" in row for row in rows["journal"])
    assert str(purpose) not in text


async def test_nobody_reviews_what_she_read_herself(played: Scene) -> None:
    async with played.client("auditor") as client:
        await client.get("/audit")
        [(own,)] = await _sql(played, "select max(id) from access_log where actor_name = 'Agda Granskar'")
        page = f"/audit/readings/{own}"
        shown = await client.get(page)
        assert "Du har läst det här själv" in shown.text and "<textarea" not in shown.text
        form = {"_csrf": csrf_of(shown.text), "nonce": "x", "known": "0", "verdict": "in_order", "reason": ""}
        assert (await client.post(page, data=form)).status_code == 422
    assert not await _sql(played, "select id from access_log where action = 'review'")


async def test_an_auditor_sees_no_meeting_and_nobody_else_the_log(played: Scene) -> None:
    async with played.client("auditor") as client:
        for path in (f"/meetings/{played.stage.id}", "/meetings", "/deviations", "/inbound", "/directory", "/users"):
            assert (await client.get(path)).status_code in (403, 404), path
    for role in ("coordinator", "administrator", "board", "manager"):
        async with played.client(role) as client:
            assert (await client.get("/audit")).status_code == 404, role
    async with played.client() as client:
        assert (await client.get("/audit")).status_code == 303


async def test_administrator_and_auditor_are_never_one_person(played: Scene) -> None:
    user = f"/users/{uuid5(UUID(int=9), 'administrator')}"
    place = f"principal:{key_id('principal', 'region')}"
    async with played.client("administrator") as client:
        form = fields_of((await client.get(user)).text)
        both = await client.post(f"{user}/roles", data={**form, "role": "auditor", "place": place, "then": "save"})
        assert both.status_code == 422 and "både granskare och administratör" in both.text
        chair = f"/users/{uuid5(UUID(int=9), 'chair')}"
        form = fields_of((await client.get(chair)).text)
        unit = f"unit:{key_id('unit', 'hemtjanst')}"
        at_unit = await client.post(f"{chair}/roles", data={**form, "role": "auditor", "place": unit, "then": "save"})
        assert at_unit.status_code == 422 and "inte på en enhet" in at_unit.text
        fine = await client.post(f"{chair}/roles", data={**form, "role": "auditor", "place": place, "then": "save",
                                                         "nonce": "y"}, follow_redirects=True)  # fmt: skip
        assert fine.status_code == 200


async def test_how_the_seals_stand(played: Scene) -> None:
    """Looking does not count as verifying; a fault that was found stands at the top until all holds again."""
    db = played.stage.made.db
    async with played.client("auditor") as client:
        for _ in range(2):
            start = (await client.get("/audit")).text
            assert "Aldrig. Driften kontrollerar" in start and "mån 30 nov. 2026" in start
        now = await played.stage.now()
        done = await seal_check.verify(db, Outside({app.seal_key(played.stage.made.settings).public}))
        assert done.finding is None
        await seal_check.tell(db, done, actor=ASKING, now=now)
        start = (await client.get("/audit")).text
        assert "tis 1 dec. 2026 08.00: allt stämde" in start and "stämmer inte med sigillen" not in start
        await seal_check.tell(db, Verified(finding=SealFault(Wrong.GAP)), actor=ASKING, now=now)
        assert "Loggen stämmer inte med sigillen" in (await client.get("/audit")).text


def test_every_act_and_thing_of_the_log_has_words() -> None:
    """As they stand where they are noted; what is put together there is tried by the tests that do it."""
    said: dict[str, set[str]] = {"action": set(), "kind": set()}
    for file in Path("src/sip/usecases").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                for table, given in zip(said, node.args[:2], strict=False):
                    said[table] |= {
                        one.value
                        for one in ast.walk(given)
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    }
    said["action"] |= {audit.REVIEW, audit.VERIFIED, audit.FAULTY}
    said["kind"] |= {audit.ROW, audit.SAID, audit.SEALS}
    assert len(said["action"]) > 30 and len(said["kind"]) > 20
    missing = {
        f"{language}: audit.{table}.{word}"
        for table, all_said in said.items()
        for word in all_said
        for language in ("sv", "en")
        if not has_word(language, f"audit.{table}.{word.replace(' ', '_')}")
    }
    assert not missing


def test_every_table_of_an_extract_has_words() -> None:
    for language in ("sv", "en"):
        assert not {one for one in about_staff.TABLES if not has_word(language, f"audit.table.{one}")}
