"""The convener's commands: draft, text, parties, call, move, cancel, identity, pause, excuse, release, decide.

Pages and API call the same functions. Each is one transaction and gives what `handle()` gave: the state, or Refused.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.chair import ChairLinkSent
from sip.domain.meeting import Convener, Meeting, Place
from sip.domain.people import Roster
from sip.domain.terms import AnswerKind, Channel, Form, Purpose
from sip.store import cases
from sip.store.aggregates import rosters
from sip.store.db import Database
from sip.usecases.access import MAY, Act, covers, has_party, require_meeting, require_party, require_role
from sip.usecases.cases import CaseOf, of_draft
from sip.usecases.commands import Command, Texts, command, handled, meeting_of, moment
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import FieldProblem, ForbiddenError, InvalidError, refuse_numbers, refuse_texts
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import AccessRows, recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftForm:
    """What a draft needs: which case it is of, and in `convener_person` and the rest who answers the phone at the
    convener's unit.
    """

    case: CaseOf
    kind: MeetingKind
    purpose: Purpose
    start: datetime
    end: datetime
    form: Form
    place: Place
    convener_unit_id: UUID
    convener_person: str
    convener_email: str
    convener_phone: str
    purpose_text: str = ""
    questions: tuple[str, ...] = ()
    parties: tuple[e.PartyDraft, ...] = ()
    chair_name: str | None = None
    chair_email: str | None = None
    follows: UUID | None = None

    def texts(self) -> Texts:
        """The fields in which free text is checked."""
        return {
            "purpose_text": self.purpose_text,
            "questions": self.questions,
            "place.unit": self.place.unit,
            "place.room": self.place.room,
            "convener.person": self.convener_person,
            "chair_name": self.chair_name,
            "parties": tuple(party.other_system or "" for party in self.parties),
        }


class Undone(Exception):  # noqa: N818 - no fault: the way out of a transaction that is not to be kept
    """The rules refused a part of what was to be done whole."""

    def __init__(self, refused: Handled) -> None:
        self.refused = refused


async def draft(db: Database, form: DraftForm, by: Command) -> Handled:
    """A new meeting, with its case where that is new or its consent is said anew: both are kept, or neither.

    Its id follows from the command's event_id, so that a repetition meets the first. Raises NotFoundError for a case
    that the actor may not use, InvalidError for what cannot be kept.
    """
    require_role(by.actor, Act.CONVENE)
    refuse_texts(form.texts())
    try:
        async with recorded(db, by.actor, by.now) as (conn, log):
            return await drafted(conn, log, form, by)
    except Undone as undone:
        return undone.refused


async def drafted(conn: AsyncConnection, log: AccessRows, form: DraftForm, by: Command) -> Handled:
    """The draft with its case, in a transaction that does more. Raises Undone where the rules refuse it: nothing of
    the transaction is to be kept then.
    """
    meeting_id = drafted_id(by)
    roster = await convener_unit(conn, form.convener_unit_id, by)
    case = await of_draft(conn, log, form.case, roster.unit_id, by)
    await _follows(conn, form.follows, case.id, by)
    event = event_of(form, meeting_id, case.id, case.reference, roster, by.user_id)
    done = await handled(conn, meeting_id, event, by)
    if done.refused is not None:
        raise Undone(done)
    return done


def drafted_id(by: Command) -> UUID:
    """The id of the meeting that this command drafts: a repetition meets the first."""
    return uuid5(NAMESPACE, f"meeting/{by.event_id}")


def event_of(
    form: DraftForm, meeting_id: UUID, case_id: UUID, reference: str, roster: Roster, user_id: UUID | None
) -> e.MeetingDrafted:
    """What the form says, as the event that makes a meeting of it; `roster`: the convener's unit."""
    convener = _convener(roster, form.convener_person, form.convener_email, form.convener_phone)
    return e.MeetingDrafted(
        meeting_id, reference, case_id, form.kind, form.purpose, form.purpose_text, form.questions,
        form.form, form.place, moment("start", form.start), moment("end", form.end), convener, form.parties,
        form.chair_name, form.chair_email, form.follows, user_id,
    )  # fmt: skip


