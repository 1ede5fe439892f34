"""The access log as auditors read it, and what they ask beside it: what was drawn of a month, what was said of a
reading, who is who within their scope, and when the seals were last verified.

The law of this file: it is the one reader of the log. An auditor's statement asks first which rows are hers to see
(`which`, narrowed by `Seen.reading`, beyond her own view, for it looks at whose meetings and roles they are) and then
reads those in her own view (`entries`), where row-level security asks the same again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.auditing import ReviewWord
from sip.store import db, tables
from sip.store.aggregates.journal import ActorColumns
from sip.store.rows import insert
from sip.store.seen.scope import Seen

REVIEW, ROW, SAID = "review", "access", "reading"
"""The action, and the kinds of thing: a row of the log that was reviewed as one of many, or with words of its own."""
VERIFIED, FAULTY, SEALS = "verify", "find fault", "seals"


@dataclass(frozen=True, slots=True)
class ReviewSaid:
    """What an auditor said of a reading. `reason` None: the words that were sealed are no longer as they were."""

    access_id: int
    verdict: ReviewWord
    reason: str | None
    by: str
    at: datetime


def subject_of(access_id: int, verdict: ReviewWord, reason: str) -> str:
    """What the access log names: the reading, the verdict, and the SHA-256 of its words."""
    return f"{access_id} {verdict} {sha256(reason.encode()).hexdigest()}"


async def keep_reason(conn: AsyncConnection, place: str, access_id: int, reason: str) -> None:
    """Keeps the words; the access log holds their hash. The same again says nothing."""
    row = (place, access_id, sha256(reason.encode()).digest(), reason)
    columns = ("place", "access_id", "hash", "said")
    await insert(await db.raw(conn), tables.audit_reason, columns, [row], "on conflict do nothing")


async def lock(conn: AsyncConnection, access_id: int) -> None:
    """Who says something of this reading waits for whoever says something now."""
    await (await db.raw(conn)).execute(_LOCK, str(access_id))


_LOCK = "select pg_advisory_xact_lock(hashtextextended('reading ' || $1, 0))"
_SAID = """
    select split_part(a.subject_id, ' ', 1)::bigint, split_part(a.subject_id, ' ', 2), a.actor_name, a.at,
        split_part(a.subject_id, ' ', 3), array(select r.said from audit_reason r
            where r.access_id = split_part(a.subject_id, ' ', 1)::bigint)
    from access_log a where a.action = $2 and a.subject_kind = any($3::text[])
        and split_part(a.subject_id, ' ', 1) = any($1::bigint[]::text[]) order by a.id
"""


async def said(conn: AsyncConnection, numbers: Iterable[int]) -> dict[int, list[ReviewSaid]]:
    """What was said of these readings, in its order, by whichever auditor."""
    found: dict[int, list[ReviewSaid]] = {}
    for row in await (await db.raw(conn)).fetch(_SAID, list(numbers), REVIEW, [ROW, SAID]):
        words = {sha256(one.encode()).hexdigest(): one for one in (*row[5], "")}
        verdict = ReviewWord(row[1]) if row[1] else ReviewWord.IN_ORDER
        reason = words.get(row[4]) if row[4] else ""
        found.setdefault(row[0], []).append(ReviewSaid(row[0], verdict, reason, row[2] or "", row[3]))
    return found


async def spoken_of(conn: AsyncConnection) -> list[int]:
    """The readings of which auditors of this place have said something in words."""
    rows = await (await db.raw(conn)).fetch("select distinct access_id from audit_reason order by 1")
    return [row[0] for row in rows]


# -- the log


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One reading, read back."""

    id: int
    actor: ActorColumns
    action: str
    subject_kind: str
    subject_id: str | None
    at: datetime
    recorded_at: datetime


async def which(
    conn: AsyncConnection, seen: Seen, condition: str, *, latest: bool = False, most: int | None = None
) -> dict[int, bool]:
    """The ids of the rows `a` that this condition names and `seen` holds, the earliest first or the latest; and
    whether somebody of the scope read. The condition's values are bound in `seen`.
    """
    order = f"order by a.id{' desc' if latest else ''}{'' if most is None else f' limit {seen.bind(most)}'}"
    sql = f"select a.id, {seen.reader()} from access_log a where {condition} and {seen.reading()} {order}"
    return {row[0]: bool(row[1]) for row in await (await db.raw(conn)).fetch(sql, *seen.values)}


_ENTRIES = """
    select id, actor_kind, actor_id, actor_name, actor_unit_id, actor_role, action, subject_kind, subject_id, at,
        recorded_at
    from access_log where id = any($1::bigint[])
"""


