"""An agreement as a file an official can read (TOML): text to value, and value to sentences.

The law of this file: what is wrong is said in one sentence each, with the key that is meant; nothing is guessed.
`default_agreement.toml` beside it documents every key.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid5

from sip.domain.agreement import (
    DISCHARGE_FIGURES,
    OF_AN_AGREEMENT,
    REGION_SHARE,
    RENEWAL,
    Agreement,
    AgreementError,
    MeetingKind,
    RuleSet,
    rule_set_from,
    senseless,
)
from sip.usecases import toml_keys
from sip.usecases.directory.keys import NAMESPACE, key_id

_MOST_CHARACTERS = 200_000
_MOST_DAYS = 730
KNOWN = frozenset(
    (
        "name",
        "version",
        "local",
        "decided",
        "registration_number",
        "valid_from",
        "valid_to",
        "principals",
        "kinds",
        "renewal",
        "region_share",
        "rules",
    )
)


@dataclass(frozen=True, slots=True)
class AgreementFile:
    """A file's agreement, with the keys of its principals as they were written."""

    agreement: Agreement
    principal_keys: tuple[str, ...]


def default_text() -> str:
    """The documented default file."""
    return files("sip.usecases").joinpath("default_agreement.toml").read_text(encoding="utf-8")


def parse(text: str, where: str) -> AgreementFile:
    """The agreement a file describes. Raises AgreementError with one sentence; `where` names the file in it."""
    if len(text) > _MOST_CHARACTERS:
        raise AgreementError(f"{where} is longer than an agreement can be ({_MOST_CHARACTERS} characters).")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AgreementError(f"{where} is no TOML file: {error}.") from None
    except (ValueError, RecursionError):
        raise AgreementError(f"{where} is no TOML file: a number in it is too long, or its lists too deep.") from None
    return of_table(table, where)


def of_table(table: Mapping[str, Any], where: str) -> AgreementFile:
    """The agreement that a table of keys describes. Raises AgreementError with one sentence, its code and key."""
    unknown = sorted(table.keys() - KNOWN)
    if unknown:
        raise AgreementError(
            f'{where}: "{unknown[0][:40]}" is no key of an agreement; see the documented default file.',
            "no_key", unknown[0],
        )  # fmt: skip
    name, version = toml_keys.text(table, "name", where), toml_keys.whole(table, "version", where)
    assert name is not None
    rules, discharge = _rules(table.get("rules", {}), name, version, where)
    valid_from, valid_to = (
        toml_keys.day(table, "valid_from", where),
        toml_keys.day(table, "valid_to", where, optional=True),
    )
    assert valid_from is not None
    if valid_to is not None and valid_to < valid_from:
        raise AgreementError(f'{where}: "valid_to" is before "valid_from".', "days_order", "valid_to")
    keys = toml_keys.texts(table, "principals", where)
    kinds = toml_keys.texts(table, "kinds", where, [kind.value for kind in OF_AN_AGREEMENT])
    wrong = [kind for kind in kinds if kind not in set(MeetingKind)]
    if wrong:
        raise AgreementError(
            f'{where}: "{wrong[0]}" is no kind of meeting; write {", ".join(OF_AN_AGREEMENT)}.',
            "no_kind", "kinds", name=wrong[0], known=", ".join(OF_AN_AGREEMENT),
        )  # fmt: skip
    agreement = Agreement(
        id=agreement_id(name),
        name=name,
        version=version,
        local=toml_keys.flag(table, "local", where),
        principals=frozenset(key_id("principal", key) for key in keys),
        kinds=frozenset(MeetingKind(kind) for kind in kinds),
        valid_from=valid_from,
        valid_to=valid_to,
        rules=rules,
        discharge_rules=discharge,
        decided=toml_keys.day(table, "decided", where, optional=True),
        registration_number=toml_keys.text(table, "registration_number", where, optional=True),
        renewal=_renewal(table, where),
        region_share=toml_keys.whole(table, "region_share", where, 0, 100, REGION_SHARE),
    )
    return AgreementFile(agreement, tuple(keys))


