"""Journal and access log are sealed, and whoever changes them afterwards is found, with the row."""

import asyncio
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from sip.cli.journal import sentence
from sip.domain import events as e
from sip.domain.merkle import leaf_hash, root_of
from sip.domain.people import Role
from sip.domain.sealing import DayHead, HeadError, day_to_seal, hash_of_head, read_head
from sip.edges import seal_folder
from sip.edges.seal_folder import OtherSealError
from sip.seal_key import SealKey
from sip.store import db as database
from sip.store import sealing
from sip.store.aggregates import journal
from sip.store.db import Database
from sip.usecases import giving_way, proofs, seal_check
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import NotFoundError
from sip.usecases.proofs import ProofError, ProofWaitsError
from sip.usecases.recorded import recorded
from sip.usecases.seal_check import Outside, SealFault, Verified, Wrong
from sip.usecases.sealing import Sealed, Sealing, seal
from tests.domain.cast import at
from tests.store.town import CLARA, Town
from tests.tester import TESTER

AUDITOR = Actor(ActorKind.USER, "ada", "Ada", role=Role.AUDITOR)
KEY = SealKey(None, "a made-up key for demonstrations and tests only")


@dataclass
class Logs:
    """A meeting that was called, answered and read on two days, both of which are sealed and kept in a folder."""

    db: Database
    owner: Database
    folder: Path
    town: Town
    meeting: UUID

    async def seal(self, now: str) -> Sealed:
        return await seal(self.db, Sealing(KEY, partial(seal_folder.keep, self.folder)), at(now))

    async def verify(self, *, kept: bool = False) -> Verified:
        days = seal_folder.kept_days(self.folder) if kept else ()
        return await seal_check.verify(self.db, Outside({KEY.public}, days))

    async def finding(self, *, kept: bool = False) -> SealFault | None:
        return (await self.verify(kept=kept)).finding

    async def as_owner(self, *statements: str) -> None:
        async with self.owner.transaction(TESTER) as conn:
            for one in statements:
                await (await database.raw(conn)).execute(one.replace("$meeting", f"'{self.meeting}'"))

    async def reckon_anew(self, *, leaves: bool = True, heads: bool = False) -> None:
        """What an owner can do who knows how it is made: hashes of rows and chain, of the leaves, and of the heads
        under a key of his own."""
        async with self.owner.transaction(TESTER) as conn:
            raw = await database.raw(conn)
            before = bytes(32)
            rows = await raw.fetch(
                f"select {journal.ROW} from journal j where aggregate = $1 order by seq", self.meeting
            )
            for row in map(list, rows):
                row[17] = before
                before, text = hashlib.sha256(journal.text_of(row)).digest(), journal.text_of(row)
                await raw.execute(
                    "update journal set prev_hash = $3, hash = $4 where aggregate = $1 and seq = $2",
                    row[0], row[1], row[17], before,
                )  # fmt: skip
                if leaves:
                    await raw.execute(
                        "update seal_leaf set hash = $3 where aggregate = $1 and number = $2",
                        row[0], row[1], leaf_hash(text),
                    )  # fmt: skip
            await raw.execute(
                "update meeting set journal_hash = $2, journal_seq = $3 where id = $1", self.meeting, before, len(rows)
            )
            if heads:
                previous = bytes(32)
                for stored in await sealing.heads(conn):
                    old = read_head(stored.head)
                    lines = [line async for some in sealing.hashes(conn, old.first, old.end) for line in some]
                    head = DayHead(
                        old.day, old.first, old.size, root_of(one[2] for one in lines), previous, old.at,
                        old.recorded_at, KEY.public,
                    ).text()  # fmt: skip
                    previous = hash_of_head(head)
                    await raw.execute(
                        "update seal_head set head = $2, signature = $3 where day = $1", old.day, head, KEY.sign(head)
                    )


@pytest.fixture
async def logs(town: Town, db: Database, owner: Database, tmp_path: Path) -> Logs:
    meeting = await town.call()
    made = Logs(db, owner, tmp_path, town, meeting)
    async with recorded(db, CLARA, at("2026-11-02 10:00")) as (_, log):
        log.note("read", "meeting", meeting, meeting)
    assert (await made.seal("2026-11-03 08:00")).heads == 1
    await town.send()
    await town.tick("2026-11-06 08:00")
    async with recorded(db, CLARA, at("2026-11-06 10:00")) as (_, log):
        log.note("read", "meeting", meeting)
    assert (await made.seal("2026-11-07 08:00")).heads == 1
    return made


