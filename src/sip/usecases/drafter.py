"""Who convenes what is made of an earlier meeting in which names of staff have given way (rules, section 12 K4).

The law of this file: a function calls nobody. Who makes the next meeting answers for it, else its unit's mailbox.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.giving_way import is_function
from sip.domain.meeting import Convener
from sip.store.aggregates import rosters


@dataclass(frozen=True, slots=True)
class DraftedBy:
    """The person who makes it: her name, and the address that answers are asked for at."""

    name: str
    email: str


def has_given_way(convener: Convener) -> bool:
    """Whether a function stands where her name stood, or nothing where her address did."""
    return "@" not in convener.email or is_function(convener.person, convener.unit_name)


async def of_today(conn: AsyncConnection, convener: Convener, who: DraftedBy | None, now: datetime) -> Convener:
    """The convener whom one reaches today: `who` makes it, or without one (a program) the unit's own mailbox, and the
    unit's phone. As it was where her name stands still.
    """
    if not has_given_way(convener):
        return convener
    roster = (await rosters.rosters(conn, [convener.unit_id], now)).get(convener.unit_id)
    phone = (roster.phone if roster is not None else None) or convener.phone
    if who is not None:
        return replace(convener, person=who.name, email=who.email, phone=phone)
    mailbox = next(iter(roster.addresses), "") if roster is not None else ""
    return replace(convener, email=mailbox or convener.email, phone=phone)
