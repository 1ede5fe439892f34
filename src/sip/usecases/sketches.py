"""Making a meeting step by step: what is said is kept for its maker, and becomes a meeting by one act.

The law of this file: a sketch is its maker's alone, and no text is kept in it that a meeting may not hold. Draft, case,
what the units have been told and the call are one transaction: all of it comes about, or nothing (house, law 3).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import events as e
from sip.domain.foresight import Ahead, foresee
from sip.domain.meeting import Meeting
from sip.domain.people import CaseFacts
from sip.domain.sketch import Ground, Sketch, SketchParty, first_missing, follow_up, pre_meeting, sketch_of
from sip.domain.terms import Basis, Obligation, Purpose
from sip.store import bookings, cases, sketches
from sip.store.aggregates import rosters
from sip.store.db import Database
from sip.store.seen import units
from sip.store.seen.units import UnitFound
from sip.store.sketches import SketchLine
from sip.usecases import meetings
from sip.usecases.access import Act, require_meeting, require_role
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.cases import CaseOf, Consent, KnownCase, NewCase, of_reference
from sip.usecases.commands import Command, handled, hold
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.drafter import DraftedBy, has_given_way, of_today
from sip.usecases.engine.surroundings import Surroundings
from sip.usecases.engine.work import Handled
from sip.usecases.meetings import DraftForm, Undone
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError, refuse_numbers, refuse_texts
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import recorded

_OWN = "what she has said herself, of no meeting yet"


def _maker(actor: Actor) -> UUID:
    """The user whose sketch it is. Raises NotFoundError for who is none, ForbiddenError for who may not convene."""
    require_role(actor, Act.CONVENE)
    try:
        return UUID(str(actor.id)) if actor.kind is ActorKind.USER else _nobody()
    except ValueError:
        return _nobody()


def _nobody() -> UUID:
    raise NotFoundError("sketch")


def _check(sketch: Sketch) -> None:
    """Raises InvalidError for every text that no meeting may hold, all of them at once."""
    place = sketch.place
    texts = {
        "purpose_text": sketch.purpose_text,
        "questions": sketch.questions,
        "place.unit": place.unit if place else None,
        "place.room": place.room if place else None,
        "convener.person": sketch.convener_person,
        "chair_name": sketch.chair_name,
        "consent.given": sketch.consent_given,
        "other_system": tuple(party.other_system or "" for party in sketch.parties),
    }
    found: dict[str, FieldProblem] = {}
    for problem in (*_problems(refuse_texts, texts), *_problems(refuse_numbers, sketch)):
        found.setdefault(problem.field.partition("[")[0], problem)
    if found:
        raise InvalidError(found.values())


def _problems(check: Callable[[Any], None], what: object) -> tuple[FieldProblem, ...]:
    try:
        check(what)
    except InvalidError as error:
        return error.problems
    return ()


async def fresh(db: Database, name: str, email: str, *, actor: Actor, now: datetime) -> Sketch:
    """What a new one begins with: her unit, if she acts for one, with its phone number, and herself."""
    unit = actor.unit_id
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        _maker(actor)
        roster = (await rosters.rosters(conn, [unit], now)).get(unit) if unit is not None else None
    phone = (roster.phone or "") if roster is not None else ""
    return Sketch(convener_unit_id=unit, convener_person=name, convener_email=email, convener_phone=phone)


async def again(
    db: Database, meeting_id: UUID, who: DraftedBy, *, months: int | None, actor: Actor, now: datetime
) -> Sketch:
    """A sketch of a meeting that was: the same parties, text and form. With `months` it follows up that meeting, of
    the same case, so many months after it, on a working day. `who` makes it. Raises NotFoundError, ForbiddenError.
    """
    meeting = await _earlier(db, meeting_id, who, actor, now)
    return sketch_of(meeting) if months is None else follow_up(meeting, months)


async def _earlier(db: Database, meeting_id: UUID, who: DraftedBy, actor: Actor, now: datetime) -> Meeting:
    """The meeting that was, with a convener whom one reaches."""
    _maker(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        meeting = (await required(conn, meeting_id, actor, Act.CONVENE)).state
        if not has_given_way(meeting.convener):
            return meeting
        convener = await of_today(conn, meeting.convener, who, now)
    return replace(meeting, convener=convener, chair_name=None, chair_email=None)


async def before(db: Database, meeting_id: UUID, who: DraftedBy, *, actor: Actor, now: datetime) -> Sketch:
    """A sketch of a pre-meeting of this meeting's professionals (rules, section 11); `who` makes it. Raises
    NotFoundError and ForbiddenError; a protected meeting has none.
    """
    meeting = await _earlier(db, meeting_id, who, actor, now)
    if meeting.protected:
        raise NotFoundError("meeting")
    return pre_meeting(meeting)


async def save(db: Database, sketch_id: UUID, sketch: Sketch, *, actor: Actor, now: datetime) -> None:
    """Keeps what has been said. Raises InvalidError (nothing is kept then), NotFoundError for another's."""
    maker = _maker(actor)
    _check(sketch)
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        if not await sketches.save(conn, sketch_id, maker, sketch, now):
            raise NotFoundError("sketch")


