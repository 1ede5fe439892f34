"""Meetings as values: locked and read in a few set queries, written back row by row where they differ.

Lock first, read the children in the next statement (rules, section 2): a statement that waited for the lock sees
children from before it began. The lock is NO KEY UPDATE, which is as exclusive between writers as UPDATE is, and lets
a row that only points at the meeting be written meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.meeting import (
    Attendee,
    CheckIn,
    Claim,
    Invitation,
    Meeting,
    Party,
    Pause,
    Round,
    RungRecord,
    invitation_id,
)
from sip.store import db, tables
from sip.store.aggregates import beside, named, polls, rule_sets
from sip.store.aggregates.beside import OF_MEETING, OF_PARTY, Beside, Moments
from sip.store.aggregates.versioned import COLUMNS, Rewrite, Versioned, versioned
from sip.store.codec import Shape
from sip.store.post.tokens import new_token
from sip.store.rows import Plan

MEETING: Shape[Meeting] = Shape(Meeting, ("parties", "invitations", "claims", "check_ins", "poll", "named")).check(
    tables.meeting, (*COLUMNS, *OF_MEETING, "convener_folded", "chair_folded", "names_seq")
)
PARTY: Shape[Party] = Shape(Party, ("rule_set", "round", "attendees")).check(
    tables.party, ("meeting_id", "rule_set", "round", *OF_PARTY)
)
ROUND: Shape[Round] = Shape(Round, ("rungs", "pauses")).check(tables.party_round, ("meeting_id", "party"))
RUNG: Shape[RungRecord] = Shape(RungRecord).check(tables.rung, ("meeting_id", "party", "round", "ordinal"))
PAUSE: Shape[Pause] = Shape(Pause).check(tables.pause, ("meeting_id", "party", "round", "ordinal"))
ATTENDEE: Shape[Attendee] = Shape(Attendee).check(tables.attendee, ("meeting_id", "party", "email_folded"))
CLAIM: Shape[Claim] = Shape(Claim).check(tables.claim, ("meeting_id",))
CHECK_IN: Shape[CheckIn] = Shape(CheckIn).check(tables.check_in, ("meeting_id",))
INVITATION: Shape[Invitation] = Shape(Invitation).check(tables.invitation, ("meeting_id", "id", "reply_token"))

TABLES = (
    tables.meeting,
    tables.party,
    tables.party_round,
    tables.rung,
    tables.pause,
    tables.attendee,
    tables.invitation,
    tables.claim,
    tables.check_in,
    tables.named_user,
    *polls.TABLES,
)


def _named(columns: Sequence[str], table: str = "") -> str:
    return ", ".join(f'{table}."{column}"' if table else f'"{column}"' for column in columns)


_HEAD = f"select {_named(MEETING.columns)}, {_named((*COLUMNS, *OF_MEETING))} from meeting"
_PROTECTED = MEETING.columns.index("protected")
_READ = f"{_HEAD} where id = any($1::uuid[])"
_LOCK = f"{_READ} order by id for no key update"
_LOCK_FREE = f"{_LOCK} skip locked"
_LOCK_DUE = (
    f"{_HEAD} where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp())"
    " order by due_at limit $2 for no key update skip locked"
)
# The rounds of all of the meetings at once: looked up party by party they would be read for each of them anew.
_PARTIES = (
    "with r as materialized (select * from party_round where meeting_id = any($1::uuid[]))"
    f" select p.meeting_id, p.rule_set, {_named(PARTY.columns, 'p')}, {_named(ROUND.columns, 'r')},"
    f" {_named(OF_PARTY, 'p')} from party p"
    " left join r on r.meeting_id = p.meeting_id and r.party = p.ordinal and r.number = p.round"
    " where p.meeting_id = any($1::uuid[]) order by p.meeting_id, p.ordinal"
)
_RUNGS = (
    f"select meeting_id, party, round, {_named(RUNG.columns)} from rung"
    " where meeting_id = any($1::uuid[]) order by meeting_id, party, round, ordinal"
)
_PAUSES = (
    f"select meeting_id, party, round, {_named(PAUSE.columns)} from pause"
    " where meeting_id = any($1::uuid[]) order by meeting_id, party, round, ordinal"
)
_ATTENDEES = (
    f"select meeting_id, party, {_named(ATTENDEE.columns)} from attendee"
    " where meeting_id = any($1::uuid[]) order by meeting_id, party, ordinal"
)
_INVITATIONS = (
    f"select meeting_id, {_named(INVITATION.columns)} from invitation"
    " where meeting_id = any($1::uuid[]) order by meeting_id, ordinal"
)
_CLAIMS = (
    f"select meeting_id, {_named(CLAIM.columns)} from claim"
    " where meeting_id = any($1::uuid[]) order by meeting_id, ordinal"
)
_CHECK_INS = (
    f"select meeting_id, {_named(CHECK_IN.columns)} from check_in"
    " where meeting_id = any($1::uuid[]) order by meeting_id, ordinal"
)


async def load_many(
    conn: AsyncConnection, ids: Iterable[UUID], *, lock: bool = False
) -> dict[UUID, Versioned[Meeting]]:
    """The meetings by id, those that exist; with `lock` they are this transaction's until it ends."""
    wanted, raw = list(ids), await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK if lock else _READ, wanted)) if wanted else {}


