"""Ours: `run_due`, as the worker calls it."""

from benchmarks.contender import Stage, Watch
from benchmarks.county import REMINDER_AT, WORLD
from sip.domain.worktime import office_time
from sip.store.db import Database
from sip.usecases.actor import ENGINE
from sip.usecases.engine.timers import run_due


class Sip:
    name = "sip"
    title = "SIP"
    settings = "run_due with its defaults"
    loop = None
    alone = False

    async def prepare(self, stage: Stage) -> None:
        pass

    async def clear(self, stage: Stage) -> None:
        pass

    async def work(self, stage: Stage, watch: Watch) -> None:
        db = Database(stage.place.url())
        try:
            async with db.transaction(ENGINE):
                pass  # connected, as a worker is before its tick
            office_time()  # laid once in a worker's life
            await watch.start()
            report = await run_due(db, REMINDER_AT, WORLD)
            watch.lap()
        finally:
            await db.close()
        if report.failed:
            raise RuntimeError(f"{report.failed} timers failed.")
