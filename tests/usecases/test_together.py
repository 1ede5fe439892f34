"""Mails judged together come to what they come to one by one, whatever they are and however they are mixed.

The same mails are judged both ways on the same living meetings, each way in a savepoint that is taken back.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import events as e
from sip.domain.meeting import Stamp
from sip.domain.terms import AnswerKind, Channel
from sip.store import db as store
from sip.store.aggregates import meetings
from sip.store.db import Acting, Database
from sip.store.post import inbox
from sip.store.post.inbox import ArrivedMail
from sip.store.post.tokens import InvitationRef, invitations_of
from sip.usecases.received import pending
from sip.usecases.received.parsed import ParsedMail
from tests.domain.cast import HOME_CARE, SCHOOL, SOCIAL
from tests.store.town import WORLD, Town
from tests.tester import TESTER
from tests.usecases.replying import DOMAIN, PARSE, Post, ics

COLLEAGUE, STRANGER = "berit@al.example", "granne@brev.example"


class Held(Database):
    """One connection whose transactions are savepoints, so that all of it can be taken back; counts its statements."""

    def __init__(self, conn: AsyncConnection) -> None:
        self.conn = conn
        self.asked: list[str] = []

    def transaction(self, actor: Acting) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._savepoint(actor)

    @asynccontextmanager
    async def _savepoint(self, actor: Acting) -> AsyncIterator[AsyncConnection]:
        raw = await store.raw(self.conn)
        async with self.conn.begin_nested():
            await self.conn.execute(store._BEGIN, {"actor": actor.setting, **actor.view})
            with raw.query_logger(lambda record: self.asked.append(record.query)):
                yield self.conn


@dataclass(frozen=True)
class Letter:
    """A mail through one of the invitations: how it answers, who writes, and how it is damaged."""

    ref: int
    how: str
    who: str = "own"
    minutes: int = 0
    to: str = "own"

    def made(self, refs: Sequence[InvitationRef], post: Post) -> ArrivedMail:
        ref = refs[self.ref % len(refs)]
        sender = {"own": ref.email, "colleague": COLLEAGUE, "stranger": STRANGER}[self.who]
        if self.how in ("words", "away"):
            machine = "Auto-Submitted: auto-replied\r\n" if self.how == "away" else ""
            raw = f"From: <{sender}>\r\nMessage-ID: <{self}@x>\r\n{machine}\r\nx"
        else:
            raw = self._calendar(ref, sender, post)
        other = refs[(self.ref + 1) % len(refs)].reply_token
        token = {"own": ref.reply_token, "other": other, "unknown": "c" * 26}[self.to]
        return ArrivedMail(raw.encode(), sender, (f"sip+{token}@{DOMAIN}",), "lmtp", post.town.now)

    def _calendar(self, ref: InvitationRef, sender: str, post: Post) -> str:
        stamp = (post.town.now + timedelta(minutes=self.minutes)).astimezone(UTC)
        method = {"PROPOSES": "COUNTER", "REFRESH": "REFRESH"}.get(self.how, "REPLY")
        given = f';DELEGATED-TO="mailto:{COLLEAGUE}"' if self.how == "DELEGATED" else ""
        partstat = self.how if method == "REPLY" else "TENTATIVE"
        line = f"ATTENDEE;PARTSTAT={partstat}{given}:mailto:{sender}"
        lines = {"DTSTAMP": f"{stamp:%Y%m%dT%H%M%SZ}", "SEQUENCE": "0"}
        if method == "COUNTER":
            lines |= {"DTSTART": "20261209T090000Z", "DTEND": "20261209T100000Z"}
        calendar = ics(method, ref, line, **lines)
        return f"From: <{sender}>\r\nContent-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n{calendar}"


HOWS = (
    "ACCEPTED",
    "ACCEPTED",
    "DECLINED",
    "DECLINED",
    "TENTATIVE",
    "DELEGATED",
    "PROPOSES",
    "REFRESH",
    "words",
    "away",
)
LETTERS = st.lists(
    st.builds(
        Letter, st.integers(0, 30), st.sampled_from(HOWS), st.sampled_from(("own", "own", "colleague", "stranger")),
        st.integers(-3, 3), st.sampled_from(("own", "own", "own", "own", "other", "unknown")),
    ),
    min_size=2, max_size=14,
)  # fmt: skip
_TOLD = (
    "select aggregate, seq, version, event_id, kind, data, notes, outcome, reason, detail, actor_kind, actor_id,"
    " actor_name, actor_unit_id, at from journal order by aggregate, seq",
    "select key, meeting_id, party, invitation, kind, method, recipient, timing, not_before, ask, engine, payload,"
    " state, moot, settled_at, reason from outbox order by key",
    "select id, judged_at, outcome, reason, meeting_id, party, invitation, claim, answered_by, flags, attempts"
    " from inbound order by id",
    "select unit_id, email, verified_at from verified_mailbox order by 1, 2",
)


@dataclass
class Scene:
    town: Town
    post: Post
    ids: list[UUID]
    refs: list[InvitationRef]


async def scene_of(town: Town) -> Scene:
    """Meetings of the same hours with the same units and substitutes; of one, a substitute has been asked already."""
    ids = [
        await town.call("one", units=(HOME_CARE, SCHOOL)),
        await town.call("two", units=(HOME_CARE, SOCIAL)),
        await town.call("three", "2026-12-07 10:30", units=(SCHOOL, SOCIAL)),
        await town.call("four", "2026-12-07 10:15", units=(HOME_CARE,)),
    ]
    regret = e.Answered(2, AnswerKind.REGRETS, e.Said(Channel.PHONE, "x", Stamp(0, town.now, town.now, "said")))
    assert (await town.do(ids[3], regret)).refused is None
    async with town.db.transaction(TESTER) as conn:
        refs = [ref for one in ids for ref in await invitations_of(conn, one)]
    return Scene(town, Post(town), ids, refs)


async def _told(conn: AsyncConnection, ids: Sequence[UUID]) -> list[Any]:
    states = await meetings.load_many(conn, ids)
    found: list[Any] = [(one.state, one.version, one.due_at) for _, one in sorted(states.items())]
    for sql in _TOLD:
        found += [tuple(map(str, row)) for row in await conn.execute(text(sql))]
    return found


async def _judged(scene: Scene, held: Held, *, together: bool) -> list[Any]:
    """What there is afterwards; it is taken back."""
    savepoint = await held.conn.begin_nested()
    post, now = scene.post, scene.town.now
    if together:
        await pending.judge_pending(held, post.vault, PARSE, now=now, world=WORLD)
    else:
        for one in await inbox.unjudged_ids(held.conn):
            await pending.judge_one(held, post.vault, PARSE, one, now=now, world=WORLD)
    found = await _told(held.conn, scene.ids)
    assert await inbox.unjudged_ids(held.conn) == []
    await savepoint.rollback()
    return found


class _UndoError(Exception):
    """Takes the transaction back."""


async def _both(scene: Scene, letters: Sequence[Letter]) -> None:
    try:
        async with scene.town.db.transaction(TESTER) as conn:
            mails = [one.made(scene.refs, scene.post) for one in letters]
            await inbox.keep_all(conn, scene.post.vault, mails)
            held = Held(conn)
            alone = await _judged(scene, held, together=False)
            assert await _judged(scene, held, together=True) == alone
            raise _UndoError
    except _UndoError:
        pass


async def test_together_they_come_to_what_they_come_to_one_by_one(town: Town) -> None:
    scene, loop = await scene_of(town), asyncio.get_running_loop()

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
    @given(LETTERS)
    def each(letters: list[Letter]) -> None:
        asyncio.run_coroutine_threadsafe(_both(scene, letters), loop).result()

    await asyncio.to_thread(each)  # hypothesis draws beside the loop that judges


async def test_two_regrets_of_one_hour_do_not_ask_the_same_person_twice(town: Town) -> None:
    """Who says yes to one meeting is not asked to another of that hour, in one pass as in two."""
    scene = await scene_of(town)
    asked = next(n for n, ref in enumerate(scene.refs) if ref.attendee is not None)
    home = [n for n, ref in enumerate(scene.refs) if ref.email == HOME_CARE.addresses[0]]
    await _both(scene, [Letter(asked, "ACCEPTED"), *(Letter(n, "DECLINED") for n in home)])
    await _both(scene, [*(Letter(n, "DECLINED") for n in home), Letter(asked, "ACCEPTED")])


async def _kept(town: Town, number: int) -> list[UUID]:
    """As many meetings, to each of which the unit has said yes by a mail that waits."""
    ids = [await town.call(f"meeting {n}", f"2026-12-{7 + n % 5:02} {8 + n // 5:02}:00") for n in range(number)]
    post = Post(town)
    mails = [Letter(0, "ACCEPTED").made([await post.ref(one, HOME_CARE.addresses[0])], post) for one in ids]
    async with town.db.transaction(TESTER) as conn:
        await inbox.keep_all(conn, post.vault, mails)
    return ids


async def _outcomes(town: Town) -> list[tuple[str | None, int]]:
    async with town.db.transaction(TESTER) as conn:
        rows = await conn.execute(text("select outcome, attempts from inbound order by id"))
        return [(row[0], row[1]) for row in rows]


async def test_twenty_answers_take_no_more_statements_than_two(town: Town) -> None:
    async def statements(most: int) -> int:
        async with town.db.transaction(TESTER) as conn:
            held = Held(conn)
            vault = Post(town).vault
            done = await pending.judge_pending(held, vault, PARSE, now=town.now, world=WORLD, limit=most)
            assert done == most
            return len(held.asked)

    await _kept(town, 22)
    two, twenty = await statements(2), await statements(20)
    assert twenty <= two <= 60, (two, twenty)
    async with town.db.transaction(TESTER) as conn:
        commits = await conn.execute(text("select count(distinct xmin::text) from inbound"))
    assert commits.scalar_one() == 2


async def test_a_mail_that_cannot_be_written_falls_out_alone(town: Town) -> None:
    """The database refuses the whole; they are judged one by one, and the rest are applied."""
    await _kept(town, 5)
    seen = 0

    def parse(raw: bytes, *, mail_from: str) -> ParsedMail:
        nonlocal seen
        seen += 1
        mail = PARSE(raw, mail_from=mail_from)
        return replace(mail, from_email="\x00@al.example", attendees=()) if seen == 3 else mail

    done = await pending.judge_pending(town.db, Post(town).vault, parse, now=town.now, world=WORLD)
    found = await _outcomes(town)
    assert done == 4
    assert [one for one, _ in found] == ["applied", "applied", None, "applied", "applied"]
    assert found[2][1] == 1


async def test_a_mail_that_cannot_be_read_falls_out_alone(town: Town) -> None:
    await _kept(town, 3)

    seen: list[bytes] = []

    def parse(raw: bytes, *, mail_from: str) -> ParsedMail:
        seen.append(raw)
        if len(seen) == 2:
            raise ArithmeticError("a fault of the reader")
        return PARSE(raw, mail_from=mail_from)

    assert await pending.judge_pending(town.db, Post(town).vault, parse, now=town.now, world=WORLD) == 2
    assert await _outcomes(town) == [("applied", 1), (None, 1), ("applied", 1)]


async def test_three_judges_at_once_judge_each_mail_once(town: Town) -> None:
    ids = await _kept(town, 12)
    vault = Post(town).vault
    done = await asyncio.gather(
        *(pending.judge_pending(town.db, vault, PARSE, now=town.now, world=WORLD) for _ in range(3))
    )
    assert sum(done) == 12
    for one in ids:
        meeting = await town.meeting(one)
        answers = [party.round.answer for party in meeting.state.parties if party.round is not None]
        assert [one.kind for one in answers if one is not None] == [AnswerKind.ATTENDS]


async def test_who_answered_stands_in_the_journal_of_each(town: Town) -> None:
    """One commit, and every row has its own mail's sender, not another's."""
    ids = [await town.call("one", units=(HOME_CARE,)), await town.call("two", "2026-12-08 10:00", units=(SCHOOL,))]
    post = Post(town)
    refs = [await post.ref(ids[0], HOME_CARE.addresses[0]), await post.ref(ids[1], SCHOOL.addresses[0])]
    async with town.db.transaction(TESTER) as conn:
        await inbox.keep_all(conn, post.vault, [Letter(n, "ACCEPTED").made(refs, post) for n in range(2)])
    assert await post.judge() == 2
    async with town.db.transaction(TESTER) as conn:
        rows = await conn.execute(
            text("select actor_id, actor_unit_id from journal where kind = 'Answered' order by actor_id")
        )
    assert [tuple(row) for row in rows] == [
        (HOME_CARE.addresses[0], HOME_CARE.unit_id), (SCHOOL.addresses[0], SCHOOL.unit_id),
    ]  # fmt: skip
