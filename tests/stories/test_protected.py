"""Protected identity: a meeting that no mail, list or calendar tells of, from call to report (rules, section 13).

Played on the pages by those who sign in, and read in the mailboxes of those who do not.
"""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from sip.domain.standing import Standing
from sip.store import db as database
from tests.tester import TESTER
from tests.web.protecting import SECRETS, confirmed, protected_meeting, text_of
from tests.web.scene import Scene, fields_of, on_scene

WARD, SCHOOL, MANAGER = "hemtjanst@al.example", "skolan@al.example", "mona@al.example"


@pytest.fixture
async def scene(database_url: str) -> AsyncIterator[Scene]:
    async with on_scene(database_url, whole=False) as made:
        yield made


async def press(client: httpx.AsyncClient, page: str, act: str, /, **form: str) -> httpx.Response:
    hidden = fields_of((await client.get(page)).text)
    return await client.post(act, data={**hidden, **form}, follow_redirects=True)


def says_nothing(scene: Scene, *mailboxes: str) -> None:
    """Every mail to these says that there is a matter, where to sign in and whom to ring; and is no calendar mail."""
    for address in mailboxes:
        letters = scene.stage.mailbox(address)
        assert letters, address
        for letter in letters:
            assert letter.subject in ("Du har ett ärende", "Du har ett ärende som ingen har tagit")
            assert letter.calendar is None
            assert "<sip@sip.example>" in str(letter.message["Reply-To"]), "no address of its own"
            raw = text_of(letter)
            assert not [one for one in SECRETS if one in raw], letter.subject
            assert not re.search(r"/svar/|/kod|/meetings|\b[0-9A-Z]{4}-[0-9A-Z]{3}\b", raw)
            assert "/matters" in raw


async def test_the_units_are_told_that_there_is_a_matter_and_nothing_else(scene: Scene) -> None:
    await protected_meeting(scene)
    assert len(scene.stage.mailbox(WARD)) == len(scene.stage.mailbox(SCHOOL)) == 1
    says_nothing(scene, WARD, SCHOOL)
    [letter] = scene.stage.mailbox(WARD)
    assert "010-319 299" in letter.body, "whom to ring"


async def test_nobody_answers_and_the_matter_is_lifted_without_a_word_of_it(scene: Scene) -> None:
    await protected_meeting(scene)
    await scene.stage.at("2026-12-03 12:00")
    lifted = scene.stage.mailbox(MANAGER)
    assert lifted and {one.subject for one in lifted} == {"Du har ett ärende som ingen har tagit"}
    says_nothing(scene, WARD, MANAGER, "clara@region.example")


async def test_the_manager_signs_in_names_who_takes_it_and_she_answers(scene: Scene) -> None:
    meeting = await protected_meeting(scene)
    page = f"/meetings/{meeting}"
    async with scene.client("staff") as sara:
        assert (await sara.get(page)).status_code == 404, "it is not there for her"
        assert "som bara du" not in (await sara.get("/")).text
    async with confirmed(scene, "manager") as mona:
        start = (await mona.get("/")).text
        assert "Du har ett ärende som bara du och några till får se." in start
        assert "Vårdcentralen Eken" not in start, "the start page says no more of it"
        assert "Vårdcentralen Eken kallar er" in (await mona.get("/matters")).text
        shown = (await mona.get(page)).text
        sara_id = re.search(r'<option value="([0-9a-f-]{36})">Sara Svarar', shown)
        assert sara_id is not None
        party = next(p.ordinal for p in (await scene.stage.meeting()).parties if p.unit_name == "Hemtjänsten Al")
        answer = await press(mona, page, f"{page}/parties/{party}/named", user=sara_id[1])
        assert answer.status_code == 200 and "Sara Svarar" in answer.text
    async with confirmed(scene, "staff") as sara:
        assert "kallar er" in (await sara.get("/matters")).text
        form = {"answer": "attends", "first_name": "Anna Ek"}
        answer = await press(sara, page, f"{page}/parties/{party}/answer", **form)
        assert answer.status_code == 200, answer.text
    assert await scene.stage.stands("hemtjanst") is Standing.ATTENDS
    await scene.stage.work()
    says_nothing(scene, WARD)
    async with confirmed(scene, "manager") as mona:
        answer = await press(mona, page, f"{page}/parties/{party}/unnamed", user=sara_id[1])
        assert answer.status_code == 200
    async with confirmed(scene, "staff") as sara:
        assert (await sara.get(page)).status_code == 404


async def test_a_unit_that_nobody_signs_in_for_is_telephoned(scene: Scene) -> None:
    """The convener sees that nobody of the school can see it; she names who takes it as soon as somebody can."""
    meeting = await protected_meeting(scene)
    async with confirmed(scene, "convener") as clara:
        shown = (await clara.get(f"/meetings/{meeting}")).text
        assert "Ingen som kan logga in för enheten ser mötet än." in shown
        school = next(p.ordinal for p in (await scene.stage.meeting()).parties if p.unit_name == "Skolan Al")
        kim = re.search(r'<option value="([0-9a-f-]{36})">Kim Sund', shown)
        assert kim is not None, "the coordinator of its municipality"
        answer = await press(clara, f"/meetings/{meeting}", f"/meetings/{meeting}/parties/{school}/named", user=kim[1])
        assert answer.status_code == 200
    async with confirmed(scene, "neighbour") as kim_sund:
        assert (await kim_sund.get(f"/meetings/{meeting}")).status_code == 200