async def convener_unit(conn: AsyncConnection, unit_id: UUID, by: Command) -> Roster:
    """The unit that calls. Raises InvalidError for one that is unknown, ForbiddenError for another's."""
    roster = (await rosters.rosters(conn, [unit_id], by.now)).get(unit_id)
    if roster is None:
        raise InvalidError([FieldProblem("convener.unit_id", "reason.unknown_unit")])
    if not covers(by.actor, roster.unit_id, roster.organisation_id, roster.principal_id):
        raise ForbiddenError(MAY[Act.CONVENE], Act.CONVENE)
    return roster


def _convener(roster: Roster, person: str, email: str, phone: str) -> Convener:
    return Convener(
        roster.unit_id, roster.name, roster.organisation_id, roster.principal_id, person, email, phone, roster.language
    )


async def _follows(conn: AsyncConnection, earlier: UUID | None, case_id: UUID, by: Command) -> None:
    if earlier is None:
        return
    found = await meeting_of(conn, earlier)
    if found is None or found.case_id != case_id:
        raise InvalidError([FieldProblem("follows", "other_case")])
    require_meeting(by.actor, found)


async def edit_text(
    db: Database,
    meeting_id: UUID,
    by: Command,
    *,
    purpose: Purpose | None = None,
    purpose_text: str | None = None,
    questions: tuple[str, ...] | None = None,
    chair_name: str | None = None,
    chair_email: str | None = None,
) -> Handled:
    """Text only; None leaves a field as it is. No new round."""
    texts: Texts = {"purpose_text": purpose_text, "questions": questions, "chair_name": chair_name}
    event = e.TextChanged(purpose, purpose_text, questions, chair_name, chair_email)
    return await command(db, meeting_id, by, Act.CONVENE, event, texts)


async def add_party(db: Database, meeting_id: UUID, party: e.PartyDraft, by: Command) -> Handled:
    """A further unit; after the call it alone is called. Consent is checked again."""
    refuse_texts({"other_system": party.other_system})
    return await _with_case(db, meeting_id, e.PartyAdded(party), by)


async def hand_over(
    db: Database, meeting_id: UUID, unit_id: UUID, person: str, email: str, phone: str, by: Command
) -> Handled:
    """Another convener: of any unit for a draft (a ward drafts, the care contact calls), of one's own principal for a
    called meeting (rules, section 4 T2 and section 5 R3).

    Raises InvalidError for a unit that is unknown.
    """
    refuse_texts({"convener.person": person})
    async with db.transaction(by.actor) as conn:
        meeting = (await required(conn, meeting_id, by.actor, Act.CONVENE)).state
        await cases.get(conn, meeting.case_id, lock=True)
        roster = (await rosters.rosters(conn, [unit_id], by.now)).get(unit_id)
        if roster is None:
            raise InvalidError([FieldProblem("convener.unit_id", "reason.unknown_unit")])
        return await handled(conn, meeting_id, e.HandedOver(_convener(roster, person, email, phone)), by)


async def call_successor(db: Database, meeting_id: UUID, party: int, unit_id: UUID, by: Command) -> Handled:
    """Who takes over from a unit that closes before the meeting is called in its place (rules, section 5 R6)."""
    return await _with_case(db, meeting_id, e.SuccessorCalled(party, unit_id), by)


async def remove_party(db: Database, meeting_id: UUID, party: int, by: Command) -> Handled:
    """A party goes: CANCEL to it alone."""
    return await command(db, meeting_id, by, Act.CONVENE, e.PartyRemoved(party))


async def call(db: Database, meeting_id: UUID, by: Command) -> Handled:
    """The call goes out."""
    return await _with_case(db, meeting_id, e.Called(), by)


async def _with_case(db: Database, meeting_id: UUID, event: object, by: Command) -> Handled:
    """A command that needs the consent: the case is held, so that a withdrawal comes before or after, not between."""
    async with db.transaction(by.actor) as conn:
        meeting = (await required(conn, meeting_id, by.actor, Act.CONVENE)).state
        await cases.get(conn, meeting.case_id, lock=True)
        return await handled(conn, meeting_id, event, by)


