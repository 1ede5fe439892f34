"""The chair's own link to attendance, from when she is known (rules, section 8 A1).

The law of this file: it compares the meeting before and after, so that no way of naming, changing or losing a chair is
forgotten. What it sends is no ask: it opens no ladder, and no answer settles it.
"""

from dataclasses import dataclass

from sip.domain.address import same
from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailKind
from sip.domain.meeting import Meeting
from sip.domain.people import Address
from sip.domain.terms import MeetingState


@dataclass(frozen=True, slots=True)
class ChairLinkSent:
    """A person of the convener's side has the link mailed to the chair, once more or for the first time."""


def send_link(change: Change, _: ChairLinkSent) -> None:
    """At any hour, also where the chair is the convener. Raises Refusal where no chair with an address is known."""
    if not change.meeting.chair_email:
        raise Refusal(Reason.NO_CHAIR)
    _send(change)


def follow(change: Change, before: Meeting) -> None:
    """Whoever chairs a called meeting has its link, with its present time; who no longer does is told."""
    meeting = change.meeting
    was, now = _told(before), _told(meeting)
    cancelled = meeting.state is MeetingState.CANCELLED
    if was is not None and (cancelled or not same(was, meeting.chair_email or "")):
        to, why = Address(was, before.chair_name or before.convener.unit_name), "cancelled" if cancelled else "changed"
        change.notice(MailKind.CHAIR_OVER, to, tail=change.next_tail(why), detail={"why": why})
    if now is None or meeting.consent_over:
        return
    moved = (before.start, before.end, before.form, before.place) != (
        meeting.start, meeting.end, meeting.form, meeting.place,
    )  # fmt: skip
    if moved or was is None or not same(was, now):
        _send(change)


def _told(meeting: Meeting) -> str | None:
    """The chair of a called meeting that has not begun, who is not its convener: she has the meeting's own page."""
    if meeting.state is not MeetingState.CALLED or meeting.started or not meeting.chair_email:
        return None
    return None if same(meeting.chair_email, meeting.convener.email) else meeting.chair_email


def _send(change: Change) -> None:
    meeting = change.meeting
    to = Address(meeting.chair_email or "", meeting.chair_name or meeting.convener.unit_name)
    change.notice(MailKind.CHAIR_LINK, to, tail=change.next_tail("link"), link=Link.CHAIR)
    change.note("chair_link", name=meeting.chair_name or "")
