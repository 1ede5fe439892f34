"""The yearly report as a workbook: a sheet of facts and texts, and one table for each part.

The law of this file: what people wrote is written as text and never as a formula; numbers are numbers, shares have the
format of shares, and a hidden count is a word. Every sheet of numbers is one real table with its head frozen.
"""

import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from sip.edges.annual.told import ToldPart, ToldReport
from sip.edges.charts import CountOf
from sip.edges.web.shell.phrases import Phrases

MOST_NAME = 31
"""Letters of a sheet's name, by the format."""
_INK = "#16302f"
_WIDTHS = (46, 44, 11, 11, 11, 11, 11, 11)


def as_xlsx(told: ToldReport) -> bytes:
    """The workbook. When the report was made stands in its properties, so that it is the same to the byte each time."""
    made_at = told.published_at or told.cut_off
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({
        "title": told.title, "subject": told.subtitle, "author": "SIP", "comments": told.standing,
        "created": made_at.replace(tzinfo=None),
    })  # fmt: skip
    phrases, formats = Phrases(told.language), _formats(book)
    _front(book, told, phrases, formats)
    for n, part in enumerate((one for one in told.parts if one.tables), 1):
        _sheet(book, told, part, n, phrases, formats)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    plain = {"font_color": _INK, "valign": "top"}
    return {
        "title": book.add_format({**plain, "bold": True, "font_size": 16}),
        "head": book.add_format({**plain, "bold": True, "font_size": 12, "bottom": 1, "bottom_color": "#c9cfcb"}),
        "text": book.add_format({**plain, "text_wrap": True}),
        "label": book.add_format({**plain, "bold": True, "text_wrap": True}),
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0 %"}),
        "hidden": book.add_format({"font_color": "#56635f", "italic": True, "align": "right"}),
    }


def _front(book: Any, told: ToldReport, phrases: Phrases, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(phrases.t("annual.sheet"))
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 90)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, told.title, formats["title"])
    sheet.write_string(1, 0, told.subtitle)
    sheet.write_string(2, 0, told.standing)
    sheet.freeze_panes(4, 0)
    at = 4
    for style, label, text in _lines(told, phrases):
        sheet.write_string(at, 0, label, formats[style])
        if text:
            sheet.write_string(at, 1, text, formats["text"])
        at += 1
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _lines(told: ToldReport, phrases: Phrases) -> Iterator[tuple[str, str, str]]:
    for one in told.highlights:
        yield "label", one.words, f"{one.value} ({one.before})"
    for part in told.parts:
        yield "head", part.heading, ""
        for text in part.sentences:
            yield "label", "", text
        for n, text in enumerate(part.written):
            yield "label", "" if n else phrases.t("annual.board_wrote"), text
        for fact in part.facts:
            yield "label", fact.words, fact.value
        for decided in part.decisions:
            said = (decided.decision, decided.owner, decided.day, decided.state)
            yield "label", decided.question, " · ".join(one for one in said if one)


def _sheet(book: Any, told: ToldReport, part: ToldPart, number: int, phrases: Phrases, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(f"{number} {part.heading}"[:MOST_NAME].replace(":", ""))
    at = 1
    for table in part.tables:
        for row in table.rows:
            sheet.write_string(at, 0, table.title)
            sheet.write_string(at, 1, row.words)
            for column, counted in ((2, row.now), (5, row.before)):
                _write(sheet, at, column, counted, phrases, formats)
            at += 1
    heads = [phrases.t("annual.column.table"), phrases.t("annual.column.row")]
    heads += [
        f"{year} {phrases.t(f'annual.column.{name}').lower()}"
        for year in (told.year, told.year - 1)
        for name in ("count", "of", "share")
    ]
    sheet.add_table(0, 0, at - 1, len(heads) - 1, {
        "name": f"Tabell_{part.key}", "style": "Table Style Light 15", "columns": [{"header": one} for one in heads],
    })  # fmt: skip
    sheet.freeze_panes(1, 2)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _write(sheet: Any, at: int, column: int, counted: CountOf, phrases: Phrases, formats: dict[str, Any]) -> None:
    if counted.count is None:
        sheet.write_string(at, column, phrases.t("statistics.hidden"), formats["hidden"])
    else:
        sheet.write_number(at, column, counted.count, formats["count"])
    if counted.of is not None:
        sheet.write_number(at, column + 1, counted.of, formats["count"])
    if counted.share is not None and counted.of:
        sheet.write_number(at, column + 2, counted.share, formats["share"])
