"""A year of a group's attendance as a workbook: every seat at every sitting, and what each principal's seats came to.

The law of this file: what people wrote is text and never a formula; numbers, days and times are such. Seats have their
functions and principals, and no name: what is paid is paid to principals (rules, section 18 U8).
"""

import io
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter

from sip.domain.presence import by_principal
from sip.domain.sitting import GroupSitting, SittingSeat
from sip.edges.web.shell.phrases import Phrases
from sip.usecases.reading.sittings import AttendanceYear

_HOUR = timedelta(hours=1)
_SEATS = (("day", 13), ("begins", 9), ("ends", 9), ("hours", 9), ("seat", 7), ("function", 34), ("principal", 30),
          ("came", 24))  # fmt: skip
_PRINCIPALS = (("principal", 36), ("of", 16), ("came_count", 12), ("nobody_count", 14), ("came_hours", 14))


def as_xlsx(found: AttendanceYear, phrases: Phrases) -> bytes:
    """The workbook; the same to the byte for the same attendance."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    title = phrases.t("sittings.sheet_title", group=found.group.name, year=found.year)
    made = phrases.local(found.sittings[-1].end).replace(tzinfo=None)
    book.set_properties({"title": title, "author": "SIP", "created": made})
    formats = {
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "clock": book.add_format({"num_format": "hh:mm", "align": "left"}),
        "hours": book.add_format({"num_format": "0.00"}),
    }
    _seats(book, found, title, phrases, formats)
    _principals(book, found, title, phrases, formats)
    book.close()
    return out.getvalue()


def _seats(book: Any, found: AttendanceYear, title: str, phrases: Phrases, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(phrases.t("sittings.sheet_seats"))
    rows = [(one, seat) for one in found.sittings for seat in one.seats if seat.representative is not None]
    for at, (one, seat) in enumerate(rows, 1):
        _seat(sheet, at, one, seat, phrases, formats)
    _table(sheet, len(rows), _SEATS, "Narvaro", title, phrases)


def _seat(
    sheet: Any, at: int, one: GroupSitting, seat: SittingSeat, phrases: Phrases, formats: dict[str, Any]
) -> None:  # fmt: skip
    start, end = (phrases.local(moment).replace(tzinfo=None) for moment in (one.start, one.end))
    sheet.write_datetime(at, 0, datetime.combine(start.date(), datetime.min.time()), formats["day"])
    sheet.write_datetime(at, 1, start.time(), formats["clock"])
    sheet.write_datetime(at, 2, end.time(), formats["clock"])
    sheet.write_number(at, 3, (one.end - one.start) / _HOUR, formats["hours"])
    sheet.write_number(at, 4, seat.number)
    function = phrases.t(f"seat_function.{seat.function}")
    sheet.write_string(at, 5, f"{function} ({seat.wanted})" if seat.wanted else function)
    sheet.write_string(at, 6, seat.principal)
    sheet.write_string(at, 7, phrases.t(f"seat_presence.{seat.came}" if seat.came else "sittings.not_recorded"))


def _principals(book: Any, found: AttendanceYear, title: str, phrases: Phrases, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(phrases.t("sittings.sheet_principals"))
    rows = by_principal(found.sittings)
    for at, one in enumerate(rows, 1):
        sheet.write_string(at, 0, one.principal)
        for column, count in ((1, one.of), (2, one.came), (3, one.of - one.came)):
            sheet.write_number(at, column, count)
        sheet.write_number(at, 4, one.time / _HOUR, formats["hours"])
    _table(sheet, len(rows), _PRINCIPALS, "Huvudman", title, phrases)


def _table(
    sheet: Any, rows: int, columns: tuple[tuple[str, int], ...], name: str, title: str, phrases: Phrases
) -> None:  # fmt: skip
    heads = [{"header": phrases.t(f"sittings.column_{key}")} for key, _ in columns]
    sheet.add_table(
        0, 0, max(rows, 1), len(columns) - 1, {"name": name, "style": "Table Style Light 15", "columns": heads}
    )
    for at, (_, width) in enumerate(columns):
        sheet.set_column(at, at, width)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{title.replace('&', '&&')}&R&P/&N")
