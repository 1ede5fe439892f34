"""The yearly report as a file: `sip report 2026 --edition public --format pdf`."""

from pathlib import Path

import click

from sip.cli.root import read_on, sip, write
from sip.domain.annual import Edition, ReportYear
from sip.edges.annual import files
from sip.edges.annual.files import FileFormat, ReportFile
from sip.ground import Bedrock
from sip.usecases import annual
from sip.usecases.actor import OPERATOR
from sip.usecases.problems import NotFoundError


@sip.command("report")
@click.argument("year", type=click.IntRange(2000, 2999))
@click.option("--area", default="", help="One area; without it the whole county.")
@click.option(
    "--edition", type=click.Choice([one.value for one in Edition]), default=Edition.BOARD.value,
    help="board: each principal's own counts are shown; public: small numbers of them are hidden too. [board]",
)  # fmt: skip
@click.option(
    "--format", "to", type=click.Choice([one.value for one in FileFormat]), default=FileFormat.PDF.value, help="[pdf]"
)
@click.option("--version", type=click.IntRange(1), help="A version that was published; without it, as of today.")
@click.option(
    "--to", "file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="A file, or - for stdout. [named by year, area and edition, in this folder]",
)  # fmt: skip
def report(year: int, area: str, edition: str, to: str, version: int | None, file: Path | None) -> None:
    """Write the yearly report of YEAR: what happened, causes, measures, decisions, and the year before."""

    async def act(ground: Bedrock) -> ReportFile:
        now = await ground.clock.now()
        found = await annual.read(
            ground.db, ReportYear(year, area), Edition(edition), actor=OPERATOR, now=now,
            small=ground.settings.small_number, version=version,
        )  # fmt: skip
        return files.written(found.report, FileFormat(to))

    try:
        made = read_on(act)
    except NotFoundError as error:
        raise click.ClickException(_missing(error.what, year, area, version)) from None
    write(file or Path(made.name), made.data)
    if str(file) != "-":
        click.echo(f"Written: {file or made.name}")


def _missing(what: str, year: int, area: str, version: int | None) -> str:
    return {
        "year": f"There is no report of {year}: nothing is counted before 2021, nor of a year that has not begun.",
        "area": f"There is no area {area}. Areas are named in the directory, with the units.",
        "version": f"No version {version} of that edition has been published.",
    }[what]