async def test_what_was_sealed_holds(logs: Logs) -> None:
    for kept in (False, True):
        found = await logs.verify(kept=kept)
        assert (found.finding, found.days, found.waiting) == (None, 2, 0)
        assert found.rows == 3 + await _journalled(logs)
    assert sorted(file.name for file in logs.folder.iterdir()) == [
        "2026-11-02.head.json", "2026-11-02.leaves", "2026-11-06.head.json", "2026-11-06.leaves",
    ]  # fmt: skip


async def _journalled(logs: Logs) -> int:
    async with logs.db.transaction(TESTER) as conn:
        found: int = await (await database.raw(conn)).fetchval("select count(*) from journal")
    return found


async def test_a_second_look_seals_nothing_twice(logs: Logs) -> None:
    assert await logs.seal("2026-11-07 08:05") == Sealed()
    assert await asyncio.gather(*(logs.seal("2026-11-08 08:00") for _ in range(2))) == [Sealed(), Sealed()]


_CHANGED = "update journal set actor_name = 'Someone Else' where aggregate = $meeting and seq = 2"
_REMOVED = "delete from journal where aggregate = $meeting and seq = 2"
_READING = "update access_log set actor_id = 'eva' where id = 2"
_ADDED = (
    "insert into access_log (actor_kind, actor_id, action, subject_kind, at, recorded_at, written_in)"
    " select actor_kind, 'eva', action, subject_kind, at, recorded_at, written_in from access_log where id = 1"
)
_SWAPPED = (
    "update seal_leaf set position = -1 where position = 0",
    "update seal_leaf set position = 0 where position = 1",
    "update seal_leaf set position = 1 where position = -1",
)


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(
    ("act", "wrong", "row"),
    [
        (_CHANGED, Wrong.CHANGED, "journal 2"),
        ("update journal set recorded_at = recorded_at - interval '1 ms' where seq = 2", Wrong.CHANGED, "journal 2"),
        (_REMOVED, Wrong.REMOVED, "journal 2"),
        (_READING, Wrong.CHANGED, "access 2"),
        ("delete from access_log where id = 2", Wrong.REMOVED, "access 2"),
        (_ADDED, Wrong.ADDED, "access 4"),
    ],
)
async def test_who_changes_a_row_is_found(logs: Logs, act: str, wrong: Wrong, row: str, kept: bool) -> None:
    await logs.as_owner(act)
    found = await logs.finding(kept=kept)
    assert found is not None
    of, number = row.split()
    assert (found.wrong, found.key) == (wrong, (logs.meeting if of == "journal" else None, int(number)))
    assert sentence(found).endswith(".")


@pytest.mark.parametrize("kept", [False, True])
async def test_rows_in_another_order_are_found(logs: Logs, kept: bool) -> None:
    await logs.as_owner(*_SWAPPED)
    found = await logs.finding(kept=kept)
    assert found is not None
    assert found.wrong is Wrong.REORDERED
    assert found.key is not None
    assert found.key[0] == logs.meeting


async def test_a_chain_reckoned_anew_is_found_by_its_leaves(logs: Logs) -> None:
    await logs.as_owner(_CHANGED)
    await logs.reckon_anew(leaves=False)
    assert await logs.finding() == SealFault(Wrong.CHANGED, (logs.meeting, 2))


async def test_leaves_reckoned_anew_are_found_by_the_head_and_the_row_by_what_was_kept(logs: Logs) -> None:
    await logs.as_owner(_CHANGED)
    await logs.reckon_anew()
    day = at("2026-11-02 12:00").date()
    assert await logs.finding() == SealFault(Wrong.REWRITTEN, day=day)
    assert await logs.finding(kept=True) == SealFault(Wrong.CHANGED, (logs.meeting, 2), day)


async def test_all_reckoned_anew_under_the_very_key_is_found_by_what_was_kept(logs: Logs) -> None:
    """Whoever has both the database and the key: nothing inside shows it."""
    async with logs.db.transaction(TESTER) as conn:
        told = {hash_of_head(one.head) for one in await sealing.heads(conn)}
    await logs.as_owner(_CHANGED)
    await logs.reckon_anew(heads=True)
    assert await logs.finding() is None
    assert await logs.finding(kept=True) == SealFault(Wrong.CHANGED, (logs.meeting, 2), at("2026-11-02 12:00").date())
    found = await seal_check.verify(logs.db, Outside({KEY.public}, heads=told))
    assert found.finding is not None
    assert (found.finding.wrong, found.finding.head in told) == (Wrong.UNKNOWN_HEAD, True)


