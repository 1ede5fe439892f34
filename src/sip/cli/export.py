"""Exports for archiving and for leaving the service: one meeting, or one organisation with all its meetings."""

from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sip import app
from sip.cli.disposal import organisation_id
from sip.cli.root import act_on, sip
from sip.edges.archive import files
from sip.usecases.actor import OPERATOR

_TO = click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder; made if need be."
)


@sip.group("export")
def export_group() -> None:
    """Write PDF/A, JSON and proof of a meeting or an organisation; each export is logged."""


def _write(folder: Path, name: str, data: bytes) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


@export_group.command("meeting")
@click.argument("meeting", type=click.UUID)
@_TO
def export_meeting(meeting: UUID, folder: Path) -> None:
    """Write all about MEETING (its id)."""

    async def act(parts: app.Parts) -> int:
        made = await files.of_meeting(parts.db, meeting, actor=OPERATOR, now=await parts.clock.now())
        for name, data in made:
            _write(folder, name, data)
        return len(made)

    count = act_on(act)
    click.echo(
        f"{count} files in {folder}." + ("" if count > 2 else " Nothing of it is sealed yet: there is no proof.")
    )


@export_group.command("organisation")
@click.argument("organisation")
@_TO
def export_organisation(organisation: str, folder: Path) -> None:
    """Write all that is ORGANISATION's (its id, or a name that only one has), and all about its meetings."""
    bar = Progress(
        TextColumn("Exporting meetings"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True),
    )  # fmt: skip

    async def act(parts: app.Parts) -> int:
        now = await parts.clock.now()
        found, count = await organisation_id(parts, organisation, now), 0
        with bar:
            task = bar.add_task("", total=None)
            async for name, data in files.of_organisation(
                parts.db, found, actor=OPERATOR, now=now,
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            ):  # fmt: skip
                _write(folder, name, data)
                count += 1
        return count

    click.echo(f"{act_on(act)} files in {folder}.")