async def lock_free(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Versioned[Meeting]]:
    """Those of the meetings that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK_FREE, list(ids)))


async def lock_due(conn: AsyncConnection, now: datetime, limit: int) -> dict[UUID, Versioned[Meeting]]:
    """The most overdue meetings that nobody else holds, locked; one whose turn failed waits for its `retry_at`."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK_DUE, now, limit))


async def _whole(raw: Any, heads: Sequence[Any]) -> dict[UUID, Versioned[Meeting]]:
    if not heads:
        return {}
    ids = [row[0] for row in heads]
    asked = await polls.load(raw, ids)
    guarded = [row[0] for row in heads if row[_PROTECTED]]
    theirs = await named.load(raw, guarded) if guarded else {}
    parties, seen = await _parties(raw, ids)
    invitations: dict[UUID, list[Invitation]] = defaultdict(list)
    for row in await raw.fetch(_INVITATIONS, ids):
        invitations[row[0]].append(INVITATION.read(row, 1))
    claims: dict[UUID, list[Claim]] = defaultdict(list)
    for row in await raw.fetch(_CLAIMS, ids):
        claims[row[0]].append(CLAIM.read(row, 1))
    there: dict[UUID, list[CheckIn]] = defaultdict(list)
    for row in await raw.fetch(_CHECK_INS, ids):
        there[row[0]].append(CHECK_IN.read(row, 1))
    found = {}
    for row in heads:
        key = row[0]
        state = MEETING.read(
            row,
            parties=tuple(parties[key]),
            invitations=tuple(invitations[key]),
            claims=tuple(claims.get(key, ())),
            check_ins=tuple(there.get(key, ())),
            poll=asked.get(key),
            named=theirs.get(key, ()),
        )
        stands = row[MEETING.width + len(COLUMNS) :]
        found[key] = replace(versioned(state, row, MEETING.width), beside=Beside(stands, seen[key]))
    return found


