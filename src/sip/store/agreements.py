"""Agreements between principals, version by version; a version never changes once kept, who has joined it does."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Agreement, Joining, MeetingKind
from sip.store import db, tables
from sip.store.aggregates import rule_sets
from sip.store.codec import Shape
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
    "renewal",
    "region_share",
)
_READ = f"""
    select {", ".join(_COLUMNS)} from agreement where ($1::uuid is null or id = $1) order by id, version
"""
JOINING: Shape[Joining] = Shape(Joining).check(tables.agreement_principal, ("agreement_id", "version"))
_JOINED = f"""
    select agreement_id, version, {", ".join(JOINING.columns)} from agreement_principal
    where ($1::uuid is null or agreement_id = $1)
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
    joined: dict[tuple[UUID, int], list[Joining]] = {}
    for row in await raw.fetch(_JOINED, agreement_id):
        joined.setdefault((row[0], row[1]), []).append(JOINING.read(row[2:]))
    return tuple(_agreement(row, rules, joined.get((row[0], row[1]), [])) for row in rows)


def _agreement(row: Any, rules: dict[str, Any], joined: list[Joining]) -> Agreement:
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
        renewal=tuple(row[11]),
        region_share=row[12],
        principals=frozenset(one.principal_id for one in joined),
        joinings=frozenset(one for one in joined if not one.bare),
    )


async def keep(conn: AsyncConnection, agreements: Iterable[Agreement]) -> None:
    """Writes versions that are not there, with their joinings. Of one that is there nothing is written.

    Raises AgreementVersionTaken where its text or figures differ, or a principal is named that has not joined it.
    """
    raw = await db.raw(conn)
    present = {(one.id, one.version): one for one in await all_agreements(conn)}
    new: list[Agreement] = []
    for one in agreements:
        there = present.get((one.id, one.version))
        if there is None:
            new.append(one)
        elif text_of(there) != text_of(one) or not one.principals <= there.principals:
            raise AgreementVersionTaken(one)
    await rule_sets.keep(raw, [rules for one in new for rules in (one.rules, one.discharge_rules)])
    await insert(raw, tables.agreement, _COLUMNS, [_row(one) for one in new])
    for one in new:
        await join(conn, one, [one.joining(principal) or Joining(principal) for principal in sorted(one.principals)])


def text_of(one: Agreement) -> Agreement:
    """The version without who has joined it: what never changes."""
    return replace(one, principals=frozenset(), joinings=frozenset())


async def join(conn: AsyncConnection, one: Agreement, joinings: Iterable[Joining]) -> None:
    """Writes joinings of a version, or what is now said of them."""
    rows = [[one.id, one.version, *JOINING.write(joining)] for joining in joinings]
    said = ", ".join(f"{column} = excluded.{column}" for column in JOINING.columns if column != "principal_id")
    await insert(
        await db.raw(conn), tables.agreement_principal, ("agreement_id", "version", *JOINING.columns), rows,
        f"on conflict (agreement_id, version, principal_id) do update set {said}",
    )  # fmt: skip


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
        list(one.renewal),
        one.region_share,
    ]
