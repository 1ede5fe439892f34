"""The tables of docs/fhir.md, out of the code that they tell of: statuses, extensions, what may be searched for.

Pure text out: `make docs` writes it, `tests/test_access.py` holds the page to it.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from sip.edges.fhir.definitions import DEFINITIONS
from sip.edges.fhir.parameters import INCLUDES, PARAMETERS, SORTS
from sip.edges.fhir.statuses import OUTCOME, PARTICIPANT, RESPONSE

PAGE = Path(__file__).parent.parent / "docs" / "fhir.md"
BEGIN, END = "<!-- made from the code by make docs -->", "<!-- to here -->"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = list(head)
    return [f"| {' | '.join(row)} |" for row in (names, ["---"] * len(names), *map(list, rows))]


def tables() -> str:
    """What stands between the two marks."""
    closed = [(f"closed, `{outcome.value}`", f"`{status}`") for outcome, status in OUTCOME.items()]
    meetings = [
        ("`draft`", "`proposed`"),
        ("`called`, `ended`, closed unrecorded; somebody in view is not covered", "`pending`"),
        ("the same; everybody in view is covered", "`booked`"),
        *closed,
        ("`cancelled`", "`cancelled`"),
    ]
    lines = ["## A meeting's status", "", *_table(("the meeting", "`Appointment.status`"), meetings), ""]
    standings = [(f"`{ours.value}`", f"`{theirs}`") for ours, theirs in PARTICIPANT.items()]
    lines += ["## A party's status", "", *_table(("where it stands", "`participant.status`"), standings), ""]
    kinds = [(f"`{ours.value}`", f"`{theirs}`") for ours, theirs in RESPONSE.items()]
    lines += ["## An answer's status", "", *_table(("the answer", "`participantStatus`"), kinds), ""]
    said = [
        (f"`{one.url}`", ", ".join(one.where), one.about, ", ".join(f"`{code}`" for code in one.codes) or "a number")
        for one in DEFINITIONS
    ]
    lines += ["## What FHIR cannot say", "", *_table(("extension", "of", "what it says", "one of"), said), ""]
    asked = [
        (kind, f"`{name}`", one.kind, one.about)
        for kind, taken in PARAMETERS.items() for name, one in taken.items()
    ]  # fmt: skip
    lines += ["## What may be searched for", "", *_table(("resource", "parameter", "type", "what it is"), asked), ""]
    ways = [
        (kind, ", ".join(f"`{one}`" for one in SORTS[kind]), ", ".join(f"`{one}`" for one in INCLUDES[kind]))
        for kind in PARAMETERS
    ]
    lines += [
        "## What it is sorted by, and what comes along",
        "",
        *_table(("resource", "`_sort`", "`_include`"), ways),
        "",
    ]
    return "\n".join(lines)


def in_page(text: str) -> str:
    """The page with its tables as they are now."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{rest.split(END)[1]}"


def main() -> None:
    PAGE.write_text(in_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write("docs/fhir.md\n")


if __name__ == "__main__":
    main()
