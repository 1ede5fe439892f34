"""A county as one file: its principals, its agreements, and who has joined what."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sip import app
from sip.cli.root import act_on, read, sip
from sip.domain.agreement import AgreementError
from sip.edges.words import word
from sip.usecases import counties, county_file
from sip.usecases.actor import OPERATOR
from sip.usecases.counties import CountyChange, CountyPlan
from sip.usecases.county_file import CountyFileError, CountyRefusal


@sip.group("county")
def county_group() -> None:
    """A county as one file (TOML); `sip county default` prints the documented file to begin from."""


@county_group.command("default")
def county_default() -> None:
    """Print the documented file, to begin from."""
    click.echo(county_file.default_text(), nl=False)


@county_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Show line by line what would be made or changed, and write nothing.")
def county_import(file: Path, dry_run: bool) -> None:
    """Import FILE whole, or nothing of it: everything that is wrong is told with its line."""
    try:
        found = county_file.parse(read(file))  # what is wrong with it by itself is told without a database

        async def act(parts: app.Parts) -> CountyPlan:
            now = await parts.clock.now()
            if dry_run:
                return await counties.plan(parts.db, found, actor=OPERATOR, now=now)
            return await counties.carry_out(parts.db, found, None, actor=OPERATOR, now=now)

        done = act_on(act)
    except CountyFileError as error:
        said = [
            f"Line {one.line}: {word('en', f'county_file.{one.code}', **dict(one.facts))}" for one in error.refusals
        ]
        raise AgreementError("\n".join(said)) from None
    _show(done, dry_run)


def _wrong(one: CountyRefusal) -> str:
    return f"Line {one.line}: {word('en', f'county_file.{one.code}', **dict(one.facts))}"


def _show(done: CountyPlan, dry_run: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Line", justify="right", style="dim")
    for column in ("", "What", "How"):
        table.add_column(column, overflow="fold", no_wrap=column == "")
    for one in done.changes:
        act = Text("new", "green") if one.new else Text("changed", "yellow")
        table.add_row(str(one.line), act, Text(_said(one)), _how(one))
    console = Console(highlight=False)
    if done.changes:
        console.print(table)
        console.print()
    new = sum(one.new for one in done.changes)
    end = "Nothing has been written." if dry_run else "All of it is written."
    console.print(f"{new} new, {len(done.changes) - new} changed, {done.unchanged} unchanged. {end}")


def _said(one: CountyChange) -> str:
    of = word("en", f"directory.principal_type.{one.of}") if one.part == "principal" else one.of
    return word("en", f"county.part.{one.part}", name=one.name, of=of)


def _how(one: CountyChange) -> Text:
    lines = []
    for name, before, after in one.cells:
        was = (f"{before} → ",) if before and not one.new else ()
        lines.append(Text.assemble((f"{word('en', f'county.cell.{name}')}  ", "dim"), *was, after or "-"))
    return Text("\n").join(lines)
