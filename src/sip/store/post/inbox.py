"""Mail that came in: kept before it is acknowledged, one row per recipient, judged later, shown until somebody saw to
it.

The same bytes to the same recipient are one row. The raw mail is encrypted, every reading of it is logged, and it is
removed after some days; what was made of it stays.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db, tables
from sip.store.rows import insert, update
from sip.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Inbound:
    """One mail to one recipient, waiting to be judged. `id` makes the event_id of what follows from it."""

    id: int
    raw: bytes
    recipient: str
    sha256: bytes
    mail_from: str
    source: str
    received_at: datetime
    attempts: int

    @property
    def event_id(self) -> str:
        return f"inbound/{self.id}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What was made of a mail: applied, unchanged, unconfirmed, refused, quarantine, ignored; with a reason for people.

    `claim` is the meeting's claim that waits for a word, `answered_by` who answered as far as the mail tells, `flags`
    what was odd about it.
    """

    outcome: str
    reason: str | None = None
    meeting_id: UUID | None = None
    party: int | None = None
    invitation: int | None = None
    claim: int | None = None
    answered_by: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stuck:
    """Mail that judging has failed for: how many, when the oldest came, and what went wrong with it."""

    number: int
    oldest: datetime
    last_error: str


_WORTH_A_THREAD = 64_000
"""Bytes from which on mails are sealed beside the event loop: before, going there takes longer than sealing."""
_KEEP = ("raw", "recipient", "sha256", "mail_from", "source", "received_at", "judged_at", "outcome", "reason")


@dataclass(frozen=True, slots=True)
class ArrivedMail:
    """A mail as it came, for one or more recipients; `judged`: it is so already."""

    raw: bytes
    mail_from: str
    recipients: Sequence[str]
    source: str
    received_at: datetime
    judged: Judged | None = None


async def keep(
    conn: AsyncConnection,
    vault: Vault,
    raw_mail: bytes,
    mail_from: str,
    recipients: Sequence[str],
    source: str,
    received_at: datetime,
    judged: Judged | None = None,
) -> None:
    """One row per recipient; the same mail to the same recipient again is nothing new. `judged`: it is so already."""
    await keep_all(conn, vault, [ArrivedMail(raw_mail, mail_from, recipients, source, received_at, judged)])


async def keep_all(conn: AsyncConnection, vault: Vault, mails: Sequence[ArrivedMail]) -> None:
    """As `keep`, of many mails in the order given; what is there already goes by no named key, since who takes mail in
    may read none.
    """
    if sum(len(one.raw) * len(one.recipients) for one in mails) > _WORTH_A_THREAD:
        rows = await asyncio.to_thread(_rows, vault, mails)
    else:
        rows = _rows(vault, mails)
    await insert(await db.raw(conn), tables.inbound, _KEEP, rows, "on conflict do nothing")


def _rows(vault: Vault, mails: Sequence[ArrivedMail]) -> list[tuple[object, ...]]:
    """A row for each recipient of each mail, its copy sealed: of large mails work of a while."""
    rows: list[tuple[object, ...]] = []
    for one in mails:
        digest, judged = hashlib.sha256(one.raw).digest(), one.judged
        came_of = (None, None, None) if judged is None else (one.received_at, judged.outcome, judged.reason)
        for to in dict.fromkeys(recipient.lower() for recipient in one.recipients):
            sealed = vault.seal(one.raw, _about(to, digest))
            rows.append((sealed, to, digest, one.mail_from, one.source, one.received_at, *came_of))
    return rows


def _about(recipient: str, digest: bytes) -> bytes:
    return recipient.encode() + b"\x00" + digest


_READ = "select id, raw, recipient, sha256, mail_from, source, received_at, attempts from inbound"


async def way_in(conn: AsyncConnection, address: str) -> str | None:
    """Which way a mail to this address came in, judged or not; the domain may have been written anew on its way."""
    found: str | None = await (await db.raw(conn)).fetchval(
        "select source from inbound where starts_with(recipient, $1) order by id limit 1",
        address.lower().rpartition("@")[0] + "@",
    )
    return found


async def unjudged_ids(conn: AsyncConnection, limit: int = 200) -> list[int]:
    """The ids of mails that wait, oldest first, without holding them."""
    rows = await (await db.raw(conn)).fetch(
        "select id from inbound where judged_at is null and (retry_at is null or retry_at <= statement_timestamp())"
        " order by id limit $1",
        limit,
    )
    return [row[0] for row in rows]


