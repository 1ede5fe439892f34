"""The list of meetings: found by a part of a name, laid out, kept, written as a file, and acted on in bulk."""

import csv
import io
import re

import httpx
import pytest
from sqlalchemy import text

from sip.domain.events import NamedPerson
from sip.domain.terms import AnswerKind
from sip.edges.web import meetings_file
from sip.edges.web.shell.phrases import Phrases
from sip.usecases.directory.keys import key_id
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, _answers, fields_of
from tests.web.test_hand_rows import line

PERIOD = "from=2026-11-01&to=2026-12-31"


def found(page: str) -> list[str]:
    return re.findall(r'id="m-([0-9a-f-]{36})"', page)


async def names(scene: Scene, client: httpx.AsyncClient, query: str) -> list[str]:
    page = await client.get(f"/meetings?{query}")
    assert page.status_code == 200, query
    known = {str(key): name for name, key in scene.meetings.items()}
    return [known[one] for one in found(page.text)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            PERIOD,
            [
                "absent",
                "unrecorded",
                "silent",
                "regret",
                "questions",
                "claims",
                "cancelled",
                "called",
                "polled",
                "draft",
            ],
        ),
        (f"{PERIOD}&sort=latest&state=called", ["called", "claims", "questions", "regret", "silent"]),
        (f"{PERIOD}&q=BOENDET", ["silent", "polled"]),
        (f"{PERIOD}&q=socialtj", ["questions", "polled"]),
        (f"{PERIOD}&q=clara&state=draft", ["polled", "draft"]),
        (f"{PERIOD}&q=%25", []),
        (f"{PERIOD}&kind=child", ["called", "polled", "draft"]),
        (f"{PERIOD}&convener=eken&state=closed", ["absent"]),
        (f"{PERIOD}&unit={unit('bok')}", ["questions", "polled"]),
        (f"{PERIOD}&municipality={key_id('principal', 'bok')}", ["questions", "polled"]),
        ("from=2026-11-25&to=2026-11-25", ["silent"]),
        ("", ["silent", "regret", "questions", "claims", "cancelled", "called", "polled", "draft"]),
        ("state=x&kind=y&sort=z&layout=w&from=q&municipality=1&unit=2&after=3_4", None),
    ],
)
async def test_what_is_asked_for_is_shown(scene: Scene, query: str, expected: list[str] | None) -> None:
    async with scene.client("convener") as client:
        shown = await names(scene, client, query)
        if expected is None:
            expected = await names(scene, client, "")
    assert shown == expected


async def test_a_called_unit_finds_its_own_and_nothing_by_anothers_name(scene: Scene) -> None:
    async with scene.client("staff") as client:
        assert "questions" in await names(scene, client, f"{PERIOD}&q=hemtj")
        assert await names(scene, client, f"{PERIOD}&q=socialtj") == []
        assert "draft" not in await names(scene, client, PERIOD)
    async with scene.client("outsider") as client:
        assert await names(scene, client, PERIOD) == ["questions"]


async def test_an_area_narrows_the_list_to_where_a_party_that_is_seen_lies_in_it(scene: Scene) -> None:
    """Chosen from those that the directory names, in the address and in what is kept of it."""
    async with scene.client("convener") as client:
        assert 'name="area"' not in (await client.get("/meetings")).text, "no unit lies in one"
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit set area = 'Södra' where id = :id"), {"id": unit("bok")})
        await conn.execute(text("update unit set area = 'Norra' where id = :id"), {"id": unit("chefslos")})
    async with scene.client("convener") as client:
        assert await names(scene, client, f"{PERIOD}&area=S%C3%B6dra") == ["questions", "polled"]
        assert await names(scene, client, f"{PERIOD}&area=Norra") == ["silent", "polled"]
        assert await names(scene, client, f"{PERIOD}&area=Norra&q=socialtj") == ["polled"]
        assert await names(scene, client, f"{PERIOD}&area=%27%20or%201") == []
        page = (await client.get(f"/meetings?{PERIOD}&area=Norra")).text
        assert '<option value="Norra" selected>Norra</option>' in page and '<option value="Södra">' in page
        kept = fields_of(page) | {"name": "Norra länet"}
        assert "area=Norra" in kept["query"]
        await client.post("/meetings/views", data=kept)
        assert 'href="/meetings?area=Norra&amp;' in (await client.get("/meetings")).text
        written = (await client.get(f"/meetings/file?{PERIOD}&area=Norra")).text
        assert len({line.split(";")[0] for line in written.splitlines()[1:]}) == 2
    async with scene.client("staff") as client:
        assert await names(scene, client, f"{PERIOD}&area=S%C3%B6dra") == [], "another unit's place tells nothing"


