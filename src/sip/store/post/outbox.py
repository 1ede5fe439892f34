"""The outbox: what decisions want mailed, written in their transaction (house, law 7).

A key is sent once for ever. A calendar mail supersedes older ones to the same invitation that have not left; a CANCEL
after a REQUEST that never left drops both; DropAsks drops asks that wait. What is already bound to a mail is marked
moot instead, and the sender lets it go before it tries again (rules, section 3).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.effects import POLL_ASKS, AnyMail, DropAsks, Mail, Method, Notice, Timing
from sip.domain.optional import topic_of
from sip.store import db, tables
from sip.store.aggregates.event_codec import decode_mail, encode
from sip.store.rows import insert

SUPERSEDED, MOOT, NEVER_LEFT, NOT_WANTED = "superseded", "moot", "never left", "not wanted"

_COLUMNS = (
    "key",
    "meeting_id",
    "unit_id",
    "user_id",
    "check_id",
    "entry_id",
    "deviation_id",
    "party",
    "invitation",
    "attendee",
    "round",
    "rung",
    "kind",
    "method",
    "recipient",
    "language",
    "timing",
    "not_before",
    "ask",
    "engine",
    "payload",
    "state",
    "moot",
    "settled_at",
    "reason",
)


@dataclass(slots=True)
class _Draft:
    mail: AnyMail
    engine: bool
    leaves: datetime | None
    dropped: str | None = None


# What waits is dropped now; what is bound to a mail is only marked, its mail's bytes may be on their way.
_GIVE_UP = """
    update outbox o set moot = true,
        state = case when o.state = 'pending' then 'dropped' else o.state end,
        settled_at = case when o.state = 'pending' then $1::timestamptz end,
        reason = case when o.state = 'pending' then '{reason}' end
    from unnest({arrays}) as t({names})
    where {match} and o.state in ('pending', 'claimed') and not o.moot and o.key <> all($2::text[])
"""
# An ask that took the place of a change which never left carries that change: it is the only mail that tells of it.
_CARRIES_NEWS = """
    (o.method = 'REQUEST' and exists (
        select from outbox e
        where e.meeting_id = o.meeting_id and e.invitation = o.invitation and e.method = 'REQUEST' and not e.ask
            and e.id < o.id and e.moot and e.state <> 'sent'
            and not exists (
                select from outbox s
                where s.meeting_id = e.meeting_id and s.invitation = e.invitation
                    and s.id > e.id and s.state = 'sent')))
"""
_POLLS = ", ".join(f"'{kind}'" for kind in sorted(POLL_ASKS))
_DROP_ASKS = _GIVE_UP.format(
    reason=MOOT,
    arrays="$3::uuid[], $4::integer[], $5::integer[], $6::boolean[]",
    names="meeting_id, party, attendee, polls",
    match="o.meeting_id = t.meeting_id and o.ask and o.party is not distinct from t.party"
    f" and o.attendee is not distinct from t.attendee and (o.kind in ({_POLLS})) = t.polls and not {_CARRIES_NEWS}",
)
_SUPERSEDE = _GIVE_UP.format(
    reason=SUPERSEDED,
    arrays="$3::uuid[], $4::integer[]",
    names="meeting_id, invitation",
    match="o.meeting_id = t.meeting_id and o.invitation = t.invitation and o.method is not null",
)
_SUPERSEDE_CHECKS = _GIVE_UP.format(
    reason=SUPERSEDED, arrays="$3::uuid[]", names="check_id", match="o.check_id = t.check_id"
)
_SUPERSEDE_ENTRIES = _GIVE_UP.format(
    reason=SUPERSEDED, arrays="$3::uuid[]", names="entry_id", match="o.entry_id = t.entry_id"
)
# Left, or perhaps on its way: a mail that only got a 4xx has not left.
_LEFT = """
    select distinct o.meeting_id, o.invitation
    from unnest($1::uuid[], $2::integer[]) as t(meeting_id, invitation)
    join outbox o on o.meeting_id = t.meeting_id and o.invitation = t.invitation and o.method = 'REQUEST'
    left join mail m on m.id = o.mail_id
    where o.state = 'sent' or (o.state = 'claimed' and m.state <> 'later')
"""
_ENTRY_LEFT = """
    select distinct o.entry_id from outbox o left join mail m on m.id = o.mail_id
    where o.entry_id = any($1::uuid[]) and o.method = 'REQUEST'
        and (o.state = 'sent' or (o.state = 'claimed' and m.state <> 'later'))
"""
_SWITCHED_OFF = """
    select email_folded, muted from app_user where email_folded = any($1::text[]) and active and muted <> '{}'