async def get(db: Database, sketch_id: UUID, *, actor: Actor, now: datetime) -> Sketch:
    """One of her own. Raises NotFoundError."""
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        return await _own(conn, sketch_id, actor)


async def _own(conn: AsyncConnection, sketch_id: UUID, actor: Actor, *, lock: bool = False) -> Sketch:
    found = await sketches.get(conn, sketch_id, _maker(actor), lock=lock)
    if found is None:
        raise NotFoundError("sketch")
    return found


async def mine(db: Database, *, actor: Actor, now: datetime) -> list[SketchLine]:
    """Those she has begun, the last changed first."""
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        return await sketches.lines(conn, _maker(actor))


async def delete(db: Database, sketch_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Throws one of her own away."""
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        await sketches.delete(conn, sketch_id, _maker(actor))


# -- what it becomes


def form_of(sketch: Sketch) -> DraftForm:
    """The sketch as the draft it would be. Raises InvalidError naming the first step that is not done."""
    step = first_missing(sketch)
    if step is not None:
        raise InvalidError([FieldProblem(step, "step_missing")])
    assert sketch.kind and sketch.purpose and sketch.form and sketch.place and sketch.start
    assert sketch.convener_unit_id is not None
    return DraftForm(
        case=_case(sketch), kind=sketch.kind, purpose=sketch.purpose, start=sketch.start, end=end_of(sketch),
        form=sketch.form, place=sketch.place, convener_unit_id=sketch.convener_unit_id,
        convener_person=sketch.convener_person, convener_email=sketch.convener_email,
        convener_phone=sketch.convener_phone, purpose_text=sketch.purpose_text, questions=sketch.questions,
        parties=tuple(_party(sketch, one) for one in sketch.parties), chair_name=sketch.chair_name or None,
        chair_email=sketch.chair_email or None, follows=sketch.follows,
    )  # fmt: skip


def end_of(sketch: Sketch) -> datetime:
    """When it would end."""
    assert sketch.start is not None
    return sketch.start + timedelta(minutes=sketch.minutes)


def _party(sketch: Sketch, one: SketchParty) -> e.PartyDraft:
    basis = Basis.DISCHARGE_LAW if sketch.purpose is Purpose.DISCHARGE else Basis.SOL_HSL
    duty = one.obligation is Obligation.SUMMONED
    return e.PartyDraft(one.unit_id, one.obligation, basis if duty else Basis.NONE, one.other_system)


def _case(sketch: Sketch) -> CaseOf:
    consent = None
    if sketch.ground is not Ground.EXISTING:
        given = sketch.ground is Ground.CONSENT
        consent = Consent(
            given=given,
            how=sketch.consent_given or None,
            until=sketch.consent_until,
            other_legal_ground=sketch.ground is Ground.OTHER,
        )
    if sketch.reference:
        return KnownCase(reference=sketch.reference, consent=consent)
    assert consent is not None
    return NewCase(consent=consent, protected=sketch.protected)


async def convene(db: Database, sketch_id: UUID, by: Command, *, call: bool) -> Handled:
    """The meeting comes about, with its case: called, or as a draft. Refused, the sketch stays and nothing else.

    A repetition finds the meeting it made. Raises InvalidError, NotFoundError, ForbiddenError.
    """
    once = replace(by, event_id=f"sketch/{sketch_id}", seen_version=None)
    try:
        async with recorded(db, by.actor, by.now) as (conn, log):
            sketch = await sketches.get(conn, sketch_id, _maker(by.actor), lock=True)
            if sketch is None:
                log.nothing("the same again")
                return await _made(conn, once)
            form = form_of(sketch)
            refuse_texts(form.texts())
            done = await meetings.drafted(conn, log, form, once)
            await _as_said(conn, sketch_id, sketch, done, once)
            require_meeting(by.actor, done.state if isinstance(done.state, Meeting) else None, Act.CONVENE)
            done = await _tell(conn, done, sketch, once)
            if call:
                done = await _call(conn, done, once)
            await sketches.delete(conn, sketch_id, _maker(by.actor))
            return done
    except Undone as undone:
        return undone.refused


async def _as_said(conn: AsyncConnection, sketch_id: UUID, sketch: Sketch, done: Handled, by: Command) -> None:
    """Raises InvalidError where the case is not as protected as the sketch says; and for what was booked by a mail of
    her calendar, which has told time and place already (rules, section 13).
    """
    protected = isinstance(done.state, Meeting) and done.state.protected
    if sketch.protected and not protected:
        raise InvalidError([FieldProblem("reference", "not_protected_case")])
    if protected:
        await _refuse_booked(conn, sketch_id, by)


async def _refuse_booked(conn: AsyncConnection, sketch_id: UUID, by: Command) -> None:
    if await bookings.get(conn, sketch_id, _maker(by.actor)) is not None:
        raise InvalidError([FieldProblem("reference", "protected_booked")])


async def _made(conn: AsyncConnection, once: Command) -> Handled:
    meeting, held = await hold(conn, meetings.drafted_id(once))
    there = require_meeting(once.actor, meeting, Act.CONVENE)
    return Handled(there, held[there.id].version, None, True, ())


async def _tell(conn: AsyncConnection, done: Handled, sketch: Sketch, once: Command) -> Handled:
    """The units that have been told whom it concerns."""
    assert isinstance(done.state, Meeting)
    told = {one.unit_id: one.told for one in sketch.parties if one.told is not None}
    for party in done.state.parties:
        channel = told.get(party.unit_id)
        if channel is not None:
            known = replace(once, event_id=f"{once.event_id}/identity/{party.ordinal}")
            done = await handled(conn, done.state.id, e.IdentityConveyed(party.ordinal, channel), known)
            assert isinstance(done.state, Meeting)
    return done


async def _call(conn: AsyncConnection, done: Handled, once: Command) -> Handled:
    assert isinstance(done.state, Meeting)
    await cases.get(conn, done.state.case_id, lock=True)
    called = await handled(conn, done.state.id, e.Called(), replace(once, event_id=f"{once.event_id}/call"))
    if called.refused is not None:
        raise Undone(called)
    return called


# -- what is seen before


@dataclass(frozen=True, slots=True)
class SketchAhead:
    """A sketch with what its call would do, and the units in it by id."""

    sketch: Sketch
    ahead: Ahead
    units: dict[UUID, UnitFound]


async def ahead(db: Database, sketch_id: UUID, by: Command) -> SketchAhead:
    """What the call would do now; nothing is written. Raises InvalidError where a step is missing or a case is none
    that she may use, NotFoundError.
    """
    async with recorded(db, by.actor, by.now, nothing=_OWN) as (conn, _):
        sketch = await _own(conn, sketch_id, by.actor)
        form = form_of(sketch)
        roster = await meetings.convener_unit(conn, form.convener_unit_id, by)
        facts, case_id, reference = await _facts(conn, sketch, by)
        if facts.protected:
            await _refuse_booked(conn, sketch_id, by)
        meeting_id = uuid5(NAMESPACE, f"sketch/{sketch_id}/ahead")
        event = meetings.event_of(form, meeting_id, case_id, reference, roster, by.user_id)
        surroundings = Surroundings(by.now, by.world)
        await surroundings.read(conn, [(None, event)])
        context = replace(surroundings.context(None, event), case=facts)
        told = {one.unit_id: one.told for one in sketch.parties if one.told is not None}
        known = await units.named(conn, [one.unit_id for one in sketch.parties])
        return SketchAhead(sketch, foresee(event, told, context), known)


async def _facts(conn: AsyncConnection, sketch: Sketch, by: Command) -> tuple[CaseFacts, UUID, str]:
    """The case as the sketch would have it."""
    if not sketch.reference:
        facts = CaseFacts(
            "0000-000",
            sketch.ground is Ground.CONSENT,
            sketch.consent_until,
            other_legal_ground=sketch.ground is Ground.OTHER,
            protected=sketch.protected,
        )
        return facts, uuid5(NAMESPACE, "sketch/case"), facts.reference
    record = await of_reference(conn, sketch.reference, by)
    there = (await cases.facts(conn, [record.id]))[record.id]
    if sketch.protected and not there.protected:
        raise InvalidError([FieldProblem("reference", "not_protected_case")])
    if sketch.ground is not Ground.EXISTING:
        there = replace(
            there,
            consent=sketch.ground is Ground.CONSENT,
            consent_until=sketch.consent_until,
            consent_organisations=None,
            other_legal_ground=sketch.ground is Ground.OTHER,
        )
    return there, record.id, record.reference
