"""The `sip` command: what those who run the service type.

The law of this file: a mistake is one clear sentence on stderr and exit code 1, never a traceback; what is printed on
stdout is what was asked for, so that it can be piped.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from sip import app
from sip.domain.agreement import AgreementError
from sip.domain.people import Role
from sip.edges import checkup
from sip.edges.checkup import Level
from sip.settings import Settings, SettingsError, load_settings
from sip.store import users as user_rows
from sip.store.db import DatabaseAway
from sip.store.embedded_programs import EmbeddedError
from sip.store.migrate import MigrationsMissing
from sip.usecases import agreement_file, agreements, directory, directory_csv, users, users_csv
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.directory_rows import DirectoryFileError
from sip.usecases.problems import UseCaseError
from sip.usecases.users import Scope, UserError
from sip.usecases.users_csv import PASSWORD_LEAST

T = TypeVar("T")
OPERATOR = Actor(ActorKind.USER, "command line", "command line", role=Role.ADMINISTRATOR)
MISTAKES = (
    SettingsError,
    app.StartError,
    DatabaseAway,
    EmbeddedError,
    MigrationsMissing,
    DirectoryFileError,
    AgreementError,
    UserError,
    UseCaseError,
    OSError,
)


def main() -> None:
    """Runs the command; mistakes end with a sentence."""
    try:
        code = sip(standalone_mode=False)  # what a command's Exit says comes back as a number
        if isinstance(code, int) and code:
            sys.exit(code)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except MISTAKES as error:
        click.echo(_sentence(error), err=True)
        sys.exit(1)


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The system'}: {error.strerror}."
    return str(error)


def _settings() -> Settings:
    return load_settings(os.environ)


def _act(act: Callable[[app.Parts], Awaitable[T]]) -> T:
    return app.run_act(_settings(), act)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sip", message="sip %(version)s")
def sip() -> None:
    """Calls SIP meetings, gathers answers, finds substitutes, records attendance and reports who stayed away.

    Everything is set by SIP_* variables; docs/settings.md has them all.
    """


# -- running


@sip.command()
def serve() -> None:
    """Run everything in one process: pages and API, worker, mail receiver."""
    app.serve(_settings())


@sip.command()
def web() -> None:
    """Run pages and API alone."""
    app.serve(_settings(), web=True, worker=False, mail_in=False)


@sip.command()
def worker() -> None:
    """Run the worker alone: due steps, judging of received mail, sending."""
    app.serve(_settings(), web=False, worker=True, mail_in=False)


@sip.command("mail-in")
def mail_in() -> None:
    """Run the mail receiver alone (LMTP and SMTP)."""
    app.serve(_settings(), web=False, worker=False, mail_in=True)


@sip.command()
def migrate() -> None:
    """Bring the database to this version's tables, as SIP_DATABASE_OWNER_URL."""
    app.migrate_database(_settings())
    click.echo("The database has this version's tables.")


@sip.command()
@click.option("--now", "moment", metavar="ISO", help="Do what is due at this moment, such as 2026-11-02T08:00+01:00.")
def tick(moment: str | None) -> None:
    """Do everything due once: judge mail, take due steps, send."""
    done = app.tick(_settings(), None if moment is None else _moment(moment))
    for line in done.errors:
        click.echo(line, err=True)
    click.echo(
        f"{done.judged} mails judged, {done.turns} steps taken, {done.sent} mails sent, "
        f"{done.later} put off, {done.never} given up, {done.failed} failed."
    )
    if done.failed:
        raise click.exceptions.Exit(1)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f'--now "{text}" is no time; write it as 2026-11-02T08:00+01:00.') from None
    if found.tzinfo is None:
        raise click.UsageError("--now needs a time zone: write 2026-11-02T08:00+01:00, or end it with Z.")
    return found.astimezone(UTC)


@sip.command()
def check() -> None:
    """List what is wrong with this installation."""
    settings = _settings()
    with app.database_server(settings) as (url, _):
        findings = checkup.run(settings, url)
    marks = {Level.GOOD: "[green]good[/]", Level.ODD: "[yellow]look[/]", Level.BAD: "[bold red]wrong[/]"}
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "What", "How it is"):
        table.add_column(column, overflow="fold")
    for one in findings:
        table.add_row(marks[one.level], one.what, one.sentence)
    Console().print(table)
    if any(one.level is Level.BAD for one in findings):
        raise click.exceptions.Exit(1)


# -- directory and agreements


@sip.group("directory")
def directory_group() -> None:
    """The directory as a CSV file (docs/directory-csv.md)."""


@directory_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
def directory_import(file: Path) -> None:
    """Import FILE whole, or nothing of it: every error is told with its line."""
    found = directory_csv.parse(_read(file))
    console = Console(stderr=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console)

    async def act(parts: app.Parts) -> directory.Imported:
        task = bar.add_task("Importing", total=len(found))

        def progress(what: str, rows: int) -> None:
            bar.update(task, advance=rows, description=what.capitalize())

        return await directory.import_file(
            parts.db, found, actor=OPERATOR, now=await parts.clock.now(), progress=progress
        )  # fmt: skip

    with bar:
        done = _act(act)
    counted = ", ".join(f"{getattr(done, f.name)} {f.name.replace('_', ' ')}" for f in fields(done))
    click.echo(f"Imported {counted}.")


