"""What stands beside a meeting and its parties, for lists that read without asking the rules (`sip.domain.needs`), and
for row-level security, which looks nothing up.

The law of this file: it is reckoned of the value that is written, once, and compared with what was read from the row.
So a row that an earlier version of the rules wrote is put right by the meeting's next change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain import needs
from sip.domain.meeting import Meeting, Party
from sip.domain.needs import HandFrom
from sip.domain.terms import Obligation

HAND = ("hand_from", "too_late_at")
"""From when a hand is needed and when the first need is too late."""

OF_MEETING = (*HAND, "called_places")
"""The same, and the ids of the units it calls, of their organisations and of their principals, in order."""

OF_PARTY = (*HAND, "ahead_at", "meets_at", "protected")
"""HAND for the party's own unit; the start of what it is called to while that is ahead, and its start ever; whether the
meeting is protected."""

Moments = tuple[datetime | bool | None, ...]
Hand = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Beside:
    """OF_MEETING, and OF_PARTY by a party's number."""

    meeting: tuple[datetime | list[UUID] | None, ...]
    parties: Mapping[int, Moments]


def of(meeting: Meeting) -> Beside:
    """As it is to stand."""
    return Beside(
        (*_hand(needs.hand_of(meeting)), _called_places(meeting)),
        {party.ordinal: _of_party(meeting, party) for party in meeting.parties},
    )


def _called_places(meeting: Meeting) -> list[UUID]:
    """Of those whom `Seen.called_party` tells: called, and still there."""
    called = (one for one in meeting.parties if one.obligation is not Obligation.CONVENING and not one.removed)
    return sorted({place for one in called for place in (one.unit_id, one.organisation_id, one.principal_id)})


def _hand(found: HandFrom | None) -> Hand:
    return (None, None) if found is None else (found.since, found.too_late)


def _of_party(meeting: Meeting, party: Party) -> Moments:
    return *_hand(needs.hand_of_unit(meeting, party)), needs.ahead(meeting, party), meeting.start, meeting.protected