def _renewal(table: Mapping[str, Any], where: str) -> tuple[int, int, int]:
    first, second, third = toml_keys.wholes(table, "renewal", where, 1, _MOST_DAYS, RENEWAL)
    if not first > second > third:
        raise AgreementError(f'{where}: "renewal" must fall: they are days before the end.', "falling", "renewal")
    return first, second, third


def agreement_id(name: str) -> UUID:
    """An agreement is known by its name; its versions share the id."""
    return uuid5(NAMESPACE, f"agreement/{name.casefold()}")


def _rules(table: Any, name: str, version: int, where: str) -> tuple[RuleSet, RuleSet]:
    if not isinstance(table, dict):
        raise AgreementError(f'{where}: "rules" must be a table: write [rules] on a line of its own.', "table", "rules")
    special = table.get("discharge", {})
    if not isinstance(special, dict):
        raise AgreementError(
            f'{where}: "rules.discharge" must be a table: write [rules.discharge] on a line of its own.',
            "table", "discharge",
        )  # fmt: skip
    ordinary = {key: value for key, value in table.items() if key != "discharge"}
    with _within("rules"):
        rules = rule_set_from(ordinary, RuleSet(name=name, version=version), where)
        _check_sense(rules, where)
    with _within("rules", "discharge"):
        discharge = rule_set_from(special, replace(rules, **DISCHARGE_FIGURES), where)
        _check_sense(discharge, where)
    return rules, discharge


@contextmanager
def _within(*tables: str) -> Iterator[None]:
    try:
        yield
    except AgreementError as error:
        error.within = tables
        raise


_SENSELESS = {
    "question_late": '"question_bound" ({question_bound}) must not be more than "deadline_bound" ({deadline_bound}): '
    "the convener is asked when the steps are done.",
    "head_first": '"still_none_bound" must not be more than "no_answer_bound": the manager comes before the head.',
    "reminders": '"answer_reminders" must fall, and be under "answer_days" ({answer_days}): they are days before the '
    "answer is due.",
}


def _check_sense(rules: RuleSet, where: str) -> None:
    for code in senseless(rules):
        known = {f.name: getattr(rules, f.name) for f in fields(rules)}
        raise AgreementError(f"{where}: {_SENSELESS[code].format(**known)}", code)


def written(agreement: Agreement) -> str:
    """The version as a file that `parse` reads the same of; its principals by their ids."""
    head = {
        "name": agreement.name, "version": agreement.version, "local": agreement.local, "decided": agreement.decided,
        "registration_number": agreement.registration_number, "valid_from": agreement.valid_from,
        "valid_to": agreement.valid_to, "principals": sorted(map(str, agreement.principals)),
        "kinds": sorted(agreement.kinds), "renewal": agreement.renewal, "region_share": agreement.region_share,
    }  # fmt: skip
    rules, discharge = agreement.rules, agreement.discharge_rules
    usual = replace(rules, **DISCHARGE_FIGURES)
    named = [f.name for f in fields(RuleSet) if f.name not in ("name", "version", "law_only")]
    differs = {name: getattr(discharge, name) for name in named if getattr(discharge, name) != getattr(usual, name)}
    return "\n".join(
        [
            *_lines(head), "", "[rules]", *_lines({name: getattr(rules, name) for name in named}), "",
            "[rules.discharge]", *_lines(differs), "",
        ]
    )  # fmt: skip


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in table.items() if value is not None]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    if isinstance(value, frozenset | tuple | list):
        return f"[{', '.join(map(_toml, sorted(value) if isinstance(value, frozenset) else value))}]"
    return json.dumps(str(value), ensure_ascii=False)  # a JSON string of one line is a TOML string


def sentences(file: AgreementFile) -> list[str]:
    """What the agreement means, for the official who has to stand by it."""
    return sentences_of(file.agreement, file.principal_keys)


