"""Answers by page, phone or API: of a unit, of a person named or asked, an acknowledgement, the naming of a substitute.

Mail enters at `replies`. All of them end in the same events, so that the way an answer came changes nothing.
"""

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain import events as e
from sip.domain.meeting import Stamp
from sip.domain.terms import AttendeeState, Channel
from sip.store.db import Database
from sip.usecases.access import require_party
from sip.usecases.commands import BY_FORM, Command, Texts, command, moment
from sip.usecases.engine.handle import Handled

READING_EVERY = timedelta(minutes=5)
"""One mailbox is sent a code for the free text at most so often."""


def page_stamp(sequence: int, now: datetime, nonce: str) -> Stamp:
    """The stamp of an answer by page: the sequence its form showed, the time of its POST, a digest of its nonce.

    A form sent twice is one answer (rules, section 3).
    """
    return Stamp(sequence, now, now, hashlib.sha256(nonce.encode()).hexdigest())


def said(channel: Channel, sequence: int, by: Command, *, reply_to: str | None = None) -> e.Said:
    """How an answer came; whoever records it is named by name or id."""
    who = by.actor.name or by.actor.id or by.actor.kind.value
    return e.Said(channel, who, page_stamp(sequence, by.now, by.event_id), reply_to=reply_to)


async def answer(
    db: Database,
    meeting_id: UUID,
    answered: e.Answered,
    by: Command,
) -> Handled:
    """A unit's answer. `answered.said.stamp.sequence` is what the form showed; make it with `said()`."""
    times: dict[str, datetime] = {}
    for field in ("proposed_start", "proposed_end"):
        value = getattr(answered, field)
        if value is not None:
            times[field] = moment(field, value)
    event = replace(answered, **times) if times else answered  # type: ignore[arg-type]  # times only
    return await _for_party(db, meeting_id, event.party, event, by, _names_texts(answered))


def _names_texts(answered: e.Answered) -> Texts:
    people = (*answered.names, *answered.stands_in)
    return {
        "names": [person.name for person in people],
        "functions": [person.function or "" for person in people],
    }


async def acknowledge(
    db: Database, meeting_id: UUID, party: int, how: e.Said, by: Command, *, answer_by: date | None = None
) -> Handled:
    """The unit has seen the call; `answer_by` is the day it promises to answer."""
    return await _for_party(db, meeting_id, party, e.Acknowledged(party, how, answer_by), by)


async def know_identity(db: Database, meeting_id: UUID, party: int, how: e.Said, by: Command) -> Handled:
    """The unit says that it knows whom the meeting concerns."""
    return await _for_party(db, meeting_id, party, e.IdentityKnown(party, how), by)


async def ask_reading_code(db: Database, meeting_id: UUID, party: int, by: Command) -> Handled:
    """A code that opens the free text is mailed to the unit's mailbox, whoever asks for it (rules, section 3).

    However often and by whomever it is asked for within `READING_EVERY`, that is one event.
    """
    since = int(by.now.timestamp() // READING_EVERY.total_seconds())
    once = replace(by, event_id=f"{BY_FORM}reading/{party}/{since}")
    return await _for_party(db, meeting_id, party, e.ReadingAsked(party), once)


async def answer_as_attendee(
    db: Database,
    meeting_id: UUID,
    party: int,
    attendee: int,
    accepts: bool,
    how: e.Said,
    by: Command,
    *,
    passes_on: e.NamedPerson | None = None,
) -> Handled:
    """A person named or asked says yes, or no and perhaps who could."""
    texts: Texts = {}
    if passes_on is not None:
        texts = {"passes_on.name": passes_on.name, "passes_on.function": passes_on.function}
    state = AttendeeState.ACCEPTED if accepts else AttendeeState.REFUSED
    event = e.AttendeeAnswered(party, attendee, state, how, passes_on)
    return await _for_party(db, meeting_id, party, event, by, texts)


async def name_substitute(
    db: Database, meeting_id: UUID, party: int, person: e.NamedPerson, how: e.Said, by: Command
) -> Handled:
    """The unit, its manager or the convener names who stands in."""
    texts = {"name": person.name, "function": person.function}
    return await _for_party(db, meeting_id, party, e.SubstituteNamed(party, person, how), by, texts)


async def _for_party(
    db: Database, meeting_id: UUID, party: int, event: object, by: Command, texts: Texts | None = None
) -> Handled:
    return await command(db, meeting_id, by, lambda meeting: require_party(by.actor, meeting, party), event, texts)
