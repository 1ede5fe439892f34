"""What an open group tells everybody, and nothing else: by its pages, and behind the wall (rules, section 21 O1)."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import httpx

from sip.domain.agenda import ItemPurpose, ItemSource, Resolved, board_of, group_of
from sip.edges.mail.letters.wording import STOCKHOLM
from sip.edges.web.groups import told as pages
from sip.store import db as database
from sip.store import told
from sip.store.aggregates import groups as stored
from sip.store.tables import metadata
from sip.store.told import OUTSIDE
from sip.usecases import agenda
from sip.usecases.actor import OPERATOR, ServicePart
from sip.usecases.agenda import ItemForm
from sip.usecases.commands import Command
from sip.usecases.engine.surroundings import World
from tests.tester import TESTER
from tests.web.scene import Scene, shape_of
from tests.web.test_groups import COUNTY, EVA, USER_SEAT, founded
from tests.web.test_report_life import press
from tests.web.test_sittings import DATES, SEATED

DECIDED = {"title": "Läkare på SIP", "text": "Läkare kommer.", "grounds": "Var tredje möte blev utan."}
SINCE = {"first": "2026-11-02"}
SECRET = ("Anna Ek", "Bo Alm", "anna@al.example", "Sal 2", "IFO-chefen svarar", "Hemlig fråga", "Underlag")


async def seated(scene: Scene) -> str:
    """A network: a seat of a member of staff, one of a user representative, and one that is vacant; called twice."""
    path = await founded(scene)
    async with scene.client("administrator") as client:
        for seat in ({**USER_SEAT}, {**USER_SEAT}):
            assert (await press(client, path, "seats", **seat)).status_code == 303
        assert (await press(client, path, "seats/1/term", **{**SEATED, **SINCE})).status_code == 303
        shown = {**EVA, **SINCE, "representative_name": "Majken", "representative_shown": "yes"}
        assert (await press(client, path, "seats/3/term", **shown)).status_code == 303
        assert (
            await press(client, path, "seats/4/term", **{**EVA, **SINCE, "representative_name": "Ej Visad"})
        ).status_code == 303
        assert (await press(client, path, "sittings", **DATES)).status_code == 303
    return path


async def opened(scene: Scene, path: str, word: str = "open") -> str:
    """The group is open, or no longer; its open page."""
    async with scene.client("administrator") as client:
        assert (await press(client, path, "readers", readers=word)).status_code == 303
    later = (await scene.stage.now()).astimezone(STOCKHOLM) + timedelta(minutes=5)
    await scene.stage.at(f"{later:%Y-%m-%d %H:%M}")
    return path.replace("/groups/", "/open-groups/")


async def decided(scene: Scene, path: str, title: str, source: ItemSource = ItemSource.BY_HAND) -> UUID:
    """A question of the group's that is decided now."""
    db, now = scene.stage.made.db, await scene.stage.now()
    group = UUID(path.rpartition("/")[2])
    async with db.transaction(TESTER) as conn:
        whose = group_of((await stored.load_many(conn, [group]))[group].state)
    day = now.date()
    by = Command(OPERATOR, now, World(), f"item/{title}")
    form = ItemForm(title, "Underlag", ItemPurpose.DECISION, day, source)
    assert (await agenda.put(db, whose, form, by)).refused is None
    item = agenda.item_id(by)
    event = Resolved(DECIDED["text"], f"{DECIDED['grounds']} {title}", day)
    done = await agenda.resolve(db, item, event, Command(OPERATOR, now, World(), f"resolve/{title}"))
    assert done.refused is None, done.refused
    return item


async def seen(scene: Scene, path: str) -> httpx.Response:
    async with scene.client() as client:
        return await client.get(path)


