"""The yearly report of a made-up year (`north_west`): what it tells, its editions, what stays when it is published."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import text
from tools import report_schema

from sip.domain.agenda import ItemPurpose, Resolved, board_of
from sip.domain.annual import AnnualReport, Edition, ReportPart, ReportYear
from sip.domain.people import Role
from sip.edges.annual import data, document, files, telling
from sip.edges.annual.files import FileFormat
from sip.edges.annual.told import ToldReport
from sip.edges.web.shell.phrases import Phrases
from sip.store import db as database
from sip.store.aggregates import journal
from sip.store.annual import PublishedEdition
from sip.store.db import Database
from sip.usecases import agenda, annual, service
from sip.usecases.actor import OPERATOR, Actor, ActorKind
from sip.usecases.agenda import ItemForm, item_id
from sip.usecases.commands import Command
from sip.usecases.problems import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.pictures import PPI, held
from tests.tester import TESTER
from tests.usecases import north_west
from tests.usecases.north_west import AREA, YEAR

COUNTY = ReportYear(YEAR)
AFTER = north_west.AFTER.replace(microsecond=123_456)
SCHEMA = Path(__file__).parents[2] / "docs" / "annual-report.schema.json"
BOARD = Actor(ActorKind.USER, str(north_west.ident("lars")), "Lars Ledamot", role=Role.BOARD_MEMBER,
              principal_id=north_west.ident("ask"))  # fmt: skip
PAGES = Path(__file__).parent / "pages"
SUMMARY = "Fler svarar i tid, och färre uteblir.\n\n=1+1 är ingen formel här."


@pytest.fixture
async def north(db: Database) -> Database:
    await north_west.build(db)
    return db


async def _read(
    db: Database, edition: Edition = Edition.BOARD, of: ReportYear = COUNTY, version: int | None = None,
    now: datetime = AFTER, actor: Actor = OPERATOR,
) -> AnnualReport:  # fmt: skip
    return (await annual.read(db, of, edition, actor=actor, now=now, small=5, version=version)).report


async def _publish(db: Database, edition: Edition, of: ReportYear = COUNTY, event: str = "1") -> PublishedEdition:
    return await annual.publish(db, of, edition, actor=BOARD, now=AFTER, small=5, event_id=event)


async def _write(db: Database, text: str, version: int = 0, event: str = "t") -> None:
    await annual.write_text(
        db, COUNTY, ReportPart.SUMMARY, text, version=version, actor=BOARD, now=AFTER, event_id=event
    )


def _told(report: AnnualReport) -> ToldReport:
    return telling.tell(report, Phrases("sv"))


def _rows(told: ToldReport, table: str) -> dict[str, tuple[int | None, int | None]]:
    found = next(one for _, one in told.tables() if one.key == table)
    return {row.words: (row.now.count, row.before.count) for row in found.rows}


# -- what it tells


async def test_the_year_of_48_reports_reads_as_a_boards_report(north: Database) -> None:
    """The seed's eight categories, its parts in their order, and each number equal to a count of the lines."""
    told = _told(await _read(north))
    assert [part.heading for part in told.parts] == [
        "I korthet", "Vad som hände", "Uteblivna, ersättare och påminnelser", "Brister i samverkan", "Orsaker",
        "Åtgärder och vad som kom av dem", "Systemfrågor och beslut", "Goda exempel", "Särskilda händelser",
        "Jämförelse med året före", "Ännu öppet", "Så är siffrorna räknade",
    ]  # fmt: skip
    lines = north_west.lines()
    of_year = [line for line in lines if line["year"] == str(YEAR) and line["good"] == "no"]
    assert len(of_year) == 48
    phrases = Phrases("sv")
    named = {
        phrases.t(f"category.{category}"): sum(category in line["categories"].split() for line in of_year)
        for category in {one for line in of_year for one in line["categories"].split()}
    }
    assert len(named) == 8
    shown = {words: now for words, (now, _) in _rows(told, "reports_by_category").items()}
    assert shown.keys() == named.keys()
    assert {words for words, now in shown.items() if now is None} == {"Bemötande", "Kompetens"}, "three and four of 48"
    assert all(now in (None, named[words]) for words, now in shown.items())
    everything = _rows(told, "all_reports")
    assert everything["Avvikelser"] == (48, 41)
    assert everything["Avslutade avvikelser"][0] == sum(line["state"] == "closed" for line in of_year)
    measures = sum(int(line["measures"]) for line in of_year), sum(int(line["done"]) for line in of_year)
    assert [now for now, _ in _rows(told, "all_measures").values()] == list(measures)
    assert told.parts[0].sentences[-1] == "48 brister i samverkan rapporterades och hördes."
    still_open = next(part for part in told.parts if part.key == "open")
    assert still_open.facts[0].value == str(48 - everything["Avslutade avvikelser"][0])
    assert "8 februari 2027" in still_open.sentences[0]