async def _parties(raw: Any, ids: list[UUID]) -> tuple[dict[UUID, list[Party]], dict[UUID, dict[int, Moments]]]:
    """The parties of each meeting, and what stands beside them."""
    rungs: dict[Any, list[RungRecord]] = defaultdict(list)
    for row in await raw.fetch(_RUNGS, ids):
        rungs[row[:3]].append(RUNG.read(row, 3))
    pauses: dict[Any, list[Pause]] = defaultdict(list)
    for row in await raw.fetch(_PAUSES, ids):
        pauses[row[:3]].append(PAUSE.read(row, 3))
    attendees: dict[Any, list[Attendee]] = defaultdict(list)
    for row in await raw.fetch(_ATTENDEES, ids):
        attendees[row[:2]].append(ATTENDEE.read(row, 2))
    rows = await raw.fetch(_PARTIES, ids)
    rules = await rule_sets.load(raw, (row[1] for row in rows))
    found: dict[UUID, list[Party]] = defaultdict(list)
    seen: dict[UUID, dict[int, Moments]] = defaultdict(dict)
    first_of_round = 2 + PARTY.width
    for row in rows:
        meeting, ordinal, number = row[0], row[2], row[first_of_round]
        this = None
        if number is not None:
            of_round = (meeting, ordinal, number)
            this = ROUND.read(
                row, first_of_round, rungs=tuple(rungs.get(of_round, ())), pauses=tuple(pauses.get(of_round, ()))
            )
        people = tuple(attendees.get((meeting, ordinal), ()))
        found[meeting].append(PARTY.read(row, 2, rule_set=rules[row[1]], round=this, attendees=people))
        seen[meeting][ordinal] = row[-len(OF_PARTY) :]
    return found, seen


async def save_many(conn: AsyncConnection, changes: Sequence[Rewrite[Meeting]]) -> None:
    """Writes what differs, in set statements; new invitations get their reply tokens here."""
    raw = await db.raw(conn)
    plan = Plan(TABLES)
    rules = set()
    for change in changes:
        old, new = change.old.state if change.old is not None else None, change.new.state
        was = None if change.old is None else change.old.beside or beside.of(change.old.state)
        now = was if was is not None and old is new else beside.of(new)
        before = None if change.old is None or was is None else _meeting_row(change.old, was)
        plan.put(tables.meeting, ("id",), (change.id,), _MEETING_COLUMNS, before, _meeting_row(change.new, now))
        if old is new:
            continue
        rules |= _put_parties(plan, old, new, was, now)
        _put_invitations(plan, change.id, old.invitations if old else (), new.invitations)
        _put_claims(plan, change.id, old.claims if old else (), new.claims)
        _put_check_ins(plan, change.id, old.check_ins if old else (), new.check_ins)
        named.put(plan, change.id, old.named if old else (), new.named)
        polls.put(plan, change.id, old.poll if old else None, new.poll)
    await rule_sets.keep(raw, rules)
    await plan.write(raw)


_MEETING_COLUMNS = (*MEETING.columns[1:], *COLUMNS, *OF_MEETING)
_PARTY_COLUMNS = (*PARTY.columns[1:], "rule_set", "round", *OF_PARTY)


def _meeting_row(one: Versioned[Meeting], seen: Beside) -> tuple[Any, ...]:
    return (*MEETING.write(one.state)[1:], *one.columns(), *seen.meeting)


def _party_row(party: Party, same_rules: bool, seen: Moments) -> list[Any]:
    """Without the rule set's hash, which is dear, where both rows have the same one and it is not to be written."""
    number = party.round.number if party.round is not None else None
    return [*PARTY.write(party)[1:], None if same_rules else rule_sets.hash_of(party.rule_set), number, *seen]


def _put_parties(plan: Plan, old: Meeting | None, new: Meeting, then: Beside | None, now: Beside) -> set[Any]:
    """Puts parties and what is under them; gives the rule sets that must be kept first. What stands beside a party is
    of the meeting too: it may change where the party does not."""
    was = {} if old is None else {party.ordinal: party for party in old.parties}
    meeting, rules = new.id, set()
    for party in new.parties:
        before = was.pop(party.ordinal, None)
        seen = now.parties[party.ordinal]
        earlier = None if before is None or then is None else then.parties[party.ordinal]
        if before is party and seen == earlier:
            continue
        same_rules = before is not None and before.rule_set is party.rule_set
        if not same_rules:
            rules.add(party.rule_set)
        keys = ("meeting_id", "ordinal")
        row = None if before is None or earlier is None else _party_row(before, same_rules, earlier)
        after = _party_row(party, same_rules, seen)
        plan.put(tables.party, keys, (meeting, party.ordinal), _PARTY_COLUMNS, row, after)
        if before is None or before.round is not party.round:
            _put_round(plan, (meeting, party.ordinal), before.round if before else None, party.round)
        _put_attendees(plan, (meeting, party.ordinal), before.attendees if before else (), party.attendees)
    for gone in was:
        plan.put(tables.party, ("meeting_id", "ordinal"), (meeting, gone), (), None, None)
    return rules


