"""The rows in which staff of one meeting can be named, read and written as texts, for names to give way.

The law of this file: it knows which tables hang on a meeting, and no name; what gives way to what is the domain's
(`sip.domain.giving_way`). Rows of the journal are changed by the database's own function alone, for a tombstone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.keeping import Tombstone
from sip.domain.merkle import leaf_hash
from sip.store import db, tables
from sip.store.aggregates import journal

Place = tuple[datetime, UUID]
_DUE = """
    select m.ends_at, m.id from meeting m
    where m.id in (select x.id from meeting x where x.names_seq < x.journal_seq and x.ends_at < $1
            union all select x.meeting_id from deviation x where x.names_seq < x.journal_seq)
        and m.ends_at < $1 and (m.ends_at, m.id) > ($2, $3) and m.state <> 'called'
        and (m.closed_at is null or m.closed_at < $1) and (m.cancelled_at is null or m.cancelled_at < $1)
        and not exists (select from deviation d where d.meeting_id = m.id and report_goes_on(d.id))
    order by m.ends_at, m.id limit $4 for no key update skip locked
"""


async def due(conn: AsyncConnection, since: datetime, after: Place, limit: int) -> list[Place]:
    """Meetings that were over before `since` and in which names stand, or in a report of theirs; locked."""
    return [tuple(row) for row in await (await db.raw(conn)).fetch(_DUE, since, *after, limit)]


@dataclass(frozen=True, slots=True)
class AboutMeeting:
    """Of a meeting: its reports, with its case where it is the last of that; the convener's unit by name with mailbox
    and phone (empty without), its language; by party and by id the units' names, and what is units' own of all that is
    called there, folded. A report without a meeting is told of in the same way, its writing unit as the convener's;
    `elsewhere` names the unit of whoever has an address (folded) and is of none of that unit.
    """

    id: UUID
    beside: tuple[UUID, ...]
    unit: str
    mailbox: str
    phone: str
    language: str
    units: dict[int, str]
    by_id: dict[UUID, str]
    own: frozenset[str]
    elsewhere: Mapping[str, str] = field(default_factory=dict)


_ABOUT = """
    select m.convener_unit_name, coalesce((select a.email from unit_address a where a.unit_id = m.convener_unit_id
            order by a.ordinal limit 1), ''), coalesce(u.phone, ''), m.convener_language,
        array(select d.id from deviation d where d.meeting_id = m.id),
        array(select p.ordinal from party p where p.meeting_id = m.id order by p.ordinal),
        array(select p.unit_name from party p where p.meeting_id = m.id order by p.ordinal),
        array(select coalesce(p.phone, '') from party p where p.meeting_id = m.id)
            || array(select coalesce(x.phone, '') from party p join unit x on x.id = p.unit_id
                where p.meeting_id = m.id),
        array(select p.unit_id from party p where p.meeting_id = m.id order by p.ordinal), m.convener_unit_id,
        array(select m.case_id where not exists (select from meeting o where o.case_id = m.case_id and o.id <> m.id
            and (o.ends_at, o.id) > (m.ends_at, m.id)))
    from meeting m join unit u on u.id = m.convener_unit_id where m.id = $1
"""
_OWN = """
    select email from unit_address where lower(email) = any($1::text[])
    union select email from verified_mailbox where email = any($1::text[])
    union select name from unit where name = any($2::text[])
