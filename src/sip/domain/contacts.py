"""Where a called party is reached until the start: the address in force today, not that of the call (section 5 R5), and
the unit that takes over from one that closes (R6).

The law of this file: a mailbox that is no longer the unit's has nothing of the meeting left, and the one that is has
all of it, before anything else is decided. The round and its answers stay: it is the same unit. Another unit is called
by a person alone.
"""

from sip.domain import calling, delivering, rounds
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import MailKind, Told
from sip.domain.events import ContactsChanged, PartyDraft, SuccessorCalled
from sip.domain.invitations import send_cancel
from sip.domain.meeting import Party
from sip.domain.rounds import Replaced
from sip.domain.saying import called_party
from sip.domain.terms import MeetingState, Obligation


def follow_event(change: Change, _: ContactsChanged) -> None:
    """The directory has changed. The same again finds nothing to follow; of a draft its poll does (section 9 P2)."""
    if change.meeting.state is MeetingState.CALLED:
        follow(change)


def follow(change: Change) -> None:
    """Every party whose unit has another mailbox today; never after the consent has ended (R4)."""
    if change.meeting.consent_over:
        return
    for party in change.meeting.parties:
        found = rounds.replaced(change, party)
        if found is not None:
            _follow(change, party, found)


def _follow(change: Change, party: Party, found: Replaced) -> None:
    old, new = found.old, found.new
    change.drop_asks(party.ordinal)
    if old is not None:
        send_cancel(change, old, MailKind.OLD_MAILBOX, {})
    detail = {"before": old.email} if old is not None else {}
    if new is None:
        change.note("mailbox_gone", party.ordinal, **detail)
        delivering.none_left(change, party, {})
        return
    change.note("mailbox_changed", party.ordinal, target=new, **detail)
    # The new mailbox has seen none of it: what was asked once is asked there, and its time begins there.
    this = change.round(party.ordinal)
    clock = this.clock_start if this.acknowledged_at is not None else None
    change.set_round(party.ordinal, undeliverable=False, name_asked=False, confirm_asked=False, clock_start=clock)
    rounds.ask_at(change, party.ordinal, new, MailKind.NEW_MAILBOX)
    if party.obligation is not Obligation.CONVENING:
        change.tell_convener(Told.NEW_MAILBOX, party.ordinal, target=new, **detail)


def call_successor(change: Change, event: SuccessorCalled) -> None:
    """One press: who takes over from a unit that closes before the meeting is called in its place (R6).

    Raises Refusal for a unit that does not close by then, or for any other than the one that takes over.
    """
    party = called_party(change, event.party)
    roster = change.roster(party.unit_id)
    successor = roster.successor if roster.closed_by(change.meeting.start) else None
    if successor is None or successor.unit_id != event.unit_id or party.obligation is Obligation.CONVENING:
        raise Refusal(Reason.NOT_SUCCESSOR, unit=roster.name)
    there = any(p.active and p.unit_id == event.unit_id for p in change.meeting.parties)
    calling.leave(change, party.ordinal, "succeeded")
    change.set_party(party.ordinal, removed=True)
    change.note("succeeded", party.ordinal, target=successor.name)
    if not there:
        wanted = PartyDraft(event.unit_id, party.obligation, party.basis, party.other_system)
        new = calling.new_party(change, wanted, released=party.released)
        calling.check_consent(change, new.organisation_id, new.unit_name)
        calling.start_party(change, new.ordinal)
