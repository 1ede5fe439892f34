"""Mail that is held after a restore: what may have been sent before, and what a person says of it."""

from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from sip import app
from sip.cli.root import act_on, moment, sip
from sip.usecases.engine import holding
from sip.usecases.engine.holding import HeldPost

_IDS = click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
_ALL = click.option("--all", "every", is_flag=True, help="All that are held.")


@sip.group(invoke_without_command=True)
@click.pass_context
def held(context: click.Context) -> None:
    """List the mails that are held after a restore, or decide on them. Connect as the worker does."""
    if context.invoked_subcommand is None:
        _show(act_on(_look))


async def _look(parts: app.Parts) -> HeldPost | None:
    return await holding.held(parts.db, await parts.clock.now())


def _show(found: HeldPost | None) -> None:
    if found is None:
        click.echo("No mail is held.")
        return
    lost = "" if found.hold.lost_from is None else f" The data ends at {found.hold.lost_from:%Y-%m-%d %H:%M} UTC."
    click.echo(f"Mail is held since {found.hold.begun_at:%Y-%m-%d %H:%M} UTC.{lost}")
    if found.mails:
        click.echo("These may have been sent before. Say of each: `sip held send`, or `sip held sent` (it was).")
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("Number", justify="right")
        for column in ("Meeting", "Mail", "To", "Wanted (UTC)", ""):
            table.add_column(column, overflow="fold")
        for one in found.mails:
            wanted, again = f"{one.wanted_at:%Y-%m-%d %H:%M}", "the same mail again" if one.composed else ""
            table.add_row(str(one.id), one.meeting or "", one.kind.replace("_", " "), one.recipient, wanted, again)
        Console().print(table)
    else:
        click.echo("None of them waits for a decision.")
    click.echo(f"`sip held end` ends it, from {found.may_end_from:%Y-%m-%d %H:%M} UTC.")


@held.command("send")
@_IDS
@_ALL
def held_send(numbers: tuple[int, ...], every: bool) -> None:
    """Send these after all."""
    ids = _chosen(numbers, every)

    async def act(parts: app.Parts) -> int:
        return await holding.send(parts.db, ids)

    click.echo(f"{_mails(act_on(act))} will leave.")


@held.command("sent")
@_IDS
@_ALL
def held_sent(numbers: tuple[int, ...], every: bool) -> None:
    """These had been sent before: send none of them again, and go on from there."""
    ids = _chosen(numbers, every)

    async def act(parts: app.Parts) -> int:
        return await holding.count_as_sent(parts.db, ids, await parts.clock.now())

    click.echo(f"{_mails(act_on(act))} counted as sent.")


@held.command("begin")
@click.option("--lost-from", metavar="ISO", help="The moment it was brought back to. [the last that the data knows]")
def held_begin(lost_from: str | None) -> None:
    """Say that this database was brought back to an earlier moment in its own place; before the worker starts."""
    since: datetime | None = None if lost_from is None else moment("--lost-from", lost_from)

    async def act(parts: app.Parts) -> HeldPost | None:
        await holding.begin(parts.db, await parts.clock.now(), since)
        return await _look(parts)

    _show(act_on(act))


@held.command("end")
def held_end() -> None:
    """Let mail leave as it should again, when each was decided on."""

    async def act(parts: app.Parts) -> None:
        await holding.end(parts.db, await parts.clock.now())

    act_on(act)
    click.echo("Mail leaves as it should again.")


def _chosen(numbers: tuple[int, ...], every: bool) -> tuple[int, ...] | None:
    if bool(numbers) == every:
        raise click.UsageError("Name the mails by their numbers, or say --all.")
    return None if every else numbers


def _mails(number: int) -> str:
    return "1 mail" if number == 1 else f"{number} mails"
