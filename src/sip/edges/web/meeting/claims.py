"""Answers of which it is not certain whose they are: said in a sentence, and decided with one press by a person.

The law of this file: the queue, the meeting's page and the mailed link say and do the same. Each form carries the word
that it showed, so that nobody accepts what the claimant has changed meanwhile.
"""

from uuid import UUID

from sip.domain.events import Verdict
from sip.domain.meeting import Claim, Meeting
from sip.domain.terms import ClaimKind
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.views import ClaimView
from sip.store.db import Database
from sip.store.seen.lists import ClaimLine
from sip.usecases import claims as uncertain
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled


def of_meeting(meeting: Meeting, claim: Claim, phrases: Phrases) -> ClaimView:
    """A claim of a meeting that is at hand."""
    party = meeting.party(claim.party)
    person = next((a.name for a in party.attendees if a.ordinal == claim.attendee), None)
    return _view(claim, party.unit_name, person, claim.state, claim.stamp.digest, phrases)


def of_row(claim: ClaimLine, unit: str, state: str, phrases: Phrases) -> ClaimView:
    """The claim that a received mail made."""
    return _view(claim, unit, claim.person, state, claim.said, phrases)


def _view(
    claim: Claim | ClaimLine, unit: str, person: str | None, state: str, said: str, phrases: Phrases
) -> ClaimView:
    answer = phrases.t(f"answer.{claim.answer}").lower()
    if claim.proposed_start is not None and claim.proposed_end is not None:
        time = f"{phrases.day(claim.proposed_start)} {phrases.span(claim.proposed_start, claim.proposed_end)}"
        answer = f"{answer} ({time})"
    facts = {"speaker": claim.sender or claim.email, "email": claim.email, "whom": person or unit, "answer": answer}
    return ClaimView(
        ordinal=claim.ordinal,
        kind=claim.kind,
        unit=unit,
        sentence=phrases.t(f"page.claim.says_{claim.kind}", **facts),
        speaker=claim.sender or claim.email,
        accepts=phrases.t(f"page.claim.accepts_{claim.kind}", **facts),
        declines=phrases.t(f"page.claim.declines_{claim.kind}", **facts),
        names=claim.kind != ClaimKind.UNCONFIRMED,
        state=state,
        said=said,
        decided_at=claim.decided_at,
        decided_by=claim.decided_by,
    )


async def decide(db: Database, meeting_id: UUID, claim: int, reader: Reader, by: Command) -> Handled | None:
    """Does what was chosen; None when nothing was, or a field is wrong (and said beside it)."""
    verdict = reader.choice("verdict", Verdict)
    if verdict is None and reader.right:
        reader.wrong("verdict", "page.claim.missing")
    name = reader.text("name", most=100) or None
    if verdict is None or not reader.right:
        return None
    said = reader.state.value("said") or None
    return await uncertain.decide(db, meeting_id, claim, verdict, by, name=name, said=said)