async def test_good_examples_and_special_events_stand_apart(north: Database) -> None:
    told = _told(await _read(north))
    assert sum(now or 0 for now, _ in _rows(told, "good_by_principal").values()) == 9
    special = _rows(told, "cancelled_by_special")
    assert special["Möten som pausades för en särskild händelse"][0] == 21
    assert special["Övriga möten"][0] == 29


async def _decided(db: Database) -> None:
    """A question put before the county's board in the spring, and decided: something is to be done by a unit."""
    at = datetime(YEAR, 5, 12, 9, tzinfo=UTC)
    world = await service.world(db, at, production=False)
    keeper = Actor(ActorKind.USER, str(north_west.ident("siv")), "Siv Holm", role=Role.COORDINATOR)
    put, decide = (Command(keeper, at, world, name) for name in ("put", "decide"))
    form = ItemForm(
        "Kallelsen säger inte varför", "Den kallade vet inte vem som ska komma.", ItemPurpose.DECISION, at.date()
    )
    assert (await agenda.put(db, board_of(None), form, put)).refused is None
    event = Resolved(
        "Syftet ska stå i kallelsen.", "Sju enheter har skrivit det.", at.date(), "verksamhetsutvecklare",
        north_west.ident("region/u"), date(YEAR, 10, 1),
    )  # fmt: skip
    done = await agenda.resolve(db, item_id(put), event, decide)
    assert done.refused is None, done


async def test_decisions_stand_with_their_grounds_in_the_boards_own(north: Database) -> None:
    await _decided(north)
    for edition, grounds in ((Edition.BOARD, " Skäl: Sju enheter har skrivit det."), (Edition.PUBLIC, "")):
        told = next(part for part in _told(await _read(north, edition)).parts if part.key == "systemic")
        assert told.sentences == ("Frågor som lades fram för samråden under året: 1. Beslut: 1.",)
        (one,) = told.decisions
        assert (one.question, one.owner) == ("Kallelsen säger inte varför", "verksamhetsutvecklare")
        assert one.decision == f"Syftet ska stå i kallelsen.{grounds}"
        assert one.state == "Ska vara gjort torsdag 1 oktober 2026."
    async with north.transaction(TESTER) as conn:
        await conn.execute(text("update agenda_item set source = 'report', title = 'Avvikelse: Rönn hemtjänst'"))
    for edition, heading in (
        (Edition.BOARD, "Avvikelse: Rönn hemtjänst"), (Edition.PUBLIC, "En fråga ur avvikelser"),
    ):  # fmt: skip
        told = next(part for part in _told(await _read(north, edition)).parts if part.key == "systemic")
        assert [one.question for one in told.decisions] == [heading], "outside no unit is named beside its report"
    area = _told(await _read(north, of=replace(COUNTY, area=AREA)))
    assert next(part for part in area.parts if part.key == "systemic").decisions == (), "another board's"


async def test_the_public_edition_hides_what_the_boards_own_tells(north: Database) -> None:
    inside, outside = _told(await _read(north)), _told(await _read(north, Edition.PUBLIC))
    assert _rows(inside, "no_show_by_principal")["Rönn kommun"][0] == 1
    assert _rows(outside, "no_show_by_principal")["Rönn kommun"] == (None, None)
    small = [
        row for _, table in outside.tables() for row in table.rows for one in (row.now, row.before)
        if one.count is not None and 0 < one.count < 5
    ]  # fmt: skip
    assert small == []


async def test_a_year_of_nothing_is_told_without_a_fault(db: Database) -> None:
    told = _told(await _read(db, Edition.PUBLIC))
    assert [table.key for _, table in told.tables()] == []
    assert all(part.sentences or part.facts or part.note for part in told.parts), "no heading stands alone"
    assert document.as_pdf(told).startswith(b"%PDF")


# -- written, published, kept


async def test_the_board_writes_and_the_text_stays_with_the_report(north: Database) -> None:
    await _write(north, SUMMARY)
    await _write(north, "the same form again", event="t")
    report = await _read(north, actor=BOARD)
    assert _told(report).parts[0].written == tuple(SUMMARY.split("\n\n"))
    with pytest.raises(ConflictError):
        await _write(north, "Annat.", event="late")
    with pytest.raises(InvalidError):
        await _write(north, "Ring 070-123 45 67 om Anna.", version=1, event="phone")
    await _write(north, "", version=1, event="gone")
    assert (await _read(north)).texts == {}
    async with north.transaction(TESTER) as conn:
        told = await (await database.raw(conn)).fetch(
            "select kind, actor_name from journal where aggregate = $1 order by seq", COUNTY.id
        )
        assert await journal.broken_at(conn, COUNTY.id) is None
    assert [tuple(row) for row in told] == [("AnnualTextWritten", "Lars Ledamot")] * 2


