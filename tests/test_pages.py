"""What pages and code say of each other: citations that lead somewhere, tables that tell what the code does.

A citation is "house, law 3", "mail-cases, case 16", "rules, section 5 L1" or "domain, section 3". It is read across
line breaks, with its lists ("cases 16-19, 31 and 33"), and each thing it names must stand in the page.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sip import retention
from sip.domain import account
from sip.settings import Settings
from tests.test_house import ROOT, name, tracked
from tests.usecases.cases import CASES

DOCS = ROOT / "docs"
# What was cited once and is no page of this project. In pieces, so that this file does not say it.
GONE = re.compile(r"\bdesign(\.md)?,\s+(rule|section)|\bim" + r"ip(\.md)?,\s+(sections?|cases?)\s")

_NUMBERS = r"\d+(?:-\d+)?(?:(?:,\s+(?:and\s+)?|\s+and\s+)\d+(?:-\d+)?)*"
_RULE = r"[A-Z]\d(?:-[A-Z]\d)?"
_PLACE = rf"\d+(?:\s+{_RULE}(?:,\s+{_RULE})*)?"
_LAW = re.compile(rf"\bhouse,\s+laws?\s+({_NUMBERS})")
_CASE = re.compile(rf"\bmail-cases,\s+cases?\s+({_NUMBERS})")
_SECTION = re.compile(
    rf"\b(rules|domain|mail-cases)(?:\.md)?(?:\]\([^)]*\))?,\s+sections?\s+"
    rf"({_PLACE}(?:(?:,\s+|;\s+section\s+|\s+and\s+(?:section\s+)?|,\s+and\s+){_PLACE})*)"
)


def texts() -> Iterator[tuple[str, str]]:
    """Code, tests and pages; in a docstring or a comment a citation may go on in the next line."""
    for path in tracked():
        if path.suffix in (".py", ".md", ".toml", ".j2", ".sql") and path != Path(__file__):
            text = path.read_text(encoding="utf-8")
            yield name(path), re.sub(r"\n\s*(?:#\s*)?", " ", text)


def spread(numbers: str) -> Iterator[int]:
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", numbers):
        yield from range(int(first), int(last or first) + 1)


@cache
def page(stem: str) -> str:
    return (DOCS / f"{stem}.md").read_text(encoding="utf-8")


@cache
def sections(stem: str) -> dict[int, str]:
    """Number -> what stands under it."""
    parts = re.split(r"^## (\d+)\. .*$", page(stem), flags=re.MULTILINE)[1:]
    return dict(zip(map(int, parts[::2]), parts[1::2], strict=True))


def named_in(place: str) -> tuple[int, list[str]]:
    """`5 L1-L3` -> section 5 and its rules L1, L2, L3."""
    number, _, rules = place.partition(" ")
    found = []
    for first, last in re.findall(r"([A-Z]\d)(?:-([A-Z]\d))?", rules):
        found += [f"{first[0]}{n}" for n in range(int(first[1]), int((last or first)[1]) + 1)]
    return int(number), found


def missing(text: str) -> Iterator[str]:
    """The citations in a text that lead nowhere."""
    laws = set(map(int, re.findall(r"^### Law (\d+): ", page("house"), re.MULTILINE)))
    cases = {case.number for case in CASES}
    for what, pattern, there in (("law", _LAW, laws), ("case", _CASE, cases)):
        for numbers in pattern.findall(text):
            yield from (f"{what} {number}" for number in spread(numbers) if number not in there)
    for stem, places in _SECTION.findall(text):
        for place in re.findall(_PLACE, places):
            number, rules = named_in(place)
            under = sections(stem).get(number)
            if under is None:
                yield f"{stem}, section {number}"
            else:
                headed = set(re.findall(r"^### (\w+)$", under, re.MULTILINE))
                yield from (f"{stem}, section {number} {rule}" for rule in rules if rule not in headed)


def test_every_citation_leads_somewhere() -> None:
    found = [f"{where} cites {gap}" for where, text in texts() for gap in missing(text)]
    assert not found


def test_nothing_cites_what_is_not_here() -> None:
    found = [f"{where}: {match[0]}" for where, text in texts() for match in GONE.finditer(text)]
    assert not found


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("(house, law 3; rules, section 2)", []),
        ("(house, laws 3 and 99)", ["law 99"]),
        ("(mail-cases, cases 16-19, 31 and 99)", ["case 99"]),
        ("(mail-cases, cases 5, 8, 12, 24 and 38-40). Each", []),
        ("rules, section 5 L1-L3", []),
        ("rules, sections 4 T3-T4, 5 L1 and 8 A3", []),
        ("rules, section 5 L1, R9", ["rules, section 5 R9"]),
        ("rules, section 5 R1; section 8 A9", ["rules, section 8 A9"]),
        ("[rules.md](rules.md), section 99", ["rules, section 99"]),
        ("rules, sections 5 L6 and 6", []),
        ("domain, section 3", []),
        ("mail-cases, section 12", ["mail-cases, section 12"]),
    ],
)
def test_a_citation_is_read_as_people_write_it(text: str, gaps: list[str]) -> None:
    assert list(missing(text)) == gaps


def test_the_cases_are_told_as_they_are_tried() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", sections("mail-cases")[4], re.MULTILINE)
    told = {int(number): re.findall(r"`([a-z_]+ [a-z_]+)`", outcomes) for number, outcomes in rows}
    tried = {
        number: list(dict.fromkeys(r.came for c in CASES if c.number == number for r in c.rows)) for number in told
    }
    assert told == tried
    assert list(told) == list(range(1, 55)) == sorted({case.number for case in CASES})


def test_the_privacy_page_holds_the_table_of_retention() -> None:
    """What ends when is said to the data protection officer as the code does it."""
    told = page("privacy").partition("## How long\n\n")[2].partition("\n\n")[0] + "\n"
    assert told == retention.page(), "print(sip.retention.page()) is what stands under How long"
    settings = {row.setting for row in retention.TABLE if row.setting}
    assert settings <= {f"SIP_{name.upper()}" for name in Settings.model_fields}


def test_a_link_to_a_password_holds_as_long_as_the_table_says() -> None:
    assert retention.INVITATION_LINK.life == account.INVITED_FOR
    assert retention.PASSWORD_LINK.life == account.FORGOTTEN_FOR


def test_no_other_page_tells_another_time() -> None:
    text, link, report = " ".join(page("privacy").split()), retention.LINK.life, retention.REPORT_LINK.life
    assert f"until {link.days} days after the meeting; one to a report, for {report.days} days" in text


@pytest.mark.parametrize("path", ["edges/mail/prepared.py", "domain/values.py", "store/codec.py"])
def test_what_is_longer_for_speed_names_its_figure(path: str) -> None:
    """Nobody keeps a quick way that no figure pays for; the head names the chapter that has it."""
    head = " ".join((ROOT / "src" / "sip" / path).read_text(encoding="utf-8").split('"""')[1].split())
    found = re.search(r'What pays for it: [^(]+\(docs/benchmarks\.md, "([^"]+)"\)', head)
    assert found is not None
    assert re.search(rf"^## {found[1]}", page("benchmarks"), re.MULTILINE)


def test_the_rules_stand_one_to_a_line() -> None:
    long = [line for line in page("rules").splitlines() if len(line) > 120]
    assert not long, "a rule or a part of one has an item of its own, and a line is read without scrolling"
    headed = re.findall(r"^### ([A-Z]\d)$", page("rules"), re.MULTILINE)
    assert headed == sorted(set(headed), key=headed.index), "each rule has one heading"
