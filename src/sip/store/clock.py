"""The service's clock: the machine's in production, one shared row in demo and test (rules, section 2).

It never goes back: everything that has been written stays in the past.
"""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class ClockBackwards(ValueError):  # noqa: N818 - said as one sentence, shown as 409
    """The clock was asked to go back."""

    def __init__(self, now: datetime, wanted: datetime) -> None:
        super().__init__(f"The clock is at {now.isoformat()} and never goes back; {wanted.isoformat()} is earlier.")
        self.now = now


_NOW = text("""
    select coalesce(
        (select anchor + speed * (clock_timestamp() - real_anchor) from service_clock where sole), clock_timestamp())
""")
_LOCK = text("lock table service_clock in share row exclusive mode")
_READ = text("select speed from service_clock")
_SET = text("""
    insert into service_clock (sole, anchor, real_anchor, speed) values (true, :now, clock_timestamp(), :speed)
    on conflict (sole) do update
        set anchor = excluded.anchor, real_anchor = excluded.real_anchor, speed = excluded.speed
""")


async def now(conn: AsyncConnection) -> datetime:
    """The service's time, aware, in UTC."""
    moment: datetime = (await conn.execute(_NOW)).scalar_one()
    return moment.astimezone(UTC)


async def speed(conn: AsyncConnection) -> float:
    """How fast the service's clock goes; 1 is the machine's pace, 0 stands still."""
    found = (await conn.execute(_READ)).scalar_one_or_none()
    return 1.0 if found is None else float(found)


async def set_clock(conn: AsyncConnection, wanted: datetime | None = None, pace: float | None = None) -> datetime:
    """Sets time or speed or both, in demo and test only (the caller sees to that). Raises ClockBackwards.

    The first time it may be set to any moment: nothing has lived by it yet.
    """
    await conn.execute(_LOCK)
    begun = (await conn.execute(_READ)).first() is not None
    present = await now(conn)
    if begun and wanted is not None and wanted < present:
        raise ClockBackwards(present, wanted)
    chosen = wanted or present
    await conn.execute(_SET, {"now": chosen, "speed": await speed(conn) if pace is None else pace})
    return chosen
