"""Yearly reports as rows: texts of the board, years that are frozen, editions that were published.

The law of this file: what is frozen or published is added and never changed; each act stands in the report's journal,
in its own transaction. Whoever calls it sees for the service, and has asked whose it is.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.annual import AnnualReport, Edition, FrozenYear, ReportPart, ReportYear
from sip.store import db, tables
from sip.store.aggregates import journal
from sip.store.aggregates.journal import ActorColumns
from sip.store.aggregates.versioned import NO_HASH
from sip.store.rows import insert

_encoder = msgspec.json.Encoder(order="sorted")
_reports: msgspec.json.Decoder[AnnualReport] = msgspec.json.Decoder(AnnualReport)
_years: msgspec.json.Decoder[FrozenYear] = msgspec.json.Decoder(FrozenYear)


@dataclass(frozen=True, slots=True)
class WrittenText:
    """What the board wrote in a part, and who did last; `version` counts its changes."""

    text: str
    version: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """An edition that was published, without what it holds."""

    id: UUID
    of: ReportYear
    edition: Edition
    version: int
    by: str
    at: datetime


def as_json(report: AnnualReport) -> bytes:
    """A report whole, the same to the byte whenever it is the same."""
    return _encoder.encode(report)


def digest(report: AnnualReport) -> str:
    """SHA-256 of what it holds, in hexadecimal."""
    return hashlib.sha256(as_json(report)).hexdigest()


async def hold(conn: AsyncConnection, of: ReportYear) -> None:
    """Nobody else publishes or writes in a report of this year until the transaction ends: neither of the county's nor
    of an area's."""
    await (await db.raw(conn)).execute("select pg_advisory_xact_lock(hashtext('annual_report'), $1)", of.year)


# -- texts


async def texts(conn: AsyncConnection, of: ReportYear) -> dict[ReportPart, WrittenText]:
    """What the board has written in this report."""
    rows = await (await db.raw(conn)).fetch(
        "select part, text, version, changed_by, changed_at from annual_text where year = $1 and area = $2",
        of.year,
        of.area,
    )
    return {ReportPart(row[0]): WrittenText(*row[1:]) for row in rows}


async def write_text(
    conn: AsyncConnection, of: ReportYear, part: ReportPart, text: str, version: int, by: ActorColumns, now: datetime
) -> None:
    """This text, as that version."""
    columns = ("year", "area", "part", "text", "version", "changed_by", "changed_at")
    changed = ", ".join(f"{column} = excluded.{column}" for column in columns[3:])
    row = (of.year, of.area, part, text, version, by.name or "", now)
    raw = await db.raw(conn)
    await insert(raw, tables.annual_text, columns, [row], f"on conflict (year, area, part) do update set {changed}")


# -- years


async def frozen(conn: AsyncConnection, of: ReportYear) -> FrozenYear | None:
    """The year's counts as they were frozen; None before."""
    found = await (await db.raw(conn)).fetchval(
        "select frozen::text from annual_year where year = $1 and area = $2", of.year, of.area
    )
    return None if found is None else _years.decode(found)


async def freeze(conn: AsyncConnection, of: ReportYear, year: FrozenYear, now: datetime) -> None:
    """Keeps them; what is frozen stays."""
    row = (of.year, of.area, _encoder.encode(year).decode(), now)
    columns = ("year", "area", "frozen", "frozen_at")
    await insert(await db.raw(conn), tables.annual_year, columns, [row], "on conflict (year, area) do nothing")


async def is_area_published(conn: AsyncConnection, year: int, *, of_county: bool) -> bool:
    """Whether an edition of the whole county, or one of an area, has been published of the year."""
    found: bool = await (await db.raw(conn)).fetchval(
        "select exists (select from annual_edition where year = $1 and (area = '') = $2)", year, of_county
    )
    return found


# -- editions

_EDITION = "e.id, e.year, e.area, e.edition, e.version, e.published_by, e.published_at"


def _edition(row: Sequence[object]) -> PublishedEdition:
    found, year, area, edition, version, by, at = row
    assert isinstance(year, int) and isinstance(area, str)
    return msgspec.convert(
        {"id": found, "of": ReportYear(year, area), "edition": edition, "version": version, "by": by, "at": at},
        PublishedEdition, from_attributes=True,
    )  # fmt: skip


async def editions(
    conn: AsyncConnection, *, of: ReportYear | None = None, edition: Edition | None = None
) -> list[PublishedEdition]:
    """What was published, the latest year first and of each the latest version first."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_EDITION} from annual_edition e where ($1::integer is null or (e.year = $1 and e.area = $2))"
        " and ($3::text is null or e.edition = $3) order by e.year desc, e.area, e.edition, e.version desc",
        None if of is None else of.year,
        "" if of is None else of.area,
        edition,
    )
    return [_edition(row) for row in rows]


async def edition(conn: AsyncConnection, edition_id: UUID) -> tuple[PublishedEdition, AnnualReport] | None:
    """One with what it holds."""
    row = await (await db.raw(conn)).fetchrow(
        f"select {_EDITION}, e.content::text from annual_edition e where e.id = $1", edition_id
    )
    return None if row is None else (_edition(tuple(row)[:7]), _reports.decode(row[7]))


async def publish(conn: AsyncConnection, edition_id: UUID, report: AnnualReport) -> None:
    """Keeps what it holds as it is."""
    assert report.version is not None and report.published_at is not None
    columns = ("id", "year", "area", "edition", "version", "sha256", "content", "published_by", "published_at")
    row = (
        edition_id, report.of.year, report.of.area, report.edition, report.version, digest(report),
        as_json(report).decode(), report.published_by or "", report.published_at,
    )  # fmt: skip
    await insert(await db.raw(conn), tables.annual_edition, columns, [row])


async def tell(
    conn: AsyncConnection, of: ReportYear, event_id: str, event: object, by: ActorColumns, now: datetime
) -> None:
    """A row of the report's journal; the report is held."""
    seq, before = (await journal.heads(conn, [of.id])).get(of.id, (0, NO_HASH))
    writer = journal.Writer(by, now, await journal.recording_moment(conn))
    writer.add((of.id, seq, before), seq + 1, event_id, event, (), journal.APPLIED)
    await writer.write(conn)


async def told(conn: AsyncConnection, of: ReportYear, event_id: str) -> bool:
    """Whether this was done before."""
    return bool(await journal.first_outcomes(conn, [(of.id, event_id)]))


def texts_of(written: Mapping[ReportPart, WrittenText]) -> dict[ReportPart, str]:
    """The texts alone, of what is not empty."""
    return {part: one.text for part, one in written.items() if one.text}
