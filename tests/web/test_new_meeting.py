"""A meeting is made step by step: kept as one goes, checked with what its call would do, and called whole or not."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from sip.domain.terms import Channel, Purpose
from sip.retention import SKETCH
from sip.usecases import service
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.making import CALLER, NEW, PARTIES, begin, new_meeting, said, who
from tests.web.scene import Scene, fields_of

PERSON = "Gäller 19121212-1212"


async def left_behind(scene: Scene) -> dict[str, list[Any]]:
    """What there is of meetings, cases and what was logged of these."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        cases = await conn.execute(text("select reference, consent, consent_given from case_ order by reference"))
        done = await conn.execute(text("select action from access_log where subject_kind = 'case' order by id"))
        made = await conn.execute(text("select id from meeting"))
        return {"cases": list(cases), "log": list(done.scalars()), "meetings": list(made.scalars())}


async def sketches(scene: Scene) -> list[dict[str, Any]]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return list((await conn.execute(text("select said from sketch order by recorded_at"))).scalars())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"questions": ""}, "Fyll i det här."),
        ({"parties": {}}, "Välj minst en enhet."),
        ({"ground": ""}, "Välj om den enskilde samtycker"),
        ({"told": ""}, "Säg om de vet vem mötet gäller."),
        ({"consent_given": ""}, "Fyll i det här."),
        ({"day": "2026-10-30"}, "Tiden har redan varit."),
        ({"form": "video", "place_video": "http://video.example"}, "Skriv en länk som börjar med https://"),
        ({"form": "phone"}, "Fyll i det här."),
        ({"purpose_text": PERSON}, "Texten innehåller ett personnummer."),
        ({"place_room": "ring 0701-23 45 67"}, "Texten innehåller ett telefonnummer."),
        ({"convener_email": "19121212-1212@region.example"}, "Texten innehåller ett personnummer."),
        ({"reference": "ZZZZ-ZZZ", "ground": "existing"}, "Det finns inget sådant ärende hos er."),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_comes_about(fresh: Scene, changes: dict[str, Any], says: str) -> None:
    before = await left_behind(fresh)
    async with fresh.client("convener") as client:
        page = await new_meeting(client, **changes)
    assert page.status_code == 422, page.text
    assert says in page.text
    assert "Fel: " in page.text
    assert await left_behind(fresh) == before
    assert "1912" not in str(await sketches(fresh))


