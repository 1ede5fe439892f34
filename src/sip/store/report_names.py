"""The rows in which staff of one report without a meeting can be named (rules, section 8 D9, section 12 K4).

The law of this file: as in `names`, which reads and writes the rows; this one knows which of them hang on the report.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db, names
from sip.store.names import AboutMeeting, Place, TextRow

_OVER = "greatest(d.raised_at, d.answered_at, d.closed_at, d.withdrawn_at, i.raised_at, i.closed_at, i.withdrawn_at)"
_DUE = f"""
    select d.raised_at, d.id from deviation d left join deviation i on i.id = d.merged_into
    where d.meeting_id is null and d.names_seq < d.journal_seq and d.raised_at < $1 and {_OVER} < $1
        and (d.raised_at, d.id) > ($2, $3) and not report_goes_on(d.id)
    order by d.raised_at, d.id limit $4 for no key update of d skip locked
"""
_ABOUT = """
    select d.reporting_unit_name, d.reporting_unit_id, d.receiving_unit_name, d.receiving_unit_id,
        coalesce((select a.email from unit_address a where a.unit_id = u.id order by a.ordinal limit 1), ''),
        coalesce(u.phone, ''), coalesce(x.phone, ''), u.language,
        array(select d.case_id where not exists (select from meeting m where m.case_id = d.case_id))
    from deviation d join unit u on u.id = d.reporting_unit_id join unit x on x.id = d.receiving_unit_id
    where d.id = $1
"""
_THEIRS = """
    select lower(p.email) from deviation d join role r on r.unit_id = d.receiving_unit_id
        or r.organisation_id = d.receiving_organisation_id or r.principal_id = d.receiving_principal_id
    join person p on p.id = r.person_id
    where d.id = $1 and p.email is not null
        and not exists (select from role o where o.person_id = p.id and o.unit_id = d.reporting_unit_id)
"""
WHERE = {
    "deviation": "id = $1",
    **dict.fromkeys(("deviation_word", "deviation_measure", "outbox", "link_token"), "deviation_id = $1"),
    "mail": "id in (select o.mail_id from outbox o where o.deviation_id = $1 and o.mail_id is not null)",
}
"""What hangs on one report, by table."""


async def due(conn: AsyncConnection, since: datetime, after: Place, limit: int) -> list[Place]:
    """Reports without a meeting that were over before `since` and in which names stand; locked."""
    return [tuple(row) for row in await (await db.raw(conn)).fetch(_DUE, since, *after, limit)]


async def about(conn: AsyncConnection, report_id: UUID) -> AboutMeeting:
    """What is known of the report, before anything gives way: the writing unit's is what a convener's would be."""
    raw = await db.raw(conn)
    row = await raw.fetchrow(_ABOUT, report_id)
    own = frozenset(one.casefold() for one in (row[0], row[2], row[4], row[5], row[6]) if one)
    theirs = {one[0]: row[2] for one in await raw.fetch(_THEIRS, report_id)}
    return AboutMeeting(
        report_id, tuple(row[8]), row[0], row[4], row[5], row[7], {}, {row[1]: row[0], row[3]: row[2]}, own, theirs
    )  # fmt: skip


async def rows(conn: AsyncConnection, report_id: UUID) -> list[TextRow]:
    """Every row that hangs on the report and holds texts."""
    return await names.rows(conn, report_id, WHERE)


async def given_way(conn: AsyncConnection, report_id: UUID) -> None:
    """Nothing of the report's journal, as long as it is now, names anybody any more."""
    await (await db.raw(conn)).execute("update deviation set names_seq = journal_seq where id = $1", report_id)
