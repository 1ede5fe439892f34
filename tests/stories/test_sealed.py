"""A day is over: what was done and read in it is sealed, kept outside and mailed, and one meeting of it proven."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sip.app import seal_key
from sip.domain.people import Role
from sip.edges import seal_folder
from sip.store import db as database
from sip.usecases import proofs, seal_check
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.seal_check import Outside
from tests.stories.stage import Stage, on_stage
from tests.tester import TESTER

AUDITOR = Actor(ActorKind.USER, "ada", "Ada", role=Role.AUDITOR)
ARCHIVE = "arkiv@annat-hus.example"


@pytest.fixture
async def sealing(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    kept = {"SIP_SEAL_FOLDER": str(tmp_path), "SIP_SEAL_MAIL": ARCHIVE}
    async with on_stage(database_url, "2026-11-02 09:00", settings=kept) as made:
        yield made


def _kept(folder: Path) -> list[str]:
    return [str(one.stored.day) for one in seal_folder.kept_days(folder)]


async def test_a_day_is_sealed_when_it_is_over(sealing: Stage, tmp_path: Path) -> None:
    stage, key = sealing, seal_key(sealing.made.settings)
    await stage.call("2026-12-07 10:00")
    await stage.at("2026-11-02 23:50")
    # With its very first look it seals what is there already, as of the day before.
    assert _kept(tmp_path) == ["2026-11-01"]
    await stage.at("2026-11-03 00:05")
    assert _kept(tmp_path) == ["2026-11-01", "2026-11-02"]
    first, letter = stage.mailbox(ARCHIVE)
    assert (letter.when, letter.subject) == ("Tue 03 Nov 00:05", "Sigill för 2026-11-02: journal och åtkomstlogg")
    told = bytes.fromhex(re.findall(r"\b[0-9a-f]{64}\b", letter.body)[-1])

    days = seal_folder.kept_days(tmp_path)
    found = await seal_check.verify(stage.made.db, Outside({key.public}, days, {told}))
    assert (found.finding, found.days) == (None, 2)
    meeting = stage.meeting_id
    assert meeting is not None
    made = await proofs.prove(stage.made.db, meeting, actor=AUDITOR, now=await stage.now())
    shown = proofs.check(json.dumps(made).encode(), key.public)
    async with stage.made.db.transaction(TESTER) as conn:
        rows = await (await database.raw(conn)).fetchval("select count(*) from journal where aggregate = $1", meeting)
    assert (shown.journal, shown.days) == (rows, ("2026-11-01", "2026-11-02"))
    assert first.subject.startswith("Sigill för 2026-11-01")
