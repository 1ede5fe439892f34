"""Units: which mailboxes nobody has been seen to read, and test calls to them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from sip import app
from sip.cli.root import act_on, sip
from sip.domain.mailbox_check import CheckState, MailboxCheck
from sip.domain.worktime import local_day
from sip.store import directory, directory_one
from sip.store.directory import UnitRecord
from sip.store.post import mailbox_checks
from sip.usecases import mailbox_checks as checking
from sip.usecases.actor import OPERATOR
from sip.usecases.directory.keys import key_id
from sip.usecases.problems import InvalidError
from sip.usecases.users import UserError

EVERYTHING = 1_000_000


@sip.group("unit")
def unit_group() -> None:
    """Units and their mailboxes."""


@unit_group.command("list")
@click.option("--unverified", is_flag=True, help="Only units whose mailbox nobody has been seen to read.")
def unit_list(unverified: bool) -> None:
    """List units in use: id, name and how the mailbox stands, with tabs between."""

    async def act(parts: app.Parts) -> list[str]:
        now = await parts.clock.now()
        async with parts.db.transaction(OPERATOR) as conn:
            units = await directory.units(conn, open_at=now, limit=EVERYTHING)
            lacking = set(await checking.unverified(conn, now))
            ids = [unit.id for unit in units]
            checks = await mailbox_checks.latest(conn, ids)
            verified = await mailbox_checks.verified(conn, ids, local_day(now))
        shown = [unit for unit in units if unit.id in lacking] if unverified else units
        shown.sort(key=lambda unit: unit.name)
        return [_line(one, verified.get(one.id), one.id in lacking, checks.get(one.id)) for one in shown]

    for line in act_on(act):
        click.echo(line)


def _line(unit: UnitRecord, verified_at: datetime | None, lacking: bool, check: MailboxCheck | None) -> str:
    if not lacking:
        stands = f"verified {_day(verified_at)}" if verified_at else "no mailbox"
        return f"{unit.id}\t{unit.name}\t{stands}"
    stands = f"verified {_day(verified_at)}, too long ago" if verified_at else "unverified"
    return f"{unit.id}\t{unit.name}\t{stands}{_told(check)}"


def _told(check: MailboxCheck | None) -> str:
    if check is None or check.state is CheckState.ANSWERED:
        return ""
    if check.state is CheckState.UNDELIVERABLE:
        return f"; test call undeliverable {_day(check.settled_at)}: {check.said}"
    if check.state is CheckState.DISOWNED:
        return f"; somebody said {_day(check.settled_at)} that {check.email} is not the unit's"
    said = "only an automatic answer" if check.state is CheckState.AUTOMATIC else "not answered"
    return f"; test call of {_day(check.last_asked_at)} {said}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


@unit_group.command("verify")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--all-unverified", is_flag=True, help="Every unit that `sip unit list --unverified` lists.")
def unit_verify(keys: Sequence[str], all_unverified: bool) -> None:
    """Send a test call now to each unit named by KEY: its key in the directory file, its id, HSA-id or name."""
    if bool(keys) == all_unverified:
        raise click.UsageError("Name units, or say --all-unverified.")

    async def act(parts: app.Parts) -> int:
        now = await parts.clock.now()
        async with parts.db.transaction(OPERATOR) as conn:
            wanted = (
                await checking.unverified(conn, now) if all_unverified else [await _id(conn, key, now) for key in keys]
            )
            names = await directory.units_by_id(conn, wanted)
        failed = 0
        for unit_id in wanted:
            try:
                check = await checking.ask(parts.db, unit_id, actor=OPERATOR, now=now)
            except InvalidError:
                failed += 1
                click.echo(f"{names[unit_id].name}: there is no mailbox in use to ask.", err=True)
            else:
                click.echo(f"{names[unit_id].name}: a test call goes to {check.email}.")
        return failed

    if act_on(act):
        raise click.exceptions.Exit(1)


async def _id(conn: AsyncConnection, key: str, now: datetime) -> UUID:
    """The unit that this names. Raises UserError where none does, or several."""
    unit = await directory_one.unit(conn, key_id("unit", key))
    if unit is not None:
        return unit.id
    units = await directory.units(conn, open_at=now, limit=EVERYTHING)
    found = [one for one in units if key in (one.hsa_id, one.name)]
    if len(found) == 1:
        return found[0].id
    raise UserError(f'"{key}" names several units; use the id.' if found else f'There is no unit "{key}".')
