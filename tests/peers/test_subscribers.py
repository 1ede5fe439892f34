"""Programs that subscribe to a calendar of ours show every meeting in it, at its time, and follow what happens to it.

vdirsyncer fetches it over HTTP and khal shows what it fetched; calcurse takes in what was fetched; ical.js, node-ical
and libical read it.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import httpx
import pytest
from icalendar import Calendar

from sip.domain import events as e
from sip.domain.people import Language, Role
from sip.domain.worktime import STOCKHOLM
from sip.store.feeds import FeedKind
from sip.usecases import feeds, meetings
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.directory.keys import key_id
from tests.peers.programs import HERE, MODULES, ZONE, need, need_path, run
from tests.stories.stage import Stage, at, on_stage
from tests.web.scene import add_users

# Meetings on both sides of the nights when the clocks change, and one in the hour that comes twice.
STARTS = (
    "2026-10-23 13:00", "2026-10-26 10:00", "2026-12-07 08:30", "2027-03-26 15:00", "2027-03-29 09:00",
    "2026-10-25 02:15",
)  # fmt: skip
MOVED = "2026-12-09 14:00"
HOUR = timedelta(hours=1)
COORDINATOR = Actor(
    ActorKind.USER,
    str(uuid5(UUID(int=9), "coordinator")),
    "Siv Holm",
    role=Role.COORDINATOR,
    principal_id=key_id("principal", "region"),
)


@dataclass(frozen=True)
class Shown:
    """One line of a calendar program: local time as people read it, and what the meeting is called."""

    start: str
    end: str
    summary: str


@dataclass
class Subscription:
    """The address of a coordinator's calendar, with the meetings that are in it."""

    stage: Stage
    address: str
    starts: dict[UUID, str]

    async def fetched(self) -> bytes:
        async with httpx.AsyncClient() as client:
            answer = await client.get(self.address)
        assert answer.status_code == 200
        return answer.content

    async def expected(self) -> set[Shown]:
        """Every meeting at its time; the words are those of the calendar itself, read with icalendar."""
        calendar = Calendar.from_ical(await self.fetched())
        assert isinstance(calendar, Calendar)
        said = {str(event["URL"]).rpartition("/")[2]: str(event["SUMMARY"]) for event in calendar.events}
        assert said.keys() == {str(one) for one in self.starts}
        return {shown(at(start), at(start) + HOUR, said[str(one)]) for one, start in self.starts.items()}

    async def things_happen(self) -> None:
        """One meeting is moved, another cancelled."""
        moved, cancelled = list(self.starts)[2:4]
        self.stage.meeting_id = moved
        await self.stage.do(meetings.move, start=at(MOVED), end=at(MOVED) + HOUR)
        self.starts[moved] = MOVED
        self.stage.meeting_id = cancelled
        await self.stage.do(meetings.cancel, e.CancelReason.NO_LONGER_NEEDED)


def shown(start: datetime, end: datetime, summary: str) -> Shown:
    first, last = (f"{one.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" for one in (start, end))
    return Shown(first, last, summary)


@pytest.fixture
async def subscription(database_url: str) -> AsyncIterator[Subscription]:
    async with on_stage(database_url, "2026-10-19 09:00", pages=True) as stage:
        await add_users(stage)
        starts = {}
        for start in STARTS:
            await stage.call(start)
            starts[stage.id] = start
        made = await feeds.make(
            stage.made.db, UUID(int=1), FeedKind.AREA, Language.SV, actor=COORDINATOR, now=await stage.now()
        )
        where = stage.place.listening["http"]
        yield Subscription(stage, f"http://{where.host}:{where.port}/feeds/{made.secret}.ics", starts)


# -- vdirsyncer and khal

_SYNC = """\
[general]
status_path = "{folder}/status"
[pair sip]
a = "there"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage there]
type = "http"
url = "{address}"
[storage here]
type = "filesystem"
path = "{folder}/calendar"
fileext = ".ics"
"""
_KHAL = f"""\
[calendars]
[[sip]]
path = {{folder}}/calendar
readonly = True
[locale]
local_timezone = {ZONE}
default_timezone = {ZONE}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {{folder}}/khal.db
"""


class Khal:
    """A person's khal, with vdirsyncer to fetch for it."""

    def __init__(self, folder: Path, address: str) -> None:
        need("vdirsyncer", "khal")
        self.folder = folder
        (folder / "calendar").mkdir()
        (folder / "sync.conf").write_text(_SYNC.format(folder=folder, address=address))
        (folder / "khal.conf").write_text(_KHAL.format(folder=folder))

    async def fetch(self) -> None:
        for act in ("discover", "sync"):
            await run("vdirsyncer", "-c", self.folder / "sync.conf", act, home=self.folder)

    async def shows(self) -> set[Shown]:
        form = "{start-long}|{end-long}|{title}"
        asked = ("list", "--once", "--day-format", "", "--format", form, "2026-10-01", "300d")
        said = await run("khal", "-c", self.folder / "khal.conf", *asked, home=self.folder)
        return {Shown(*line.split("|", 2)) for line in said.splitlines() if line.strip()}


async def test_vdirsyncer_fetches_and_khal_shows(subscription: Subscription, tmp_path: Path) -> None:
    khal = Khal(tmp_path, subscription.address)
    await khal.fetch()
    assert await khal.shows() == await subscription.expected()
    await subscription.things_happen()
    await khal.fetch()
    now = await khal.shows()
    assert now == await subscription.expected()
    assert [one.start for one in now if one.summary.startswith("INSTÄLLT")] == [STARTS[3]]


# -- calcurse


async def calcurse(folder: Path, fetched: Path) -> set[Shown]:
    """What calcurse shows once it has taken this in; it has no way of its own to fetch."""
    need("calcurse")
    mine = ("calcurse", "-D", folder / "data", "-C", folder / "config")
    await run(*mine, "-q", "-i", fetched, home=folder)
    form = r"%(start:%Y-%m-%d %H:%M)|%(end:%Y-%m-%d %H:%M)|%m\n"
    said = await run(
        *mine, "-Q", "--input-datefmt", "4", "--filter-type", "cal", "--from", "2026-10-01", "--days", "300",
        "--format-apt", form, home=folder,
    )  # fmt: skip
    return {Shown(*line.split("|", 2)) for line in said.splitlines() if "|" in line}


async def test_calcurse_shows_every_meeting(subscription: Subscription, tmp_path: Path) -> None:
    fetched = tmp_path / "fetched.ics"
    for happens in (False, True):
        if happens:
            await subscription.things_happen()
        fetched.write_bytes(await subscription.fetched())
        folder = tmp_path / ("then" if happens else "first")
        assert await calcurse(folder, fetched) == await subscription.expected()


# -- libraries


@pytest.mark.parametrize("library", ["ical.js", "node-ical"])
@pytest.mark.parametrize("zone", [ZONE, "America/New_York"])
async def test_node_reads_it(subscription: Subscription, tmp_path: Path, library: str, zone: str) -> None:
    need("node")
    need_path(MODULES / library)
    await subscription.things_happen()
    path = tmp_path / "fetched.ics"
    path.write_bytes(await subscription.fetched())
    events = json.loads(await run("node", HERE / "read.mjs", MODULES.parent, library, path, zone=zone))
    seen = {
        shown(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"]), one["summary"])
        for one in events
    }
    assert seen == await subscription.expected()
    assert all(one["organizer"] == one["attendees"] == [] for one in events), "nobody is asked"
    assert sorted(one["status"] for one in events) == ["CANCELLED", *["CONFIRMED"] * 5]
