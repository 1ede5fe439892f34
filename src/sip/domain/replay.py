"""What a replay tells: what was asked of whom, and when answers came, as counts (rules, section 15).

The law of this file: what really was and what would have been are counted by the same code, of the same decisions, so
that they differ in nothing but the rules. A protected meeting is in the totals and nowhere else. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sip.domain.address import folded
from sip.domain.agreement import Agreement, Rung
from sip.domain.deviation import DeviationReport, DeviationState
from sip.domain.effects import Mail, MailKind
from sip.domain.ladder import PLACE
from sip.domain.meeting import Meeting, Party
from sip.domain.terms import Obligation
from sip.domain.values import replace

K = MailKind
UNITS, PEOPLE, MANAGERS, HEADS = "units", "people", "managers", "heads"
CONVENERS, COORDINATORS, REPORTS = "conveners", "coordinators", "reports"
READERS = (UNITS, PEOPLE, MANAGERS, HEADS, CONVENERS, COORDINATORS, REPORTS)
"""Whom a mail is for: a unit's mailbox, a person of a unit, those above, the side that calls, the sides of a report."""
_READER = {
    K.LIFT_WATCHERS: PEOPLE, K.LIFT_MANAGER: MANAGERS, K.SUBSTITUTE_MANAGER: MANAGERS, K.DEVIATION_MANAGER: MANAGERS,
    K.DEVIATION_DISPUTE_LIFTED: MANAGERS, K.DEVIATION_MEASURE_LIFTED: MANAGERS, K.LIFT_HEAD: HEADS,
    K.SUBSTITUTION_HEAD: HEADS, K.DEVIATION_HEAD: HEADS, K.CONVENER_QUESTION: CONVENERS, K.CONVENER_TOLD: CONVENERS,
    K.ATTENDANCE_REQUEST: CONVENERS, K.CHAIR_LINK: CONVENERS, K.CHAIR_OVER: CONVENERS,
    K.COORDINATOR_TOLD: COORDINATORS,
}  # fmt: skip
STEPS = (*(f"rung.{rung}" for rung in Rung), "question")
"""The steps of the ladder as they fired, and the convener's question."""
BEFORE = (*(f"before.{rung}" for rung in Rung), "before.end", "before.never")
"""Where the first answer of a called unit came: before this step was taken, after the last of them, or never."""
OF_REPORTS = ("report.automatic", "report.withdrawn", "report.by_hand", "report.no_fair_notice")
MAILS = tuple(f"mail.{reader}" for reader in READERS)
FIGURES = ("parties", *STEPS, *BEFORE, *MAILS, *OF_REPORTS)


def reader(mail: Mail) -> str:
    """Whom the mail is for, one of READERS."""
    found = _READER.get(mail.kind)
    if found is not None:
        return found
    if mail.deviation_id is not None:
        return REPORTS
    return PEOPLE if mail.attendee is not None else UNITS


@dataclass(slots=True)
class ReplayTally:
    """Counts of some meetings: FIGURES, and of those that are not protected, mails by unit and by manager, and steps
    by the month of the meeting."""

    counts: Counter[str] = field(default_factory=Counter)
    by_unit: Counter[UUID] = field(default_factory=Counter)
    by_manager: Counter[str] = field(default_factory=Counter)
    by_month: Counter[tuple[int, str]] = field(default_factory=Counter)

    def add(self, other: "ReplayTally") -> None:
        """These meetings, too."""
        self.counts.update(other.counts)
        self.by_unit.update(other.by_unit)
        self.by_manager.update(other.by_manager)
        self.by_month.update(other.by_month)

    def mailed(self, mail: Mail, unit: UUID | None, month: int | None) -> None:
        """A mail that leaves. `unit`: of its party, `month`: of its meeting; None where nothing of it may be told."""
        whom = reader(mail)
        self.counts[f"mail.{whom}"] += 1
        if month is None:
            return
        if whom in (UNITS, PEOPLE) and unit is not None:
            self.by_unit[unit] += 1
        elif whom == MANAGERS:
            self.by_manager[folded(mail.to.email)] += 1

    def stepped(self, step: str, month: int | None) -> None:
        """A step of STEPS that fired."""
        self.counts[step] += 1
        if month is not None:
            self.by_month[month, step] += 1

    def ended(self, meeting: Meeting | None, reports: Iterable[DeviationReport]) -> None:
        """How it is where the play ends: who never answered, and which reports there are."""
        for party in () if meeting is None else meeting.parties:
            if counts(party):
                self.counts["parties"] += 1
                if party.round is None or party.round.answer is None:
                    self.counts["before.never"] += 1
        for report in reports:
            if report.good_example:
                continue
            gone = report.state is DeviationState.WITHDRAWN
            self.counts["report.withdrawn" if gone else f"report.{'automatic' if report.automatic else 'by_hand'}"] += 1


