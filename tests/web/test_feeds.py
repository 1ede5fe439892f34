"""Subscribed calendars over real HTTP: what they show, 304 without rendering, and how an address ends."""

import gzip
import re
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest
from sqlalchemy import text

from sip.domain import events as e
from sip.domain.terms import AnswerKind, Channel
from sip.store import users
from sip.store.db import Database
from sip.usecases import answers, meetings
from sip.usecases.commands import Command
from sip.usecases.directory.keys import key_id
from sip.usecases.engine.work import Handled
from tests.plain import plain
from tests.stories.county import unit
from tests.stories.stage import at
from tests.tester import TESTER
from tests.web.scene import ROLES, Scene, csrf_of, fields_of
from tests.web.subscribing import Program, count, subscribe
from tests.web.test_routes import checksums


async def say(scene: Scene, key: str, kind: AnswerKind, **more: object) -> None:
    stage = scene.stage
    by = stage.by(await stage.now())
    party = await stage.party(key)
    event = e.Answered(party.ordinal, kind, answers.said(Channel.PHONE, 0, by), **more)  # type: ignore[arg-type]  # fields of the event
    done = await answers.answer(stage.made.db, stage.id, event, by)
    assert done.refused is None, done.refused
    await stage.work()


async def sql(scene: Scene, statement: str, **values: object) -> None:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text(statement), values)


