"""Units to choose: found by words, or known by id. Names of units are no secret to who is signed in
(`access.Act.READ_DIRECTORY`); nothing of anybody's meetings is read here.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sip.store.db import Database
from sip.store.seen import units
from sip.store.seen.units import UnitFound
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor
from sip.usecases.recorded import recorded

_NAMES = "names of units, as the directory has them"


async def search(
    db: Database, text: str, *, principal: UUID | None = None, actor: Actor, now: datetime
) -> list[UnitFound]:
    """A few units in use in which every word stands; of one principal alone where it is given."""
    require_role(actor, Act.READ_DIRECTORY)
    async with recorded(db, actor, now, nothing=_NAMES) as (conn, _):
        return await units.search(conn, text, now, principal=principal)


async def named(db: Database, ids: Iterable[UUID], *, actor: Actor, now: datetime) -> dict[UUID, UnitFound]:
    """These units by id."""
    require_role(actor, Act.READ_DIRECTORY)
    async with recorded(db, actor, now, nothing=_NAMES) as (conn, _):
        return await units.named(conn, ids)
