"""After a restore: nothing that was sent is sent again unseen, and nothing that was not is forgotten."""

import itertools
from pathlib import Path

import pytest

from sip import backup
from sip.domain.events import CancelReason
from sip.embedded.server import ServerHandle
from sip.usecases import meetings
from sip.usecases.engine import holding
from sip.usecases.engine.holding import HeldPost, HoldError
from tests.stories.stage import Stage, at, on_stage


async def test_what_may_have_been_sent_waits_for_a_decision(
    cluster: ServerHandle, database_url: str, database_owner_url: str, tmp_path: Path
) -> None:
    """Backed up on Thursday, lost on Friday after the reminder had gone: the copy asks before it reminds again."""
    file = tmp_path / "sip.backup"
    async with on_stage(database_url, "2026-11-02 09:00") as before:
        await before.at("2026-11-02 10:00")
        await before.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
        await before.at("2026-11-05 16:00")
        assert backup.save(database_owner_url, file) > 0
        await before.at("2026-11-06 09:00")
        assert [when for when, _ in before.arrivals("hemtjanst@al.example")] == ["Mon 02 Nov 10:00", "Fri 06 Nov 08:00"]
        meeting = before.id
    cluster.ensure_database("sip_restored")
    backup.put_back(cluster.owner_url("sip_restored"), file)
    async with on_stage(cluster.url("sip_restored"), "2026-11-06 09:30") as stage:
        stage.meeting_id, stage.numbers = meeting, itertools.count(100)
        await stage.work()
        stage.nothing_for("hemtjanst@al.example", "skolan@al.example")
        found = await _held(stage)
        assert {one.recipient for one in found.mails} == {"hemtjanst@al.example", "skolan@al.example"}
        assert found.hold.begun_at == at("2026-11-06 09:30")
        with pytest.raises(HoldError, match="2 mails wait for a decision"):
            await holding.end(stage.made.worker.db, await stage.now())
        reminded, forgotten = (next(m.id for m in found.mails if m.recipient.startswith(u)) for u in ("hemt", "skol"))
        with pytest.raises(HoldError, match="No such mail is held: 999"):
            await holding.send(stage.made.worker.db, [forgotten, 999])
        await holding.count_as_sent(stage.made.worker.db, [reminded], await stage.now())
        await holding.send(stage.made.worker.db, [forgotten])
        await stage.work()
        stage.nothing_for("hemtjanst@al.example")
        assert [when for when, _ in stage.arrivals("skolan@al.example")] == ["Fri 06 Nov 09:30"]

        # What a person begins leaves at once, what the engine begins still waits; the hold ends when all is decided.
        await stage.call("2026-12-14 10:00", ["hemtjanst"])
        assert len(stage.mailbox("hemtjanst@al.example")) == 1
        with pytest.raises(HoldError, match="may still come until 2026-11-06 10:30 UTC"):
            await holding.end(stage.made.worker.db, await stage.now())
        await stage.at("2026-11-06 11:30")
        await holding.end(stage.made.worker.db, await stage.now())
        assert await holding.held(stage.made.worker.db, await stage.now()) is None

        # The ladder goes on from what was decided: both count as reminded, each once.
        stage.meeting_id = meeting
        await stage.at("2026-11-12 12:00")
        assert len(stage.mailbox("skolan@al.example")) == 2
    cluster.drop_database("sip_restored")


async def _held(stage: Stage) -> HeldPost:
    found = await holding.held(stage.made.worker.db, await stage.now())
    assert found is not None
    return found


async def test_a_database_brought_back_in_its_own_place_is_told_so(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await stage.work()
    with pytest.raises(HoldError, match="cannot lie ahead"):
        await holding.begin(stage.made.worker.db, await stage.now(), at("2026-11-03 09:00"))
    await holding.begin(stage.made.worker.db, await stage.now(), at("2026-11-01 09:00"))
    await stage.at("2026-11-09 12:00")
    assert len(stage.mailbox("hemtjanst@al.example")) == 1
    assert len((await _held(stage)).mails) == 1


def test_a_file_that_is_no_backup_and_a_database_that_is_not_empty_are_refused(
    database_owner_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "sip.backup"
    file.write_text("not one")
    with pytest.raises(backup.BackupError, match="is no backup of ours"):
        backup.put_back(database_owner_url, file)
    backup.save(database_owner_url, file)
    with pytest.raises(backup.BackupError, match="has tables already"):
        backup.put_back(database_owner_url, file)
    with pytest.raises(backup.BackupError, match="does not exist"):
        backup.save(database_owner_url.replace("/sip_test", "/sip_nowhere"), tmp_path / "none")
    assert [one.name for one in tmp_path.iterdir()] == ["sip.backup"]


async def test_bytes_that_were_composed_before_leave_as_they_were_or_never(stage: Stage) -> None:
    stage.relay.away = True
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    stage.relay.away = False
    await holding.begin(stage.made.worker.db, await stage.now(), None)
    await stage.machine_time_passes()
    stage.nothing_for("hemtjanst@al.example", "skolan@al.example")
    found = {one.recipient: one for one in (await _held(stage)).mails}
    assert all(one.composed for one in found.values())
    await holding.send(stage.made.worker.db, [found["skolan@al.example"].id])
    await holding.count_as_sent(stage.made.worker.db, [found["hemtjanst@al.example"].id], await stage.now())
    await stage.machine_time_passes()
    stage.nothing_for("hemtjanst@al.example")
    assert len(stage.mailbox("skolan@al.example")) == 1
    assert (await stage.party("hemtjanst")).round.clock_start == await stage.now()  # type: ignore[union-attr]  # it has a round


async def test_what_is_cancelled_while_it_is_held_lets_the_cancellation_leave(stage: Stage) -> None:
    """The first call had left; its change waits with bytes of its own, and the convener cancels."""
    await stage.call("2026-12-07 10:00")
    stage.relay.away = True
    await stage.do(meetings.move, start=at("2026-12-08 10:00"), end=at("2026-12-08 11:00"))
    stage.relay.away = False
    await holding.begin(stage.made.worker.db, await stage.now(), None)
    await stage.machine_time_passes()
    assert [method for _, method in stage.arrivals("hemtjanst@al.example")] == ["REQUEST"]
    await stage.do(meetings.cancel, CancelReason.OTHER)
    await stage.machine_time_passes()
    assert [method for _, method in stage.arrivals("hemtjanst@al.example")] == ["REQUEST", "CANCEL"]


async def test_what_was_said_after_one_restore_says_nothing_of_the_next(stage: Stage) -> None:
    stage.relay.away = True
    await stage.call("2026-12-07 10:00")
    stage.relay.away = False
    await holding.begin(stage.made.worker.db, await stage.now(), None)
    await holding.send(stage.made.worker.db, None)
    await holding.begin(stage.made.worker.db, await stage.now(), None)
    await stage.machine_time_passes()
    stage.nothing_for("hemtjanst@al.example")