async def test_an_open_group_tells_what_it_is_for_who_sits_when_and_what_it_decided(fresh: Scene) -> None:
    path = await seated(fresh)
    await decided(fresh, path, "Före")
    page = await opened(fresh, path)
    await fresh.stage.at("2026-11-03 10:00")
    await decided(fresh, path, DECIDED["title"])
    group = UUID(path.rpartition("/")[2])
    async with fresh.client("administrator") as client:
        put = ItemForm("Hemlig fråga", "Underlag", ItemPurpose.DISCUSSION)
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            whose = group_of((await stored.load_many(conn, [group]))[group].state)
        command = Command(OPERATOR, await fresh.stage.now(), World(), "waits")
        assert (await agenda.put(fresh.stage.made.db, whose, put, command)).refused is None
        assert "Visa den öppna sidan" in (await client.get(path)).text
    answer = await seen(fresh, page)
    assert answer.status_code == 200 and 'content="noindex, nofollow"' in answer.text, "a name stands there"
    for said in ("Samordnar stöd", "IFO-chef, barn och unga", "Al kommun", "Rektor", "Ingen är utsedd", "9 feb. 2027",
                 "13 apr. 2027", "13.00", DECIDED["title"], DECIDED["text"], DECIDED["grounds"], "Majken"):  # fmt: skip
        assert said in answer.text, said
    for kept in (*SECRET, "Ej Visad", "Före"):
        assert kept not in answer.text, kept
    county = (await seen(fresh, f"/open-groups/counties/{COUNTY}")).text
    assert "Chefsnätverk barn och unga" in county and "Grupper i Exempel" in county
    assert "Chefsnätverk barn och unga" in (await seen(fresh, "/open-groups")).text


async def test_of_a_group_that_is_not_open_nothing_is_told_not_even_that_it_is(fresh: Scene) -> None:
    path = await seated(fresh)
    page = path.replace("/groups/", "/open-groups/")
    for word in ("signed_in", "open", "signed_in"):
        await opened(fresh, path, word)
        await decided(fresh, path, f"Under {word} {uuid4()}")
        here, there = await seen(fresh, page), await seen(fresh, f"/open-groups/counties/{COUNTY}")
        if word == "open":
            assert here.status_code == there.status_code == 200 and "Under open" in here.text
            continue
        never = await seen(fresh, f"/open-groups/{uuid4()}")
        nowhere = await seen(fresh, f"/open-groups/counties/{uuid4()}")
        assert (here.status_code, there.status_code) == (404, 404)
        assert shape_of(here.text) == shape_of(never.text) and shape_of(there.text) == shape_of(nowhere.text)
        assert "Chefsnätverk" not in (await seen(fresh, "/open-groups")).text
    await fresh.stage.at("2026-11-04 10:00")
    await opened(fresh, path)
    assert "Under" not in (await seen(fresh, page)).text, "opened again it begins anew"


async def test_a_name_stands_there_as_long_as_she_wants_and_else_the_page_is_found(fresh: Scene) -> None:
    path = await seated(fresh)
    page = await opened(fresh, path)
    async with fresh.client("administrator") as client:
        for word, there in (("no", False), ("yes", True)):
            done = await press(client, path, "seats/3/name", who="representative", shown=word)
            assert done.status_code == 303
            found = (await seen(fresh, page)).text
            assert ("Majken" in found) is there
            assert ('content="index, follow"' in found) is not there
        nobody = await press(client, path, "seats/3/name", who="substitute", shown="yes")
        assert nobody.status_code == 409
        staff = await press(client, path, "seats/1/name", who="representative", shown="yes")
        assert staff.status_code == 409, "staff stand there by function alone"
        assert (await press(client, path, "seats/3/consent", who="representative")).status_code == 303
    assert "Majken" not in (await seen(fresh, page)).text
    for role, status in {"manager": 403, "board": 403, "stranger": 404, "staff": 404}.items():
        async with fresh.client(role) as client:
            hidden = path if status == 403 else "/help"
            form = {**_fields((await client.get(hidden)).text), "readers": "signed_in", "who": "representative",
                    "shown": "yes"}  # fmt: skip
            assert (await client.post(f"{path}/readers", data=form)).status_code == status, role
            assert (await client.post(f"{path}/seats/3/name", data=form)).status_code in (403, 404), role
    assert (await seen(fresh, page)).status_code == 200


