"""Pages of a group's sittings: the year's dates called at once, who comes, and what is done by whom."""

import io
import re
import zipfile
from uuid import UUID

import httpx
import pytest

from sip.domain.sitting import DATES_MOST, SittingPlace
from sip.usecases import sittings
from sip.usecases.commands import Command
from sip.usecases.problems import InvalidError
from sip.usecases.sittings import SittingForm
from tests.domain.cast import at
from tests.store.town import WORLD
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of
from tests.web.test_groups import ANNA, founded
from tests.web.test_report_life import press

WHO = "anna@al.example"
SEATED = {**ANNA, "representative_email": WHO, "substitute_name": "Bo Alm", "substitute_function": "enhetschef"}
DATES = {"day_1": "2027-02-09", "day_2": "2027-04-13", "begins": "13:00", "ends": "16:00", "place": "Sal 2"}


async def called(scene: Scene) -> tuple[str, str]:
    """A network with one seat filled is called to two dates; its page, and the later date's."""
    path = await founded(scene)
    async with scene.client("administrator") as client:
        assert (await press(client, path, "seats/1/term", **SEATED)).status_code == 303
        done = await press(client, path, "sittings", **DATES)
        assert done.status_code == 303, done.text[-3000:]
        page = (await client.get(path)).text
    await scene.stage.work()
    days = re.findall(r"\d+\s(\w+)\.?\s2027", page.partition('id="sittings"')[2])
    assert days == ["feb", "apr"], "the nearest first"
    later = page.rpartition('href="/sittings/')[2].partition('"')[0]
    return path, f"/sittings/{later}"


async def test_the_years_dates_stand_on_the_groups_page_and_each_has_its_own(fresh: Scene) -> None:
    path, sitting = await called(fresh)
    async with fresh.client("administrator") as client:
        page = (await client.get(path)).text
        assert page.count('href="/sittings/') == 2 and "13 apr. 2027" in page and "1 utan svar" in page
        one = (await client.get(sitting)).text
        assert "Anna Ek, IFO-chef" in one and "Al kommun" in one and "Vakant" in one and "Sal 2" in one
        said = await press(client, sitting, "seats/1/answer", role="representative", answer="substitute")
        assert said.status_code == 303
        one = (await client.get(sitting)).text
        assert "Ersättaren är frågad" in one and "Bo Alm, enhetschef" in one
        assert "Ingen e-postadress finns. Ring" in one, "who has no address is told by phone"
        assert (await press(client, sitting, "seats/1/answer", role="substitute", answer="yes")).status_code == 303
        assert "Ersättaren kommer" in (await client.get(sitting)).text
        moved = {**DATES, "day": "2027-04-20", "place": "Sal 3"}
        assert (await press(client, sitting, "move", **moved)).status_code == 303
        one = (await client.get(sitting)).text
        assert "20 apr. 2027" in one and "Inget svar än" in one and "Tiden ändrades" in one
        assert (await press(client, sitting, "cancellation", reason="Snöstorm.")).status_code == 303
        one = (await client.get(sitting)).text
        assert "Inställt" in one and "Snöstorm." in one and "Skriv in ett svar" not in one
        assert (await press(client, sitting, "cancellation", reason="Snöstorm.")).status_code == 409


async def test_what_cannot_be_called_is_said_beside_its_field(fresh: Scene) -> None:
    path = await founded(fresh)
    async with fresh.client("administrator") as client:
        for wrong, field in (
            ({"day_1": ""}, "day_1"), ({"day_2": "2027-02-30"}, "day_2"), ({"begins": ""}, "begins"),
            ({"video": "http://video.example"}, "video"), ({"place": "hos 19121212-1212"}, "place"),
        ):  # fmt: skip
            done = await press(client, path, "sittings", **{**DATES, **wrong})
            assert done.status_code == 422 and f'id="sittings-{field}-error"' in done.text, wrong
        for wrong, said in (
            ({"day_1": "2026-10-01"}, ""), ({"ends": "12:00"}, ""), ({"place": ""}, "en lokal, en videolänk"),
        ):  # fmt: skip
            done = await press(client, path, "sittings", **{**DATES, **wrong})
            assert done.status_code == 409 and said in done.text, wrong
        assert "Inga datum är bestämda." in (await client.get(path)).text
    assert DATES_MOST == 6


