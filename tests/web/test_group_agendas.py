"""What a standing group that is no board takes up, decides and follows up, on the pages of boards (section 18 U9)."""

import re

import httpx

from sip.usecases.reading import agenda as reading
from tests.domain.cast import at
from tests.stories.stage import Letter
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of
from tests.web.test_boards import DECISION
from tests.web.test_groups import COUNTY
from tests.web.test_report_life import press
from tests.web.test_sittings import DATES, WHO, called

QUESTION = {"title": "Läkare på SIP-möten", "text": "Var tredje kallelse blir utan.", "purpose": "decision"}
LATER = "2027-04-13"
TASK = {**DECISION, "decided_on": LATER, "due_on": "2027-05-10"}


async def asked(scene: Scene) -> tuple[str, str, str]:
    """A network that is called to two dates has a question for the later one: its page, that date's, the question's."""
    path, sitting = await called(scene)
    board = path.replace("/groups/", "/boards/")
    async with scene.client("administrator") as client:
        page = (await client.get(board)).text
        assert f'value="{LATER}"' in page and "Chefsnätverk barn och unga" in page, "the called dates are offered"
        put = await client.post(board, data={**fields_of(page), **QUESTION, "sitting_on": LATER})
        assert put.status_code == 303, put.text[-2000:]
    return path, sitting, str(put.headers["location"])


async def test_a_question_is_put_listed_and_decided_as_a_boards_is(fresh: Scene) -> None:
    path, sitting, item = await asked(fresh)
    board = path.replace("/groups/", "/boards/")
    async with fresh.client("coordinator") as client:
        assert QUESTION["title"] in (await client.get(sitting)).text
        for kind in ("agenda", "minutes"):
            file = await client.get(f"{board}/sittings/{LATER}/{kind}")
            assert file.content[:5] == b"%PDF-", kind
        await fresh.stage.at("2027-04-13 16:30")
        done = await press(client, item, "resolutions", **TASK)
        assert done.status_code == 303, done.text[-2000:]
        page = (await client.get(board)).text
        assert DECISION["text"] in page, "it is to be followed up"
        found = (await client.get("/boards?q=läkare")).text
        assert QUESTION["title"] in found and "Chefsnätverk barn och unga" in found
        assert (await press(client, path, "closing", reason="Klart.")).status_code == 303
        put = await client.post(board, data={**fields_of(page), **QUESTION})
        assert put.status_code == 404, "a closed group takes nothing up"
        told = await press(client, item, "resolutions/1", done="yes", outcome="Läkare kommer nu.")
        assert told.status_code == 303, "what it decided is followed up all the same"
    year = await reading.of_year(fresh.stage.made.db, 2027, None, actor=TESTER, now=at("2027-12-01 12:00"))
    assert (year.put, year.decided) == ((), ()), "the yearly report is that of boards"


async def test_who_reads_a_networks_agenda_and_who_keeps_it(fresh: Scene) -> None:
    path, _, item = await asked(fresh)
    board = path.replace("/groups/", "/boards/")
    for role, keeps in {"coordinator": True, "administrator": True, "board": False, "manager": False}.items():
        async with fresh.client(role) as client:
            page = await client.get(item)
            assert QUESTION["title"] in page.text, role
            assert (f"{item}/dropping" in page.text) is keeps, role
            edited = await press(client, item, "text", **QUESTION)
            assert edited.status_code == (303 if keeps else 403), role
            put = await client.post(board, data={**fields_of((await client.get(board)).text), **QUESTION})
            assert put.status_code == (303 if keeps else 403), role
    for other in ("stranger", "staff", "outsider", "convener", "auditor"):
        async with fresh.client(other) as client:
            for place in (item, board, f"{board}/sittings/{LATER}"):
                found = await client.get(place)
                assert found.status_code in (302, 303, 403, 404) and QUESTION["title"] not in found.text, other


async def test_what_is_listed_goes_with_its_sitting(fresh: Scene) -> None:
    _, sitting, item = await asked(fresh)
    async with fresh.client("administrator") as client:
        await press(client, sitting, "move", **{**DATES, "day": LATER, "place": "Sal 9"})
        assert "13 apr. 2027" in (await client.get(item)).text
        moved = await press(client, sitting, "move", **{**DATES, "day": "2027-04-20"})
        assert moved.status_code == 303
        page = (await client.get(item)).text
        assert "sammanträdet tis 20 apr. 2027" in page and "sköts upp" in page
        link = fresh.link(WHO)
        async with fresh.client() as anybody:
            opened = (await anybody.get(link)).text
            assert QUESTION["title"] in opened and opened.count("Dagordning") == 1, "behind the link, that date alone"
        assert (await press(client, sitting, "cancellation", reason="Snöstorm.")).status_code == 303
        assert "Väntar" in (await client.get(item)).text


async def test_a_unit_is_reminded_of_what_a_network_decided(fresh: Scene) -> None:
    _, _, item = await asked(fresh)
    async with fresh.client("administrator") as client:
        await fresh.stage.at("2027-04-13 16:30")
        assert (await press(client, item, "resolutions", **TASK)).status_code == 303
    await fresh.stage.at("2027-05-10 08:05")
    mails = fresh.stage.mailbox("hemtjanst@al.example")
    assert "Beslut i Chefsnätverk barn och unga" in mails[-1].body, "it names the group that decided"