async def test_an_end_cut_off_with_all_that_told_of_it_is_found_by_what_was_kept(logs: Logs) -> None:
    last = await _journalled(logs)
    cut = f"from journal where aggregate = $meeting and seq = {last}"
    await logs.as_owner(
        f"delete {cut}",
        f"delete from seal_leaf where aggregate = $meeting and number = {last}",
        "delete from seal_leaf where position > (select max(position) from seal_leaf where aggregate is not null)",
        "delete from access_log where id = 3",
        "delete from seal_head where day = '2026-11-06'",
    )
    assert await logs.finding() == SealFault(Wrong.REMOVED, (logs.meeting, last))
    await logs.reckon_anew()
    assert await logs.finding() is None
    found = await logs.finding(kept=True)
    assert found is not None
    assert (found.wrong, found.key) == (Wrong.REMOVED, (logs.meeting, last))


async def test_a_row_put_in_with_all_that_tells_of_it_is_found_by_what_was_kept(logs: Logs) -> None:
    await logs.as_owner(
        _ADDED,
        "update seal_leaf set position = position + 1000",
        "update seal_leaf set position = position - 1000 where position < 1002",
        "update seal_leaf set position = position - 999 where position >= 1002",
        "insert into seal_leaf (position, number, hash) values (2, 4, '')",
    )
    found = await logs.finding(kept=True)
    assert found is not None
    assert (found.wrong, found.key) == (Wrong.ADDED, (None, 4))


async def test_a_row_that_says_it_is_old_and_came_late_is_found(logs: Logs) -> None:
    """It was put in today, and says that it was recorded before a seal that was made long since."""
    await logs.as_owner(
        "insert into access_log (actor_kind, action, subject_kind, at, recorded_at)"
        " values ('user', 'read', 'meeting', now(), now() - interval '3 days')"
    )
    assert (await logs.seal("2026-11-09 08:00")).rows == 1
    found = await logs.finding()
    assert found is not None
    assert (found.wrong, found.key) == (Wrong.ADDED, (None, 4))


async def test_a_row_of_a_transaction_that_never_was_is_found(logs: Logs) -> None:
    """It would never be taken, and so hide for ever among those that wait."""
    await logs.as_owner(
        "insert into access_log (actor_kind, action, subject_kind, at, written_in)"
        " values ('user', 'read', 'meeting', now(), 9000000000000000000)"
    )
    assert (await logs.seal("2026-11-09 08:00")).rows == 0
    assert await logs.finding() == SealFault(Wrong.ADDED, (None, 4))


async def test_a_row_taken_out_with_its_leaf_is_a_gap(logs: Logs) -> None:
    await logs.as_owner(
        "delete from access_log where id = 1", "delete from seal_leaf where aggregate is null and number = 1"
    )
    found = await logs.finding()
    assert found is not None
    assert found.wrong is Wrong.GAP
    kept = await logs.finding(kept=True)
    assert kept is not None
    assert (kept.wrong, kept.key) == (Wrong.REMOVED, (None, 1))


@pytest.mark.parametrize(
    ("act", "wrong"),
    [
        ("delete from seal_head where day = '2026-11-02'", Wrong.HEAD_CHANGED),
        ("update seal_head set signature = ''", Wrong.SIGNATURE),
        ("update seal_head set head = replace(head, '\"size\":', '\"size\":1')", Wrong.SIGNATURE),
        ("update seal_head set head = 'none'", Wrong.HEAD_CHANGED),
    ],
)
async def test_a_head_that_is_another_is_found(logs: Logs, act: str, wrong: Wrong) -> None:
    await logs.as_owner(act)
    found = await logs.finding()
    assert found is not None
    assert found.wrong is wrong


async def test_a_head_under_a_key_that_nobody_knows_is_found(logs: Logs) -> None:
    found = await seal_check.verify(logs.db, Outside({SealKey(None, "another key of another installation").public}))
    assert found.finding is not None
    assert found.finding.wrong is Wrong.SIGNATURE


async def test_a_kept_head_that_the_database_lost_is_found(logs: Logs) -> None:
    await logs.as_owner("delete from seal_head where day = '2026-11-06'")
    assert await logs.finding() is None  # its rows wait for a seal again
    assert await logs.finding(kept=True) == SealFault(Wrong.HEAD_LOST, day=at("2026-11-06 12:00").date())


async def test_a_kept_file_is_never_written_over(logs: Logs) -> None:
    file = logs.folder / "2026-11-02.head.json"
    file.write_text(file.read_text().replace('"signature": "', '"signature": "00'))
    await logs.as_owner("delete from seal_anchor where day = '2026-11-02'")
    with pytest.raises(OtherSealError, match="says something else than the database"):
        await logs.seal("2026-11-08 08:00")
    (logs.folder / "2026-11-06.leaves").write_text("access one\n")
    with pytest.raises(OtherSealError, match="not as they were written"):
        seal_folder.kept_days(logs.folder)