async def test_who_sees_a_sitting_and_who_may_change_it(fresh: Scene) -> None:
    path, sitting = await called(fresh)
    for role, status in {"coordinator": 303, "neighbour": 303, "manager": 403, "board": 403}.items():
        async with fresh.client(role) as client:
            assert "Anna Ek" in (await client.get(sitting)).text, role
            said = await press(client, sitting, "seats/1/answer", role="representative", answer="yes")
            assert said.status_code == status, role
    await fresh.stage.at("2027-04-13 16:30")
    for role, status in {"manager": 403, "board": 403, "coordinator": 303}.items():
        async with fresh.client(role) as client:
            assert ("Spara närvaron" in (await client.get(f"{sitting}/attendance")).text) is (status == 303), role
            assert (await client.get(f"{path}/attendance/2027")).status_code == 404, "nothing is recorded yet"
            said = await press(client, sitting, "attendance", came_1="representative")
            assert said.status_code == status, role
    for other in ("stranger", "staff", "outsider", "convener", "auditor", None):
        async with fresh.client(other) as client:
            assert "Anna Ek" not in (await client.get(sitting)).text, other
            assert (await client.get(sitting)).status_code in (302, 303, 403, 404), other
            assert (await client.get(f"{path}/attendance/2027")).status_code in (302, 303, 403, 404), other
            for act in ("move", "cancellation", "seats/1/answer", "attendance"):
                done = await client.post(f"{sitting}/{act}", data=await _hidden(client))
                assert done.status_code in (302, 303, 401, 403, 404), (other, act)
    async with fresh.client("coordinator") as client:
        assert "Inställt" not in (await client.get(sitting)).text


async def _hidden(client: httpx.AsyncClient) -> dict[str, str]:
    hidden = fields_of((await client.get("/help")).text)
    return {**hidden, **DATES, "day": "2027-05-04", "reason": "x", "role": "representative", "answer": "no"}


async def test_the_page_behind_the_link_shows_ones_own_dates_and_no_name(fresh: Scene) -> None:
    await called(fresh)
    link = fresh.link(WHO)
    async with fresh.client() as client:
        page = (await client.get(link)).text
        assert page.count('name="entry"') == 2 and "Anna" not in page and "Sal 2" in page
        form = {**fields_of(page), "entry": page.split('name="entry" value="')[1].split('"')[0]}
        assert (await client.post(link, data=form)).status_code == 422, "a choice is made by a person"
        assert (await client.post(link, data={**form, "answer": "yes"})).status_code == 303
        assert "Du har svarat ja" in (await client.get(link)).text
        stranger = {**form, "entry": "00000000-0000-0000-0000-000000000001", "answer": "yes"}
        assert (await client.post(link, data=stranger)).status_code == 409


async def test_who_came_is_recorded_counted_over_the_year_and_written_as_a_workbook(fresh: Scene) -> None:
    path, sitting = await called(fresh)
    async with fresh.client("administrator") as client:
        assert "Sammanträdet har inte börjat än" in (await client.get(f"{sitting}/attendance")).text
        assert (await press(client, sitting, "attendance", came_1="nobody")).status_code == 409
        await press(client, sitting, "seats/1/answer", role="representative", answer="yes")
        await fresh.stage.at("2027-04-13 16:30")
        assert "Närvaron saknas för en plats." in (await client.get(sitting)).text
        form = (await client.get(f"{sitting}/attendance")).text
        assert 'name="came_1"' in form and 'name="came_2"' not in form, "nobody sits on the other"
        assert " checked" not in form, "nothing is chosen before a person has"
        pressed = await press(client, sitting, "attendance", press="expected")
        assert 'value="representative" checked' in pressed.text and pressed.status_code == 200
        assert "Närvaron saknas" in (await client.get(sitting)).text, "nothing is saved by that"
        empty = await press(client, sitting, "attendance")
        assert empty.status_code == 422 and 'id="came_1-error"' in empty.text
        assert (await press(client, sitting, "attendance", came_1="substitute")).status_code == 303
        one = (await client.get(sitting)).text
        assert "Ersättare kom" in one and "Närvaron saknas" not in one and "Närvaron skrevs in" in one
        assert (await press(client, path, "closing", reason="Uppdraget är klart.")).status_code == 303
        assert (await press(client, sitting, "attendance", came_1="nobody")).status_code == 303, "closed since"
        page = (await client.get(path)).text
        assert "2027: ett sammanträde med närvaro" in page and "1 av 1" in page and "0 av 1" in page
        book = await client.get(f"{path}/attendance/2027")
    assert 'filename="sip-narvaro-2027.xlsx"' in book.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(book.content)) as files:
        said = {name: files.read(name).decode() for name in files.namelist()}
    words = said["xl/sharedStrings.xml"]
    assert "Al kommun" in words and "Ingen kom" in words and "Anna" not in words, "principals are paid, not persons"
    sheets = [one for name, one in said.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2 and all('state="frozen"' in one and "<f>" not in one for one in sheets)
    assert {name for name in said if name.startswith("xl/tables/")} == {f"xl/tables/table{n}.xml" for n in (1, 2)}


async def test_more_than_six_dates_are_refused_in_their_own_words(fresh: Scene) -> None:
    path = await founded(fresh)
    by = Command(TESTER, at("2026-11-02 09:00"), WORLD, "call")
    form = SittingForm(at("2027-02-09 13:00"), at("2027-02-09 16:00"), SittingPlace("Sal 2"))
    for count, code in ((DATES_MOST + 1, "too_many_dates"), (0, "required")):
        with pytest.raises(InvalidError) as refused:
            await sittings.call(fresh.stage.made.db, UUID(path.rpartition("/")[2]), [form] * count, by)
        assert [(one.field, one.code) for one in refused.value.problems] == [("day_1", code)]
