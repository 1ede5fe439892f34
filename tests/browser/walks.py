"""Pages that are there when something has been done: each walk brings a county so far and looks on its way.

`look(name, role, path)` is what is done with each page: axe and the eye of the tests, or a picture. A role of None is a
visitor who is not signed in.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid5

import httpx

from sip.domain import booking
from sip.domain.booking import BookingHeard
from sip.domain.people import Role
from sip.domain.terms import AnswerKind
from sip.store import bookings, users
from sip.store import db as database
from sip.usecases.directory.keys import key_id
from tests.stories.county import agreement, unit
from tests.stories.test_next_date import met as followed_up
from tests.tester import TESTER
from tests.web.protecting import confirmed, protected_meeting
from tests.web.scene import Scene, _answers, address_of, fields_of
from tests.web.test_agreements import filled
from tests.web.test_boards import BOARD, DECISION, REPORTED, forwarded
from tests.web.test_directory_file import NEW, send
from tests.web.test_directory_hsa import asking, known, send_hsa
from tests.web.test_failures import SAID, drafted, write
from tests.web.test_group_agendas import TASK, asked, below
from tests.web.test_groups import ASKED_AT, BODY, appointed, founded
from tests.web.test_groups import COUNTY as EXAMPLE
from tests.web.test_links import say
from tests.web.test_register import carry_out, look_at
from tests.web.test_report_life import press, raised
from tests.web.test_sittings import WHO
from tests.web.test_situation import weeks
from tests.web.test_statistics import _MADE
from tests.web.test_subscriptions import FOLLOWER, asked_to_follow
from tests.web.test_survey import _count

Look = Callable[[str, str | None, str], Awaitable[None]]
_UNIT, _PERSON = key_id("unit", "hemtjanst"), key_id("person", "anna")
_MEASURE = {"text": "Två läser brevlådan varje morgon.", "owner": "Enhetschefen", "due_on": "2027-01-11"}


async def _sent(client: httpx.AsyncClient, path: str, to: str = "", **form: str) -> None:
    """The form of this page, filled in and taken."""
    page = await client.get(path)
    answer = await client.post(f"{path.partition('?')[0]}{to}", data={**fields_of(page.text), **form})
    assert answer.status_code < 400, answer.text


async def a_report(scene: Scene, look: Look) -> None:
    """Raised, heard, talked about, answered, acted upon, followed up, at the board, closed."""
    path = await raised(scene)
    await look("report to be heard", "staff", path)
    await look("report behind a link", None, scene.link("hemtjanst@al.example"))
    async with scene.client("staff") as staff, scene.client("convener") as convener:
        await press(staff, path, "hearing", statement="right")
        await look("report whose cause is asked behind a link", None, scene.link("hemtjanst@al.example"))
        await press(convener, path, "words", text="Hur gör vi nästa gång, så att ni ser kallelsen i tid?")
        await look("report that is talked about", "staff", path)
        await press(staff, path, "cause", cause="mailbox_not_watched", also_double_booked="yes", account="Semester.")
        await press(staff, path, "measures", **_MEASURE)
        await look("report with a measure", "staff", path)
        await press(convener, path, "forwarding", reason="Det är tredje gången i höst.")
        await look("report at the board", "board", path)
        await press(convener, path, "return")
        await press(staff, path, "measures/1", done="yes", effect="Ingen kallelse har legat oläst sedan dess.")
        await look("report that is followed up", "convener", path)
        await press(convener, path, "closure")
        await look("report that is closed", "convener", path)
        await look("reports", "convener", "/deviations")


async def a_failure(scene: Scene, look: Look) -> None:
    """Written of by hand without a meeting: begun, kept, sent, and answered behind its link."""
    await look("failure to be written of", "manager", "/deviations/new")
    await look("failure that a coordinator writes of", "neighbour", "/deviations/new")
    async with scene.client("manager") as manager:
        draft = await drafted(manager, **SAID, severity="3", likelihood="2")
        await look("draft of a failure", "manager", draft)
        await look("reports beside a draft", "manager", "/deviations")
        sent = await write(manager, draft, "send", **SAID, severity="3", likelihood="2")
    await scene.stage.work()
    await look("failure that was reported", "manager", sent.headers["location"].partition("#")[0])
    link = scene.link("eken@region.example")
    await look("failure behind a link", None, link)
    async with scene.client(None) as anybody:
        await _sent(anybody, link, answer="right")
        await look("failure whose cause is asked behind a link", None, link)


async def a_protected_meeting(scene: Scene, look: Look) -> None:
    """Made by the convener, seen by who is named, taken by a unit behind its mail."""
    meeting = await protected_meeting(scene)
    async with confirmed(scene, "convener"), confirmed(scene, "manager"), confirmed(scene, "outsider"):
        await look("protected meetings", "convener", "/matters")
        await look("a protected meeting", "convener", f"/meetings/{meeting}")
        await look("a protected meeting of a called unit", "manager", f"/meetings/{meeting}")
        await look("start page beside a protected meeting", "convener", "/")
        await look("no protected meetings", "outsider", "/matters")


async def an_answer(scene: Scene, look: Look) -> None:
    """A unit answers behind its link, sees its other calls, is moved, and its meeting is cancelled."""
    address = "hemtjanst@al.example"
    await scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    await scene.stage.call("2026-12-09 13:00", ("hemtjanst",))
    await look("all open calls of a unit", None, f"{scene.link(address)}/alla")
    await say(scene, address, answer="attends", first_name="Anna Ek", first_email="anna@al.example")
    await look("thanks for the answer", None, f"{scene.link(address)}/tack")
    await look("answer that is changed", None, scene.link(address))
    async with scene.client("convener") as client:
        path = f"/meetings/{scene.stage.id}"
        await _sent(client, path, "/cancellation", reason="no_longer_needed")
    await look("meeting that is cancelled", "convener", path)
    await look("answer to what is cancelled", None, scene.link(address))


async def in_the_room(scene: Scene, look: Look) -> None:
    """Who is there checks in, and the chair takes attendance behind her link."""
    stage = scene.stage
    await stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    await _answers(scene, "hemtjanst", AnswerKind.ATTENDS)
    await stage.at("2026-12-07 10:05")
    room = f"/narvaro/{stage.id}/{stage.made.vault.room(stage.id)}"
    await look("checking in", None, room)
    async with scene.client() as visitor:
        await _sent(visitor, room, who="3-0", name="Bo Al")
    await look("checked in", None, f"{room}/tack")
    await stage.at("2026-12-07 12:00")
    link = scene.link("clara@region.example", "Blev SIP-mötet")
    await look("meeting that has ended", "convener", f"/meetings/{stage.id}")
    await look("attendance of the chair, behind her link", None, link)
    async with scene.client() as visitor:
        page = await visitor.get(link)
        marks = dict.fromkeys(set(re.findall(r'name="(mark_\d+)"', page.text)), "attended")
        form = {**fields_of(page.text), "outcome": "held", "answered_by": "Olle", **marks}
        assert (await visitor.post(f"{link}/narvaro", data=form)).status_code == 303
    await look("attendance that was taken behind a link", None, f"{link}/narvaro")


async def the_directory(scene: Scene, look: Look) -> None:
    """A file that is looked at and carried out, what is new, and what has changed."""
    async with scene.client("administrator") as client:
        shown = await send(client, NEW)
        await look("what a directory file would change", "administrator", shown.url.path)
        await client.post(shown.url.path, data={**fields_of(shown.text), "then": "do"})
        await look("a directory file that was carried out", "administrator", shown.url.path)
        await known(scene)
        shown = await send_hsa(client, asking())
        await look("what an export of HSA would do", "administrator", shown.url.raw_path.decode())
    await look("changes of a unit", "administrator", f"/directory/{_UNIT}/changes")
    await look("changes of a member of staff", "administrator", f"/directory/people/{_PERSON}/changes")
    await look("a new principal", "administrator", "/directory/principals/new")
    await look("a new organisation", "administrator", "/directory/organisations/new")
    for kind, key in (("principal", "al"), ("organisation", "al-n")):
        path = f"/directory/{kind}s/{key_id(kind, key)}/roles/new"
        await look(f"giving a role in a {kind}", "administrator", path)


async def a_booking(scene: Scene, look: Look) -> None:
    """What was booked in a calendar, and which role to act in."""
    clara, key = uuid5(UUID(int=9), "convener"), UUID(int=77)
    heard = BookingHeard(
        0, datetime(2026, 12, 7, 9, tzinfo=UTC), datetime(2026, 12, 7, 10, tzinfo=UTC),
        video_url="https://video.region.example/m/1", units=(unit("hemtjanst"), unit("skolan")), left_out=2,
    )  # fmt: skip
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await bookings.save(conn, booking.begun(key, clara, b"uid", heard, await scene.stage.now()))
        second = users.GrantRecord(UUID(int=78), clara, Role.UNIT_STAFF, unit("eken"))
        await users.save_grants(conn, [second])
    await look("a booking from a calendar", "convener", f"/bookings/{key}")
    await look("which role", "convener", "/roles")


async def a_key(scene: Scene, look: Look) -> None:
    """Keys of the API that are there, and who asks for a new password."""
    async with confirmed(scene, "administrator") as client:
        key = {"name": "Journalsystemet i Al", "role": "coordinator", "narrow": "only", "scope_meetings": "read"}
        await _sent(client, "/users/keys", then="save", place=f"principal:{key_id('principal', 'al')}", **key)
        await look("keys that are there", "administrator", "/users/keys")
    async with scene.client() as visitor:
        await _sent(visitor, "/password", email=address_of("staff"))
    await scene.stage.work()
    await look("choosing a password", None, scene.link(address_of("staff")))
    scene.stage.relay.letters.clear()


async def a_year(scene: Scene, look: Look) -> None:
    """The year is over: the board writes its report and publishes it."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute(_MADE, unit("eken"))
    await scene.stage.at("2027-02-01 09:00")
    scene.signed_in.clear()
    await look("the years", "board", "/annual-reports")
    report = "/annual-reports/2026"
    await look("a year's report that is written", "board", report)
    async with scene.client("board") as client:
        await _sent(client, report, "/texts", version="0", part="summary", text="Ett gott år.")
        await _sent(client, f"{report}?edition=public", "/publication?edition=public", sure="yes")
    await look("published reports", None, "/published-reports")
    async with scene.client() as visitor:
        (there,) = re.findall(r'href="(/published-reports/[0-9a-f-]+)"', (await visitor.get("/published-reports")).text)
    await look("a published report", None, there)


