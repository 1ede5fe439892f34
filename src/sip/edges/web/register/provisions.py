"""What a version says, provision by provision, in the reader's language; and two of them side by side.

The law of this file: every figure of an agreement is in a sentence of its own kind, so that two versions that differ
differ in a sentence (a test changes each); the words that differ are marked, and found by comparing the sentences.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from uuid import UUID

from sip.domain.agreement import Agreement, RuleSet
from sip.edges.web import agreement_form
from sip.edges.web.shell.phrases import Phrases

_WORDS = re.compile(r"\s+|[^\s]+")

Marked = tuple[tuple[str, bool], ...]
"""A sentence in pieces, each with whether the other side has it otherwise."""


@dataclass(frozen=True, slots=True)
class ProvisionPair:
    """One provision of two versions; what is not in one of them is empty there."""

    key: str
    left: Marked
    right: Marked

    @property
    def differs(self) -> bool:
        """Whether the two say different things."""
        return any(changed for _, changed in (*self.left, *self.right))


def provisions(phrases: Phrases, one: Agreement, principals: Mapping[UUID, str]) -> dict[str, str]:
    """The sentences of a version, by a key that is the same in every version."""
    return dict((*_frame(phrases, one, principals), *_steps(phrases, one.rules), *_more(phrases, one)))


def figures_of(phrases: Phrases, one: Agreement, keys: Collection[str]) -> list[str]:
    """The sentences of these keys alone, of what it says of steps, reports and mailboxes."""
    said = (*_steps(phrases, one.rules), *_more(phrases, one))
    return [sentence for key, sentence in said if key in keys]


def side_by_side(
    phrases: Phrases, left: Agreement, right: Agreement, principals: Mapping[UUID, str]
) -> list[ProvisionPair]:
    """Both versions provision by provision, in the order of a text."""
    one, other = provisions(phrases, left, principals), provisions(phrases, right, principals)
    keys = list(dict.fromkeys([*one, *other]))
    return [ProvisionPair(key, *_marked(one.get(key, ""), other.get(key, ""))) for key in keys]


def _marked(left: str, right: str) -> tuple[Marked, Marked]:
    ours, theirs = _WORDS.findall(left), _WORDS.findall(right)
    mine: list[tuple[str, bool]] = []
    yours: list[tuple[str, bool]] = []
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if a < b:
            mine.append(("".join(ours[a:b]), tag != "equal"))
        if c < d:
            yours.append(("".join(theirs[c:d]), tag != "equal"))
    return tuple(mine), tuple(yours)


Said = Iterator[tuple[str, str]]


def _count(phrases: Phrases, unit: str, n: int) -> str:
    return phrases.t(f"register.count.{unit}_{'one' if n == 1 else 'many'}", n=n)


def _working(phrases: Phrases, n: int) -> str:
    return _count(phrases, "working", n)


def _frame(phrases: Phrases, one: Agreement, principals: Mapping[UUID, str]) -> Said:
    def says(key: str, **facts: object) -> str:
        return phrases.t(f"register.says.{key}", **facts)

    yield "reach", says("local" if one.local else "regional")
    first, last = phrases.day(one.valid_from), phrases.day(one.valid_to) if one.valid_to else ""
    yield "holds", says("holds", first=first, last=last) if last else says("holds_open", first=first)
    number, on = one.registration_number, phrases.day(one.decided) if one.decided else ""
    key = ("decided" if on else "number_only") if number else "decided_no_number" if on else "undecided"
    yield "decided", says(key, day=on, number=number or "")
    yield "kinds", says("kinds", kinds=", ".join(phrases.t(f"kind.{kind}") for kind in sorted(one.kinds)))
    names = phrases.names(principals.get(principal, "–") for principal in one.principals)
    yield "joined", says("joined", names=", ".join(names)) if names else says("joined_none")


def _steps(phrases: Phrases, rules: RuleSet) -> Said:
    def days(n: int) -> str:
        return _working(phrases, n)

    def says(key: str, **facts: object) -> str:
        return phrases.t(f"register.says.{key}", **facts)

    reminder, watchers, manager, head = rules.gaps
    yield "reminder", says("reminder", days=days(reminder))
    yield "watchers", says("watchers", days=days(watchers))
    yield "manager", says("manager", days=days(manager), bound=days(rules.no_answer_bound))
    yield "head", says("head", days=days(head), bound=days(rules.still_none_bound))
    yield "deadline", says("deadline", days=days(rules.deadline_bound))
    yield "question", says("question", days=days(rules.question_bound))
    for name in ("proposal_pause", "identity_pause", "contest_pause", "redirect_pause"):
        yield name, says(name, days=days(getattr(rules, name)))
    yield "redirect_hops", says("redirect_hops", times=_count(phrases, "times", rules.redirect_hops))
    yield "substitutes_most", says("substitutes_most", n=rules.substitutes_most)
    automatic = "automatic_yes" if rules.automatic_reports else "automatic_no"
    yield "automatic", says(automatic, days=days(rules.minimum_notice))
    yield "hearing", says("hearing", days=days(rules.hearing))
    yield "answer", says("answer", days=_count(phrases, "calendar", rules.answer_days))
    first, second = (_count(phrases, "calendar", n) for n in rules.answer_reminders)
    yield "reminders", says("reminders", first=first, second=second)
    yield "head_after", says("head_after", days=days(rules.head_after))


def _more(phrases: Phrases, one: Agreement) -> Said:
    rules, discharge = one.rules, one.discharge_rules

    def says(key: str, **facts: object) -> str:
        return phrases.t(f"register.says.{key}", **facts)

    switches = {"others": rules.show_other_units, "redirect": rules.redirect_must_attend,
                "colleague": rules.approve_colleagues}  # fmt: skip
    for name, on in switches.items():
        yield name, says(f"{name}_{'yes' if on else 'no'}")
    names = ", ".join(sorted(rules.half_days))
    yield "half_days", says("half_days", names=names, n=rules.half_day_closes) if names else says("half_days_none")
    yield "verified", says("verified", months=_count(phrases, "months", rules.verified_months))
    yield "called", says("called", sv=rules.deviation_name_sv, en=rules.deviation_name_en)
    first, second, third, fourth = discharge.gaps
    yield "discharge_steps", says("discharge_steps", first=first, second=second, third=third, fourth=fourth)
    notice = _count(phrases, "calendar", discharge.minimum_notice)
    yield "discharge_notice", says("discharge_notice", days=notice)
    if more := "; ".join(_apart(phrases, rules, discharge)):
        yield "discharge_more", says("discharge_more", more=more)
    one_, two, three = one.renewal
    yield "renewal", says("renewal", first=one_, second=two, third=three)
    yield "share", says("share", n=one.region_share)


def _apart(phrases: Phrases, rules: RuleSet, discharge: RuleSet) -> Iterator[str]:
    """What else a file may say of discharge, with the labels of the form."""
    for field in fields(RuleSet):
        name, usual, special = field.name, getattr(rules, field.name), getattr(discharge, field.name)
        if usual == special or name in (*agreement_form.DISCHARGE, "name", "version", "law_only"):
            continue
        if isinstance(special, tuple):
            yield from (f"{phrases.t(f'agreement.figure.{name}_{n}')}: {value}" for n, value in enumerate(special, 1))
        else:
            yield f"{phrases.t(f'agreement.figure.{name}')}: {agreement_form.said(phrases, special)}"