async def test_moved_and_cancelled_it_is_a_matter_still(scene: Scene) -> None:
    meeting = await protected_meeting(scene)
    async with confirmed(scene, "convener") as clara:
        form = {"day": "2026-12-09", "from": "13:00", "to": "14:00", "form": "phone", "place_kind": "phone",
                "place_phone": "010-319 200"}  # fmt: skip
        answer = await press(clara, f"/meetings/{meeting}", f"/meetings/{meeting}/schedule", **form)
        assert answer.status_code == 200, answer.text
        await scene.stage.work()
        await press(clara, f"/meetings/{meeting}", f"/meetings/{meeting}/cancellation", reason="other", cancelled="yes")
    await scene.stage.work()
    assert len(scene.stage.mailbox(WARD)) == 3
    says_nothing(scene, WARD, SCHOOL)


async def test_who_stayed_away_is_heard_and_no_mail_says_of_what(scene: Scene) -> None:
    meeting = await protected_meeting(scene, told="phone")
    own = next(p.ordinal for p in (await scene.stage.meeting()).parties if p.unit_name == "Hemtjänsten Al")
    async with confirmed(scene, "manager") as mona:
        page = f"/meetings/{meeting}"
        form = {"answer": "attends", "first_name": "Anna Ek"}
        assert (await press(mona, page, f"{page}/parties/{own}/answer", **form)).status_code == 200
    await scene.stage.at("2026-12-07 11:30")
    parties = (await scene.stage.meeting()).parties
    marks = {f"mark_{p.ordinal}": "absent" if p.unit_name == "Hemtjänsten Al" else "attended" for p in parties}
    async with confirmed(scene, "convener") as clara:
        answer = await press(clara, here := f"/meetings/{meeting}/attendance", here, outcome="held", **marks)
        assert answer.status_code == 200, answer.text
    await scene.stage.work()
    report = await scene.stage.report("hemtjanst")
    assert report is not None and report.protected
    for who, there in (("convener", True), ("manager", True), ("staff", False), ("coordinator", False)):
        async with confirmed(scene, who) as client:
            assert (await client.get(f"/deviations/{report.id}")).status_code == (200 if there else 404), who
            assert str(report.id) not in (await client.get("/deviations")).text
    says_nothing(scene, WARD, "clara@region.example")
    async with scene.stage.made.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        for table in ("counted_meeting", "counted_party"):
            assert await raw.fetchval(f"select count(*) from {table} where meeting_id = $1", meeting) == 0
        assert await raw.fetchval("select count(*) from counted_report where meeting_id = $1", meeting) == 0
    told = "Utöver möten ovan, i hela länet"
    for who, said in (("stranger", None), ("coordinator", None), ("administrator", "1"), ("board", "visas inte")):
        async with scene.client(who) as client:
            page = (await client.get("/statistics?year=2026")).text
        found = re.search(rf'{told}</th><td class="number" data-label="\d+">([^<]+)</td>', page)
        assert (found and found[1]) == said, who


async def test_who_answers_the_mail_is_read_by_those_who_are_named(scene: Scene) -> None:
    """A word comes back by mail all the same: the convener is told that there is a matter, and nobody else reads it."""
    meeting = await protected_meeting(scene)
    [letter] = scene.stage.mailbox(WARD)
    raw = (
        f"From: {WARD}\r\nTo: sip@sip.example\r\nSubject: Sv: {letter.subject}\r\nMessage-ID: <x@al.example>\r\n"
        f"In-Reply-To: {letter.message['Message-ID']}\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n\r\nVi ringer.\r\n"
    ).encode()
    before = len(scene.stage.mailbox("clara@region.example"))
    await scene.stage.receive(raw, "sip@sip.example", WARD)
    await scene.stage.work()
    assert len(scene.stage.mailbox("clara@region.example")) == before + 1
    says_nothing(scene, "clara@region.example")
    async with confirmed(scene, "convener") as clara:
        assert WARD not in (await clara.get("/inbound")).text, "it stands in no list"
        of_it = (await clara.get(f"/inbound?meeting={meeting}")).text
        number = re.search(r"/inbound/(\d+)", of_it)
        assert number is not None
        assert "Vi ringer" in (await clara.get(number.group())).text
    async with confirmed(scene, "coordinator") as siv:
        assert (await siv.get(number.group())).status_code == 404
        assert "Vi ringer" not in (await siv.get("/inbound")).text
        assert WARD not in (await siv.get("/inbound")).text


async def test_the_page_asks_for_a_code_whatever_the_installation_says(scene: Scene) -> None:
    meeting = await protected_meeting(scene)
    scene.signed_in.clear()
    async with scene.client("convener") as clara:
        for path in (f"/meetings/{meeting}", f"/meetings/{meeting}/attendance", "/matters"):
            asked = await clara.get(path, follow_redirects=True)
            assert "Visa att det är du" in asked.text, path
            told = asked.text.replace("Clara Kallar", "").replace("Vårdcentralen Eken", "")  # her own name and unit
            assert not [one for one in SECRETS if one in told], path
        assert (await clara.get("/meetings")).status_code == 200
