"""Deviation reports as values: locked after the meetings, in the order of their ids (rules, section 2)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import ENDED, DeviationReport, Measure, ReportSide, Side, Word
from sip.store import db, tables
from sip.store.aggregates import rule_sets
from sip.store.aggregates.successors import SUCCESSORS
from sip.store.aggregates.versioned import COLUMNS, Rewrite, Versioned, versioned
from sip.store.codec import Shape
from sip.store.rows import Plan

SHAPE: Shape[DeviationReport] = Shape(DeviationReport, ("rule_set", "words", "measures")).check(
    tables.deviation, ("rule_set", "names_seq", *COLUMNS)
)
WORD: Shape[Word] = Shape(Word).check(tables.deviation_word, ("deviation_id",))
MEASURE: Shape[Measure] = Shape(Measure).check(tables.deviation_measure, ("deviation_id",))
_NAMES = ", ".join((*SHAPE.columns, *COLUMNS, "rule_set"))
_HEAD = f"select {_NAMES} from deviation"
_READ = f"{_HEAD} where id = any($1::uuid[])"
_LOCK = f"{_READ} order by id for no key update"
_LOCK_FREE = f"{_LOCK} skip locked"
_LOCK_DUE = (
    f"{_HEAD} where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp())"
    " order by due_at limit $2 for no key update skip locked"
)


async def load_many(
    conn: AsyncConnection, ids: Iterable[UUID], *, lock: bool = False
) -> dict[UUID, Versioned[DeviationReport]]:
    """The reports by id, those that exist; with `lock` they are this transaction's until it ends."""
    wanted, raw = list(ids), await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK if lock else _READ, wanted)) if wanted else {}


async def lock_free(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Versioned[DeviationReport]]:
    """Those of the reports that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK_FREE, list(ids)))


async def lock_due(conn: AsyncConnection, now: datetime, limit: int) -> dict[UUID, Versioned[DeviationReport]]:
    """The most overdue reports that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK_DUE, now, limit))


# The first in the chain that has not closed, as in `rosters`; a report that would stand beside its like stays, and of
# two that come at once the second. So does one that would be a unit's with itself.
_SUCCEEDED = f"""
    {SUCCESSORS}
    select id, word, unit_id, name, organisation_id, principal_id from (
    select distinct on (side.word, d.meeting_id, d.party, d.good_example, s.id,
            case side.word when 'receiving' then d.id end)
        d.id, side.word, s.id as unit_id, s.name, s.organisation_id, o.principal_id
    from chain c join unit s on s.id = c.next_id and (s.archived_at is null or s.archived_at > $1)
    join organisation o on o.id = s.organisation_id
    cross join (values ('reporting'), ('receiving')) side (word)
    join deviation d
        on case side.word when 'reporting' then d.reporting_unit_id else d.receiving_unit_id end = c.unit_id
    where d.state <> all($2::text[]) and (d.retry_at is null or d.retry_at <= statement_timestamp())
        and not (side.word = 'reporting' and exists (select from deviation x where x.meeting_id = d.meeting_id
            and x.party = d.party and x.reporting_unit_id = s.id and x.good_example = d.good_example))
        and s.id <> case side.word when 'reporting' then d.receiving_unit_id else d.reporting_unit_id end
    order by side.word, d.meeting_id, d.party, d.good_example, s.id,
        case side.word when 'receiving' then d.id end, d.id
    ) first
    order by id, word limit $3
"""


async def succeeded(conn: AsyncConnection, now: datetime, limit: int) -> list[tuple[UUID, ReportSide, Side]]:
    """Open reports of which a unit has closed and another has taken over: which side it is, and who has it now."""
    rows = await (await db.raw(conn)).fetch(_SUCCEEDED, now, sorted(ENDED), limit)
    return [(row[0], ReportSide(row[1]), Side(*row[2:])) for row in rows]


_FORWARDED = "select id from deviation where state = 'forwarded' and not facts_protected order by id"


