"""A list of meetings as a file for spreadsheets: UTF-8 with BOM, semicolons, and no cell that could be a formula."""

import csv
import io
from collections.abc import Iterable

from sip.domain.terms import Obligation
from sip.edges.web.shell.phrases import Phrases
from sip.store.seen.dashboard import MeetingLine
from sip.usecases.directory.csv_text import DISARMED

COLUMNS = (
    "reference",
    "day",
    "from",
    "to",
    "kind",
    "purpose",
    "form",
    "state",
    "convener",
    "unit",
    "obligation",
    "stands",
)


def written(lines: Iterable[MeetingLine], phrases: Phrases) -> bytes:
    """A row for each unit that is called, and one for a meeting without any."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([phrases.t(f"meetings.column.{name}") for name in COLUMNS])
    for line in lines:
        called = [party for party in line.parties if party.obligation is not Obligation.CONVENING]
        for unit, obligation, standing in [
            (p.unit, phrases.t(f"obligation.{p.obligation}"), phrases.t(f"standing.{p.standing}")) for p in called
        ] or [("", "", "")]:
            writer.writerow(_safe(cell) for cell in (*_of_meeting(line, phrases), unit, obligation, standing))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _of_meeting(line: MeetingLine, phrases: Phrases) -> tuple[str, ...]:
    start, end = phrases.local(line.start), phrases.local(line.end)
    return (
        line.reference, start.date().isoformat(), f"{start:%H:%M}", f"{end:%H:%M}", phrases.t(f"kind.{line.kind}"),
        phrases.t(f"purpose.{line.purpose}"), phrases.t(f"form.{line.form}"),
        phrases.t(f"meeting_state.{line.state}"), line.convener_unit,
    )  # fmt: skip


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(DISARMED) else text
