"""A meeting's poll as a value and as rows: read with its meeting, written where it differs.

The law of this file: most meetings have none, and cost one query that finds nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sip.domain.poll import Poll, PollAnswer, PollAsk, PollTime
from sip.store import tables
from sip.store.codec import Shape
from sip.store.rows import Plan

POLL: Shape[Poll] = Shape(Poll, ("times", "asks", "answers")).check(tables.poll, ("meeting_id",))
TIME: Shape[PollTime] = Shape(PollTime).check(tables.poll_time, ("meeting_id",))
ASK: Shape[PollAsk] = Shape(PollAsk).check(tables.poll_ask, ("meeting_id",))
ANSWER: Shape[PollAnswer] = Shape(PollAnswer).check(tables.poll_answer, ("meeting_id",))

TABLES = (tables.poll, tables.poll_time, tables.poll_ask, tables.poll_answer)


def _read(shape: Shape[Any], table: str, order: str) -> str:
    names = ", ".join(f'"{column}"' for column in shape.columns)
    return f"select meeting_id, {names} from {table} where meeting_id = any($1::uuid[]) order by meeting_id, {order}"


_POLLS = _read(POLL, "poll", "number")
_TIMES = _read(TIME, "poll_time", "ordinal")
_ASKS = _read(ASK, "poll_ask", "party")
_ANSWERS = _read(ANSWER, "poll_answer", 'party, "time"')


async def load(raw: Any, meetings: list[UUID]) -> dict[UUID, Poll]:
    """The polls of these meetings, of those that have one."""
    heads = await raw.fetch(_POLLS, meetings)
    if not heads:
        return {}
    ids = [row[0] for row in heads]
    times = await _children(raw, _TIMES, TIME, ids)
    asks = await _children(raw, _ASKS, ASK, ids)
    answers = await _children(raw, _ANSWERS, ANSWER, ids)
    return {
        row[0]: POLL.read(
            row, 1, times=tuple(times[row[0]]), asks=tuple(asks.get(row[0], ())), answers=tuple(answers.get(row[0], ()))
        )
        for row in heads
    }


async def _children(raw: Any, query: str, shape: Shape[Any], ids: list[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await raw.fetch(query, ids):
        found[row[0]].append(shape.read(row, 1))
    return found


def put(plan: Plan, meeting: UUID, old: Poll | None, new: Poll | None) -> None:
    """What differs; a later poll takes the rows of the earlier."""
    if new is None or new is old:
        return
    row = None if old is None else POLL.write(old)
    plan.put(tables.poll, ("meeting_id",), (meeting,), POLL.columns, row, POLL.write(new))
    _put_rows(plan, tables.poll_time, TIME, 1, meeting, () if old is None else old.times, new.times)
    _put_rows(plan, tables.poll_ask, ASK, 1, meeting, () if old is None else old.asks, new.asks)
    _put_rows(plan, tables.poll_answer, ANSWER, 2, meeting, () if old is None else old.answers, new.answers)


def _put_rows(
    plan: Plan, table: Any, shape: Shape[Any], width: int, meeting: UUID, old: Sequence[Any], new: Iterable[Any]
) -> None:
    """Rows whose first `width` columns, after the meeting, are their key."""
    if old is new:
        return
    keys = ("meeting_id", *shape.columns[:width])
    was = {row[:width]: row[width:] for row in (shape.write(one) for one in old)}
    for row in (shape.write(one) for one in new):
        plan.put(table, keys, (meeting, *row[:width]), shape.columns[width:], was.pop(row[:width], None), row[width:])
    for gone in was:
        plan.put(table, keys, (meeting, *gone), (), None, None)
