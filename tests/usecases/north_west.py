"""A made-up year of a made-up north-west: 48 reports of failures of cooperation in the eight categories of the paper
compilation that this service began with (docs/domain.md, section 1), the year before with 41, and their meetings.

The figures are nobody's; `north_west.csv` holds the reports, a line each. In spring an event of the whole county had
meetings paused.
"""

import csv
from collections import defaultdict
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sip.store import db as database
from sip.store.db import Database
from tests.tester import TESTER

YEAR, AFTER = 2026, datetime(2027, 2, 8, 9, 0, tzinfo=UTC)
PRINCIPALS = {
    "region": ("Region Exempel", "region"), "ask": ("Ask kommun", "municipality"),
    "bjork": ("Björk kommun", "municipality"), "ek": ("Ek kommun", "municipality"),
    "hassel": ("Hassel kommun", "municipality"), "lind": ("Lind kommun", "municipality"),
    "ronn": ("Rönn kommun", "municipality"),
}  # fmt: skip
AREA = "Nordväst"
REPORTS = Path(__file__).parent / "north_west.csv"
_SHARE = {"region": 44, "ask": 12, "bjork": 9, "ek": 17, "hassel": 6, "lind": 10, "ronn": 2}
_KINDS = ("child", "child", "adult", "adult", "adult", "discharge", "discharge", "lss", "placement", "other")
_FORMS = ("physical", "physical", "video", "video", "video", "hybrid", "phone")


Rows = defaultdict[str, list[dict[str, Any]]]


def ident(name: str) -> UUID:
    return uuid5(UUID(int=48), name)


async def build(db: Database) -> None:
    """Fills an empty, migrated database: seven principals with a unit each, 310 meetings a year, the reports."""
    async with db.transaction(TESTER) as conn:
        raw, rows = await database.raw(conn), Rows(list)
        for key, (name, kind) in PRINCIPALS.items():
            await place(raw, key, name, kind)
        for year, meetings in ((YEAR, 310), (YEAR - 1, 287)):
            for n in range(meetings):
                _meeting(rows, year, n)
        for n, line in enumerate(lines()):
            _report(rows, n, line)
        await _write(raw, rows)


async def place(raw: Any, key: str, name: str, kind: str) -> None:
    """A principal with a unit."""
    await raw.execute("insert into principal (id, name, kind) values ($1, $2, $3)", ident(key), name, kind)
    await raw.execute(
        "insert into organisation (id, principal_id, name, kind) values ($1, $2, $3, $4)",
        ident(f"{key}/n"), ident(key), f"Nämnden {name}", "private_provider" if key == "hassel" else "board",
    )  # fmt: skip
    await raw.execute(
        "insert into unit (id, organisation_id, name, phone, language, area) values ($1, $2, $3, '', 'sv', $4)",
        ident(f"{key}/u"), ident(f"{key}/n"), f"Enheten {name}", AREA,
    )  # fmt: skip


async def one_more(db: Database) -> None:
    """A meeting of the year that is recorded late."""
    rows = Rows(list)
    _meeting(rows, YEAR, 9001)
    async with db.transaction(TESTER) as conn:
        await _write(await database.raw(conn), rows)


def lines() -> list[dict[str, str]]:
    """The reports of both years."""
    return list(csv.DictReader(REPORTS.read_text(encoding="utf-8").splitlines(), delimiter=";"))


async def _write(raw: Any, rows: Rows) -> None:
    for table, several in rows.items():
        places = ", ".join(f"${at}" for at in range(1, len(several[0]) + 1))
        sql = f"insert into {table} ({', '.join(several[0])}) values ({places})"
        await raw.executemany(sql, [tuple(row.values()) for row in several])


def _unit(key: str, prefix: str = "") -> dict[str, Any]:
    found = {"unit_id": ident(f"{key}/u"), "organisation_id": ident(f"{key}/n"), "principal_id": ident(key)}
    return {f"{prefix}{name}": value for name, value in found.items()}


def _place(key: str) -> dict[str, Any]:
    kind = "private_provider" if key == "hassel" else "board"
    return {"area": AREA, "organisation_kind": kind, "principal_kind": PRINCIPALS[key][1]}


