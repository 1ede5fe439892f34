"""Agreements between principals, version by version; a version never changes once kept."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Agreement, MeetingKind
from sip.store import db, tables
from sip.store.aggregates import rule_sets
from sip.store.rows import insert

_COLUMNS = (
    "id",
    "version",
    "name",
    "local",
    "kinds",
    "valid_from",
    "valid_to",
    "rules",
    "discharge_rules",
    "decided",
    "registration_number",
)
_READ = f"""
    select {", ".join("a." + column for column in _COLUMNS)},
        array(select p.principal_id from agreement_principal p where p.agreement_id = a.id and p.version = a.version)
    from agreement a where ($1::uuid is null or a.id = $1) order by a.id, a.version
"""


class AgreementVersionTaken(ValueError):  # noqa: N818 - said as one sentence
    """A version that is already there with other content."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__(
            f'Version {agreement.version} of "{agreement.name}" is already there with other content; '
            "raise the version number: a version that parties were called under never changes."
        )


async def all_agreements(conn: AsyncConnection, agreement_id: UUID | None = None) -> tuple[Agreement, ...]:
    """Every version of every agreement (or of one): what a rule set is chosen from."""
    raw = await db.raw(conn)
    rows = await raw.fetch(_READ, agreement_id)
    hashes: set[str] = {row[n] for row in rows for n in (7, 8)}
    rules = await rule_sets.load(raw, hashes)
    return tuple(_agreement(row, rules) for row in rows)


def _agreement(row: Any, rules: dict[str, Any]) -> Agreement:
    return Agreement(
        id=row[0],
        version=row[1],
        name=row[2],
        local=row[3],
        kinds=frozenset(MeetingKind(kind) for kind in row[4]),
        valid_from=row[5],
        valid_to=row[6],
        rules=rules[row[7]],
        discharge_rules=rules[row[8]],
        decided=row[9],
        registration_number=row[10],
        principals=frozenset(row[11]),
    )


async def keep(conn: AsyncConnection, agreements: Iterable[Agreement]) -> None:
    """Writes versions that are not there. Raises AgreementVersionTaken where one is there with other content."""
    raw = await db.raw(conn)
    present = {(one.id, one.version): one for one in await all_agreements(conn)}
    new: list[Agreement] = []
    for one in agreements:
        there = present.get((one.id, one.version))
        if there is None:
            new.append(one)
        elif there != one:
            raise AgreementVersionTaken(one)
    await rule_sets.keep(raw, [rules for one in new for rules in (one.rules, one.discharge_rules)])
    await insert(raw, tables.agreement, _COLUMNS, [_row(one) for one in new])
    joined = [(one.id, one.version, principal) for one in new for principal in sorted(one.principals)]
    await insert(raw, tables.agreement_principal, ("agreement_id", "version", "principal_id"), joined)


def _row(one: Agreement) -> list[Any]:
    return [
        one.id,
        one.version,
        one.name,
        one.local,
        sorted(one.kinds),
        one.valid_from,
        one.valid_to,
        rule_sets.hash_of(one.rules),
        rule_sets.hash_of(one.discharge_rules),
        one.decided,
        one.registration_number,
    ]
