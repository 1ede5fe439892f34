"""Who may sign in, and the keys of other systems."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from sip import app
from sip.breached import is_breached
from sip.cli.root import act_on, read, settings, sip
from sip.domain.address import is_mailable
from sip.domain.people import Role
from sip.domain.worktime import at_hour
from sip.store import users as user_rows
from sip.store.api_keys import KeyLine
from sip.usecases import users, users_csv
from sip.usecases.actor import OPERATOR
from sip.usecases.users import GrantScope, UserError
from sip.usecases.users_csv import PASSWORD_LEAST, is_known_bad

T = TypeVar("T")
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
    if not is_mailable(email):
        raise UserError(f'"{email}" is no e-mail address that mail can be sent to.')
    hashed = user_rows.hash_password(_password())
    scope = GrantScope(unit, organisation, principal)

    async def act(parts: app.Parts) -> int:
        grants = await users.add_user(
            parts.db, email, Role(role), hashed, name=name, scope=scope, actor=OPERATOR, now=await parts.clock.now()
        )
        return len(grants)

    places = act_on(act)
    click.echo(f"{email} may sign in as {role}" + (f" in {places} places." if places > 1 else "."))


@user.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
def user_import(file: Path) -> None:
    """Add the users in FILE, a CSV with a role of a user on each line; all of them or none.

    The header: email;role;name;unit;organisation;principal;password. Name and place may be left empty for those who
    are in the directory.
    """
    rows = users_csv.parse(read(file))
    leaked = settings().breached_passwords
    for one in rows:
        if leaked is not None and one.password is not None and is_breached(leaked, one.password):
            raise UserError(f"Line {one.line}: the password has leaked somewhere; choose another.")

    async def act(parts: app.Parts) -> int:
        return await users.import_users(parts.db, rows, actor=OPERATOR, now=await parts.clock.now())

    click.echo(f"{act_on(act)} users may sign in.")


@user.command("disable")
@click.argument("email")
def user_disable(email: str) -> None:
    """Let a user sign in no more, and end her sessions. An import does not bring her back; `enable` does."""
    _on_user(lambda parts, now: users.set_active(parts.db, email, False, actor=OPERATOR, now=now))
    click.echo(f"{email} may no longer sign in.")


@user.command("enable")
@click.argument("email")
def user_enable(email: str) -> None:
    """Let a user who was disabled sign in again."""
    _on_user(lambda parts, now: users.set_active(parts.db, email, True, actor=OPERATOR, now=now))
    click.echo(f"{email} may sign in.")


@user.command("end-role")
@click.argument("email")
@click.option("--role", type=_ROLES, required=True, help="The role she no longer acts in.")
def user_end_role(email: str, role: str) -> None:
    """Take a role away from a user, wherever she has it, and end her sessions in it."""
    places = _on_user(lambda parts, now: users.end_role(parts.db, email, Role(role), actor=OPERATOR, now=now))
    click.echo(f"{email} no longer acts as {role}" + (f" in {places} places." if places > 1 else "."))


@user.command("end-sessions")
@click.argument("email")
def user_end_sessions(email: str) -> None:
    """Sign a user out everywhere."""
    click.echo(f"{_on_user(lambda parts, now: users.end_sessions(parts.db, email, actor=OPERATOR, now=now))} ended.")


def _on_user(does: Callable[[app.Parts, datetime], Awaitable[T]]) -> T:
    async def act(parts: app.Parts) -> T:
        return await does(parts, await parts.clock.now())

    return act_on(act)


def _password() -> str:
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < PASSWORD_LEAST:
        raise UserError(f"A password has at least {PASSWORD_LEAST} characters.")
    leaked = settings().breached_passwords
    if is_known_bad(password) or (leaked is not None and is_breached(leaked, password)):
        raise UserError("This password is one that many use, and the first that are tried; choose another.")
    return password


@sip.group("api-key")
def api_key() -> None:
    """Keys of other systems."""


@api_key.command("create")
@click.option("--name", required=True, help="What the key is for; unique.")
@click.option("--role", type=_ROLES, required=True, help="What it may do.")
@click.option("--may", "may", multiple=True, metavar="SCOPE", help="Narrows it: meetings:read, ...; may be repeated.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Its last day, such as 2027-06-30; else until ended.")
@_scoped
def api_key_create(
    name: str,
    role: str,
    may: tuple[str, ...],
    until: datetime | None,
    unit: str | None,
    organisation: str | None,
    principal: str | None,
) -> None:
    """Create a key and print it, this once. Without a place it reaches the whole installation."""

    async def act(parts: app.Parts) -> str:
        scope = GrantScope(unit, organisation, principal)
        ends = at_hour(until.date() + timedelta(days=1), 0) if until is not None else None
        return await users.create_key(
            parts.db, name, Role(role), scope, scopes=may, expires_at=ends, actor=OPERATOR, now=await parts.clock.now()
        )  # fmt: skip

    click.echo(act_on(act))


@api_key.command("list")
def api_key_list() -> None:
    """Every key: what it may, when it was last used and when it ends; none of their secrets."""

    async def act(parts: app.Parts) -> list[KeyLine]:
        return await users.list_keys(parts.db, actor=OPERATOR, now=await parts.clock.now())

    for one in act_on(act):
        ends = "ended" if one.revoked_at else f"until {one.key.expires_at:%Y-%m-%d}" if one.key.expires_at else "in use"
        used = f"used {one.used_at:%Y-%m-%d %H}h UTC" if one.used_at else "never used"
        old = f", its old secret until {one.old_until:%Y-%m-%d}" if one.old_until else ""
        may = ", ".join(one.key.scopes) or "all of its role"
        click.echo(f"{one.key.name}: {one.key.role}, {may}; {ends}, {used}{old}")


@api_key.command("rotate")
@click.argument("name")
@click.option("--overlap-days", type=click.IntRange(0, 90), default=7, show_default=True, help="So long both work.")
def api_key_rotate(name: str, overlap_days: int) -> None:
    """Print another secret of the key with this name, this once; the old one works for some days too."""

    async def act(parts: app.Parts) -> str:
        overlap = timedelta(days=overlap_days)
        return await users.rotate_key(parts.db, name, overlap, actor=OPERATOR, now=await parts.clock.now())

    click.echo(act_on(act))


@api_key.command("revoke")
@click.argument("name")
def api_key_revoke(name: str) -> None:
    """End the key with this name."""

    async def act(parts: app.Parts) -> None:
        await users.revoke_key(parts.db, name, actor=OPERATOR, now=await parts.clock.now())

    act_on(act)
    click.echo(f'The key "{name}" has ended.')