async def entries(conn: AsyncConnection, numbers: Iterable[int]) -> list[AccessEntry]:
    """The rows with these ids, in the order of the ids as given; who may not see one does not get it."""
    wanted = list(numbers)
    rows = await (await db.raw(conn)).fetch(_ENTRIES, wanted)
    found = {row[0]: AccessEntry(row[0], ActorColumns(*row[1:6]), *row[6:]) for row in rows}
    return [found[number] for number in wanted if number in found]


# -- a month's sample

_DRAWN = """
    select number from seal_leaf where aggregate is null and position >= $2 and position < $3
    order by sha256($1::bytea || hash), number limit $4 offset $5
"""


async def drawn(conn: AsyncConnection, seed: bytes, first: int, end: int, most: int, after: int) -> list[int]:
    """Rows of the access log among these leaves, in the order that the seed gives them; `most` from `after` on."""
    rows = await (await db.raw(conn)).fetch(_DRAWN, seed, first, end, most, after)
    return [row[0] for row in rows]


async def samples(conn: AsyncConnection) -> dict[date, list[int]]:
    """By month what was drawn here, in its order; the latest month first."""
    rows = await (await db.raw(conn)).fetch(
        "select month, array_agg(access_id order by turn) from audit_sample group by month order by month desc"
    )
    return {row[0]: list(row[1]) for row in rows}


async def add_sample(conn: AsyncConnection, place: str, month: date, numbers: Sequence[int]) -> None:
    """What was drawn; what was drawn before stays as it is."""
    rows = [(place, month, turn, number) for turn, number in enumerate(numbers, 1)]
    columns = ("place", "month", "turn", "access_id")
    await insert(await db.raw(conn), tables.audit_sample, columns, rows, "on conflict do nothing")


# -- who is who


@dataclass(frozen=True, slots=True)
class StaffFound:
    """A user or somebody of the directory: whose id it is, the address and the name."""

    id: UUID
    email: str
    name: str


async def user(conn: AsyncConnection, seen: Seen, *, email: str | None = None, of: UUID | None = None) -> (
    StaffFound | None
):  # fmt: skip
    """The user with this address or id who has or had a role within the scope."""
    which = seen.given("u.email_folded = {}", email) + seen.given("u.id = {}::uuid", of)
    held = seen.held("g")
    within = held if held == "true" else f"exists (select 1 from user_role g where g.user_id = u.id and {held})"
    sql = f"select u.id, u.email, u.name from app_user u where {within}{which}"
    row = await (await db.raw(conn)).fetchrow(sql, *seen.values)
    return None if row is None else StaffFound(*row)


async def person(conn: AsyncConnection, seen: Seen, *, email: str | None = None, of: UUID | None = None) -> (
    StaffFound | None
):  # fmt: skip
    """Who of the directory has this address or id and belongs to the scope."""
    which = seen.given("lower(x.email) = {}", email) + seen.given("x.id = {}::uuid", of)
    sql = f"select x.id, x.email, x.name from person x where x.email is not null and {seen.staff('x')}{which}"
    row = await (await db.raw(conn)).fetchrow(f"{sql} order by x.id limit 1", *seen.values)
    return None if row is None else StaffFound(*row)


async def meeting(conn: AsyncConnection, seen: Seen, reference: str) -> UUID | None:
    """The meeting with this reference that the scope convenes or is called to."""
    sql = f"select m.id from meeting m where {seen.meeting()}{seen.given('m.reference = {}', reference)} limit 1"
    found: UUID | None = await (await db.raw(conn)).fetchval(sql, *seen.values)
    return found


async def references(conn: AsyncConnection, seen: Seen, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """By id, the references of those meetings that the scope convenes or is called to."""
    among = seen.given("m.id = any({}::uuid[])", list(ids))
    sql = f"select m.id, m.reference from meeting m where {seen.meeting()}{among}"
    return {row[0]: row[1] for row in await (await db.raw(conn)).fetch(sql, *seen.values)}


async def protected(conn: AsyncConnection, ids: Iterable[UUID]) -> set[UUID]:
    """Those of these meetings, reports and cases that are of a protected matter."""
    rows = await (await db.raw(conn)).fetch(_PROTECTED, list(ids))
    return {row[0] for row in rows}


_PROTECTED = """
    select id from meeting where id = any($1::uuid[]) and protected
    union select meeting_id from counted_protected where meeting_id = any($1::uuid[])
    union select id from deviation where id = any($1::uuid[]) and facts_protected
    union select id from case_ where id = any($1::uuid[]) and protected
"""


async def last_verified(conn: AsyncConnection) -> tuple[str, datetime] | None:
    """What came of the last time that somebody verified the seals with this service, and when."""
    row = await (await db.raw(conn)).fetchrow(
        "select action, at from access_log where subject_kind = $1 and action = any($2::text[])"
        " order by id desc limit 1",
        SEALS,
        [VERIFIED, FAULTY],
    )
    return None if row is None else (row[0], row[1])
