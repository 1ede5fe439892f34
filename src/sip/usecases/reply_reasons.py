"""What came of a received mail: one outcome and one reason each. The words for people stand under `inbound.` ."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from sip.store.inbox import Judged


class Outcome(StrEnum):
    """`refused` and `quarantine` are listed until a person has seen to them."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    QUARANTINE = "quarantine"
    IGNORED = "ignored"


class Why(StrEnum):
    # applied
    ANSWERED = "answered"
    DELEGATED = "delegated"
    PROPOSED = "proposed"
    BOUNCE = "bounce"
    MAILBOX_VERIFIED = "mailbox_verified"
    # unchanged
    ALREADY_APPLIED = "already_applied"
    STALE = "stale"
    AUTOMATIC = "automatic"
    REFRESH = "refresh"
    REDIRECT_STANDS = "redirect_stands"
    NOT_NEEDED = "not_needed"
    MAILBOX_LEFT = "mailbox_left"
    # refused: right token, not applied, for a person to look at
    ANSWERED_OLD_TIME = "answered_old_time"
    OUTDATED_PROPOSAL = "outdated_proposal"
    CANCELLED = "cancelled"
    LATE = "late"
    REMOVED = "removed"
    NO_ATTENDEE = "no_attendee"
    NO_ANSWER = "no_answer"
    FORWARDED = "forwarded"
    UNCONFIRMED = "unconfirmed"
    DELEGATE_UNCLEAR = "delegate_unclear"
    DELEGATE_OUTSIDE = "delegate_outside"
    HUMAN = "human"
    BROKEN = "broken"
    RULES = "rules"
    # quarantine: it cannot be told, or must not be believed, whose answer it is
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a word, not a secret
    NO_TOKEN = "no_token"  # noqa: S105 - a word, not a secret
    UID_DIFFERS = "uid_differs"
    UNKNOWN_BOUNCE = "unknown_bounce"
    # ignored
    AUTO_REPLY = "auto_reply"
    DELAY = "delay"
    REQUEST_LIKE = "request_like"
    ROUND_TRIP = "round_trip"


OUTCOME: Mapping[Why, Outcome] = {
    **dict.fromkeys((Why.ANSWERED, Why.DELEGATED, Why.PROPOSED, Why.BOUNCE, Why.MAILBOX_VERIFIED), Outcome.APPLIED),
    **dict.fromkeys(
        (
            Why.ALREADY_APPLIED,
            Why.STALE,
            Why.AUTOMATIC,
            Why.REFRESH,
            Why.REDIRECT_STANDS,
            Why.NOT_NEEDED,
            Why.MAILBOX_LEFT,
        ),
        Outcome.UNCHANGED,
    ),
    **dict.fromkeys((Why.UNKNOWN_TOKEN, Why.NO_TOKEN, Why.UID_DIFFERS, Why.UNKNOWN_BOUNCE), Outcome.QUARANTINE),
    **dict.fromkeys((Why.AUTO_REPLY, Why.DELAY, Why.REQUEST_LIKE, Why.ROUND_TRIP), Outcome.IGNORED),
}
"""Reason -> outcome; what is not named is refused."""


def judged(why: Why, meeting_id: UUID | None = None, party: int | None = None, invitation: int | None = None) -> Judged:
    """The row's outcome and reason."""
    return Judged(OUTCOME.get(why, Outcome.REFUSED), why, meeting_id, party, invitation)
