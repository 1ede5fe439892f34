"""Who came: one press for all who were expected, what was saved in words, the draft that follows; checking in."""

import codecs
import re

import httpx
import pytest

from sip.domain.attendance import follow_up_id
from sip.domain.events import NamedPerson
from sip.domain.meeting import Meeting
from sip.domain.terms import AnswerKind, Mark, MeetingState, Outcome, Purpose
from sip.store.aggregates import journal, meetings
from sip.usecases import meetings as use_cases
from sip.usecases.directory.keys import key_id
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, _answers, csrf_of, fields_of


@pytest.fixture
async def begun(fresh: Scene) -> Scene:
    """A meeting that has begun: home care said that Anna comes, the school said nothing."""
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    await _answers(fresh, "hemtjanst", AnswerKind.ATTENDS, names=(NamedPerson("Anna Ek"),))
    await fresh.stage.at("2026-12-07 10:05")
    return fresh


async def ordinals(scene: Scene) -> tuple[int, int, int]:
    return tuple([(await scene.stage.party(one)).ordinal for one in ("eken", "hemtjanst", "skolan")])  # type: ignore[return-value]  # three of them


def checked(html: str) -> list[tuple[str, str]]:
    return re.findall(r'type="radio" name="(\w+)" value="(\w+)" checked', html)


async def followed(scene: Scene) -> Meeting | None:
    wanted = follow_up_id(scene.stage.id)
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found = (await meetings.load_many(conn, [wanted])).get(wanted)
    return None if found is None else found.state


async def sent(client: httpx.AsyncClient, form: str, to: str | None = None, **values: str) -> httpx.Response:
    page = await client.get(form)
    assert page.status_code == 200, page.text
    return await client.post(to or form, data={**fields_of(page.text), **values}, follow_redirects=True)


async def test_one_press_marks_who_was_expected_and_saves_nothing(begun: Scene) -> None:
    own, home, _ = await ordinals(begun)
    here = f"/meetings/{begun.stage.id}/attendance"
    async with begun.client("chair") as client:
        page = (await client.get(here)).text
        assert checked(page) == []
        assert "Närvarade: Hemtjänsten Al, Vårdcentralen Eken." in page, "it is said before what the press marks"
        assert "Säg själv för Skolan Al." in page
        pressed = await sent(client, here, press="expected", **{f"mark_{own}": "late"})
    assert pressed.status_code == 200
    assert checked(pressed.text) == [(f"mark_{own}", "late"), (f"mark_{home}", "attended")]
    meeting = await begun.stage.meeting()
    assert meeting.outcome is None and meeting.state is MeetingState.CALLED


async def test_it_is_said_what_was_saved_and_the_next_is_drafted_once(begun: Scene) -> None:
    own, home, school = await ordinals(begun)
    here = f"/meetings/{begun.stage.id}/attendance"
    marks = {f"mark_{own}": "attended", f"mark_{home}": "attended", f"mark_{school}": "unknown"}
    async with begun.client("chair") as client:
        assert (await client.get(f"{here}/recorded", follow_redirects=True)).url.path == here, "nothing to thank for"
        early = await sent(client, here, outcome="held", next_meeting="2026-12-07", **marks)
        assert early.status_code == 422 and "Nästa möte måste vara efter det här." in early.text
        region = {"responsible": str(key_id("principal", "region"))}
        page = await sent(client, here, outcome="held", next_meeting="2027-03-01", **region, **marks)
        assert page.url.path == f"{here}/recorded"
        assert "Mötet hålls öppet tills det är sagt om Skolan Al kom." in page.text
        assert "Ett utkast är gjort till måndag 1 mars 2027." in page.text
        text = re.search(r"<textarea.*?>(.*?)</textarea>", page.text, re.DOTALL)
        assert text is not None
        assert "- Hemtjänsten Al: närvarade (anmäld: Anna Ek)" in text[1]
        assert "måndag 7 december 2026, 10.00–11.00, På plats" in text[1]
        assert "Huvudansvarig: Region Exempel" in text[1]
        marks[f"mark_{school}"] = "late"
        page = await sent(client, here, outcome="held", next_meeting="2027-04-01", **marks)
        assert "Mötet är avslutat." in page.text
        assert "måndag 1 mars 2027" in page.text, "the draft is the convener's now"
    meeting, draft = await begun.stage.meeting(), await followed(begun)
    assert meeting.state is MeetingState.CLOSED and meeting.outcome is Outcome.HELD
    assert meeting.responsible_principal_id == key_id("principal", "region"), "a correction that says nothing leaves it"
    assert draft is not None and draft.follows == meeting.id and draft.purpose is Purpose.FOLLOW_UP
    assert draft.start.isoformat() == "2027-03-01T09:00:00+00:00"
    assert {p.unit_id for p in draft.parties} == {p.unit_id for p in meeting.parties}
    assert (draft.state, draft.questions, draft.purpose_text) == (MeetingState.DRAFT, (), "")


