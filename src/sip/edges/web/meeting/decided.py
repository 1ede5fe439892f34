"""What has been decided of a party's standing answer, in words: for the convener, for the party, behind a link.

The law of this file: pure. The grounds are free text: they are given where they may be read, never behind a link alone
(rules, section 3).
"""

from collections.abc import Iterable

from sip.domain import events as e
from sip.domain.effects import Told
from sip.domain.meeting import Answer, Party
from sip.domain.terms import AnswerKind
from sip.edges.web.shell.phrases import Phrases
from sip.store.aggregates.journal import APPLIED, JournalEntry


def decision(party: Party, phrases: Phrases) -> str | None:
    """The decision in a sentence; None while nothing has been decided of the answer that stands."""
    answer = party.round.answer if party.round is not None else None
    what = None if answer is None or not answer.decided else _decided(answer, party)
    return None if what is None else phrases.t("link.decision", what=phrases.t(f"told.{what}"))


def _decided(answer: Answer, party: Party) -> Told | None:
    """An accepted proposal or redirect leaves no answer that stands, so what is decided here was mostly declined."""
    match answer.kind:
        case AnswerKind.PROPOSES:
            return Told.PROPOSAL_DECLINED
        case AnswerKind.CONTESTS:
            return Told.RELEASED if party.released else Told.UPHELD
        case AnswerKind.REDIRECTS | AnswerKind.NOT_OURS:
            return Told.REDIRECT_REFUSED
        case AnswerKind.INFORMS | AnswerKind.REPRESENTED:
            return Told.EXCUSED if party.excused_at is not None else Told.EXCUSE_REFUSED
        case _:
            return None


def grounds(party: Party, entries: Iterable[JournalEntry]) -> str | None:
    """Why it was decided so, in the convener's words; None where none were given for the answer that stands."""
    answer = party.round.answer if party.round is not None else None
    if answer is None or not answer.decided:
        return None
    said = None
    for entry in entries:
        event = entry.event
        if isinstance(event, e.Decided) and event.party == party.ordinal and entry.outcome == APPLIED:
            said = event.grounds if entry.at >= answer.since else None
    return said