async def forwarded(conn: AsyncConnection) -> list[UUID]:
    """Reports that are before a board now, but for those of protected meetings."""
    return [row[0] for row in await (await db.raw(conn)).fetch(_FORWARDED)]


async def is_raised(conn: AsyncConnection, meeting_id: UUID, party: int, by: UUID, *, good: bool) -> bool:
    """Whether the unit `by` has written of this meeting and party already: a report, or a good example."""
    sql = """select exists (select 1 from deviation where meeting_id = $1 and party = $2 and reporting_unit_id = $3
 and good_example = $4)"""
    return bool(await (await db.raw(conn)).fetchval(sql, meeting_id, party, by, good))


async def raised_by(conn: AsyncConnection, meeting_id: UUID, party: int, by: UUID) -> set[bool]:
    """What the unit `by` has written of this meeting and party: True a good example, False a report."""
    sql = "select good_example from deviation where meeting_id = $1 and party = $2 and reporting_unit_id = $3"
    return {row[0] for row in await (await db.raw(conn)).fetch(sql, meeting_id, party, by)}


async def _whole(raw: Any, rows: Sequence[Any]) -> dict[UUID, Versioned[DeviationReport]]:
    if not rows:
        return {}
    ids = [row[0] for row in rows]
    rules = await rule_sets.load(raw, (row[-1] for row in rows))
    words = await _of_reports(raw, WORD, "deviation_word", ids)
    measures = await _of_reports(raw, MEASURE, "deviation_measure", ids)

    def read(row: Any) -> DeviationReport:
        return SHAPE.read(
            row, rule_set=rules[row[-1]], words=tuple(words.get(row[0], ())), measures=tuple(measures.get(row[0], ()))
        )

    return {row[0]: versioned(read(row), row, SHAPE.width) for row in rows}


async def _of_reports(raw: Any, shape: Shape[Any], table: str, ids: list[UUID]) -> dict[UUID, list[Any]]:
    """The numbered rows of each report, in their order."""
    names = ", ".join(f'"{column}"' for column in shape.columns)
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await raw.fetch(
        f"select deviation_id, {names} from {table} where deviation_id = any($1::uuid[]) order by deviation_id, number",
        ids,
    ):
        found[row[0]].append(shape.read(row, 1))
    return found


_COLUMNS = (*SHAPE.columns[1:], *COLUMNS, "rule_set")


def _row(found: Versioned[DeviationReport]) -> tuple[Any, ...]:
    return (*SHAPE.write(found.state)[1:], *found.columns(), rule_sets.hash_of(found.state.rule_set))


async def save_many(conn: AsyncConnection, changes: Sequence[Rewrite[DeviationReport]]) -> None:
    """Writes what differs, in set statements."""
    raw = await db.raw(conn)
    plan = Plan((tables.deviation, tables.deviation_word, tables.deviation_measure))
    for change in changes:
        before = None if change.old is None else _row(change.old)
        plan.put(tables.deviation, ("id",), (change.id,), _COLUMNS, before, _row(change.new))
        old, new = None if change.old is None else change.old.state, change.new.state
        _put_rows(plan, tables.deviation_word, WORD, new.id, () if old is None else old.words, new.words)
        _put_rows(plan, tables.deviation_measure, MEASURE, new.id, () if old is None else old.measures, new.measures)
    await rule_sets.keep(raw, {change.new.state.rule_set for change in changes if change.old is None})
    await plan.write(raw)


def _put_rows(plan: Plan, table: Any, shape: Shape[Any], report: UUID, old: Sequence[Any], new: Sequence[Any]) -> None:
    """What differs among numbered rows; one that is not there any more goes."""
    if old is new:
        return
    keys, columns = ("deviation_id", "number"), shape.columns[1:]
    was = {row[0]: row[1:] for row in map(shape.write, old)}
    for row in map(shape.write, new):
        plan.put(table, keys, (report, row[0]), columns, was.pop(row[0], None), row[1:])
    for number in was:
        plan.put(table, keys, (report, number), (), None, None)