# -- in the order of the commits


async def test_a_row_that_is_committed_late_is_taken_once_it_is(logs: Logs) -> None:
    """Its transaction began, and wrote, before others that were committed and taken meanwhile."""
    read = partial(_read, logs.meeting)
    async with logs.db.transaction(TESTER) as late:
        await read(late)
        async with logs.db.transaction(TESTER) as early:
            await read(early)
        assert (await logs.seal("2026-11-07 09:00")).rows == 0
        assert await _waiting(logs) == [5]
    assert (await logs.seal("2026-11-07 09:00")).rows == 2
    assert await logs.finding(kept=True) is None
    assert await _waiting(logs) == []


async def _read(meeting: UUID, conn: object) -> None:
    await (await database.raw(conn)).execute(  # type: ignore[arg-type]  # any connection
        "insert into access_log (actor_kind, action, subject_kind, subject_id, at)"
        " values ('user', 'read', 'meeting', $1, now())",
        str(meeting),
    )


async def _waiting(logs: Logs) -> list[int]:
    async with logs.db.transaction(TESTER) as conn:
        return [row.number for row in await sealing.not_yet_taken(conn)]


async def test_few_at_a_time_are_taken_each_once(logs: Logs) -> None:
    for _ in range(5):
        async with logs.db.transaction(TESTER) as conn:
            await _read(logs.meeting, conn)
    taken = []
    for _ in range(4):
        async with logs.db.transaction(TESTER) as conn:
            taken.append(await sealing.take(conn, 2))
    assert taken == [2, 2, 1, 0]
    assert await logs.finding() is None


async def test_a_restored_database_goes_on_sealing(logs: Logs) -> None:
    """Its transactions are counted anew, below the mark and below those of its own rows."""
    await logs.as_owner("update seal_mark set taken_in = taken_in + 1000000")
    async with logs.db.transaction(TESTER) as conn:
        await _read(logs.meeting, conn)
    await logs.as_owner("update access_log set written_in = written_in + 500000 where id = 4")
    async with logs.db.transaction(TESTER) as conn:
        await _read(logs.meeting, conn)
    assert (await logs.seal("2026-11-07 09:00")).rows == 2
    assert (await logs.seal("2026-11-07 09:00")).rows == 0
    async with logs.db.transaction(TESTER) as conn:
        await _read(logs.meeting, conn)
    assert (await logs.seal("2026-11-07 09:00")).rows == 1
    assert await logs.finding(kept=True) is None


def test_the_day_that_is_over() -> None:
    monday = at("2026-11-02 12:00").date()
    assert day_to_seal(at("2026-11-03 00:00"), None) == monday
    assert day_to_seal(at("2026-11-02 23:59"), monday) is None
    assert day_to_seal(at("2026-11-03 23:59"), monday) is None
    assert day_to_seal(at("2026-11-04 00:00"), monday) == at("2026-11-03 12:00").date()


def test_a_head_reads_back_and_nothing_else_does() -> None:
    moment = datetime(2026, 11, 3, 7, tzinfo=UTC)
    head = DayHead(moment.date(), 3, 4, bytes(32), bytes(32), moment, moment, KEY.public)
    assert read_head(head.text()) == head
    for wrong in (
        "",
        "[]",
        "{}",
        head.text() + " ",
        head.text().replace(":3,", ": 3,"),
        head.text().replace('"day"', '"dag"'),
    ):
        with pytest.raises(HeadError):
            read_head(wrong)


# -- a proof


async def _proof(logs: Logs) -> bytes:
    made = await proofs.prove(logs.db, logs.meeting, actor=AUDITOR, now=at("2026-11-09 10:00"))
    return json.dumps(made).encode()


async def test_a_proof_is_verified_from_its_file_alone(logs: Logs) -> None:
    shown = proofs.check(await _proof(logs), KEY.public)
    assert (shown.meeting, shown.journal, shown.readings) == (logs.meeting, await _journalled(logs), 3)
    assert shown.days == ("2026-11-02", "2026-11-06")


async def test_the_program_in_the_documents_verifies_a_proof(logs: Logs, tmp_path: Path) -> None:
    """It is all that whoever gets a proof needs of us."""
    page = (Path(__file__).parents[2] / "docs" / "sealed.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    file, good = tmp_path / "proof.json", await _proof(logs)

    def verified() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", f"import warnings; warnings.simplefilter('ignore')\n{program}", file,
             KEY.public.hex()], capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    file.write_bytes(good)
    rows = await _journalled(logs)
    assert await asyncio.to_thread(verified) == (0, f"{rows + 3} rows hold, {rows} of them of the journal.\n")
    file.write_bytes(good.replace(b"Clara", b"Karin"))
    assert (await asyncio.to_thread(verified))[0] == 1


