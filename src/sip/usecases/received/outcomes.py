"""What came of a received mail: one outcome and one reason each. The words for people stand under `inbound.` ."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from sip.store.post.inbox import Judged


class MailOutcome(StrEnum):
    """`refused`, `quarantine` and `unconfirmed` are listed until a person has seen to them."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    UNCONFIRMED = "unconfirmed"
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
    BOOKED = "booked"
    WORD = "word"
    # unchanged
    ALREADY_APPLIED = "already_applied"
    STALE = "stale"
    AUTOMATIC = "automatic"
    REFRESH = "refresh"
    REFRESH_WITHHELD = "refresh_withheld"
    REDIRECT_STANDS = "redirect_stands"
    NOT_NEEDED = "not_needed"
    MAILBOX_LEFT = "mailbox_left"
    REFUSED_BEFORE = "refused_before"
    CANCELLED = "cancelled"
    LATE = "late"
    REMOVED = "removed"
    STALE_NEWS = "stale_news"
    # unconfirmed: the convener's side says whose it is
    UNCONFIRMED = "unconfirmed"
    PERHAPS_AUTOMATIC = "perhaps_automatic"
    PARTY_CRASHER = "party_crasher"
    DELEGATE_OUTSIDE = "delegate_outside"
    # refused: right token, not applied, for a person to look at
    ANSWERED_OLD_TIME = "answered_old_time"
    OUTDATED_PROPOSAL = "outdated_proposal"
    NO_ATTENDEE = "no_attendee"
    NO_ANSWER = "no_answer"
    DELEGATE_UNCLEAR = "delegate_unclear"
    PERSON_NUMBER = "person_number"
    BOUNCE_ELSEWHERE = "bounce_elsewhere"
    HUMAN = "human"
    BROKEN = "broken"
    RULES = "rules"
    # quarantine: it cannot be told, or must not be believed, whose answer it is
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a word, not a secret
    NO_TOKEN = "no_token"  # noqa: S105 - a word, not a secret
    UNPROVEN = "unproven"
    UID_DIFFERS = "uid_differs"
    UNKNOWN_BOUNCE = "unknown_bounce"
    # ignored
    AUTO_REPLY = "auto_reply"
    DELAY = "delay"
    DELIVERED = "delivered"
    REQUEST_LIKE = "request_like"
    ROUND_TRIP = "round_trip"
    FORWARDED_NO = "forwarded_no"
    NOT_YET = "not_yet"


class Flag(StrEnum):
    """What was odd about an answer that was taken nevertheless, or why a mail could not be read; the words stand under
    `inbound_flag.` ."""

    SEQUENCE_AHEAD = "sequence_ahead"
    SAME_STAMP = "same_stamp"
    SEVERAL_ATTENDEES = "several_attendees"
    # what the mail floor says of a mail that cannot be used as it is
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    BROKEN_CALENDAR = "broken_calendar"
    SEVERAL_CALENDARS = "several_calendars"
    SEVERAL_EVENTS = "several_events"
    NO_EVENT = "no_event"
    RECURRENCE = "recurrence"
    METHOD_DISAGREES = "method_disagrees"
    DELEGATION_UNCLEAR = "delegation_unclear"
    FORWARDED_CALENDAR = "forwarded_calendar"
    # a winmail.dat, by what its sender meant by it
    TNEF = "tnef"
    TNEF_YES = "tnef_yes"
    TNEF_NO = "tnef_no"
    TNEF_MAYBE = "tnef_maybe"
    TNEF_REQUEST = "tnef_request"
    TNEF_CANCEL = "tnef_cancel"
    TNEF_TEXT = "tnef_text"
    TNEF_OTHER = "tnef_other"


OUTCOME: Mapping[Why, MailOutcome] = {
    **dict.fromkeys(
        (Why.ANSWERED, Why.DELEGATED, Why.PROPOSED, Why.BOUNCE, Why.MAILBOX_VERIFIED, Why.BOOKED, Why.WORD),
        MailOutcome.APPLIED,
    ),
    **dict.fromkeys(
        (
            Why.ALREADY_APPLIED, Why.STALE, Why.AUTOMATIC, Why.REFRESH, Why.REFRESH_WITHHELD, Why.REDIRECT_STANDS,
            Why.NOT_NEEDED, Why.REFUSED_BEFORE, Why.MAILBOX_LEFT, Why.CANCELLED, Why.LATE, Why.REMOVED,
            Why.STALE_NEWS,
        ),
        MailOutcome.UNCHANGED,
    ),
    **dict.fromkeys(
        (Why.UNCONFIRMED, Why.PERHAPS_AUTOMATIC, Why.PARTY_CRASHER, Why.DELEGATE_OUTSIDE), MailOutcome.UNCONFIRMED
    ),
    **dict.fromkeys(
        (Why.UNKNOWN_TOKEN, Why.NO_TOKEN, Why.UNPROVEN, Why.UID_DIFFERS, Why.UNKNOWN_BOUNCE), MailOutcome.QUARANTINE
    ),
    **dict.fromkeys(
        (Why.AUTO_REPLY, Why.DELAY, Why.DELIVERED, Why.REQUEST_LIKE, Why.FORWARDED_NO, Why.ROUND_TRIP, Why.NOT_YET),
        MailOutcome.IGNORED,
    ),
}  # fmt: skip
"""Reason -> outcome; what is not named is refused."""


def judged(
    why: Why,
    meeting_id: UUID | None = None,
    party: int | None = None,
    invitation: int | None = None,
    *,
    claim: int | None = None,
    answered_by: str | None = None,
    flags: tuple[Flag, ...] = (),
) -> Judged:
    """The row's outcome and reason."""
    outcome = OUTCOME.get(why, MailOutcome.REFUSED)
    return Judged(outcome, why, meeting_id, party, invitation, claim, answered_by, tuple(flags))
