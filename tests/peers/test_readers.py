"""Those who read calendars see in ours what went in: libical's judgement of form, and the values of four readers.

libical is in Evolution, KDE and Cyrus; ical.js in Thunderbird; node-ical and icalendar in many services.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar, vCalAddress

from sip.domain.effects import Method
from sip.domain.people import Language
from sip.edges.mail.letters import wording
from sip.edges.mail.texts import clean_name
from tests.peers.invitations import Invitation, invitations
from tests.peers.programs import HERE, MODULES, ZONE, need, need_path, run

SUMMARY = {Language.SV: "SIP-möte, ärende {}", Language.EN: "SIP meeting, case {}"}
NEW_YORK = "America/New_York"

Seen = dict[str, Any]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Invitation]:
    """Each calendar as a file."""
    folder = tmp_path_factory.mktemp("calendars")
    made = {folder / f"{number}.ics": one for number, one in enumerate(invitations())}
    for path, one in made.items():
        path.write_bytes(one.calendar)
    return made


# -- form


@pytest.fixture(scope="session")
async def restrictions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our few lines of C round libical, compiled."""
    need("gcc")
    need_path(Path("/usr/include/libical/ical.h"))
    program = tmp_path_factory.mktemp("libical") / "restrictions"
    await run("gcc", "-Wall", "-Werror", "-o", program, HERE / "restrictions.c", "-lical")
    return program


async def judged(restrictions: Path, *calendars: Path) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """libical's findings, and when each event begins and ends."""
    findings, times = [], {}
    for line in (await run(restrictions, *calendars)).splitlines():
        name, told, seconds = line.partition("= ")
        if told:
            begins, ends = seconds.split()
            times[name] = int(begins), int(ends)
        else:
            findings.append(line)
    return findings, times


async def test_libical_finds_nothing(restrictions: Path, written: dict[Path, Invitation]) -> None:
    findings, times = await judged(restrictions, *written)
    assert findings == []
    for path, one in written.items():
        facts = one.mail.facts
        assert times[str(path)] == (facts.start.timestamp(), facts.end.timestamp()), one.name


@pytest.mark.parametrize(
    ("method", "without"),
    [
        *[(Method.REQUEST, name) for name in ("ATTENDEE", "DTSTAMP", "DTSTART", "ORGANIZER", "SUMMARY", "UID")],
        *[(Method.CANCEL, name) for name in ("DTSTAMP", "ORGANIZER", "SEQUENCE", "UID")],
    ],
)
async def test_libical_would_have_found_it(
    restrictions: Path, written: dict[Path, Invitation], tmp_path: Path, method: Method, without: str
) -> None:
    """What iTIP requires is missed when it is missing, so the silence above says something."""
    whole = next(one.calendar for one in written.values() if one.mail.method is method)
    lines = whole.decode().replace("\r\n ", "").split("\r\n")
    inside = lines.index("BEGIN:VEVENT")
    left = [line for n, line in enumerate(lines) if n < inside or not line.startswith((f"{without}:", f"{without};"))]
    if without == "DTSTART":
        left.insert(left.index("END:VEVENT"), "DTSTART:soon")
    path = tmp_path / "broken.ics"
    path.write_text("\r\n".join(left), newline="")
    findings, _ = await judged(restrictions, path)
    assert findings


# -- values


async def by_icalendar(files: list[Path], zone: str) -> list[Seen]:
    return [_by_icalendar(file.read_bytes()) for file in files]


def _by_icalendar(raw: bytes) -> Seen:
    calendar = Calendar.from_ical(raw)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.events
    assert not event.errors
    organizer = event["ORGANIZER"]
    assert isinstance(organizer, vCalAddress)
    return {
        "method": str(calendar["METHOD"]),
        "uid": str(event["UID"]),
        "sequence": event["SEQUENCE"],
        "stamp": event.DTSTAMP,
        "start": event.start,
        "end": event.end,
        "summary": str(event["SUMMARY"]),
        "location": str(event["LOCATION"]),
        "description": str(event["DESCRIPTION"]),
        "status": str(event["STATUS"]),
        "organizer": [_person(organizer)],
        "attendees": [_person(one) for one in event.attendees],
    }


def _person(address: vCalAddress) -> Seen:
    return {"email": address.email} | {name.lower(): str(value) for name, value in address.params.items()}


def by_node(library: str) -> Callable[[list[Path], str], Awaitable[list[Seen]]]:
    async def read(files: list[Path], zone: str) -> list[Seen]:
        need("node")
        need_path(MODULES / library)
        said = await run("node", HERE / "read.mjs", MODULES.parent, library, *files, zone=zone)
        return [_by_node(json.loads(line)) for line in said.splitlines()]

    return read


def _by_node(events: list[Seen]) -> Seen:
    (event,) = events
    times = {name: datetime.fromisoformat(event[name]) for name in ("stamp", "start", "end")}
    people = {name: [_told(one) for one in event[name]] for name in ("organizer", "attendees")}
    return event | times | people


def _told(person: Seen) -> Seen:
    """node-ical makes a truth value of RSVP."""
    return {name: "TRUE" if value is True else value for name, value in person.items()}


@pytest.mark.parametrize("zone", [ZONE, NEW_YORK])
@pytest.mark.parametrize(
    "read", [by_icalendar, by_node("ical.js"), by_node("node-ical")], ids=["icalendar", "ical.js", "node-ical"]
)
async def test_what_went_in_comes_out(
    read: Callable[[list[Path], str], Awaitable[list[Seen]]], zone: str, written: dict[Path, Invitation]
) -> None:
    """Wherever the reader's machine stands."""
    seen = await read(list(written), zone)
    for one, event in zip(written.values(), seen, strict=True):
        assert event.pop("description").strip(), one.name
        assert event == went_in(one), one.name


async def test_they_read_the_same_words(written: dict[Path, Invitation]) -> None:
    """Lines, commas and semicolons of the description come through the escapes alike."""
    files = list(written)
    readers = (by_icalendar, by_node("ical.js"), by_node("node-ical"))
    first, *others = [[event["description"] for event in await read(files, ZONE)] for read in readers]
    for other in others:
        assert other == first


def went_in(one: Invitation) -> Seen:
    """The values as the mail holds them."""
    mail, facts = one.mail, one.mail.facts
    asked = {"partstat": "NEEDS-ACTION", "rsvp": "TRUE"} if mail.method is Method.REQUEST else {}
    caller = clean_name(f"{clean_name(facts.convener_unit)} (SIP-samordning)")
    return {
        "method": mail.method,
        "uid": one.uid,
        "sequence": mail.sequence,
        "stamp": mail.dtstamp,
        "start": facts.start.astimezone(UTC),
        "end": facts.end.astimezone(UTC),
        "summary": SUMMARY[mail.to.language].format(facts.reference),
        "location": " / ".join(wording.places(mail.to.language, facts)),
        "status": "CONFIRMED" if mail.method is Method.REQUEST else "CANCELLED",
        "organizer": [{"email": one.organizer, "cn": caller}],
        "attendees": [
            {
                "email": mail.to.email,
                "cn": clean_name(mail.to.name),
                "cutype": "INDIVIDUAL",
                "role": "REQ-PARTICIPANT",
                **asked,
            }
        ],
    }
