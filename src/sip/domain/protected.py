"""Protected identity: what may be told of such a meeting, and which users may see it (rules, section 13).

The law of this file: whatever rule wants a mail, what leaves of a protected meeting or its report is the one sentence,
with a number to ring; nothing else is in the value, so that no floor above can tell more. It is held in `decide`, for
every mail there is and will be.
"""

from dataclasses import dataclass
from uuid import UUID

from sip.domain.address import same
from sip.domain.change import Change, Refusal
from sip.domain.decision import Decision, Reason
from sip.domain.effects import Effect, Mail, MeetingFacts
from sip.domain.meeting import Meeting, Place
from sip.domain.people import NamedUser
from sip.domain.terms import Form, Obligation, PlaceKind, Purpose
from sip.domain.values import replace

_KEPT = frozenset({"what"})
"""Of a mail's details: which of the optional notices it is, which its reader may have switched off. It is not said."""


@dataclass(frozen=True, slots=True)
class UserNamed:
    """A user of this party's unit, or above it, may see the meeting and act in it."""

    user_id: UUID
    party: int


@dataclass(frozen=True, slots=True)
class UserUnnamed:
    """She may no longer."""

    user_id: UUID


def named_at_draft(meeting: Meeting, user: UUID | None) -> Meeting:
    """A protected meeting begins with the user who drafts it. Raises Refusal where none does: a program is no user."""
    if user is None:
        raise Refusal(Reason.PROTECTED_CASE)
    return replace(meeting, protected=True, named=(NamedUser(user, 1),))


def name_user(change: Change, event: UserNamed) -> None:
    """The same again changes nothing, nor does it where the meeting is for everybody in its scope. Raises Refusal for a
    party no longer of it, for too many, and for the last one of the convener's side, who would be another party's.
    """
    if not change.meeting.protected:
        return
    party = change.party(event.party)
    if not party.active:
        raise Refusal(Reason.PARTY_INACTIVE)
    others = tuple(one for one in change.meeting.named if one.user_id != event.user_id)
    if NamedUser(event.user_id, party.ordinal) in change.meeting.named:
        return
    if len(others) >= MOST:
        raise Refusal(Reason.TOO_MANY_NAMED, most=str(MOST))
    _name(change, (*others, NamedUser(event.user_id, party.ordinal)))
    change.note("user_named", party.ordinal)


def unname_user(change: Change, event: UserUnnamed) -> None:
    """Raises Refusal for the last one of the convener's side: somebody must see to the meeting."""
    there = next((one for one in change.meeting.named if one.user_id == event.user_id), None)
    if there is None:
        return
    left = tuple(one for one in change.meeting.named if one is not there)
    _name(change, left)
    change.note("user_unnamed", there.party)


def _name(change: Change, named: tuple[NamedUser, ...]) -> None:
    own = {p.ordinal for p in change.meeting.parties if p.obligation is Obligation.CONVENING and p.active}
    before, after = ({one.party for one in users} & own for users in (change.meeting.named, named))
    if before and not after:
        raise Refusal(Reason.LAST_NAMED)
    change.update(named=named)


def follow(change: Change) -> None:
    """A party that a draft no longer has takes its users with it."""
    if not change.meeting.named:
        return
    there = {party.ordinal for party in change.meeting.parties}
    left = tuple(one for one in change.meeting.named if one.party in there)
    if left != change.meeting.named:
        change.update(named=left)


MOST = 60
"""Users named in one meeting."""


def kept(decision: Decision) -> Decision:
    """The decision with no more in its mails than may be told."""
    if not any(isinstance(one, Mail) and one.facts.protected for one in decision.effects):
        return decision
    return replace(decision, effects=tuple(_told(one) for one in decision.effects))


def _told(effect: Effect) -> Effect:
    return neutral(effect) if isinstance(effect, Mail) and effect.facts.protected else effect


def neutral(mail: Mail) -> Mail:
    """The mail as it may leave: an ordinary one without link, time, place, number, unit or words. What is left names it
    to the service (key, kind, party, invitation, round), to whom it goes, and whom to ring; her who is rung, nobody.
    """
    facts = mail.facts
    phone = "" if same(mail.to.email, facts.convener_email) else facts.convener_phone
    return replace(
        mail,
        method=None,
        link=None,
        unit=None,
        identity_channel=None,
        copy_of=None,
        sequence=0,
        detail={key: value for key, value in mail.detail.items() if key in _KEPT},
        facts=MeetingFacts(
            meeting_id=facts.meeting_id, reference="", start=mail.dtstamp, end=mail.dtstamp, form=Form.PHYSICAL,
            place=Place(PlaceKind.HOME), purpose=Purpose.FOLLOW_UP, convener_unit="", convener_person="",
            convener_phone=phone, convener_email="", sequence=0, revision=0, protected=True,
        ),
    )  # fmt: skip
