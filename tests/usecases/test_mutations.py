"""Damaged mails through the receiver's store and the real judging, against live meetings in a real database.

Some mails at a time are kept and judged in a transaction that is rolled back, so that every lot meets living meetings.
With the right token a mail may change that party of that meeting and only as an answer can; with any other it changes
nothing; and each ends with an outcome and a reason.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from uuid import UUID

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tools.corpus.rewrite import Live, rewritten

from sip.domain.meeting import Meeting, Party, Round
from sip.edges.mail.received.imip import parse
from sip.edges.words import LANGUAGES, has_word
from sip.store.aggregates import meetings
from sip.store.aggregates.versioned import Versioned
from sip.store.post import inbox
from sip.store.post.inbox import Inbound
from sip.store.post.tokens import invitations_of
from sip.store.vault import Vault
from sip.usecases.received import replies
from sip.usecases.received.addressing import uid_of
from sip.usecases.received.parsed import ParsedMail
from tests.domain.cast import HOME_CARE, SCHOOL
from tests.mail import mutations
from tests.mail.mutations import KINDS, MAILS, damaged, tries
from tests.store.town import WORLD, Town
from tests.tester import TESTER

JUDGED = 0.3
"""The part of all mails that is tried here; the rest is parsed only (tests/mail/test_mutations.py)."""

AT_ONCE = 8
"""Mails of one transaction: each meets what the earlier ones left, as in life."""

UNIT = HOME_CARE.addresses[0]
REPLY, BOUNCE = "sip+{}@sip.region.example", "bounce+{}@sip.region.example"
WAYS = ("right", "right", "right bounce", "other", "other bounce", "unknown", "unknown bounce", "base", "postmaster")
VAULT = Vault("a key for tests only, long enough")

# What an answer of a unit may touch; everything else of a meeting stands still.
OF_MEETING = frozenset({"parties", "invitations", "claims", "told", "revision", "not_before"})
OF_PARTY = frozenset({"stamp", "round", "attendees", "not_before"})
NOT_OF_ROUND = frozenset({"number", "began_at", "ladder", "closed_days", "phone_only", "weekend_staffed"})


@dataclass(frozen=True)
class Scene:
    """Three called meetings, their mails sent: the mail answers `ours`; `other` is to the same unit, `third` not."""

    town: Town
    ours: UUID
    other: UUID
    lives: dict[UUID, Live]
    before: dict[UUID, Versioned[Meeting]]
    made: dict[tuple[str, bool], bytes] = field(default_factory=dict)

    def recipient(self, way: str) -> str:
        live, other = self.lives[self.ours], self.lives[self.other]
        return {
            "right": live.reply, "right bounce": live.bounce, "other": other.reply, "other bounce": other.bounce,
            "unknown": REPLY.format("c" * 26), "unknown bounce": BOUNCE.format("c" * 26),
            "base": "sip@sip.region.example", "postmaster": "postmaster@sip.region.example",
        }[way]  # fmt: skip

    def mail(self, name: str, way: str) -> bytes:
        """The golden mail as an answer to `ours`; where the token is not right, none of its own is in it either."""
        live, right = self.lives[self.ours], way.startswith("right")
        if not right:
            live = replace(live, reply=REPLY.format("a" * 26), bounce=BOUNCE.format("b" * 26))
        if (name, right) not in self.made:
            self.made[name, right] = rewritten(MAILS[name], live).raw
        return self.made[name, right]


@pytest.fixture
async def scene(town: Town) -> Scene:
    ids = [await town.call("one"), await town.call("two"), await town.call("three", units=(SCHOOL,))]
    await town.send()
    bounces = {
        mail.facts.meeting_id: secrets.bounce_token
        for mails, secrets in town.relay.composed
        for mail in mails
        if mail.to.email in (UNIT, SCHOOL.addresses[0])
    }
    lives = {}
    async with town.db.transaction(TESTER) as conn:
        for one in ids:
            ref = next(r for r in await invitations_of(conn, one) if r.email in (UNIT, SCHOOL.addresses[0]))
            uid = f"{ref.id}@sip.region.example"
            lives[one] = Live(uid, REPLY.format(ref.reply_token), BOUNCE.format(bounces[one]), ref.email)
        before = await meetings.load_many(conn, ids)
    return Scene(town, ids[0], ids[1], lives, before)


class _UndoError(Exception):
    """Takes the transaction back."""


Letter = tuple[str, str, list[mutations.Mutation]]


async def judge_all(scene: Scene, kind: str, letters: Sequence[Letter]) -> None:
    """Keeps and judges these mails as the receiver and the worker do it, one after another, and takes all back."""
    try:
        async with scene.town.db.transaction(TESTER) as conn:
            sent = {}
            for name, way, changes in letters:
                raw, to = damaged(scene.mail(name, way), kind, changes), scene.recipient(way)
                await inbox.keep(conn, VAULT, raw, "", [to], "lmtp", scene.town.now)
                sent[raw, to] = way
            known = await _versions(conn, scene)
            waiting = await inbox.unjudged_ids(conn)
            assert len(waiting) == len(sent)
            states = {one: was.state for one, was in scene.before.items()}
            for number in waiting:
                inbound = await inbox.peek(conn, VAULT, number)
                assert inbound is not None
                way = sent[inbound.raw, inbound.recipient]
                await _judge(conn, scene, inbound, way, known, states)
            raise _UndoError
    except _UndoError:
        pass


async def _versions(conn: AsyncConnection, scene: Scene) -> dict[UUID, int]:
    rows = await conn.execute(text("select id, version from meeting"))
    found = {row[0]: row[1] for row in rows}
    assert found.keys() == scene.before.keys()
    return found


async def _judge(
    conn: AsyncConnection, scene: Scene, inbound: Inbound, way: str, known: dict[UUID, int], states: dict[UUID, Meeting]
) -> None:
    """One mail: its outcome and reason, and that no meeting moved that it cannot be of."""
    mail = parse(inbound.raw)
    judged = await replies.judge(conn, inbound, mail, now=scene.town.now, world=WORLD)
    assert judged.outcome
    assert judged.reason is not None
    assert all(has_word(language, f"inbound.{judged.reason}") for language in LANGUAGES)
    after = await _versions(conn, scene)
    moved = [one for one in after if after[one] != known[one]]
    assert set(moved) <= may_change(scene, way, mail)
    for one, new in (await meetings.load_many(conn, moved)).items() if moved else ():
        only_as_an_answer_can(states[one], new.state)
        states[one] = new.state
    known.update(after)


def changed(before: object, after: object) -> set[str]:
    return {one.name for one in fields(before) if getattr(before, one.name) != getattr(after, one.name)}  # type: ignore[arg-type]  # both are dataclasses


def only_as_an_answer_can(before: Meeting, after: Meeting) -> None:
    """The invited party alone, and of it nothing but its answer and what follows from it."""
    assert changed(before, after) <= OF_MEETING
    party = next(p.ordinal for p in before.parties if p.unit_id in (HOME_CARE.unit_id, SCHOOL.unit_id))
    assert len(after.parties) == len(before.parties)
    for old, new in zip(before.parties, after.parties, strict=True):
        if old.ordinal != party:
            assert old == new
        else:
            _party_in_order(old, new)
    known = len(before.invitations)
    assert all(
        old == new or old.party == party for old, new in zip(before.invitations, after.invitations[:known], strict=True)
    )
    assert all(one.party == party for one in after.invitations[known:])
    assert all(one.party == party for one in after.claims)


def _party_in_order(old: Party, new: Party) -> None:
    assert changed(old, new) <= OF_PARTY
    assert isinstance(old.round, Round) and isinstance(new.round, Round)
    assert not changed(old.round, new.round) & NOT_OF_ROUND


def may_change(scene: Scene, way: str, mail: ParsedMail) -> set[UUID]:
    """Which meetings a mail that came this way can be of at all."""
    if way.startswith("right"):
        return {scene.ours}
    # A bounce names the mail that came back, whatever it returns; an answer with a UID is to that one only.
    named = way == "other bounce" or (way == "other" and uid_of(mail.uid) is None)
    return {scene.other} if named else set()


def letters(kind: str) -> st.SearchStrategy[list[Letter]]:
    one = st.tuples(st.sampled_from(mutations.names(kind)), st.sampled_from(WAYS), mutations.mutations(kind))
    return st.lists(one, min_size=AT_ONCE, max_size=AT_ONCE)


@pytest.mark.parametrize("kind", KINDS)
async def test_damage_changes_nothing_it_has_no_right_to(scene: Scene, kind: str) -> None:
    loop = asyncio.get_running_loop()

    @tries(JUDGED / len(KINDS) / AT_ONCE)
    @given(letters(kind))
    def each(sent: list[Letter]) -> None:
        note(str(sent))
        asyncio.run_coroutine_threadsafe(judge_all(scene, kind, sent), loop).result()

    await asyncio.to_thread(each)  # hypothesis draws beside the loop that judges
