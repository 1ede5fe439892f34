"""The yearly report as a file, in the format that is asked for.

The law of this file: the same report in the same format is the same to the byte. Files are in Swedish, which the report
is written in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sip.domain.annual import AnnualReport
from sip.edges.annual import data, document, page_file, workbook
from sip.edges.annual.telling import tell
from sip.edges.annual.told import ToldReport
from sip.edges.web.shell.phrases import Phrases


class FileFormat(StrEnum):
    """What a report is written as."""

    PDF = "pdf"
    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file: its name, what it is, and its bytes."""

    name: str
    media_type: str
    data: bytes


_MADE: Mapping[FileFormat, tuple[str, Callable[[ToldReport], bytes]]] = {
    FileFormat.PDF: ("application/pdf", document.as_pdf),
    FileFormat.HTML: ("text/html; charset=utf-8", page_file.as_html),
    FileFormat.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.as_xlsx),
    FileFormat.CSV: ("text/csv; charset=utf-8", data.as_csv),
    FileFormat.JSON: ("application/json", data.as_json),
}


def written(report: AnnualReport, to: FileFormat) -> ReportFile:
    """The report as a file. A PDF takes some tenths of a second: not on the event loop."""
    media_type, made = _MADE[to]
    return ReportFile(f"{name(report)}.{to}", media_type, made(tell(report, Phrases("sv"))))


def name(report: AnnualReport) -> str:
    """Of the file, without its ending: year, area, edition and version, in letters that every system takes."""
    parts = ["sip", str(report.of.year), _plain(report.of.area), report.edition]
    parts.append("utkast" if report.version is None else f"v{report.version}")
    return "-".join(part for part in parts if part)


def _plain(area: str) -> str:
    folded = area.casefold().translate(str.maketrans("åäöéü ", "aaoeu-"))
    return "".join(sign for sign in folded if sign.isascii() and (sign.isalnum() or sign == "-"))
