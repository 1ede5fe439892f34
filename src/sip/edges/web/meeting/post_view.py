"""What the post has told of a party: that its mailbox is away, and which of its addresses could not be reached.

Pure. Neither counts against the party: not delivered is not unanswered.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sip.domain.address import folded
from sip.domain.meeting import Invitation, Meeting, Party
from sip.domain.terms import Delivery
from sip.edges.web.shell.phrases import Phrases
from sip.store.aggregates.journal import APPLIED, JournalEntry


def away(meeting: Meeting, party: Party, now: datetime, phrases: Phrases) -> tuple[str, ...]:
    """Automatic answers that still say something: not past their day, and no person has acted since."""
    acted = party.round.acted_at if party.round is not None else None
    said = []
    for invitation in meeting.invitations:
        at, until = invitation.away_at, invitation.away_until
        if invitation.party != party.ordinal or at is None or not invitation.active:
            continue
        if (until is not None and until < phrases.local(now).date()) or (acted is not None and acted > at):
            continue
        key = "page.meeting.away" if until is None else "page.meeting.away_until"
        last = "" if until is None else phrases.day(until)
        said.append(phrases.t(key, email=invitation.email, day=phrases.day(at), until=last))
    return tuple(said)


def unreached(meeting: Meeting, party: Party, entries: Iterable[JournalEntry], phrases: Phrases) -> tuple[str, ...]:
    """Each address of the unit that a mail server refused, in that server's own words, and what was tried next."""
    own = [i for i in meeting.invitations if i.party == party.ordinal and i.attendee is None]
    server = _server_words(entries, party.ordinal)
    said = []
    for n, invitation in enumerate(own):
        if invitation.delivery is Delivery.UNDELIVERABLE:
            reason = server.get(folded(invitation.email), "")
            key = "page.meeting.unreached" if reason else "page.meeting.unreached_silent"
            failed = phrases.t(key, email=invitation.email, reason=reason.rstrip("."))
            said.append(f"{failed} {_then(own[n + 1 :], phrases)}")
    return tuple(said)


def _server_words(entries: Iterable[JournalEntry], party: int) -> Mapping[str, str]:
    notes = (note for entry in entries if entry.outcome == APPLIED for note in entry.notes)
    return {
        folded(note.detail.get("email", "")): note.detail.get("reason", "")
        for note in notes
        if note.kind == "undeliverable" and note.party == party
    }


def _then(later: list[Invitation], phrases: Phrases) -> str:
    if later:
        return phrases.t("page.meeting.unreached_next", email=later[0].email)
    return phrases.t("page.meeting.unreached_last")
