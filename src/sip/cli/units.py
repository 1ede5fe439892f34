"""Units: which mailboxes nobody has been seen to read, and test calls to them."""

from collections.abc import Sequence
from datetime import datetime

import click

from sip import app
from sip.cli.root import act_on, sip
from sip.domain.mailbox_check import CheckState, MailboxCheck
from sip.usecases import mailbox_checks as checking
from sip.usecases.actor import OPERATOR
from sip.usecases.problems import InvalidError
from sip.usecases.reading import mailboxes
from sip.usecases.reading.mailboxes import MailboxStanding


@sip.group("unit")
def unit_group() -> None:
    """Units and their mailboxes."""


@unit_group.command("list")
@click.option("--unverified", is_flag=True, help="Only units whose mailbox nobody has been seen to read.")
def unit_list(unverified: bool) -> None:
    """List units in use: id, name and how the mailbox stands, with tabs between."""

    async def act(parts: app.Parts) -> list[MailboxStanding]:
        return await mailboxes.standings(parts.db, actor=OPERATOR, now=await parts.clock.now())

    for one in act_on(act):
        if one.lacking or not unverified:
            click.echo(_line(one))


def _line(one: MailboxStanding) -> str:
    unit, verified_at = one.unit, one.verified_at
    if not one.lacking:
        stands = f"verified {_day(verified_at)}" if verified_at else "no mailbox"
        return f"{unit.id}\t{unit.name}\t{stands}"
    stands = f"verified {_day(verified_at)}, too long ago" if verified_at else "unverified"
    return f"{unit.id}\t{unit.name}\t{stands}{_told(one.check)}"


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
        wanted = (
            await mailboxes.unverified(parts.db, actor=OPERATOR, now=now)
            if all_unverified
            else await mailboxes.named(parts.db, keys, actor=OPERATOR, now=now)
        )
        failed = 0
        for unit in wanted.values():
            try:
                check = await checking.ask(parts.db, unit.id, actor=OPERATOR, now=now)
            except InvalidError:
                failed += 1
                click.echo(f"{unit.name}: there is no mailbox in use to ask.", err=True)
            else:
                click.echo(f"{unit.name}: a test call goes to {check.email}.")
        return failed

    if act_on(act):
        raise click.exceptions.Exit(1)