async def test_the_next_that_was_handed_over_is_named_and_not_made_twice(begun: Scene) -> None:
    here = f"/meetings/{begun.stage.id}/attendance"
    marks = {f"mark_{one}": "attended" for one in await ordinals(begun)}
    async with begun.client("chair") as client:
        await sent(client, here, outcome="held", next_meeting="2027-03-01", **marks)
        again = await client.get(f"{here}/recorded")
        draft = await followed(begun)
        assert draft is not None and f'href="/meetings/{draft.id}"' in again.text
        form = fields_of(again.text) or {"_csrf": csrf_of(again.text)}
        held, begun.stage.meeting_id = begun.stage.meeting_id, draft.id
        to = (unit("bok"), "Ulla Utomstående", "bok@bok.example", "010-319 204")
        await begun.stage.do(use_cases.hand_over, *to)
        begun.stage.meeting_id = held
        elsewhere = await client.get(f"{here}/recorded")
        assert "måndag 1 mars 2027" in elsewhere.text
        assert f'href="/meetings/{draft.id}"' not in elsewhere.text
        assert (await client.get(f"/meetings/{draft.id}")).status_code == 404
        pressed = await client.post(f"{here}/follow-up", data=form, follow_redirects=True)
        assert pressed.status_code == 200, "there is one: nothing is made, and nothing is refused"


async def test_a_form_sent_twice_is_recorded_once_and_a_correction_says_why(begun: Scene) -> None:
    here = f"/meetings/{begun.stage.id}/attendance"
    marks = {f"mark_{one}": "attended" for one in await ordinals(begun)}
    async with begun.client("chair") as client:
        form = {**fields_of((await client.get(here)).text), "outcome": "held", **marks}
        for _ in range(2):
            answer = await client.post(here, data=form)
            assert answer.status_code == 303 and answer.headers["location"] == f"{here}/recorded#recorded"
        other = await sent(client, here, outcome="held", **marks)
        assert other.status_code == 422 and 'href="#reason"' in other.text
        assert (await sent(client, here, outcome="held", reason="Fel rad", **marks)).status_code == 200
    assert [name for name in await journalled(begun) if name == "OutcomeRecorded"] == ["OutcomeRecorded"] * 3


async def test_a_draft_that_cannot_be_made_is_said_and_the_attendance_stands(begun: Scene) -> None:
    own, home, school = await ordinals(begun)
    here = f"/meetings/{begun.stage.id}/attendance"
    marks = {f"mark_{one}": "attended" for one in (own, home, school)}
    async with begun.client("chair") as client:
        page = await sent(client, here, outcome="held", next_meeting="2031-03-03", **marks)
        assert page.status_code == 200 and "Inget utkast är gjort till måndag 3 mars 2031." in page.text
        again = await sent(client, f"{here}/recorded", f"{here}/follow-up")
    assert again.status_code == 409 and 'role="alert"' in again.text
    assert (await begun.stage.party("skolan")).mark is Mark.ATTENDED
    assert await followed(begun) is None


async def test_the_chair_behind_her_link_takes_it_alike(begun: Scene) -> None:
    own, home, school = await ordinals(begun)
    await begun.stage.at("2026-12-07 11:00")
    link = begun.link("clara@region.example", "Blev SIP-mötet")
    marks = {f"mark_{one}": "attended" for one in (own, home, school)}
    async with begun.client() as client:
        assert (await client.get(f"{link}/narvaro")).status_code == 303, "nothing is recorded"
        pressed = await sent(client, link, f"{link}/narvaro", press="expected")
        assert checked(pressed.text) == [(f"mark_{own}", "attended"), (f"mark_{home}", "attended")]
        empty = await sent(client, link, f"{link}/narvaro")
        assert empty.status_code == 422 and "Säg om Skolan Al kom." in empty.text
        page = await sent(
            client, link, f"{link}/narvaro", outcome="held", answered_by="Olle", next_meeting="2027-03-01", **marks
        )
        assert page.url.path == f"{link}/narvaro" and "Mötet är avslutat." in page.text
        assert "Ett utkast är gjort" in page.text and "/meetings/" not in page.text
    assert (await begun.stage.meeting()).state is MeetingState.CLOSED
    assert await followed(begun) is not None


async def test_a_unit_cannot_take_it_by_its_link(begun: Scene) -> None:
    link = begun.link("hemtjanst@al.example")
    async with begun.client() as client:
        assert (await client.get(f"{link}/narvaro")).status_code == 404
        fields = fields_of((await client.get(link)).text)
        assert (await client.post(f"{link}/narvaro", data={**fields, "outcome": "held"})).status_code in (403, 404)
    assert (await begun.stage.meeting()).outcome is None


# -- checking in (rules, section 8 A5)


def way_in(html: str) -> str:
    found = re.search(r'id="room-address" name="address" readonly value="[^"]*?(/narvaro/[^"]+)"', html)
    assert found is not None
    return found[1]


async def journalled(scene: Scene) -> list[str]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return [type(one.event).__name__ for one in await journal.read(conn, scene.stage.id)]


