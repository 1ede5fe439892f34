"""Whose a changed meeting or report is: asked once for all the pages that stand open in a process.

Ids and places alone are read, and only ids leave: whoever hears one asks for what it names, and that is recorded.
"""

from collections.abc import Sequence
from uuid import UUID

from sip.store.db import Database
from sip.store.seen import places
from sip.store.seen.places import WhereOf
from sip.store.seen.scope import Scope, ScopeKind
from sip.usecases.actor import ServicePart


async def of_changed(db: Database, ids: Sequence[str]) -> dict[str, list[WhereOf]]:
    """By id, the convener's unit and the units called. A report is told as its meeting."""
    wanted = [UUID(one) for one in ids]
    async with db.transaction(ServicePart.WATCH) as conn:
        return await places.of_aggregates(conn, wanted)


def within(scope: Scope, where: WhereOf) -> bool:
    """Whether the unit is within the scope; a board member sees no meeting."""
    if scope.no_meeting:
        return False
    return scope.kind is ScopeKind.EVERYTHING or (scope.place is not None and scope.place in where)