def counts(party: Party) -> bool:
    """Whether it is one of those that are asked to answer: called, and not the convener's own."""
    return party.active and party.round is not None and party.obligation is not Obligation.CONVENING


def before_which(party: Party) -> str:
    """The one of BEFORE that an answer of this party falls under, were it said now."""
    this = party.round
    fired = [record.rung for record in this.rungs if record.fired_at is not None] if this is not None else []
    if not fired:
        return f"before.{Rung.REMINDER}"
    later = [rung for rung in Rung if PLACE[rung] > max(map(PLACE.__getitem__, fired))]
    return f"before.{later[0]}" if later else "before.end"


@dataclass(slots=True)
class Comparison:
    """What really was beside what would have been, of the same meetings.

    `unlike`: meetings left out, for what was kept of them does not give what really was; `unfit`: answers and acts
    that there would have been nothing for. `same` meetings bind nobody by a rule that the tried agreement has
    otherwise.
    """

    really: ReplayTally = field(default_factory=ReplayTally)
    otherwise: ReplayTally = field(default_factory=ReplayTally)
    meetings: int = 0
    protected: int = 0
    same: int = 0
    unlike: int = 0
    unfit: int = 0

    def add(self, other: "Comparison") -> None:
        """These meetings, too."""
        self.really.add(other.really)
        self.otherwise.add(other.otherwise)
        for name in ("meetings", "protected", "same", "unlike", "unfit"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Spread:
    """How mails fall on whom they go to: how many of them, how many mails in all, and the most of one."""

    of: int
    mails: int
    most: int

    @property
    def mean(self) -> float:
        return self.mails / self.of if self.of else 0.0


def spread(counts: Mapping[Any, int]) -> Spread:
    """Of mails by unit, or by manager."""
    return Spread(len(counts), sum(counts.values()), max(counts.values(), default=0))


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What is kept of a replay: counts, by name of FIGURES, and of units those with most mails, really and otherwise.
    No address. Each pair is really and otherwise."""

    meetings: int
    protected: int
    same: int
    unlike: int
    unfit: int
    disposed: int
    figures: dict[str, tuple[int, int]]
    by_unit: tuple[Spread, Spread]
    by_manager: tuple[Spread, Spread]
    units: tuple[tuple[UUID, int, int], ...]

    @classmethod
    def of(cls, found: Comparison, disposed: int, most: int) -> "ReplayResult":
        """With so many units."""
        really, otherwise = found.really, found.otherwise
        pairs = [(unit, really.by_unit[unit], otherwise.by_unit[unit]) for unit in really.by_unit | otherwise.by_unit]
        return cls(
            found.meetings - found.unlike, found.protected, found.same, found.unlike, found.unfit, disposed,
            {name: (really.counts[name], otherwise.counts[name]) for name in FIGURES},
            (spread(really.by_unit), spread(otherwise.by_unit)),
            (spread(really.by_manager), spread(otherwise.by_manager)),
            tuple(sorted(pairs, key=lambda pair: (-max(pair[1:]), pair[0]))[:most]),
        )  # fmt: skip


def joined_then(trial: Agreement, last: date) -> Agreement:
    """The agreement as it is tried on a time that ends on this day: who joins it later has joined it already."""
    joinings = (
        replace(one, valid_from=None) if one.valid_from is not None and one.valid_from > last else one
        for one in trial.joinings
    )
    return replace(trial, joinings=frozenset(joinings))


def tried(agreements: Iterable[Agreement], trial: Agreement, day: date) -> tuple[Agreement, ...]:
    """The agreements of a day as if this one had always been in force: it takes the place of its own versions, and goes
    before every other of its kind (local or regional) where both principals have joined it.
    """
    others = [
        replace(one, valid_from=min(one.valid_from, day - timedelta(days=1))) if one.valid_from <= day else one
        for one in agreements
        if one.id != trial.id
    ]
    return (*others, replace(trial, valid_from=day, valid_to=None))