async def test_a_reference_is_found_whatever_the_period(scene: Scene) -> None:
    async with scene.client("convener") as client:
        page = (await client.get(f"/meetings?{PERIOD}")).text
        key = str(scene.meetings["absent"])
        reference = re.search(rf'id="m-{key}".*?class="number">([^<]+)', page, re.DOTALL)
        assert reference is not None
        query = f"q={reference.group(1).lower()}&from=2030-01-01"
        assert await names(scene, client, query) == ["absent"]
        assert await names(scene, client, f"reference={reference.group(1)}") == ["absent"], "the old address"


async def test_by_week_month_and_unit(scene: Scene) -> None:
    async with scene.client("coordinator") as client:
        week = (await client.get("/meetings?layout=week&from=2026-11-26")).text
        assert re.findall(r'<h2 id="g\d+">(\w+)', week) == [
            "måndag", "tisdag", "onsdag", "torsdag", "fredag",
        ]  # fmt: skip
        assert len(found(week)) == 2 and "from=2026-11-16" in week and "from=2026-11-30" in week
        month = (await client.get("/meetings?layout=month&from=2026-11-26")).text
        assert month.count("<h2>") == 30
        units = (await client.get(f"/meetings?layout=unit&{PERIOD}")).text
        assert re.findall(r'<h2 id="g\d+">([^<]+)', units) == [
            "Boendet Al", "Hemtjänsten Al", "Skolan Al", "Socialtjänsten Bok",
        ]  # fmt: skip


async def test_every_chip_says_its_word(scene: Scene) -> None:
    async with scene.client("convener") as client:
        page = (await client.get(f"/meetings?{PERIOD}&q=boendet")).text
    chips = re.findall(r'<li class="chip (\w+)">([^<]+) <small>([^<]+)</small>', page)
    assert ("quiet", "Boendet Al", "Inget svar") in chips


async def test_a_search_is_kept_by_its_user_alone(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        page = (await client.get("/meetings?q=hemtj&state=called")).text
        sent = {**fields_of(page), "query": "q=hemtj&state=called", "name": "Hemtjänsten"}
        page = (await client.post("/meetings/views", data=sent, follow_redirects=True)).text
        assert '<a href="/meetings?q=hemtj&amp;state=called">Hemtjänsten</a>' in page
        removal = re.search(r'action="(/meetings/views/[^"]+/removal)"', page)
        assert removal is not None
        assert (await client.post("/meetings/views", data={**sent, "name": " "})).status_code == 422
    async with fresh.client("coordinator") as client:
        other = (await client.get("/meetings")).text
        assert "q=hemtj" not in other
        await client.post(removal.group(1), data=fields_of(other))
    async with fresh.client("convener") as client:
        page = (await client.get("/meetings")).text
        assert "Hemtjänsten</a>" in page, "nobody else lets it go"
        page = (await client.post(removal.group(1), data=fields_of(page), follow_redirects=True)).text
        assert "Hemtjänsten</a>" not in page


async def test_the_file_is_what_is_shown(scene: Scene) -> None:
    async with scene.client("convener") as client:
        answer = await client.get(f"/meetings/file?{PERIOD}&q=boendet&state=called")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][0] == "Referens"
    assert {row[9] for row in rows[1:]} == {"Boendet Al", "Skolan Al"}
    assert {row[1] for row in rows[1:]} == {"2026-11-25"}


@pytest.mark.parametrize("name", ["=1+1", "+46", "-x", "@SUM", "\tx", "\rx"])
def test_no_cell_is_a_formula(name: str) -> None:
    one = line(1)
    dangerous = type(one)(**{f: getattr(one, f) for f in one.__slots__} | {"convener_unit": name})
    written = meetings_file.written([dangerous], Phrases("sv")).decode("utf-8-sig")
    cells = next(csv.reader(io.StringIO(written.split("\r\n", 1)[1], newline=""), delimiter=";"))
    assert cells[8] == f"'{name}"