async def waiting(conn: AsyncConnection, limit: int) -> list[tuple[int, int]]:
    """The mails that wait, oldest first, without holding them: (id, bytes as they are kept) of each."""
    rows = await (await db.raw(conn)).fetch(
        "select id, octet_length(raw) from inbound where judged_at is null"
        " and (retry_at is null or retry_at <= statement_timestamp()) order by id limit $1",
        limit,
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class SealedMail:
    """A waiting mail as it is kept."""

    id: int
    row: Sequence[object]

    def opened(self, vault: Vault) -> Inbound:
        """Raises WrongKey. Of a large mail work of a while."""
        return _inbound(self.row, vault)


async def peek_all(conn: AsyncConnection, ids: Sequence[int]) -> list[SealedMail]:
    """As `peek` of many, in the order of their ids and sealed still."""
    rows = await (await db.raw(conn)).fetch(
        f"{_READ} where id = any($1::bigint[]) and judged_at is null order by id", list(ids)
    )
    return [SealedMail(row[0], row) for row in rows]


async def peek(conn: AsyncConnection, vault: Vault, inbound_id: int) -> Inbound | None:
    """One waiting mail without holding it: to find its meeting, which is locked before the mail is (rules, section
    2).
    """
    row = await (await db.raw(conn)).fetchrow(f"{_READ} where id = $1 and judged_at is null", inbound_id)
    return None if row is None else await asyncio.to_thread(_inbound, row, vault)


async def claim_one(conn: AsyncConnection, inbound_id: int) -> bool:
    """Holds one mail until the transaction ends; False when somebody else has it or it is judged."""
    row = await (await db.raw(conn)).fetchrow(
        "select 1 from inbound where id = $1 and judged_at is null for update skip locked", inbound_id
    )
    return row is not None


async def claim_all(conn: AsyncConnection, ids: Sequence[int]) -> set[int]:
    """Holds these mails until the transaction ends; those that nobody else has, and that are not judged."""
    rows = await (await db.raw(conn)).fetch(
        "select id from inbound where id = any($1::bigint[]) and judged_at is null order by id for update skip locked",
        list(ids),
    )
    return {row[0] for row in rows}


def _inbound(row: Sequence[object], vault: Vault) -> Inbound:
    key, sealed, recipient, digest, mail_from, source, received_at, attempts = row
    assert isinstance(sealed, bytes) and isinstance(recipient, str) and isinstance(digest, bytes)
    plain = vault.open(sealed, _about(recipient, digest))
    return Inbound(key, plain, recipient, digest, mail_from, source, received_at, attempts)  # type: ignore[arg-type]  # columns of the row


async def judge(conn: AsyncConnection, inbound_id: int, judged: Judged, now: datetime) -> None:
    """Writes what was made of it, in the transaction of what followed from it."""
    await (await db.raw(conn)).execute(
        "update inbound set judged_at = $2, outcome = $3, reason = $4, meeting_id = $5, party = $6, invitation = $7,"
        " claim = $8, answered_by = $9, flags = $10, attempts = attempts + 1, last_error = null, retry_at = null"
        " where id = $1 and judged_at is null",
        inbound_id,
        now,
        judged.outcome,
        judged.reason,
        judged.meeting_id,
        judged.party,
        judged.invitation,
        judged.claim,
        judged.answered_by,
        list(judged.flags),
    )


_JUDGED = (
    "judged_at", "outcome", "reason", "meeting_id", "party", "invitation", "claim", "answered_by", "flags", "attempts",
    "last_error", "retry_at",
)  # fmt: skip


async def judge_all(conn: AsyncConnection, judged: Sequence[tuple[Inbound, Judged]], now: datetime) -> None:
    """As `judge`, of mails that this transaction holds."""
    rows = [
        (
            mail.id, now, one.outcome, one.reason, one.meeting_id, one.party, one.invitation, one.claim,
            one.answered_by, list(one.flags), mail.attempts + 1, None, None,
        )
        for mail, one in judged
    ]  # fmt: skip
    await update(await db.raw(conn), tables.inbound, ("id",), _JUDGED, rows)


async def put_off(conn: AsyncConnection, inbound_id: int, error: str) -> None:
    """Judging failed by our own fault: tried again after 1, 2, 4 ... minutes of machine time, at most 60."""
    await (await db.raw(conn)).execute(
        "update inbound set attempts = attempts + 1, last_error = $2, retry_at = clock_timestamp()"
        " + least(power(2, least(attempts, 6)), 60) * interval '1 minute' where id = $1",
        inbound_id,
        error,
    )


async def see_to(conn: AsyncConnection, inbound_id: int, now: datetime) -> bool:
    """A person has seen to it: it leaves the list."""
    status: str = await (await db.raw(conn)).execute(
        "update inbound set handled_at = $2 where id = $1 and handled_at is null and judged_at is not null",
        inbound_id,
        now,
    )
    return status.endswith(" 1")


async def see_to_claim(conn: AsyncConnection, meeting_id: UUID, claim: int, now: datetime) -> None:
    """The claim has been decided: the mails it came by leave the list."""
    await (await db.raw(conn)).execute(
        "update inbound set handled_at = $3 where meeting_id = $1 and claim = $2 and handled_at is null",
        meeting_id,
        claim,
        now,
    )


async def read_raw(conn: AsyncConnection, vault: Vault, inbound_id: int) -> bytes | None:
    """The mail itself; None when it has been removed or never was."""
    row = await (await db.raw(conn)).fetchrow(
        "select raw, recipient, sha256 from inbound where id = $1 and raw is not null", inbound_id
    )
    return None if row is None else await asyncio.to_thread(vault.open, row[0], _about(row[1], row[2]))


async def stuck(conn: AsyncConnection) -> Stuck | None:
    """Mail that could not be judged by our own fault; it is kept whatever its age, and tried again."""
    row = await (await db.raw(conn)).fetchrow(
        "select count(*) over (), received_at, coalesce(last_error, '') from inbound"
        " where judged_at is null and attempts > 0 order by id limit 1"
    )
    return None if row is None else Stuck(*row)


async def let_go(conn: AsyncConnection, inbound_id: int) -> None:
    """The bytes of a mail that nobody needs to read again are removed before their time."""
    await (await db.raw(conn)).execute("update inbound set raw = null where id = $1", inbound_id)


async def remove_raw(conn: AsyncConnection, before: datetime) -> int:
    """Removes the content of judged mail received before; gives how many."""
    rows = await (await db.raw(conn)).fetch(
        "update inbound set raw = null where received_at < $1 and judged_at is not null and raw is not null"
        " returning 1",
        before,
    )
    return len(rows)
