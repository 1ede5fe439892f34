"""Having a meeting in hand, on the wire: who has it, the latest note, until when it is put off, and the commands."""

from datetime import date, datetime

import msgspec

from sip.domain.meeting import Meeting
from sip.edges.api.schemas.common import CommandBody, Moment, Out, Words


class RemarkIn(CommandBody, frozen=True, kw_only=True):
    """A note for the convener's own side, in place of the one before; no names or numbers of anybody."""

    text: Words


class SnoozeIn(CommandBody, frozen=True, kw_only=True):
    """Until when what the meeting needs is put off, and why; at most two weeks, and not past a start that is ahead."""

    until: Moment
    reason: Words


class NextDraftIn(CommandBody, frozen=True, kw_only=True):
    """On which day the follow-up is drafted, at the meeting's own time of day."""

    day: date


class KeeperOut(Out, frozen=True, kw_only=True):
    """Who of the convener's side has taken the meeting over."""

    name: str
    at: datetime


class RemarkOut(Out, frozen=True, kw_only=True):
    """The latest note."""

    text: str
    by: str
    at: datetime


class SnoozeOut(Out, frozen=True, kw_only=True):
    """What the meeting needs is out of sight until then; reminders and lifts go on."""

    until: datetime
    reason: str
    by: str
    at: datetime


class InHandOut(Out, frozen=True, kw_only=True):
    """What the convener's side does with the meeting at its dashboard; each is null where nobody has."""

    keeper: KeeperOut | None
    remark: RemarkOut | None
    snooze: SnoozeOut | None


def in_hand_out(meeting: Meeting) -> InHandOut:
    """For the convener's side alone."""
    return InHandOut(
        keeper=None if meeting.keeper is None else KeeperOut(name=meeting.keeper.name, at=meeting.keeper.at),
        remark=None if meeting.remark is None else msgspec.convert(msgspec.to_builtins(meeting.remark), RemarkOut),
        snooze=None if meeting.snooze is None else msgspec.convert(msgspec.to_builtins(meeting.snooze), SnoozeOut),
    )
