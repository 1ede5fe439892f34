"""Disposal: what organisations have decided, their holds, what would go and what went."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from sip import app
from sip.cli.root import act_on, sip
from sip.domain.keeping import LOG_YEARS, MATTER_YEARS, Hold, Policy
from sip.store.keeping import LOG_WORDS, MATTER_WORDS
from sip.usecases import disposing
from sip.usecases import keeping as deciding
from sip.usecases.actor import OPERATOR
from sip.usecases.disposing import DisposalCounts
from sip.usecases.keeping import HoldWanted, OrganisationKeeps
from sip.usecases.problems import NotFoundError

T = TypeVar("T")
_DAY = click.DateTime(["%Y-%m-%d"])
_ORGANISATION = click.argument("organisation")
_WORDS = {
    "matters": "matters", "meetings": "meetings", "parties": "parties", "reports": "deviation reports",
    "mails": "mails, sent or not", "received": "received mails", "links": "links in mails",
    "journal": "rows of the journal", "readings": "rows of who read",
}  # fmt: skip


@sip.group("disposal")
def disposal_group() -> None:
    """What organisations keep and for how long; ORGANISATION is an id, or a name that only one has."""


def _act(organisation: str, act: Callable[[app.Parts, UUID, datetime], Awaitable[T]]) -> T:
    async def found(parts: app.Parts) -> T:
        now = await parts.clock.now()
        return await act(parts, await organisation_id(parts, organisation, now), now)

    return act_on(found)


async def organisation_id(parts: app.Parts, organisation: str, now: datetime) -> UUID:
    """The organisation with this id or name. Raises NotFoundError where there is none, or more than one."""
    listed = await deciding.overview(parts.db, actor=OPERATOR, now=now)
    ids = [one.id for one, _, _ in listed if organisation.lower() in (str(one.id), one.name.lower())]
    if len(ids) != 1:
        raise NotFoundError("organisation, or more than one has the name")
    return ids[0]


@disposal_group.command("list")
def disposal_list() -> None:
    """List organisations: id, name, years of matters, years of logs, whether by itself, holds; tabs between."""

    async def act(parts: app.Parts) -> list[str]:
        listed = await deciding.overview(parts.db, actor=OPERATOR, now=await parts.clock.now())
        return [
            "\t".join([str(one.id), one.name, *_decided(policy), f"{holds} holds"]) for one, policy, holds in listed
        ]

    for line in act_on(act):
        click.echo(line)


def _decided(policy: Policy | None) -> list[str]:
    if policy is None:
        return ["nothing decided"]
    by = "by itself" if policy.by_itself else "when asked"
    return [f"matters {policy.matter_years} years", f"logs {policy.log_years} years", by, policy.decision]


@disposal_group.command("decide")
@_ORGANISATION
@click.option("--matters", type=click.IntRange(MATTER_YEARS.start, MATTER_YEARS.stop - 1), required=True)
@click.option("--logs", type=click.IntRange(LOG_YEARS.start, LOG_YEARS.stop - 1), required=True)
@click.option("--by-itself", is_flag=True, help="What is due goes each night; without it, when somebody says so.")
@click.option("--decision", required=True, help="What names the decision, such as its registration number.")
def disposal_decide(organisation: str, matters: int, logs: int, by_itself: bool, decision: str) -> None:
    """Keep what ORGANISATION has decided: for how many years matters, and the logs of them, are kept."""

    async def act(parts: app.Parts, of: UUID, now: datetime) -> Policy:
        held = (await deciding.read(parts.db, of, actor=OPERATOR, now=now)).policy
        wanted = Policy(of, 0 if held is None else held.version, matters, logs, by_itself, decision)
        return await deciding.decide(parts.db, wanted, actor=OPERATOR, now=now)

    click.echo(f"Version {_act(organisation, act).version} holds from now on.")


@disposal_group.command("plan")
@_ORGANISATION
def disposal_plan(organisation: str) -> None:
    """Count what would go for ORGANISATION now; nothing does."""

    async def act(parts: app.Parts, of: UUID, now: datetime) -> DisposalCounts:
        return await disposing.plan(parts.db, of, actor=OPERATOR, now=now)

    _print(_act(organisation, act))


@disposal_group.command("carry-out")
@_ORGANISATION
@click.option("--yes", is_flag=True, help="Do not ask.")
def disposal_carry_out(organisation: str, yes: bool) -> None:
    """Dispose for ORGANISATION of what `plan` counts. It cannot be undone."""

    async def shown(parts: app.Parts, of: UUID, now: datetime) -> tuple[DisposalCounts, OrganisationKeeps]:
        due = await disposing.plan(parts.db, of, actor=OPERATOR, now=now)
        return due, await deciding.read(parts.db, of, actor=OPERATOR, now=now)

    due, kept = _act(organisation, shown)
    if kept.policy is not None:
        _print(due)
        if not due.anything:
            return
        if not yes:
            click.confirm("Dispose of it? It cannot be undone.", abort=True)
    version = None if kept.policy is None else kept.policy.version
    bar = Progress(TextColumn("Disposing of matters"), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True))

    async def act(parts: app.Parts, of: UUID, now: datetime) -> DisposalCounts:
        with bar:
            task = bar.add_task("", total=due.counts["matters"])
            return await disposing.carry_out(
                parts.db, of, actor=OPERATOR, now=now, version=version,
                progress=lambda done: bar.update(task, completed=done),
            )  # fmt: skip

    done = _act(organisation, act)
    click.echo("Done:")
    _print(done)


def _print(due: DisposalCounts) -> None:
    for word in (*MATTER_WORDS, *LOG_WORDS):
        click.echo(f"{due.counts[word]}\t{_WORDS[word]}")
    if due.held:
        click.echo(f"{due.held}\tkept, on hold")
    if due.goes_on:
        click.echo(f"{due.goes_on}\tkept, something of it goes on")
    if due.unsealed:
        click.echo(f"{due.unsealed}\tlogs wait for the end of a day to be sealed")


# -- holds


@disposal_group.command("holds")
@_ORGANISATION
def disposal_holds(organisation: str) -> None:
    """List the holds of ORGANISATION: id, what, from, to, who, why; tabs between."""

    async def act(parts: app.Parts, of: UUID, now: datetime) -> OrganisationKeeps:
        return await deciding.read(parts.db, of, actor=OPERATOR, now=now)

    kept = _act(organisation, act)
    for one in kept.holds:
        assert isinstance(one.what, Hold)
        days = [str(one.what.first_day), str(one.what.last_day or "")]
        click.echo("\t".join([str(one.what.id), _what(one.what, kept), *days, one.by, one.what.why]))


def _what(hold: Hold, kept: OrganisationKeeps) -> str:
    if hold.meeting_id is not None:
        return f"meeting {hold.meeting_id}"
    if hold.case_id is not None:
        return f"matter {kept.references.get(hold.case_id, hold.case_id)}"
    return "the organisation"


@disposal_group.command("hold")
@_ORGANISATION
@click.option("--why", required=True, help="The reason, such as the number of an inspection. Nothing about anybody.")
@click.option("--matter", "reference", help="The reference of a case; else the whole organisation is on hold.")
@click.option("--meeting", type=click.UUID, help="The id of a meeting.")
@click.option("--from", "first", type=_DAY, help="The first day. [today]")
@click.option("--to", "last", type=_DAY, help="The last day. [until it is ended]")
def disposal_hold(
    organisation: str, why: str, reference: str | None, meeting: UUID | None, first: datetime | None,
    last: datetime | None,
) -> None:  # fmt: skip
    """Set a hold: nothing of it is disposed of on those days."""

    async def act(parts: app.Parts, of: UUID, now: datetime) -> Hold:
        begins = first.date() if first else now.date()
        wanted = HoldWanted(of, why, begins, last.date() if last else None, reference, meeting)
        return await deciding.set_hold(parts.db, wanted, actor=OPERATOR, now=now)

    click.echo(str(_act(organisation, act).id))


@disposal_group.command("end-hold")
@_ORGANISATION
@click.argument("hold", type=click.UUID)
@click.option("--on", "last", type=_DAY, help="Its last day. [today]")
def disposal_end_hold(organisation: str, hold: UUID, last: datetime | None) -> None:
    """End HOLD (its id)."""

    async def act(parts: app.Parts, of: UUID, now: datetime) -> None:
        ends = last.date() if last else now.date()
        await deciding.end_hold(parts.db, of, hold, ends, actor=OPERATOR, now=now)

    _act(organisation, act)
