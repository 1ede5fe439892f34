"""The mailbox check: a test call that shows whether a person reads a unit's mailbox (rules, section 8 A3).

A real REQUEST to the unit's first address, clearly a test: any answer by a person will do. An automatic answer proves
delivery only, a bounce that the address is wrong, and silence nothing: it is asked once more, then the unit is listed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.address import folded
from sip.domain.effects import Link, Method, Notice, NoticeKind
from sip.domain.people import Address, Roster
from sip.domain.values import replace
from sip.domain.worktime import at_hour, local_day, office_time

MINUTES = timedelta(minutes=15)
AGAIN_AFTER = 5
"""Working days without an answer until it is asked once more."""
MONTH_BEFORE = timedelta(days=30)
"""How long before the verification runs out the unit is asked anew: long enough to ask twice and to telephone."""


class CheckOutcome(StrEnum):
    """How a check ended; `disowned`: whoever reads the mailbox says that it is not the unit's."""

    ANSWERED = "answered"
    DISOWNED = "disowned"
    UNDELIVERABLE = "undeliverable"


class CheckState(StrEnum):
    """What is known of a check, in one word for the directory's page."""

    WAITING = "waiting"
    UNANSWERED = "unanswered"
    AUTOMATIC = "automatic"
    ANSWERED = "answered"
    DISOWNED = "disowned"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class MailboxCheck:
    """One test call to one address. `sequence` counts how often it was asked, `said` is a mail server's refusal.

    `channel` is how a person answered: mail or page.
    """

    id: UUID
    unit_id: UUID
    email: str
    sequence: int
    start: datetime
    end: datetime
    asked_at: datetime
    asked_again_at: datetime | None = None
    sent_at: datetime | None = None
    automatic_at: datetime | None = None
    outcome: CheckOutcome | None = None
    channel: str | None = None
    settled_at: datetime | None = None
    said: str | None = None

    @property
    def last_asked_at(self) -> datetime:
        return self.asked_again_at or self.asked_at

    @property
    def state(self) -> CheckState:
        if self.outcome is not None:
            return CheckState(self.outcome.value)
        if self.automatic_at is not None:
            return CheckState.AUTOMATIC
        return CheckState.WAITING if self.sent_at is None else CheckState.UNANSWERED


def valid_from(now: datetime, months: int) -> datetime:
    """A mailbox verified earlier than this counts as unverified; a month is 30 days (decision 0008)."""
    return now - timedelta(days=30 * months)


def first(identity: UUID, roster: Roster, now: datetime, email: str | None = None) -> MailboxCheck:
    """A new check of the unit's first address, or of another one of it. Raises IndexError for a unit that has none."""
    start = _next_opening(now, roster.closed_days)
    return MailboxCheck(identity, roster.unit_id, folded(email or roster.addresses[0]), 0, start, start + MINUTES, now)


def again(check: MailboxCheck, roster: Roster, now: datetime) -> MailboxCheck:
    """The same check asked once more: the entry moves to the next working day."""
    start = _next_opening(now, roster.closed_days)
    return replace(check, sequence=check.sequence + 1, start=start, end=start + MINUTES, asked_again_at=now)


def again_due(now: datetime) -> datetime:
    """What was asked before this moment, the end of a day, and not since, is to be asked once more at `now`."""
    time = office_time()
    asked = time.at(time.position(now) - AGAIN_AFTER * time.office_day)
    return at_hour(local_day(asked) + timedelta(days=1), 0)


def _next_opening(now: datetime, closed: frozenset[date]) -> datetime:
    return office_time(closed).opening_after(now)


def call(check: MailboxCheck, roster: Roster, now: datetime) -> Notice:
    """The REQUEST of a check as it stands."""
    kind = NoticeKind.MAILBOX_CHECK if check.sequence == 0 else NoticeKind.MAILBOX_CHECK_AGAIN
    return _notice(check, roster, now, kind, Method.REQUEST, check.sequence)


def thanks(check: MailboxCheck, roster: Roster, now: datetime) -> Notice:
    """The receipt of an answer, which takes the entry out of the calendar (decision 0010)."""
    return _notice(check, roster, now, NoticeKind.MAILBOX_VERIFIED, Method.CANCEL, check.sequence + 1)


def _notice(
    check: MailboxCheck, roster: Roster, now: datetime, kind: NoticeKind, method: Method, sequence: int
) -> Notice:
    return Notice(
        key=f"mailbox/{check.id}/{method}/{sequence}",
        kind=kind,
        to=Address(check.email, roster.name, roster.language),
        unit_id=roster.unit_id,
        unit=roster.name,
        dtstamp=now,
        start=check.start,
        end=check.end,
        method=method,
        sequence=sequence,
        check_id=check.id,
        link=Link.MAILBOX if method is Method.REQUEST else None,
    )
