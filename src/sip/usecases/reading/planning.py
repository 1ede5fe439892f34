"""What is known around a meeting in the making: whom the unit usually calls, and which times fit them all.

The law of this file: hours are taken, by nobody knows what; nothing of another meeting leaves but those (rules,
section 11). Whom her own unit has called, the convener may see.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import MeetingKind, rule_set_for
from sip.domain.people import Roster
from sip.domain.planning import SEARCHED, Invitee, Warned, cautions, proposed_times
from sip.domain.sketch import Sketch
from sip.domain.terms import Obligation
from sip.domain.worktime import local_day
from sip.store import agreements, opening_hours
from sip.store.aggregates import rosters
from sip.store.db import Database
from sip.store.seen import around, units
from sip.store.seen.units import UnitFound
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor
from sip.usecases.commands import Command
from sip.usecases.meetings import convener_unit
from sip.usecases.recorded import recorded

SETS, USUAL = 3, 8
_WHY = "names of units, and hours that are taken"


@dataclass(frozen=True, slots=True)
class PartiesRead:
    """To choose from: sets of units that were called together, and single ones, the most usual first; `units` are these
    and the sketch's own by id.
    """

    sets: list[tuple[UUID, ...]]
    usual: list[UUID]
    units: dict[UUID, UnitFound]


async def parties(db: Database, sketch: Sketch, *, actor: Actor, now: datetime) -> PartiesRead:
    """Whom the convening unit has called lately, without those that are in the sketch."""
    require_role(actor, Act.CONVENE)
    async with recorded(db, actor, now, nothing=_WHY) as (conn, _):
        chosen = {one.unit_id for one in sketch.parties}
        unit = sketch.convener_unit_id
        lately = await around.together(conn, unit, now) if unit is not None else []
        sets: list[tuple[UUID, ...]] = []
        for together in lately:
            found = tuple(sorted({one for one, _ in together} - chosen, key=str))
            if len(found) > 1 and found not in sets:
                sets.append(found)
        times = Counter(one for together in lately for one, _ in together)
        usual = [one for one, _ in times.most_common() if one not in chosen and one != unit][:USUAL]
        wanted = {*chosen, *([unit] if unit else []), *usual, *(one for found in sets[:SETS] for one in found)}
        return PartiesRead(sets[:SETS], usual, await units.named(conn, wanted))


@dataclass(frozen=True, slots=True)
class TimesRead:
    """What is to be known of the time that was chosen, and times that fit."""

    warned: tuple[Warned, ...]
    proposed: tuple[datetime, ...]


async def times(db: Database, sketch: Sketch, by: Command) -> TimesRead:
    """Cautions about the sketch's time, and proposals for all of its parties."""
    async with recorded(db, by.actor, by.now, nothing=_WHY) as (conn, _):
        invitees = await _invitees(conn, sketch, by)
    end = None if sketch.start is None else sketch.start + timedelta(minutes=sketch.minutes)
    warned = cautions(by.now, sketch.start, end, sketch.kind, invitees) if sketch.start and end else ()
    return TimesRead(warned, proposed_times(by.now, sketch.minutes, sketch.kind, invitees))


async def _invitees(conn: AsyncConnection, sketch: Sketch, by: Command) -> list[Invitee]:
    if sketch.convener_unit_id is None:
        return []
    own = await convener_unit(conn, sketch.convener_unit_id, by)
    ids = [one.unit_id for one in sketch.parties]
    now, start = by.now, sketch.start or by.now
    there = await rosters.rosters(conn, ids, now)
    then = await rosters.rosters(conn, ids, start) if sketch.start else there
    emails = [one for one in (sketch.convener_email, sketch.chair_email) if one]
    last = max(start, now) + timedelta(days=SEARCHED)
    by_unit, by_person = await around.taken(conn, ids, emails, now, last)
    hours = await opening_hours.of_units(conn, ids)
    every = await agreements.all_agreements(conn)
    kind = sketch.kind or MeetingKind.OTHER
    found = []
    for one in sketch.parties:
        roster = there.get(one.unit_id)
        if roster is None:
            continue
        rules = rule_set_for(every, own.principal_id, roster.principal_id, kind, local_day(now))
        found.append(
            Invitee(
                one.unit_id, roster.name, rules, one.obligation is Obligation.SUMMONED, roster.closed_days,
                _covered(then.get(one.unit_id)), by_unit.get(one.unit_id, ()), hours.get(one.unit_id, ()),
            )
        )  # fmt: skip
    names = {sketch.convener_email: sketch.convener_person, sketch.chair_email: sketch.chair_name}
    found += [Invitee(None, names[one] or one, taken=by_person.get(one.lower(), ())) for one in dict.fromkeys(emails)]
    return found


def _covered(roster: Roster | None) -> bool:
    """Whether somebody stands on the unit's list of substitutes on that day."""
    return roster is not None and bool(roster.substitutes)