"""


class Posting:
    """The mails and drops of one transaction, gathered in order and written with few statements."""

    def __init__(self) -> None:
        self._drafts: list[_Draft] = []
        self._drops: list[tuple[UUID, DropAsks]] = []
        self._calendar: dict[tuple[UUID | None, int | None], _Draft] = {}
        self._asks: dict[tuple[UUID, int | None, int | None, bool], list[_Draft]] = defaultdict(list)

    def mail(self, mail: AnyMail, *, engine: bool, leaves: datetime | None = None) -> None:
        """One mail; `engine` says that no person's act began it, `leaves` is the first moment it may go."""
        draft = _Draft(mail, engine, leaves)
        if mail.method is not None:
            entry = _entry(mail)
            older = self._calendar.get(entry)
            if older is not None and older.mail.key != mail.key:
                older.dropped = older.dropped or SUPERSEDED
            self._calendar[entry] = draft
        if isinstance(mail, Mail) and mail.ask:
            polls = mail.kind in POLL_ASKS
            self._asks[mail.facts.meeting, mail.party, mail.attendee, polls].append(draft)
        self._drafts.append(draft)

    def drop(self, meeting_id: UUID, asks: DropAsks) -> None:
        """Asks that an answer has settled, those gathered a moment ago included."""
        for older in self._asks.pop((meeting_id, asks.party, asks.attendee, asks.polls), ()):
            older.dropped = older.dropped or MOOT
        self._drops.append((meeting_id, asks))

    async def write(self, conn: AsyncConnection, now: datetime) -> None:
        raw = await db.raw(conn)
        keys = [draft.mail.key for draft in self._drafts]
        if self._drops:
            meetings = [meeting for meeting, _ in self._drops]
            parties = [asks.party for _, asks in self._drops]
            people = [asks.attendee for _, asks in self._drops]
            polls = [asks.polls for _, asks in self._drops]
            await raw.execute(_DROP_ASKS, now, keys, meetings, parties, people, polls)
        calendar = [draft for draft in self._drafts if draft.mail.method is not None]
        if calendar:
            await self._supersede(raw, calendar, keys, now)
        await self._leave_out(raw)
        rows = [_row(draft, now) for draft in self._drafts]
        await insert(raw, tables.outbox, _COLUMNS, rows, "on conflict (key) do nothing")

    async def _leave_out(self, raw: Any) -> None:
        """What its reader has switched off is kept as dropped, so that nobody wonders where it went."""
        optional = [(draft, topic) for draft in self._drafts if (topic := topic_of(draft.mail)) is not None]
        if not optional:
            return
        addresses = sorted({folded(draft.mail.to.email) for draft, _ in optional})
        off = {row[0]: frozenset(row[1]) for row in await raw.fetch(_SWITCHED_OFF, addresses)}
        for draft, topic in optional:
            if topic in off.get(folded(draft.mail.to.email), ()):
                draft.dropped = draft.dropped or NOT_WANTED

    async def _supersede(self, raw: Any, calendar: Sequence[_Draft], keys: list[str], now: datetime) -> None:
        alone = [draft.mail for draft in calendar if isinstance(draft.mail, Notice)]
        if checks := [mail.check_id for mail in alone if mail.check_id is not None]:
            await raw.execute(_SUPERSEDE_CHECKS, now, keys, checks)
        if entries := [mail.entry_id for mail in alone if mail.entry_id is not None]:
            await raw.execute(_SUPERSEDE_ENTRIES, now, keys, entries)
            left = {row[0] for row in await raw.fetch(_ENTRY_LEFT, entries)}
            for draft in calendar:
                mail = draft.mail
                if isinstance(mail, Notice) and mail.method is Method.CANCEL and mail.entry_id not in {None, *left}:
                    draft.dropped = draft.dropped or NEVER_LEFT
        invited = [draft for draft in calendar if isinstance(draft.mail, Mail)]
        if not invited:
            return
        await raw.execute(_SUPERSEDE, now, keys, *zip(*(_entry(draft.mail) for draft in invited), strict=True))
        cancels = [draft for draft in invited if draft.dropped is None and _takes_back(draft.mail)]
        if not cancels:
            return
        named = zip(*(_entry(draft.mail) for draft in cancels), strict=True)
        gone = {(row[0], row[1]) for row in await raw.fetch(_LEFT, *named)}
        for draft in cancels:
            if _entry(draft.mail) not in gone:
                draft.dropped = NEVER_LEFT


def _takes_back(mail: AnyMail) -> bool:
    """A CANCEL of what we sent; of a forwarded copy no REQUEST of ours ever left, somebody else sent it on."""
    return isinstance(mail, Mail) and mail.method is Method.CANCEL and mail.copy_of is None


def _entry(mail: AnyMail) -> tuple[UUID | None, int | None]:
    """The calendar entry that a calendar mail makes, changes or ends: an invitation's, a test call's own, or that of a
    seat at a group's sitting.
    """
    if isinstance(mail, Mail):
        return mail.facts.meeting_id, mail.invitation
    return mail.check_id or mail.entry_id, None


