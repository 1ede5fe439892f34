"""The journal: chained, append-only, and a change or a missing end is seen."""

import hashlib
import json
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from sip.domain import events as e
from sip.domain.decision import Note
from sip.store import db as database
from sip.store.aggregates import journal
from sip.store.aggregates.event_codec import KINDS, decode_event, encode
from sip.store.aggregates.versioned import NO_HASH
from sip.store.db import Database
from tests.domain.cast import at
from tests.store.town import Town
from tests.tester import TESTER


@pytest.fixture
async def called(town: Town) -> UUID:
    target = await town.call()
    await town.send()
    await town.tick("2026-11-06 08:00")
    return target


async def _broken(db: Database, target: UUID) -> int | None:
    async with db.transaction(TESTER) as conn:
        return await journal.broken_at(conn, target)


async def _as_owner(owner: Database, sql: str, *values: object) -> None:
    async with owner.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute(sql, *values)


async def test_the_chain_holds(db: Database, called: UUID) -> None:
    async with db.transaction(TESTER) as conn:
        entries = await journal.read(conn, called)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.kind for entry in entries][:2] == ["MeetingDrafted", "IdentityConveyed"]
    assert isinstance(entries[0].event, e.MeetingDrafted)
    assert entries[0].actor.name == "Clara Kallar"
    assert entries[-1].kind == "TimePassed"
    assert entries[-1].notes == (
        Note("rung_fired", 2, {"rung": "reminder", "due": at("2026-11-06 08:00").isoformat()}),
    )
    assert await _broken(db, called) is None


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Someone Else'",
        "at = at + interval '1 second'",
        "recorded_at = recorded_at - interval '1 second'",
        "hashing = 1",
        'data = data || \'{"reference": "AAAA-AAA"}\'',
        'notes = \'[{"kind": "made_up", "party": null, "detail": {}}]\'',
        "outcome = 'unchanged'",
        "kind = 'Called'",
        "prev_hash = hash",
    ],
)
async def test_a_changed_row_is_seen(db: Database, owner: Database, called: UUID, change: str) -> None:
    await _as_owner(owner, f"update journal set {change} where aggregate = $1 and seq = 1", called)
    assert await _broken(db, called) == 1


async def test_rows_of_the_time_before_verify_as_they_were_hashed(db: Database, owner: Database) -> None:
    """Written as the version before did: its hash, made by hand here, says nothing of when it was recorded."""
    target, moment = uuid4(), "2026-11-02T09:00:00.000000+00:00"
    content = [str(target), 1, 0, "a", "TimePassed", 1, {}, [], "refused", "why", None]
    text = json.dumps([content, ["user", "ada", None, "", None], moment, NO_HASH.hex()], separators=(",", ":"))
    await _as_owner(
        owner,
        "insert into journal (aggregate, seq, version, event_id, kind, codec, data, notes, outcome, reason, actor_kind,"
        " actor_id, at, prev_hash, hash) values ($1, 1, 0, 'a', 'TimePassed', 1, '{}', '[]', 'refused', 'why', 'user',"
        " 'ada', $2, $3, $4)",
        target, datetime.fromisoformat(moment), NO_HASH, hashlib.sha256(text.encode()).digest(),
    )  # fmt: skip
    assert await _broken(db, target) is None
    await _as_owner(owner, "update journal set actor_id = 'eva' where aggregate = $1", target)
    assert await _broken(db, target) == 1


async def test_a_removed_row_is_seen(db: Database, owner: Database, called: UUID) -> None:
    await _as_owner(owner, "delete from journal where aggregate = $1 and seq = 3", called)
    assert await _broken(db, called) == 3


async def test_a_removed_end_is_seen(db: Database, owner: Database, called: UUID) -> None:
    async with db.transaction(TESTER) as conn:
        last = (await journal.read(conn, called))[-1].seq
    await _as_owner(owner, "delete from journal where aggregate = $1 and seq = $2", called, last)
    assert await _broken(db, called) == last


async def test_nothing_is_broken_where_nothing_is(db: Database) -> None:
    assert await _broken(db, uuid4()) is None


def test_every_event_has_a_kind_and_reads_back() -> None:
    assert {"MeetingDrafted", "TimePassed", "MailSettled", "DeviationRaised", "DeviationWithdrawn"} <= KINDS.keys()
    assert not {"Said", "PartyDraft", "Stamp", "DeviationReport"} & KINDS.keys()
    event = e.PauseSet(2, "sommarstängt", at("2026-11-02 10:00"))
    assert decode_event("PauseSet", 1, encode(event).decode()) == event