async def move(
    db: Database,
    meeting_id: UUID,
    by: Command,
    *,
    start: datetime,
    end: datetime,
    form: Form | None = None,
    place: Place | None = None,
) -> Handled:
    """Another time or place: a new round, for which the consent must hold. None leaves form or place as it is."""
    begins, ends = moment("start", start), moment("end", end)
    _check_place(place)
    async with db.transaction(by.actor) as conn:
        meeting = (await required(conn, meeting_id, by.actor, Act.CONVENE)).state
        await cases.get(conn, meeting.case_id, lock=True)
        event = e.Moved(begins, ends, form or meeting.form, place or meeting.place)
        return await handled(conn, meeting_id, event, by)


def check_move(event: e.Moved) -> None:
    """What a move must not say, before it is looked into. Raises InvalidError."""
    moment("start", event.start), moment("end", event.end)
    _check_place(event.place)
    refuse_numbers(event)


def _check_place(place: Place | None) -> None:
    refuse_texts({"place.unit": place.unit if place else None, "place.room": place.room if place else None})


async def cancel(db: Database, meeting_id: UUID, reason: e.CancelReason, by: Command) -> Handled:
    """The meeting is cancelled, before its start only."""
    return await command(db, meeting_id, by, Act.CONVENE, e.Cancelled(reason))


async def convey_identity(db: Database, meeting_id: UUID, party: int, channel: Channel, by: Command) -> Handled:
    """The unit was told, outside this service, whom the meeting concerns."""
    return await command(db, meeting_id, by, Act.CONVENE, e.IdentityConveyed(party, channel))


async def convey_identity_to_all(db: Database, meeting_id: UUID, channel: Channel, by: Command) -> Handled:
    """Every called unit that had not been told has been told whom the meeting concerns, all by this channel."""
    return await command(db, meeting_id, by, Act.CONVENE, e.IdentityConveyedToAll(channel))


async def pause(db: Database, meeting_id: UUID, party: int, reason: str, until: datetime, by: Command) -> Handled:
    """Nothing is due for the party until then."""
    event = e.PauseSet(party, reason, moment("until", until))
    return await command(db, meeting_id, by, Act.CONVENE, event, {"reason": reason})


async def excuse(db: Database, meeting_id: UUID, party: int, reason: str, by: Command) -> Handled:
    """The convener excuses the party before the start."""
    return await command(db, meeting_id, by, Act.CONVENE, e.Excused(party, reason), {"reason": reason})


async def release(db: Database, meeting_id: UUID, party: int, by: Command) -> Handled:
    """The party's duty is lifted: it is invited from now on."""
    return await command(db, meeting_id, by, Act.CONVENE, e.Released(party))


async def decide(
    db: Database,
    meeting_id: UUID,
    party: int,
    verdict: e.Verdict,
    by: Command,
    *,
    grounds: str | None = None,
    target_unit_id: UUID | None = None,
) -> Handled:
    """What a party's answer asks is decided; an accepted proposal moves the meeting, an accepted redirect calls anew.

    The convener's side decides; of "not ours" the coordinator of the party's own organisation may, too.
    """
    refuse_texts({"grounds": grounds})
    async with db.transaction(by.actor) as conn:
        meeting = await meeting_of(conn, meeting_id)
        _may_decide(meeting, party, by)
        assert meeting is not None
        await cases.get(conn, meeting.case_id, lock=True)
        return await handled(conn, meeting_id, e.Decided(party, verdict, grounds, target_unit_id), by)


def _may_decide(meeting: Meeting | None, ordinal: int, by: Command) -> None:
    try:
        require_meeting(by.actor, meeting, Act.CONVENE)
    except ForbiddenError:
        party = require_party(by.actor, meeting, ordinal, Act.CONVENE)
        answer = party.round.answer if party.round is not None else None
        asked = answer is not None and answer.kind is AnswerKind.NOT_OURS
        if not (asked and has_party(by.actor, party)):
            raise


async def go_ahead(db: Database, meeting_id: UUID, by: Command) -> Handled:
    """The convener's answer to the question: the meeting stands."""
    return await command(db, meeting_id, by, Act.CONVENE, e.GoAhead())


async def send_chair_link(db: Database, meeting_id: UUID, by: Command) -> Handled:
    """The chair is mailed her link to attendance once more (rules, section 8 A1)."""
    return await command(db, meeting_id, by, Act.CONVENE, ChairLinkSent())