async def test_what_is_published_stays_and_is_never_counted_again(north: Database) -> None:
    await _write(north, SUMMARY)
    made = await _publish(north, Edition.PUBLIC)
    assert (made.version, made.by) == (1, "Lars Ledamot")
    assert (await _publish(north, Edition.PUBLIC)).id == made.id, "the same form again"
    before = await _read(north, Edition.PUBLIC, version=1)
    await north_west.one_more(north)
    await _write(north, "En rättelse.", version=1, event="again")
    assert await _read(north, Edition.PUBLIC, version=1) == before
    second = await _publish(north, Edition.PUBLIC, event="2")
    later = await _read(north, Edition.PUBLIC, version=2)
    assert (second.version, later.now, later.before) == (2, before.now, before.before)
    assert later.texts[ReportPart.SUMMARY] == "En rättelse."
    inside = await _read(north)
    assert inside.now.cut_off == AFTER and inside.now.part("over") == before.now.part("over"), "both of the same counts"
    async with north.transaction(TESTER) as conn:
        kinds = await (await database.raw(conn)).fetch(
            "select data->>'edition' from journal where aggregate = $1 and kind = 'AnnualPublished'", COUNTY.id
        )
    assert [row[0] for row in kinds] == ["public", "public"]


async def test_next_years_report_shows_the_year_as_its_own_did(north: Database) -> None:
    await _publish(north, Edition.PUBLIC)
    shown = (await _read(north, Edition.PUBLIC, version=1)).now
    await north_west.one_more(north)
    later = await _read(north, Edition.PUBLIC, ReportYear(YEAR + 1), now=datetime(2028, 2, 1, tzinfo=UTC))
    assert later.before == shown


async def test_a_county_and_its_areas_are_not_both_published(north: Database) -> None:
    area = replace(COUNTY, area=AREA)
    assert (await _read(north, of=area)).now.part("over") == (310, None)
    await _publish(north, Edition.PUBLIC)
    for of in (area, replace(area, year=YEAR - 1)):
        with pytest.raises(InvalidError, match="county_published"):
            await _publish(north, Edition.BOARD, of)
    await annual.publish(
        north, ReportYear(YEAR - 2, AREA), Edition.PUBLIC, actor=BOARD, now=AFTER, small=5, event_id="1"
    )
    with pytest.raises(InvalidError, match="areas_published"):
        await _publish(north, Edition.PUBLIC, ReportYear(YEAR - 1))


async def test_a_year_that_goes_on_is_not_published(north: Database) -> None:
    now = datetime(YEAR, 11, 30, tzinfo=UTC)
    assert (await annual.read(north, COUNTY, Edition.BOARD, actor=BOARD, now=now, small=5)).is_over is False
    with pytest.raises(InvalidError, match="goes_on"):
        await annual.publish(north, COUNTY, Edition.PUBLIC, actor=BOARD, now=now, small=5, event_id="1")


async def test_who_may(north: Database) -> None:
    staff = Actor(ActorKind.USER, "x", "X", role=Role.UNIT_STAFF, unit_id=north_west.ident("ask/u"))
    for act in (
        lambda: _read(north, actor=staff), lambda: annual.listed(north, actor=staff, now=AFTER),
        lambda: annual.publish(north, COUNTY, Edition.BOARD, actor=staff, now=AFTER, small=5, event_id="1"),
    ):  # fmt: skip
        with pytest.raises(ForbiddenError):
            await act()
    for of, version in ((ReportYear(2019), None), (replace(COUNTY, area="Sydost"), None), (COUNTY, 3)):
        with pytest.raises(NotFoundError):
            await _read(north, of=of, version=version)
    inside = await _publish(north, Edition.BOARD)
    with pytest.raises(NotFoundError):
        await annual.public_one(north, inside.id, now=AFTER)
    assert await annual.public(north, now=AFTER) == []


# -- as files


async def _file(db: Database, to: FileFormat, edition: Edition = Edition.PUBLIC) -> bytes:
    await _write(db, SUMMARY)
    report = await _read(db, edition)
    made = files.written(report, to)
    assert made.name == f"sip-{YEAR}-{edition}-utkast.{to}"
    assert files.written(report, to) == made, "the same to the byte"
    return made.data


