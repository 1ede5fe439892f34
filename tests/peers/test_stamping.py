"""Heads are stamped by a real authority (`openssl ts`), and the stamps verified, by us and by openssl."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from sip.edges import seal_folder
from sip.edges.seal_stamps import StampAwayError, Stamper
from sip.seal_key import SealKey
from sip.seal_stamp import StampError, Stamps, read_roots
from sip.store import db as database
from sip.store import sealing
from sip.store.db import Database
from sip.usecases import seal_check
from sip.usecases.actor import ASKING
from sip.usecases.recorded import recorded
from sip.usecases.seal_check import Outside, SealFault, Wrong
from sip.usecases.sealing import Sealing, seal, stamp
from tests.peers.programs import run
from tests.peers.stamping import Authority, authority, made
from tests.peers.today import machine_time
from tests.tester import TESTER

KEY = SealKey(None, "a made-up key for demonstrations and tests only")


def _stamps(root: Path) -> Stamps:
    return Stamps(read_roots(root.read_bytes()))


def _how(here: Authority, folder: Path) -> Sealing:
    folder.mkdir(exist_ok=True)
    stamper = Stamper(here.url, _stamps(here.root))
    return Sealing(KEY, partial(seal_folder.keep, folder), None, stamper.stamp, partial(seal_folder.keep_token, folder))


async def _sealed(db: Database, how: Sealing, days_ago: int = 0) -> datetime:
    """A row of yesterday's, sealed today; `days_ago` of both."""
    now = machine_time() - timedelta(days=days_ago)
    async with recorded(db, ASKING, now - timedelta(days=1)) as (_, log):
        log.note("read", "meeting", "x")
    await seal(db, how, now)
    return now


async def _verified(db: Database, stamps: Stamps | None, folder: Path | None = None) -> seal_check.Verified:
    days = () if folder is None else seal_folder.kept_days(folder)
    return await seal_check.verify(db, Outside({KEY.public}, days, (), stamps))


async def test_a_head_is_stamped_once_and_both_verify_it(db: Database, tmp_path: Path) -> None:
    async with authority(tmp_path) as here:
        how = _how(here, tmp_path / "seals")
        now = await _sealed(db, how)
        assert (await stamp(db, how, now), await stamp(db, how, now), here.asked) == (1, 0, 1)
    async with db.transaction(TESTER) as conn:
        head = await sealing.last_head(conn)
        tokens = await sealing.tokens(conn)
    assert head is not None
    file = tmp_path / "seals" / f"{head.day}.tsr"
    assert file.read_bytes() == tokens[head.day]
    text = tmp_path / "head.txt"
    text.write_text(head.head)
    assert "Verification: OK" in await run("openssl", "ts", "-verify", "-data", text, "-in", file, "-CAfile", here.root)
    done = await _verified(db, _stamps(here.root), tmp_path / "seals")
    assert (done.finding, done.stamps) == (None, 1)
    assert (await _verified(db, None)).stamps == 0


async def test_a_service_that_is_away_or_says_something_else_is_asked_again(db: Database, tmp_path: Path) -> None:
    async with authority(tmp_path) as here:
        how = _how(here, tmp_path / "seals")
        now = await _sealed(db, how)
        for here.away, here.says in ((True, None), (False, b"no token"), (False, b"x" * 200_000)):
            with pytest.raises(StampAwayError):
                await stamp(db, how, now)
        here.says = None
        assert await stamp(db, how, now) == 1
        # The answer to another question, though it is whole and signed.
        here.says = (tmp_path / "reply").read_bytes()
        with pytest.raises(StampAwayError, match="holds"):
            await Stamper(here.url, _stamps(here.root)).stamp("another head")
    with pytest.raises(StampAwayError, match="reached"):
        await Stamper(here.url, _stamps(here.root)).stamp("a head")


async def test_a_stamp_of_another_head_or_by_a_stranger_is_found(db: Database, owner: Database, tmp_path: Path) -> None:
    elsewhere = tmp_path / "stranger"
    elsewhere.mkdir()
    stranger, _ = await made(elsewhere)
    async with authority(tmp_path) as here:
        how = _how(here, tmp_path / "seals")
        now = await _sealed(db, how)
        await stamp(db, how, now)
        async with db.transaction(TESTER) as conn:
            head = await sealing.last_head(conn)
        assert head is not None
        finding = (await _verified(db, _stamps(stranger))).finding
        assert finding == SealFault(Wrong.STAMP, day=head.day), "not by a root that is believed"
        other = await Stamper(here.url, _stamps(here.root)).stamp("another head")
        await _put(owner, other)
        assert (await _verified(db, _stamps(here.root))).finding == SealFault(Wrong.STAMP, day=head.day)
        spoilt = bytearray(other)
        spoilt[-40] ^= 1
        with pytest.raises(StampError):
            _stamps(here.root).moment(bytes(spoilt), "another head")


async def test_a_head_that_was_made_anew_is_stamped_too_late(db: Database, tmp_path: Path) -> None:
    """Whoever owns the database, the key and the way to the service gets a stamp of today."""
    async with authority(tmp_path) as here:
        how = _how(here, tmp_path / "seals")
        now = await _sealed(db, how, days_ago=9)
        await stamp(db, how, now)
        finding = (await _verified(db, _stamps(here.root))).finding
        assert finding is not None
        assert finding.wrong is Wrong.STAMPED_LATE


async def _put(owner: Database, token: bytes) -> None:
    async with owner.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute("update seal_anchor set token = $1 where way = 'timestamp'", token)


async def test_no_connection_is_held_while_the_service_is_asked(db: Database, tmp_path: Path) -> None:
    async with authority(tmp_path) as here:
        how = _how(here, tmp_path / "seals")
        now = await _sealed(db, how)
        held: list[int] = []

        async def slow(head: str) -> bytes:
            async with db.transaction(TESTER) as conn:
                sql = "select count(*) from pg_stat_activity where state like 'idle in%'"
                sql += " and datname = current_database()"
                held.append(await (await database.raw(conn)).fetchval(sql))
            await asyncio.sleep(0)
            assert how.stamp is not None
            return await how.stamp(head)

        assert await stamp(db, Sealing(KEY, stamp=slow), now) == 1
    assert held == [0]