async def test_in_bulk_each_is_its_own_and_what_was_refused_is_said(fresh: Scene) -> None:
    stage = fresh.stage
    for name, start in (("one", "2026-12-07 10:00"), ("two", "2026-12-08 10:00")):
        await stage.call(start, ("hemtjanst",))
        fresh.meetings[name] = stage.id
    ticked = {f"m_{key}": "yes" for key in fresh.meetings.values()}
    async with fresh.client("convener") as client:
        page = (await client.get("/meetings")).text
        sent = {**fields_of(page), "query": "q=hemtj", **ticked}
        none = await client.post("/meetings/bulk", data={**fields_of(page), "act": "take", "query": "q=hemtj"})
        assert none.status_code == 422 and '<a href="#bulk-ticked">Välj minst ett möte.</a>' in none.text
        assert 'value="hemtj"' in none.text and 'name="act" value="take" checked' in none.text
        done = await client.post("/meetings/bulk", data={**sent, "act": "take"}, follow_redirects=True)
        assert "Gjort för 2 möten." in done.text and "q=hemtj" in str(done.url)
        before = len(stage.mailbox("hemtjanst@al.example"))
        again = {**sent, "act": "remind", "nonce": "a"}
        assert (await client.post("/meetings/bulk", data=again)).status_code == 303
        assert (await client.post("/meetings/bulk", data=again)).status_code == 303, "the same form is the same act"
        await stage.work()
        assert len(stage.mailbox("hemtjanst@al.example")) == before + 2
        refused = await client.post("/meetings/bulk", data={**sent, "act": "remind", "nonce": "b"})
        assert refused.status_code == 409
        assert refused.text.count("Enheten har redan frågats igen i dag.") == 2
        pause = {**sent, "act": "pause", "nonce": "c", "reason": "Ombyggnad", "until_time": "08:00"}
        when = await client.post("/meetings/bulk", data={**pause, "reason": ""})
        assert when.status_code == 422 and when.text.count('value="yes" form="bulk" checked') == 2, "still chosen"
        assert (
            ">Till dagen: Fyll i det här.</a>" in when.text and ">Skäl till uppehåll: Fyll i det här.</a>" in when.text
        )
        held = await client.post("/meetings/bulk", data={**pause, "until_day": "2026-11-16"}, follow_redirects=True)
        assert "Gjort för 2 möten." in held.text
        late = await client.post("/meetings/bulk", data={**pause, "until_day": "2026-12-07", "nonce": "d"})
        assert late.status_code == 409 and late.text.count("Uppehållet är för långt") == 1
        assert "Gjort för ett möte." in late.text
    await stage.call("2026-12-09 10:00", ("hemtjanst",))
    await _answers(fresh, "hemtjanst", AnswerKind.ATTENDS, names=(NamedPerson("Anna Ek"),))
    async with fresh.client("convener") as client:  # who has answered is no refusal: it is told how many there were
        answered = {**pause, f"m_{stage.id}": "yes", "until_day": "2026-11-17"}
        said = await client.post("/meetings/bulk", data={**answered, "nonce": "e"}, follow_redirects=True)
        assert "Gjort för 2 möten." in said.text and "Till ett möte kommer alla" in said.text
        alone = {key: value for key, value in answered.items() if key not in ticked}
        said = await client.post("/meetings/bulk", data={**alone, "nonce": "f"}, follow_redirects=True)
        assert "Till ett möte kommer alla" in said.text and "Gjort för" not in said.text
    async with fresh.client("staff") as client:
        page = (await client.get("/meetings")).text
        done = await client.post("/meetings/bulk", data={**fields_of(page), **ticked, "act": "take"})
        assert done.status_code == 409 and done.text.count("sammankallandes sida") == 2


async def test_pages_go_on_where_the_last_one_ended(scene: Scene) -> None:
    async with scene.client("convener") as client:
        whole = await names(scene, client, PERIOD)
        key = scene.meetings[whole[2]]
        for sort in ("start", "convener"):
            after = f"2026-11-25T09:00:00+00:00_{key}_Vårdcentralen Eken"
            answer = await client.get(
                "/meetings", params={"from": "2026-11-01", "to": "2026-12-31", "sort": sort, "after": after}
            )
            known = {str(one): name for name, one in scene.meetings.items()}
            assert [known[one] for one in found(answer.text)] == whole[3:]


async def test_on_paper_the_list_says_what_was_chosen(scene: Scene) -> None:
    asked = f"{PERIOD}&q=<al>&kind=child&state=called&convener=eken&unit={unit('bok')}&municipality=x"
    async with scene.client("coordinator") as client:
        page, plain = (await client.get(f"/meetings?{asked}")).text, (await client.get("/meetings")).text
    [said] = re.findall(r'on-paper">(.*?)</p>', page)
    for part in ("Sök: &lt;al&gt;", "Slag: Barn", "Läge: Kallat", "Sammankallande: eken", "Enhet: "):
        assert part in said, said
    assert "Huvudman" not in said, "what makes no sense is no choice"
    assert "Urval: alla möten i perioden." in plain and re.search(r"klockan 08[.:]12", plain)
