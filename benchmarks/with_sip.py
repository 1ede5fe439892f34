"""Ours: `run_due`, as the worker calls it."""

from benchmarks.contender import Stage
from benchmarks.county import REMINDER_AT, WORLD
from benchmarks.server import DATABASE
from sip.store.db import Database
from sip.usecases.timers import run_due


class Sip:
    name = "sip"
    title = "SIP"
    settings = "run_due with its defaults"
    loop = None

    async def run(self, stage: Stage) -> None:
        db = Database(stage.server.url(DATABASE))
        try:
            async with db.transaction():
                pass  # connected, as a worker is before its tick
            stage.begin()
            report = await run_due(db, REMINDER_AT, WORLD)
            stage.lap()
        finally:
            await db.close()
        if report.failed or report.handled != stage.n:
            raise RuntimeError(f"SIP handled {report.handled} of {stage.n} timers, {report.failed} failed: no figure.")