def _fields(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


async def test_decisions_that_come_of_reports_are_not_told_nor_through_another_group(fresh: Scene) -> None:
    path = await founded(fresh)
    page = await opened(fresh, path)
    await decided(fresh, path, "Ur rapport", ItemSource.REPORT)
    await decided(fresh, path, "Ur rundgång", ItemSource.ROUNDABOUT)
    linked = await decided(fresh, path, "Senare länkad")
    referred = await decided(fresh, path, "Hänskjuten", ItemSource.REFERRED)
    await decided(fresh, path, "Ren")
    db = fresh.stage.made.db
    elsewhere = uuid4()
    async with db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        await raw.execute("update agenda_item set reports = $1 where id = $2", [uuid4()], linked)
        await raw.execute(
            "insert into agenda_item select (jsonb_populate_record(i, jsonb_build_object('id', $2::uuid, 'group_id',"
            " $3::uuid, 'source', 'by_hand'))).* from agenda_item i where id = $1", referred, elsewhere,
            board_of("Sydost").id,
        )  # fmt: skip
        await raw.execute("update agenda_item set origin_item_id = $1 where id = $2", elsewhere, referred)
    text = (await seen(fresh, page)).text
    assert "Ren" in text
    for kept in ("Ur rapport", "Ur rundgång", "Senare länkad", "Hänskjuten"):
        assert kept not in text, kept
    async with db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        await raw.execute(
            "update agenda_item set group_id = $1 where id = $2", UUID(path.rpartition("/")[2]), elsewhere
        )
    assert "Hänskjuten" in (await seen(fresh, page)).text, "from a group that is open it is told"
    async with db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute("update agenda_item set source = 'report' where id = $1", elsewhere)
    assert "Hänskjuten" not in (await seen(fresh, page)).text


async def test_who_reads_outside_sees_no_row_of_any_table_and_no_view_of_what_is_not_open(fresh: Scene) -> None:
    path = await seated(fresh)
    await decided(fresh, path, DECIDED["title"])
    db = fresh.stage.made.db

    async def counted() -> dict[str, int]:
        async with db.transaction(ServicePart.OUTSIDE) as conn:
            raw = await database.raw(conn)
            every = [*metadata.tables, *(f"wall.{one}" for one in told.VIEWS)]
            return {one: n for one in every if (n := await raw.fetchval(f"select count(*) from {one}"))}

    assert await counted() == {}
    await opened(fresh, path)
    await decided(fresh, path, "Efter")
    assert await counted() == {
        "wall.told_group": 1, "wall.told_seat": 4, "wall.told_term": 3, "wall.told_sitting": 2, "wall.told_decision": 1,
    }  # fmt: skip
    async with db.transaction(ServicePart.OUTSIDE) as conn:
        raw = await database.raw(conn)
        terms = await raw.fetch("select * from wall.told_term")
        assert {row["name"] for row in terms} == {None, "Majken"} and {row["substitute"] for row in terms} == {None}
        assert set(terms[0].keys()) == {"group_id", "seat", "principal", "first", "last", "name", "substitute"}
        (sitting, *_) = await raw.fetch("select * from wall.told_sitting")
        assert set(sitting.keys()) == {"id", "group_id", "starts_at", "ends_at", "called_at", "open", "county_id"}
        (found,) = await told.groups(conn, OUTSIDE)
        assert found.name == "Chefsnätverk barn och unga"


async def test_who_asks_for_too_many_open_pages_waits(fresh: Scene) -> None:
    async with fresh.client() as client:
        codes = [(await client.get("/open-groups")).status_code for _ in range(pages.A_MINUTE + 3)]
        assert codes[0] == 200 and codes[-1] == 429
        assert (await client.get("/sign-in")).status_code == 200, "it holds up nothing else"
