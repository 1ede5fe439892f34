"""How long mail is held after a restore (rules, section 3)."""

from datetime import datetime, timedelta

from sip.domain.worktime import office_time

LOST_STEPS_COME = timedelta(hours=2)
"""Office time in which every step of the lost time has come again: it waits for office hours, and for an hour and a
quarter after the service was silent (rules, section 5 L1)."""


def may_end_from(begun_at: datetime) -> datetime:
    """The first moment at which the hold may end."""
    return office_time().plus(begun_at, LOST_STEPS_COME)
