"""Running the service: all of it or a part, migrations, one tick, what is wrong, and the demonstration."""

import click
from rich.console import Console
from rich.table import Table

from sip import app
from sip.cli.root import moment, settings, sip
from sip.demo.command import demo
from sip.edges import checkup
from sip.edges.findings import Level
from sip.ground import ServiceClock, database_server
from sip.store.db import Database


@sip.command()
def serve() -> None:
    """Run everything in one process: pages and API, worker, mail receiver."""
    app.serve(settings())


@sip.command()
def web() -> None:
    """Run pages and API alone."""
    app.serve(settings(), web=True, worker=False, mail_in=False)


@sip.command()
def worker() -> None:
    """Run the worker alone: due steps, judging of received mail, sending."""
    app.serve(settings(), web=False, worker=True, mail_in=False)


@sip.command("mail-in")
def mail_in() -> None:
    """Run the mail receiver alone: LMTP, SMTP, and reading the IMAP account."""
    app.serve(settings(), web=False, worker=False, mail_in=True)


@sip.command()
def watchdog() -> None:
    """Look at the running service once a minute, and tell whoever runs it (SIP_WATCH_...)."""
    app.serve_watchdog(settings())


@sip.command()
def migrate() -> None:
    """Bring the database to this version's tables, as SIP_DATABASE_OWNER_URL."""
    app.migrate_database(settings())
    click.echo("The database has this version's tables.")


@sip.command()
@click.option("--now", metavar="ISO", help="Do what is due at this moment, such as 2026-11-02T08:00+01:00.")
def tick(now: str | None) -> None:
    """Do everything due once: judge mail, take due steps, send."""
    done = app.tick(settings(), None if now is None else moment("--now", now))
    for line in done.errors:
        click.echo(line, err=True)
    click.echo(
        f"{done.count('judged')} mails judged, {done.count('taken')} steps taken, {done.count('sent')} mails sent, "
        f"{done.count('later')} put off, {done.count('never')} given up, {done.count('failed')} failed."
    )
    if done.count("failed") or any(one.error for one in done.ran):
        raise click.exceptions.Exit(1)


@sip.command()
@click.option(
    "--round-trip/--no-round-trip",
    default=None,
    help="Whether the service sends itself one mail; it does unless its mail domain is a made-up one.",
)
def check(round_trip: bool | None) -> None:
    """List what is wrong with this installation."""
    now = settings()
    with database_server(now) as (url, _):
        findings = checkup.run(now, url, ServiceClock(Database(url), settable=False), send=round_trip)
    marks = {Level.GOOD: "[green]good[/]", Level.ODD: "[yellow]look[/]", Level.BAD: "[bold red]wrong[/]"}
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "What", "How it is"):
        table.add_column(column, overflow="fold")
    for one in findings:
        table.add_row(marks[one.level], one.what, one.sentence)
    Console().print(table)
    if any(one.level is Level.BAD for one in findings):
        raise click.exceptions.Exit(1)


sip.add_command(demo)
