"""What stands beside a meeting and its parties, for lists that read without asking the rules (`sip.domain.needs`).

The law of this file: it is reckoned of the value that is written, once, and compared with what was read from the row.
So a row that an earlier version of the rules wrote is put right by the meeting's next change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sip.domain import needs
from sip.domain.meeting import Meeting, Party
from sip.domain.needs import HandFrom

HAND = ("hand_from", "too_late_at")
"""From when a hand is needed and when the first need is too late."""

OF_PARTY = (*HAND, "ahead_at", "meets_at", "protected")
"""The same for the party's own unit; the start of what it is called to while that is ahead, and its start ever; whether
the meeting is protected."""

Moments = tuple[datetime | bool | None, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """HAND of the meeting, and OF_PARTY by a party's number."""

    hand: Moments
    parties: Mapping[int, Moments]


def of(meeting: Meeting) -> Beside:
    """As it is to stand."""
    return Beside(
        _hand(needs.hand_of(meeting)), {party.ordinal: _of_party(meeting, party) for party in meeting.parties}
    )


def _hand(found: HandFrom | None) -> Moments:
    return (None, None) if found is None else (found.since, found.too_late)


def _of_party(meeting: Meeting, party: Party) -> Moments:
    return *_hand(needs.hand_of_unit(meeting, party)), needs.ahead(meeting, party), meeting.start, meeting.protected
