"""N real called meetings, each with a reminder that is due: one meeting made by the service, copied by set-based SQL.

The copies are meetings as the service would have made them: every row, ids reckoned as the domain reckons them, tokens
of their own, a case for each, and starts spread over four weeks, so that nothing reckoned for one serves the next. Only
their earlier journal is left out: the head of its chain stands on the meeting itself. They are kept in a schema of
their own and put into the real tables before every run, so that each run starts alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

import asyncpg

from benchmarks.county import CASE, MEETING, REFERENCE, REMINDER_AT
from sip.domain.meeting import invitation_id

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_SEED = 7  # the same meetings in every run of the benchmark, so that two runs can be compared

# In the order of their foreign keys. How a column of the copy differs from the pattern's; all else is the same.
_OWN = {
    "case_": {"id": "h.case_id", "reference": "h.reference"},
    "meeting": {
        "id": "h.id",
        "case_id": "h.case_id",
        "reference": "h.reference",
        "starts_at": "t.starts_at + h.later",
        "ends_at": "t.ends_at + h.later",
    },
    "party": {"meeting_id": "h.id"},
    "party_round": {"meeting_id": "h.id"},
    "invitation": {
        "meeting_id": "h.id",
        "id": "h.invitations[t.ordinal]",
        "reply_token": "h.tokens[t.ordinal]",
    },
    "outbox": {
        "meeting_id": "h.id",
        "key": f"replace(t.key, '{MEETING}', h.id::text)",
        "payload": f"replace(replace(t.payload::text, '{MEETING}', h.id::text), '{REFERENCE}', h.reference)::jsonb",
        "mail_id": "null::bigint",
        "message_id": "null::text",
    },
}
COPIED = tuple(_OWN)
"""The tables that are copied, in the order of their foreign keys."""
_KEY = {"case_": f"id = '{CASE}'", "meeting": f"id = '{MEETING}'"}
_WRITTEN = ("meeting", "rung", "outbox", "journal")


@dataclass(frozen=True, slots=True)
class Done:
    """What a run left in the database: every one must be the number of meetings, but for what is still due."""

    moved: int
    mails: int
    journal: int
    still_due: int

    def check(self, n: int, who: str) -> None:
        """Raises when the run did not do all of its work, or did some of it twice."""
        if self != Done(n, n, n, 0):
            raise RuntimeError(
                f"{who} was to remind {n} meetings, but {self.moved} were moved on, {self.mails} mails and "
                f"{self.journal} journal rows were written, and {self.still_due} are still due: no figure."
            )


async def keep(owner: asyncpg.Connection, most: int, invited: int = 2) -> None:
    """Makes `most` meetings and keeps them in the schema `kept`. The pattern has `invited` invitations."""
    await owner.execute("create schema kept")
    await owner.execute(
        "create table kept.herd (n integer primary key, id uuid, case_id uuid, reference text,"
        " later interval, invitations uuid[], tokens text[])"
    )
    await owner.copy_records_to_table("herd", schema_name="kept", records=_herd(most, invited))
    for table, own in _OWN.items():
        columns = await _columns(owner, table)
        picked = ", ".join(f'{own.get(column, f"t.{column}")} as "{column}"' for column in columns)
        where = _KEY.get(table, f"meeting_id = '{MEETING}'")
        await owner.execute(
            f"create unlogged table kept.{table} as select h.n as n_, {picked} from {table} t cross join kept.herd h"
            f" where t.{where} order by h.n"
        )
    await owner.execute("analyze")


def _herd(most: int, invited: int) -> Iterator[tuple[int, UUID, UUID, str, timedelta, list[UUID], list[str]]]:
    chance = Random(_SEED)
    for n in range(1, most + 1):
        meeting, case = (UUID(int=chance.getrandbits(128), version=4) for _ in range(2))
        letters = "".join(_LETTERS[n // 32**place % 32] for place in range(6, -1, -1))
        tokens = ["".join(chance.choices(_TOKEN_LETTERS, k=26)) for _ in range(invited)]
        later = timedelta(days=7 * (n % 4) + n // 4 % 5, minutes=15 * (n // 20 % 24))
        invitations = [invitation_id(meeting, ordinal) for ordinal in range(1, invited + 1)]
        yield n, meeting, case, f"{letters[:4]}-{letters[4:]}", later, invitations, tokens


async def _columns(owner: asyncpg.Connection, table: str) -> list[str]:
    """Those that are written; a row's own number and what is reckoned from others are the server's."""
    rows = await owner.fetch(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = $1"
        " and is_identity = 'NO' and is_generated = 'NEVER' order by ordinal_position",
        table,
    )
    return [row[0] for row in rows]


async def put_back(owner: asyncpg.Connection, admin: asyncpg.Connection, n: int) -> None:
    """The first `n` meetings as they were before their reminder, in fresh tables; the server has nothing left to do."""
    await owner.execute("truncate case_, meeting, journal, mail cascade")
    for table in _OWN:
        await fill(owner, table, n)
    await owner.execute("vacuum analyze case_, meeting, party, party_round, invitation, outbox, journal, rung")
    await admin.execute("checkpoint")


async def fill(owner: asyncpg.Connection, table: str, n: int) -> None:
    """Puts the rows of the first `n` kept meetings into this table."""
    names = ", ".join(f'"{column}"' for column in await _columns(owner, table))
    await owner.execute(f"insert into {table} ({names}) select {names} from kept.{table} where n_ <= $1", n)


async def done(conn: asyncpg.Connection) -> Done:
    """Counts what a run has written. The pattern's journal ended at 5, so each meeting's new row has 6."""
    row = await conn.fetchrow(
        "select (select count(*) from meeting where version = 6 and journal_seq = 6),"
        " (select count(*) from outbox where kind = 'reminder' and state = 'pending'),"
        " (select count(*) from journal j join meeting m on m.id = j.aggregate and m.journal_hash = j.hash"
        "     where j.seq = 6 and j.kind = 'TimePassed'),"
        " (select count(*) from meeting where due_at <= $1)",
        REMINDER_AT,
    )
    return Done(*row)


async def row_counts(conn: asyncpg.Connection) -> dict[str, int]:
    """How many rows the tables that a reminder writes to hold now."""
    return {table: await conn.fetchval(f"select count(*) from {table}") for table in _WRITTEN}
