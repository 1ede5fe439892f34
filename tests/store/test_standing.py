"""Where a party stands, in SQL for the dashboard and in the domain: the same word, for parties of every kind."""

import random
from dataclasses import replace
from itertools import product
from typing import Any

from sqlalchemy import text

from sip.domain.in_hand import TakenOver
from sip.domain.meeting import Answer, Attendee, Meeting, Party, Round
from sip.domain.standing import Standing, standing
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState, Channel, Obligation
from sip.store import db as database
from sip.store.aggregates import meetings
from sip.store.aggregates.versioned import Rewrite
from sip.store.db import Database
from sip.store.seen import dashboard
from tests.domain.cast import at, called
from tests.store.town import Town
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")
SQL = text(
    f"{dashboard._OF_ALL.format('(cast(:id as uuid))')}"
    f" select p.ordinal, {dashboard._STANDING} from party p {dashboard._BESIDE}"
    " where p.meeting_id = :id order by p.ordinal"
)


def parties(like: Party, draw: random.Random) -> list[Party]:
    """One of every answer with every way of lifting a duty, and what else matters drawn by chance."""
    lifted: tuple[dict[str, Any], ...] = (
        {},
        {"released": True},
        {"excused_at": NOW},
        {"removed": True},
        {"redirected_to": 1},
    )
    made: list[Party] = []
    for kind, how, state in product((None, *AnswerKind), lifted, (None, *AttendeeState)):
        ordinal = len(made) + 1
        answer = Answer(kind, NOW, NOW, Channel.PAGE, "unit") if kind is not None else None
        this = Round(
            1, NOW, answer=answer, acknowledged_at=draw.choice((None, NOW)), undeliverable=draw.random() < 0.3,
            substitution_open=draw.random() < 0.5, substitution_exhausted=draw.random() < 0.3,
        )  # fmt: skip
        person = Attendee(1, "Anna", AttendeeRole.NAMED, state, 1) if state is not None else None
        drawn = replace(
            like, ordinal=ordinal, round=None if draw.random() < 0.1 else this, identity=None, stamp=None,
            attendees=(person,) if person is not None else (), obligation=draw.choice(list(Obligation)),
        )  # fmt: skip
        made.append(replace(drawn, **how))
    return made


async def test_the_dashboards_word_is_the_domains(town: Town) -> None:
    target = await town.draft()
    like = called("2026-11-02 10:00", "2026-12-07 10:00").the
    for seed in (1, 2):
        async with town.db.transaction(TESTER) as conn:
            before = (await meetings.load_many(conn, [target]))[target]
            found: Meeting = before.state
            made = parties(replace(like.parties[1], unit_id=found.parties[1].unit_id), random.Random(seed))
            after = replace(before, state=replace(found, parties=tuple(made)))
            await meetings.save_many(conn, [Rewrite(target, before, after)])
            rows = (await conn.execute(SQL, {"id": target})).all()
        words = {ordinal: Standing(word) for ordinal, word in rows}
        assert words == {party.ordinal: standing(party) for party in made}
        assert set(words.values()) == set(Standing)


async def test_what_stands_beside_is_put_right_by_the_next_change(town: Town, owner: Database) -> None:
    """Where an earlier version of the rules wrote it: it is compared with the row, not with what it would be now."""
    target = await town.call()
    read = "select {} from {} where {} = $1 order by 1"
    rows = [read.format("hand_from, too_late_at", "meeting", "id"),
            read.format("ordinal, hand_from, too_late_at, ahead_at, meets_at", "party", "meeting_id")]  # fmt: skip

    async def beside() -> list[Any]:
        async with town.db.transaction(TESTER) as conn:
            raw = await database.raw(conn)
            return [[tuple(row) for row in await raw.fetch(sql, target)] for sql in rows]

    right = await beside()
    start = (await town.meeting(target)).state.start
    assert [row[4] for row in right[1]] == [start, start], "of every party, called or calling"
    async with owner.transaction(TESTER) as conn:
        await conn.execute(text("update meeting set hand_from = null"))
        await conn.execute(
            text("update party set hand_from = null, too_late_at = null, ahead_at = null, meets_at = null")
        )
    assert await beside() != right
    await town.do(target, TakenOver("siv", "Siv Holm"))
    assert await beside() == right
