"""Two tokens (rules, section 3): the reply token is an address and opens no page; a link token opens one page.

The reply token stands in its invitation's row; a link token is stored hashed. Both are 130 random bits, as 26 letters
and digits that survive every mail server's folding of case. Beside a link token a short code may stand for it
(`codes.py`): the page that takes codes makes of it a link token that lives for a day.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip import retention
from sip.domain.effects import Link
from sip.store import db, tables
from sip.store.rows import insert


def new_token() -> str:
    """26 letters of base32, in lower case."""
    return base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]


def hash_of(token: str) -> bytes:
    """SHA-256 of a token: enough for 130 random bits."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class InvitationRef:
    """One invitation, as a token or UID names it."""

    meeting_id: UUID
    invitation: int
    party: int
    attendee: int | None
    email: str
    id: UUID
    reply_token: str

    @property
    def place(self) -> tuple[UUID, int, int]:
        """Meeting, party and invitation."""
        return self.meeting_id, self.party, self.invitation


_REF = "select meeting_id, ordinal, party, attendee, email, id, reply_token from invitation"


async def invitation_by_reply_token(conn: AsyncConnection, token: str) -> InvitationRef | None:
    """The invitation whose reply address holds this token."""
    return await _one(conn, f"{_REF} where reply_token = $1", token.lower())


async def invitations_by_reply_tokens(conn: AsyncConnection, wanted: Sequence[str]) -> dict[str, InvitationRef]:
    """As `invitation_by_reply_token` of many at once; by the token in lower case, those that there are."""
    raw = await db.raw(conn)
    rows = await raw.fetch(f"{_REF} where reply_token = any($1::text[])", [token.lower() for token in wanted])
    return {row[-1]: InvitationRef(*row) for row in rows}


async def invitation_by_uid(conn: AsyncConnection, uid: UUID) -> InvitationRef | None:
    """The invitation whose calendar entry has this id."""
    return await _one(conn, f"{_REF} where id = $1", uid)


async def invitations_of(conn: AsyncConnection, meeting_id: UUID) -> list[InvitationRef]:
    """All invitations of a meeting, in order."""
    raw = await db.raw(conn)
    rows = await raw.fetch(f"{_REF} where meeting_id = $1 order by ordinal", meeting_id)
    return [InvitationRef(*row) for row in rows]


async def _one(conn: AsyncConnection, sql: str, value: Any) -> InvitationRef | None:
    row = await (await db.raw(conn)).fetchrow(sql, value)
    return None if row is None else InvitationRef(*row)


@dataclass(frozen=True, slots=True)
class LinkRef:
    """What a mailed link opens: one page, for one purpose, party and address, until `expires_at`.

    The page is a meeting's, that of a test call (`check_id`) or of an account (`user_id`).
    """

    purpose: str
    meeting_id: UUID | None
    party: int | None
    attendee: int | None
    invitation: int | None
    deviation_id: UUID | None
    address: str
    mail_id: int
    expires_at: datetime
    check_id: UUID | None = None
    user_id: UUID | None = None


_LINK_COLUMNS = (
    "purpose",
    "meeting_id",
    "party",
    "attendee",
    "invitation",
    "deviation_id",
    "address",
    "mail_id",
    "expires_at",
    "check_id",
    "user_id",
)
_ALL = ", ".join(_LINK_COLUMNS)


async def link(conn: AsyncConnection, token: str, now: datetime) -> LinkRef | None:
    """What this link opens, or None when it never was or has ended."""
    raw = await db.raw(conn)
    row = await raw.fetchrow(
        f"select {_ALL} from link_token where hash = $1 and expires_at > $2",
        hash_of(token.lower()),
        now,
    )
    return None if row is None else LinkRef(*row)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that stands in a mail about to leave; `code_digest` is the keyed hash of the code beside it."""

    token: str
    ref: LinkRef
    code_digest: bytes | None = None


async def keep_links(conn: AsyncConnection, links: Sequence[NewLink]) -> None:
    """Stores tokens and codes, hashed."""
    rows = [(hash_of(one.token), one.code_digest, *(getattr(one.ref, name) for name in _LINK_COLUMNS)) for one in links]
    await insert(await db.raw(conn), tables.link_token, ("hash", "code_hash", *_LINK_COLUMNS), rows)


async def token_for_code(conn: AsyncConnection, code_digest: bytes, now: datetime) -> str | None:
    """A new link token that opens what this code stands for, for a day; None for a code that never was or has ended.

    The code of the free text is good for one time, and what it opens is open for a while (rules, section 3).
    """
    raw = await db.raw(conn)
    once = await raw.fetchrow(
        f"delete from link_token where code_hash = $1 and expires_at > $2 and purpose = $3 returning {_ALL}",
        code_digest, now, Link.READING,
    )  # fmt: skip
    if once is not None:
        return await lend(conn, replace(LinkRef(*once), expires_at=now + retention.OPENED_READING.life))
    row = await raw.fetchrow(
        f"select {_ALL} from link_token where code_hash = $1 and expires_at > $2", code_digest, now
    )
    if row is None:
        return None
    ref = LinkRef(*row)
    return await lend(conn, replace(ref, expires_at=min(ref.expires_at, now + retention.TYPED_CODE.life)))


async def lend(conn: AsyncConnection, ref: LinkRef) -> str:
    """A new link token that stands in no mail: it opens this, until then."""
    token = new_token()
    await keep_links(conn, [NewLink(token, ref)])
    return token


async def drop_account_links(conn: AsyncConnection, user_id: UUID) -> None:
    """No link that was mailed to choose this user's password holds any more."""
    await (await db.raw(conn)).execute("delete from link_token where user_id = $1", user_id)


async def drop_ended_links(conn: AsyncConnection, now: datetime) -> int:
    """Removes links that have ended; gives how many."""
    raw = await db.raw(conn)
    return len(await raw.fetch("delete from link_token where expires_at <= $1 returning 1", now))
