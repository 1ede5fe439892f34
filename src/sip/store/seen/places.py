"""Where meetings are: the units of their convener and of those called, with organisation and principal.

The law of this file: as in `dashboard`: it writes nothing. It takes no scope, for it is what a scope is compared with.
A protected meeting is nowhere: pages that stand open for those who are named in it poll (rules, section 13).
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

WhereOf = tuple[UUID, UUID, UUID]
"""Unit, organisation and principal."""

_OF = """with told as (select id from unnest($1::uuid[]) as t(id)),
 those as (select m.id from meeting m join told t on t.id = m.id
  union select d.meeting_id from deviation d join told t on t.id = d.id)
 select m.id, m.convener_unit_id, m.convener_organisation_id, m.convener_principal_id from meeting m
 join those x on x.id = m.id where not m.protected
 union select p.meeting_id, p.unit_id, p.organisation_id, p.principal_id from party p
 join those x on x.id = p.meeting_id where not p.protected"""


async def of_aggregates(conn: AsyncConnection, ids: Sequence[UUID]) -> dict[str, list[WhereOf]]:
    """By the meeting's id, as text."""
    found: dict[str, list[WhereOf]] = defaultdict(list)
    for row in await (await db.raw(conn)).fetch(_OF, list(ids)):
        found[str(row[0])].append((row[1], row[2], row[3]))
    return found
