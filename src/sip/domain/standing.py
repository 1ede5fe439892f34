"""Where a party stands, read from its state (rules, sections 5 L6 and 6)."""

from enum import StrEnum

from sip.domain.meeting import Meeting, Party, Round
from sip.domain.terms import AnswerKind, Obligation, PauseKind

STOPPING = frozenset({AnswerKind.ATTENDS, AnswerKind.TENTATIVE, AnswerKind.REGRETS})
"""Answers after which the ladder has nothing to ask: settled, paused by its own rule, or gone over to substitution."""


class Standing(StrEnum):
    """One word for the coordinator, the same whichever way the answer came."""

    NOT_CALLED = "not_called"
    REMOVED = "removed"
    REDIRECTED = "redirected"
    RELEASED = "released"
    EXCUSED = "excused"
    UNDELIVERABLE = "undeliverable"
    NO_ANSWER = "no_answer"
    ACKNOWLEDGED = "acknowledged"
    ATTENDS = "attends"
    NAME_MISSING = "name_missing"
    SUBSTITUTE_ATTENDS = "substitute_attends"
    SEEKING_SUBSTITUTE = "seeking_substitute"
    REGRETS = "regrets"
    TENTATIVE = "tentative"
    PROPOSES = "proposes"
    UNKNOWN_IDENTITY = "unknown_identity"
    CONTESTS = "contests"
    REDIRECTS = "redirects"
    NOT_OURS = "not_ours"
    INFORMS = "informs"
    REPRESENTED = "represented"


def someone_stands(party: Party) -> bool:
    return any(person.stands for person in party.attendees)


def covered(party: Party) -> bool:
    """L6: a yes of the unit, a named person or a substitute stands (name missing counts), or the duty is lifted."""
    if not party.active or party.released or party.excused_at is not None or someone_stands(party):
        return True
    answer = party.round.answer if party.round is not None else None
    return answer is not None and answer.kind is AnswerKind.ATTENDS


def awaits_convener(meeting: Meeting) -> list[Party]:
    """The uncovered parties that the convener has been asked about and has not let the meeting stand without (L6)."""
    called = [(party, party.round) for party in meeting.parties if party.round is not None]
    return [party for party, this in called if this.convener_asked and not this.stands_without and not covered(party)]


def name_missing(party: Party, this: Round) -> bool:
    """The unit comes but has not said who (rules, section 6)."""
    answer = this.answer
    return answer is not None and answer.kind is AnswerKind.ATTENDS and not someone_stands(party)


def climbs(party: Party, this: Round) -> bool:
    """Whether the ladder still has somebody to ask: a clock runs and no answer has stopped it."""
    if not this.ladder or this.clock_start is None or this.undeliverable or this.phone_only:
        return False
    if not party.active or party.excused_at is not None or this.substitution_open or someone_stands(party):
        return False
    return this.answer is None or this.answer.kind not in STOPPING


def redirect_pending(this: Round) -> bool:
    """A redirect that nobody has decided: it is not undone by a later ordinary answer (rules, section 3)."""
    asks = this.answer is not None and this.answer.kind is AnswerKind.REDIRECTS
    held = (PauseKind.REDIRECT, PauseKind.CONVENER)
    waits = any(p.kind in held and p.ended_at is None for p in this.pauses)
    return asks and waits and this.answer is not None and not this.answer.decided


def standing(party: Party) -> Standing:
    """The party's standing in one word."""
    lifted = _lifted(party)
    if lifted is not None:
        return lifted
    this = party.round
    if this is None:
        return Standing.NOT_CALLED
    answer = this.answer
    if answer is not None and answer.kind is AnswerKind.REGRETS:
        if someone_stands(party):
            return Standing.SUBSTITUTE_ATTENDS
        seeking = this.substitution_open and not this.substitution_exhausted
        return Standing.SEEKING_SUBSTITUTE if seeking else Standing.REGRETS
    if answer is not None and answer.kind is AnswerKind.ATTENDS:
        return Standing.ATTENDS if someone_stands(party) else Standing.NAME_MISSING
    if answer is not None:
        return Standing(answer.kind.value)
    if someone_stands(party):
        return Standing.ATTENDS
    if this.undeliverable:
        return Standing.UNDELIVERABLE
    return Standing.NO_ANSWER if this.acknowledged_at is None else Standing.ACKNOWLEDGED


def _lifted(party: Party) -> Standing | None:
    if party.removed:
        return Standing.REMOVED
    if party.redirected_to is not None:
        return Standing.REDIRECTED
    if party.released and party.obligation is Obligation.SUMMONED:
        answer = party.round.answer if party.round is not None else None
        return None if answer is not None and answer.kind in STOPPING else Standing.RELEASED
    return Standing.EXCUSED if party.excused_at is not None else None