async def test_a_proof_of_a_meeting_in_which_names_gave_way(logs: Logs, tmp_path: Path) -> None:
    """Functions stand in its rows, and whoever gets it sees that nothing else was put in their place."""
    await logs.town.do(logs.meeting, e.Cancelled(e.CancelReason.OTHER))
    await logs.seal("2026-11-10 08:00")
    await giving_way.give_way(logs.db, at("2027-07-01 10:00"), lambda part, language: str(part))
    with pytest.raises(ProofWaitsError, match="when the day is sealed"):
        await _proof(logs)
    await logs.seal("2027-07-02 08:00")
    good = await _proof(logs)
    shown = proofs.check(good, KEY.public)
    assert (shown.journal, shown.gave_way > 0) == (await _journalled(logs) - 1, True)
    texts = [row["text"] for row in json.loads(good)["rows"] if not row["text"].startswith('["access"')]
    assert "Clara" not in "".join(texts), "who read it is still told by name"
    page = (Path(__file__).parents[2] / "docs" / "sealed.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "proof.json"
    for data, code in ((good, 0), (good.replace(b"convener, V", b"coroner, V"), 1)):
        file.write_bytes(data)
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", program, file, KEY.public.hex()], capture_output=True, check=False
        )
        assert done.returncode == code
    bent = json.loads(good)
    row = next(one for one in bent["rows"] if "gave_way" in one)
    other = {"text": row["text"].replace("convener", "coroner")}
    stone = {"gave_way": row["gave_way"] | {"stone": row["gave_way"]["stone"][:-4] + '00"]'}}
    for change in (other, stone):
        before = dict(row)
        row.update(change)
        with pytest.raises(ProofError):
            proofs.check(json.dumps(bent).encode(), KEY.public)
        row.update(before)
    proofs.check(json.dumps(bent).encode(), KEY.public)


async def test_that_a_proof_was_made_is_recorded(logs: Logs) -> None:
    await _proof(logs)
    async with logs.db.transaction(TESTER) as conn:
        found = await (await database.raw(conn)).fetchval("select action from access_log order by id desc limit 1")
    assert found == "prove"


async def test_who_keeps_no_installation_is_given_no_proof(logs: Logs) -> None:
    with pytest.raises(NotFoundError):
        await proofs.prove(logs.db, logs.meeting, actor=CLARA, now=at("2026-11-09 10:00"))


async def test_nothing_sealed_is_nothing_proven(logs: Logs) -> None:
    other = await logs.town.call("another", "2026-12-09 10:00")
    with pytest.raises(NotFoundError):
        await proofs.prove(logs.db, other, actor=AUDITOR, now=at("2026-11-09 10:00"))


def _without(rows: list[dict[str, object]], n: int) -> Sequence[dict[str, object]]:
    return rows[:n] + rows[n + 1 :]


async def test_a_proof_that_somebody_bent_does_not_hold(logs: Logs) -> None:
    good = await _proof(logs)

    def bent(change: str) -> bytes:
        said = json.loads(good)
        rows = said["rows"]
        match change:
            case "text":
                rows[1]["text"] = rows[1]["text"].replace("Clara", "Karin")
            case "index":
                rows[1]["index"] += 1
            case "left out":
                said["rows"] = _without(rows, 1)
            case "head":
                said["heads"][0]["head"] = said["heads"][0]["head"].replace("2026-11-02", "2026-11-01")
            case "another":
                said["meeting"] = str(UUID(int=7))
            case "path":
                rows[0]["path"] = rows[0]["path"][:-1]
            case "version":
                said["sip_proof"] = 3
        return json.dumps(said).encode()

    for change, said in {
        "text": "Row 2 of the file is not in the tree", "index": "Row 2 of the file is not in the tree",
        "left out": "Row 2 of the journal is missing", "head": "not signed under this key",
        "another": "Row 1 of the file is of something else", "path": "Row 1 of the file is not in the tree",
        "version": "another version",
    }.items():  # fmt: skip
        with pytest.raises(ProofError, match=said):
            proofs.check(bent(change), KEY.public)
    with pytest.raises(ProofError, match="not signed under this key"):
        proofs.check(good, SealKey(None, "another key of another installation").public)
    for rubbish in (b"", b"[]", b"{}", good[:-20]):
        with pytest.raises(ProofError, match="no proof"):
            proofs.check(rubbish, KEY.public)