async def test_whoever_is_there_says_so_and_the_chair_sees_it(begun: Scene) -> None:
    here = f"/meetings/{begun.stage.id}/attendance"
    _, home, school = await ordinals(begun)
    async with begun.client("chair") as chair, begun.client() as phone:
        page = (await chair.get(here)).text
        assert "<svg" in page and "style=" not in page
        room = way_in(page)
        before = await journalled(begun)
        shown = (await phone.get(room)).text
        assert "Anna Ek" in shown and "Gemensam planering" not in shown, "logistics alone"
        assert await journalled(begun) == before, "looking checks nobody in"
        empty = await sent(phone, room)
        assert empty.status_code == 422 and "Välj ditt namn eller din enhet." in empty.text
        nameless = await sent(phone, room, who=f"{school}-0")
        assert nameless.status_code == 422 and "Skriv ditt namn eller din funktion." in nameless.text
        number = await sent(phone, room, who=f"{school}-0", name="850709-9805")
        assert number.status_code == 422
        for _ in range(2):
            page_of_thanks = await sent(phone, room, who=f"{home}-1")
            assert "Noterat: du är här" in page_of_thanks.text and "Anna" not in page_of_thanks.text
        await sent(phone, room, who=f"{school}-0", name="Rektorn")
        page = (await chair.get(here)).text
        assert "Här: Anna Ek 10.05" in page and "Här: Rektorn 10.05" in page
        assert checked(page) == [], "evidence marks nobody"
        assert "Anna" not in re.sub(r"<label>.*?</label>", "", (await phone.get(room)).text, flags=re.DOTALL)
    assert (await journalled(begun))[len(before) :].count("CheckedIn") == 3
    meeting = await begun.stage.meeting()
    assert [(one.party, one.attendee, one.name) for one in meeting.check_ins] == [
        (home, 1, "Anna Ek"), (school, None, "Rektorn"),
    ]  # fmt: skip


async def test_it_opens_a_quarter_before_and_ends_with_the_meeting(fresh: Scene) -> None:
    stage = fresh.stage
    await stage.call("2026-12-07 10:00", ("hemtjanst",))
    await stage.at("2026-12-07 09:44")
    here = f"/meetings/{stage.id}/attendance"
    room = f"/narvaro/{stage.id}/{stage.made.vault.room(stage.id)}"
    home = (await stage.party("hemtjanst")).ordinal
    async with fresh.client("chair") as chair, fresh.client() as phone:
        assert "Från 09.45 finns här en kod" in (await chair.get(here)).text
        early = await phone.get(room)
        assert "från en kvart före mötet" in early.text and "<form" not in early.text.split("<main")[1]
        await stage.at("2026-12-07 09:45")
        assert way_in((await chair.get(here)).text) == room
        assert (await phone.get(room[:-1] + ("a" if room[-1] != "a" else "b"))).status_code == 404
        assert (await phone.get(room.replace(str(stage.id), str(follow_up_id(stage.id))))).status_code == 404
        assert "Noterat" in (await sent(phone, room, who=f"{home}-0", name="Anna")).text
        await stage.at("2026-12-07 10:30")
        await stage.close()
        assert "Det går inte att checka in längre." in (await phone.get(room)).text
        form = {**fields_of((await phone.get("/kod")).text), "who": f"{home}-0", "name": "Bo"}
        assert (await phone.post(room, data=form)).status_code == 409
    assert [one.name for one in (await stage.meeting()).check_ins] == ["Anna"]


# -- the list that Teams wrote


async def test_a_list_proposes_and_a_person_confirms(begun: Scene) -> None:
    own, home, school = await ordinals(begun)
    here = f"/meetings/{begun.stage.id}/attendance"
    text = "Name\tEmail\nEk, Anna (Guest)\tanna@hem.example\nHemlig Person\themlig@privat.example\n"
    async with begun.client("chair") as client:
        fields = {**fields_of((await client.get(here)).text), "press": "list", f"mark_{own}": "late"}
        empty = await client.post(here, data=fields)
        assert empty.status_code == 422 and "Välj filen med deltagarlistan." in empty.text
        bad = await client.post(here, data=fields, files={"list": ("bild.csv", b"PK\x03\x04", "text/csv")})
        assert bad.status_code == 422 and "ingen deltagarlista i CSV-format" in bad.text and 'href="#list"' in bad.text
        raw = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
        other = await client.post(here, data=fields, files={"list": ("lista.xlsx", raw, "text/csv")})
        assert other.status_code == 422 and "ingen deltagarlista i CSV-format" in other.text, "as its name says"
        page = await client.post(here, data=fields, files={"list": ("meetingAttendanceList.csv", raw, "text/csv")})
    assert page.status_code == 200
    assert checked(page.text) == [(f"mark_{own}", "late"), (f"mark_{home}", "attended")]
    assert "I listan: Anna Ek" in page.text and "1 i listan känner vi inte igen." in page.text
    assert "Hemlig" not in page.text and "privat.example" not in page.text
    assert (await begun.stage.meeting()).outcome is None
    assert (await begun.stage.party("skolan")).mark is None, school
