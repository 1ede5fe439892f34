"""The users that a protected meeting is for, as rows beside it (rules, section 13)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sip.domain.people import NamedUser
from sip.store import tables
from sip.store.codec import Shape
from sip.store.rows import Plan

NAMED: Shape[NamedUser] = Shape(NamedUser).check(tables.named_user, ("meeting_id",))
_READ = (
    f"select meeting_id, {', '.join(NAMED.columns)} from named_user where meeting_id = any($1::uuid[])"
    " order by meeting_id, party, user_id"
)
_KEYS = ("meeting_id", "user_id")


async def load(raw: Any, ids: Sequence[UUID]) -> dict[UUID, tuple[NamedUser, ...]]:
    """By meeting, in the order of their parties."""
    found: defaultdict[UUID, list[NamedUser]] = defaultdict(list)
    for row in await raw.fetch(_READ, list(ids)):
        found[row[0]].append(NAMED.read(row, 1))
    return {meeting: tuple(named) for meeting, named in found.items()}


def put(plan: Plan, meeting: UUID, old: Sequence[NamedUser], new: Sequence[NamedUser]) -> None:
    """Writes what differs."""
    was = {one.user_id: one for one in old}
    for one in new:
        before = was.pop(one.user_id, None)
        if before != one:
            row = None if before is None else (before.party,)
            plan.put(tables.named_user, _KEYS, (meeting, one.user_id), ("party",), row, (one.party,))
    for gone in was:
        plan.put(tables.named_user, _KEYS, (meeting, gone), (), None, None)