def sentences_of(agreement: Agreement, joined: Sequence[str]) -> list[str]:
    """The same of an agreement by itself; `joined` names its principals."""
    rules = agreement.rules
    return [
        _head(agreement),
        "It binds meetings of the kinds " + ", ".join(sorted(agreement.kinds)) + ".",
        "It is joined by " + (", ".join(joined) + "." if joined else "nobody yet."),
        *_ladder(rules),
        f"For discharge the steps are {_figures(agreement.discharge_rules.gaps)} calendar days apart and the fair "
        f"notice is {_days(agreement.discharge_rules.minimum_notice, 'calendar day')}.",
        *_reports(rules),
        *_switches(rules),
        f"Whoever has joined is asked about a renewal {_figures(agreement.renewal)} calendar days before it ends, and "
        f"the region's side bears {agreement.region_share} % of shared costs.",
    ]


def _head(agreement: Agreement) -> str:
    kind = "local" if agreement.local else "regional"
    until = f" to {agreement.valid_to}" if agreement.valid_to else " until further notice"
    decided = f", decided {agreement.decided}" if agreement.decided else ""
    number = f" ({agreement.registration_number})" if agreement.registration_number else ""
    return (
        f'"{agreement.name}", version {agreement.version}, is a {kind} agreement{decided}{number}; '
        f"it holds from {agreement.valid_from}{until}."
    )


def _ladder(rules: RuleSet) -> list[str]:
    first, second, third, fourth = rules.gaps
    return [
        f"A unit that has not acknowledged is reminded {_days(first)} after the call, and its watchers are told "
        f"{_days(second)} after that.",
        f"Where no answer has come {_days(third)} later, the unit manager is asked to help, at the earliest "
        f"{_days(rules.no_answer_bound)} before the meeting.",
        f"The head of operations is asked {_days(fourth)} later, at the earliest {_days(rules.still_none_bound)} "
        "before the meeting.",
        f"All steps are done {_days(rules.deadline_bound)} before the meeting where there is time; the convener is "
        f"asked to go ahead, move or cancel {_days(rules.question_bound)} before it.",
        f"The steps rest for at most {_days(rules.proposal_pause)} when another time is proposed, "
        f"{_days(rules.identity_pause)} when the unit does not know whom the meeting concerns, "
        f"{_days(rules.contest_pause)} when it contests and {_days(rules.redirect_pause)} when it redirects.",
        f"A call may be redirected {rules.redirect_hops} times, and at most {rules.substitutes_most} substitutes are "
        "asked for each party.",
    ]


def _reports(rules: RuleSet) -> list[str]:
    if not rules.automatic_reports:
        return [f'No report is raised by itself; "{rules.deviation_name_sv}" is written by hand.']
    return [
        f'A summoned party that stays away gets a report ("{rules.deviation_name_sv}") by itself, if it was called at '
        f"least {_days(rules.minimum_notice)} before.",
        f"The absent party is heard for {_days(rules.hearing)} and answers within "
        f"{_days(rules.answer_days, 'calendar day')}; it is reminded {rules.answer_reminders[0]} and "
        f"{rules.answer_reminders[1]} days before, and the head of operations is told {_days(rules.head_after)} after.",
        f"A mailbox counts as verified for {rules.verified_months} months after an answer from it.",
    ]


def _switches(rules: RuleSet) -> list[str]:
    shown = "may" if rules.show_other_units else "may not"
    must = "must" if rules.redirect_must_attend else "need not"
    entered = (
        "A colleague who says yes to a forwarded call is entered as the one who comes."
        if rules.approve_colleagues
        else "A colleague's yes to a forwarded call counts for the unit, which is asked who comes."
    )
    asked = "get" if rules.survey else "get no"
    half = (
        f"The half days {', '.join(sorted(rules.half_days))} end at {rules.half_day_closes}:00."
        if rules.half_days
        else "There are no half working days."
    )
    return [
        f"The called units {shown} see which other units are called.",
        f"A unit that was called by mistake {must} come itself when no right unit is found.",
        entered,
        f"Those who took part {asked} survey after the meeting."
        if not rules.survey
        else "Those who took part get a survey after the meeting.",
        half,
    ]


def _days(number: int, unit: str = "working day") -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _figures(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
