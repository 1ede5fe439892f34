"""What stands beside the agreements: counties, who has been asked of a renewal, shared costs (rules, section 17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Address, Answerer, Language, Role
from sip.domain.renewal import Renewal
from sip.domain.settlement import Cost
from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.rows import insert

RENEWAL: Shape[Renewal] = Shape(Renewal).check(tables.renewal)
_COUNTIES = 0x51B_0005
COST: Shape[Cost] = Shape(Cost).check(tables.shared_cost, ("noted_at", "recorded_at"))


@dataclass(frozen=True, slots=True)
class County:
    """A county with the ids of its principals."""

    id: UUID
    name: str
    principals: frozenset[UUID]


async def counties(conn: AsyncConnection) -> list[County]:
    """Every county, by name."""
    rows = await (await db.raw(conn)).fetch(
        "select c.id, c.name, array(select p.principal_id from county_principal p where p.county_id = c.id)"
        " from county c order by c.name"
    )
    return [County(row[0], row[1], frozenset(row[2])) for row in rows]


async def alone_with_counties(conn: AsyncConnection) -> None:
    """No other transaction carries out a county's file or notes a joining until this one ends."""
    await (await db.raw(conn)).execute("select pg_advisory_xact_lock($1)", _COUNTIES)


async def keep_county(conn: AsyncConnection, county: County) -> None:
    """Writes a county and that these principals lie in it; one that lay in another moves."""
    raw = await db.raw(conn)
    said = "on conflict (id) do update set name = excluded.name"
    await insert(raw, tables.county, ("id", "name"), [(county.id, county.name)], said)
    rows = [(principal, county.id) for principal in sorted(county.principals)]
    said = "on conflict (principal_id) do update set county_id = excluded.county_id"
    await insert(raw, tables.county_principal, ("principal_id", "county_id"), rows, said)


# -- renewals

_ASKING = 0x51B_0004


async def alone(conn: AsyncConnection) -> bool:
    """Whether this transaction alone asks principals just now."""
    return bool(await (await db.raw(conn)).fetchval("select pg_try_advisory_xact_lock($1)", _ASKING))


async def renewals(conn: AsyncConnection) -> list[Renewal]:
    """What has been asked and answered, of every joining of which anything has."""
    rows = await (await db.raw(conn)).fetch(f"select {', '.join(RENEWAL.columns)} from renewal")
    return [RENEWAL.read(row) for row in rows]


async def keep_asked(conn: AsyncConnection, renewals: Iterable[Renewal]) -> None:
    """Writes how often each has been asked, and when; what it says meanwhile stays."""
    await _keep_renewals(conn, renewals, ("asked", "asked_at"))


async def keep_answer(conn: AsyncConnection, renewal: Renewal) -> None:
    """Writes what it says, and when; that it is asked meanwhile stays."""
    await _keep_renewals(conn, [renewal], ("answer", "answered_at"))


async def _keep_renewals(conn: AsyncConnection, renewals: Iterable[Renewal], own: tuple[str, ...]) -> None:
    key = ("agreement_id", "version", "principal_id")
    said = ", ".join(f"{column} = excluded.{column}" for column in own)
    await insert(
        await db.raw(conn), tables.renewal, RENEWAL.columns, [RENEWAL.write(one) for one in renewals],
        f"on conflict ({', '.join(key)}) do update set {said}",
    )  # fmt: skip


_HOLDS = "(g.valid_from is null or g.valid_from <= $1) and (g.valid_to is null or g.valid_to >= $1)"
_ANSWERABLE = f"""
    select g.principal_id, u.email, u.name, u.language, u.id from app_user u join user_role g on g.user_id = u.id
        where u.active and g.principal_id = any($2::uuid[]) and g.role = any($3::text[]) and {_HOLDS}
    union all
    select g.principal_id, p.email, p.name, null, null from person p join role g on g.person_id = p.id
        where p.email is not null and g.principal_id = any($2::uuid[]) and g.role = $4 and {_HOLDS}
    order by 5 nulls last, 2
"""


async def answerable(conn: AsyncConnection, principals: Iterable[UUID], today: date) -> dict[UUID, list[Answerer]]:
    """Who is asked for each of these principals today: contract officers, and who administers it; once an address."""
    wanted = list(principals)
    rows = await (await db.raw(conn)).fetch(
        _ANSWERABLE, today, wanted, [Role.CONTRACT_OFFICER, Role.ADMINISTRATOR], Role.CONTRACT_OFFICER
    )
    found: dict[UUID, dict[str, Answerer]] = {principal: {} for principal in wanted}
    for principal, email, name, language, user_id in rows:
        to = Address(email, name, Language(language) if language else Language.SV)
        found[principal].setdefault(email.lower(), Answerer(to, user_id))
    return {principal: list(theirs.values()) for principal, theirs in found.items()}


# -- shared costs


async def costs(conn: AsyncConnection, agreement_id: UUID) -> list[Cost]:
    """What has been paid for all under an agreement, as it was noted."""
    rows = await (await db.raw(conn)).fetch(
        f"select {', '.join(COST.columns)} from shared_cost where agreement_id = $1 order by year, noted_at, id",
        agreement_id,
    )
    return [COST.read(row) for row in rows]


async def add_cost(conn: AsyncConnection, cost: Cost, now: object) -> None:
    """Notes one; the same again is nothing."""
    columns = (*COST.columns, "noted_at")
    await insert(
        await db.raw(conn), tables.shared_cost, columns, [(*COST.write(cost), now)], "on conflict (id) do nothing"
    )


async def drop_cost(conn: AsyncConnection, agreement_id: UUID, cost_id: UUID) -> bool:
    """Takes one away; whether it was there."""
    done = await (await db.raw(conn)).execute(
        "delete from shared_cost where agreement_id = $1 and id = $2", agreement_id, cost_id
    )
    return str(done) == "DELETE 1"
