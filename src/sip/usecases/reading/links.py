"""What a mailed link opens, without sign-in (rules, section 3): one page for one purpose, or a test call's.

The law of this file: a link that never was, has ended, or names what is no more, is not there. Who holds a link is the
address it was mailed to, and it is recorded as that address's reading.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import DeviationReport
from sip.domain.effects import Link
from sip.domain.mailbox_check import MailboxCheck
from sip.domain.meeting import Attendee, Meeting, Party
from sip.domain.people import Roster
from sip.store.aggregates import deviations, meetings
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database
from sip.store.post import mailbox_checks, tokens
from sip.store.post.tokens import LinkRef
from sip.store.seen import listings
from sip.store.seen.scope import Scope, ScopeKind
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded

Pairs = tuple[tuple[str, str], ...]
_UNITS = frozenset({Link.ANSWER, Link.MANAGER})


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens, as it is now. `purpose` is the page's: a named person's answer is her own. `units` are ids and
    names to choose from, in no order.
    """

    ref: LinkRef
    purpose: Link
    meeting: Meeting
    version: int
    party: Party | None
    attendee: Attendee | None
    report: DeviationReport | None
    units: Pairs


@dataclass(frozen=True, slots=True)
class OpenedCheck:
    """What a test call's link opens: the check and its unit."""

    ref: LinkRef
    check: MailboxCheck
    roster: Roster


def holder(ref: LinkRef, name: str | None = None, party: Party | None = None) -> Actor:
    """Who acts by this link: the address it was mailed to, for the unit it was mailed to."""
    return Actor(ActorKind.MAIL, ref.address, name, party.unit_id if party is not None else None)


async def open_link(db: Database, token: str, now: datetime, *, acts: bool = False) -> Opened | OpenedCheck:
    """What this link opens; `acts`: for an act, or to say thanks for one. Raises NotFoundError."""
    why = "it was read before, and the act is journalled" if acts else None
    async with recorded(db, ServicePart.LINKS, now, nothing=why) as (conn, log):
        ref = await tokens.link(conn, token, now)
        if ref is None:
            raise NotFoundError("link")
        found = await _opened(conn, ref, now) if ref.check_id is None else await _opened_check(conn, ref, now)
        if not acts and isinstance(found, OpenedCheck):
            log.note("read", "mailbox_check", found.check.unit_id, by=holder(ref))
        elif not acts and isinstance(found, Opened):
            log.note("read", "meeting", found.meeting.id, by=holder(ref))
        return found


async def _opened_check(conn: AsyncConnection, ref: LinkRef, now: datetime) -> OpenedCheck:
    check = await mailbox_checks.by_id(conn, ref.check_id) if ref.check_id is not None else None
    if check is None:
        raise NotFoundError("link")
    return OpenedCheck(ref, check, (await rosters(conn, [check.unit_id], now))[check.unit_id])


async def _opened(conn: AsyncConnection, ref: LinkRef, now: datetime) -> Opened:
    wanted = ref.meeting_id
    found = None if wanted is None else (await meetings.load_many(conn, [wanted])).get(wanted)
    if found is None:
        raise NotFoundError("link")
    meeting = found.state
    party = next((p for p in meeting.parties if p.ordinal == ref.party), None)
    person = None
    if party is not None and ref.attendee is not None:
        person = next((a for a in party.attendees if a.ordinal == ref.attendee), None)
    purpose = Link(ref.purpose)
    if purpose is Link.ANSWER and ref.attendee is not None:
        purpose = Link.CHECK_IN
    if (party is None and purpose not in (Link.CHAIR, Link.CONVENER)) or (
        person is None and purpose in (Link.SUBSTITUTE, Link.CHECK_IN)
    ):
        raise NotFoundError("link")
    report = await _report(conn, ref) if purpose is Link.DEVIATION else None
    units = await _units(conn, party, now) if purpose in _UNITS and party is not None else ()
    return Opened(ref, purpose, meeting, found.version, party, person, report, units)


async def _report(conn: AsyncConnection, ref: LinkRef) -> DeviationReport:
    wanted = ref.deviation_id
    found = (await deviations.load_many(conn, [wanted])).get(wanted) if wanted is not None else None
    if found is None:
        raise NotFoundError("link")
    return found.state


async def _units(conn: AsyncConnection, party: Party, now: datetime) -> Pairs:
    """Units of the same principal, to redirect to."""
    units = await listings.units(conn, Scope(ScopeKind.PRINCIPAL, party.principal_id), now)
    return tuple((str(unit.id), unit.name) for unit in units if unit.id != party.unit_id)