COUNTY = """
county = "Exempellän"
region = { key = "region", name = "Region Exempel" }
[[municipality]]
key = "al"
name = "Al kommun"
[[municipality]]
key = "bok"
name = "Bok kommun"
[[municipality]]
key = "cid"
name = "Cidlunda kommun"
[[municipality]]
key = "dal"
name = "Dalköpings kommun"
[[agreement]]
name = "Avtal om placering i Exempellän"
version = 1
valid_from = 2026-01-01
valid_to = 2026-12-31
kinds = ["placement", "child"]
[[agreement.joined]]
principal = "region"
[[agreement.joined]]
principal = "dal"
body = "Kommunfullmäktige"
decided = 2025-11-24
registration_number = "KS 2025/310"
[[agreement]]
name = "Lokalt om utskrivning i Bok"
version = 1
local = true
valid_from = 2026-01-01
kinds = ["discharge"]
[[agreement.joined]]
principal = "region"
[[agreement.joined]]
principal = "bok"
body = "Socialnämnden"
decided = 2025-12-03
"""


async def a_county(scene: Scene, look: Look) -> None:
    """A county is imported; a municipality joins its agreement and another leaves; costs are shared."""
    here = f"/agreements/{agreement().id}"
    async with scene.client("administrator") as client:
        shown = await look_at(client, COUNTY)
        done = await carry_out(client, shown.text)
        assert done.url.path.startswith("/counties/"), done.url
        await _sent(client, f"{here}/1", "/joinings", principal=str(key_id("principal", "bok")), decided="2026-10-26",
                    body="Kommunfullmäktige", registration_number="KS 2026/114", valid_from="2026-12-01",
                    weight="4100")  # fmt: skip
        al = {"principal": str(key_id("principal", "al")), "valid_to": "2027-02-28", "weight": "9800"}
        known = f"{here}/1?principal={al['principal']}"
        await _sent(client, known, "/joinings", body="Kommunfullmäktige", decided="2024-11-25", **al)
        for what, who, amount in (
            ("Samordnarens lön", "region", "412 500"),
            ("Lokal för utbildning", "al", "18 400,50"),
        ):
            payer = str(key_id("principal", who))
            await _sent(client, f"{here}/settlement", what=what, principal=payer, amount=amount, year="2026")
        new = {**filled((await client.get(f"{here}/new")).text), "valid_from": "2027-03-01", "minimum_notice": "7"}
        kept = await client.post(f"{here}/new", data={**new, "hearing": "5", "gaps_1": "2", "then": "keep"})
        assert kept.status_code < 400
    await look("a county's map", "administrator", done.url.path)
    await look("who has joined an agreement", "administrator", f"{here}/1?principal={al['principal']}")
    await look("two versions of an agreement", "administrator", f"{here}/compare")
    await look("shared costs that are settled", "administrator", f"{here}/settlement?year=2026")