@directory_group.command("export")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
def directory_export(file: Path) -> None:
    """Export the directory to FILE (or stdout), as it can be imported again."""

    async def act(parts: app.Parts) -> bytes:
        found = await directory.export_file(parts.db, actor=OPERATOR, now=await parts.clock.now())
        return directory_csv.write(found)

    _write(file, _act(act))


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

    _act(act)
    click.echo(f'Kept version {found.agreement.version} of "{found.agreement.name}".')


def _agreement(file: Path) -> agreement_file.AgreementFile:
    where = "The file" if str(file) == "-" else file.name
    try:
        text = _read(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AgreementError(f"{where} is no UTF-8 text; save it as UTF-8.") from None
    return agreement_file.parse(text, where)


def _read(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _write(file: Path, data: bytes) -> None:
    if str(file) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        file.write_bytes(data)


# -- users and keys

_ROLES = click.Choice([role.value for role in Role])


def _scoped(command: Callable[..., Any]) -> Callable[..., Any]:
    for kind in ("principal", "organisation", "unit"):
        command = click.option(f"--{kind}", metavar="KEY", help=f"Only for this {kind} (its key or id).")(command)
    return command


@sip.group()
def user() -> None:
    """Who may sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=_ROLES, required=True, help="The role she acts in.")
@click.option("--name", help="Her name, or her function's; from the directory when left out.")
@_scoped
def user_add(
    email: str, role: str, name: str | None, unit: str | None, organisation: str | None, principal: str | None
) -> None:
    """Add a user, or a further role of one. The password is asked for, or read as a line from stdin.

    Where she has the role follows from the directory, unless --unit, --organisation or --principal says.
    """
    if not directory_csv.EMAIL.fullmatch(email):
        raise UserError(f'"{email}" is no e-mail address.')
    hashed = user_rows.hash_password(_password())
    scope = Scope(unit, organisation, principal)

    async def act(parts: app.Parts) -> int:
        grants = await users.add_user(
            parts.db, email, Role(role), hashed, name=name, scope=scope, actor=OPERATOR, now=await parts.clock.now()
        )
        return len(grants)

    places = _act(act)
    click.echo(f"{email} may sign in as {role}" + (f" in {places} places." if places > 1 else "."))


@user.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
def user_import(file: Path) -> None:
    """Add the users in FILE, a CSV with a role of a user on each line; all of them or none.

    The header: email;role;name;unit;organisation;principal;password. Name and place may be left empty for those who
    are in the directory.
    """
    rows = users_csv.parse(_read(file))

    async def act(parts: app.Parts) -> int:
        return await users.import_users(parts.db, rows, actor=OPERATOR, now=await parts.clock.now())

    click.echo(f"{_act(act)} users may sign in.")


def _password() -> str:
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < PASSWORD_LEAST:
        raise UserError(f"A password has at least {PASSWORD_LEAST} characters.")
    return password


@sip.group("api-key")
def api_key() -> None:
    """Keys of other systems."""


@api_key.command("create")
@click.option("--name", required=True, help="What the key is for; unique.")
@click.option("--role", type=_ROLES, required=True, help="What it may do.")
@_scoped
def api_key_create(name: str, role: str, unit: str | None, organisation: str | None, principal: str | None) -> None:
    """Create a key and print it, this once. Without a scope it reaches the whole installation."""

    async def act(parts: app.Parts) -> str:
        scope = Scope(unit, organisation, principal)
        return await users.create_key(
            parts.db, name, Role(role), scope, actor=OPERATOR, now=await parts.clock.now()
        )  # fmt: skip

    click.echo(_act(act))


@api_key.command("revoke")
@click.argument("name")
def api_key_revoke(name: str) -> None:
    """End the key with this name."""

    async def act(parts: app.Parts) -> bool:
        async with parts.db.transaction() as conn:
            return await user_rows.revoke_key(conn, name)

    if not _act(act):
        raise UserError(f'There is no key named "{name}" in use.')
    click.echo(f'The key "{name}" has ended.')


# -- demonstration


@sip.command()
@click.option("--until-done", is_flag=True, help="Play the story unwatched; exit 0 when all promises held.")
@click.option("--keep", is_flag=True, help="Keep the data.")
@click.option("--speed", type=click.FloatRange(0.1, 100), default=1.0, help="1: a week in two minutes.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The pages' port; 0 takes a free one.")
def demo(until_done: bool, keep: bool, speed: float, port: int) -> None:
    """Watch a made-up county call, cover, lift and hold its meetings."""
    from sip.demo.run import Arguments, run  # here, because nothing else needs the demonstration

    raise click.exceptions.Exit(run(Arguments(until_done=until_done, keep=keep, speed=speed, port=port)))