async def test_who_prepares_a_question_is_reminded_and_finds_its_papers_behind_the_link(fresh: Scene) -> None:
    path, _, item = await asked(fresh)
    prepared = {
        "owner": "IFO-chef", "seat": "1", "by": "2027-04-06",
        "papers": "Lägesbild hösten https://region.example/lage\n\nhttps://al.example/2",
    }  # fmt: skip
    async with fresh.client("administrator") as client:
        for wrong, field in (
            ({"owner": ""}, "owner"), ({"seat": "9"}, "seat"), ({"papers": "Lägesbild"}, "papers"),
            ({"papers": "x http://al.example/1"}, "papers"), ({"papers": "19121212-1212 https://a.example"}, "papers"),
        ):  # fmt: skip
            said = await press(client, item, "preparation", **{**prepared, **wrong})
            assert said.status_code == 422 and f'id="preparation-{field}-error"' in said.text, wrong
        past = await press(client, item, "preparation", **{**prepared, "by": "2026-10-01"})
        assert past.status_code == 409
        assert (await press(client, item, "preparation", **prepared)).status_code == 303
        page = (await client.get(item)).text
        assert "Förbereds av IFO-chef" in page and 'href="https://region.example/lage"' in page
        assert "tis 6 apr. 2027" in (await client.get(f"{path.replace('/groups/', '/boards/')}/sittings/{LATER}")).text
    await fresh.stage.at("2027-03-30 08:05")
    subject = "Chefsnätverk barn och unga: en fråga att förbereda till tisdag 6 april 2027"
    (mail,) = (one for one in fresh.stage.mailbox(WHO) if one.subject == subject)
    assert QUESTION["title"] not in mail.body and "13 april 2027" in mail.body
    async with fresh.client() as anybody:
        opened = (await anybody.get(fresh.link(WHO))).text
    assert "Din plats förbereder den här frågan." in opened and "Lägesbild hösten" in opened


async def below(client: httpx.AsyncClient, path: str) -> str:
    """An assignment that the group on this page gives, by its id."""
    page = await client.get("/groups/new")
    form = {
        "kind": "lag", "name": "Arbetsgrupp läkare", "county": str(COUNTY), "mandate": "Utreder.", "goal": "Läkare.",
        "ends_on": "2027-12-31", "report_on": "2027-11-30", "above": path.rpartition("/")[2],
    }  # fmt: skip
    made = await client.post("/groups", data={**fields_of(page.text), **form})
    assert made.status_code == 303, made.text[-2000:]
    return str(made.headers["location"].rpartition("/")[2])


def told(scene: Scene, subject: str) -> list[Letter]:
    """The mails with this subject: one to each who coordinates a principal of the county."""
    found = [one for one in scene.stage.relay.letters if one.subject == subject]
    assert sorted(one.to for one in found) == ["coordinator@sip.example", "neighbour@sip.example"]
    return found


async def test_a_question_goes_to_the_group_above_and_comes_back_with_its_answer(fresh: Scene) -> None:
    path, _, item = await asked(fresh)
    async with fresh.client("administrator") as client:
        assert "Skicka frågan till gruppen ovanför" not in (await client.get(item)).text, "there is none"
        group = await below(client, path)
        wrong = await press(client, item, "reference", group=str(COUNTY), text="Vem bemannar?")
        assert wrong.status_code == 422 and 'id="reference-group-error"' in wrong.text
        assert (await press(client, item, "reference", group=group, text="Vem bemannar?")).status_code == 303
        sent = (await client.get(item)).text
        assert "Skickad till Arbetsgrupp läkare" in sent and "Väntar på svar" in sent
        await fresh.stage.work()
        came, _ = told(fresh, "Chefsnätverk barn och unga har skickat en fråga till Arbetsgrupp läkare")
        assert "Vem bemannar?" not in came.body and QUESTION["title"] not in came.body, "it is read after sign-in"
        twice = await press(client, item, "reference", group=group, text="Vem bemannar?")
        assert twice.status_code in (409, 422)
        there = re.findall(r'href="(/boards/items/[^"]+)"', (await client.get(f"/boards/{group}")).text)[0]
        asked_there = (await client.get(there)).text
        assert "Frågan kommer från Chefsnätverk barn och unga" in asked_there and "Vem bemannar?" in asked_there
        await press(client, there, "sitting", sitting_on="2026-11-02")
        decided = {"text": "Regionen bemannar.", "grounds": "Det är regionens.", "decided_on": "2026-11-02"}
        assert (await press(client, there, "resolutions", **decided)).status_code == 303
        await fresh.stage.work()
        answered, _ = told(fresh, "Arbetsgrupp läkare har svarat på frågan från Chefsnätverk barn och unga")
        assert "Regionen bemannar." not in answered.body and item in answered.body, "it leads to the question"
        back = (await client.get(item)).text
        assert "Svar från Arbetsgrupp läkare" in back and "Regionen bemannar." in back and there in back
        assert "Svar från Arbetsgrupp läkare" in (await client.get(path.replace("/groups/", "/boards/"))).text
    async with fresh.client("manager") as manager:
        assert 'name="group"' not in (await manager.get(item)).text
        assert (await press(manager, item, "reference", group=group, text="Vem?")).status_code == 403
