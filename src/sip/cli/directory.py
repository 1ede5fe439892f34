"""The directory and the agreements, as files."""

from dataclasses import fields
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from sip import app
from sip.cli.hsa import asked_of, show_plan
from sip.cli.root import act_on, read, sip, write
from sip.domain.agreement import AgreementError
from sip.usecases import agreement_file, agreements
from sip.usecases.actor import OPERATOR
from sip.usecases.directory import csv_text, files, hsa, hsa_units
from sip.usecases.directory.differences import Difference, Differences, RowChange
from sip.usecases.directory.hsa_plan import Holds, HsaAct, HsaAsked, HsaPlan
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import DirectoryFile


@sip.group("directory")
def directory_group() -> None:
    """The directory as a CSV file (docs/directory-csv.md)."""


@directory_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Show line by line what would be changed, and write nothing.")
def directory_import(file: Path, dry_run: bool) -> None:
    """Import FILE whole, or nothing of it: every error is told with its line."""
    found = csv_text.parse(read(file))
    if dry_run:
        _show(act_on(lambda parts: _compared(parts, found)))
        return
    console = Console(stderr=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console)

    async def act(parts: app.Parts) -> files.Imported:
        task = bar.add_task("Importing", total=len(found))

        def progress(what: str, through: int) -> None:
            bar.update(task, completed=through, description=what.capitalize())

        done = await files.import_file(
            parts.db, found, actor=OPERATOR, now=await parts.clock.now(), progress=progress
        )  # fmt: skip
        bar.update(task, completed=len(found))
        return done

    with bar:
        done = act_on(act)
    counted = ", ".join(f"{getattr(done, f.name)} {f.name.replace('_', ' ')}" for f in fields(done))
    click.echo(f"Imported {counted}.")


async def _compared(parts: app.Parts, found: DirectoryFile) -> Differences:
    return await files.compare_file(parts.db, found, actor=OPERATOR, now=await parts.clock.now())


_LOOKS = {RowChange.NEW: "green", RowChange.CHANGED: "yellow", RowChange.ARCHIVED: "bold red", RowChange.GONE: "red"}


def _show(compared: Differences) -> None:
    """A row for each thing that would differ, with its cells beneath, then what it comes to."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Line", justify="right", style="dim")
    for column in ("", "Kind", "What", "How it would be"):
        table.add_column(column, overflow="fold", no_wrap=column in ("", "Kind"))
    for one in compared.found:
        kind, name = Text(one.kind.replace("_", " "), "dim"), Text(one.name)
        table.add_row(str(one.line), Text(one.act, _LOOKS[one.act]), kind, name, _how(one))
    console = Console(highlight=False)
    if compared.found:
        console.print(table)
        console.print()
    counted = [f"{compared.count(act)} {act}" for act in RowChange] + [f"{compared.unchanged} unchanged"]
    console.print(f"{', '.join(counted)}. Nothing has been written.")


def _how(one: Difference) -> Text:
    """Of a change each cell before and after; of what is new or gone its cells, less those its name says."""
    lines = []
    for column, before, after in one.cells:
        if one.act in (RowChange.CHANGED, RowChange.ARCHIVED):
            lines.append(Text.assemble((f"{column}  ", "dim"), before or "-", (" → ", "dim"), (after or "-", "bold")))
        elif (before or after) not in one.name:
            lines.append(Text.assemble((f"{column}  ", "dim"), before or after))
    return Text("\n").join(lines)


@directory_group.command("hsa")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
@click.option("--organisation", metavar="KEY", help="Where new units lie that no organisation of ours is above.")
@click.option("--known-only", is_flag=True, help="Make no new units.")
@click.option(
    "--conflicts", type=click.Choice(["leave", "ask", "ours", "hsa"]), default="leave", show_default=True,
    help="Whose value holds where both have changed; left alone it is asked next time.",
)  # fmt: skip
def directory_hsa(file: Path, dry_run: bool, organisation: str | None, known_only: bool, conflicts: str) -> None:
    """Read units and their changes from FILE, an export of the HSA catalogue as LDIF: whole, or nothing of it."""
    found = hsa_units.parse(read(file))
    of = None if organisation is None else key_id("organisation", organisation)
    asked = HsaAsked(of, known_only, Holds(conflicts) if conflicts in tuple(Holds) else None)

    async def compared(parts: app.Parts) -> HsaPlan:
        return await hsa.compare(parts.db, found, asked, actor=OPERATOR, now=await parts.clock.now())

    plan = act_on(compared)
    show_plan(plan)
    if dry_run:
        click.echo("Nothing has been written.")
        return
    if conflicts == "ask":
        asked = HsaAsked(of, known_only, asked_of(plan))

    async def act(parts: app.Parts) -> HsaPlan:
        now = await parts.clock.now()
        return await hsa.carry_out(parts.db, found, asked, actor=OPERATOR, now=now)

    done = act_on(act)
    click.echo(f"Read in. {done.count(HsaAct.ASKED)} left to be asked again.")


@directory_group.command("export")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
def directory_export(file: Path) -> None:
    """Export the directory to FILE (or stdout), as it can be imported again."""

    async def act(parts: app.Parts) -> bytes:
        found = await files.export_file(parts.db, actor=OPERATOR, now=await parts.clock.now())
        return csv_text.write(found)

    write(file, act_on(act))


@sip.group("agreement")
def agreement_group() -> None:
    """Agreements as files (TOML); `sip agreement default` prints the documented default."""


@agreement_group.command("default")
def agreement_default() -> None:
    """Print the documented default file, to begin from."""
    click.echo(agreement_file.default_text(), nl=False)


@agreement_group.command("check")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
def agreement_check(file: Path) -> None:
    """Say in sentences what FILE means, or what is wrong with it."""
    for sentence in agreement_file.sentences(_agreement(file)):
        click.echo(sentence)


@agreement_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
def agreement_import(file: Path) -> None:
    """Keep the version in FILE; a kept version never changes."""
    found = _agreement(file)

    async def act(parts: app.Parts) -> None:
        await agreements.keep(parts.db, found, actor=OPERATOR, now=await parts.clock.now())

    act_on(act)
    click.echo(f'Kept version {found.agreement.version} of "{found.agreement.name}".')


def _agreement(file: Path) -> agreement_file.AgreementFile:
    where = "The file" if str(file) == "-" else file.name
    try:
        text = read(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AgreementError(f"{where} is no UTF-8 text; save it as UTF-8.") from None
    return agreement_file.parse(text, where)
