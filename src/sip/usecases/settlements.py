"""Shared costs of an agreement: what each principal has paid, and the settlement of a year (rules, section 17 J4).

The law of this file: a cost is noted, and taken away, by who administers the principal that paid it; the settlement is
reckoned each time it is read, and kept nowhere.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.agreement import Agreement
from sip.domain.settlement import Cost, SettledPart, bearers, settle
from sip.store import agreements, directory, register
from sip.store.db import Database
from sip.usecases.access import MAY, Act, covers_principal, has_role, require_role
from sip.usecases.actor import Actor
from sip.usecases.agreements import EVERYTHING
from sip.usecases.problems import ForbiddenError, NotFoundError, refuse_numbers
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class SettlementRead:
    """A year's costs and its settlement; `payers` are the principals for which the reader may note one."""

    agreement: Agreement
    year: int
    years: tuple[int, ...]
    costs: tuple[Cost, ...]
    lines: tuple[SettledPart, ...]
    names: dict[UUID, str]
    payers: tuple[tuple[UUID, str], ...]


async def read(db: Database, agreement_id: UUID, year: int, *, actor: Actor, now: datetime) -> SettlementRead:
    """Raises NotFoundError for an unknown agreement, and for who does not keep the directory."""
    if not has_role(actor, Act.KEEP_DIRECTORY):
        raise NotFoundError("agreement")
    async with recorded(db, actor, now) as (conn, log):
        versions = await agreements.all_agreements(conn, agreement_id)
        if not versions:
            raise NotFoundError("agreement")
        log.note("read", "settlement", agreement_id)
        places = {one.id: (one.name, one.kind) for one in await directory.principals(conn, limit=EVERYTHING)}
        every = await register.costs(conn, agreement_id)
    latest = versions[-1]
    paid = [one for one in every if one.year == year]
    held = bearers(versions, year, places, (one.principal_id for one in paid))
    among = {one.principal: one.name for one in held if one.days}
    return SettlementRead(
        latest,
        year,
        tuple(sorted({one.year for one in every} | {year})),
        tuple(paid),
        tuple(settle(paid, held, _share(versions, year))),
        {key: name for key, (name, _) in places.items()},
        tuple((key, name) for key, name in among.items() if covers_principal(actor, key)),
    )


def _share(versions: tuple[Agreement, ...], year: int) -> int:
    """The region's part: of the latest version that held in the year, or the latest there is."""
    held = [
        one for one in versions if one.valid_from.year <= year and (one.valid_to is None or one.valid_to.year >= year)
    ]
    return (held or list(versions))[-1].region_share


async def add(db: Database, cost: Cost, *, actor: Actor, now: datetime) -> None:
    """Notes what a principal has paid; the same form again notes nothing.

    Raises NotFoundError for an unknown agreement or who did not join it that year, ForbiddenError for a principal that
    is not the actor's, and InvalidError where the words hold a number of a person.
    """
    require_role(actor, Act.KEEP_DIRECTORY)
    refuse_numbers({"what": cost.what})
    found = await read(db, cost.agreement_id, cost.year, actor=actor, now=now)
    if cost.principal_id not in {line.bearer.principal for line in found.lines if line.bearer.days} | {
        key for key, _ in found.payers
    }:
        raise NotFoundError("joining")
    if not covers_principal(actor, cost.principal_id):
        raise ForbiddenError(MAY[Act.KEEP_DIRECTORY], Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now) as (conn, log):
        log.note("add", "settlement", cost.agreement_id)
        await register.add_cost(conn, cost, now)


async def drop(db: Database, agreement_id: UUID, cost_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Takes a cost away; gives its year. Raises NotFoundError, and ForbiddenError for another's."""
    require_role(actor, Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now) as (conn, log):
        cost = next((one for one in await register.costs(conn, agreement_id) if one.id == cost_id), None)
        if cost is None:
            raise NotFoundError("cost")
        if not covers_principal(actor, cost.principal_id):
            raise ForbiddenError(MAY[Act.KEEP_DIRECTORY], Act.KEEP_DIRECTORY)
        log.note("erase", "settlement", agreement_id)
        await register.drop_cost(conn, agreement_id, cost_id)
    return cost.year