async def test_the_pdf_is_archived_and_read_aloud(north: Database) -> None:
    """PDF/A-2a and PDF/UA-1 are said in it, and its tag tree holds every heading, table and number in their order."""
    reader = PdfReader(io.BytesIO(await _file(north, FileFormat.PDF)))
    root: Any = reader.trailer["/Root"]
    said = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in said and "<pdfaid:conformance>A</pdfaid:conformance>" in said
    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert root["/Lang"] == "sv" and root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None and reader.metadata.title == "Samverkan kring SIP 2026"
    tags = list(_tags(root["/StructTreeRoot"]))
    told = _told(await _read(north, Edition.PUBLIC))
    assert [title for tag, title in tags if tag == "/H2"] == [part.heading for part in told.parts]
    names = [tag for tag, _ in tags]
    assert names.count("/H1") == 1 and names.count("/Table") == names.count("/Caption") == len(told.tables())
    rows = sum(len(table.rows) + 1 for _, table in told.tables())
    assert names.count("/TR") == rows
    assert "/Figure" not in names, "bars are decoration: their numbers stand beside them"
    text = " ".join(page.extract_text() for page in reader.pages)
    for word in ("Samrådet skriver", "Fler svarar i tid", "Rutiner och förståelse", "visas inte", "1 / "):
        assert word in text


def _tags(node: Any) -> Any:
    """Every element of the tag tree, with its title, in reading order."""
    found = node.get_object()
    if isinstance(found, list):
        for one in found:
            yield from _tags(one)
    elif isinstance(found, dict):
        if "/S" in found:
            yield found["/S"], found.get("/T")
        if "/K" in found:
            yield from _tags(found["/K"])


async def test_each_page_is_as_it_was_looked_at(north: Database) -> None:
    await _decided(north)
    await _write(north, SUMMARY)
    for edition in Edition:
        held(PAGES, f"annual-{edition}", document.as_pictures(_told(await _read(north, edition)), PPI))


async def test_the_workbook_has_real_tables_and_no_formula(north: Database) -> None:
    book = openpyxl.load_workbook(io.BytesIO(await _file(north, FileFormat.XLSX)))
    front, *sheets = book.worksheets
    assert "=1+1 är ingen formel här." in [cell.value for row in front.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    for sheet in sheets:
        assert len(sheet.tables) == 1 and sheet.freeze_panes == "C2"
        (table,) = sheet.tables.values()
        assert table.ref.startswith("A1:H") and table.ref.endswith(str(sheet.max_row))
    comparison = next(sheet for sheet in sheets if "Jämförelse" in sheet.title)
    line = next(row for row in comparison.iter_rows() if row[1].value == "Uteblivna")
    assert [cell.value for cell in line][2:4] == [36, 771]
    assert (line[2].number_format, line[4].number_format) == ("#,##0", "0 %")
    assert line[4].value == pytest.approx(36 / 771)
    assert any(cell.value == "visas inte" for sheet in sheets for row in sheet.iter_rows() for cell in row)


async def test_the_csv_is_safe_for_a_spreadsheet(north: Database) -> None:
    raw = await _file(north, FileFormat.CSV)
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert list(rows[0]) == ["Del", "Tabell", "Rad", "År", "Antal", "Av", "Andel", "Visas"]
    hidden = [row for row in rows if row["Visas"] == "nej"]
    assert hidden and all(row["Antal"] == row["Andel"] == "" for row in hidden)
    missed = next(row for row in rows if row["Tabell"] == "Kallade enheter" and row["Rad"] == "Uteblivna")
    assert (missed["År"], missed["Antal"], missed["Av"], missed["Andel"]) == ("2026", "36", "771", "0,0467")
    for start in ("=", "+", "-", "@", "\t", "\r"):
        assert data.safe(f"{start}1") == f"'{start}1"


async def test_the_json_is_as_its_schema_says(north: Database) -> None:
    said = json.loads(await _file(north, FileFormat.JSON, Edition.BOARD))
    jsonschema_rs.validate(data.schema(), said)
    assert (said["sip_annual_report"], said["year"], said["edition"], said["version"]) == (1, 2026, "board", None)
    assert SCHEMA.read_text(encoding="utf-8") == report_schema.page(), "make docs"
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(data.schema(), said | {"sip_annual_report": 2})


async def test_the_html_file_asks_for_nothing_and_runs_nothing(north: Database) -> None:
    page = (await _file(north, FileFormat.HTML)).decode()
    for word in ("<script", "http://", "https://", "url(http", " src=", "<link"):
        assert word not in page
    assert '<html lang="sv">' in page and page.count("<caption>") == page.count("<table")
