"""Received mail on the pages: what waits and for whom, a claim decided with one press, words for one side only."""

import re
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind, ClaimState
from sip.store.seen import lists
from sip.store.seen.lists import InboundRow
from sip.store.seen.scope import EVERYTHING
from tests.tester import TESTER
from tests.web.scene import STRANGER, UNIT, UNKNOWN, WORDS, Scene, fields_of, write

SAID = "Anna är ledig den veckan"
ACCEPTED = "Svaret är godtaget. Hemtjänsten Al får veta det."


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    return fresh


async def rows(scene: Scene) -> list[InboundRow]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return await lists.inbound(conn, EVERYTHING, limit=1000)


async def number(scene: Scene, reason: str) -> int:
    return [row.id for row in await rows(scene) if row.reason == reason][-1]


def form_of(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the one form of the page that goes there."""
    (form,) = re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    return fields_of(form)


async def press(client: httpx.AsyncClient, page: str, action: str, **form: str) -> httpx.Response:
    """Opens the page, fills in the form that goes to `action`, sends it and follows."""
    opened = await client.get(page)
    assert opened.status_code == 200, opened.text
    return await client.post(action, data={**form_of(opened.text, action), **form}, follow_redirects=True)


async def claim(scene: Scene) -> ClaimState:
    return (await scene.stage.meeting()).claims[-1].state


# -- one press


async def test_an_answer_from_an_unknown_address_is_accepted_with_one_press(called: Scene) -> None:
    await write(called, UNIT, sender=UNKNOWN, partstat="ACCEPTED")
    assert await called.stage.stands("hemtjanst") is Standing.NO_ANSWER
    async with called.client("convener") as client:
        here = f"/inbound/{await number(called, 'unconfirmed')}/decision"
        page = await press(client, "/inbound", here, verdict="accept")
        assert page.url.path == "/inbound"
        assert ACCEPTED in page.text
        assert "Inget väntar på dig." in page.text
        assert UNKNOWN not in page.text
    await called.stage.work()
    assert await called.stage.stands("hemtjanst") is Standing.NAME_MISSING
    assert called.stage.mailbox(UNIT)[-1].subject.startswith("Ert svar är mottaget")


async def test_somebody_who_was_not_called_is_refused_with_one_press(called: Scene) -> None:
    await write(called, UNIT, sender=STRANGER, attendee=STRANGER, partstat="ACCEPTED")
    async with called.client("convener") as client:
        here = f"/inbound/{await number(called, 'party_crasher')}/decision"
        page = await press(client, "/inbound", here, verdict="decline")
    assert "Svaret är inte godtaget. Hemtjänsten Al får veta det." in page.text
    await called.stage.work()
    assert await claim(called) is ClaimState.REFUSED
    assert called.stage.mailbox(STRANGER)[-1].method == "CANCEL"
    assert await called.stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_looking_and_sending_nothing_decide_nothing(called: Scene) -> None:
    await write(called, UNIT, sender=UNKNOWN, partstat="ACCEPTED")
    one = f"/inbound/{await number(called, 'unconfirmed')}"
    async with called.client("convener") as client:
        for path in ("/inbound", one, f"/meetings/{called.stage.id}", f"{one}?verdict=accept"):
            page = await client.get(path)
            assert "checked" not in page.text
        page = await press(client, one, f"{one}/decision")
        assert page.status_code == 422
        assert "Välj om du godtar svaret eller säger nej." in page.text
    assert await claim(called) is ClaimState.WAITING


async def test_the_person_gets_the_name_the_convener_gives_and_no_personal_number(called: Scene) -> None:
    await write(called, UNIT, sender=STRANGER, attendee=STRANGER, partstat="ACCEPTED")
    one = f"/inbound/{await number(called, 'party_crasher')}"
    async with called.client("convener") as client:
        page = await press(client, one, f"{one}/decision", verdict="accept", name="811228-9874")
        assert page.status_code == 422
        assert "personnummer. Ta bort det" in page.text
        assert await claim(called) is ClaimState.WAITING
        page = await press(client, one, f"{one}/decision", verdict="accept", name="Nora Ny")
        assert ACCEPTED in page.text
        page = await client.get(one)
        assert "Godtaget" in page.text and "Clara Kallar" in page.text
        assert "Väntar på besked" not in page.text
        again = await client.post(f"{one}/decision", data={**fields_of(page.text), "verdict": "decline"})
        assert again.status_code == 409
    (person,) = (await called.stage.party("hemtjanst")).attendees
    assert (person.name, person.email) == ("Nora Ny", STRANGER)
    assert await claim(called) is ClaimState.CONFIRMED


async def test_what_the_claimant_has_changed_meanwhile_is_not_accepted(called: Scene) -> None:
    await write(called, UNIT, sender=UNKNOWN, partstat="ACCEPTED")
    first = await number(called, "unconfirmed")
    async with called.client("convener") as client:
        shown = form_of((await client.get("/inbound")).text, f"/inbound/{first}/decision")
        await called.stage.at("2026-11-02 09:30")
        await write(called, UNIT, sender=UNKNOWN, partstat="DECLINED")
        page = await client.post(f"/inbound/{first}/decision", data={**shown, "verdict": "accept"})
        assert page.status_code == 409
        assert await claim(called) is ClaimState.WAITING
        queue = await client.get("/inbound")
        assert queue.text.count(">Godta<") == 1, "her newer word took the place of her older one"
        assert "svarade för Hemtjänsten Al: kan inte komma" in queue.text
        older = await client.get(f"/inbound/{first}")
        assert "Inte längre aktuellt" in older.text and "Godta<" not in older.text


async def test_a_press_that_comes_twice_counts_once(called: Scene) -> None:
    await write(called, UNIT, sender=UNKNOWN, partstat="ACCEPTED")
    here = f"/inbound/{await number(called, 'unconfirmed')}/decision"
    async with called.client("convener") as client:
        form = {**form_of((await client.get("/inbound")).text, here), "verdict": "accept"}
        answers = [await client.post(here, data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    await called.stage.work()
    assert sum("Ert svar är mottaget" in letter.subject for letter in called.stage.mailbox(UNIT)) == 1


async def test_a_certain_answer_comes_before_the_press(called: Scene) -> None:
    await write(called, UNIT, sender=UNKNOWN, partstat="DECLINED")
    one = f"/inbound/{await number(called, 'unconfirmed')}"
    async with called.client("convener") as client:
        shown = form_of((await client.get(one)).text, f"{one}/decision")
        await called.stage.at("2026-11-02 09:30")
        await write(called, UNIT, partstat="ACCEPTED")
        page = await client.post(f"{one}/decision", data={**shown, "verdict": "accept"})
        assert page.status_code == 409
        assert "Det finns inget att godta längre." in page.text
        assert "Inget väntar på dig." in (await client.get("/inbound")).text
    assert await called.stage.stands("hemtjanst") is Standing.NAME_MISSING


# -- the meeting's page and the overview


async def test_the_claim_stands_at_its_party_and_is_decided_there(called: Scene) -> None:
    await write(called, UNIT, sender=STRANGER, attendee=STRANGER, partstat="ACCEPTED")
    here = f"/meetings/{called.stage.id}"
    async with called.client("convener") as client:
        overview = (await client.get("/")).text
        assert "Gäller svaret?" in overview and f'href="{here}"' in overview
        assert "Godta" in overview and "Säg nej" in overview, "decided on the spot"
        assert "inkommande brev" not in overview, "it is one thing, not two"
        page = await press(client, here, f"{here}/claims/1/decision", verdict="accept", name="0708-12 34 56")
        assert page.status_code == 422
        page = await press(client, here, f"{here}/claims/1/decision", verdict="accept", name="Nora Ny")
        assert page.status_code == 200
        assert f"svaret från {STRANGER} godtogs" in page.text
        assert "Godta<" not in page.text
        assert "Gäller svaret?" not in (await client.get("/")).text
        missing = await client.post(f"{here}/claims/7/decision", data={**fields_of(page.text), "verdict": "accept"})
        assert missing.status_code == 404
    assert await called.stage.stands("hemtjanst") is Standing.ATTENDS


async def test_the_unit_sees_that_an_answer_waits_and_cannot_decide_it(scene: Scene) -> None:
    here = f"/meetings/{scene.meetings['claims']}"
    async with scene.client("staff") as client:
        page = await client.get(here)
        assert UNKNOWN in page.text and STRANGER in page.text
        assert "Väntar på besked från den som kallar." in page.text
        assert "Godta<" not in page.text and "väntar på ditt besked" not in page.text
        form = {**fields_of(page.text), "verdict": "accept"}
        assert (await client.post(f"{here}/claims/1/decision", data=form)).status_code == 403
    async with scene.client("chair") as client:
        assert "Godta<" not in (await client.get(here)).text
        assert "Gäller svaret?" not in (await client.get("/")).text


async def test_what_the_post_told_of_a_party_stands_there(scene: Scene) -> None:
    async with scene.client("convener") as client:
        page = (await client.get(f"/meetings/{scene.meetings['claims']}")).text
        assert "Kunde inte levereras till skolan@al.example: 550 5.1.1 Mailbox not found." in page
        assert "Kallelsen gick till skolan2@al.example i stället." in page
        assert (
            "skolan2@al.example svarade automatiskt mån 23 nov. 2026: obemannad till och med mån 30 nov. 2026" in page
        )
        assert f'href="/inbound?meeting={scene.meetings["claims"]}"' in page
    async with scene.client("staff") as client:
        page = (await client.get(f"/meetings/{scene.meetings['claims']}")).text
        assert "skolan2@al.example" not in page and "/inbound?meeting" not in page


async def test_an_away_note_goes_when_its_day_has_been_or_somebody_answers(called: Scene) -> None:
    note = "obemannad till och med"
    await write(called, UNIT, text="Vi är tillbaka den 9 november 2026.", automatic=True)
    here = f"/meetings/{called.stage.id}"
    async with called.client("convener") as client:
        assert note in (await client.get(here)).text
        await called.stage.at("2026-11-03 10:00")
        await write(called, UNIT, partstat="TENTATIVE")
        assert note not in (await client.get(here)).text


async def test_with_no_address_left_the_server_s_words_say_why(fresh: Scene) -> None:
    fresh.stage.relay.refuses[UNIT] = "550 5.2.1 Mailbox disabled"
    await fresh.stage.call("2026-12-07 10:00")
    async with fresh.client("convener") as client:
        page = (await client.get(f"/meetings/{fresh.stage.id}")).text
    assert f"Kunde inte levereras till {UNIT}: 550 5.2.1 Mailbox disabled. Det finns ingen fler adress" in page


# -- words


async def reads(scene: Scene, inbound: int) -> int:
    sql = "select count(*) from access_log where subject_kind = 'inbound' and subject_id = :id and action = 'read'"
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found: int = (await conn.execute(text(sql), {"id": str(inbound)})).scalar_one()
    return found


@pytest.mark.parametrize("role", ["convener", "coordinator", "administrator"])
async def test_the_conveners_side_reads_what_was_written_and_it_is_logged(scene: Scene, role: str) -> None:
    human = await number(scene, "human")
    async with scene.client(role) as client:
        before = await reads(scene, human)
        await client.get("/inbound")
        await client.get("/inbound?all=1")
        assert await reads(scene, human) == before, "a list shows no words"
        page = await client.get(f"/inbound/{human}")
    assert SAID in page.text
    assert "Namn och personnummer får inte skrivas" in page.text and "Brevet är inget svar." in page.text
    own, _, quoted = page.text.partition("<details")
    assert "Ni är kallade" not in own and "Ni är kallade" in quoted
    assert await reads(scene, human) == before + 1


async def test_coordinators_of_others_read_no_words_and_see_no_unmatched_mail_of_others(scene: Scene) -> None:
    human, stray = await number(scene, "human"), await number(scene, "no_token")
    async with scene.client("neighbour") as client:
        before = await reads(scene, human)
        page = await client.get(f"/inbound/{human}")
        assert page.status_code == 200, "what became of its own unit's mail it may see"
        assert SAID not in page.text and "Markera som klart" not in page.text
        assert "kan bara läsas av den enhet som kallar till mötet" in page.text
        assert (await client.get(f"/inbound/{human}/raw")).status_code == 404
        form = fields_of(page.text)
        assert (await client.post(f"/inbound/{human}/handled", data=form)).status_code == 403
        for row in await rows(scene):
            if row.claim is not None:
                answer = await client.post(f"/inbound/{row.id}/decision", data={**form, "verdict": "accept"})
                assert answer.status_code == 403
        own = await client.get(f"/inbound/{stray}")
        assert own.status_code == 200 and "Vi ringer i morgon" not in own.text, "from its own mail domain"
        assert (await client.get(f"/inbound/{stray}/raw")).status_code == 404
        assert await reads(scene, human) == before
        assert "Godta<" not in (await client.get("/inbound")).text
    async with scene.client("stranger") as client:
        assert "Inget väntar på dig." in (await client.get("/inbound")).text
        assert "Det finns inget sådant brev." in (await client.get("/inbound?all=1")).text
        for row in await rows(scene):
            assert (await client.get(f"/inbound/{row.id}")).status_code == 404
            assert (await client.get(f"/inbound/{row.id}/raw")).status_code == 404
    for role in ("staff", "manager", "chair", "outsider"):
        async with scene.client(role) as client:
            assert (await client.get(f"/inbound/{human}")).status_code == 404


async def test_a_called_unit_s_coordinator_sees_mail_of_its_own_party_alone(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "bok"))
    await write(fresh, "bok@bok.example", text=WORDS)
    (row,) = await rows(fresh)
    async with fresh.client("stranger") as client:
        assert (await client.get(f"/inbound/{row.id}")).status_code == 200, "Bok is called, and the mail is its own"
    async with fresh.client("neighbour") as client:
        assert (await client.get(f"/inbound/{row.id}")).status_code == 404, "Al is called too, and it is none of its"


async def test_html_of_the_sender_is_never_shown_as_html(called: Scene) -> None:
    asked = called.stage.mailbox(UNIT)[-1]
    raw = (
        f"From: {UNIT}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        "<p>Vi &lt;script&gt;alert(1)&lt;/script&gt; kommer</p><script>alert(2)</script><img src=x>\r\n"
    ).encode()
    await called.stage.receive(raw, str(asked.message["Reply-To"]).rpartition("<")[2].strip(">"), UNIT)
    await called.stage.work()
    async with called.client("convener") as client:
        page = await client.get(f"/inbound/{await number(called, 'human')}")
    assert "Vi &lt;script&gt;alert(1)&lt;/script&gt; kommer" in page.text
    assert "<script" not in page.text.partition("<body")[2] and "<img" not in page.text and "alert(2)" not in page.text


# -- seen to, and all of it


async def test_a_read_mail_is_marked_as_done_and_a_claim_is_not(called: Scene) -> None:
    await write(called, UNIT, text=WORDS)
    await write(called, UNIT, sender=UNKNOWN, partstat="ACCEPTED")
    human, asked = await number(called, "human"), await number(called, "unconfirmed")
    async with called.client("convener") as client:
        assert "Ett inkommande brev behöver ses över." in (await client.get("/")).text
        page = await press(client, f"/inbound/{human}", f"/inbound/{human}/handled")
        assert "Brevet är markerat som klart." in page.text
        assert "Brev att läsa" not in page.text
        assert "Klart mån 2 nov. 2026" in (await client.get(f"/inbound/{human}")).text
        answer = await client.post(f"/inbound/{asked}/handled", data=fields_of(page.text))
        assert answer.status_code == 409
        assert ">Godta<" in (await client.get("/inbound")).text
        for number_ in ("999", "0", "x", "99999999999999999999"):
            assert (await client.get(f"/inbound?done={number_}")).status_code == 200


async def test_every_mail_shows_its_outcome_and_reason(scene: Scene) -> None:
    async with scene.client("administrator") as client:
        everything = (await client.get("/inbound?all=1")).text
        assert all(f'href="/inbound/{row.id}"' in everything for row in await rows(scene))
        for word in ("Noterat", "Att titta på", "I karantän", "Väntar på besked", "Det är inget svar."):
            assert word in everything
        held = (await client.get("/inbound?outcome=quarantine")).text
        assert re.findall(r'href="/inbound/(\d+)"', held) == ["1"]
        of_one = (await client.get(f"/inbound?meeting={scene.meetings['claims']}")).text
        assert "Post om ärende" in of_one and 'href="/inbound/1"' not in of_one
        for odd in ("outcome=odd", "meeting=odd", "before=odd", "after=-1", f"meeting={UUID(int=1)}"):
            assert (await client.get(f"/inbound?{odd}")).status_code == 200


async def test_what_was_odd_about_an_answer_is_said(called: Scene) -> None:
    await write(called, UNIT, partstat="ACCEPTED", sequence=9)
    async with called.client("convener") as client:
        page = await client.get(f"/inbound/{await number(called, 'answered')}")
    assert "högre ordningsnummer" in page.text and "Infört" in page.text and "Markera som klart" not in page.text


async def test_older_and_newer_leaves_meet(called: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sip.edges.web.inbound.SHOWN", 2)
    monkeypatch.setattr("sip.edges.web.inbound_view.SHOWN", 2)
    for n in range(5):
        await write(called, UNIT, text=f"Brev nummer {n}")

    async with called.client("convener") as client:

        async def leaf(path: str) -> tuple[list[int], str | None, str | None]:
            page = (await client.get(path)).text
            links = dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', page))
            found = [int(n) for n in re.findall(r'scope="row"><a class="nowrap" href="/inbound/(\d+)"', page)]
            return found, links.get("prev"), links.get("next")

        first, newer, older = await leaf("/inbound?outcome=refused")
        assert (first, newer) == ([5, 4], None) and older is not None
        second, newer, oldest = await leaf(older.replace("&amp;", "&"))
        assert second == [3, 2] and newer is not None and oldest is not None
        assert (await leaf(newer.replace("&amp;", "&")))[:2] == ([5, 4], None)
        assert (await leaf(oldest.replace("&amp;", "&")))[0::2] == ([1], None)


# -- the mailed link


async def test_the_mailed_link_shows_the_claim_and_takes_a_choice(called: Scene) -> None:
    await write(called, UNIT, sender=STRANGER, attendee=STRANGER, partstat="ACCEPTED")
    await write(called, UNIT, sender=UNKNOWN, partstat="DECLINED")
    link = called.link("clara@region.example")
    async with called.client() as client:
        page = await client.get(link)
        assert "Gäller svaret från Hemtjänsten Al?" in page.text
        assert "checked" not in page.text and 'type="submit" name="verdict"' not in page.text
        forms = re.findall(rf'<form[^>]*action="{link}".*?</form>', page.text, re.DOTALL)
        assert len(forms) == 2
        for form in forms:
            # What a scanner that presses every button sends.
            assert (await client.post(link, data=fields_of(form))).status_code == 422
        assert {c.state for c in (await called.stage.meeting()).claims} == {ClaimState.WAITING}
        done = await client.post(
            link, data={**fields_of(forms[0]), "verdict": "accept", "name": "Nora Ny"}, follow_redirects=True
        )
        assert done.url.path.endswith("/tack")
        assert "Ett svar till väntar på ditt besked." in done.text
        assert f"Hemtjänsten Al, {STRANGER}: godtaget" in done.text
        again = await client.post(link, data={**fields_of(forms[0]), "verdict": "decline"})
        assert again.status_code in (303, 409)
        rest = await client.post(link, data={**fields_of(forms[1]), "verdict": "decline"}, follow_redirects=True)
        assert "till väntar" not in rest.text
    meeting = await called.stage.meeting()
    assert [c.state for c in meeting.claims] == [ClaimState.CONFIRMED, ClaimState.REFUSED]
    assert await called.stage.stands("hemtjanst") is Standing.ATTENDS


async def test_the_mailed_link_of_the_unit_shows_no_claim(called: Scene) -> None:
    await write(called, UNIT, sender=UNKNOWN, partstat="DECLINED")
    link = called.link(UNIT)
    async with called.client() as client:
        page = await client.get(link)
        assert UNKNOWN not in page.text
        form = {**fields_of(page.text), "claim": "1", "verdict": "accept"}
        assert (await client.post(link, data=form)).status_code == 422
    assert await claim(called) is ClaimState.WAITING
    answer = (await called.stage.party("hemtjanst")).round
    assert answer is not None and (answer.answer is None or answer.answer.kind is not AnswerKind.REGRETS)
