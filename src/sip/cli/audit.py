"""What an auditor asks of the access log, and what is kept about one of the staff."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from sip import app
from sip.cli.root import act_on, sip, write
from sip.store.seen.access_log import AccessEntry
from sip.usecases.actor import OPERATOR
from sip.usecases.reading import audit as asking
from sip.usecases.reading.audit import Sample

_DAY = click.DateTime(["%Y-%m-%d"])
_MONTH = click.DateTime(["%Y-%m"])
_MOST = click.option("--rows", "most", type=click.IntRange(1, 1000), default=20, help="At most so many. [20]")


@sip.group()
def audit() -> None:
    """Who read what; each question is itself recorded."""


@audit.command("readers")
@click.argument("meeting", type=click.UUID)
def audit_readers(meeting: UUID) -> None:
    """List who read MEETING (its id): time, act, who, role, with tabs between."""

    async def act(parts: app.Parts) -> list[AccessEntry]:
        return await asking.readers(parts.db, meeting, actor=OPERATOR, now=await parts.clock.now())

    _print(act_on(act))


@audit.command("readings")
@click.argument("email")
@click.option("--from", "first", type=_DAY, default="1970-01-01", help="The first day. [the first there is]")
@click.option("--to", "last", type=_DAY, default="9998-12-31", help="The last day. [today]")
def audit_readings(email: str, first: datetime, last: datetime) -> None:
    """List what the user with this EMAIL read: time, act, who, role, what, with tabs between."""

    async def act(parts: app.Parts) -> list[AccessEntry]:
        now = await parts.clock.now()
        return await asking.readings(parts.db, email, first.date(), last.date(), actor=OPERATOR, now=now)

    _print(act_on(act))


@audit.command("sample")
@click.argument("month", type=_MONTH)
@_MOST
def audit_sample(month: datetime, most: int) -> None:
    """Draw readings of MONTH (2026-11) by its last seal: anybody draws the same. Those reviewed are marked."""

    async def act(parts: app.Parts) -> Sample:
        return await asking.sample(parts.db, month.date(), most, actor=OPERATOR, now=await parts.clock.now())

    drawn = act_on(act)
    _print(drawn.rows, drawn.reviewed)


@audit.command("reviewed")
@click.argument("month", type=_MONTH)
@click.option("--by", required=True, metavar="EMAIL", help="The user who has reviewed the sample.")
@_MOST
def audit_reviewed(month: datetime, by: str, most: int) -> None:
    """Record that the sample of MONTH has been reviewed."""

    async def act(parts: app.Parts) -> int:
        return await asking.review(parts.db, month.date(), most, by, actor=OPERATOR, now=await parts.clock.now())

    click.echo(f"{act_on(act)} rows of {month:%Y-%m} are now recorded as reviewed by {by}.")


@audit.command("about")
@click.argument("email")
@click.option("--to", "file", type=click.Path(path_type=Path, allow_dash=True), required=True)
def audit_about(email: str, file: Path) -> None:
    """Write what is kept about whoever of the staff has this EMAIL to a file, as JSON (GDPR, article 15)."""

    async def act(parts: app.Parts) -> dict[str, list[dict[str, Any]]]:
        return await asking.about(parts.db, email, actor=OPERATOR, now=await parts.clock.now())

    found = act_on(act)
    write(file, (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode())
    click.echo(f"{sum(map(len, found.values()))} rows of {len(found)} tables.", err=True)


def _print(rows: Iterable[AccessEntry], reviewed: Iterable[int] = ()) -> None:
    marked = set(reviewed)
    for row in rows:
        when = row.at.astimezone(UTC).isoformat(timespec="seconds")
        who = row.actor.name or row.actor.id or row.actor.kind
        what = f"{row.subject_kind} {row.subject_id or ''}".strip()
        mark = ["reviewed"] if row.id in marked else []
        click.echo("\t".join([str(row.id), when, row.action, who, row.actor.role or "", what, *mark]))