def _drawn(n: int, salt: int, of: int) -> int:
    """A number below `of`, as if drawn by lot, and the same each time."""
    return int.from_bytes(sha256(f"{n}/{salt}".encode()).digest()[:4], "big") % of


def _one_of(n: int, salt: int) -> str:
    at = _drawn(n, salt, sum(_SHARE.values()))
    for key, share in _SHARE.items():
        if at < share:
            return key
        at -= share
    raise AssertionError(at)


def _meeting(rows: Rows, year: int, n: int) -> None:
    number = n + year * 1000
    month = (1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 9, 10, 10, 11, 11, 12)[_drawn(number, 1, 19)]
    special = year == YEAR and month in (3, 4) and _drawn(number, 2, 3) > 0
    cancelled = _drawn(number, 3, 100) < (55 if special else 12)
    meeting, caller = ident(f"m{number}"), "region" if _drawn(number, 4, 10) < 7 else _one_of(number, 5)
    outcome = None if cancelled else "party_missing" if _drawn(number, 6, 14) == 0 else "held"
    rows["counted_meeting"].append({
        "meeting_id": meeting, "month": date(year, month, 1), **_unit(caller), "kind": _KINDS[_drawn(number, 7, 10)],
        "purpose": "new_plan", "form": _FORMS[_drawn(number, 8, 7)], "state": "cancelled" if cancelled else "closed",
        "cancel_reason": "other" if cancelled else None, "outcome": outcome, "moves": int(_drawn(number, 9, 6) == 0),
        "special": special, "over_at": AFTER, **_place(caller),
    })  # fmt: skip
    for ordinal in range(0 if cancelled else 2 + _drawn(number, 10, 3)):
        _party(rows, year, month, meeting, ordinal + 2, number * 10 + ordinal, caller)


def _party(rows: Rows, year: int, month: int, meeting: UUID, ordinal: int, n: int, caller: str) -> None:
    key = _one_of(n, 11)
    in_time = _drawn(n, 12, 100) < (82 if year == YEAR else 77)
    answered = in_time or _drawn(n, 13, 4) > 0
    bound = _drawn(n, 14, 20) > 0
    wanted = _drawn(n, 15, 7) == 0
    steps = ("reminder", "no_acknowledgement", "no_answer", "still_none")
    fired = 0 if in_time and _drawn(n, 16, 4) else (1, 1, 1, 2, 2, 3, 4)[_drawn(n, 17, 7)]
    missed = bound and _drawn(n, 18, 100) < (6 if year == YEAR else 8)
    rows["counted_party"].append({
        "meeting_id": meeting, "ordinal": ordinal, "month": date(year, month, 1), **_unit(key),
        **_unit(caller, "caller_"), "obligation": "summoned" if bound else "invited", "bound": bound, "reached": True,
        "answered": answered, "in_time": in_time,
        "acknowledged_minutes": 60 * (1 + _drawn(n, 19, 40)) if answered else None,
        "answered_minutes": 60 * (2 + _drawn(n, 20, 70)) if answered else None,
        "substitute_wanted": wanted, "substitute_found": wanted and _drawn(n, 21, 3) > 0,
        "escalations": list(steps[:fired]), "highest": steps[fired - 1] if fired else None,
        "mark": "absent" if missed else "attended", "no_show": missed, **_place(key),
    })  # fmt: skip


def _report(rows: Rows, n: int, line: dict[str, str]) -> None:
    good, answered = line["good"] == "yes", bool(line["days"])
    rows["counted_report"].append({
        "deviation_id": ident(f"r{n}"), "meeting_id": ident(f"of{n}"),
        "month": date(int(line["year"]), int(line["month"]), 1), **_unit(line["reporting"], "reporting_"),
        **_unit(line["receiving"]), "automatic": line["automatic"] == "yes", "good_example": good,
        "categories": line["categories"].split(), "cause": line["cause"] or None, "state": line["state"],
        "due_at": AFTER, "answer_days": int(line["days"]) if answered else None, "in_time": line["in_time"] == "yes",
        "measures": int(line["measures"]), "measures_done": int(line["done"]), **_place(line["receiving"]),
    })  # fmt: skip
