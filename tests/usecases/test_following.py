"""Finding the called meetings that write to a unit elsewhere than today, and telling them (rules, section 5 R5)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from sip.domain import decide as deciding
from sip.domain import events as e
from sip.domain import rounds
from sip.domain.change import Change
from sip.domain.decision import Context
from sip.domain.meeting import Meeting
from sip.domain.poll import PollAnswered, PollChoice, PollWithdrawn
from sip.domain.terms import Channel, Obligation
from sip.domain.worktime import local_day
from sip.store import contacts, db, directory
from sip.store.aggregates.rosters import rosters
from sip.store.directory import AddressRecord
from sip.usecases.engine import following
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL, SOCIAL, at
from tests.store.town import WORLD, Town
from tests.tester import TESTER
from tests.usecases.test_polls import ASKED

NEW = "ny@al.example"
UNITS = [unit.unit_id for unit in (HOME_CARE, SCHOOL, SOCIAL, CARE_CENTRE)]


async def readdress(town: Town, unit: UUID, *emails: str, first: date | None = None, last: date | None = None) -> None:
    records = [AddressRecord(unit, n, email, first, last) for n, email in enumerate(emails)]
    async with town.db.transaction(TESTER) as conn:
        await directory.replace_addresses(conn, [unit], records)


async def follow(town: Town, limit: int = 200) -> int:
    return await following.follow(town.db, town.now, WORLD, limit)


async def waiting(town: Town) -> list[UUID]:
    async with town.db.transaction(TESTER) as conn:
        return await contacts.changed(conn, 100)


async def behind(town: Town) -> list[UUID]:
    async with town.db.transaction(TESTER) as conn:
        return await contacts.behind(conn, UNITS, local_day(town.now), town.now, 100, [])


async def in_use(town: Town, target: UUID) -> set[str]:
    return {i.email for i in (await town.meeting(target)).state.invitations if i.active}


@pytest.fixture
async def settled(town: Town) -> Town:
    """Nothing waits to be followed, and today has been looked at."""
    await follow(town)
    return town


async def test_who_writes_to_a_replaced_mailbox_follows_and_nobody_else(settled: Town) -> None:
    town = settled
    one, other = await town.call("one"), await town.call("other", units=(SCHOOL,))
    draft = await town.draft("draft")
    before = (await town.meeting(other)).version
    await readdress(town, HOME_CARE.unit_id, NEW)
    assert await waiting(town) == [HOME_CARE.unit_id]
    assert await follow(town) == 1
    assert await in_use(town, one) == {NEW, CARE_CENTRE.addresses[0]}
    assert (await town.meeting(other)).version == before
    assert (await town.meeting(draft)).state.invitations == ()
    assert await waiting(town) == []
    assert await follow(town) == 0


async def test_the_same_addresses_again_are_no_change(settled: Town) -> None:
    await settled.call()
    await readdress(settled, HOME_CARE.unit_id, *HOME_CARE.addresses)
    assert await waiting(settled) == []


async def test_more_than_a_batch_follow_in_one_pass(settled: Town) -> None:
    made = [await settled.call(f"meeting {n}") for n in range(5)]
    await readdress(settled, HOME_CARE.unit_id, NEW)
    assert await follow(settled, limit=2) == 5
    for target in made:
        assert NEW in await in_use(settled, target)
    assert await waiting(settled) == []


async def test_a_meeting_that_somebody_holds_is_told_in_the_next_pass(settled: Town) -> None:
    target, free = await settled.call("held"), await settled.call("free")
    await readdress(settled, HOME_CARE.unit_id, NEW)
    async with settled.db.transaction(TESTER) as conn:
        await (await db.raw(conn)).execute("select 1 from meeting where id = $1 for update", target)
        assert await follow(settled) == 1
    assert NEW in await in_use(settled, free)
    assert NEW not in await in_use(settled, target)
    assert await follow(settled) == 1
    assert NEW in await in_use(settled, target)


async def test_one_whose_rules_raise_is_noted_and_holds_up_nobody(
    settled: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await settled.call("bad"), await settled.call("good")
    await readdress(settled, HOME_CARE.unit_id, NEW)
    row = deciding.TABLE[e.ContactsChanged]

    def act(change: Change, event: object) -> None:
        if change.meeting.id == bad:
            raise ValueError("a fault of ours")
        assert row.act is not None
        row.act(change, event)

    with monkeypatch.context() as broken:
        broken.setitem(deciding.MEETING.table, e.ContactsChanged, replace(row, act=act))
        assert await follow(settled, limit=1) == 1
    assert NEW in await in_use(settled, good)
    async with settled.db.transaction(TESTER) as conn:
        sql = "select last_error from meeting where id = $1"
        assert await (await db.raw(conn)).fetchval(sql, bad) == "ValueError: a fault of ours"
    assert await waiting(settled) == []


@pytest.mark.parametrize(("first", "last"), [(date(2026, 11, 9), None), (None, date(2026, 11, 8))])
async def test_the_dates_of_addresses_come(settled: Town, first: date | None, last: date | None) -> None:
    """Looked at once a day, and what came while the service was down is not missed."""
    town = settled
    await town.call()
    async with town.db.transaction(TESTER) as conn:
        old = AddressRecord(HOME_CARE.unit_id, 1, HOME_CARE.addresses[0], None, date(2026, 11, 8))
        new = AddressRecord(HOME_CARE.unit_id, 2, NEW, first, last if first is None else None)
        await directory.replace_addresses(conn, [HOME_CARE.unit_id], [old, new])
    assert await follow(town) == 0
    town.now = at("2026-11-08 23:59")
    assert await follow(town) == 0
    assert await waiting(town) == []
    town.now = at("2026-11-12 00:01")
    assert await follow(town) == 1


async def test_the_query_and_the_rule_ask_the_same(settled: Town) -> None:
    """`contacts.behind` finds a meeting just when `rounds.replaced` would follow something in it."""
    town = settled
    made = {
        "called": await town.call("called", units=(HOME_CARE, SCHOOL)),
        "removed": await town.call("removed", units=(HOME_CARE, SCHOOL)),
        "bounced": await town.call("bounced"),
        "cancelled": await town.call("cancelled"),
        "moved": await town.call("moved"),
    }
    watched = await town.draft("watched", units=(SCHOOL,))
    watching = e.PartyDraft(HOME_CARE.unit_id, Obligation.SUMMONED, other_system="SAMSA")
    await town.do(watched, e.PartyAdded(watching))
    await town.do(watched, e.Called())
    made["watched"] = watched
    await town.do(made["removed"], e.PartyRemoved(2))
    await town.do(made["cancelled"], e.Cancelled(e.CancelReason.OTHER))
    await town.do(made["bounced"], e.Bounced("k", town.now, 2, 2, None, HOME_CARE.addresses[0]))
    for addresses in (
        HOME_CARE.addresses, (HOME_CARE.addresses[0].upper(),), (NEW,), (), (NEW, HOME_CARE.addresses[0]),
    ):  # fmt: skip
        await readdress(town, HOME_CARE.unit_id, *addresses)
        assert set(await behind(town)) == await _by_the_rule(town, made.values()), addresses
    for addresses in ((SCHOOL.addresses[1],), ()):
        await readdress(town, SCHOOL.unit_id, *addresses)
        assert set(await behind(town)) == await _by_the_rule(town, made.values()), addresses
    async with town.db.transaction(TESTER) as conn:
        raw = await db.raw(conn)
        await raw.execute("update meeting set consent_over = true where id = $1", made["called"])
        await raw.execute("update meeting set starts_at = $2 where id = $1", made["moved"], town.now)
    assert made["called"] not in await behind(town)
    assert made["moved"] not in await behind(town)


async def _by_the_rule(town: Town, targets: Iterable[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    async with town.db.transaction(TESTER) as conn:
        known = await rosters(conn, UNITS, town.now)
    for target in targets:
        meeting: Meeting = (await town.meeting(target)).state
        change = Change(meeting, Context(town.now, known))
        if meeting.state == "called" and any(rounds.replaced(change, party) for party in meeting.parties):
            found.add(target)
    return found


@pytest.mark.parametrize("called", [True, False])
async def test_an_open_poll_follows_at_once(settled: Town, called: bool) -> None:
    """Of a draft too: its units had waited for the poll's reminder (rules, section 9 P2)."""
    town, units = settled, (HOME_CARE, SCHOOL)
    target = await (town.call(units=units) if called else town.draft(units=units))
    await town.do(target, ASKED)
    await readdress(town, HOME_CARE.unit_id, NEW)
    assert await behind(town) == [target]
    assert await follow(town) == 1
    poll = (await town.meeting(target)).state.poll
    assert poll is not None
    assert [ask.email for ask in poll.asks if ask.party == 2] == [NEW]
    assert await behind(town) == []


async def test_a_poll_that_has_its_answer_or_is_over_follows_nobody(settled: Town) -> None:
    town = settled
    answered, withdrawn = await town.draft("answered"), await town.draft("withdrawn")
    for target in (answered, withdrawn):
        await town.do(target, ASKED)
    await town.do(answered, PollAnswered(2, 1, ((1, PollChoice.YES),), "Eva", Channel.PHONE))
    await town.do(withdrawn, PollWithdrawn(1))
    await readdress(town, HOME_CARE.unit_id, NEW)
    assert await behind(town) == []


async def test_a_poll_that_reached_nobody_asks_the_mailbox_that_comes(settled: Town) -> None:
    town = settled
    await readdress(town, HOME_CARE.unit_id)
    target = await town.draft()
    await town.do(target, ASKED)
    assert await behind(town) == []
    await readdress(town, HOME_CARE.unit_id, NEW)
    assert await follow(town) == 1
    poll = (await town.meeting(target)).state.poll
    assert poll is not None and poll.asks[0].email == NEW
