"""The page docs/access.md and the table in docs/privacy.md: who may do what, where, and what of it is in view.

Pure text out, made from the table that the service itself asks (`sip.usecases.acts`): `make docs` writes it,
`tests/test_access.py` holds the pages to it.
"""

import inspect
import sys
from collections.abc import Iterable
from pathlib import Path

from sip.domain.people import Role
from sip.store.seen.scope import Seen
from sip.usecases.actor import WITHOUT_PLACE
from sip.usecases.acts import TABLE, Act, Where

DOCS = Path(__file__).parent.parent / "docs"
BEGIN, END = "<!-- made from the code by make docs -->", "<!-- to here -->"

HEAD = """\
# Who may do what, and see what

Made from `src/sip/usecases/acts.py` and `src/sip/store/seen/scope.py` by `make docs`; change it there.

A person acts in one role at a time. Her **scope** is the narrowest place that the role is held in: a unit, else an
organisation, else a principal; without any, the whole installation or nothing. What is not in view is not there (404);
what is in view and the role may not touch is forbidden (403). Every route of pages and API is tried as every role,
inside and outside its place (`tests/doors.py` names the act of each).
"""

PLACES = {
    Where.IN_VIEW: "whatever is in view, see below",
    Where.CONVENING: "meetings that a unit of the scope convenes",
    Where.PARTY: "parties of the scope, and every party of a meeting that the scope convenes",
    Where.REPORTING: "reports that a unit of the scope raised",
    Where.RECEIVING: "reports on a unit of the scope",
    Where.SIDE: "reports of which a unit of the scope is one of the two",
    Where.GROUP: "boards of the areas in which units of the scope lie, and the county's; standing groups",
    Where.OWNER: "decisions that a unit of the scope is to do; for who keeps the agenda all of it",
    Where.COUNTY: "standing groups of a county that the scope lies in; of several counties, kept by the whole alone",
    Where.PLACE: "units, organisations and principals of the scope",
    Where.INSTALLATION: "once for all, so only for who has the whole installation",
    Where.OWN_UNIT: "the one unit that the role is held in",
    Where.ANYWHERE: "the same for everybody",
}
ABOUT = {
    Act.READ_MEETINGS: "read meetings, lists, calendars",
    Act.WATCH_AREA: "subscribe to the calendar of an area",
    Act.CONVENE: "make, call, move, cancel a meeting; ask for times; decide an uncertain answer",
    Act.RECORD: "record who came; tick what is to prepare",
    Act.ANSWER: "answer, name who comes, stand in",
    Act.READ_JOURNAL: "read a meeting's journal",
    Act.READ_DEVIATIONS: "read reports",
    Act.ANSWER_DEVIATION: "be heard, and give the cause",
    Act.SETTLE_DEVIATION: "settle, forward, merge, close or withdraw a report",
    Act.DISCUSS_DEVIATION: "write to the other unit about a report, take and follow up a measure",
    Act.RAISE_DEVIATION: "write a report by hand",
    Act.KEEP_CASES: "keep a case and its consent",
    Act.NAME_USERS: "name who may see a protected meeting",
    Act.READ_INBOUND: "read received mail",
    Act.READ_DIRECTORY: "read names of units, and agreements",
    Act.SEE_OWN_UNIT: "see the page of one's unit",
    Act.KEEP_STAFFING: "keep substitutes, closed days and days away",
    Act.KEEP_UNIT: "keep a unit's addresses, and try its mailbox",
    Act.KEEP_DIRECTORY: "keep the directory, look at agreements",
    Act.KEEP_INSTALLATION: "keep users, keys, agreements and files of the directory",
    Act.KEEP_IN_HAND: "take a meeting over, note it, put it off",
    Act.KEEP_PATTERNS: "keep patterns for new meetings",
    Act.WATCH_GAPS: "be told what called units lack",
    Act.WATCH_UNITS: "read a unit's year",
    Act.AUDIT: "ask who read what, review a sample, make extracts",
    Act.READ_STATISTICS: "read the statistics",
    Act.READ_DECISIONS: "read what the county's groups are for and have decided, and search in it",
    Act.READ_SITUATIONS: "read a county's situation pictures, week by week",
    Act.KEEP_ANNUAL_REPORT: "read, write in and publish the yearly report",
    Act.READ_AGENDA: "read a board's agenda, decisions and minutes, and search them",
    Act.KEEP_AGENDA: "put questions before a board, list them, write decisions",
    Act.FOLLOW_RESOLUTION: "say what came of a decision",
    Act.WATCH_SIGNALS: "see what suggests systemic failures",
    Act.READ_GROUPS: "see standing groups and who sits in them",
    Act.KEEP_GROUPS: "found standing groups, and make and change their seats",
    Act.APPOINT: "say who is appointed to a seat, when at the earliest, and who leaves",
    Act.SET_CLOCK: "set the clock, where that is allowed at all",
    Act.DISPOSE: "decide how long an organisation keeps matters, set holds, dispose and export",
    Act.KEEP_WEBHOOKS: "connect other systems that are told of what happens, and take them away",
}
KINDS = ("meeting", "deviation", "item", "inbound", "journal", "case", "unit", "person")
_SHOWN = {
    "meetings": Act.READ_MEETINGS, "their journal": Act.READ_JOURNAL, "received mail": Act.READ_INBOUND,
    "reports": Act.READ_DEVIATIONS, "cases": Act.KEEP_CASES, "directory": Act.KEEP_DIRECTORY,
    "users": Act.KEEP_INSTALLATION,
}  # fmt: skip
_SHORT = {
    Where.IN_VIEW: "in view",
    Where.CONVENING: "where the scope convenes",
    Where.PLACE: "of the scope",
    Where.INSTALLATION: "for the whole installation",
}


