"""The convener's work on the pages: a new meeting, the acts on it, attendance, and what is said when it is wrong."""

from uuid import UUID

import httpx
import pytest

from sip.domain.deviation import DeviationState
from sip.domain.standing import Standing
from sip.domain.terms import Mark, MeetingState
from tests.plain import plain
from tests.stories.county import unit
from tests.web.making import new_meeting
from tests.web.scene import Scene, fields_of, shape_of, sign_in


async def do(client: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    """Opens the meeting's page and sends one of its forms."""
    page = await client.get("/".join(path.split("/")[:3]))
    fields = fields_of(page.text)
    return await client.post(path, data={**fields, **form}, follow_redirects=True)


async def test_a_meeting_is_called(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        page = await new_meeting(client)
    assert page.status_code == 200, page.text
    fresh.stage.meeting_id = UUID(page.url.path.rpartition("/")[2])
    await fresh.stage.work()
    meeting = await fresh.stage.meeting()
    assert meeting.state is MeetingState.CALLED
    assert meeting.questions == ("Vem gör vad?", "Vad behövs?")
    assert fresh.stage.arrivals("hemtjanst@al.example") == [("Mon 02 Nov 09:00", "REQUEST")]
    assert "Kallelsen gick ut." in page.text


async def test_a_draft_waits(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        page = await new_meeting(client, then="keep")
        assert "Det här är ett utkast" in page.text
        here = page.url.path
        page = await do(client, f"{here}/call")
        assert "Kallelsen gick ut." in page.text


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"), told=False)
    return fresh


async def test_the_convener_acts_on_a_party(called: Scene) -> None:
    here = f"/meetings/{called.stage.id}"
    party = (await called.stage.party("hemtjanst")).ordinal
    async with called.client("convener") as client:
        page = await do(client, f"{here}/parties/{party}/identity", channel="phone")
        assert "Vet vem mötet gäller (telefon" in page.text
        page = await do(
            client, f"{here}/parties/{party}/answer", channel="phone", answer="attends", first_name="Anna Ek"
        )
        assert page.status_code == 200, page.text
        assert await called.stage.stands("hemtjanst") is Standing.ATTENDS
        page = await do(
            client, f"{here}/parties/{party}/pause", reason="Ombyggnad", until_day="2030-01-01", until_time="08:00"
        )
        assert page.status_code == 409
        assert "Uppehållet är för långt" in page.text
        page = await do(client, f"{here}/parties/{party}/excuse", reason="Hörs på telefon i stället")
        assert page.status_code == 200
        assert await called.stage.stands("hemtjanst") is Standing.EXCUSED
        page = await do(client, f"{here}/parties/{party}/release")
        assert page.status_code == 200
        page = await do(client, f"{here}/parties/{party}/removal")
        assert page.status_code == 200
        assert "<h3>Hemtjänsten Al" not in page.text


async def test_a_substitute_is_named(called: Scene) -> None:
    here = f"/meetings/{called.stage.id}"
    party = (await called.stage.party("skolan")).ordinal
    async with called.client("convener") as client:
        page = await do(client, f"{here}/parties/{party}/substitute")
        assert page.status_code == 422
        page = await do(
            client, f"{here}/parties/{party}/substitute", substitute_name="Bo Alm", substitute_email="bo@al.example"
        )
    assert page.status_code == 200
    await called.stage.work()
    assert called.stage.arrivals("bo@al.example")


async def test_a_question_is_decided(called: Scene) -> None:
    here = f"/meetings/{called.stage.id}"
    party = (await called.stage.party("hemtjanst")).ordinal
    proposal = {"answer": "proposes", "proposed_day": "2026-12-08", "proposed_from": "13:00", "proposed_to": "14:00"}
    async with called.client("convener") as client:
        page = await do(client, f"{here}/parties/{party}/answer", channel="phone", **proposal)
        assert "Föreslår tis 8 dec. 2026 13.00–14.00" in page.text
        page = await do(client, f"{here}/parties/{party}/decision", verdict="accept")
        assert page.status_code == 200
        assert "tisdag 8 december 2026" in page.text
        page = await do(client, f"{here}/parties/{party}/decision", verdict="accept")
        assert page.status_code == 409
        assert "inget att ta ställning till" in page.text


async def test_the_meeting_is_moved_added_to_and_cancelled(called: Scene) -> None:
    here = f"/meetings/{called.stage.id}"
    move = {"day": "2026-12-09", "from": "10:00", "to": "11:00", "form": "phone", "place_kind": "phone"}
    async with called.client("convener") as client:
        page = await do(client, f"{here}/schedule", **{**move, "place_phone": ""})
        assert page.status_code == 409
        assert "Platsen är inte fullständig" in page.text
        page = await do(client, f"{here}/schedule", **{**move, "place_phone": "010-319 250"})
        assert "onsdag 9 december 2026" in page.text
        page = await do(client, f"{here}/parties", unit=str(unit("chefslos")), obligation="summoned")
        assert "<h3>Boendet Al" in page.text
        page = await do(client, f"{here}/parties", unit=str(unit("chefslos")), obligation="summoned")
        assert page.status_code == 409
        page = await do(client, f"{here}/cancellation", reason="no_longer_needed")
        assert "Inställt" in page.text
        page = await do(client, f"{here}/cancellation", reason="no_longer_needed")
        assert page.status_code == 409


async def test_who_saw_an_older_version_is_told(called: Scene) -> None:
    here = f"/meetings/{called.stage.id}"
    async with called.client("convener") as client:
        page = await client.get(here)
        old = fields_of(page.text)
        await do(client, f"{here}/parties/1/identity", channel="phone")
        form = {**old, "nonce": "other", "channel": "phone"}
        answer = await client.post(f"{here}/parties/1/identity", data=form)
    assert answer.status_code == 409
    assert "Just det här har ändrats sedan du öppnade sidan" in answer.text


async def test_the_post_and_other_parties_stand_in_nobodys_way(called: Scene) -> None:
    """The page is open; then the relay takes the call, time passes and another unit answers: the next act is hers."""
    stage = called.stage
    await stage.call("2026-12-07 13:00", ("hemtjanst", "skolan"), told=False)
    here = f"/meetings/{stage.id}"
    async with called.client("convener") as client:
        old = fields_of((await client.get(here)).text)
        await stage.replies("skolan@al.example", "DECLINED")
        await stage.at("2026-11-02 12:00")
        for n, (path, form) in enumerate(
            [
                (f"parties/{(await stage.party('hemtjanst')).ordinal}/identity", {"channel": "phone"}),
                ("schedule", {"day": "2026-12-09", "from": "10:00", "to": "11:00", "form": "phone",
                              "place_kind": "phone", "place_phone": "010-319 250"}),
                ("cancellation", {"reason": "other"}),
            ]
        ):  # fmt: skip
            answer = await client.post(f"{here}/{path}", data={**old, **form, "nonce": f"n{n}"}, follow_redirects=True)
            assert answer.status_code == 200, answer.text
            old = fields_of(answer.text)
            await stage.work()
            await stage.replies("hemtjanst@al.example", "ACCEPTED")
    assert (await stage.meeting()).state is MeetingState.CANCELLED


async def test_a_meeting_that_stands_needs_no_hand(called: Scene) -> None:
    stage = called.stage
    await stage.at("2026-12-03 08:30")
    async with called.client("convener") as client:
        assert "Ingen kommer än" in (await client.get("/")).text
        here = f"/meetings/{stage.id}"
        assert "Mötet står fast</button>" in (await client.get(here)).text
        page = (await do(client, f"{here}/go-ahead")).text
        assert "Mötet står fast</button>" not in page and "Ingen kommer än från en kallad part" not in page
        line = page[page.index("Sammankallande lät mötet stå fast.") :][:300]
        assert "Clara Kallar" in line and "8.30" in line.replace("08.30", "8.30"), line
        assert "Ingen kommer än" not in (await client.get("/")).text
        await stage.at("2026-12-04 15:00")
        assert "Ingen kommer än" not in (await client.get("/")).text
        page = (await do(client, f"{here}/go-ahead")).text
        assert page.count("Sammankallande lät mötet stå fast.") == 2, "every press is told"


async def test_a_press_that_changes_nothing_is_in_the_timeline(called: Scene) -> None:
    here = f"/meetings/{called.stage.id}"
    ordinal = (await called.stage.party("hemtjanst")).ordinal
    async with called.client("convener") as client:
        await do(client, f"{here}/parties/{ordinal}/excuse", reason="Annan väg")
        page = (await do(client, f"{here}/parties/{ordinal}/excuse", reason="Annan väg")).text
    assert "Samma besked gavs en gång till. Ingenting ändrades." in page


async def test_attendance_raises_a_report_that_its_unit_answers(called: Scene) -> None:
    stage = called.stage
    await stage.call("2026-12-07 13:00", ("hemtjanst",))
    called_party, own = (await stage.party("hemtjanst")).ordinal, (await stage.party("eken")).ordinal
    async with called.client("staff") as client:
        page = await do(
            client, f"/meetings/{stage.id}/parties/{called_party}/answer", answer="attends", first_name="Anna Ek"
        )
        assert page.status_code == 200, page.text
    await stage.work()
    await stage.at("2026-12-07 14:00")
    async with called.client("chair") as client:
        here = f"/meetings/{stage.id}/attendance"
        page = await client.get(here)
        assert "checked" not in page.text
        fields = fields_of(page.text)
        assert (await client.post(here, data=fields)).status_code == 422
        page = await client.post(
            here,
            data={**fields, "outcome": "held", f"mark_{own}": "attended", f"mark_{called_party}": "absent"},
            follow_redirects=True,
        )
        assert page.status_code == 200
    assert (await stage.party("hemtjanst")).mark is Mark.ABSENT
    report = await stage.report("hemtjanst")
    assert report is not None
    async with called.client("staff") as client:
        page = await client.get("/deviations")
        assert str(report.id) in page.text
        here = f"/deviations/{report.id}"
        fields = fields_of((await client.get(here)).text)
        assert (await client.post(f"{here}/hearing", data=fields)).status_code == 422
        page = await client.post(f"{here}/hearing", data={**fields, "statement": "we_had_told"}, follow_redirects=True)
        assert "Ifrågasatt" in page.text
        assert "Anna Ek" not in page.text
    async with called.client("convener") as client:
        fields = fields_of((await client.get(here)).text)
        page = await client.post(f"{here}/settlement", data=fields, follow_redirects=True)
        assert page.status_code == 200
    async with called.client("manager") as client:
        fields = fields_of((await client.get(here)).text)
        form = {**fields, "cause": "unplanned_absence", "account": "Ingen kunde täcka."}
        page = await client.post(f"{here}/cause", data=form, follow_redirects=True)
        assert "Besvarad" in page.text
    async with called.client("convener") as client:
        fields = fields_of((await client.get(here)).text)
        await client.post(f"{here}/closure", data={**fields, "reason": "Vi är överens."})
    found = await stage.report("hemtjanst")
    assert found is not None
    assert found.state is DeviationState.CLOSED
    async with called.client("board") as client:
        assert (await client.get(here)).status_code == 200


async def test_signing_in_gives_a_new_session_and_out_ends_it(fresh: Scene) -> None:
    async with plain(fresh.origin) as client:
        client.cookies.set("sip_session", "chosen-by-somebody-else")
        answer = await sign_in(client, "convener")
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower()
        first = answer.cookies["sip_session"]
        assert first != "chosen-by-somebody-else"
        client.cookies.clear()
        client.cookies.set("sip_session", first)
        page = await client.get("/")
        assert page.status_code == 200
        out = await client.post("/sign-out", data=fields_of(page.text))
        assert out.headers["clear-site-data"] == '"storage"'
        client.cookies.set("sip_session", first)
        assert (await client.get("/")).status_code == 303


async def test_a_wrong_password_says_the_same_as_an_unknown_address(fresh: Scene) -> None:
    said = []
    async with plain(fresh.origin) as client:
        for email in ("convener@sip.example", "nobody@sip.example"):
            fields = fields_of((await client.get("/sign-in")).text)
            answer = await client.post("/sign-in", data={**fields, "email": email, "password": "fel"})
            assert answer.status_code == 422
            said.append(shape_of(answer.text).replace(email, ""))
    assert said[0] == said[1]


async def test_after_signing_in_one_goes_nowhere_else(fresh: Scene) -> None:
    from sip.edges.web.shell.places import local_path

    assert [local_path(x) for x in ("/meetings", "//evil.example", "https://evil.example", "/\\evil", None)] == [
        "/meetings", "/", "/", "/", "/",
    ]  # fmt: skip
