"""Under which number an authority has registered a report, and when it received it: its own, seen by its side alone."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import Side
from sip.store import db


@dataclass(frozen=True, slots=True)
class Registration:
    """What one authority has noted of a report; `received_on` is a day in Stockholm."""

    organisation_id: UUID
    number: str | None = None
    received_on: date | None = None


async def of_report(conn: AsyncConnection, report_id: UUID) -> dict[UUID, Registration]:
    """Those in view, by the authority's id."""
    rows = await (await db.raw(conn)).fetch(
        "select organisation_id, number, received_on from report_registration where deviation_id = $1", report_id
    )
    return {row[0]: Registration(*row) for row in rows}


async def note(
    conn: AsyncConnection, report_id: UUID, side: Side, number: str | None, received_on: date | None, now: datetime
) -> None:
    """What holds now, of the authority that this side is of; with neither nothing is kept."""
    raw = await db.raw(conn)
    if number is None and received_on is None:
        await raw.execute(
            "delete from report_registration where deviation_id = $1 and organisation_id = $2",
            report_id, side.organisation_id,
        )  # fmt: skip
        return
    await raw.execute(
        "insert into report_registration (deviation_id, organisation_id, unit_id, principal_id, number, received_on,"
        " noted_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict (deviation_id, organisation_id) do update set"
        " number = excluded.number, received_on = excluded.received_on, noted_at = excluded.noted_at",
        report_id, side.organisation_id, side.unit_id, side.principal_id, number, received_on, now,
    )  # fmt: skip
