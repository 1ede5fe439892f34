"""Gnus answers: a whole session of it reads our mail, presses a button and mails its answer over SMTP."""

from pathlib import Path

import pytest

from sip.domain import events as e
from sip.domain.standing import Standing
from sip.usecases import meetings
from tests.peers.programs import HERE, need, run
from tests.peers.today import catch_up, newest, weeks_ahead
from tests.stories.stage import Letter, Stage, at

UNIT = "hemtjanst@al.example"


@pytest.fixture(autouse=True)
def emacs() -> None:
    need("emacs")


async def gnus(stage: Stage, folder: Path, letter: Letter, press: str) -> str:
    """Gnus opens a mailbox with this mail; what it shows. The button is pressed and its answer has arrived."""
    await catch_up(stage)
    mailbox = mbox(folder, letter)
    port = str(stage.place.listening["smtp"].port)
    session = ("emacs", "-Q", "--batch", "-l", HERE / "gnus.el")
    shown = await run(*session, mailbox, press, UNIT, "Hemtjänsten Al", port, folder, home=folder)
    await stage.work()
    return shown


def mbox(folder: Path, letter: Letter) -> Path:
    """A mailbox file as a mail server writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    mailbox = folder / "mailbox"
    mailbox.write_bytes(b"From sip Thu Jan  1 00:00:00 1970\n" + letter.raw.replace(b"\r\n", b"\n") + b"\n")
    return mailbox


@pytest.mark.parametrize(
    ("press", "stands"),
    [("Accept", Standing.NAME_MISSING), ("Decline", Standing.SEEKING_SUBSTITUTE), ("Tentative", Standing.TENTATIVE)],
)
async def test_its_answer_is_the_units(stage: Stage, tmp_path: Path, press: str, stands: Standing) -> None:
    await stage.call(weeks_ahead(stage), ["hemtjanst", "skolan"])
    await gnus(stage, tmp_path, newest(stage, UNIT), press)
    assert await stage.stands("hemtjanst") is stands
    assert await stage.stands("skolan") is Standing.NO_ANSWER
    assert [outcome for outcome, _ in await stage.outcomes()] == ["applied"]


async def test_what_it_shows(stage: Stage, tmp_path: Path) -> None:
    """The reader sees what and when and where in their own time, that they are asked, and the buttons."""
    start = weeks_ahead(stage)
    await stage.call(start)
    letter = newest(stage, UNIT)
    shown = await gnus(stage, tmp_path, letter, "Look")
    reference = (await stage.meeting()).reference
    assert f"Subject: {letter.subject}" in shown
    assert "[ Accept ]    [ Tentative ]    [ Decline ]" in shown
    assert f"Summary:    SIP-möte, ärende {reference}" in shown
    assert "Location:   Vårdcentralen Eken, Rum 2" in shown
    assert f"Time:       <{start}-11:00>" in shown
    assert "Attendance: Required" in shown
    assert "Ring Clara Kallar 010-319 299" in shown


async def test_a_new_time_is_answered_anew(stage: Stage, tmp_path: Path) -> None:
    """A yes to the old time is told as old; the same person's yes to the new one counts."""
    await stage.call(weeks_ahead(stage))
    old = newest(stage, UNIT)
    await gnus(stage, tmp_path / "first", old, "Accept")
    moved = weeks_ahead(stage, 14)
    await catch_up(stage)
    await stage.do(meetings.move, start=at(moved), end=at(moved.replace("14:00", "15:30")))
    new = newest(stage, UNIT)
    assert (new.sequence, new.uid) == (1, old.uid)

    await gnus(stage, tmp_path / "late", old, "Accept")
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER
    outcome, reason = (await stage.outcomes())[-1]
    assert outcome != "applied"
    assert reason == "answered_old_time"

    shown = await gnus(stage, tmp_path / "new", new, "Decline")
    assert f"Time:       <{moved}-15:30>" in shown
    assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE


async def test_it_changes_its_mind(stage: Stage, tmp_path: Path) -> None:
    await stage.call(weeks_ahead(stage))
    letter = newest(stage, UNIT)
    await gnus(stage, tmp_path / "perhaps", letter, "Tentative")
    await gnus(stage, tmp_path / "yes", letter, "Accept")
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING
    await gnus(stage, tmp_path / "no", letter, "Decline")
    assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE


async def test_a_cancelled_meeting_asks_for_nothing(stage: Stage, tmp_path: Path) -> None:
    await stage.call(weeks_ahead(stage))
    await stage.do(meetings.cancel, e.CancelReason.NO_LONGER_NEEDED)
    shown = await gnus(stage, tmp_path, newest(stage, UNIT, "CANCEL"), "Look")
    assert "Method:     CANCEL" in shown
    assert "[ Accept ]" not in shown
