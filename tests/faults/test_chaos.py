"""A short play of what `make chaos` does for hours: killed at named points under load, and everything counted."""

from pathlib import Path

from tests.faults.chaos.counted import count
from tests.faults.chaos.play import POSTGRES, act, on_play
from tests.faults.chaos.points import AT_RANDOM
from tests.faults.chaos.server import Killable

from sip.embedded.server import ServerHandle

PLAN = [
    ("worker-1", "its answer"),
    ("worker-2", "before commit"),
    ("mail_in", "keeps a mail"),
    ("web", "after commit"),
    (POSTGRES, AT_RANDOM),
    ("worker-1", "settle"),
]


async def test_killed_at_named_points_under_load(cluster: ServerHandle, database_url: str, tmp_path: Path) -> None:
    """Every step once, every mail at least once and alike to the byte; nothing told 250 or thanked for is lost."""
    async with on_play(database_url, 1, tmp_path, Killable(cluster).kill) as play:
        await act(play, PLAN, disturbed=False)
        counted = await count(play)
    assert counted.wrong == []
    assert counted.figures["kills"] == len(PLAN)
    assert counted.figures["steps"] > 0 and counted.figures["answers by mail"] > 0
    assert sum(play.relay.faults.values()) > 0
