"""Trying an agreement on a year that is kept, and making a year up to try it on."""

import time
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sip import app
from sip.cli.root import act_on, read, sip
from sip.domain.replay import BEFORE, MAILS, OF_REPORTS, STEPS, Spread, spread
from sip.domain.worktime import FIRST_YEAR
from sip.edges.simulation import year as simulation
from sip.edges.simulation.year import Simulated
from sip.usecases import agreement_file, replaying
from sip.usecases.actor import OPERATOR
from sip.usecases.problems import InvalidError
from sip.usecases.replaying import Replayed, Trial

_SAID = {
    "parties": "Units called",
    "rung.reminder": "Reminders to the unit", "rung.no_acknowledgement": "Asked again, and those who watch",
    "rung.no_answer": "Lifted to the manager", "rung.still_none": "Lifted to the head",
    "question": "Questions to the convener",
    "before.reminder": "before any reminder", "before.no_acknowledgement": "before it was asked again",
    "before.no_answer": "before its manager was asked", "before.still_none": "before its head was asked",
    "before.end": "after all steps", "before.never": "never",
    "mail.units": "to units", "mail.people": "to people of units", "mail.managers": "to managers",
    "mail.heads": "to heads", "mail.conveners": "to conveners and chairs", "mail.coordinators": "to coordinators",
    "mail.reports": "about reports",
    "report.automatic": "raised by itself", "report.withdrawn": "withdrawn", "report.by_hand": "written by hand",
    "report.no_fair_notice": "none, for want of fair notice",
}  # fmt: skip
_PARTS = (("", ("parties", *STEPS)), ("First answers", BEFORE), ("Mails", MAILS), ("Reports", OF_REPORTS))
CANNOT_KNOW = (
    "People answer otherwise when they are asked otherwise: here everybody answers when she really did.",
    "Mails that nobody was really sent are taken to arrive at once, and their bounces are not known.",
    "What somebody has switched off for herself is counted, where nobody was really sent it.",
)
"""What a replay cannot tell, in sentences."""


@sip.command()
@click.option("--agreement", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
              help="The agreement to try, as a file.")  # fmt: skip
@click.option("--period", "year", type=int, required=True, help="The year to play again, such as 2026.")
@click.option("--area", help="Only meetings that units of this area called.")
@click.option("--processes", type=click.IntRange(1, 64), help="How many share the work. [one for each core]")
def replay(file: Path, year: int, area: str | None, processes: int | None) -> None:
    """Play a year that is kept once more under another agreement, and say what would have been otherwise.

    Nothing is changed. What people did is taken from the journal; when they were asked, from the rules.
    """
    agreement = agreement_file.parse(read(file).decode("utf-8", "replace"), str(file)).agreement
    bar = Progress(
        TextColumn("Playing meetings"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True),
    )  # fmt: skip

    async def act(parts: app.Parts) -> tuple[Replayed, float]:
        now = await parts.clock.now()
        within = (await parts.world(now)).automatic_within
        trial = Trial(agreement, year, area, now, within)
        await replaying.check(parts.db, trial, actor=OPERATOR, now=now)
        began = time.perf_counter()
        with bar:
            task = bar.add_task("", total=None)
            done = await replaying.replay(
                parts.worker.db, trial, processes=processes,
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            )  # fmt: skip
        return done, time.perf_counter() - began

    try:
        _print(*act_on(act))
    except InvalidError as error:
        raise click.ClickException(_missing(error.problems[0].field, year, area)) from None


def _missing(field: str, year: int, area: str | None) -> str:
    return {
        "year": f"There is no {year} to play again: a year from {FIRST_YEAR + 1} to this one is.",
        "area": f"There is no area {area}. Areas are named in the directory, with the units.",
    }[field]


def _print(done: Replayed, seconds: float) -> None:
    console, found = Console(), done.found
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(f"{done.trial.agreement.name}, {done.trial.year}", overflow="fold")
    for column in ("really", "tried", "difference"):
        table.add_column(column, justify="right")
    for title, names in _PARTS:
        if title:
            table.add_section()
            table.add_row(f"[bold]{title}[/]")
        for name in names:
            was, would = found.really.counts[name], found.otherwise.counts[name]
            table.add_row(_SAID[name], f"{was:,}", f"{would:,}", f"{would - was:+,}" if would != was else "")
    console.print(table)
    for words, really, tried in (
        ("Mails to a unit", found.really.by_unit, found.otherwise.by_unit),
        ("Mails to a manager", found.really.by_manager, found.otherwise.by_manager),
    ):
        console.print(f"{words}: {_per(spread(really))} really; {_per(spread(tried))} tried.")
    played = found.meetings - found.unlike
    console.print(
        f"{played:,} meetings in {seconds:.1f} s; {found.same:,} of them are bound by the same rules either way."
    )
    for line in _without(done):
        console.print(line)
    for line in CANNOT_KNOW:
        console.print(f"[dim]{line}[/]")


def _per(mails: Spread) -> str:
    return f"{mails.mean:.1f} to each of {mails.of:,}, {mails.most:,} at most,"


def _without(done: Replayed) -> list[str]:
    found, lines = done.found, []
    if found.unlike:
        lines.append(
            f"{found.unlike:,} meetings are left out on both sides: what is kept of them does not give what really "
            "was, for names have given way, the directory was changed by hand, or the service stood still."
        )
    if found.unfit:
        lines.append(f"{found.unfit:,} answers and acts would have had nothing to be about.")
    if found.protected:
        lines.append(f"{found.protected:,} protected meetings are in the totals, and in no unit's or manager's figure.")
    if done.disposed:
        lines.append(f"{done.disposed:,} meetings have been disposed of since that year began, and are in neither.")
    return lines


@sip.command()
@click.option("--year", type=click.IntRange(2020, 2099), required=True, help="The year to make up, such as 2026.")
@click.option("--meetings", "many", type=click.IntRange(1, 100_000), default=1_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same year.")
def simulate(year: int, many: int, seed: int) -> None:
    """Make up a year of a county in an empty database: calls, answers, silence, substitutes, attendance and reports.

    Everything goes through what the service itself does; its mail goes nowhere. To try agreements on, and for figures.
    """
    bar = Progress(
        TextColumn("Calling meetings"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True),
    )  # fmt: skip

    async def act(parts: app.Parts) -> Simulated:
        await simulation.check(parts.db, production=parts.settings.is_production)
        with bar:
            task = bar.add_task("", total=many)
            return await simulation.simulate(
                parts.db, year, many, seed, progress=lambda done, of: bar.update(task, completed=done, total=of)
            )

    began = time.perf_counter()
    try:
        done = act_on(act)
    except simulation.NotEmptyError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{done.meetings:,} meetings, {done.acts:,} acts of people of which {done.refused:,} came too late, "
        f"{done.mails:,} mails, in {time.perf_counter() - began:.0f} s."
    )
