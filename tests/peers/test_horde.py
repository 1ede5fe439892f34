"""Horde answers: its Itip library reads our mail and mails a whole answer, by its own hand, over SMTP.

Its answers are no model: the method's parameter is in upper case, the calendar is an attachment, a line is folded to
nothing, there is no Message-ID, and on a server that keeps UTC it moves the meeting by the hours between.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sip.domain import events as e
from sip.domain.standing import Standing
from sip.usecases import meetings
from tests.peers.programs import HERE, ZONE, need, need_path, run
from tests.peers.today import catch_up, newest, weeks_ahead
from tests.stories.stage import Letter, Stage, at

UNIT = "skolan@al.example"


@pytest.fixture(autouse=True)
def itip() -> None:
    need("php")
    for library in ("Itip.php", "Autoloader", "Mime", "Mail", "Smtp.php"):
        need_path(Path("/usr/share/php/Horde") / library)


async def horde(stage: Stage, folder: Path, letter: Letter, answer: str, zone: str = ZONE) -> dict[str, Any]:
    """Horde reads this mail on a server in this zone; what it sees. Its answer has arrived."""
    await catch_up(stage)
    kept = folder / "mail.eml"
    kept.write_bytes(letter.raw)
    port = str(stage.place.listening["smtp"].port)
    script = ("php", "-d", f"date.timezone={zone}", HERE / "horde.php")
    said = await run(*script, kept, answer, UNIT, "Skolan Al", port, zone=zone)
    await stage.work()
    seen: dict[str, Any] = json.loads(said)
    return seen


@pytest.mark.parametrize("zone", [ZONE, "UTC"])
@pytest.mark.parametrize(
    ("answer", "stands"),
    [
        ("Accept", Standing.NAME_MISSING),
        ("Decline", Standing.SEEKING_SUBSTITUTE),
        ("Tentative", Standing.TENTATIVE),
    ],
)
async def test_its_answer_is_the_units(stage: Stage, tmp_path: Path, answer: str, stands: Standing, zone: str) -> None:
    await stage.call(weeks_ahead(stage), ["hemtjanst", "skolan"])
    await horde(stage, tmp_path, newest(stage, UNIT), answer, zone)
    assert await stage.stands("skolan") is stands
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER
    assert [outcome for outcome, _ in await stage.outcomes()] == ["applied"]


async def test_what_it_sees(stage: Stage, tmp_path: Path) -> None:
    """What went in comes out: who is asked, by whom, when, where."""
    start = weeks_ahead(stage)
    await stage.call(start, ["skolan"])
    letter = newest(stage, UNIT)
    seen = await horde(stage, tmp_path, letter, "Look")
    the = await stage.meeting()
    assert datetime.fromtimestamp(seen.pop("start"), UTC) == at(start)
    assert datetime.fromtimestamp(seen.pop("end"), UTC) == at(start) + timedelta(hours=1)
    assert seen == {
        "method": "REQUEST",
        "uid": letter.uid,
        "sequence": 0,
        "summary": f"SIP-möte, ärende {the.reference}",
        "location": "Vårdcentralen Eken, Rum 2",
        "organizer": f"mailto:{letter.reply_to}",
        "attendee": f"mailto:{UNIT}",
    }


async def test_a_new_time_is_answered_anew(stage: Stage, tmp_path: Path) -> None:
    """An answer to the old time changes nothing, though Horde's own clock calls it new."""
    await stage.call(weeks_ahead(stage), ["skolan"])
    old = newest(stage, UNIT)
    await catch_up(stage)
    moved = weeks_ahead(stage, 14)
    await stage.do(meetings.move, start=at(moved), end=at(moved) + timedelta(hours=1))
    await horde(stage, tmp_path, old, "Accept")
    assert await stage.stands("skolan") is Standing.NO_ANSWER
    assert (await stage.outcomes())[-1] == ("refused", "answered_old_time")
    await horde(stage, tmp_path, newest(stage, UNIT), "Accept")
    assert await stage.stands("skolan") is Standing.NAME_MISSING


async def test_an_answer_to_a_cancelled_meeting(stage: Stage, tmp_path: Path) -> None:
    """Horde still answers the invitation it has; nothing comes of it, and it reads the cancellation as one."""
    await stage.call(weeks_ahead(stage), ["skolan"])
    asked = newest(stage, UNIT)
    await stage.do(meetings.cancel, e.CancelReason.NO_LONGER_NEEDED)
    seen = await horde(stage, tmp_path, newest(stage, UNIT, "CANCEL"), "Look")
    assert (seen["method"], seen["uid"], seen["sequence"]) == ("CANCEL", asked.uid, 1)
    await horde(stage, tmp_path, asked, "Accept")
    assert (await stage.outcomes())[-1][0] != "applied"