def _row(draft: _Draft, now: datetime) -> Sequence[Any]:
    mail = draft.mail
    return (
        mail.key,
        *_belongs(mail),
        mail.kind,
        mail.method,
        folded(mail.to.email),
        mail.to.language,
        mail.timing if isinstance(mail, Mail) else Timing.NOW,
        draft.leaves,
        isinstance(mail, Mail) and mail.ask,
        draft.engine,
        encode(mail).decode(),
        "pending" if draft.dropped is None else "dropped",
        draft.dropped is not None,
        None if draft.dropped is None else now,
        draft.dropped,
    )


def _belongs(mail: AnyMail) -> Sequence[Any]:
    """The columns from `meeting_id` to `rung`."""
    if isinstance(mail, Notice):
        return None, mail.unit_id, mail.user_id, mail.check_id, mail.entry_id, *(None,) * 6
    return (
        mail.facts.meeting_id, None, None, None, None, mail.deviation_id, mail.party, mail.invitation, mail.attendee,
        mail.round, mail.rung,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Posted:
    """One row of the outbox, for pages and tests."""

    id: int
    key: str
    state: str
    moot: bool
    mail: Mail
    settled_at: datetime | None
    reason: str | None
    last_error: str | None
    smtp_code: int | None
    smtp_text: str | None


async def of_meeting(conn: AsyncConnection, meeting_id: UUID) -> list[Posted]:
    """Everything ever posted about a meeting, in order."""
    rows = await (await db.raw(conn)).fetch(
        "select o.id, o.key, o.state, o.moot, o.payload::text, o.settled_at, o.reason, o.last_error, m.smtp_code,"
        " m.smtp_text from outbox o left join mail m on m.id = o.mail_id where o.meeting_id = $1 order by o.id",
        meeting_id,
    )
    return [Posted(row[0], row[1], row[2], row[3], decode_mail(row[4]), *row[5:]) for row in rows]


@dataclass(frozen=True, slots=True)
class Carried:
    """One ask that a mail carried, as a bounce of that mail names it (rules, section 3)."""

    key: str
    meeting_id: UUID | None
    party: int | None
    invitation: int | None
    attendee: int | None
    email: str
    deviation_id: UUID | None
    sent_at: datetime | None = None
    round: int | None = None
    kind: str = ""


async def carried_by_bounce_token(conn: AsyncConnection, token: str) -> list[Carried]:
    """What the mail with this bounce token carried for meetings and reports; empty when there is no such mail."""
    return await _carried(conn, "bounce_token", token.lower())


async def known_bounce_tokens(conn: AsyncConnection, wanted: Sequence[str]) -> set[str]:
    """Those of the tokens that a mail of ours left under, in lower case."""
    raw = await db.raw(conn)
    rows = await raw.fetch("select bounce_token from mail where bounce_token = any($1::text[])", list(wanted))
    return {row[0] for row in rows}


async def carried_by_message_id(conn: AsyncConnection, message_id: str) -> list[Carried]:
    """What the mail with this Message-ID carried for meetings (a bounce that came to another address)."""
    return await _carried(conn, "message_id", message_id)


async def _carried(conn: AsyncConnection, column: Literal["bounce_token", "message_id"], value: str) -> list[Carried]:
    rows = await (await db.raw(conn)).fetch(
        "select o.key, o.meeting_id, o.party, o.invitation, o.attendee, o.recipient, o.deviation_id,"
        " m.composed_at, o.round, o.kind"
        f" from mail m join outbox o on o.mail_id = m.id where m.{column} = $1"
        " and num_nonnulls(o.meeting_id, o.deviation_id) > 0"
        " order by o.id",
        value,
    )
    return [Carried(*row) for row in rows]


async def notices_in(conn: AsyncConnection, bounce_token: str | None, message_id: str | None) -> list[UUID | None]:
    """Of a mail by its bounce token or Message-ID, what it carried for no meeting: the test call of each, or None."""
    rows = await (await db.raw(conn)).fetch(
        "select o.check_id from mail m join outbox o on o.mail_id = m.id"
        " where (m.bounce_token = $1 or m.message_id = $2) and o.meeting_id is null"
        " and o.deviation_id is null order by o.id",
        bounce_token,
        message_id,
    )
    return [row[0] for row in rows]


async def entry_returned(conn: AsyncConnection, bounce_token: str | None, message_id: str | None, said: str) -> None:
    """A mail to who sits in a group, or follows one, came back after the relay had taken it: what was said stands with
    what it carried. It stays sent, for an entry that has perhaps arrived must leave the calendar again.
    """
    await (await db.raw(conn)).execute(
        "update outbox o set reason = $3 from mail m where m.id = o.mail_id"
        " and (o.entry_id is not null or o.kind = 'group_news') and (m.bounce_token = $1 or m.message_id = $2)",
        bounce_token,
        message_id,
        said,
    )


async def forget_notices(conn: AsyncConnection, before: datetime, limit: int = 1_000) -> int:
    """Takes away what belongs to no meeting and was settled before this; gives how many. Test calls stay."""
    found: int = await (await db.raw(conn)).fetchval("select forget_notices($1, $2)", before, limit)
    return found
