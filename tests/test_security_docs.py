"""What docs/security says: each test that it names is there, each state has its ground, each dependency its hash."""

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SECURITY = ROOT / "docs" / "security"
STATES = ("met", "not met", "the organisation's", "does not apply")
# OWASP ASVS 5.0.0 has so many requirements of level 1, and so many more of level 2.
OF_LEVEL = {"1": 70, "2": 183}

with (SECURITY / "asvs.csv").open(encoding="utf-8", newline="") as lines:
    HEADER, *ROWS = csv.reader(lines)
PAGES = sorted(SECURITY.rglob("*.md"))


def number(requirement: str) -> tuple[int, ...]:
    found = re.fullmatch(r"v5\.0\.0-(\d+)\.(\d+)\.(\d+)", requirement)
    assert found, requirement
    return tuple(map(int, found.groups()))


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def missing(named: str) -> bool:
    path, _, test = named.partition("::")
    return not (ROOT / path).is_file() or test not in functions_of(path)


def test_each_requirement_stands_once_and_in_order() -> None:
    assert HEADER == ["requirement", "level", "what it asks", "state", "tests", "why"]
    numbers = [number(row[0]) for row in ROWS]
    assert numbers == sorted(set(numbers))
    assert {level: sum(row[1] == level for row in ROWS) for level in OF_LEVEL} == OF_LEVEL
    assert len(ROWS) == sum(OF_LEVEL.values())


def test_each_state_has_its_ground() -> None:
    for requirement, _, asked, state, tests, why in ROWS:
        assert asked, requirement
        assert state in STATES, requirement
        assert why or (state == "met" and tests), f"{requirement} has neither a test nor a reason"


def test_what_is_the_organisations_says_what_to_do() -> None:
    theirs = [row for row in ROWS if row[3] == "the organisation's"]
    assert len(theirs) > 8
    assert [row[0] for row in theirs if len(row[5]) < 30] == []


def test_no_script_of_ours_writes_to_a_name_it_was_given() -> None:
    """Nothing is merged from what came from outside, and no prototype is named (ASVS 15.3.6)."""
    scripts = sorted((ROOT / "src" / "sip" / "edges" / "web" / "static").glob("*.js"))
    assert len(scripts) >= 10
    risky = re.compile(
        r"__proto__|\.prototype\b|\bextend\(|\[[^\]'\"\d]+\]\s*=(?!=)|Object\.assign\((?!old\.dataset, )"
    )
    found = [(file.name, hit[0]) for file in scripts for hit in risky.finditer(file.read_text(encoding="utf-8"))]
    assert found == []


def test_each_test_it_names_is_there() -> None:
    named = {(row[0], test) for row in ROWS for test in row[4].split()}
    assert len(named) > 100
    assert sorted(one for one in named if missing(one[1])) == []


def test_what_a_reason_points_to_is_there() -> None:
    known = {row[0] for row in ROWS}
    for requirement, *_, why in ROWS:
        for path in re.findall(r"\b(?:docs|src|docker|requirements)/[\w./-]*\w", why):
            assert (ROOT / path).exists(), f"{requirement} names {path}"
        for other in re.findall(r"v5\.0\.0-[\d.]*\d", why):
            assert other in known, f"{requirement} names {other}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_test_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py::\w+)`", page.read_text(encoding="utf-8"))
    assert [one for one in named if missing(one)] == []


def test_the_threat_model_names_tests() -> None:
    text = (SECURITY / "threat-model.md").read_text(encoding="utf-8")
    assert len(re.findall(r"`tests/[\w/]+\.py::\w+`", text)) >= 20


@pytest.mark.parametrize("lock", ["runtime.lock", "dev.lock", "sbom.lock", "uv.txt"])
def test_every_dependency_is_locked_by_its_hash(lock: str) -> None:
    text = re.sub(r"\\\n", " ", (ROOT / "requirements" / lock).read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    assert [line for line in lines if not re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []
