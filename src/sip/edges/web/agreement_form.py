"""An agreement's figures as fields of a form, and two versions compared in words.

The law of this file: a form makes a new version from a coming day and never changes one that is kept; what it makes is
the file of that version, read by the same reader as any other (`agreement_file`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from sip.domain.agreement import OF_AN_AGREEMENT, Agreement, RuleSet, senseless
from sip.domain.bounds import FIGURES, NAME_MOST
from sip.domain.worktime import half_day_names
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.phrases import Phrases

SWITCHES = ("automatic_reports", "show_other_units", "redirect_must_attend", "approve_colleagues", "survey")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "steps": ("gaps", "no_answer_bound", "still_none_bound", "deadline_bound", "question_bound"),
    "pauses": ("proposal_pause", "identity_pause", "contest_pause", "redirect_pause"),
    "others": ("redirect_hops", "substitutes_most", "half_day_closes", "verified_months"),
    "reports": ("minimum_notice", "hearing", "answer_days", "answer_reminders", "head_after"),
}
"""The figures by the part of the form that they stand in."""
TEXTS = ("deviation_name_sv", "deviation_name_en")
DISCHARGE = ("minimum_notice", "gaps")


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure of a version, or a part of several: its field, label, and bounds."""

    name: str
    label: str
    least: int
    most: int


def figures(phrases: Phrases, group: str) -> list[FigureView]:
    """The fields of a group; of several figures one field each."""
    found = []
    for name in GROUPS[group]:
        found += _fields(phrases, name, name)
    return found


def discharge_figures(phrases: Phrases) -> list[FigureView]:
    """The fields of what differs at discharge."""
    return [one for name in DISCHARGE for one in _fields(phrases, name, f"discharge_{name}")]


def _fields(phrases: Phrases, name: str, field: str) -> list[FigureView]:
    least, most = FIGURES[name]
    number = _several(name)
    if number == 1:
        return [FigureView(field, phrases.t(f"agreement.figure.{name}"), least, most)]
    return [
        FigureView(f"{field}_{n}", phrases.t(f"agreement.figure.{name}_{n}"), least, most) for n in range(1, number + 1)
    ]


def _several(name: str) -> int:
    value = getattr(RuleSet(), name)
    return len(value) if isinstance(value, tuple) else 1


def values(agreement: Agreement) -> dict[str, str]:
    """The form filled in with this version; the days are left to be chosen."""
    rules, discharge = agreement.rules, agreement.discharge_rules
    found = {name: "yes" for name in SWITCHES if getattr(rules, name)}
    for name in (one for group in GROUPS.values() for one in group):
        found |= _filled(name, name, getattr(rules, name))
    for name in DISCHARGE:
        found |= _filled(name, f"discharge_{name}", getattr(discharge, name))
    found |= {name: getattr(rules, name) for name in TEXTS}
    found |= {f"half_days_{n}": "yes" for n, name in enumerate(half_day_names()) if name in _folded(rules.half_days)}
    found |= {f"kinds_{kind}": "yes" for kind in agreement.kinds}
    leaving = {one.principal_id for one in agreement.joinings if one.valid_to is not None}
    found |= {f"principals_{one}": "yes" for one in agreement.principals - leaving}
    return found


def _folded(names: frozenset[str]) -> set[str]:
    return {name.lower() for name in names}


def _filled(name: str, field: str, value: Any) -> dict[str, str]:
    if isinstance(value, tuple):
        return {f"{field}_{n}": str(one) for n, one in enumerate(value, 1)}
    return {field: str(value)}


_BESIDE = {"question_late": "question_bound", "head_first": "still_none_bound", "reminders": "answer_reminders_1"}


def read(
    reader: Reader, before: Agreement, version: int, principals: Mapping[UUID, str], today: date
) -> Agreement | None:
    """The version that was filled in; None when something is wrong, which is said beside its field."""
    first, last = reader.day("valid_from", required=True), reader.day("valid_to")
    if first is not None and first <= today:
        reader.wrong("valid_from", "agreement.form.coming")
    if first is not None and last is not None and last < first:
        reader.wrong("valid_to", "directory.form.days_order")
    decided, number = reader.day("decided"), reader.text("registration_number", most=NAME_MOST)
    kinds = frozenset(kind for kind in OF_AN_AGREEMENT if reader.state.value(f"kinds_{kind}"))
    if not kinds:
        reader.wrong("kinds", "agreement.form.some_kind")
    joined = frozenset(one for one in principals if reader.state.value(f"principals_{one}"))
    rules = _rules(reader, before.rules, version)
    discharge = _discharge(reader, before, rules)
    if not reader.right or first is None:
        return None
    for code in senseless(rules):
        reader.wrong(_BESIDE[code], f"agreement.senseless.{code}")
    for code in senseless(discharge):  # figures that differ there and have no field here
        reader.wrong(_BESIDE[code], "agreement.senseless.at_discharge")
    if not reader.right:
        return None
    return replace(
        before, version=version, valid_from=first, valid_to=last, decided=decided, registration_number=number or None,
        kinds=kinds, principals=joined, rules=rules, discharge_rules=discharge,
    )  # fmt: skip