async def test_all_that_is_wrong_is_said_at_once_a_personal_number_too(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        base = await begin(client)
        page = await said(client, base, "what", purpose_text=PERSON, kind="adult")
        assert page.status_code == 422
        wrong = re.findall(r'<li><a href="#(\w+)">', page.text)
        assert wrong == ["purpose", "questions", "purpose_text"]
        assert "Gäller 19121212-1212" in page.text, "what was written stays in the form, and there alone"
        page = await said(client, base, "who", convener_person="", convener_phone="", convener_email="kalle")
        assert set(re.findall(r'<li><a href="#(\w+)">', page.text)) == {
            "unit", "convener_person", "convener_phone", "convener_email",
        }  # fmt: skip


async def test_what_is_missing_keeps_the_rest(fresh: Scene) -> None:
    """One may leave at any step: what could be read is there again."""
    async with fresh.client("convener") as client:
        base = await begin(client, "child.new_plan")
        assert (await who(client, base, PARTIES)).status_code == 303
        assert (await said(client, base, "what", kind="adult", purpose="new_plan", questions="")).status_code == 422
        assert 'value="adult" selected' in (await client.get(f"{base}/what")).text
        page = await client.get("/meetings/new")
        assert f'href="{base}/what"' in page.text, "it goes on where something is missing"
        assert (await client.get(f"{base}/check")).headers["location"] == f"{base}/what"


async def test_script_keeps_it_quietly(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        base = await begin(client)
        answer = await said(client, base, "what", then="quiet", kind="lss", purpose_text="Halvfärdigt")
        assert (answer.status_code, answer.text) == (204, "")
        assert (await sketches(fresh))[0]["purpose_text"] == "Halvfärdigt"
        answer = await said(client, base, "what", then="quiet", purpose_text=PERSON)
        assert answer.status_code == 204
    assert (await sketches(fresh))[0]["purpose_text"] == "Halvfärdigt"


async def test_a_sketch_is_its_makers_alone_and_is_thrown_away(fresh: Scene) -> None:
    async with fresh.client("convener") as client, fresh.client("coordinator") as other:
        base = await begin(client)
        for step in ("who", "what", "when", "consent", "check", "mail/2"):
            assert (await other.get(f"{base}/{step}")).status_code == 404
        assert base not in (await other.get("/meetings/new")).text
        form = fields_of((await other.get("/meetings/new")).text)
        assert (await other.post(f"{base}/what", data={**form, "kind": "lss"})).status_code == 404
        await other.post(f"{base}/deletion", data=form)
        assert len(await sketches(fresh)) == 1
        await client.post(f"{base}/deletion", data=fields_of((await client.get("/meetings/new")).text))
        assert await sketches(fresh) == []
        assert (await client.get(f"{base}/who")).status_code == 404


async def test_what_nobody_goes_on_with_is_removed(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        await begin(client)
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        changed = (await conn.execute(text("select changed_at from sketch"))).scalar_one()
    assert await service.drop_sketches(fresh.stage.made.worker.db, changed + SKETCH.life) == 0
    assert await service.drop_sketches(fresh.stage.made.worker.db, changed + SKETCH.life + timedelta(seconds=1)) == 1


async def test_the_check_shows_what_the_call_would_do(fresh: Scene) -> None:
    parties = {**PARTIES, "bok": "summoned"}
    async with fresh.client("convener") as client:
        base = await begin(client)
        await who(client, base, parties)
        await said(
            client, base, "what", **{name: NEW[name] for name in ("kind", "purpose", "purpose_text", "questions")}
        )
        await said(client, base, "when", **{k: NEW[k] for k in ("form", "place_kind", "place_unit", "day", "from")})
        await said(client, base, "when", **{k: NEW[k] for k in ("form", "place_kind", "place_unit", "day", "from")})
        await said(client, base, "consent", ground="consent", consent_given="Muntligt", told="phone")
        page = (await client.get(f"{base}/check")).text
        words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        assert "påminnelse fre 6 nov. 08.00" in words
        assert "enhetens chef får hjälpa till mån 23 nov. 08.00" in words
        assert "du får frågan om mötet ska bli av tors 3 dec. 08.00" in words
        assert words.count("Står utanför överenskommelsen.") == 1
        assert words.count("Vet vem mötet gäller, genom telefon.") == 3
        letter = await client.get(f"{base}/mail/2")
        assert "Hemtjänsten Al" in letter.text and "sandbox" in letter.headers["content-security-policy"]
        assert (await client.get(f"{base}/mail/9")).status_code == 404
    assert fresh.stage.arrivals("hemtjanst@al.example") == []
    assert (await left_behind(fresh))["meetings"] == []


async def test_what_the_units_know_is_recorded_with_the_call(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        page = await new_meeting(client, told="sdk")
    fresh.stage.meeting_id = UUID(page.url.path.rpartition("/")[2])
    told = [party.identity.channel for party in (await fresh.stage.meeting()).parties if party.identity]
    assert told == [Channel.SDK, Channel.SDK]
    assert await sketches(fresh) == []
    await fresh.stage.work()
    assert len(fresh.stage.arrivals("hemtjanst@al.example")) == 1


@pytest.mark.parametrize(
    ("said_so", "told"),
    [
        ({"ground": "consent"}, "Samtycke registrerades, lämnat Muntligt vid besök."),
        ({"ground": "other", "consent_given": ""}, "En annan laglig grund registrerades."),
    ],
)
async def test_what_was_said_of_the_consent_is_told_as_it_was(fresh: Scene, said_so: dict[str, Any], told: str) -> None:
    async with fresh.client("convener") as client:
        page = await new_meeting(client, **said_so)
    assert page.status_code == 200 and told in page.text
    assert "Inget samtycke" not in page.text


async def test_the_same_press_twice_makes_one_meeting(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        page = await new_meeting(client)
        base = page.history[0].request.url.path
        again = await client.post(base, data={**fields_of(page.text), "then": "call"})
        assert again.status_code == 303
        assert again.headers["location"].partition("#")[0] == page.url.path
    assert len((await left_behind(fresh))["meetings"]) == 1
    await fresh.stage.work()
    assert len(fresh.stage.arrivals("hemtjanst@al.example")) == 1
    assert len(fresh.stage.arrivals("skolan@al.example")) == 1


async def test_a_refused_call_leaves_the_consent_as_it_was(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        await new_meeting(client, then="keep")
        before = await left_behind(fresh)
        again = {"reference": str(before["cases"][0][0]), "ground": "consent", "consent_given": "Skriftligt"}
        assert (await new_meeting(client, **again, protected="yes")).status_code != 200, "the case is not protected"
        assert await left_behind(fresh) == before
        assert (await new_meeting(client, **again)).status_code == 200
    after = await left_behind(fresh)
    assert [row[2] for row in after["cases"]] == ["Skriftligt"]
    assert after["log"][-1] == "consent"


async def test_a_time_to_think_of_is_said_once(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        base = await begin(client, "adult.new_plan")
        await who(client, base, PARTIES)
        form = {"form": "phone", "place_phone": "010-319 200", "day": "2026-11-07", "from": "10:00"}
        assert (await said(client, base, "when", **form)).headers["location"] == f"{base}/when#cautions"
        page = (await client.get(f"{base}/when")).text
        assert "Det är ingen arbetsdag." in page
        assert "Hemtjänsten Al kallas senare än 5 arbetsdagar före." in page
        assert "Skolan Al kallas senare" not in page, "it is invited"
        assert (await said(client, base, "when", **form)).headers["location"] == f"{base}/consent"


async def test_a_proposed_time_is_one_press(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        base = await begin(client, "adult.new_plan")
        await who(client, base, {"hemtjanst": "summoned"})
        page = (await client.get(f"{base}/when")).text
        picks = re.findall(r'name="pick" value="([^"]+)"', page)
        assert len(picks) == 5
        form = {"form": "phone", "place_phone": "010-319 200", "day": "", "from": "", "then": ""}
        answer = await said(client, base, "when", pick=picks[1], **form)
        assert answer.headers["location"] == f"{base}/consent"
        answer = await said(client, base, "when", pick=picks[2], **{**form, "place_phone": ""})
        assert answer.status_code == 422, "the time is kept, the number is missing"
        assert 'value="2026-11-16"' in answer.text


async def test_whom_one_calls_is_offered_by_one_press(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        await new_meeting(client)
        base = await begin(client)
        page = (await client.get(f"{base}/who")).text
        together = re.findall(r'name="together" value="([^"]+)"', page)
        assert [set(one.split(",")) for one in together] == [{str(unit("hemtjanst")), str(unit("skolan"))}]
        assert f'name="add" value="{unit("skolan")}"' in page
        await said(client, base, "who", then="", together=together[0])
        page = (await client.get(f"{base}/who")).text
        assert 'name="together"' not in page
        assert page.count('name="remove"') == 2
        await said(client, base, "who", then="", remove=str(unit("skolan")))
        assert (await client.get(f"{base}/who")).text.count('name="remove"') == 1


async def test_a_unit_is_found_without_script(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        base = await begin(client)
        page = await said(client, base, "who", then="find", unit="al kommun")
        assert page.status_code == 422
        assert "Flera enheter passar." in page.text
        choice = re.search(r'name="unit_chosen" value="([^"]+)"><span>Skolan Al', page.text)
        assert choice is not None
        answer = await said(client, base, "who", then="find", unit="al kommun", unit_chosen=choice[1])
        assert answer.headers["location"] == f"{base}/who#parties"
        answer = await said(client, base, "who", then="next", unit="hemtjänsten", **CALLER)
        assert answer.headers["location"] == f"{base}/what", "what was typed is added by any press"
        answer = await said(client, base, "who", then="enter", unit="", **CALLER)
        assert answer.headers["location"].endswith("/what"), "Enter where nothing is searched for goes on"
        answer = await said(client, base, "who", then="enter", unit="finns inte", **CALLER)
        assert answer.status_code == 422, "Enter in the search finds"
        page = await said(client, base, "who", then="find", unit="Skolan Al")
        assert "En enhet kan bara vara med en gång." in page.text
        assert "Ingen enhet passar." in (await said(client, base, "who", then="find", unit="finns inte")).text


async def test_called_in_another_system(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        base = await begin(client, "adult.new_plan")
        await who(client, base, PARTIES)
        system, named = f"system_{unit('skolan')}", f"system_name_{unit('skolan')}"
        page = await said(client, base, "who", **{system: "other"}, **CALLER)
        assert page.status_code == 422 and f'href="#{named}"' in page.text
        await said(client, base, "who", **{system: "other", named: "Prator"}, **CALLER)
        await said(client, base, "when", form="phone", place_phone="010-319 200", day="2026-12-07", **{"from": "10:00"})
        await said(client, base, "when", form="phone", place_phone="010-319 200", day="2026-12-07", **{"from": "10:00"})
        await said(client, base, "consent", ground="other", told="other_system")
        page = await client.get(f"{base}/check")
        assert "Kallas i Prator." in page.text
        page = await client.post(f"{base}/check", data={**fields_of(page.text), "then": "call"}, follow_redirects=True)
        assert "Skolan Al kallas i Prator." in page.text and "Skolan Al fick kallelsen." not in page.text
        fresh.stage.meeting_id = UUID(page.url.path.rpartition("/")[2])
        await fresh.stage.work()
        page = await client.get(page.url.path)
        nexts = re.findall(r"Härnäst: (\w+)", page.text)
        assert nexts == ["påminnelse"], "nothing is sent to the school, so nothing of the ladder comes to it"
    assert [one.other_system for one in (await fresh.stage.meeting()).parties] == [None, None, "Prator"]
    assert fresh.stage.arrivals("skolan@al.example") == []
    assert len(fresh.stage.arrivals("hemtjanst@al.example")) == 1


async def test_the_same_again_and_a_follow_up(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        page = await new_meeting(client)
        here, form = page.url.path, fields_of(page.text)
        answer = await client.post(f"{here}/copy", data=form)
        assert answer.headers["location"].endswith("/who")
        copy = (await sketches(fresh))[-1]
        assert (len(copy["parties"]), copy["start"], copy["reference"]) == (2, None, "")
        answer = await client.post(f"{here}/follow-up", data={**form, "nonce": "another", "months": "6"})
        assert answer.headers["location"].endswith("/when")
        later = (await sketches(fresh))[-1]
        assert later["purpose"] == Purpose.FOLLOW_UP
        assert later["start"].startswith("2027-06-07T08:00"), "the same clock time in summer"
        assert later["ground"] == "existing" and later["follows"] == here.rpartition("/")[2]
        base = answer.headers["location"].rpartition("/")[0]
        when = {name: NEW[name] for name in ("form", "place_kind", "place_unit", "from")}
        await said(client, base, "when", day="2027-06-08", **when)
        await said(client, base, "consent", ground="existing", reference=later["reference"], told="phone")
        page = await client.get(f"{base}/check")
        page = await client.post(f"{base}/check", data={**fields_of(page.text), "then": "call"}, follow_redirects=True)
        assert page.status_code == 200 and page.url.path != here
    fresh.stage.meeting_id = UUID(page.url.path.rpartition("/")[2])
    meeting = await fresh.stage.meeting()
    assert str(meeting.follows) == here.rpartition("/")[2]
    assert len((await left_behind(fresh))["cases"]) == 1


async def test_who_may_not_see_a_meeting_copies_nothing(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        here = (await new_meeting(client)).url.path
    for role, status in (("outsider", 403), ("staff", 403)):
        async with fresh.client(role) as client:
            form = fields_of((await client.get("/")).text)
            for act in ("copy", "follow-up"):
                assert (await client.post(f"{here}/{act}", data=form)).status_code in (status, 404)
    assert await sketches(fresh) == []


async def test_a_coordinator_keeps_a_pattern_that_others_begin_with(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        here = (await new_meeting(client, purpose_text="Efter vårdtiden")).url.path
        form = fields_of((await client.get(f"{here}/checklist")).text)
        assert "Spara som mall" not in (await client.get(f"{here}/checklist")).text
        assert (await client.post(f"{here}/pattern", data={**form, "name": "Hem från avdelning 4"})).status_code == 403
    async with fresh.client("coordinator") as client:
        form = fields_of((await client.get(f"{here}/checklist")).text)
        page = await client.post(f"{here}/pattern", data={**form, "name": PERSON})
        assert page.status_code == 422 and "personnummer" in page.text
        kept = await client.post(f"{here}/pattern", data={**form, "name": "Hem från avdelning 4"})
        assert kept.status_code == 303
        pattern = str(kept.headers["location"]).rpartition("#p")[2]
        changed = {"name": "Hem från avdelning 5", "purpose_text": "Efter vårdtiden", "questions": "Vem tar emot?"}
        form = fields_of((await client.get("/meeting-patterns")).text)
        assert (await client.post(f"/meeting-patterns/{pattern}", data={**form, "name": ""})).status_code == 422
        assert (await client.post(f"/meeting-patterns/{pattern}", data={**form, **changed})).status_code == 303
    async with fresh.client("stranger") as client:
        assert pattern not in (await client.get("/meetings/new")).text
        form = fields_of((await client.get("/meeting-patterns")).text)
        assert (await client.post(f"/meeting-patterns/{pattern}/deletion", data=form)).status_code == 404
    async with fresh.client("convener") as client:
        assert "Hem från avdelning 5" in (await client.get("/meetings/new")).text
        base = await begin(client, pattern)
        assert "Vem tar emot?" in (await client.get(f"{base}/what")).text
    async with fresh.client("coordinator") as client:
        form = fields_of((await client.get("/meeting-patterns")).text)
        assert (await client.post(f"/meeting-patterns/{pattern}/deletion", data=form)).status_code == 303
        assert pattern not in (await client.get("/meetings/new")).text
