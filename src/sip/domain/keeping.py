"""How long matters and their logs are kept, what holds keep, and what is due (rules, section 12). Pure.

A matter is a case with its meetings and their reports: one is not kept without the others, and the time of all counts
from the last that happened in it. The law of this file: in doubt it is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sip.domain.worktime import at_hour, local_day

MATTER_YEARS = range(2, 31)
"""A matter is kept at least so long that the figures of a year, a report's answer and an inspection fall within."""
LOG_YEARS = range(5, 31)
"""HSLF-FS 2016:40, chapter 4: logs of who did and read what are kept five years at least."""
NAMES_MONTHS = 6
"""After so many months names of staff give way to functions."""


class PolicyProblem(StrEnum):
    """Why a policy cannot be kept."""

    MATTER_YEARS = "matter_years"
    LOG_YEARS = "log_years"
    LOG_SHORTER = "log_shorter"
    NO_DECISION = "no_decision"


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organisation has decided; `decision` names it (a registration number or a day). `by_itself`: each night
    the service does what is due.
    """

    organisation_id: UUID
    version: int
    matter_years: int
    log_years: int
    by_itself: bool
    decision: str

    def problem(self) -> PolicyProblem | None:
        """What is wrong with it, None when it can be kept."""
        if self.matter_years not in MATTER_YEARS:
            return PolicyProblem.MATTER_YEARS
        if self.log_years not in LOG_YEARS:
            return PolicyProblem.LOG_YEARS
        if self.log_years < self.matter_years:
            return PolicyProblem.LOG_SHORTER
        return None if self.decision.strip() else PolicyProblem.NO_DECISION


def kept_since(now: datetime, years: int) -> datetime:
    """What happened last before this moment has been kept for so many years: its day has come again and is over."""
    return at_hour(_back(local_day(now), years), 0)


def names_since(now: datetime) -> datetime:
    """What ended before this moment ended so many months ago that names have given way."""
    today = local_day(now)
    months = today.year * 12 + today.month - 1 - NAMES_MONTHS
    year, month = divmod(months, 12)
    return at_hour(min(_day(year, month + 1, today.day), today), 0)


def _day(year: int, month: int, day: int) -> date:
    for one in range(day, 27, -1):
        try:
            return date(year, month, one)
        except ValueError:
            continue
    return date(year, month, day)


def _back(today: date, years: int) -> date:
    """The day so many years ago. Of 29 February in a short year it is 1 March."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 3, 1)


@dataclass(frozen=True, slots=True)
class Hold:
    """What is not disposed of from `first_day` to `last_day` (None: until it is ended), and why: a meeting, a case, or
    the organisation as a whole where neither is named.
    """

    id: UUID
    organisation_id: UUID
    why: str
    first_day: date
    last_day: date | None = None
    case_id: UUID | None = None
    meeting_id: UUID | None = None

    def holds(self, day: date) -> bool:
        """Whether it keeps anything on this day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def over(self, day: date) -> bool:
        """Whether it has ended before this day."""
        return self.last_day is not None and self.last_day < day


class Fate(StrEnum):
    """What becomes of a matter whose years have passed."""

    DUE = "due"
    GOES_ON = "goes_on"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter whose years have passed: `organisations` are those that take part in it, the keeper's first. `flagged`:
    the case itself says that it is on hold; `protected`: that it is for named users alone (rules, section 13).
    """

    case_id: UUID
    meetings: tuple[UUID, ...]
    organisations: tuple[UUID, ...]
    goes_on: bool = False
    flagged: bool = False
    protected: bool = False


def fate(matter: Matter, holds: Iterable[Hold], now: datetime) -> Fate:
    """What becomes of it now. A hold is asked first: that is what people want to know of."""
    today = local_day(now)
    if matter.flagged or any(_keeps(hold, matter) for hold in holds if hold.holds(today)):
        return Fate.HELD
    return Fate.GOES_ON if matter.goes_on else Fate.DUE


def _keeps(hold: Hold, matter: Matter) -> bool:
    if hold.meeting_id is not None:
        return hold.meeting_id in matter.meetings
    if hold.case_id is not None:
        return hold.case_id == matter.case_id
    return hold.organisation_id in matter.organisations


def log_held(organisations: Iterable[UUID], holds: Iterable[Hold], now: datetime) -> bool:
    """Whether the log of a matter that is gone is kept by a hold on one of those that took part in it."""
    took_part, today = set(organisations), local_day(now)
    whole = (hold for hold in holds if hold.case_id is None and hold.meeting_id is None)
    return any(hold.organisation_id in took_part for hold in whole if hold.holds(today))


@dataclass(frozen=True, slots=True)
class Disposed:
    """The record of a disposal, as the journal holds it. `root` is that of its tombstones, in hexadecimal."""

    organisation: str
    policy: int
    counts: dict[str, int]
    tombstones: int
    root: str


@dataclass(frozen=True, slots=True)
class NamesGaveWay:
    """The record of a batch of journal rows in which names gave way to functions."""

    counts: dict[str, int]
    tombstones: int
    root: str


RECORDS = (Disposed, NamesGaveWay)
"""Journalled, and decided by no machine: nothing hangs on them but the proof."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a row: where it stood (`aggregate` None: the access log) and the hash of its leaf; in the journal
    its own hash too. `after` is the leaf hash of what stands there now, None where nothing does.
    """

    aggregate: UUID | None
    row: int
    leaf: bytes
    hash: bytes = b""
    after: bytes | None = None

    def words(self) -> Sequence[str | int | None]:
        """What its own leaf in the tree of its batch is made of, as a list of JSON."""
        return (
            None if self.aggregate is None else str(self.aggregate),
            self.row,
            self.leaf.hex(),
            self.hash.hex(),
            None if self.after is None else self.after.hex(),
        )