def _rules(reader: Reader, before: RuleSet, version: int) -> RuleSet:
    found: dict[str, Any] = {name: bool(reader.state.value(name)) for name in SWITCHES}
    for name in (one for group in GROUPS.values() for one in group):
        found[name] = _figure(reader, name, name)
    for name in TEXTS:
        found[name] = reader.text(name, required=True, most=NAME_MOST)
    names = half_day_names()
    found["half_days"] = frozenset(name for n, name in enumerate(names) if reader.state.value(f"half_days_{n}"))
    return replace(before, version=version, **found)


def _discharge(reader: Reader, before: Agreement, rules: RuleSet) -> RuleSet:
    """What differs at discharge and has no field here stays as it was."""
    kept = {
        f.name: getattr(before.discharge_rules, f.name)
        for f in fields(RuleSet)
        if getattr(before.discharge_rules, f.name) != getattr(before.rules, f.name)
        and f.name not in (*DISCHARGE, "version")
    }
    own = {name: _figure(reader, name, f"discharge_{name}") for name in DISCHARGE}
    return replace(rules, **kept, **own)


def _figure(reader: Reader, name: str, field: str) -> Any:
    number = _several(name)
    if number == 1:
        return _whole(reader, field, *FIGURES[name])
    return tuple(_whole(reader, f"{field}_{n}", *FIGURES[name]) for n in range(1, number + 1))


def _whole(reader: Reader, field: str, least: int, most: int) -> int:
    text, found = reader.text(field, required=True, most=10), reader.whole(field)
    if text and (found is None or not least <= found <= most):
        reader.wrong(field, "agreement.form.between", least=least, most=most)
    return found if found is not None else least


# -- compared


@dataclass(frozen=True, slots=True)
class DiffersView:
    """One thing that differs between two versions, in words."""

    label: str
    before: str
    after: str


def differences(
    phrases: Phrases, before: Agreement, after: Agreement, principals: Mapping[UUID, str]
) -> list[DiffersView]:
    """What differs, in the order of the form."""
    return list(_differences(phrases, before, after, principals))


def _differences(
    phrases: Phrases, before: Agreement, after: Agreement, principals: Mapping[UUID, str]
) -> Iterator[DiffersView]:
    def joined(of: Agreement) -> str:
        return ", ".join(phrases.names(principals.get(one, "–") for one in of.principals))

    def kinds(of: Agreement) -> str:
        return ", ".join(phrases.t(f"kind.{kind}") for kind in sorted(of.kinds))

    if before.principals != after.principals:
        yield DiffersView(phrases.t("agreement.joined"), joined(before), joined(after))
    if before.kinds != after.kinds:
        yield DiffersView(phrases.t("agreement.kinds"), kinds(before), kinds(after))
    for name in (*SWITCHES, *(one for group in GROUPS.values() for one in group), "half_days", *TEXTS):
        old, new = getattr(before.rules, name), getattr(after.rules, name)
        if old != new:
            yield from _differs(phrases, name, old, new, "")
    for name in DISCHARGE:
        old, new = getattr(before.discharge_rules, name), getattr(after.discharge_rules, name)
        if old != new:
            yield from _differs(phrases, name, old, new, phrases.t("agreement.discharge") + ": ")


def _differs(phrases: Phrases, name: str, old: Any, new: Any, where: str) -> Iterator[DiffersView]:
    if isinstance(old, tuple):
        for n, (was, will) in enumerate(zip(old, new, strict=True), 1):
            if was != will:
                yield DiffersView(where + phrases.t(f"agreement.figure.{name}_{n}"), str(was), str(will))
        return
    yield DiffersView(where + phrases.t(f"agreement.figure.{name}"), said(phrases, old), said(phrases, new))


def said(phrases: Phrases, value: Any) -> str:
    """A figure in words: yes or no, names of days, a number as it is."""
    if isinstance(value, bool):
        return phrases.t("form_words.yes" if value else "form_words.no")
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or phrases.t("agreement.none")
    return str(value)
