"""Rows as they are, for an archive: all that hangs on one meeting, and all that is one organisation's.

The law of this file: secrets and what only leads to them (tokens, hashes of them, bytes of mail) are no part of it; nor
is another unit's own number of a case. Whose it is has been asked before.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db, names, report_names

Rows = dict[str, list[dict[str, Any]]]
"""By table, its rows as JSON makes them."""
_SECRET = (
    "hash", "code_hash", "reply_token", "bounce_token", "raw", "data", "sha256", "journal_hash", "email_folded",
    "convener_folded", "chair_folded", "written_in", "last_error", "failures", "retry_at",
)  # fmt: skip
_ROWS = "select (to_jsonb(t) - $2::text[])::text from {table} t where {where}"

_OF_MEETING: Mapping[str, str] = {
    "case_": "id = (select m.case_id from meeting m where m.id = $1)",
    "case_organisation": "case_id = (select m.case_id from meeting m where m.id = $1)",
    "case_number": "case_id = (select m.case_id from meeting m where m.id = $1)"
    " and unit_id = (select c.unit_id from meeting m join case_ c on c.id = m.case_id where m.id = $1)",
    "report_registration": "deviation_id in (select d.id from deviation d where d.meeting_id = $1)"
    " and organisation_id = (select u.organisation_id from meeting m join case_ c on c.id = m.case_id"
    " join unit u on u.id = c.unit_id where m.id = $1)",
    "poll": "meeting_id = $1",
    "poll_time": "meeting_id = $1",
}
_OF_REPORT: Mapping[str, str] = {
    "case_": "id = (select d.case_id from deviation d where d.id = $1)",
    "report_registration": "deviation_id = $1 and organisation_id ="
    " (select d.reporting_organisation_id from deviation d where d.id = $1)",
}
_UNITS = "(select u.id from unit u where u.organisation_id = $1)"
_OF_ORGANISATION: Mapping[str, str] = {
    "organisation": "id = $1",
    "organisation_domain": "organisation_id = $1",
    "unit": "organisation_id = $1",
    **dict.fromkeys(
        ("unit_address", "unit_hours", "closed_day", "verified_mailbox", "mailbox_check"),
        f"unit_id in {_UNITS}",
    ),
    "person": "organisation_id = $1",
    "role": f"organisation_id = $1 or unit_id in {_UNITS}",
    "meeting_pattern": "organisation_id = $1",
    "disposal_policy": "organisation_id = $1",
    "legal_hold": "organisation_id = $1",
    "disposal": "organisation_id = $1",
    **dict.fromkeys(("counted_meeting", "counted_party", "counted_report"), "organisation_id = $1"),
    "case_": f"unit_id in {_UNITS}",
    "report_registration": "organisation_id = $1",
}


async def of_meeting(conn: AsyncConnection, meeting_id: UUID) -> Rows:
    """All that hangs on this meeting, but journal and access log."""
    where = {name: names.WHERE[name] for name in sorted(names.TABLES)} | dict(_OF_MEETING)
    return await _rows(conn, where, meeting_id)


async def of_report(conn: AsyncConnection, report_id: UUID) -> Rows:
    """All that hangs on this report without a meeting, but journal and access log."""
    return await _rows(conn, {**report_names.WHERE, **_OF_REPORT}, report_id)


async def of_organisation(conn: AsyncConnection, organisation_id: UUID) -> Rows:
    """All that is this organisation's, but its meetings."""
    return await _rows(conn, _OF_ORGANISATION, organisation_id)


async def _rows(conn: AsyncConnection, of: Mapping[str, str], identity: UUID) -> Rows:
    raw = await db.raw(conn)
    found: Rows = {}
    for table, where in of.items():
        rows = await raw.fetch(_ROWS.format(table=table, where=where), identity, list(_SECRET))
        if rows:
            found[table] = [msgspec.json.decode(row[0]) for row in rows]
    return found


async def meetings_of(conn: AsyncConnection, organisation_id: UUID) -> list[tuple[UUID, str]]:
    """The meetings of the matters that this organisation keeps, with their references, the earliest first."""
    rows = await (await db.raw(conn)).fetch(
        "select m.id, m.reference from meeting m join case_ c on c.id = m.case_id join unit u on u.id = c.unit_id"
        " where u.organisation_id = $1 order by m.starts_at, m.id",
        organisation_id,
    )
    return [(row[0], row[1]) for row in rows]


async def reports_of(conn: AsyncConnection, organisation_id: UUID) -> list[tuple[UUID, str]]:
    """The reports without a meeting that this organisation keeps, with their references, the earliest first."""
    rows = await (await db.raw(conn)).fetch(
        "select d.id, c.reference from deviation d join case_ c on c.id = d.case_id join unit u on u.id = c.unit_id"
        " where u.organisation_id = $1 order by d.raised_at, d.id",
        organisation_id,
    )
    return [(row[0], row[1]) for row in rows]


async def has_protected(conn: AsyncConnection, organisation_id: UUID) -> bool:
    """Whether a matter that this organisation keeps is protected."""
    sql = """select exists (select from case_ c join unit u on u.id = c.unit_id
 where u.organisation_id = $1 and c.protected)"""
    return bool(await (await db.raw(conn)).fetchval(sql, organisation_id))


_LOG = "select (to_jsonb(j) - 'hash' - 'prev_hash' - 'written_in')::text from journal j where j.aggregate = any($1)"


async def journal_rows(conn: AsyncConnection, aggregates: list[UUID]) -> list[dict[str, Any]]:
    """Rows of these journals as they are, in their order."""
    rows = await (await db.raw(conn)).fetch(f"{_LOG} order by j.aggregate, j.seq", aggregates)
    return [msgspec.json.decode(row[0]) for row in rows]


async def readings_of(conn: AsyncConnection, meeting_id: UUID) -> list[int]:
    """The rows of the access log that tell who read this meeting, the earliest first."""
    rows = await (await db.raw(conn)).fetch(
        "select id from access_log where subject_kind = 'meeting' and subject_id = $1 order by id", str(meeting_id)
    )
    return [row[0] for row in rows]
