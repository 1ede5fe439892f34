"""The directory in a browser: found, shown, changed, moved, closed; each change is told with what stood there."""

import re
from datetime import date

import httpx
import pytest
from sqlalchemy import text

from sip.domain.people import Role
from sip.domain.worktime import at_hour
from sip.store import directory
from sip.store.directory import UnitRecord
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.directory import edit
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.wanted import role_id
from sip.usecases.problems import ForbiddenError
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

UNIT = f"/directory/{unit('hemtjanst')}"
AL = key_id("organisation", "al-n")


async def post(client: httpx.AsyncClient, page: str, path: str, **values: str) -> httpx.Response:
    """The form of a page, sent with these values; where it leads is followed."""
    hidden = fields_of((await client.get(page)).text)
    return await client.post(path, data={**hidden, **values}, follow_redirects=True)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def history(html: str) -> list[str]:
    """What the page tells of changes, the latest first."""
    return [plain(one).strip() for one in re.findall(r"<li>(<p class=\"soft\">.*?)</li>", html, re.DOTALL)]


async def test_units_are_found_by_name_municipality_hsa_id_and_mailbox(fresh: Scene) -> None:
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set hsa_id = 'SE2399990110-E1' where id = :id"), {"id": unit("skolan")})
    async with fresh.client("administrator") as client:
        found = {}
        for words in ("hemtj", "bok kommun", "e1 al", "skolan2@al", "finns inte", ""):
            page = (await client.get("/directory", params={"q": words})).text
            found[words] = re.findall(r'<tr id="u-[^>]*><th scope="row"><a[^>]*>([^<]+)', page)
    assert found == {
        "hemtj": ["Hemtjänsten Al"],
        "bok kommun": ["Socialtjänsten Bok"],
        "e1 al": ["Skolan Al"],
        "skolan2@al": ["Skolan Al"],
        "finns inte": [],
        "": ["Boendet Al", "Hemtjänsten Al", "Skolan Al", "Socialtjänsten Bok", "Vårdcentralen Eken"],
    }


async def test_three_thousand_units_come_fifty_at_a_time_in_swedish_order(fresh: Scene) -> None:
    names = [f"{letter} {n:03}" for letter in "ÖÄÅZa" for n in range(600)]
    records = [UnitRecord(key_id("unit", name), AL, name) for name in names]
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await directory.upsert_units(conn, records)
    async with fresh.client("administrator") as client:
        page, seen = await client.get("/directory?q=omsorgsn"), []
        while True:
            assert len(page.content) < 60_000
            shown = re.findall(r'<th scope="row"><a[^>]*>([^<]+)', page.text)
            assert len(shown) <= 50
            seen += shown
            after = re.search(r'data-variant="secondary" href="(/directory\?[^"]*after=[^"]*)"', page.text)
            if after is None or len(seen) > 3003:
                break
            page = await client.get(after.group(1).replace("&amp;", "&"))
    ours = [name for name in seen if name in set(names)]
    assert len(seen) == len(set(seen)) == 3003
    assert [name[0] for name in ours[::600]] == list("aZÅÄÖ")


