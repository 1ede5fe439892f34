"""The agreement (överenskommelse): every figure of the rules, with its default, and which rule set binds a party.

A rule set is frozen per party when it is called (rules, section 1). The few figures that
shape the procedure itself stand beside their rule (decision record 0008).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sip.domain.bounds import FIGURES, NAME_MOST, name_fits
from sip.domain.values import replace
from sip.domain.worktime import half_day_names


class MeetingKind(StrEnum):
    """What sort of meeting it is. Never mailed."""

    CHILD = "child"
    ADULT = "adult"
    DISCHARGE = "discharge"
    LSS = "lss"
    PLACEMENT = "placement"
    PRE_MEETING = "pre_meeting"
    OTHER = "other"


OF_AN_AGREEMENT = tuple(kind for kind in MeetingKind if kind is not MeetingKind.PRE_MEETING)
"""The kinds that an agreement names; it binds a pre-meeting whatever it names (rules, section 11)."""


class Rung(StrEnum):
    """The steps of the ladder, in their order (rules, section 5 L2)."""

    REMINDER = "reminder"
    NO_ACKNOWLEDGEMENT = "no_acknowledgement"
    NO_ANSWER = "no_answer"
    STILL_NONE = "still_none"


class AgreementError(ValueError):
    """An agreement that cannot be used; the text is one sentence for an official.

    `code` and `facts` say the same to who reads another language, `key` which key of the file is meant, and `within`
    the tables that it stands in.
    """

    def __init__(self, sentence: str, code: str = "", key: str | None = None, **facts: object) -> None:
        super().__init__(sentence)
        self.code, self.key = code, key
        self.within: tuple[str, ...] = ()
        self.facts: Mapping[str, object] = {"key": key or "", **facts}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The figures that bind one party: working days, but for `answer_days` and `answer_reminders` (calendar days)."""

    name: str = "default"
    version: int = 1
    law_only: bool = False
    automatic_reports: bool = True
    show_other_units: bool = False
    redirect_must_attend: bool = False
    approve_colleagues: bool = False
    survey: bool = False
    minimum_notice: int = 5
    gaps: tuple[int, int, int, int] = (3, 2, 2, 1)
    no_answer_bound: int = 10
    still_none_bound: int = 3
    deadline_bound: int = 3
    question_bound: int = 2
    proposal_pause: int = 1
    identity_pause: int = 1
    contest_pause: int = 2
    redirect_pause: int = 2
    redirect_hops: int = 2
    substitutes_most: int = 5
    hearing: int = 10
    answer_days: int = 60
    answer_reminders: tuple[int, int] = (30, 10)
    head_after: int = 10
    half_days: frozenset[str] = frozenset()
    half_day_closes: int = 12
    verified_months: int = 12
    deviation_name_sv: str = "avvikelse i samverkan"
    deviation_name_en: str = "deviation report"

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The rungs of a summoned party under this rule set; law only stops at the mailbox (rules, section 1)."""
        return (Rung.REMINDER, Rung.NO_ACKNOWLEDGEMENT) if self.law_only else tuple(Rung)


LAW_ONLY = RuleSet(name="law only", version=0, law_only=True, automatic_reports=False)
DISCHARGE_FIGURES: Mapping[str, Any] = {"minimum_notice": 1, "gaps": (1, 1, 1, 1)}
LAW_ONLY_DISCHARGE = replace(LAW_ONLY, **DISCHARGE_FIGURES)


RENEWAL: tuple[int, int, int] = (180, 90, 30)
"""Days before the end on which a renewal is asked, where an agreement says nothing else (rules, section 17 J2)."""
REGION_SHARE = 50
"""Per cent of shared costs that the region's side bears, where an agreement says nothing else (section 17 J4)."""


@dataclass(frozen=True, slots=True)
class Joining:
    """How one principal joined a version: who decided, and from when to when it holds; None where it is not said."""

    principal_id: UUID
    body: str | None = None
    decided: date | None = None
    registration_number: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    weight: int = 1

    @property
    def bare(self) -> bool:
        """Whether nothing is said but that the principal has joined."""
        return self == Joining(self.principal_id)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement: who has joined, for which kinds, from which day, with which figures.

    `principals` are all who ever joined the version, `joinings` what is said of how, for those of whom anything is.
    """

    id: UUID
    name: str
    version: int
    local: bool
    principals: frozenset[UUID]
    kinds: frozenset[MeetingKind]
    valid_from: date
    valid_to: date | None
    rules: RuleSet
    discharge_rules: RuleSet
    decided: date | None = None
    registration_number: str | None = None
    joinings: frozenset[Joining] = frozenset()
    renewal: tuple[int, int, int] = RENEWAL
    region_share: int = REGION_SHARE

    def in_force(self, day: date) -> bool:
        """Whether the version holds on this day, for whoever has joined it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def binds(self, kind: MeetingKind, day: date) -> bool:
        """Whether the agreement is in force for meetings of this kind on this day; for a pre-meeting every one is."""
        return self.in_force(day) and (kind in self.kinds or kind is MeetingKind.PRE_MEETING)

    def joining(self, principal: UUID) -> Joining | None:
        """What is said of how the principal joined; None where it never did."""
        if principal not in self.principals:
            return None
        return next((one for one in self.joinings if one.principal_id == principal), Joining(principal))

    def days_of(self, principal: UUID) -> tuple[date, date | None] | None:
        """The first day and the last on which the version holds for the principal; None where there is no such day."""
        joined = self.joining(principal)
        if joined is None:
            return None
        first = max(self.valid_from, joined.valid_from or self.valid_from)
        last = min((day for day in (self.valid_to, joined.valid_to) if day is not None), default=None)
        return None if last is not None and last < first else (first, last)

    def joined_on(self, day: date) -> frozenset[UUID]:
        """Who has joined on a day (rules, section 17 J1)."""
        if not self.in_force(day):
            return frozenset()
        away = {
            one.principal_id
            for one in self.joinings
            if (one.valid_from is not None and day < one.valid_from)
            or (one.valid_to is not None and day > one.valid_to)
        }
        return self.principals - away


