"""What conveners booked in their own calendars, and the units whose mailboxes were invited to it.

The law of this file: a row is found by its user alone, and no guest that is not a unit of the directory is ever in one.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.booking import Booking, BookingGap, BookingState
from sip.store import db

_COLUMNS = (
    "id", "user_id", "uid_hash", "sequence", "state", "heard_at", "starts_at", "ends_at", "video_url", "place_unit",
    "units", "left_out", "gaps", "meeting_id",
)  # fmt: skip
_READ = f"select {', '.join(_COLUMNS)} from booking"
_SET = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[3:])
_VALUES = ", ".join(f"${n}" for n in range(1, len(_COLUMNS) + 1))
_SAVE = (
    f"insert into booking ({', '.join(_COLUMNS)}) values ({_VALUES}) on conflict (id) do update set {_SET}"
    " where booking.user_id = excluded.user_id"
)
_UNITS = """
    select distinct on (a.unit_id) a.unit_id, lower(a.email), u.name from unit_address a join unit u on u.id = a.unit_id
    where lower(a.email) = any($1::text[]) and (a.valid_from is null or a.valid_from <= $2)
        and (a.valid_to is null or a.valid_to >= $2) and (u.archived_at is null or u.archived_at > $3)
    order by a.unit_id
"""


async def of_uid(conn: AsyncConnection, user_id: UUID, uid_hash: bytes) -> Booking | None:
    """Hers by her calendar's UID, held until the transaction ends."""
    sql = f"{_READ} where user_id = $1 and uid_hash = $2 for update"
    return _value(await (await db.raw(conn)).fetchrow(sql, user_id, uid_hash))


async def get(conn: AsyncConnection, booking_id: UUID, user_id: UUID, *, lock: bool = False) -> Booking | None:
    """One, if it is this user's."""
    sql = f"{_READ} where id = $1 and user_id = $2{' for update' if lock else ''}"
    return _value(await (await db.raw(conn)).fetchrow(sql, booking_id, user_id))


async def save(conn: AsyncConnection, booking: Booking) -> None:
    """Makes or changes it."""
    await (await db.raw(conn)).execute(
        _SAVE, booking.id, booking.user_id, booking.uid_hash, booking.sequence, booking.state, booking.heard_at,
        booking.start, booking.end, booking.video_url, booking.place_unit, [str(unit) for unit in booking.units],
        booking.left_out, list(booking.gaps), booking.meeting_id,
    )  # fmt: skip


async def drop_old(conn: AsyncConnection, before: datetime) -> int:
    """Removes those that nobody has completed, and that nothing was heard of since then; gives how many."""
    sql = "delete from booking where heard_at < $1 and meeting_id is null returning 1"
    return len(await (await db.raw(conn)).fetch(sql, before))


async def units_at(
    conn: AsyncConnection, emails: Iterable[str], today: date, now: datetime
) -> list[tuple[UUID, str, str]]:
    """The units that one of these addresses is a mailbox of today: id, the address folded, and name."""
    wanted = sorted({folded(email) for email in emails})
    rows = await (await db.raw(conn)).fetch(_UNITS, wanted, today, now)
    return [(row[0], row[1], row[2]) for row in rows]


async def unit_called(conn: AsyncConnection, name: str, now: datetime) -> str | None:
    """The name of the unit of the directory that is called just this; None where none is, or several are."""
    sql = "select name from unit where lower(name) = lower($1) and (archived_at is null or archived_at > $2) limit 2"
    rows = await (await db.raw(conn)).fetch(sql, name.strip(), now)
    return rows[0][0] if len(rows) == 1 else None


def _value(row: Any) -> Booking | None:
    if row is None:
        return None
    found: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    return Booking(
        id=found["id"], user_id=found["user_id"], uid_hash=bytes(found["uid_hash"]), sequence=found["sequence"],
        state=BookingState(found["state"]), heard_at=found["heard_at"], start=found["starts_at"], end=found["ends_at"],
        video_url=found["video_url"], place_unit=found["place_unit"], units=tuple(UUID(one) for one in found["units"]),
        left_out=found["left_out"], gaps=tuple(BookingGap(one) for one in found["gaps"]),
        meeting_id=found["meeting_id"],
    )  # fmt: skip