async def test_a_units_calendar_shows_the_meeting_and_how_it_stands(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    program = await subscribe(fresh, "staff", "unit")
    event = await program.event()
    reference = (await fresh.stage.meeting()).reference
    assert str(event["SUMMARY"]) == f"SIP-möte, ärende {reference} (inget svar)"
    assert event.start == at("2026-12-07 10:00") and event.end == at("2026-12-07 11:00")
    assert str(event["LOCATION"]) == "Vårdcentralen Eken, Rum 2"
    assert str(event["STATUS"]) == "TENTATIVE"
    assert str(event["URL"]) == f"http://sip.example/meetings/{fresh.stage.id}"
    assert str(event["DESCRIPTION"]).splitlines()[:4] == [
        "Hemtjänsten Al: inget svar", "Form: På plats", "Kallar: Vårdcentralen Eken", "Ring Clara Kallar 010-319 299",
    ]  # fmt: skip
    await say(fresh, "hemtjanst", AnswerKind.ATTENDS, names=(e.NamedPerson("Anna Ek", "anna@al.example"),))
    event = await program.event()
    assert str(event["SUMMARY"]).endswith("(kommer)")
    assert "Från enheten kommer Anna Ek" in str(event["DESCRIPTION"])
    assert str(event["STATUS"]) == "CONFIRMED"


async def test_it_says_nothing_of_purpose_or_other_units(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    for role in ("staff", "convener", "coordinator"):
        kind = "area" if role == "coordinator" else "unit"
        whole = (await (await subscribe(fresh, role, kind)).ask()).text.replace("\r\n ", "")
        assert "Skolan" not in whole and "planering" not in whole and "Vem gör vad" not in whole
        assert ("Hemtjänsten" in whole) == (role == "staff")


async def test_where_the_agreement_shows_other_units_the_calendar_does(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    staff, area = await subscribe(fresh, "staff", "unit"), await subscribe(fresh, "coordinator", "area")
    assert "Andra kallade enheter" not in str((await staff.event())["DESCRIPTION"])
    await rules_show_other_units(fresh)
    assert "Andra kallade enheter: Skolan Al" in str((await staff.event())["DESCRIPTION"]).splitlines()
    assert "Andra kallade enheter: Hemtjänsten Al, Skolan Al" in str((await area.event())["DESCRIPTION"])


async def rules_show_other_units(scene: Scene) -> None:
    """A rule set that shows them, given to the meeting's parties; the service itself can never change one."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        names = await conn.execute(
            text("select string_agg(quote_ident(attname), ',') from pg_attribute where attrelid = 'rule_set'::regclass"
                 " and attnum > 0 and attname not in ('hash', 'show_other_units')")
        )  # fmt: skip
        rest = names.scalar_one()
        await conn.execute(
            text(f"insert into rule_set (hash, show_other_units, {rest}) select 'shows', true, {rest} from rule_set"
                 " where hash = (select rule_set from party limit 1)")
        )  # fmt: skip
        await conn.execute(text("update party set rule_set = 'shows'"))


async def test_the_convening_unit_and_the_coordinator_follow_the_answers(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    convener, area = await subscribe(fresh, "convener", "unit"), await subscribe(fresh, "coordinator", "area")
    assert [one.endswith("(0 av 2 har svarat)") for one in await convener.summaries()] == [True]
    await say(fresh, "skolan", AnswerKind.REGRETS)
    for program in (convener, area):
        assert [one.endswith("(1 av 2 har svarat)") for one in await program.summaries()] == [True]
    assert str((await area.event())["TRANSP"]) == "TRANSPARENT"  # watching takes nobody's time
    assert str((await convener.event())["TRANSP"]) == "OPAQUE"


async def test_a_persons_calendar_has_what_she_comes_to(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    own = await subscribe(fresh, "staff", "person")
    assert await own.events() == []
    await say(fresh, "hemtjanst", AnswerKind.ATTENDS, names=(e.NamedPerson("Anna Ek", "anna@al.example"),))
    await sql(fresh, "update app_user set email = 'Anna@AL.example' where email = 'staff@sip.example'")
    assert str((await own.event())["DESCRIPTION"]).startswith("Du kommer för Hemtjänsten Al\n")
    await sql(fresh, "update meeting set chair_email = 'ANNA@al.example', convener_email = 'anna@al.example'")
    lines = str((await own.event())["DESCRIPTION"]).splitlines()
    assert lines[:4] == ["Du kallar", "Du leder mötet", "Du kommer för Hemtjänsten Al", "1 av 1 har svarat"]


async def test_an_outsider_has_an_empty_calendar(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    for kind in ("unit", "person"):
        assert await (await subscribe(fresh, "outsider", kind)).events() == []


async def test_a_draft_is_in_no_calendar(scene: Scene) -> None:
    """Nor is a protected meeting: `test_protected.py`."""
    drafts = await subscribe(scene, "convener", "unit")
    assert not [one for one in await drafts.events() if str(scene.meetings["draft"]) in str(one["URL"])]


async def test_what_has_not_changed_is_304_and_nothing_is_rendered(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    program = await subscribe(fresh, "staff", "unit")
    first = await program.refresh()
    again = await program.ask()
    assert first.content == again.content and first.headers["etag"] == again.headers["etag"]
    assert first.headers["etag"][0] == '"'  # strong
    rendered = await count(fresh, "rendered")
    answer = await program.refresh()
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == program.tag
    assert "content-type" not in answer.headers
    many = await program.ask(if_none_match=f'"x", W/{program.tag}')
    assert many.status_code == 304
    head = await program.ask("HEAD")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", program.tag)
    assert head.headers["content-type"] == first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert await count(fresh, "rendered") == rendered
    assert await count(fresh, "unchanged") == 2


async def test_an_answer_gives_another_tag(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    program = await subscribe(fresh, "staff", "unit")
    await program.refresh()
    await say(fresh, "hemtjanst", AnswerKind.TENTATIVE)
    answer = await program.refresh()
    assert answer.status_code == 200 and "(preliminärt ja)" in answer.text.replace("\r\n ", "")


async def test_the_headers_that_programs_need(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    answer = await (await subscribe(fresh, "staff", "unit")).ask()
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["content-disposition"] == 'inline; filename="sip.ics"'
    assert answer.headers["x-robots-tag"].startswith("noindex")
    assert answer.headers["last-modified"] == "Mon, 02 Nov 2026 08:00:00 GMT"
    assert "set-cookie" not in answer.headers
    assert "accept-encoding" in answer.headers["vary"].lower()


async def test_zipped_it_is_the_same_with_a_tag_of_its_own(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    program = await subscribe(fresh, "staff", "unit")
    whole = await program.ask()
    async with (
        plain(fresh.origin) as client,
        client.stream("GET", program.path, headers={"accept-encoding": "gzip"}) as zipped,
    ):
        raw = b"".join([part async for part in zipped.aiter_raw()])
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["etag"] != whole.headers["etag"]
    assert gzip.decompress(raw) == whole.content
    for tag in (zipped.headers["etag"], whole.headers["etag"]):
        assert (await program.ask(accept_encoding="gzip", if_none_match=tag)).status_code == 304


async def test_a_move_raises_the_sequence_and_a_cancelled_one_stays_some_weeks(fresh: Scene) -> None:
    stage = fresh.stage
    await stage.call("2027-02-01 10:00", ("hemtjanst",))
    program = await subscribe(fresh, "staff", "unit")
    before = await program.event()
    now = await stage.meeting()
    await stage.do(_move)
    moved = await program.event()
    assert (moved["UID"], moved.sequence) == (before["UID"], before.sequence + 1)
    assert moved.start == at("2027-02-02 13:00")
    await stage.at("2026-11-10 09:00")
    await stage.do(_cancel)
    cancelled = await program.event()
    assert str(cancelled["SUMMARY"]) == f"INSTÄLLT: SIP-möte, ärende {now.reference}"
    assert (str(cancelled["STATUS"]), str(cancelled["TRANSP"])) == ("CANCELLED", "TRANSPARENT")
    assert (cancelled["UID"], cancelled.sequence) == (before["UID"], moved.sequence + 1)
    assert cancelled.stamp == cancelled.LAST_MODIFIED == datetime(2026, 11, 10, 8, tzinfo=UTC)
    await program.refresh()
    await stage.at("2026-12-08 23:59")
    assert (await program.refresh()).status_code == 304
    await stage.at("2026-12-09 00:00")
    assert b"BEGIN:VEVENT" not in (await program.refresh()).content


async def test_what_has_been_falls_out_at_a_midnight(fresh: Scene) -> None:
    stage = fresh.stage
    await stage.call("2026-11-12 10:00", ("hemtjanst",))
    await stage.call("2026-12-14 10:00", ("hemtjanst",))
    await sql(fresh, "update party set mark = null")
    program = await subscribe(fresh, "staff", "unit")
    await stage.at("2026-12-10 23:59")
    assert len(await program.events()) == 2
    await program.refresh()
    await stage.jump("2026-12-11 00:00")
    assert (await program.refresh()).status_code == 200
    assert [one.start for one in await program.events()] == [at("2026-12-14 10:00")]


async def test_an_address_that_was_changed_has_ended_and_the_new_one_works(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    old = await subscribe(fresh, "staff", "unit")
    shown = await old.ask()
    new = await act(fresh, "staff", "rotation")
    assert (await old.ask()).status_code == (await old.ask("HEAD")).status_code == 410
    assert (await new.ask()).content == shown.content
    assert (await new.ask(if_none_match=shown.headers["etag"])).status_code == 304


async def test_a_revoked_address_is_410_and_one_that_never_was_404(fresh: Scene) -> None:
    program = await subscribe(fresh, "staff", "unit")
    await act(fresh, "staff", "revocation")
    for path, status in (
        (program.path, 410),
        (f"/feeds/{'a' * 26}.ics", 404),
        ("/feeds/nonsense", 404),
        (program.path.removesuffix(".ics"), 404),
        ("/feeds/%00.ics", 404),
    ):
        answer = await Program(fresh, path).ask(if_none_match="*")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8"), path
        assert "location" not in answer.headers and "set-cookie" not in answer.headers
    assert "slutat gälla" in (await program.ask()).text


async def act(scene: Scene, role: str, what: str) -> Program:
    """Presses a button at the first calendar of the list."""
    async with scene.client(role) as client:
        page = await client.get("/feeds")
        found = re.search(rf"/feeds/[0-9a-f-]{{36}}/{what}", page.text)
        assert found is not None, page.text
        answer = await client.post(found[0], data={**fields_of(page.text), "_csrf": csrf_of(page.text)})
    assert answer.status_code in (200, 303), answer.text
    address = re.search(r"http://sip\.example(/feeds/[a-z2-7]{26}\.ics)", answer.text)
    return Program(scene, address[1] if address else "")


@pytest.mark.parametrize(
    "ends",
    [
        "update user_role set valid_to = '2026-11-01' where role = 'coordinator'",
        "update app_user set active = false where email = 'coordinator@sip.example'",
        "delete from user_role where role = 'coordinator'",
    ],
)
async def test_a_coordinators_calendar_ends_with_her_role(fresh: Scene, ends: str) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    area, own = await subscribe(fresh, "coordinator", "area"), await subscribe(fresh, "coordinator", "person")
    assert len(await area.events()) == 1
    await sql(fresh, ends)
    assert (await area.ask()).status_code == 410
    assert (await own.ask()).status_code == 410  # nobody signs in without a role


async def test_a_role_for_some_weeks_gives_a_calendar_for_as_long(fresh: Scene) -> None:
    await sql(fresh, "update user_role set valid_to = '2026-11-20' where role = 'unit_staff'")
    program = await subscribe(fresh, "staff", "unit")
    await fresh.stage.at("2026-11-20 23:59")
    assert (await program.ask()).status_code == 200
    await fresh.stage.at("2026-11-21 00:00")
    assert (await program.ask()).status_code == 410


async def test_a_persons_calendar_outlives_one_of_two_roles(fresh: Scene) -> None:
    user_id = uuid5(UUID(int=9), "staff")
    second = users.GrantRecord(key_id("x", "second"), user_id, ROLES["chair"][0], unit("skolan"))
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await users.save_grants(conn, [second])
    own = await subscribe(fresh, "staff", "person")
    await sql(fresh, "delete from user_role where role = 'unit_staff'")
    assert (await own.ask()).status_code == 200


async def test_the_same_form_twice_is_one_calendar(fresh: Scene) -> None:
    async with fresh.client("staff") as client:
        page = (await client.get("/feeds")).text
        form = {**fields_of(page), "_csrf": csrf_of(page), "kind": "unit"}
        paths = [
            re.findall(r"/feeds/[a-z2-7]{26}\.ics", (await client.post("/feeds", data=form)).text)[0] for _ in "ab"
        ]
    assert [(await Program(fresh, path).ask()).status_code for path in paths] == [410, 200]
    assert await _rows(fresh, "select count(*) from feed") == [(1,)]


async def test_fetching_writes_one_row_a_day_to_the_access_log_and_nothing_else(fresh: Scene) -> None:
    program = await subscribe(fresh, "staff", "unit")
    before = await checksums(fresh)
    for _ in range(3):
        await program.refresh()
        await program.ask("HEAD")
    assert await checksums(fresh) == before
    rows = "select actor_kind, actor_name, actor_role, at from access_log where action = 'fetch'"
    assert await _rows(fresh, rows) == [("user", "Sara Svarar", "unit_staff", at("2026-11-02 09:00"))]
    await fresh.stage.at("2026-11-03 07:00")
    await program.ask()
    assert len(await _rows(fresh, rows)) == 2
    async with fresh.client("staff") as client:
        assert "Hämtades senast tis 3 nov" in (await client.get("/feeds")).text


async def _rows(scene: Scene, statement: str) -> list[tuple[object, ...]]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return [tuple(row) for row in await conn.execute(text(statement))]


async def test_no_secret_is_kept_anywhere(fresh: Scene) -> None:
    program = await subscribe(fresh, "staff", "unit")
    await program.ask()
    secret = program.path.removeprefix("/feeds/").removesuffix(".ics")
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        tables = await conn.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        for (table,) in tables.all():
            found = await conn.execute(text(f"select count(*) from {table} t where t::text like :secret"),
                                       {"secret": f"%{secret}%"})  # fmt: skip
            assert found.scalar_one() == 0, table
    async with fresh.client("staff") as client:
        assert secret not in (await client.get("/feeds")).text


@pytest.mark.parametrize("role", ROLES)
async def test_what_each_role_is_offered(fresh: Scene, role: str) -> None:
    offered = {
        "convener": {"person", "unit"}, "chair": {"person", "unit"}, "staff": {"person", "unit"},
        "manager": {"person", "unit"}, "coordinator": {"person", "area"}, "board": {"person"},
        "administrator": {"person"}, "outsider": {"person", "unit"}, "auditor": {"person"},
    }[role]  # fmt: skip
    async with fresh.client(role) as client:
        page = (await client.get("/feeds")).text
        assert set(re.findall(r'name="kind" value="(\w+)"', page)) == offered
        for kind in ("person", "unit", "area"):
            fields = {**fields_of(page), "_csrf": csrf_of(page), "kind": kind, "nonce": kind}
            answer = await client.post("/feeds", data=fields)
            assert (answer.status_code == 200) == (kind in offered), (kind, answer.status_code)
            assert answer.status_code in (200, 403, 422)


async def test_others_calendars_are_the_managers_to_end_and_nobody_elses(fresh: Scene) -> None:
    program = await subscribe(fresh, "staff", "unit")
    own = await subscribe(fresh, "staff", "person")
    feed_id = (await _rows(fresh, "select id from feed where kind = 'unit'"))[0][0]
    for role in ("chair", "convener", "outsider", "coordinator"):
        async with fresh.client(role) as client:
            page = (await client.get("/feeds")).text
            assert str(feed_id) not in page
            form = {**fields_of(page), "_csrf": csrf_of(page)}
            for what in ("rotation", "revocation"):
                assert (await client.post(f"/feeds/{feed_id}/{what}", data=form)).status_code == 404
    async with fresh.client("manager") as client:
        page = (await client.get("/feeds")).text
        assert "av Sara Svarar" in page and f"/feeds/{feed_id}/rotation" not in page
        form = {**fields_of(page), "_csrf": csrf_of(page)}
        assert (await client.post(f"/feeds/{feed_id}/rotation", data=form)).status_code == 404
        assert (await client.post(f"/feeds/{feed_id}/revocation", data=form)).status_code == 303
    assert (await program.ask()).status_code == 410
    assert (await own.ask()).status_code == 200


async def test_twenty_calendars_are_enough(fresh: Scene) -> None:
    async with fresh.client("staff") as client:
        page = (await client.get("/feeds")).text
        form = {**fields_of(page), "_csrf": csrf_of(page), "kind": "person"}
        statuses = [(await client.post("/feeds", data={**form, "nonce": str(n)})).status_code for n in range(21)]
        last = await client.post("/feeds", data={**form, "nonce": "once more"})
    assert statuses == [200] * 20 + [409]
    assert "Avsluta en först." in last.text


async def _move(db: Database, meeting_id: UUID, by: Command) -> Handled:
    return await meetings.move(db, meeting_id, by, start=at("2027-02-02 13:00"), end=at("2027-02-02 14:00"))


async def _cancel(db: Database, meeting_id: UUID, by: Command) -> Handled:
    return await meetings.cancel(db, meeting_id, e.CancelReason.NO_LONGER_NEEDED, by)
