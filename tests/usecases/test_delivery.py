"""Mail on its way: at least once and byte for byte the same, in order, bundled, and never what has become moot."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.effects import Link
from sip.domain.meeting import Place
from sip.domain.terms import AnswerKind, Delivery, Form, PlaceKind
from sip.store import db as database
from sip.store.aggregates import meetings
from sip.store.post import outbox, sending, tokens
from sip.store.post.sending import Pace
from sip.usecases.engine import delivery
from sip.usecases.engine.delivery import DeliveryPolicy, Unmailable, deliver, feed_back
from tests.domain.cast import HOME_CARE, SCHOOL, SOCIAL, at
from tests.store.town import QUICK, WORLD, Relay, Said, Town
from tests.tester import TESTER
from tests.usecases.test_handle import said

LATER, UNKNOWN, NEVER = Said("later", 450, "busy"), Said("unknown", None, "lost"), Said("never", 550, "no such user")
REMINDER, WATCHERS = "2026-11-06 08:00", "2026-11-10 08:00"


async def _states(town: Town, target: UUID) -> list[tuple[str, str]]:
    async with town.db.transaction(TESTER) as conn:
        return [(one.mail.kind.value, one.state) for one in await outbox.of_meeting(conn, target)]


async def _sql(town: Town, sql: str, *values: object) -> list[tuple[object, ...]]:
    async with town.db.transaction(TESTER) as conn:
        return [tuple(row) for row in await (await database.raw(conn)).fetch(sql, *values)]


async def _to_the_watchers(town: Town) -> None:
    """Everything called is sent and asked again; what goes to the watchers waits in the outbox."""
    await town.send()
    await town.tick(REMINDER)
    await town.send()
    await town.tick(WATCHERS)


async def _lapse(town: Town) -> None:
    """Every lease and wait is over."""
    await _sql(town, "update mail set retry_at = clock_timestamp() - interval '1 s' where retry_at is not null")


async def test_accepted_is_told_to_the_meeting(town: Town) -> None:
    target = await town.call()
    report = await town.send()
    assert (report.composed, report.sent) == (2, 2)
    state = (await town.meeting(target)).state
    assert {one.delivery for one in state.invitations} == {Delivery.ACCEPTED}
    assert (await town.send()).composed == 0
    assert await _sql(town, "select data from mail where data is not null") == []


async def test_refused_for_ever_is_told_with_the_answer(town: Town) -> None:
    target = await town.call(units=(SCHOOL,))
    town.relay.answers = [Said(), NEVER]
    await town.send()
    async with town.db.transaction(TESTER) as conn:
        failed = next(one for one in await outbox.of_meeting(conn, target) if one.state == "failed")
    assert (failed.smtp_code, failed.smtp_text, failed.reason) == (550, "no such user", "550 no such user")
    state = (await town.meeting(target)).state
    assert Delivery.UNDELIVERABLE in {one.delivery for one in state.invitations}
    assert state.invitations[-1].email == "skolan2@al.example"


async def test_a_later_try_sends_the_same_bytes(town: Town) -> None:
    await town.call()
    town.relay.answers = [Said(), LATER, LATER]
    await town.send()
    await town.send()
    await _lapse(town)
    await town.send()
    tries = Counter(town.relay.tries)
    assert sorted(tries.values()) == [1, 3]
    assert len(town.relay.composed) == 2
    assert await _sql(town, "select state, attempts from mail order by id") == [("sent", 1), ("sent", 3)]


async def test_waits_grow_and_a_mail_is_given_up(town: Town) -> None:
    policy = DeliveryPolicy(first_wait=timedelta(minutes=1), longest_wait=timedelta(minutes=5))
    assert [policy.wait(n).total_seconds() for n in (1, 2, 3, 4, 99)] == [60, 120, 240, 300, 300]
    target = await town.call()
    town.relay.answers = [LATER, LATER]
    await town.send(DeliveryPolicy(give_up=timedelta(0)))
    assert [state for _, state in await _states(town, target)][:2] == ["failed", "failed"]


class Killed(BaseException):
    """The process dies."""


async def test_killed_between_claim_and_record_the_same_bytes_leave_again(town: Town) -> None:
    await town.call()

    async def die(mail: object) -> Said:
        await town.relay.send(mail)
        raise Killed

    with pytest.raises((Killed, BaseExceptionGroup)):
        await deliver(town.db, town.now, town.relay.compose, die, QUICK)
    first = list(town.relay.tries)
    assert first
    assert (await town.send()).sent == 0  # the lease keeps others away
    await _lapse(town)
    assert (await town.send()).sent == 2
    assert set(first) <= set(town.relay.tries[len(first) :])
    assert len(town.relay.composed) == 2


async def test_killed_before_the_commit_nothing_has_left(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.call()

    async def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(tokens, "keep_links", die)
    with pytest.raises(Killed):
        await town.send()
    monkeypatch.undo()
    assert town.relay.tries == []
    assert (await town.send()).sent == 2


async def test_workers_at_once_send_each_mail_once(town: Town) -> None:
    for n in range(12):
        await town.call(f"meeting {n}")
    town.relay.pause = 0.01
    policy = DeliveryPolicy(batch=3)
    one = deliver(town.db, town.now, town.relay.compose, town.relay.send, policy)
    two = deliver(town.db, town.now, town.relay.compose, town.relay.send, policy)
    reports = await asyncio.gather(one, two)
    assert sum(report.sent for report in reports) == 24
    assert set(Counter(town.relay.tries).values()) == {1}
    await asyncio.gather(feed_back(town.db, town.now, WORLD), feed_back(town.db, town.now, WORLD))
    await feed_back(town.db, town.now, WORLD)
    told = await _sql(town, "select aggregate from journal where kind = 'MailSettled'")
    assert len(told) == 24


async def test_one_ordinary_mail_to_an_address_lists_everything(town: Town) -> None:
    for n in range(3):
        await town.call(f"meeting {n}")
    await _to_the_watchers(town)
    town.relay.tries.clear()
    await town.send()
    to = Counter(secrets[0][0].to.email for secrets in town.relay.composed if secrets[0][0].method is None)
    assert to
    assert set(to.values()) == {1}
    assert max(len(keys) for keys in town.relay.keys) == 3


async def test_what_the_engine_begins_waits_for_the_tick_to_end(town: Town) -> None:
    one, two = await town.call("one"), await town.call("two", units=(SOCIAL,))
    await town.send()
    await town.tick(REMINDER)
    await town.send()
    town.now = at(WATCHERS)
    await _sql(town, "update meeting set retry_at = clock_timestamp() + interval '1 hour' where id = $1", two)
    await town.tick()
    await _sql(town, "update meeting set retry_at = null")
    composed = len(town.relay.composed)
    await town.send()
    assert [asks for asks, _ in town.relay.composed[composed:] if asks[0].method is None] == []
    await town.tick()
    await town.send()
    ordinary = [asks for asks, _ in town.relay.composed[composed:] if asks[0].method is None]
    assert {mail.facts.meeting_id for asks in ordinary for mail in asks} == {one, two}


async def _answer(town: Town, target: UUID) -> None:
    made = await town.do(target, e.Answered(2, AnswerKind.ATTENDS, said("2026-11-06 09:00")))
    assert made.refused is None


async def test_an_answered_ask_never_leaves(town: Town) -> None:
    target = await town.call()
    await _to_the_watchers(town)
    asks = [kind for kind, state in await _states(town, target) if state == "pending"]
    assert asks
    await _answer(town, target)
    town.relay.tries.clear()
    await town.send()
    assert not any("lift_watchers" in key for keys in town.relay.keys for key in keys)
    assert "dropped" in [state for _, state in await _states(town, target)]


@pytest.mark.parametrize("answer", [LATER, UNKNOWN])
async def test_an_answered_ask_is_never_tried_again(town: Town, answer: Said) -> None:
    target = await town.call()
    await _to_the_watchers(town)
    town.relay.answers = [answer] * 9
    await town.send(DeliveryPolicy())
    await _answer(town, target)
    town.relay.answers, tried = [], list(town.relay.tries)
    await _lapse(town)
    await town.send()
    assert not set(tried) & set(town.relay.tries[len(tried) :])
    reasons = await _sql(town, "select reason from outbox where state = 'dropped' and ask")
    assert ("moot",) in reasons


async def test_the_rest_of_a_bundle_is_composed_anew_without_what_is_moot(town: Town) -> None:
    one, two = await town.call("one"), await town.call("two")
    await _to_the_watchers(town)
    town.relay.answers = [LATER] * 9
    await town.send(DeliveryPolicy())
    bundles = [keys for keys in town.relay.keys if len(keys) == 2]
    assert bundles
    await _answer(town, one)
    town.relay.answers = []
    town.relay.tries.clear()
    await _lapse(town)
    await town.send()
    await _lapse(town)
    await town.send()
    left = [key for keys in town.relay.keys for key in keys if "/lift_watchers/" in key]
    assert left
    assert all(str(two) in key for key in left)


async def test_a_newer_request_supersedes_one_that_has_not_left(town: Town) -> None:
    target = await town.call()
    await town.do(target, e.TextChanged(purpose_text="annan text"))
    await town.send()
    assert await _states(town, target) == [
        ("call", "dropped"), ("call", "dropped"), ("text_update", "sent"), ("text_update", "sent"),
    ]  # fmt: skip


async def test_a_cancel_after_a_request_that_never_left_drops_both(town: Town) -> None:
    target = await town.call()
    town.relay.answers = [LATER]
    await deliver(town.db, town.now, town.relay.compose, town.relay.send, DeliveryPolicy(batch=1, concurrency=1))
    town.relay.tries.clear()
    other = await town.call("other")
    await town.do(other, e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    await town.send()
    assert town.relay.tries == []
    assert {state for _, state in await _states(town, other)} == {"dropped"}
    await town.do(target, e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    await _lapse(town)
    await town.send()
    kinds = [key.rsplit("/", 1)[1] for keys in town.relay.keys for key in keys]
    assert kinds == ["cancelled"]  # one had been sent, the other only tried


async def test_an_invitations_mails_leave_in_order(town: Town) -> None:
    target = await town.call()
    town.relay.answers = [UNKNOWN, UNKNOWN]
    await town.send(DeliveryPolicy())
    await town.do(target, e.Moved(at("2026-12-14 10:00"), at("2026-12-14 11:00"), Form.PHYSICAL, Place(PlaceKind.HOME)))
    town.relay.tries.clear()
    await deliver(town.db, town.now, town.relay.compose, town.relay.send, DeliveryPolicy())
    assert [key.rsplit("/", 1)[1] for keys in town.relay.keys for key in keys] == ["update", "update"]
    assert [state for kind, state in await _states(town, target) if kind == "call"] == ["dropped", "dropped"]


async def test_a_mail_waits_for_an_older_one_on_its_way(town: Town) -> None:
    target = await town.call()
    async with town.db.transaction(TESTER) as conn:
        asks = await sending.claim_calendar(conn, town.now, 10, Pace(10, 0))
        bound = [
            sending.Bound((ask.id,), f"<{ask.id}@x>", tokens.new_token(), "a@x", "b@x", "x", b"x", b"x")
            for (ask,) in asks
        ]
        outgoing = await sending.bind(conn, bound, timedelta(minutes=2), town.now)
    await town.do(target, e.TextChanged(purpose_text="annan text"))
    assert (await town.send()).sent == 0
    results = [sending.Result(one.mail_id, 1, "sent", 250, "ok", timedelta(0)) for one in outgoing]
    async with town.db.transaction(TESTER) as conn:
        await sending.record(conn, results, town.now)
    assert (await town.send()).sent == 2


async def test_a_result_after_the_lease_counts_only_when_it_is_sent(town: Town) -> None:
    await town.call()
    town.relay.answers = [UNKNOWN, UNKNOWN]
    await town.send()
    await _lapse(town)
    async with town.db.transaction(TESTER) as conn:
        again = await sending.claim_again(conn, timedelta(minutes=2), town.now, 10, Pace(10, 0))
        assert [one.attempt for one in again] == [2, 2]
        first, second = again
        await sending.record(conn, [sending.Result(first.mail_id, 1, "never", 550, "", timedelta(0))], town.now)
        await sending.record(conn, [sending.Result(second.mail_id, 1, "sent", 250, "", timedelta(0))], town.now)
    assert await _sql(town, "select state from mail order by id") == [("sending",), ("sent",)]


async def test_links_are_stored_hashed_and_open_one_page(town: Town) -> None:
    target = await town.call()
    await town.send()
    asks, secrets = town.relay.composed[-1]
    (token,) = secrets.links
    assert token is not None
    async with town.db.transaction(TESTER) as conn:
        found = await tokens.link(conn, token, town.now)
        assert found is not None
        assert (found.purpose, found.meeting_id, found.party, found.address) == (
            Link.ANSWER, target, asks[0].party, asks[0].to.email,
        )  # fmt: skip
        assert found.expires_at == asks[0].facts.end + timedelta(days=14)
        assert await tokens.link(conn, token, found.expires_at) is None
        stored = await (await database.raw(conn)).fetchval("select count(*) from link_token where hash = $1::bytea",
                                                           token.encode())  # fmt: skip
        assert stored == 0
        carried = await outbox.carried_by_bounce_token(conn, secrets.bounce_token)
        assert [one.key for one in carried] == [asks[0].key]
        assert await tokens.drop_ended_links(conn, found.expires_at) == 2


async def test_a_thread_begins_with_the_first_mail(town: Town) -> None:
    await town.call()
    await town.send()
    await town.tick(REMINDER)
    await town.send()
    (call, first), (asks, secrets) = town.relay.composed[-2], town.relay.composed[-1]
    assert asks[0].kind == "reminder"
    assert first.thread is None
    message_id = await _sql(town, "select message_id from outbox where key = $1", call[0].key)
    assert message_id == [(secrets.thread,)]
    assert secrets.reply_token == first.reply_token


async def test_what_cannot_be_mailed_is_given_up_and_our_own_faults_are_not(town: Town) -> None:
    target = await town.call(units=(HOME_CARE, SCHOOL))
    relay = Relay()

    def compose(mails: object, secrets: delivery.MailSecrets) -> object:
        assert isinstance(mails, list)
        address = mails[0].to.email
        if address.startswith("hemtjanst"):
            raise Unmailable("The address cannot be used.")
        if address.startswith("skolan"):
            raise KeyError("a fault of ours")
        return relay.compose(mails, secrets)

    report = await deliver(town.db, town.now, compose, relay.send, QUICK)  # type: ignore[arg-type]  # a double of a Protocol
    assert (report.sent, report.errors) == (1, ["KeyError: 'a fault of ours'"])
    async with town.db.transaction(TESTER) as conn:
        rows = {one.mail.to.email: one for one in await outbox.of_meeting(conn, target)}
    assert (rows["hemtjanst@al.example"].state, rows["hemtjanst@al.example"].reason) == (
        "failed", "The address cannot be used.",
    )  # fmt: skip
    assert rows["skolan@al.example"].state == "pending"
    await _sql(town, "update outbox set retry_at = null where retry_at is not null")
    await town.send()
    assert (await _states(town, target))[2] == ("call", "sent")


async def test_what_can_never_be_made_is_put_aside_and_told(town: Town) -> None:
    """It is tried for as long as a mail that no server takes; then its unit counts as not reached."""
    target = await town.call(units=(HOME_CARE, SCHOOL))
    relay = Relay()

    def compose(mails: object, secrets: delivery.MailSecrets) -> object:
        assert isinstance(mails, list)
        if any(mail.to.email.startswith("hemtjanst") for mail in mails):
            raise OverflowError("date value out of range")
        return relay.compose(mails, secrets)

    report = await deliver(town.db, town.now, compose, relay.send, QUICK)  # type: ignore[arg-type]  # a double of a Protocol
    assert report.errors == ["OverflowError: date value out of range"]
    async with town.db.transaction(TESTER) as conn:
        assert (await sending.unmade(conn)) == sending.Unmade(1, "OverflowError: date value out of range")
    await _sql(town, "update outbox set retry_at = null, recorded_at = recorded_at - interval '3 days'")
    await deliver(town.db, town.now, compose, relay.send, QUICK)  # type: ignore[arg-type]  # a double of a Protocol
    await feed_back(town.db, town.now, WORLD)
    async with town.db.transaction(TESTER) as conn:
        rows = await outbox.of_meeting(conn, target)
        assert await sending.unmade(conn) is None
    failed = [one for one in rows if one.mail.to.email == "hemtjanst@al.example"]
    assert [one.state for one in failed] == ["failed"]
    assert any(one.mail.kind == "convener_told" and one.mail.detail["what"] == "undeliverable" for one in rows)


async def test_one_that_cannot_be_made_holds_up_nothing_beside_it(town: Town) -> None:
    """Ordinary mails to one address go together; where one of them spoils that, each goes alone."""
    spoilt = [await town.call(f"meeting {n}") for n in range(3)][1]
    await _to_the_watchers(town)
    relay = Relay()

    def compose(mails: object, secrets: delivery.MailSecrets) -> object:
        assert isinstance(mails, list)
        if any(mail.facts.meeting_id == spoilt for mail in mails):
            raise OverflowError("date value out of range")
        return relay.compose(mails, secrets)

    await deliver(town.db, town.now, compose, relay.send, QUICK)  # type: ignore[arg-type]  # a double of a Protocol
    waiting = await _sql(town, "select distinct meeting_id from outbox where state = 'pending' and failures > 0")
    assert waiting == [(spoilt,)]
    assert await _sql(town, "select 1 from outbox where state = 'pending' and failures = 0") == []


async def test_a_sender_that_raises_may_have_sent(town: Town) -> None:
    await town.call()

    async def fall(mail: object) -> Said:
        await town.relay.send(mail)
        raise ConnectionResetError("gone")

    report = await deliver(town.db, town.now, town.relay.compose, fall, QUICK)
    assert (report.sent, report.unknown) == (0, 2)
    assert await _sql(town, "select distinct state, smtp_text from mail") == [("unknown", "ConnectionResetError: gone")]
    await _lapse(town)
    assert (await town.send()).sent == 2
    assert set(Counter(town.relay.tries).values()) == {2}


async def test_no_connection_is_held_while_talking(town: Town) -> None:
    await town.call()

    async def talk(mail: object) -> Said:
        rows = await _sql(
            town,
            "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and state <> 'idle' and backend_type = 'client backend'",
        )
        assert rows == []
        return await town.relay.send(mail)

    report = await deliver(town.db, town.now, town.relay.compose, talk, DeliveryPolicy(concurrency=1))
    assert report.sent == 2


async def test_a_meeting_somebody_holds_is_told_later(town: Town) -> None:
    held, free = await town.call("held"), await town.call("free")
    async with town.db.transaction(TESTER) as conn:
        assert held in await meetings.lock_free(conn, [held])
        await deliver(town.db, town.now, town.relay.compose, town.relay.send, QUICK)
        assert await asyncio.wait_for(feed_back(town.db, town.now, WORLD), 10) == 2
    assert {one.delivery for one in (await town.meeting(held)).state.invitations} == {Delivery.PENDING}
    assert {one.delivery for one in (await town.meeting(free)).state.invitations} == {Delivery.ACCEPTED}
    assert await feed_back(town.db, town.now, WORLD) == 2
    assert {one.delivery for one in (await town.meeting(held)).state.invitations} == {Delivery.ACCEPTED}
