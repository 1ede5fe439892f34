"""The yearly report: read as of the day, written in by the board, published, and read as it was published.

The law of this file: whoever keeps it reads all of the county, for a board spans principals; what of it is told follows
from the edition and never from the reader (rules, section 14). What is published is never counted again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import annual as rules
from sip.domain.agenda import AgendaItem, ItemSource, Resolution
from sip.domain.annual import (
    MOST_TEXT,
    AnnualPublished,
    AnnualReport,
    AnnualTextWritten,
    CountedYear,
    Edition,
    FrozenYear,
    ReportPart,
    ReportYear,
    YearDecision,
)
from sip.domain.figures import Subject
from sip.domain.worktime import local_day
from sip.store import annual
from sip.store.annual import PublishedEdition, WrittenText
from sip.store.db import Database, beyond
from sip.store.seen import figures
from sip.store.seen.scope import EVERYTHING
from sip.usecases.access import Act, require_role
from sip.usecases.actor import ENGINE, Actor, ServicePart
from sip.usecases.problems import ConflictError, FieldProblem, InvalidError, NotFoundError, refuse_texts
from sip.usecases.reading.agenda import year_of
from sip.usecases.recorded import recorded

_KIND = "annual_report"


@dataclass(frozen=True, slots=True)
class ReportRead:
    """A report as it is read, with what the board has written in it and what has been published of it."""

    report: AnnualReport
    written: dict[ReportPart, WrittenText]
    editions: list[PublishedEdition]
    is_over: bool


@dataclass(frozen=True, slots=True)
class ReportsRead:
    """The years and areas that a report can be made of, and all that was published."""

    years: tuple[int, ...]
    areas: tuple[str, ...]
    editions: list[PublishedEdition]


async def listed(db: Database, *, actor: Actor, now: datetime) -> ReportsRead:
    """What there is. Raises ForbiddenError."""
    require_role(actor, Act.KEEP_ANNUAL_REPORT)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", _KIND, None)
        async with beyond(conn):  # a board spans principals; it was asked whether she keeps it, here and below
            found, areas, years = await annual.editions(conn), await figures.areas(conn), await figures.years(conn)
    there = tuple(one for one in years if rules.there_is(one, local_day(now).year))
    return ReportsRead(there, tuple(areas), found)


async def read(
    db: Database, of: ReportYear, edition: Edition, *, actor: Actor, now: datetime, small: int,
    version: int | None = None,
) -> ReportRead:  # fmt: skip
    """The report of the day, or a published version of it. Raises NotFoundError for a year, area or version that there
    is none of, and ForbiddenError.
    """
    require_role(actor, Act.KEEP_ANNUAL_REPORT)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", _KIND, of.id)
        async with beyond(conn):
            await _require(conn, of, now)
            published = await annual.editions(conn, of=of)
            written = await annual.texts(conn, of)
            if version is None:
                report = await _draft(conn, of, edition, annual.texts_of(written), now, small)
            else:
                report = await _published(conn, published, edition, version)
    return ReportRead(report, written, published, local_day(now).year > of.year)


async def _require(conn: AsyncConnection, of: ReportYear, now: datetime) -> None:
    if not rules.there_is(of.year, local_day(now).year):
        raise NotFoundError("year")
    if of.area and of.area not in await figures.areas(conn):
        raise NotFoundError("area")


async def _published(
    conn: AsyncConnection, published: Sequence[PublishedEdition], edition: Edition, version: int
) -> AnnualReport:
    one = next((one for one in published if (one.edition, one.version) == (edition, version)), None)
    found = None if one is None else await annual.edition(conn, one.id)
    if found is None:
        raise NotFoundError("version")
    return found[1]


async def _draft(
    conn: AsyncConnection, of: ReportYear, edition: Edition, texts: dict[ReportPart, str], now: datetime, small: int
) -> AnnualReport:
    this, before = await counted_years(conn, of, now, small)
    names = {str(one): name for one, name in (await figures.principals(conn)).items()}
    told = rules.told(this, edition), rules.told(before, edition)
    boards = await year_of(conn, ENGINE, of.year, of.area or None)  # of every board, whoever reads
    decisions = tuple(_decision(item, it, edition) for item, it in boards.decided)
    return AnnualReport(of, edition, this.small, *told, _named(told, names), texts, len(boards.put), decisions)


def _decision(item: AgendaItem, it: Resolution, edition: Edition) -> YearDecision:
    """Outside without grounds and outcome, and without the heading of what came of reports: it names their units."""
    inside = edition is Edition.BOARD
    heading = item.title if inside or item.source is ItemSource.BY_HAND else ""
    grounds, outcome = (it.grounds, it.outcome) if inside else ("", None)
    return YearDecision(heading, it.text, grounds, it.owner, it.decided_on, it.due_on, it.done_at is not None, outcome)


def _named(told: tuple[rules.YearFigures, rules.YearFigures], names: dict[str, str]) -> dict[str, str]:
    """The principals that the report tells of."""
    rows = {key for year in told for one in year.subjects.values() for key in one.rows.get("principal", ())}
    return {key: names.get(key, key) for key in sorted(rows)}


async def counted_years(
    conn: AsyncConnection, of: ReportYear, now: datetime, small: int
) -> tuple[FrozenYear, FrozenYear]:
    """This year and the one before: frozen, or as they are counted now. Asked beyond the wall, by who has asked whether
    the reader may have an edition of them.
    """
    earlier = replace(of, year=of.year - 1)
    this, before = await annual.frozen(conn, of), await annual.frozen(conn, earlier)
    if this is not None and before is not None:
        return this, before
    area, years = of.area or None, (earlier.year, of.year)
    counts = {
        subject: await figures.counts(conn, EVERYTHING, subject, years, area=area, whole=True) for subject in Subject
    }
    protected = None if area else await figures.protected(conn, years)
    found = []
    for one, kept in ((of, this), (earlier, before)):
        if kept is not None:
            found.append(kept)
            continue
        counted = CountedYear(
            {subject: its[one.year] for subject, its in counts.items()},
            await figures.times(conn, EVERYTHING, one.year, small, area=area),
            await figures.unrecorded(conn, one.year, now, area),
            None if protected is None else protected[one.year],
        )
        found.append(rules.freeze(counted, now, small))
    return found[0], found[1]


# -- what the board does


async def write_text(
    db: Database, of: ReportYear, part: ReportPart, text: str, *, version: int, actor: Actor, now: datetime,
    event_id: str,
) -> None:  # fmt: skip
    """The board's words in a part; `version` is the one she saw, 0 for none. The same form again changes nothing.

    Raises InvalidError for what may not stand there, ConflictError where somebody has written meanwhile.
    """
    require_role(actor, Act.KEEP_ANNUAL_REPORT)
    said = text.replace("\r\n", "\n").strip()
    refuse_texts({"text": said})
    if len(said) > MOST_TEXT:
        raise InvalidError([FieldProblem("text", "annual.too_long", (("most", str(MOST_TEXT)),))])
    async with recorded(db, actor, now) as (conn, log), beyond(conn):
        await _require(conn, of, now)
        await annual.hold(conn, of)
        log.note("write", _KIND, of.id)
        if await annual.told(conn, of, event_id):
            return
        there = (await annual.texts(conn, of)).get(part)
        is_version = 0 if there is None else there.version
        if said == ("" if there is None else there.text):
            return
        if is_version != version:
            raise ConflictError("changed", is_version)
        await annual.write_text(conn, of, part, said, is_version + 1, actor.columns(), now)
        await annual.tell(conn, of, event_id, AnnualTextWritten(part, said), actor.columns(), now)


async def publish(
    db: Database, of: ReportYear, edition: Edition, *, actor: Actor, now: datetime, small: int, event_id: str
) -> PublishedEdition:
    """A new version of the edition, as it is read now; the year's counts are frozen with the first one, and those of
    the year before. The same form again gives the version that it made.

    Raises InvalidError for a year that is not over, or of which the county has an edition and this is an area's, or the
    other way round: one would tell what the other hides.
    """
    require_role(actor, Act.KEEP_ANNUAL_REPORT)
    if local_day(now).year <= of.year:
        raise InvalidError([FieldProblem("edition", "annual.goes_on", (("year", str(of.year)),))])
    async with recorded(db, actor, now) as (conn, log), beyond(conn):
        await _require(conn, of, now)
        for year in (of.year - 1, of.year, of.year + 1):  # in the order of years, as everybody takes them
            await annual.hold(conn, replace(of, year=year))
        log.note("publish", _KIND, of.id)
        made = uuid5(of.id, event_id)
        if (again := await annual.edition(conn, made)) is not None:
            return again[0]
        await _refuse_crossing(conn, of)
        this, before = await counted_years(conn, of, now, small)
        await annual.freeze(conn, of, this, now)
        await annual.freeze(conn, replace(of, year=of.year - 1), before, now)
        texts = annual.texts_of(await annual.texts(conn, of))
        earlier = [one.version for one in await annual.editions(conn, of=of, edition=edition)]
        report = replace(
            await _draft(conn, of, edition, texts, now, small), version=max(earlier, default=0) + 1, published_at=now,
            published_by=actor.name or "",
        )  # fmt: skip
        assert report.version is not None
        await annual.publish(conn, made, report)
        event = AnnualPublished(edition, report.version, annual.digest(report))
        await annual.tell(conn, of, event_id, event, actor.columns(), now)
        return PublishedEdition(made, of, edition, report.version, report.published_by or "", now)


async def _refuse_crossing(conn: AsyncConnection, of: ReportYear) -> None:
    """An area's breakdowns are the county's, crossed; each report tells of the year before it as well."""
    for year in (of.year - 1, of.year, of.year + 1):
        if await annual.is_area_published(conn, year, of_county=bool(of.area)):
            problem = "annual.county_published" if of.area else "annual.areas_published"
            raise InvalidError([FieldProblem("edition", problem, (("year", str(year)),))])


# -- what everybody reads


_FOR_ALL = "what is published is for everybody, whoever it is"


async def public(db: Database, *, now: datetime) -> list[PublishedEdition]:
    """The public editions, of each report the latest version."""
    async with recorded(db, ServicePart.LINKS, now, nothing=_FOR_ALL) as (conn, _):
        found = await annual.editions(conn, edition=Edition.PUBLIC)
    latest: dict[ReportYear, PublishedEdition] = {}
    for one in found:
        latest.setdefault(one.of, one)
    return list(latest.values())


async def public_one(db: Database, edition_id: UUID, *, now: datetime) -> AnnualReport:
    """A public edition, of any version. Raises NotFoundError."""
    async with recorded(db, ServicePart.LINKS, now, nothing=_FOR_ALL) as (conn, _):
        found = await annual.edition(conn, edition_id)
    if found is None or found[0].edition is not Edition.PUBLIC:
        raise NotFoundError("annual_report")
    return found[1]
