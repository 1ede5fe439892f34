"""`python -m tools.corpus FOLDER`: what the receiver makes of each real message in a folder.

Ends with an error when a message raised, left no row, or has no outcome and reason that a person can read.
"""

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click
from tools.corpus.place import Came, database, trial
from tools.corpus.rewrite import rewritten, wrapped

from sip.edges.logs import configure
from sip.edges.words import has_word, word

# In a file with this in its name the answer is of somebody whom the invitation was forwarded to.
STRANGER = "partycrasher"


@dataclass(frozen=True, slots=True)
class Line:
    """One message: its file, what came of it, why, where the party stands, and what is wrong with that."""

    file: str
    outcome: str
    reason: str
    stands: str
    fault: str | None = None


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--times", is_flag=True, help="Move each answer's times and SEQUENCE to the meeting it answers.")
@click.option("--language", type=click.Choice(["sv", "en"]), default="en", help="The language of reasons and states.")
def corpus(folder: Path, times: bool, language: str) -> None:
    """Put every .eml and .ics of FOLDER through the receiver, each as an answer to an invitation of its own."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".eml", ".ics"))
    if not files:
        raise click.UsageError(f"There is no .eml or .ics file in {folder}.")
    configure("warning", as_json=False)
    with database() as url:
        lines = asyncio.run(_run(url, files, language, times))
    _show(lines)
    sys.exit(any(one.fault for one in lines))


async def _run(url: str, files: list[Path], language: str, times: bool) -> list[Line]:
    async with trial(url) as place:
        lines = []
        for called, path in zip(await place.called(len(files), times=times), files, strict=True):
            raw = path.read_bytes()
            mail = wrapped(raw, called.live) if path.suffix == ".ics" else raw
            answer = rewritten(mail, called.live, stranger=STRANGER in path.name)
            lines.append(line(path.name, await place.put(called, answer), language))
        return lines


def line(name: str, came: Came, language: str) -> Line:
    """What is shown of one message."""
    stands = word(language, f"standing.{came.stands}")
    if came.row is None:
        if came.refused is None:
            return Line(name, "LOST", "", stands, "taken, and no row of it")
        return Line(name, "at the door", came.refused, stands)
    outcome, reason = came.row.outcome, came.row.reason
    if outcome is None:
        return Line(name, "NOT JUDGED", "", stands, "judging it raised")
    if reason is None or not has_word(language, f"inbound.{reason}"):
        return Line(name, outcome, reason or "", stands, "no reason that a person can read")
    odd = [word(language, f"inbound_flag.{flag}") for flag in came.row.flags]
    return Line(name, outcome, " ".join([word(language, f"inbound.{reason}"), *odd]), stands)


def _show(lines: list[Line]) -> None:
    cells = [(one.file, one.outcome, one.stands) for one in lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for one, row in zip(lines, cells, strict=True):
        padded = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(f"{padded}  {one.reason}{'  !! ' + one.fault if one.fault else ''}")
    counted = Counter(one.outcome for one in lines).most_common()
    click.echo(f"\n{len(lines)} messages: " + ", ".join(f"{many} {outcome}" for outcome, many in counted))


if __name__ == "__main__":
    corpus(prog_name="python -m tools.corpus")
