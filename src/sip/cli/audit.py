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
from sip.store.seen.audit import AccessEntry
from sip.usecases import auditing
from sip.usecases.actor import ASKING
from sip.usecases.auditing import Sample
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import audit as asking
from sip.usecases.reading.audit import ReadingLine

_DAY = click.DateTime(["%Y-%m-%d"])
_MONTH = click.DateTime(["%Y-%m"])
_MOST = click.option("--rows", "most", type=click.IntRange(1, 1000), default=20, help="At most so many readings. [20]")


@sip.group()
def audit() -> None:
    """Ask who read what, for an auditor of the whole installation. Each question is itself recorded.

    Auditors of a principal or an organisation ask on pages of their own (docs/sealed.md).
    """


@audit.command("readers")
@click.argument("meeting", type=click.UUID)
def audit_readers(meeting: UUID) -> None:
    """List who read MEETING (its id): the row's number, time, act, who, role and what, with tabs between."""

    async def act(parts: app.Parts) -> list[ReadingLine]:
        return await asking.readers(parts.db, meeting, actor=ASKING, now=await parts.clock.now())

    _print(one.entry for one in act_on(act))


@audit.command("readings")
@click.argument("email")
@click.option("--from", "first", type=_DAY, default="1970-01-01", help="The first day. [the first there is]")
@click.option("--to", "last", type=_DAY, default="9998-12-31", help="The last day. [today]")
def audit_readings(email: str, first: datetime, last: datetime) -> None:
    """List what the user with this EMAIL read: the row's number, time, act, who, role and what, with tabs between."""

    async def act(parts: app.Parts) -> list[ReadingLine]:
        now = await parts.clock.now()
        who = await asking.find_user(parts.db, email, actor=ASKING, now=now)
        if who is None:
            raise NotFoundError("user")
        return await asking.readings(parts.db, who.id, first.date(), last.date(), actor=ASKING, now=now)

    _print(one.entry for one in act_on(act))


@audit.command("sample")
@click.argument("month", type=_MONTH)
@_MOST
def audit_sample(month: datetime, most: int) -> None:
    """Draw readings of MONTH (2026-11) by its last seal, so that anybody draws the same.

    A line is a row's number, time, act, who, role and what, with tabs between, and "reviewed" where it has been.
    """

    async def act(parts: app.Parts) -> Sample:
        return await auditing.sample(parts.db, month.date(), most, actor=ASKING, now=await parts.clock.now())

    drawn = act_on(act)
    _print(drawn.rows, drawn.reviewed)


@audit.command("reviewed")
@click.argument("month", type=_MONTH)
@click.option("--by", required=True, metavar="EMAIL", help="The address of the auditor who has reviewed it.")
@_MOST
def audit_reviewed(month: datetime, by: str, most: int) -> None:
    """Record that the sample of MONTH (2026-11) has been reviewed and found in order.

    What somebody has said of a reading before stays; what the reviewer read, or is not her place's, waits for another.
    """

    async def act(parts: app.Parts) -> int:
        return await auditing.review(parts.db, month.date(), most, by, actor=ASKING, now=await parts.clock.now())

    click.echo(f"{act_on(act)} rows of {month:%Y-%m} are now recorded as reviewed by {by}.")


@audit.command("about")
@click.argument("email")
@click.option(
    "--to",
    "file",
    type=click.Path(path_type=Path, allow_dash=True),
    required=True,
    help="The file to write; - for the screen.",
)
def audit_about(email: str, file: Path) -> None:
    """Write all that is kept about whoever of the staff has this EMAIL to a file, as JSON (GDPR, article 15).

    It holds what she was mailed and what was said of her in meetings: read it before it is handed over.
    """

    async def act(parts: app.Parts) -> dict[str, list[dict[str, Any]]]:
        return await asking.about(parts.db, email, actor=ASKING, now=await parts.clock.now())

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