async def a_board(scene: Scene, look: Look) -> None:
    """What suggests a question; a forwarded report that is listed, decided, followed up and found again."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute(REPORTED, unit("eken"), unit("hemtjanst"))
    await look("signs of systemic failures", "coordinator", "/signals")
    _, item = await forwarded(scene)
    async with scene.client("board") as board:
        await look("a question that waits", "board", item)
        await press(board, item, "sitting", sitting_on="2026-12-07")
        await press(board, item, "resolutions", **DECISION)
        await look("a question that is decided", "board", item)
        await look("a board", "board", BOARD)
        await look("a sitting", "board", f"{BOARD}/sittings/2026-12-07")
        await look("boards and what is found", "board", "/boards?q=brevlådor")
    meeting = await scene.stage.meeting()
    await look("a meeting that a pre-meeting is offered for", "convener", f"/meetings/{meeting.id}")


async def a_sitting(scene: Scene, look: Look) -> None:
    """A network is called to two dates, and who sits answers behind her link."""
    path, sitting, item = await asked(scene)
    prepared = {"owner": "IFO-chef", "seat": "1", "by": "2027-04-06", "papers": "Lägesbild https://region.example/lage"}
    async with scene.client("administrator") as client:
        await press(client, item, "preparation", **prepared)
        await press(client, item, "reference", group=await below(client, path), text="Vem bemannar?")
        inquiry = {"questions": "Vad fungerade?\nVad saknades?", "by": "2027-04-06", "about": "Värmeböljan i juli"}
        await press(client, item, "inquiry", **inquiry)
        await scene.stage.at("2026-12-02 08:05")
        await press(client, item, "inquiry/1", answer_1="Larmet och bemanningen.", answer_2="")
    await look("a network's agenda", "administrator", path.replace("/groups/", "/boards/"))
    await look("a network's question", "administrator", item)
    await look("a group with its dates", "administrator", path)
    await look("a group's sitting", "administrator", sitting)
    await look("a group's sitting as it is read", "manager", sitting)
    await look("the dates that somebody is called to", None, scene.link(WHO))
    await scene.stage.at("2027-04-13 16:30")
    await look("who came to a sitting", "administrator", f"{sitting}/attendance")
    async with scene.client("administrator") as client:
        await press(client, sitting, "attendance", came_1="substitute")
    await look("a sitting that was held", "administrator", sitting)
    await look("a group's year of attendance", "administrator", path)
    opened = path.replace("/groups/", "/open-groups/")
    await look("a group that nobody outside is told of", None, opened)
    async with scene.client("administrator") as client:
        await press(client, path, "readers", readers="open")
        await scene.stage.at("2027-04-13 16:40")
        await press(client, item, "resolutions", **{**TASK, "due_on": "2027-05-10"})
    await look("a group that is open, as it is kept", "administrator", path)
    await look("a group that is open to everybody", None, opened)
    await look("a county's open groups", None, f"/open-groups/counties/{EXAMPLE}")
    await look("open groups", None, "/open-groups")
    await asked_to_follow(scene, opened)
    await look("an open group that somebody asked to follow", None, f"{opened}?asked=1")
    await look("groups that a mailbox follows", None, scene.link(FOLLOWER))
    await look("decisions that staff find", "staff", "/decisions?q=läkare")
    await look("a group as staff are told of it", "staff", path.replace("/groups/", "/decisions/"))


async def a_network(scene: Scene, look: Look) -> None:
    """A standing group is founded, its seats are asked of their bodies, and one appoints behind its link."""
    path = await founded(scene)
    await scene.stage.at(ASKED_AT)
    scene.signed_in.clear()
    link = scene.link(BODY)
    await look("the seats that a body is asked about", None, link)
    await appointed(scene, link)
    await look("a body that has answered", None, link)
    await look("founding a group", "administrator", "/groups/new")
    await look("a county's standing groups", "coordinator", "/groups")
    await look("the seats that wait for a principal", "administrator", "/groups?state=asked")
    await look("a standing group with its seats", "administrator", path)
    await look("a standing group as it is read", "manager", path)


async def afterwards(scene: Scene, look: Look) -> None:
    """A plan's day has passed; staff and the person say how the meeting was, and the sums are told."""
    stage = scene.stage
    await _count(stage, "('2026-07-01', 'staff', 'Norr', 40, 32, 25, 21, 31)")
    await _count(stage, "('2026-07-01', 'person', 'Norr', 12, 7, 6, 6, 7)")
    await followed_up(stage)
    await stage.jump("2027-06-10 09:00")
    scene.signed_in.clear()
    await look("a plan whose day has passed", "convener", "/")
    await look("planning the follow-up", "convener", f"/hands/{stage.id}/follow")
    await look("the sheet without a name", "staff", "/survey-form")
    form = f"/tyck/{stage.made.vault.form('')}"
    await look("the person's questions", None, form)
    async with scene.client() as visitor:
        await _sent(visitor, form, heard="yes")
    await look("the person's thanks", None, f"{form}/tack")
    await look("what was said after meetings", "board", "/statistics/survey")


