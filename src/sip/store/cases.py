"""Cases: a reference without meaning, the consent, and each unit's own record number, which only that unit sees."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import CaseFacts
from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.rows import insert

# No I, L, O and U: a reference is read aloud on the phone.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """`unit_id` is the unit that keeps the case. `consent_limited`: only for the organisations listed beside it."""

    id: UUID
    reference: str
    unit_id: UUID
    created_at: datetime
    consent: bool = False
    consent_scope: str | None = None
    consent_given: str | None = None
    consent_until: date | None = None
    consent_limited: bool = False
    consent_withdrawn_at: datetime | None = None
    other_legal_ground: bool = False
    protected: bool = False
    legal_hold: bool = False


SHAPE: Shape[CaseRecord] = Shape(CaseRecord).check(tables.case_, ("recorded_at",))
_NAMES = ", ".join(SHAPE.columns)


def new_reference(choice: Callable[[str], str] = secrets.choice) -> str:
    """A reference like 7F3K-2MQ: 35 random bits, no meaning."""
    letters = "".join(choice(_LETTERS) for _ in range(7))
    return f"{letters[:4]}-{letters[4:]}"


async def save(conn: AsyncConnection, record: CaseRecord, organisations: Iterable[UUID] | None = None) -> None:
    """Makes or changes a case; `organisations` (when not None) are all that a limited consent covers."""
    raw = await db.raw(conn)
    rest = ", ".join(f"{column} = excluded.{column}" for column in SHAPE.columns[1:])
    conflict = f"on conflict (id) do update set {rest}"
    await insert(raw, tables.case_, SHAPE.columns, [SHAPE.write(record)], conflict)
    if organisations is not None:
        await raw.execute("delete from case_organisation where case_id = $1", record.id)
        rows = [(record.id, one) for one in sorted(set(organisations))]
        await insert(raw, tables.case_organisation, ("case_id", "organisation_id"), rows)


async def get(conn: AsyncConnection, case_id: UUID, *, lock: bool = False) -> CaseRecord | None:
    tail = " for no key update" if lock else ""
    row = await (await db.raw(conn)).fetchrow(f"select {_NAMES} from case_ where id = $1{tail}", case_id)
    return None if row is None else SHAPE.read(row)


async def by_reference(conn: AsyncConnection, reference: str) -> CaseRecord | None:
    raw = await db.raw(conn)
    row = await raw.fetchrow(f"select {_NAMES} from case_ where reference = $1", reference.upper())
    return None if row is None else SHAPE.read(row)


async def organisations_of(conn: AsyncConnection, case_id: UUID) -> list[UUID]:
    """The organisations a limited consent covers."""
    sql = "select organisation_id from case_organisation where case_id = $1 order by 1"
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, case_id)]


_FACTS = """
    select c.id, c.reference, c.consent and c.consent_withdrawn_at is null, c.consent_until, c.consent_limited,
        c.other_legal_ground, c.protected,
        array(select o.organisation_id from case_organisation o where o.case_id = c.id)
    from case_ c where c.id = any($1::uuid[])
"""


async def facts(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, CaseFacts]:
    """What a call needs to know, by case."""
    rows = await (await db.raw(conn)).fetch(_FACTS, list(set(ids)))
    return {
        row[0]: CaseFacts(
            reference=row[1],
            consent=row[2],
            consent_until=row[3],
            consent_organisations=frozenset(row[7]) if row[4] else None,
            other_legal_ground=row[5],
            protected=row[6],
        )
        for row in rows
    }


async def set_record_number(conn: AsyncConnection, case_id: UUID, unit_id: UUID, number: str | None) -> None:
    """The unit's own key to the case; None takes it away. The caller refuses personnummer."""
    raw = await db.raw(conn)
    if number is None:
        await raw.execute("delete from case_number where case_id = $1 and unit_id = $2", case_id, unit_id)
        return
    await raw.execute(
        "insert into case_number (case_id, unit_id, record_number) values ($1, $2, $3)"
        " on conflict (case_id, unit_id) do update set record_number = excluded.record_number",
        case_id,
        unit_id,
        number,
    )


async def record_number(conn: AsyncConnection, case_id: UUID, unit_id: UUID) -> str | None:
    """This unit's own number, never another's."""
    raw = await db.raw(conn)
    sql = "select record_number from case_number where case_id = $1 and unit_id = $2"
    found: str | None = await raw.fetchval(sql, case_id, unit_id)
    return found
