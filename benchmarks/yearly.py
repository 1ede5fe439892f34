"""The statistics and the yearly report over the counts of 25,000 and of 250,000 meetings a year.

Counts are made by set-based SQL: a region and twenty municipalities, three hundred units, four called units to a
meeting, a report for each twenty-fifth, in the year and in the year before. Both sizes lie in databases of one server;
each step is taken in turns at both, so that how it grows comes from one run. Beside the counts stands one plain
`group by` over the called units of both years: the least that any counting costs. The report is made twice: by the
application in this process, and by `sip report` as a process of its own, whose highest memory is what the system says.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks import counted, county
from benchmarks.counted import YEAR, CountedPlace
from benchmarks.feeds import ask
from benchmarks.machine import machine, versions
from benchmarks.server import server
from benchmarks.timers import Watcher
from sip.domain.annual import Edition, ReportYear
from sip.domain.people import Language, Role
from sip.edges.annual import files
from sip.edges.annual.files import FileFormat
from sip.edges.services import Services
from sip.edges.web.app import create
from sip.embedded.server import ServerHandle
from sip.settings import load_settings
from sip.store import db as database
from sip.store import users
from sip.store.db import Database
from sip.store.vault import Vault
from sip.usecases import annual
from sip.usecases.actor import ENGINE, OPERATOR

SIZES = (25_000, 250_000)
NOW = datetime(2027, 2, 8, 9, tzinfo=UTC)
MOST_SECONDS, MOST_MB = 5.0, 300
"""What a report of 25,000 meetings may take."""
PAGES = {
    "statistics, all of them": ("administrator", f"/statistics?year={YEAR}"),
    "statistics, a board's": ("board_member", f"/statistics?year={YEAR}"),
    "the report's page": ("board_member", f"/annual-reports/{YEAR}"),
}
PLAIN, COMMAND, WORKED = "one plain group by", "sip report, pdf", "of it the program's own processor time"


def measure(sizes: tuple[int, ...], runs: int, watcher: Watcher) -> dict[str, Any]:
    """Every step at every size, in turns. Raises RuntimeError where a page or a file is not what was asked for."""
    before = machine()
    with server() as handle, tempfile.TemporaryDirectory() as folder:
        compiled = os.environ.get("PYTHONPYCACHEPREFIX") or folder
        found = asyncio.run(_measured(handle, sizes, runs, watcher, compiled))
    first, last = found[str(sizes[0])], found[str(sizes[-1])]
    return {
        "benchmark": "statistics", "runs": runs, "sizes": found,
        "growth": {name: round(last["steps"][name]["s"] / one["s"], 2) for name, one in first["steps"].items()},
        "vs_plain": {
            n: round(one["steps"]["statistics, all of them"]["s"] / one["steps"][PLAIN]["s"], 2)
            for n, one in found.items()
        },
        "machine": before, "versions": versions(mail=False),
    }  # fmt: skip


async def _measured(
    handle: ServerHandle, sizes: tuple[int, ...], runs: int, watcher: Watcher, compiled: str
) -> dict[str, Any]:
    places = {}
    for n in sizes:
        await asyncio.to_thread(counted.migrated, handle, f"sip_bench_{n}")
        places[n] = await counted.build(handle, f"sip_bench_{n}", n)
    stages = {n: await _Stage.on(place) for n, place in places.items()}
    seconds: dict[int, dict[str, list[float]]] = {n: {} for n in sizes}
    peaks = dict.fromkeys(sizes, 0.0)
    await asyncio.to_thread(_commanded, places[sizes[0]], compiled)  # an installation's modules have been compiled once
    for run in range(runs):
        for n, stage in stages.items():
            watcher.begins("Statistics and report", n, run + 1)
            for name, step in stage.steps().items():
                began = perf_counter()
                await step
                seconds[n].setdefault(name, []).append(perf_counter() - began)
            took, worked, peak = await asyncio.to_thread(_commanded, places[n], compiled)
            seconds[n].setdefault(COMMAND, []).append(took)
            seconds[n].setdefault(WORKED, []).append(worked)
            peaks[n] = max(peaks[n], peak)
            watcher.ended()
    for stage in stages.values():
        await stage.db.close()
    return {
        str(n): {
            "steps": {name: {"s": round(median(all_of), 4), "all": [round(one, 4) for one in all_of]}
                      for name, all_of in steps.items()},
            "command_mb": round(peaks[n]), "parties": places[n].parties,
        }
        for n, steps in seconds.items()
    }  # fmt: skip


@dataclass(slots=True)
class _Stage:
    """The application over one database, with a session for each role that looks."""

    db: Database
    app: Any
    cookies: dict[str, bytes]

    @classmethod
    async def on(cls, place: CountedPlace) -> "_Stage":
        db = Database(place.url, connections=2)
        settings = load_settings({"SIP_ENVIRONMENT": "test"})
        services = Services(db, settings, _Stopped(), Vault(settings.secret_key.get_secret_value()), asyncio.Event())
        cookies = {}
        async with db.transaction(ENGINE) as conn:
            for role in sorted({role for role, _ in PAGES.values()}):
                user = users.UserRecord(county.ident(role), f"{role}@region.example", role, Language.SV)
                grant = users.GrantRecord(county.ident(f"{role}/grant"), user.id, Role(role), None, None, None)
                await users.save_users(conn, [user])
                await users.save_grants(conn, [grant])
                token, _ = await users.begin_session(conn, user.id, grant.id, timedelta(days=1))
                cookies[role] = f"sip_session={token}; sip_visit=bench".encode()
        return cls(db, create(services), cookies)

    def steps(self) -> dict[str, Awaitable[None]]:
        """What is measured, in its order."""
        found: dict[str, Awaitable[None]] = {PLAIN: self._plain()}
        found |= {name: self._page(role, path) for name, (role, path) in PAGES.items()}
        return found | {f"the report as {to}": self._file(to) for to in FileFormat}

    async def _plain(self) -> None:
        async with self.db.transaction(ENGINE) as conn:
            rows = await (await database.raw(conn)).fetch("select month, count(*) from counted_party group by month")
        _require(len(rows) == 2 * 12, "the plain count")

    async def _page(self, role: str, path: str) -> None:
        status, body = await ask(self.app, path, (b"cookie", self.cookies[role]))
        _require(status == 200 and b"<table" in body, path)

    async def _file(self, to: FileFormat) -> None:
        found = await annual.read(self.db, ReportYear(YEAR), Edition.BOARD, actor=OPERATOR, now=NOW, small=5)
        made = await asyncio.to_thread(files.written, found.report, to)
        _require(len(made.data) > 1_000, to)


class _Stopped:
    """The service's clock, after the year."""

    def __call__(self) -> datetime:
        return NOW

    async def now(self) -> datetime:
        return NOW


def _commanded(place: CountedPlace, compiled: str) -> tuple[float, float, float]:
    """Seconds, of them the processor's, and highest memory (MB) of `sip report`, as a process of its own."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPYCACHEPREFIX": compiled, "SIP_ENVIRONMENT": "test", "SIP_DATABASE_URL": place.url,
        "SIP_DATABASE_OWNER_URL": place.owner_url, "SIP_SMTP_URL": "smtp://127.0.0.1:1?tls=off",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "report.pdf"
        began = perf_counter()
        words = [sys.executable, "-m", "sip", "report", str(YEAR), "--to", str(to)]
        done = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
        took = perf_counter() - began
        _require(done.returncode == 0 and to.read_bytes().startswith(b"%PDF"), "sip report")
    return took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)


def _require(held: bool, what: str) -> None:
    if not held:
        raise RuntimeError(f"{what}: not what was asked for, so no figure.")