async def a_situation(scene: Scene, look: Look) -> None:
    """A county's weeks beside each other."""
    await weeks(scene)
    await look("a county's weeks", "coordinator", "/situation")
    await look("a week with one before", "board", f"/situation?county={EXAMPLE}&week=2026-W43")


WALKS: dict[str, Callable[[Scene, Look], Awaitable[None]]] = {
    "a report": a_report,
    "a failure": a_failure,
    "a situation": a_situation,
    "a protected meeting": a_protected_meeting,
    "an answer": an_answer,
    "in the room": in_the_room,
    "the directory": the_directory,
    "a booking": a_booking,
    "a key": a_key,
    "a year": a_year,
    "a county": a_county,
    "a board": a_board,
    "a network": a_network,
    "a sitting": a_sitting,
    "afterwards": afterwards,
}
ON_THE_WAY = {
    "/deviations/{report_id:uuid}": "a report",
    "/deviations/new": "a failure",
    "/deviations/drafts/{draft_id:uuid}": "a failure",
    "/matters": "a protected meeting",
    "/svar/{token:str}": "a report",
    "/svar/{token:str}/alla": "an answer",
    "/svar/{token:str}/tack": "an answer",
    "/svar/{token:str}/narvaro": "in the room",
    "/narvaro/{meeting_id:uuid}/{token:str}": "in the room",
    "/narvaro/{meeting_id:uuid}/{token:str}/tack": "in the room",
    "/directory/file/{upload_id:uuid}": "the directory",
    "/directory/hsa/{upload_id:uuid}": "the directory",
    "/directory/{unit_id:uuid}/changes": "the directory",
    "/directory/people/{person_id:uuid}/changes": "the directory",
    "/directory/principals/new": "the directory",
    "/directory/organisations/new": "the directory",
    "/directory/principals/{principal_id:uuid}/roles/new": "the directory",
    "/directory/organisations/{organisation_id:uuid}/roles/new": "the directory",
    "/bookings/{booking_id:uuid}": "a booking",
    "/roles": "a booking",
    "/annual-reports": "a year",
    "/annual-reports/{year:int}": "a year",
    "/published-reports": "a year",
    "/groups": "a network",
    "/groups/new": "a network",
    "/groups/{group_id:uuid}": "a network",
    "/sittings/{sitting_id:uuid}": "a sitting",
    "/decisions": "a sitting",
    "/decisions/{group_id:uuid}": "a sitting",
    "/open-groups": "a sitting",
    "/open-groups/{group_id:uuid}": "a sitting",
    "/open-groups/counties/{county_id:uuid}": "a sitting",
    "/sittings/{sitting_id:uuid}/attendance": "a sitting",
    "/boards": "a board",
    "/boards/{group_id:uuid}": "a board",
    "/boards/{group_id:uuid}/sittings/{day:str}": "a board",
    "/boards/items/{item_id:uuid}": "a board",
    "/signals": "a board",
    "/survey-form": "afterwards",
    "/tyck/{form:str}": "afterwards",
    "/tyck/{form:str}/tack": "afterwards",
    "/statistics/survey": "afterwards",
    "/situation": "a situation",
    "/published-reports/{edition_id:uuid}": "a year",
    "/counties/{county_id:uuid}": "a county",
    "/agreements/{agreement_id:uuid}/compare": "a county",
}
"""Page, as it is declared -> the walk that goes to it."""
NO_PAGES = {
    "/language": "leads on to the page that came back in another language",
    "/agreements/{agreement_id:uuid}/{version:int}/file": "a file",
    "/audit/extracts/{staff_id:uuid}/file": "a file",
    "/annual-reports/{year:int}/file": "a file",
    "/groups/{group_id:uuid}/attendance/{year:int}": "a file",
    "/published-reports/{edition_id:uuid}/file": "a file",
    "/directory/file/export": "a file",
    "/counties/file/example": "a file",
    "/boards/{group_id:uuid}/sittings/{day:str}/{kind:str}": "a file",
    "/deviations/{report_id:uuid}/file": "a file",
    "/meetings/file": "a file",
    "/situation/file.csv": "a file",
    "/svar/{token:str}/mote.ics": "a file",
    "/inbound/{number:int}/raw": "a mail as it came",
    "/mail-preview/{name:str}/html": "a mail, inside its preview",
    "/meetings/new/{sketch_id:uuid}/mail/{party:int}": "a mail, inside the check",
    "/hands/rows": "rows of the start page",
    "/meetings/{meeting_id:uuid}/changes": "parts of the meeting's page",
    "/events": "a stream",
    "/units/search": "options of a field",
    "/svar/{token:str}/enheter": "options of a field",
    "/sign-in/with/{provider:str}": "on to a provider",
    "/sign-in/with/{provider:str}/back": "on from a provider",
}
"""What is asked for and is no page to look at -> what it is."""
