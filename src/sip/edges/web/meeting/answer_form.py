"""The answer of a unit: behind a mailed link, on the meeting page, or noted by the convener on the phone.

The law of this file: a choice is made by a person and by nothing else; fields of other choices are not read.
"""

from dataclasses import replace
from uuid import UUID

from sip.domain import events as e
from sip.domain.freetext import findings
from sip.domain.meeting import Meeting
from sip.domain.terms import AnswerKind, Channel, ContestReason, RegretReason
from sip.edges.web import units
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.store.db import Database
from sip.usecases import answers
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled

CHOICES = (
    "attends",
    "tentative",
    "regrets",
    "proposes",
    "later",
    "redirects",
    "contests",
    "unknown_identity",
    "stands_in",
)

Event = e.Answered | e.Acknowledged | e.SubstituteNamed


def read(
    reader: Reader,
    party: int,
    by: Command,
    channel: Channel,
    sequence: int,
    *,
    reply_to: str | None = None,
    invitation: int | None = None,
    target: UUID | None = None,
) -> Event | None:
    """The event of what was chosen, None when something is missing (and said beside its field). How it came: by which
    channel, of which sequence the form showed, and where an answer to it goes. `target`: the right unit, where it was
    searched for (`found`).
    """
    how = answers.said(channel, sequence, by, reply_to=reply_to)
    what = reader.one_of("answer", CHOICES)
    event = _event(reader, what, party, how, invitation, target) if what else None
    return event if reader.right else None


async def found(page: Page, reader: Reader, meeting: Meeting, party: int) -> UUID | None:
    """The unit that stands in the field for the right one, of the party's principal; None where none is chosen, or what
    stands there fits none or several (and that is said beside the field).
    """
    whose = next((one.principal_id for one in meeting.parties if one.ordinal == party), None)
    return await units.read(page, reader, "target_unit", principal=whose)


def _event(
    reader: Reader, what: str, party: int, how: e.Said, invitation: int | None, found: UUID | None
) -> Event | None:
    match what:
        case "attends":
            named = [p for n in ("first", "second", "third") if (p := reader.person(n)) is not None]
            return e.Answered(party, AnswerKind.ATTENDS, how, invitation, names=tuple(named))
        case "regrets":
            reason = reader.choice("regret_reason", RegretReason)
            instead = substitute(reader)
            stands_in = () if instead is None else (instead,)
            return e.Answered(party, AnswerKind.REGRETS, how, invitation, stands_in=stands_in, regret_reason=reason)
        case "proposes":
            start = reader.moment("proposed_day", "proposed_from", required=True)
            end = reader.moment("proposed_day", "proposed_to", required=True)
            return e.Answered(
                party, AnswerKind.PROPOSES, how, invitation, proposed_start=start, proposed_end=end
            )  # fmt: skip
        case "later":
            return e.Acknowledged(party, how, reader.day("answer_by", required=True))
        case "redirects":
            target = found or (None if reader.state.error("target_unit") else reader.uuid("target_unit"))
            kind = AnswerKind.REDIRECTS if target is not None else AnswerKind.NOT_OURS
            return e.Answered(party, kind, how, invitation, target_unit_id=target)
        case "contests":
            why = reader.choice("contest_reason", ContestReason, required=True)
            return e.Answered(party, AnswerKind.CONTESTS, how, invitation, contest_reason=why)
        case "stands_in":
            person = substitute(reader)
            if person is None:
                reader.wrong("substitute_name", "form_words.required")
                return None
            return e.SubstituteNamed(party, person, how)
        case _:
            return e.Answered(party, AnswerKind(what), how, invitation)


def substitute(reader: Reader) -> e.NamedPerson | None:
    """Who can come instead, and whether she knows already."""
    return reader.person("substitute", knows=bool(reader.state.value("substitute_knows")))


async def send(db: Database, event: Event, meeting_id: UUID, by: Command) -> Handled:
    """Hands the event to its use case."""
    if isinstance(event, e.Acknowledged):
        return await answers.acknowledge(
            db, meeting_id, event.party, event.said, by, answer_by=event.answer_by
        )  # fmt: skip
    if isinstance(event, e.SubstituteNamed):
        return await answers.name_substitute(db, meeting_id, event.party, event.person, event.said, by)
    return await answers.answer(db, meeting_id, event, by)


async def say_identity_known(db: Database, reader: Reader, meeting: Meeting, event: Event, by: Command) -> None:
    """Ticked beside this answer: the unit knows whom the meeting concerns. What was noted already stays as it is."""
    told = next((one.identity for one in meeting.parties if one.ordinal == event.party), None)
    if told is None and reader.state.value("identity_known"):
        also = replace(by, event_id=f"{by.event_id}/identity", seen_version=None)
        await answers.know_identity(db, meeting.id, event.party, event.said, also)


def who_answers(reader: Reader) -> str | None:
    """The name or function of the one who answers without signing in; it is free text, so it is checked."""
    name = reader.text("answered_by", most=100)
    for finding in findings("answered_by", name):
        reader.wrong("answered_by", f"freetext.{finding.found}")
    return name or None
