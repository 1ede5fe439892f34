"""A year played again by `sip replay`, as a process of its own with one process for each core.

`sip simulate` makes up some meetings of a year; they are copied by row, each with ids of its own and those that follow
from them, until there are as many as wanted. They are played once under the agreement they were called under, where no
figure may differ and no meeting be left out, and once under another one. Without either the run has no figure.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from benchmarks.machine import machine, versions
from benchmarks.server import Place, connect, place_of, server
from benchmarks.timers import Watcher
from sip.demo.county import AGREEMENT
from sip.domain.meeting import deviation_id
from sip.embedded.cluster import SUPERUSER
from sip.embedded.server import ServerHandle

N, MADE = 25_000, 200
YEAR = 2026
MOST_SECONDS = 60.0
"""What 25,000 meetings may take."""
TITLES = {"same": "as they were", "other": "under another agreement"}
_OF_MEETING = {"meeting": "id", "party": "meeting_id", "attendee": "meeting_id", "deviation": "meeting_id"}
_COLUMNS = """select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
 where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''"""


def measure(n: int, made: int, watcher: Watcher) -> dict[str, Any]:
    """The year made, copied, and played twice. Raises RuntimeError where it was not what it should be."""
    before = machine()
    with server() as handle, tempfile.TemporaryDirectory() as folder:
        run = _Run(handle, Path(folder))
        watcher.begins("A year made up", made, 1)
        run.sip("simulate", "--year", str(YEAR), "--meetings", str(made), "--seed", "1")
        watcher.ended()
        watcher.begins("Copied", n, 1)
        rows = asyncio.run(_copied(place_of(handle), n))
        watcher.ended()
        steps: dict[str, Any] = {}
        for name in TITLES:
            watcher.begins(TITLES[name], n, 1)
            steps[name] = run.played(name, n)
            watcher.ended()
    return {"benchmark": "replay", "n": n, "made": made, "journal": rows, "steps": steps, "machine": before,
            "versions": versions(mail=False)}  # fmt: skip


class _Run:
    """The command over one database."""

    def __init__(self, handle: ServerHandle, folder: Path) -> None:
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._env = kept | {
            "PYTHONPYCACHEPREFIX": kept.get("PYTHONPYCACHEPREFIX") or str(folder / "compiled"),
            "SIP_ENVIRONMENT": "test", "COLUMNS": "200",
            "SIP_DATABASE_URL": place_of(handle).url(), "SIP_DATABASE_OWNER_URL": handle.owner_url("sip_bench"),
            "SIP_SMTP_URL": "smtp://127.0.0.1:1?tls=off",
        }  # fmt: skip

    def sip(self, *words: str) -> tuple[str, float]:
        """What it printed, and the processor's seconds of it and of the processes it began. Raises RuntimeError."""
        told = self._folder / "said"
        with told.open("w") as said:
            done = subprocess.Popen([sys.executable, "-m", "sip", *words], env=self._env, stdout=said, stderr=said)
            _, status, used = os.wait4(done.pid, 0)
            done.returncode = os.waitstatus_to_exitcode(status)
        if done.returncode != 0:
            raise RuntimeError(f"sip {words[0]} failed, so there is no figure: {told.read_text()[-1000:]}")
        return told.read_text(encoding="utf-8"), used.ru_utime + used.ru_stime

    def played(self, name: str, n: int) -> dict[str, float]:
        """Seconds of one play, and of the processor's for each meeting. Raises RuntimeError where not all was played,
        or what must not differ does.
        """
        file = self._folder / "agreement.toml"
        text = AGREEMENT.read_text(encoding="utf-8")
        file.write_text(text if name == "same" else text.replace("minimum_notice = 3", "minimum_notice = 8"))
        began = perf_counter()
        said, worked = self.sip("replay", "--agreement", str(file), "--period", str(YEAR))
        took = perf_counter() - began
        bound = re.search(
            r"([\d,]+) meetings in .* s; ([\d,]+) of them are bound by the same rules", " ".join(said.split())
        )
        found = tuple(int(one.replace(",", "")) for one in bound.groups()) if bound else (0, 0)
        if found[0] != n or (name == "same" and found[1] != n) or "left out" in said:
            raise RuntimeError(f"The year was not played as it was, so there is no figure: {said[-2000:]}")
        return {"s": round(took, 2), "cpu_ms_each": round(worked / n * 1000, 2)}


async def _copied(place: Place, n: int) -> int:
    """Copies the meetings until there are `n`. Returns how many rows of the journal there are then."""
    line = await connect(place, SUPERUSER)
    try:
        await line.execute("set session_replication_role = replica")  # ids that follow from others are made here
        columns = {table: await line.fetchval(_COLUMNS, table) for table in (*_OF_MEETING, "journal")}
        meetings = [row[0] for row in await line.fetch("select id from meeting order by starts_at, id")]
        if not 0 < len(meetings) <= n:
            raise RuntimeError(f"{len(meetings)} meetings were made up, and {n} are wanted.")
        whole = {one: await _rows(line, one) for one in meetings}
        wanted = n - len(meetings)
        for begins in range(0, wanted, len(meetings)):
            await _write(line, columns, [_copy(*whole[one]) for one in meetings[: wanted - begins]])
        await line.execute("analyze")
        return int(await line.fetchval("select count(*) from journal"))
    finally:
        await line.close()


_Row = tuple[str, str]
"""A table, and a row of it as JSON."""


async def _rows(line: asyncpg.Connection, meeting: UUID) -> tuple[UUID, list[UUID], list[_Row]]:
    """A meeting, its reports, and all the rows of theirs that a replay reads."""
    found: list[_Row] = []
    for table, column in _OF_MEETING.items():
        rows = await line.fetch(f"select to_jsonb(t)::text from {table} t where {column} = $1", meeting)
        found += [(table, row[0]) for row in rows]
    reports = [row[0] for row in await line.fetch("select id from deviation where meeting_id = $1", meeting)]
    rows = await line.fetch("select to_jsonb(t)::text from journal t where aggregate = any($1)", [meeting, *reports])
    return meeting, reports, found + [("journal", row[0]) for row in rows]


def _copy(meeting: UUID, reports: Iterable[UUID], rows: Iterable[_Row]) -> list[_Row]:
    """The same of another meeting: its id, and those that follow from it, wherever they stand."""
    new = uuid4()
    ids = {str(meeting): str(new)}
    for report in reports:
        party = next(n for n in range(1, 100) if deviation_id(meeting, n) == report)
        ids[str(report)] = str(deviation_id(new, party))
    pattern = re.compile("|".join(ids))
    return [(table, pattern.sub(lambda found: ids[found.group()], row)) for table, row in rows]


async def _write(line: asyncpg.Connection, columns: dict[str, str], copies: list[list[_Row]]) -> None:
    by_table: dict[str, list[str]] = {table: [] for table in columns}
    for table, row in (one for copy in copies for one in copy):
        by_table[table].append(row)
    for table, rows in by_table.items():
        named = columns[table]
        for n in range(0, len(rows), 2_000):
            text = f"[{','.join(rows[n : n + 2_000])}]"
            statement = f"insert into {table} ({named}) select {named} from jsonb_populate_recordset(null::{table}, $1)"
            await line.execute(statement, text)
