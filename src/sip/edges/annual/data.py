"""The yearly report for machines: JSON with its schema, and CSV that a spreadsheet opens without running anything.

The law of this file: every number of the report is in both, one row for each; a hidden count is empty in CSV, with its
own column that says so, and null in JSON.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

import msgspec

from sip.edges.annual.told import ToldReport
from sip.edges.charts import CountOf
from sip.edges.web.shell.phrases import Phrases
from sip.usecases.directory.csv_text import DISARMED

BOM = b"\xef\xbb\xbf"
COLUMNS = ("part", "table", "row", "year", "count", "of", "share", "shown")


def as_json(told: ToldReport) -> bytes:
    """The report as JSON, as `schema` describes it."""
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the JSON file."""
    made = msgspec.json.schema(ToldReport)
    for one in made["$defs"].values():
        one["description"] = " ".join(one["description"].split())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Yearly report, format 1", **made}


def as_csv(told: ToldReport) -> bytes:
    """UTF-8 with BOM, semicolons, decimal commas: as a Swedish spreadsheet reads it. A row for each number and year."""
    phrases, out = Phrases(told.language), io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([phrases.t(f"annual.column.{name}") for name in COLUMNS])
    for row in _rows(told, phrases):
        writer.writerow([safe(cell) for cell in row])
    return BOM + out.getvalue().encode()


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DISARMED) else text


def _rows(told: ToldReport, phrases: Phrases) -> Iterator[tuple[str, ...]]:
    for part, table in told.tables():
        for row in table.rows:
            for year, counted in ((told.year, row.now), (told.year - 1, row.before)):
                yield part.heading, table.title, row.words, str(year), *_cells(counted, phrases)


def _cells(counted: CountOf, phrases: Phrases) -> tuple[str, str, str, str]:
    count, of = ("" if one is None else str(one) for one in (counted.count, counted.of))
    share = "" if counted.share is None else f"{counted.share:.4f}".replace(".", ",")
    return count, of, share, phrases.t("annual.shown_no" if counted.count is None else "annual.shown_yes")