def _put_round(plan: Plan, key: tuple[UUID, int], old: Round | None, new: Round | None) -> None:
    if new is None:
        return
    before = old if old is not None and old.number == new.number else None
    row = None if before is None else ROUND.write(before)[1:]
    keys = ("meeting_id", "party", "number")
    plan.put(tables.party_round, keys, (*key, new.number), ROUND.columns[1:], row, ROUND.write(new)[1:])
    of_round = (*key, new.number)
    _put_list(plan, tables.rung, RUNG, of_round, before.rungs if before else (), new.rungs)
    _put_list(plan, tables.pause, PAUSE, of_round, before.pauses if before else (), new.pauses)


def _put_list(plan: Plan, table: Any, shape: Shape[Any], key: Any, old: Sequence[Any], new: Sequence[Any]) -> None:
    keys = ("meeting_id", "party", "round", "ordinal")
    for n in range(max(len(old), len(new))):
        if n < len(old) and n < len(new) and old[n] is new[n]:
            continue
        before = shape.write(old[n]) if n < len(old) else None
        after = shape.write(new[n]) if n < len(new) else None
        plan.put(table, keys, (*key, n), shape.columns, before, after)


def _put_attendees(plan: Plan, key: tuple[UUID, int], old: Sequence[Attendee], new: Sequence[Attendee]) -> None:
    if old is new:
        return
    keys = ("meeting_id", "party", "ordinal")
    was = {one.ordinal: one for one in old}
    for person in new:
        before = was.pop(person.ordinal, None)
        if before is not person:
            row = None if before is None else ATTENDEE.write(before)[1:]
            after = ATTENDEE.write(person)[1:]
            plan.put(tables.attendee, keys, (*key, person.ordinal), ATTENDEE.columns[1:], row, after)
    for gone in was:
        plan.put(tables.attendee, keys, (*key, gone), (), None, None)


_INVITATION_COLUMNS = (*INVITATION.columns[1:], "id", "reply_token")


def _put_invitations(plan: Plan, meeting: UUID, old: Sequence[Invitation], new: Sequence[Invitation]) -> None:
    was = {one.ordinal: one for one in old}
    for one in new:
        before = was.get(one.ordinal)
        if before is one:
            continue
        own = [invitation_id(meeting, one.ordinal), new_token() if before is None else None]
        row = None if before is None else [*INVITATION.write(before)[1:], *own]
        after = [*INVITATION.write(one)[1:], *own]
        plan.put(tables.invitation, ("meeting_id", "ordinal"), (meeting, one.ordinal), _INVITATION_COLUMNS, row, after)


def _put_claims(plan: Plan, meeting: UUID, old: Sequence[Claim], new: Sequence[Claim]) -> None:
    was = {one.ordinal: one for one in old}
    for one in new:
        before = was.get(one.ordinal)
        if before is not one:
            row = None if before is None else CLAIM.write(before)[1:]
            plan.put(
                tables.claim, ("meeting_id", "ordinal"), (meeting, one.ordinal), CLAIM.columns[1:], row,
                CLAIM.write(one)[1:],
            )  # fmt: skip


def _put_check_ins(plan: Plan, meeting: UUID, old: Sequence[CheckIn], new: Sequence[CheckIn]) -> None:
    was = {one.ordinal: one for one in old}
    keys, columns = ("meeting_id", "ordinal"), CHECK_IN.columns[1:]
    for one in new:
        before = was.pop(one.ordinal, None)
        if before is not one:
            row = None if before is None else CHECK_IN.write(before)[1:]
            plan.put(tables.check_in, keys, (meeting, one.ordinal), columns, row, CHECK_IN.write(one)[1:])
    for gone in was:
        plan.put(tables.check_in, keys, (meeting, gone), (), None, None)