def rule_set_for(agreements: Iterable[Agreement], convener: UUID, party: UUID, kind: MeetingKind, day: date) -> RuleSet:
    """The rule set of a party of principal `party` called by principal `convener` (rules, section 1).

    The agreement both have joined on that day, local before regional; none shared: law only. A pre-meeting takes half
    the notice, begun days whole.
    """
    best = shared_by(agreements, convener, party, kind, day)
    if kind is MeetingKind.PRE_MEETING:
        rules = LAW_ONLY if best is None else best.rules
        return replace(rules, minimum_notice=(rules.minimum_notice + 1) // 2)
    if best is None:
        return LAW_ONLY_DISCHARGE if kind is MeetingKind.DISCHARGE else LAW_ONLY
    return best.discharge_rules if kind is MeetingKind.DISCHARGE else best.rules


def shared_by(
    agreements: Iterable[Agreement], one: UUID, other: UUID, kind: MeetingKind, day: date
) -> Agreement | None:
    """The version that binds both principals in meetings of this kind; None: law only (rules, section 1)."""
    shared = [a for a in agreements if a.binds(kind, day) and {one, other} <= a.joined_on(day)]
    return max(shared, key=lambda a: (a.local, a.valid_from, a.version), default=None)


def binding(agreements: Iterable[Agreement], principal: UUID | None, day: date) -> tuple[Agreement, ...]:
    """The version of each agreement that binds this principal on this day; of None every agreement's that is in force.
    Local before regional, as they go (rules, section 1).
    """
    found: dict[UUID, Agreement] = {}
    for one in agreements:
        if not one.in_force(day) or (principal is not None and principal not in one.joined_on(day)):
            continue
        before = found.get(one.id)
        if before is None or (before.valid_from, before.version) < (one.valid_from, one.version):
            found[one.id] = one
    return tuple(sorted(found.values(), key=lambda one: (not one.local, one.name, str(one.id))))


def senseless(rules: RuleSet) -> tuple[str, ...]:
    """What figures that each lie within their bounds cannot mean together, as codes; nothing where they make sense."""
    first, second = rules.answer_reminders
    found = {
        "question_late": rules.question_bound > rules.deadline_bound,
        "head_first": rules.still_none_bound > rules.no_answer_bound,
        "reminders": first <= second or first >= rules.answer_days,
    }
    return tuple(code for code, wrong in found.items() if wrong)


def rule_set_from(table: Mapping[str, Any], base: RuleSet, where: str) -> RuleSet:
    """A rule set from the `[rules]` table of an agreement file, on top of `base`.

    Raises AgreementError with one sentence that names the key and says what to write.
    """
    defaults = {f.name: getattr(base, f.name) for f in fields(base)}
    values: dict[str, Any] = {}
    for key, raw in table.items():
        if key not in defaults or key in ("name", "version", "law_only"):
            raise AgreementError(
                f'{where}: "{key}" is no rule of an agreement; see the documented default file.', "no_rule", key
            )
        values[key] = _value(key, raw, defaults[key], where)
    return RuleSet(**{**defaults, **values})


def _value(key: str, raw: Any, default: Any, where: str) -> Any:
    if isinstance(default, bool):
        if not isinstance(raw, bool):
            raise AgreementError(f'{where}: "{key}" must be true or false.', "flag", key)
        return raw
    if isinstance(default, int):
        least, most = FIGURES[key]
        if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
            raise AgreementError(
                f'{where}: "{key}" must be a whole number from {least} to {most}.', "whole", key, least=least, most=most
            )
        return raw
    if isinstance(default, tuple):
        least, most = FIGURES[key]
        fits = isinstance(raw, list) and all(type(n) is int and least <= n <= most for n in raw)
        if not fits or len(raw) != len(default):
            raise AgreementError(
                f'{where}: "{key}" must be a list of {len(default)} whole numbers from {least} to {most}.',
                "wholes", key, number=len(default), least=least, most=most,
            )  # fmt: skip
        return tuple(raw)
    if isinstance(default, frozenset):
        if not isinstance(raw, list) or not all(isinstance(n, str) for n in raw):
            raise AgreementError(f'{where}: "{key}" must be a list of names of days.', "days", key)
        known = half_day_names()
        if wrong := [n for n in raw if n.lower() not in known]:
            raise AgreementError(
                f'{where}: "{key}" names "{wrong[0][:40]}", which is no such day; write {", ".join(known)}.',
                "no_day", key, name=wrong[0][:40], known=", ".join(known),
            )  # fmt: skip
        return frozenset(raw)
    if not isinstance(raw, str) or not raw.strip():
        raise AgreementError(f'{where}: "{key}" must be a text.', "text", key)
    if not name_fits(raw.strip()):
        raise AgreementError(
            f'{where}: "{key}" must be one line of at most {NAME_MOST} characters.', "line", key, most=NAME_MOST
        )
    return raw.strip()