def page() -> str:
    """The whole of docs/access.md."""
    return "\n".join(
        (HEAD, "## Acts\n", *_acts(), "", "## Without a place\n", _places(), "", "## In view\n", *_kinds(), "")
    )


def _rows(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = list(head)
    return [f"| {' | '.join(row)} |" for row in (names, ["---"] * len(names), *map(list, rows))]


def _acts() -> list[str]:
    rows = []
    for act, rule in TABLE.items():
        rows.append((ABOUT[act], _names(rule.roles), PLACES[rule.where]))
    return _rows(("act", "roles", "where, within the scope"), rows)


def _names(roles: frozenset[Role]) -> str:
    if roles == frozenset(Role):
        return "all"
    if len(roles) > len(Role) - 3:
        return "all but " + _names(frozenset(Role) - roles)
    return ", ".join(_word(role) for role in Role if role in roles)


def _word(role: Role) -> str:
    return role.value.replace("_", " ")


def _places() -> str:
    return (
        f"Without a place {_names(WITHOUT_PLACE)} have the whole installation in view, and so has a key of"
        "\nthe API; for all others nothing is in view."
    )


def _kinds() -> list[str]:
    rows = []
    for kind in KINDS:
        said = inspect.getdoc(getattr(Seen, kind)) or ""
        rows.append((kind, " ".join(said.split("As `")[0].split())))
    return _rows(("a row of", "is in view where"), rows)


def block() -> str:
    """The table of docs/privacy.md, between its marks."""
    rows = []
    for role in Role:
        cells = (_SHORT[TABLE[act].where] if role in TABLE[act].roles else "" for act in _SHOWN.values())
        rows.append((_word(role), *cells))
    return "\n".join((BEGIN, *_rows(("role", *_SHOWN), rows), END))


def in_privacy(text: str) -> str:
    """The page with the table as it is now."""
    before, rest = text.split(BEGIN)
    return before + block() + rest.split(END)[1]


def main() -> None:
    (DOCS / "access.md").write_text(page(), encoding="utf-8")
    path = DOCS / "privacy.md"
    path.write_text(in_privacy(path.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write("docs/access.md, docs/privacy.md\n")


if __name__ == "__main__":
    main()