"""


async def about(conn: AsyncConnection, meeting_id: UUID) -> AboutMeeting:
    """What is known of the meeting, before anything gives way."""
    row = await (await db.raw(conn)).fetchrow(_ABOUT, meeting_id)
    own = frozenset(one.casefold() for one in (row[0], row[1], row[2], *row[6], *row[7]) if one)
    return AboutMeeting(
        meeting_id,
        (*row[4], *row[10]),
        row[0],
        row[1],
        row[2],
        row[3],
        dict(zip(row[5], row[6], strict=True)),
        dict(zip(row[8], row[6], strict=True)) | {row[9]: row[0]},
        own,
    )


async def units_own(conn: AsyncConnection, addresses: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """Those of these that are mailboxes or names of units, folded."""
    rows = await (await db.raw(conn)).fetch(_OWN, sorted(addresses), sorted(names))
    return frozenset(row[0].casefold() for row in rows)


async def functions(conn: AsyncConnection, addresses: Iterable[str]) -> dict[str, str]:
    """By address, folded, what the directory calls whoever has it."""
    rows = await (await db.raw(conn)).fetch(
        "select lower(email), function from person where lower(email) = any($1::text[]) and function is not null",
        sorted(addresses),
    )
    return dict(rows)


# -- rows of tables

_BY_MEETING = (
    "party", "party_round", "rung", "pause", "attendee", "invitation", "claim", "check_in", "poll_ask", "poll_answer",
    "checklist_tick", "outbox", "link_token", "inbound", "deviation",
)  # fmt: skip
_MAILS = "id in (select o.mail_id from outbox o where o.meeting_id = $1 and o.mail_id is not null)"
_OF_REPORTS = "deviation_id in (select d.id from deviation d where d.meeting_id = $1)"
WHERE = {
    "meeting": "id = $1", "mail": _MAILS, "deviation_word": _OF_REPORTS, "deviation_measure": _OF_REPORTS,
    **dict.fromkeys(_BY_MEETING, "meeting_id = $1"),
}  # fmt: skip
TABLES = frozenset(WHERE)
_AS_TEXT = {"message_id", "bounce_token", "reply_token", "rule_set", "sha256", "state"}
_OURS = {("mail", "mail_from"), ("inbound", "recipient")}
"""Columns that hold no word of anybody, and addresses of our own."""
_WITHOUT = frozenset({"email", "phone", "chair_email"})
"""What may be missing is taken away, where it is somebody's."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row by its key, and its texts by column: text, list of texts, or JSON."""

    table: str
    key: tuple[Any, ...]
    said: dict[str, Any]


def _texts(table: Table) -> list[str]:
    kinds = {one.name: one.type for one in table.columns if one.computed is None and not one.primary_key}
    named = [name for name, kind in kinds.items() if isinstance(kind, Text | JSONB) or _listed(kind)]
    return [name for name in named if name not in _AS_TEXT and (table.name, name) not in _OURS]


def _listed(kind: object) -> bool:
    return isinstance(kind, ARRAY) and isinstance(kind.item_type, Text)


def _keys(table: Table) -> list[str]:
    return [one.name for one in table.primary_key.columns]


async def rows(conn: AsyncConnection, meeting_id: UUID, of: Mapping[str, str] = WHERE) -> list[TextRow]:
    """Every row that hangs on the meeting and holds texts; `of` says by table what hangs on it."""
    raw = await db.raw(conn)
    found = []
    for name, where in of.items():
        table = tables.metadata.tables[name]
        keys, said = _keys(table), _texts(table)
        cast = ", ".join(f"to_jsonb({column})::text" for column in said)
        listed = ", ".join(keys)
        for row in await raw.fetch(f"select {listed}, {cast} from {name} where {where}", meeting_id):
            values = [None if one is None else msgspec.json.decode(one) for one in row[len(keys) :]]
            found.append(TextRow(name, tuple(row[: len(keys)]), dict(zip(said, values, strict=True))))
    return found


async def write(conn: AsyncConnection, row: TextRow, changed: dict[str, Any]) -> None:
    """Other texts in these columns of the row."""
    table = tables.metadata.tables[row.table]
    raw = await db.raw(conn)
    sets, values = [], []
    for column, value in changed.items():
        kind = table.columns[column].type
        nothing = value == "" and column in _WITHOUT and table.columns[column].nullable
        values.append(None if nothing else msgspec.json.encode(value).decode() if isinstance(kind, JSONB) else value)
        cast = "::text::jsonb" if isinstance(kind, JSONB) else ""
        sets.append(f"{column} = ${len(values)}{cast}")
    where = " and ".join(f"{key} = ${len(values) + n}" for n, key in enumerate(_keys(table), 1))
    await raw.execute(f"update {row.table} set {', '.join(sets)} where {where}", *values, *row.key)


