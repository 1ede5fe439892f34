"""The agreement (överenskommelse): every figure of the rules, with its default, and which rule set binds a party.

A rule set is frozen per party when it is called (rules, section 1). The few figures that
shape the procedure itself stand beside their rule (decision record 0008).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sip.domain.bounds import FIGURES, NAME_MOST, name_fits
from sip.domain.worktime import half_day_names


class MeetingKind(StrEnum):
    """What sort of meeting it is. Never mailed."""

    CHILD = "child"
    ADULT = "adult"
    DISCHARGE = "discharge"
    LSS = "lss"
    PLACEMENT = "placement"
    OTHER = "other"


class Rung(StrEnum):
    """The steps of the ladder, in their order (rules, section 5 L2)."""

    REMINDER = "reminder"
    NO_ACKNOWLEDGEMENT = "no_acknowledgement"
    NO_ANSWER = "no_answer"
    STILL_NONE = "still_none"


class AgreementError(ValueError):
    """An agreement that cannot be used; the text is one sentence for an official."""


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


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement: who has joined, for which kinds, from which day, with which figures."""

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

    def binds(self, kind: MeetingKind, day: date) -> bool:
        """Whether the agreement is in force for meetings of this kind on this day."""
        in_force = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_force and kind in self.kinds


def rule_set_for(agreements: Iterable[Agreement], convener: UUID, party: UUID, kind: MeetingKind, day: date) -> RuleSet:
    """The rule set of a party of principal `party` called by principal `convener` (rules, section 1).

    The agreement both have joined, local before regional; none shared: law only.
    """
    shared = [a for a in agreements if a.binds(kind, day) and {convener, party} <= a.principals]
    if not shared:
        return LAW_ONLY_DISCHARGE if kind is MeetingKind.DISCHARGE else LAW_ONLY
    best = max(shared, key=lambda a: (a.local, a.valid_from, a.version))
    return best.discharge_rules if kind is MeetingKind.DISCHARGE else best.rules


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
            raise AgreementError(f'{where}: "{key}" is no rule of an agreement; see the documented default file.')
        values[key] = _value(key, raw, defaults[key], where)
    return RuleSet(**{**defaults, **values})


def _value(key: str, raw: Any, default: Any, where: str) -> Any:
    if isinstance(default, bool):
        if not isinstance(raw, bool):
            raise AgreementError(f'{where}: "{key}" must be true or false.')
        return raw
    if isinstance(default, int):
        least, most = FIGURES[key]
        if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
            raise AgreementError(f'{where}: "{key}" must be a whole number from {least} to {most}.')
        return raw
    if isinstance(default, tuple):
        least, most = FIGURES[key]
        fits = isinstance(raw, list) and all(type(n) is int and least <= n <= most for n in raw)
        if not fits or len(raw) != len(default):
            raise AgreementError(
                f'{where}: "{key}" must be a list of {len(default)} whole numbers from {least} to {most}.'
            )
        return tuple(raw)
    if isinstance(default, frozenset):
        if not isinstance(raw, list) or not all(isinstance(n, str) for n in raw):
            raise AgreementError(f'{where}: "{key}" must be a list of names of days.')
        known = half_day_names()
        if wrong := [n for n in raw if n.lower() not in known]:
            raise AgreementError(
                f'{where}: "{key}" names "{wrong[0][:40]}", which is no such day; write {", ".join(known)}.'
            )
        return frozenset(raw)
    if not isinstance(raw, str) or not raw.strip():
        raise AgreementError(f'{where}: "{key}" must be a text.')
    if not name_fits(raw.strip()):
        raise AgreementError(f'{where}: "{key}" must be one line of at most {NAME_MOST} characters.')
    return raw.strip()
