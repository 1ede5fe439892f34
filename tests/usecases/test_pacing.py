"""One recipient domain that is slow, greylists or refuses holds up no other: over a real server (rules, section 3)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from sip.addresses import Relay
from sip.domain import events as e
from sip.domain.terms import Delivery
from sip.edges.mail.addresses import Home
from sip.edges.mail.handover import Handover
from sip.edges.mail.ways.smtp import Sender
from sip.store import db as database
from sip.store.post.sending import Pace
from sip.usecases.engine.delivery import Delivered, DeliveryPolicy, deliver, feed_back
from sip.usecases.engine.flying import Flying
from tests.domain.cast import HOME_CARE
from tests.store.town import WORLD, Town
from tests.tester import TESTER

SLOW, OTHERS = "al.example", "region.example"
POLICY = DeliveryPolicy(
    lease=timedelta(seconds=60), first_wait=timedelta(minutes=1), pace=Pace(at_once=2, per_minute=0), patience=0.2
)


@dataclass
class Server:
    """Takes mail as its recipients' domains would: at once, held back, or with these words."""

    says: dict[str, str] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        domain = address.partition("@")[2]
        self.tries[domain] += 1
        self.now[domain] += 1
        self.most[domain] = max(self.most[domain], self.now[domain])
        try:
            if domain in self.held:
                await self.held[domain].wait()
        finally:
            self.now[domain] -= 1
        envelope.rcpt_tos.append(address)
        return self.says.get(domain, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(content)
        return "250 OK"

    def count(self, domain: str) -> int:
        return sum(f"@{domain}>".encode() in data.split(b"\r\n\r\n")[0].split(b"To:", 1)[1] for data in self.taken)


@dataclass
class Post:
    """The town with this server as its relay."""

    town: Town
    server: Server
    handover: Handover
    flying: Flying = field(default_factory=Flying)

    async def send(self, policy: DeliveryPolicy = POLICY, *, kept: bool = True) -> Delivered:
        flying = self.flying if kept else None
        compose, send = self.handover.compose, self.handover.send
        report = await asyncio.wait_for(
            deliver(self.town.db, self.town.now, compose, send, policy, flying=flying), timeout=60
        )
        await feed_back(self.town.db, self.town.now, WORLD)
        return report

    async def sql(self, sql: str) -> list[tuple[object, ...]]:
        async with self.town.db.transaction(TESTER) as conn:
            return [tuple(row) for row in await (await database.raw(conn)).fetch(sql)]

    async def states(self, domain: str) -> Counter[object]:
        return Counter(row[0] for row in await self.sql(f"select state from outbox where domain = '{domain}'"))

    async def waits_are_over(self) -> None:
        await self.sql("update mail set retry_at = clock_timestamp() - interval '1 s' where state = 'later'")

    async def a_minute_goes(self) -> None:
        await self.sql("update mail set tried_at = tried_at - interval '1 minute'")


@pytest.fixture
async def post(town: Town) -> AsyncIterator[Post]:
    server, loop = Server(), asyncio.get_running_loop()
    sessions: list[SMTP] = []

    def protocol() -> SMTP:
        sessions.append(SMTP(server, hostname="relay.example", loop=loop))
        return sessions[-1]

    listening = await loop.create_server(protocol, "127.0.0.1", 0)
    relay = Relay("127.0.0.1", listening.sockets[0].getsockname()[1], None, None, "off")
    handover = Handover(Home("sip.example"), "https://sip.example", Sender(relay, connections=8))
    made = Post(town, server, handover)
    yield made
    await made.flying.close()
    await handover.close()
    listening.close()
    for one in sessions:
        if one.transport is not None:
            one.transport.close()
    await listening.wait_closed()
    await asyncio.sleep(0)


async def call(post: Post, meetings: int) -> list[UUID]:
    """Each is one mail to the unit, in the domain that makes trouble, and one to the convener's, in another."""
    return [await post.town.call(f"meeting {n}") for n in range(meetings)]


async def test_a_domain_that_is_slow_holds_up_no_other(post: Post) -> None:
    post.server.held[SLOW] = asyncio.Event()
    await call(post, 8)
    report = await post.send()
    assert report.sent == post.server.count(OTHERS) == 8
    assert await post.states(OTHERS) == {"sent": 8}
    assert await post.states(SLOW) == {"claimed": 2, "pending": 6}
    await post.town.call("another, later")
    assert (await post.send()).sent == 1  # the next pass is as quick, though the first tries are still in the air
    assert post.server.most[SLOW] == 2
    post.server.held[SLOW].set()
    assert (await post.send(kept=False)).sent + (await post.send()).sent == 9
    assert await post.states(SLOW) == {"sent": 9}
    assert post.server.count(SLOW) == post.server.tries[SLOW] == 9


async def test_what_landed_between_passes_is_recorded_by_the_next(post: Post) -> None:
    post.server.held[SLOW] = asyncio.Event()
    (target,) = await call(post, 1)
    await post.send()
    post.server.held[SLOW].set()
    await asyncio.wait(post.flying._tries)
    assert (await post.send()).sent == 1
    state = (await post.town.meeting(target)).state
    assert {one.delivery for one in state.invitations} == {Delivery.ACCEPTED}


async def test_a_domain_that_greylists_is_tried_later_and_the_rest_is_not(post: Post) -> None:
    post.server.says[SLOW] = "450 4.2.0 Greylisted, come back in five minutes"
    await call(post, 8)
    report = await post.send()
    assert (report.sent, report.later) == (8, 8)
    assert post.server.count(OTHERS) == 8
    waits = await post.sql("select distinct attempts, state, smtp_text from mail where state <> 'sent'")
    assert waits == [(1, "later", "450 4.2.0 Greylisted, come back in five minutes")]
    assert (await post.send()).later == 0  # its time has not come
    post.server.says.clear()
    await post.waits_are_over()
    assert (await post.send()).sent == 8
    assert post.server.count(SLOW) == 8
    assert len(set(post.server.taken)) == len(post.server.taken) == 16


async def test_mails_that_wait_to_be_tried_again_fill_no_batch(post: Post) -> None:
    small = DeliveryPolicy(
        batch=3, lease=timedelta(seconds=60), first_wait=timedelta(0), longest_wait=timedelta(0),
        pace=Pace(at_once=1, per_minute=0), patience=0.2,
    )  # fmt: skip
    post.server.says[SLOW] = "451 4.7.1 Later"
    await call(post, 6)
    await post.send(DeliveryPolicy(pace=Pace(50, 0)))
    await post.waits_are_over()
    post.server.held[SLOW] = asyncio.Event()
    await post.town.call("one more")
    before = post.server.count(OTHERS)
    await post.send(small)
    assert post.server.count(OTHERS) == before + 1
    assert post.server.most[SLOW] >= 1
    post.server.held[SLOW].set()


async def test_a_domain_gets_so_many_tries_a_minute(post: Post) -> None:
    await call(post, 5)
    paced = DeliveryPolicy(pace=Pace(at_once=4, per_minute=3), patience=0.2)
    assert (await post.send(paced)).sent == 6
    assert await post.states(SLOW) == {"sent": 3, "pending": 2}
    assert (await post.send(paced)).sent == 0
    await post.a_minute_goes()
    assert (await post.send(paced)).sent == 4
    assert await post.states(SLOW) == {"sent": 5}


async def test_ordinary_mails_are_paced_as_well(post: Post) -> None:
    """A watcher and a manager, in one domain: each has one mail of all there is, and they leave in turn."""
    await call(post, 1)
    await post.send()
    for moment in ("2026-11-06 08:00", "2026-11-10 08:00", "2026-11-16 09:00"):
        await post.town.tick(moment)
        await post.send()
    await post.town.call("later", "2027-01-20 10:00")
    await post.send()
    await post.town.tick("2026-11-19 09:00")
    await post.town.tick("2026-11-20 08:00")
    await post.send()
    await post.town.tick("2026-11-24 10:00")
    waiting = await post.sql("select distinct recipient from outbox where method is null and state = 'pending'")
    assert {row[0] for row in waiting} == {"vera@al.example", "mona@al.example"}
    await post.a_minute_goes()
    paced = DeliveryPolicy(pace=Pace(at_once=4, per_minute=1), patience=0.2)
    for expected in (1, 0):
        before = post.server.tries[SLOW]
        await post.send(paced)
        assert post.server.tries[SLOW] - before == expected
    await post.a_minute_goes()
    await post.send(paced)
    assert post.server.tries[SLOW] - before == 1


async def test_what_was_in_the_air_when_the_process_ended_leaves_again(post: Post) -> None:
    post.server.held[SLOW] = asyncio.Event()
    await call(post, 1)
    await post.send()
    await post.flying.close()
    assert await post.states(SLOW) == {"claimed": 1}
    await post.sql("update mail set retry_at = clock_timestamp() - interval '1 s' where state = 'sending'")
    post.server.held[SLOW].set()
    assert (await post.send()).sent == 1
    assert post.server.count(SLOW) >= 1


async def test_order_holds_while_a_domain_is_slow(post: Post) -> None:
    """A newer call to the same invitation waits for the older one in the air, however long that takes."""
    post.server.held[SLOW] = asyncio.Event()
    (target,) = await call(post, 1)
    await post.send()
    await post.town.do(target, e.TextChanged(purpose_text="annan text"))
    await post.send()
    assert (await post.states(SLOW))["pending"] == 1
    post.server.held[SLOW].set()
    await post.send(kept=False)
    await post.send()
    await post.send()
    subjects = [data.split(b"Subject:")[1][:40] for data in post.server.taken if b"hemtjanst@al.example" in data[:600]]
    assert len(subjects) == 2
    assert await post.sql("select kind, state from outbox where domain = 'al.example' order by id") == [
        ("call", "sent"), ("text_update", "sent"),
    ]  # fmt: skip


async def test_what_does_not_get_its_turn_is_given_back_before_its_lease_ends(post: Post) -> None:
    """A relay that is slow for everybody: nobody else has tried the mail meanwhile, and nothing of it has left."""
    post.server.held = {SLOW: asyncio.Event(), OTHERS: asyncio.Event()}
    await call(post, 2)
    short = DeliveryPolicy(concurrency=1, lease=timedelta(seconds=1), first_wait=timedelta(hours=1), patience=0.1)
    report = await post.send(short, kept=False)
    assert (report.unknown, report.later) == (1, 3)
    assert sum(post.server.tries.values()) == 1
    assert ("later", "Its turn did not come: other mail servers were slow.") in await post.sql(
        "select state, smtp_text from mail"
    )


def test_home_care_is_in_the_domain_that_makes_trouble() -> None:
    assert {one.partition("@")[2] for one in HOME_CARE.addresses} == {SLOW}