async def test_a_unit_is_added_changed_and_moved_and_each_change_is_told(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        new = await post(
            client, "/directory/new", "/directory/new", name="Boendestödet Al", organisation_id=str(AL), language="sv",
            hsa_id="se2399990110-e77", phone="010-319 290", flags_week_mail="yes", area="Norra",
        )  # fmt: skip
        assert new.status_code == 200
        assert "Boendestödet Al" in new.text and "SE2399990110-E77" in new.text
        here = new.url.path
        moved = await post(
            client, f"{here}/facts", f"{here}/facts", name="Boendestödet Al", language="sv", phone="010-319 291",
            organisation_id=str(key_id("organisation", "bok-n")), hsa_id="SE2399990110-E77", area="Norra",
        )  # fmt: skip
    told = history(moved.text)
    assert [re.sub(r"^.*? · ", "", one) for one in told] == [
        "Ada Admin Uppgifterna om Boendestödet Al ändrades. Organisation Omsorgsnämnden Al → blir Socialnämnden Bok"
        " Telefon 010-319 290 → blir 010-319 291 Särskilt Får veckobrev på måndagar",
        "Ada Admin Enheten Boendestödet Al lades till. Organisation Omsorgsnämnden Al HSA-id SE2399990110-E77"
        " Telefon 010-319 290 Språk Svenska Särskilt Får veckobrev på måndagar Område Norra",
    ]


async def test_what_cannot_be_kept_is_said_beside_its_field(fresh: Scene) -> None:
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set hsa_id = 'SE2399990110-E1' where id = :id"), {"id": unit("skolan")})
    async with fresh.client("administrator") as client:
        taken = await post(
            client, f"{UNIT}/facts", f"{UNIT}/facts", name="Hemtjänsten Al", organisation_id=str(AL), language="sv",
            hsa_id="SE2399990110-E1",
        )  # fmt: skip
        wrong = await post(
            client, f"{UNIT}/facts", f"{UNIT}/facts", name="", organisation_id=str(AL), language="sv", hsa_id="E1",
            phone="ring oss", flags_phone_only="yes",
        )  # fmt: skip
        number = await post(
            client, f"{UNIT}/facts", f"{UNIT}/facts", name="Rum 19121212-1212", organisation_id=str(AL), language="sv"
        )
    assert taken.status_code == wrong.status_code == number.status_code == 422
    assert 'href="#hsa_id">HSA-id: En annan enhet har det HSA-id:t redan' in taken.text
    for field in ("name", "hsa_id", "phone"):
        assert f'href="#{field}"' in wrong.text
    assert 'value="ring oss"' in wrong.text
    assert "personnummer" in number.text


async def test_addresses_are_changed_as_a_list_with_dates(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        twice = await post(
            client, f"{UNIT}/addresses", f"{UNIT}/addresses", email_1="a@al.example", email_2="A@al.example"
        )
        assert twice.status_code == 422 and "står redan ovanför" in twice.text
        backwards = await post(
            client, f"{UNIT}/addresses", f"{UNIT}/addresses", email_1="a@al.example", from_1="2026-12-02",
            to_1="2026-12-01",
        )  # fmt: skip
        assert backwards.status_code == 422 and 'href="#to_1"' in backwards.text
        more = await post(client, f"{UNIT}/addresses", f"{UNIT}/addresses", email_1="a@al.example", more="yes")
        assert 'name="email_4"' in more.text and 'value="a@al.example"' in more.text
        done = await post(
            client, f"{UNIT}/addresses", f"{UNIT}/addresses", email_1="skolan@al.example", email_2="",
            email_3="jour@al.example", from_3="2027-01-01",
        )  # fmt: skip
    assert done.url.path == UNIT
    assert "Samma brevlåda som" in done.text and "Skolan Al" in done.text, "another unit's mailbox is said"
    shown = plain(done.text)
    assert "jour@al.example från fre 1 jan. 2027" in shown and "Gäller senare" in shown
    assert "Adressen hemtjanst@al.example togs bort." in shown


async def test_closed_days_are_periods(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        long = await post(client, f"{UNIT}/closed-days", f"{UNIT}/closed-days", from_1="2026-12-24", to_1="2028-12-24")
        assert long.status_code == 422 and "Högst 366 dagar" in long.text
        done = await post(
            client, f"{UNIT}/closed-days", f"{UNIT}/closed-days", from_1="2026-12-24", to_1="2026-12-26",
            from_2="2026-12-31",
        )  # fmt: skip
    shown = plain(done.text)
    assert "tors 24 dec. 2026–lör 26 dec. 2026" in shown
    assert "Stängt lades till: tors 31 dec. 2026." in shown


async def test_a_role_is_given_to_somebody_of_the_organisation_or_to_somebody_new(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        looked = await post(client, f"{UNIT}/roles/new", f"{UNIT}/roles/new", words="bo al", role="deputy", then="look")
        assert re.findall(r'name="person" value="([0-9a-f-]+)"', looked.text) == [str(key_id("person", "bo"))]
        assert 'value="deputy" selected' in looked.text, "what was chosen stays"
        undated = await post(
            client, f"{UNIT}/roles/new", f"{UNIT}/roles/new", role="deputy", person=str(key_id("person", "bo"))
        )
        assert undated.status_code == 422 and "ställföreträdare behöver en sista dag" in undated.text
        await post(
            client,
            f"{UNIT}/roles/new",
            f"{UNIT}/roles/new",
            role="deputy",
            person=str(key_id("person", "bo")),
            **{"from": "2026-11-02", "to": "2026-11-30"},
        )
        taken = await post(
            client, f"{UNIT}/roles/new", f"{UNIT}/roles/new", role="substitute", person="new", name="Bo Två",
            email="bo@al.example",
        )  # fmt: skip
        assert taken.status_code == 422 and 'href="#email"' in taken.text
        done = await post(
            client, f"{UNIT}/roles/new", f"{UNIT}/roles/new", role="substitute", person="new", name="Ida Ny",
            email="ida@al.example", order="3",
        )  # fmt: skip
    shown = plain(done.text)
    assert "Bo Alm Ställföreträdande chef" in shown or "Bo Alm Ställföreträdare" in shown
    assert "Ida Ny Ersättare, frågas " in shown and "Ersättare 3" not in shown
    assert "Bo Alm blev" in shown


async def test_roles_are_held_in_organisations_and_at_principals_too(fresh: Scene) -> None:
    al = f"/directory/principals/{key_id('principal', 'al')}"
    async with fresh.client("administrator") as client:
        assert "Kim Sund" in (await client.get(al)).text
        new = await post(client, f"{al}/roles/new", f"{al}/roles/new", role="coordinator", person="new", name="Ny")
        assert new.status_code == 422, "a principal's new staff is added in one of its organisations"
        done = await post(
            client, f"{al}/roles/new", f"{al}/roles/new", role="board_member", person=str(key_id("person", "mona"))
        )
        assert done.url.path == al and "Mona Berg" in done.text and "Mona Berg blev" in done.text
        board = f"/directory/organisations/{AL}"
        done = await post(
            client, f"{board}/roles/new", f"{board}/roles/new", role="contract_officer", person="new", name="Avtalet"
        )
    assert "Avtalet" in done.text


async def test_a_role_gets_its_last_day_or_is_taken_back(fresh: Scene) -> None:
    held = f"/directory/roles/{role_id(unit('hemtjanst'), key_id('person', 'anna'), Role.SUBSTITUTE, None)}"
    async with fresh.client("administrator") as client:
        done = await post(client, held, held, to="2026-11-01", order="2", then="save")
        assert "Har upphört" in done.text
        gone = await post(client, held, held, then="drop")
        assert "Anna Ek är inte längre" in plain(gone.text)
        assert (await client.get(held)).status_code == 404


async def test_a_unit_closes_with_a_successor_and_its_calls_are_said(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-15 10:00", ("hemtjanst", "skolan"))
    async with fresh.client("administrator") as client:
        page = (await client.get(f"{UNIT}/closing")).text
        assert "Enheten har en kommande kallelse" in page
        looked = await post(client, f"{UNIT}/closing", f"{UNIT}/closing", last_day="2026-11-30", words="skolan",
                            then="look")  # fmt: skip
        assert 'value="2026-11-30"' in looked.text
        itself = await post(client, f"{UNIT}/closing", f"{UNIT}/closing", last_day="2026-11-30",
                            successor=str(unit("hemtjanst")), then="close")  # fmt: skip
        assert itself.status_code == 422
        done = await post(client, f"{UNIT}/closing", f"{UNIT}/closing", last_day="2026-11-30",
                          successor=str(unit("skolan")), then="close")  # fmt: skip
        shown = plain(done.text)
        assert "Enhetens sista dag är mån 30 nov. 2026. Den som tar över är Skolan Al" in shown
        assert "Ett kallat möte ligger efter sista dagen" in shown
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            found = (await directory.units_by_id(conn, [unit("hemtjanst")]))[unit("hemtjanst")]
        assert found.archived_at == at_hour(date(2026, 12, 1), 0) and found.successor_id == unit("skolan")
        again = await post(client, f"{UNIT}/closing", f"{UNIT}/closing", then="reopen")
    assert "Enhetens sista dag" not in again.text


async def test_principals_organisations_and_staff_are_kept(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        here = "/directory/principals/new"
        taken = await post(client, here, here, name="Al kommun", kind="municipality")
        assert taken.status_code == 422 and "Det namnet är upptaget" in taken.text
        await post(client, here, here, name="Ek kommun", kind="municipality")
        page = (await client.get("/directory/places")).text
        found = re.search(r'principals/([0-9a-f-]{36})">Ändra<span class="sr">: Ek kommun', page)
        assert found is not None
        here = "/directory/organisations/new"
        bad = await post(client, here, here, name="Nämnden Ek", kind="board", principal_id=found[1], domains="ek")
        assert bad.status_code == 422 and 'href="#domains"' in bad.text
        await post(client, here, here, name="Nämnden Ek", kind="board", principal_id=found[1], domains="Ek.example")
        assert "Nämnden Ek" in (await client.get("/directory/places")).text
        person = f"/directory/people/{key_id('person', 'anna')}"
        done = await post(client, person, person, name="Anna Ek", email="anna.ek@al.example", function="Sjuksköterska")
    assert "Sparat." in done.text
    assert "E-post anna@al.example → blir anna.ek@al.example" in plain(done.text)


@pytest.mark.parametrize("role", ["convener", "manager", "coordinator", "outsider"])
async def test_nobody_else_sees_or_changes_it(fresh: Scene, role: str) -> None:
    async with fresh.client(role) as client:
        token = fields_of((await client.get("/deviations")).text)
        for path in (UNIT, f"{UNIT}/facts", f"{UNIT}/closing", "/directory/places", f"{UNIT}/changes"):
            assert (await client.get(path)).status_code == 404
        for path in (f"{UNIT}/facts", f"{UNIT}/addresses", f"{UNIT}/closing", "/directory/new"):
            values = {**token, "name": "x", "organisation_id": str(AL), "language": "sv", "last_day": "2026-12-01"}
            assert (await client.post(path, data=values)).status_code in (403, 404)


async def test_an_administrator_of_a_part_keeps_that_part(fresh: Scene) -> None:
    """By page and by program alike: what lies outside the scope is not hers to change."""
    own = Actor(ActorKind.USER, "al", "Al", role=Role.ADMINISTRATOR, principal_id=key_id("principal", "al"))
    db, now = fresh.stage.made.db, await fresh.stage.now()
    await edit.put_unit(db, UnitRecord(unit("skolan"), AL, "Skolan Al"), new=False, actor=own, now=now)
    for record, new in (
        (UnitRecord(unit("bok"), key_id("organisation", "bok-n"), "Vår nu"), False),
        (UnitRecord(unit("bok"), AL, "Vår nu"), False),
        (UnitRecord(key_id("unit", "ny"), key_id("organisation", "bok-n"), "Ny"), True),
    ):
        with pytest.raises(ForbiddenError):
            await edit.put_unit(db, record, new=new, actor=own, now=now)
    with pytest.raises(ForbiddenError):
        await edit.archive_unit(db, unit("eken"), date(2026, 12, 1), None, actor=own, now=now)
