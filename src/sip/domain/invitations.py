"""Invitations: one party and one address each, an own UID, never reused (rules, section 1).

The unit has one; so has each person who is named to attend or asked to stand in.
"""

from collections.abc import Mapping

from sip.domain.change import Change
from sip.domain.effects import MailKind, Method, StoodDown
from sip.domain.meeting import Attendee, Invitation
from sip.domain.terms import Delivery
from sip.domain.values import replace


def new_invitation(change: Change, party: int, email: str, attendee: int | None = None) -> Invitation:
    ordinal = max((i.ordinal for i in change.meeting.invitations), default=0) + 1
    sequence = change.meeting.sequence
    return change.put_invitation(Invitation(ordinal, party, email, attendee, sequence, sequence))


def send_request(change: Change, invitation: Invitation, kind: MailKind, **more: object) -> Invitation:
    """A REQUEST at the meeting's present SEQUENCE; delivery is open anew when the time or place is new."""
    sequence = change.meeting.sequence
    fresh = sequence > invitation.rescheduled or invitation.sent_at is None
    invitation = replace(
        invitation,
        sequence=max(sequence, invitation.sequence),
        rescheduled=sequence,
        sent_at=change.now,
        delivery=Delivery.PENDING if fresh else invitation.delivery,
        accepted_at=None if fresh else invitation.accepted_at,
    )
    change.put_invitation(invitation)
    change.request(invitation, kind, Method.REQUEST, **more)  # type: ignore[arg-type]  # passed on as they are
    return invitation


def send_cancel(change: Change, invitation: Invitation, kind: MailKind, detail: Mapping[str, str]) -> None:
    """CANCEL with a SEQUENCE of its own; the invitation is never used again."""
    cancelled = replace(invitation, active=False, sequence=invitation.sequence + 1)
    change.put_invitation(cancelled)
    change.request(cancelled, kind, Method.CANCEL, detail=detail)


def cancel_party(change: Change, ordinal: int, kind: MailKind, detail: Mapping[str, str]) -> None:
    """CANCEL to everybody of this party."""
    for invitation in change.meeting.invitations:
        if invitation.party == ordinal and invitation.active:
            send_cancel(change, invitation, kind, detail)


def invite_attendee(change: Change, party: int, person: Attendee, kind: MailKind, detail: Mapping[str, str]) -> None:
    """A REQUEST of her own; without an address nothing is sent and the convener's phone is the way."""
    if person.email is None:
        return
    invitation = new_invitation(change, party, person.email, person.ordinal)
    change.put_attendee(party, replace(change.attendee(party, person.ordinal), invitation=invitation.ordinal))
    send_request(change, invitation, kind, ask=kind is MailKind.ASK_SUBSTITUTE, detail=detail)


def cancel_copy(change: Change, of: Invitation, person: Attendee) -> None:
    """CANCEL of a forwarded copy, to her alone who has it: the UID and the token are the original's, which lives on."""
    assert person.email is not None
    copy = new_invitation(change, of.party, person.email, person.ordinal)
    change.put_attendee(of.party, replace(person, invitation=copy.ordinal))
    send_cancel(
        change,
        replace(copy, sequence=of.sequence, copy_of=of.ordinal),
        MailKind.STOOD_DOWN,
        {"why": StoodDown.STRANGER},
    )


def cancel_attendee(change: Change, person: Attendee, why: StoodDown) -> None:
    """CANCEL to her who need not come after all."""
    current = _active(change, person.invitation)
    if current is not None:
        send_cancel(change, current, MailKind.STOOD_DOWN, {"why": why})


def _active(change: Change, ordinal: int | None) -> Invitation | None:
    if ordinal is None:
        return None
    found = change.meeting.invitation(ordinal)
    return found if found.active else None
