"""When people in the story are at their desks: Monday to Friday, 08 to 17, Swedish time.

The law of this file: times are aware. No public holiday is known here: nobody in the story does anything on one.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OPENS = time(8, 0)
CLOSES = time(16, 45)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def at(day: str, clock: str) -> datetime:
    """A moment of the story: `at("2026-11-02", "07:30")`, Swedish time."""
    return datetime.combine(datetime.fromisoformat(day).date(), time.fromisoformat(clock), STOCKHOLM)


def at_desk(moment: datetime) -> bool:
    """Whether somebody of an ordinary unit reads mail at this moment."""
    local = moment.astimezone(STOCKHOLM)
    return local.weekday() < 5 and OPENS <= local.time() < CLOSES


def next_desk(moment: datetime) -> datetime:
    """This moment, or the next one at which somebody is at the desk."""
    local = moment.astimezone(STOCKHOLM)
    while not at_desk(local):
        if local.weekday() < 5 and local.time() < OPENS:
            return local.replace(hour=OPENS.hour, minute=OPENS.minute, second=0, microsecond=0)
        local = datetime.combine(local.date() + timedelta(days=1), time(0), STOCKHOLM)
    return local


def desk_minutes(moment: datetime, minutes: float) -> datetime:
    """`minutes` later, counted only while somebody is at the desk."""
    local, left = next_desk(moment), timedelta(minutes=minutes)
    while True:
        closing = local.replace(hour=CLOSES.hour, minute=CLOSES.minute, second=0, microsecond=0)
        if local + left < closing:
            return local + left
        left -= closing - local
        local = next_desk(closing)


def on_day(moment: datetime, days: int, clock: str) -> datetime:
    """`days` calendar days from the moment's day, at this time of day (Swedish time)."""
    local = moment.astimezone(STOCKHOLM)
    return datetime.combine(local.date() + timedelta(days=days), time.fromisoformat(clock), STOCKHOLM)


def say(moment: datetime) -> str:
    """A moment as the terminal says it: `Mon 2 Nov 07:30`."""
    local = moment.astimezone(STOCKHOLM)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local:%H:%M}"