async def given_way(conn: AsyncConnection, meeting_id: UUID) -> None:
    """Nothing of the meeting's journal and of its reports', as long as they are now, names anybody any more."""
    raw = await db.raw(conn)
    await raw.execute("update meeting set names_seq = journal_seq where id = $1", meeting_id)
    await raw.execute("update deviation set names_seq = journal_seq where meeting_id = $1", meeting_id)


async def named_anew(conn: AsyncConnection, case_id: UUID) -> None:
    """The case's journal names somebody again: her name gives way once more, with its last meeting or its report."""
    raw = await db.raw(conn)
    await raw.execute("update deviation set names_seq = 0 where names_seq > 0 and case_id = $1", case_id)
    await raw.execute(
        "update meeting set names_seq = 0 where names_seq > 0 and id ="
        " (select id from meeting where case_id = $1 order by ends_at desc, id desc limit 1)",
        case_id,
    )


# -- rows of the journal

_JOURNAL = f"""
    select {journal.ROW}, l.hash, l.position from journal j
    left join seal_leaf l on l.aggregate = j.aggregate and l.number = j.seq
    where j.aggregate = any($1) order by j.aggregate, j.seq
"""
_ID, _NAME, _DATA, _NOTES, _DETAIL = 12, 13, 6, 7, 10


@dataclass(frozen=True, slots=True)
class JournalText:
    """A row of the journal as it is: who acted, and what it says as JSON. `sealed`: it is in a sealed day."""

    row: Sequence[Any]
    sealed: bool

    @property
    def actor(self) -> tuple[str, str | None, str | None, UUID | None, str | None]:
        """Kind, id, name, unit and role."""
        return self.row[11], self.row[12], self.row[13], self.row[14], self.row[15]

    @property
    def said(self) -> list[Any]:
        """Data, notes and detail."""
        return [None if self.row[n] is None else msgspec.json.decode(self.row[n]) for n in (_DATA, _NOTES, _DETAIL)]

    def with_(self, actor_id: str | None, name: str | None, said: Sequence[Any]) -> "JournalText":
        """The row with this in their place."""
        row = list(self.row)
        row[_ID], row[_NAME] = actor_id, name
        for n, value in zip((_DATA, _NOTES, _DETAIL), said, strict=True):
            row[n] = None if value is None else msgspec.json.encode(value).decode()
        return JournalText(tuple(row), self.sealed)

    @property
    def same_as(self) -> tuple[Any, ...]:
        """What tells it from another text of the row."""
        return (self.row[_ID], self.row[_NAME], *self.said)

    def stone(self) -> Tombstone:
        """The tombstone that says that this stands in the row's place now."""
        return Tombstone(
            self.row[0], self.row[1], self.row[journal.WIDTH], self.row[18], leaf_hash(journal.text_of(self.row))
        )


async def journal_of(conn: AsyncConnection, aggregates: Sequence[UUID], sealed: int) -> list[JournalText]:
    """The rows of these journals; `sealed` is how many rows are in sealed days."""
    found = await (await db.raw(conn)).fetch(_JOURNAL, list(aggregates))
    return [
        JournalText(tuple(row), row[journal.WIDTH + 1] is not None and row[journal.WIDTH + 1] < sealed) for row in found
    ]


async def write_journal(conn: AsyncConnection, batch: UUID, changed: Iterable[JournalText]) -> None:
    """Puts these in the places of their rows; each has its tombstone in this batch."""
    raw = await db.raw(conn)
    values = [
        (batch, *one.row[:2], one.row[_ID], one.row[_NAME], *(one.row[n] for n in (_DATA, _NOTES, _DETAIL)))
        for one in changed
    ]
    await raw.executemany(
        "select row_gives_way($1, $2, $3, $4, $5, $6::text::jsonb, $7::text::jsonb, $8::text::jsonb)", values
    )
