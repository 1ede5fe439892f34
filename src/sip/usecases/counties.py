"""A county's map of agreements, and its import as one file (rules, section 17 J5).

The law of this file: what is carried out is what was shown, whole or not at all, in one transaction; where something
has changed meanwhile it is refused, and shown anew. A version that is kept never changes, and no joining is taken away.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Agreement, Joining
from sip.store import agreements, directory, directory_one, register
from sip.store.agreements import text_of
from sip.store.db import Database
from sip.store.directory import PrincipalRecord
from sip.store.register import County
from sip.store.seen import groups as seen
from sip.usecases.access import Act, everywhere, has_role, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.agreements import EVERYTHING
from sip.usecases.county_file import CountyFile, CountyFileError, CountyRefusal, FileAgreement, refusal
from sip.usecases.directory.keeping import compared
from sip.usecases.directory.keys import NAMESPACE, key_id
from sip.usecases.problems import ConflictError, NotFoundError
from sip.usecases.recorded import recorded


class CountyPart(StrEnum):
    """What a line of a county's file is of."""

    COUNTY = "county"
    PRINCIPAL = "principal"
    PLACE = "place"
    VERSION = "version"
    JOINING = "joining"


@dataclass(frozen=True, slots=True)
class CountyChange:
    """One thing that the file would make or change; `cells` are what would differ: name, before, after (None: new)."""

    line: int
    part: CountyPart
    new: bool
    name: str
    of: str = ""
    cells: tuple[tuple[str, str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """All that a file would do, in order of its lines, and how much of it is as it is."""

    changes: tuple[CountyChange, ...]
    unchanged: int

    @property
    def mark(self) -> str:
        """What tells this plan from others."""
        return hashlib.sha256(msgspec.json.encode([self.changes, self.unchanged])).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is there before."""

    principals: Mapping[UUID, PrincipalRecord]
    counties: Sequence[County]
    versions: Mapping[tuple[UUID, int], Agreement]

    def named(self, name: str) -> PrincipalRecord | None:
        return next((one for one in self.principals.values() if one.name.casefold() == name.casefold()), None)

    def county_of(self, principal: UUID) -> County | None:
        return next((one for one in self.counties if principal in one.principals), None)


@dataclass(slots=True)
class _Work:
    """What is to be written."""

    county: County
    principals: list[PrincipalRecord]
    versions: list[Agreement]
    joinings: list[tuple[Agreement, list[Joining]]]


def county_id(name: str) -> UUID:
    """A county is known by its name."""
    return uuid5(NAMESPACE, f"county/{name.casefold()}")


async def plan(db: Database, file: CountyFile, *, actor: Actor, now: datetime) -> CountyPlan:
    """What the file would do; nothing is written.

    Raises ForbiddenError, and CountyFileError with every line that does not fit what is there.
    """
    require_role(actor, Act.KEEP_INSTALLATION)
    async with recorded(db, actor, now) as (conn, log):
        log.note("compare", "county", None)
        return _planned(file, await _known(conn))[0]


async def carry_out(
    db: Database, file: CountyFile, mark: str | None, *, actor: Actor, now: datetime
) -> CountyPlan:  # fmt: skip
    """Does what the file says, whole; `mark` is of the plan that was shown, None where nobody was shown one.

    Raises ForbiddenError, CountyFileError as `plan`, and ConflictError where it would do something else than was shown.
    """
    require_role(actor, Act.KEEP_INSTALLATION)
    async with recorded(db, actor, now) as (conn, log):
        await register.alone_with_counties(conn)
        found, work = _planned(file, await _known(conn))
        if mark is not None and found.mark != mark:
            raise ConflictError("county_changed")
        log.note("import", "county", work.county.id)
        for record in work.principals:
            async with compared(conn, ("principal", record.id), actor=actor, now=now):
                await directory.upsert_principals(conn, [record])
        await register.keep_county(conn, work.county)
        await agreements.keep(conn, work.versions)
        for one, joined in work.joinings:
            await agreements.join(conn, one, joined)
    return found


async def _known(conn: AsyncConnection) -> _Known:
    return _Known(
        {one.id: one for one in await directory.principals(conn, limit=EVERYTHING)},
        await register.counties(conn),
        {(one.id, one.version): one for one in await agreements.all_agreements(conn)},
    )


def _planned(file: CountyFile, known: _Known) -> tuple[CountyPlan, _Work]:
    wrong: list[CountyRefusal] = []
    places, made = _places(file, known, wrong)
    identity = county_id(file.name)
    before = next((one for one in known.counties if one.id == identity), None)
    county = County(identity, file.name, frozenset(places.values()))
    work = _Work(county, made, [], [])
    changes = [CountyChange(file.line, CountyPart.COUNTY, True, file.name)] if before is None else []
    unchanged = int(before is not None)
    for place in file.places:
        if place.key.casefold() not in places:
            continue
        principal = places[place.key.casefold()]
        if any(one.id == principal for one in made):
            changes.append(CountyChange(place.line, CountyPart.PRINCIPAL, True, place.name, place.kind))
        elif before is None or principal not in before.principals:
            changes.append(CountyChange(place.line, CountyPart.PLACE, True, place.name))
        else:
            unchanged += 1
    for one in file.agreements:
        for change in _of_agreement(one, places, known, work, wrong):
            if change is None:
                unchanged += 1
            else:
                changes.append(change)
    if wrong:
        raise CountyFileError(wrong)
    return CountyPlan(tuple(sorted(changes, key=lambda one: one.line)), unchanged), work


def _places(
    file: CountyFile, known: _Known, wrong: list[CountyRefusal]
) -> tuple[dict[str, UUID], list[PrincipalRecord]]:
    """The ids of the file's principals by their keys, and those that are new. One that the directory has by another
    key is known by its name.
    """
    places: dict[str, UUID] = {}
    made: list[PrincipalRecord] = []
    for place in file.places:
        there = known.principals.get(key_id("principal", place.key)) or known.named(place.name)
        if there is None:
            there = PrincipalRecord(key_id("principal", place.key), place.kind, place.name)
            made.append(there)
        elif there.name != place.name:
            wrong.append(refusal(place.line, "other_name", key=place.key, name=there.name))
        elif there.kind is not place.kind:
            wrong.append(refusal(place.line, "other_kind", name=place.name))
        county = known.county_of(there.id)
        if county is not None and county.id != county_id(file.name):
            wrong.append(refusal(place.line, "other_county", name=place.name, county=county.name))
        places[place.key.casefold()] = there.id
    return places, made


def _of_agreement(
    one: FileAgreement, places: Mapping[str, UUID], known: _Known, work: _Work, wrong: list[CountyRefusal]
) -> Iterator[CountyChange | None]:
    """What a version and its joinings would change; None for each that is as it is."""
    version, names = one.agreement, {key: record.name for key, record in known.principals.items()}
    names |= {record.id: record.name for record in work.principals}
    title = f"{version.name}, {version.version}"
    there = known.versions.get((version.id, version.version))
    joined: list[Joining] = []
    lines: list[tuple[int, Joining]] = []
    for found in one.joined:
        principal = places.get(found.key.casefold(), found.joining.principal_id)
        if principal not in names:
            wrong.append(refusal(found.line, "unknown_principal", key=found.key))
            continue
        lines.append((found.line, replace(found.joining, principal_id=principal)))
    if there is None:
        yield CountyChange(one.line, CountyPart.VERSION, True, title)
    elif text_of(there) != text_of(replace(version, id=there.id)):
        wrong.append(refusal(one.line, "version_differs", name=version.name, n=version.version))
        return
    else:
        yield None
    for line, joining in lines:
        old = there.joining(joining.principal_id) if there else None
        if old == joining:
            yield None
            continue
        joined.append(joining)
        yield CountyChange(
            line, CountyPart.JOINING, old is None, names[joining.principal_id], title, tuple(_cells(old, joining))
        )
    if there is None:
        everybody = frozenset(one.principal_id for one in joined)
        said = frozenset(one for one in joined if not one.bare)
        work.versions.append(replace(version, principals=everybody, joinings=said))
    elif joined:
        work.joinings.append((there, joined))


def _cells(old: Joining | None, new: Joining) -> Iterator[tuple[str, str | None, str | None]]:
    base = old or Joining(new.principal_id)
    for field in fields(Joining):
        before, after = getattr(base, field.name), getattr(new, field.name)
        if field.name != "principal_id" and before != after:
            yield field.name, _text(before), _text(after)


def _text(value: object) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


# -- the map


@dataclass(frozen=True, slots=True)
class CountyRead:
    """A county with its principals, and every version of the agreements that any of them has joined."""

    county: County
    principals: dict[UUID, PrincipalRecord]
    versions: tuple[Agreement, ...]


async def in_view(conn: AsyncConnection, county_id: UUID | None, actor: Actor) -> tuple[list[County], County | None]:
    """The counties in which the actor's scope lies, and the one asked for (None: the first of them, if any).

    Raises NotFoundError for one that is not in view.
    """
    mine = await seen.counties(conn, scope_of(actor))
    found = [one for one in await register.counties(conn) if everywhere(actor) or one.id in mine]
    county = next((one for one in found if county_id in (None, one.id)), None)
    if county is None and county_id is not None:
        raise NotFoundError("county")
    return found, county


async def read(db: Database, identity: UUID, *, actor: Actor, now: datetime) -> CountyRead:
    """Raises NotFoundError, also for who does not keep the directory."""
    if not has_role(actor, Act.KEEP_DIRECTORY):
        raise NotFoundError("county")
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "county", identity)
        county = next((one for one in await register.counties(conn) if one.id == identity), None)
        if county is None:
            raise NotFoundError("county")
        every = await agreements.all_agreements(conn)
        theirs = {one.id for one in every if one.principals & county.principals}
        principals = await directory_one.principals(conn, sorted(county.principals))
    return CountyRead(county, principals, tuple(one for one in every if one.id in theirs))
