"""Another system is told of what happens: at least once, with the same body, and of no more than its place sees (rules,
section 19).
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from sip.domain import events as e
from sip.domain.endpoint import HookState, HookTrouble, OffBecause
from sip.domain.people import Language, Role
from sip.domain.terms import AnswerKind, Channel, Mark
from sip.domain.webhook import TYPES
from sip.edges import call_out
from sip.edges.call_out import CallerOut
from sip.edges.worker import Worker
from sip.store import users
from sip.store.db import Database
from sip.store.post import holding
from sip.usecases import answers, meetings, webhooks
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.directory.keys import key_id
from sip.usecases.engine.work import Handled
from sip.usecases.problems import ConflictError, NotFoundError
from sip.usecases.webhooks import EndpointWanted
from tests.stories.hooked import DROPS, HANGS, HERE, Heard, Receiver, receiver
from tests.stories.stage import Stage, at
from tests.tester import TESTER
from tests.web.protecting import protected_meeting
from tests.web.scene import on_scene

AL, REGION, BOK = (key_id("principal", one) for one in ("al", "region", "bok"))
ADMIN = Actor(ActorKind.API_KEY, "admin", "Ada Admin", role=Role.ADMINISTRATOR)
OF_AL = Actor(ActorKind.USER, str(UUID(int=77)), "Alma Admin", role=Role.ADMINISTRATOR, principal_id=AL)
ALL = tuple(one.value for one in TYPES)


@dataclass
class Hooked:
    """The stage with a system beside it that it tells."""

    stage: Stage
    there: Receiver
    worker: Worker
    endpoint: UUID = AL
    secret: str = ""

    async def connect(self, principal: UUID | None = None, actor: Actor = ADMIN, name: str = "Journalen") -> str:
        """An endpoint; its secret."""
        self.endpoint = uuid5(UUID(int=5), f"{principal}/{actor.id}/{name}")
        made = await webhooks.make(
            self.stage.made.db, self.endpoint, EndpointWanted(name, self.there.url, ALL, principal),
            vault=self.stage.made.vault, allowed=HERE, actor=actor, now=await self.stage.now(),
        )  # fmt: skip
        assert made.secret is not None
        self.secret = made.secret
        return made.secret

    async def sends(self) -> list[str]:
        """A turn of the worker; the kinds of what it sent."""
        before = len(self.there.heard)
        done = await self.worker.call_out_once(await self.stage.now())
        assert not done.errors, done.errors
        return [json.loads(one.body)["type"] for one in self.there.heard[before:]]

    async def lines(self, actor: Actor = ADMIN) -> list[tuple[str, HookState, int, int | None, HookTrouble | None]]:
        found = await webhooks.read(self.stage.made.db, self.endpoint, actor=actor, now=await self.stage.now())
        return [(one.type, one.state, one.attempts, one.code, one.trouble) for one in reversed(found.lines)]

    async def machine(self, sql: str) -> None:
        async with self.stage.made.db.transaction(TESTER) as conn:
            await conn.execute(text(sql))

    async def waits_are_over(self) -> None:
        await self.machine("update webhook_message set retry_at = clock_timestamp() where retry_at is not null")


def verified(secret: str, heard: Heard) -> dict[str, Any]:
    """What the published library makes of it. Raises WebhookVerificationError."""
    found: dict[str, Any] = Webhook(secret).verify(heard.body, dict(heard.headers))
    return found


@pytest.fixture
async def hooked(stage: Stage, tmp_path: Path) -> AsyncIterator[Hooked]:
    await stage.at("2026-11-02 10:00")
    async with receiver(tmp_path) as there:
        yield Hooked(stage, there, replace(stage.made.worker, call_out=CallerOut(HERE, there.trusting).send))


async def test_a_meeting_is_told_of_from_the_call_to_the_report(hooked: Hooked) -> None:
    stage = hooked.stage
    secret = await hooked.connect()
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    assert await hooked.sends() == ["meeting.called"]
    called = verified(secret, hooked.there.heard[0])
    assert called == {
        "type": "meeting.called", "timestamp": "2026-11-02T09:00:00Z",
        "data": {"meeting_id": str(stage.id), "path": f"/api/v1/meetings/{stage.id}", "version": 2},
    }  # fmt: skip
    assert hooked.there.heard[0].line == "POST /sip?from=sip HTTP/1.1"
    assert hooked.there.heard[0].headers["content-type"] == "application/json"
    party = await stage.party("hemtjanst")
    by = stage.by(await stage.now())
    said = e.Answered(party.ordinal, AnswerKind.ATTENDS, answers.said(Channel.PHONE, 0, by))
    await answers.answer(stage.made.db, stage.id, said, by)
    await stage.do(_move)
    assert sorted(await hooked.sends()) == ["meeting.answered", "meeting.moved"], "side by side, in no order"
    told = {said["type"]: said["data"] for said in (verified(secret, one) for one in hooked.there.heard)}
    answered = told["meeting.answered"]
    assert answered == {**called["data"], "version": answered["version"], "party": party.ordinal}
    assert len({one.headers["webhook-id"] for one in hooked.there.heard}) == 3
    await stage.at("2026-12-08 11:05")
    await stage.close(hemtjanst=Mark.ABSENT)
    assert "meeting.held" in await hooked.sends()
    assert await hooked.sends() == [], "each once"


async def _move(db: Database, meeting_id: UUID, by: Command) -> Handled:
    return await meetings.move(db, meeting_id, by, start=at("2026-12-08 10:00"), end=at("2026-12-08 11:00"))


async def _cancel(db: Database, meeting_id: UUID, by: Command) -> Handled:
    return await meetings.cancel(db, meeting_id, e.CancelReason.NO_LONGER_NEEDED, by)


async def test_nothing_is_said_but_references(hooked: Hooked) -> None:
    await hooked.connect()
    await hooked.stage.call("2026-12-07 10:00")
    await hooked.stage.do(_cancel)
    await hooked.sends()
    for one in hooked.there.heard:
        said = json.loads(one.body)
        assert sorted(said) == ["data", "timestamp", "type"]
        assert set(said["data"]) <= {"meeting_id", "deviation_id", "path", "version", "party"}
        assert not re.search(rb"[A-Z][a-z]|@|7F3K", one.body), one.body


async def test_each_place_is_told_of_its_own(hooked: Hooked) -> None:
    stage = hooked.stage
    for principal in (AL, REGION, BOK):
        await hooked.connect(principal)
    await stage.call("2026-12-07 10:00", ["hemtjanst"])
    assert await hooked.sends() == ["meeting.called"] * 2, "who calls and who is called, and not Bok"
    assert await hooked.lines() == []
    hooked.endpoint = uuid5(UUID(int=5), f"{AL}/admin/Journalen")
    assert [one[0] for one in await hooked.lines(OF_AL)] == ["meeting.called"]


async def test_what_is_no_longer_in_view_does_not_leave(hooked: Hooked) -> None:
    stage = hooked.stage
    await hooked.connect(AL)
    await stage.call("2026-12-07 10:00", ["hemtjanst", "bok"])
    removed = await meetings.remove_party(
        stage.made.db, stage.id, (await stage.party("hemtjanst")).ordinal, stage.by(await stage.now())
    )
    assert removed.refused is None
    assert await hooked.sends() == []
    assert await hooked.lines() == [("meeting.called", HookState.DROPPED, 1, None, None)]
    await stage.do(_cancel)
    assert await hooked.sends() == [] and len(await hooked.lines()) == 1


async def test_of_a_protected_meeting_nobody_is_told(database_url: str) -> None:
    async with on_scene(database_url, whole=False) as scene:
        stage = scene.stage
        await webhooks.make(
            stage.made.db, AL, EndpointWanted("Journalen", "https://journal.example/", ALL), vault=stage.made.vault,
            allowed=(), actor=ADMIN, now=await stage.now(),
        )  # fmt: skip
        await protected_meeting(scene)
        async with stage.made.db.transaction(TESTER) as conn:
            assert await conn.scalar(text("select count(*) from webhook_message")) == 0


@pytest.mark.parametrize(
    ("answer", "code", "trouble"),
    [
        ("500", 500, HookTrouble.STATUS),
        ("302\r\nLocation: https://127.0.0.1/elsewhere", 302, HookTrouble.REDIRECT),
        (DROPS, None, HookTrouble.CONNECTION),
        (HANGS, None, HookTrouble.TIMEOUT),
    ],
)
async def test_what_does_not_get_through_is_sent_again_with_the_same_id_and_body(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch, answer: str, code: int | None, trouble: HookTrouble
) -> None:
    monkeypatch.setattr(call_out, "TRY_SECONDS", 0.5)
    secret = await hooked.connect()
    await hooked.stage.call("2026-12-07 10:00")
    hooked.there.answers = [answer]
    await hooked.sends()
    assert await hooked.lines() == [("meeting.called", HookState.LATER, 1, code, trouble)]
    assert await hooked.sends() == [], "not before its wait is over"
    await hooked.waits_are_over()
    assert await hooked.sends() == ["meeting.called"]
    first, second = hooked.there.heard
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    verified(secret, second)
    assert await hooked.lines() == [("meeting.called", HookState.DELIVERED, 2, 204, None)]


async def test_an_endpoint_that_asks_for_rest_gets_it(hooked: Hooked) -> None:
    await hooked.connect()
    await hooked.stage.call("2026-12-07 10:00")
    hooked.there.answers = ["429\r\nRetry-After: 600"]
    await hooked.sends()
    await hooked.waits_are_over()
    assert await hooked.sends() == []
    await hooked.machine("update webhook_endpoint set rests_until = rests_until - interval '601 seconds'")
    assert await hooked.sends() == ["meeting.called"]


async def test_a_worker_that_dies_between_sending_and_noting_it_sends_once_more(hooked: Hooked) -> None:
    await hooked.connect()
    await hooked.stage.call("2026-12-07 10:00")
    hooked.there.answers = [HANGS]
    turn = asyncio.create_task(hooked.worker.call_out_once(await hooked.stage.now()))
    await hooked.there.arrived.wait()
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    assert await hooked.lines() == [("meeting.called", HookState.SENDING, 1, None, None)]
    assert await hooked.sends() == [], "its lease keeps others away"
    await hooked.waits_are_over()
    assert await hooked.sends() == ["meeting.called"]
    first, second = hooked.there.heard
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


async def test_while_the_secret_changes_both_verify_and_then_the_new_one_alone(hooked: Hooked) -> None:
    stage, old = hooked.stage, await hooked.connect()
    made = await webhooks.rotate(
        stage.made.db, hooked.endpoint, timedelta(days=1), vault=stage.made.vault, actor=ADMIN, now=await stage.now()
    )
    assert made.secret is not None
    await stage.call("2026-12-07 10:00")
    await hooked.sends()
    assert hooked.there.heard[0].headers["webhook-signature"].count("v1,") == 2
    assert verified(old, hooked.there.heard[0]) == verified(made.secret, hooked.there.heard[0])
    await stage.at("2026-11-03 10:01")
    await stage.do(_cancel)
    await hooked.sends()
    verified(made.secret, hooked.there.heard[-1])
    with pytest.raises(WebhookVerificationError):
        verified(old, hooked.there.heard[-1])
    await hooked.worker.keep_house(await stage.now())
    async with stage.made.db.transaction(TESTER) as conn:
        assert await conn.scalar(text("select count(*) from webhook_endpoint where old_secret is not null")) == 0


async def _admin_of_al(stage: Stage) -> None:
    record = users.UserRecord(UUID(int=77), "alma@al.example", "Alma Admin", Language.SV)
    async with stage.made.db.transaction(TESTER) as conn:
        await users.save_users(conn, [record])
        await users.save_grants(conn, [users.GrantRecord(UUID(int=78), record.id, Role.ADMINISTRATOR, None, None, AL)])


async def test_after_three_days_it_is_switched_off_and_who_keeps_it_is_told(hooked: Hooked) -> None:
    stage = hooked.stage
    await _admin_of_al(stage)
    await hooked.connect(actor=OF_AL)
    await stage.call("2026-12-07 10:00", ["hemtjanst"])
    hooked.there.answers = ["503", "503"]
    await hooked.sends()
    await hooked.machine("update webhook_endpoint set failing_since = failing_since - interval '3 days'")
    await stage.do(_cancel)
    await hooked.waits_are_over()
    assert await hooked.sends() == ["meeting.called"], "one at a time, while it fails"
    assert [one[1] for one in await hooked.lines(OF_AL)] == [HookState.DROPPED] * 2
    await stage.work()
    (letter,) = stage.mailbox("alma@al.example")
    assert letter.subject == "Vi har slutat skicka till Journalen"
    assert f"/webhooks/{hooked.endpoint}" in letter.body
    (one,), _, _ = await webhooks.listed(stage.made.db, actor=OF_AL, now=await stage.now())
    assert one.off_because is OffBecause.FAILING
    with pytest.raises(ConflictError):
        await webhooks.test(stage.made.db, one.id, UUID(int=1), actor=OF_AL, now=await stage.now())
    await webhooks.switch(stage.made.db, one.id, True, actor=OF_AL, now=await stage.now())
    await webhooks.test(stage.made.db, one.id, UUID(int=1), actor=OF_AL, now=await stage.now())
    assert await hooked.sends() == ["endpoint.test"]


async def test_one_that_is_gone_is_switched_off_at_once(hooked: Hooked) -> None:
    await hooked.connect()
    await hooked.stage.call("2026-12-07 10:00")
    hooked.there.answers = ["410"]
    await hooked.sends()
    assert await hooked.lines() == [("meeting.called", HookState.GIVEN_UP, 1, 410, HookTrouble.GONE)]
    await hooked.stage.do(_cancel)
    assert await hooked.sends() == []
    assert len(await hooked.lines()) == 1, "nothing is kept for one that is off"


async def test_nothing_leaves_a_copy_of_the_database(hooked: Hooked) -> None:
    await hooked.connect()
    await hooked.stage.call("2026-12-07 10:00")
    async with hooked.worker.db.transaction(TESTER) as conn:
        await holding.begin(conn, await hooked.stage.now())
    assert await hooked.sends() == []
    async with hooked.worker.db.transaction(TESTER) as conn:
        await holding.end(conn)
    assert await hooked.sends() == ["meeting.called"]


async def test_messages_go_after_two_weeks_and_another_place_finds_none(hooked: Hooked) -> None:
    stage = hooked.stage
    await hooked.connect()
    await stage.call("2026-12-07 10:00")
    await hooked.sends()
    with pytest.raises(NotFoundError):
        await hooked.lines(OF_AL)
    await stage.at("2026-11-16 10:01")
    await hooked.worker.keep_house(await stage.now())
    assert "meeting.called" not in [one[0] for one in await hooked.lines()]


async def test_a_system_that_is_no_public_one_is_not_spoken_to(hooked: Hooked) -> None:
    await hooked.connect()
    await hooked.stage.call("2026-12-07 10:00")
    hooked.worker = replace(hooked.worker, call_out=CallerOut((), hooked.there.trusting).send)
    assert await hooked.sends() == []
    assert await hooked.lines() == [("meeting.called", HookState.LATER, 1, None, HookTrouble.ADDRESS)]
    hooked.worker = replace(hooked.worker, call_out=CallerOut(HERE).send)
    await hooked.waits_are_over()
    assert await hooked.sends() == []
    assert await hooked.lines() == [("meeting.called", HookState.LATER, 2, None, HookTrouble.TLS)]


async def _again(hooked: Hooked, act: int, since: str = "2026-11-02 00:00") -> int:
    now = await hooked.stage.now()
    return await webhooks.all_again(
        hooked.stage.made.db, hooked.endpoint, at(since), UUID(int=act), actor=ADMIN, now=now
    )


async def test_what_did_not_get_through_is_sent_again_as_it_was_in_its_order(hooked: Hooked) -> None:
    stage, secret = hooked.stage, await hooked.connect()
    await stage.call("2026-12-07 10:00")
    await stage.do(_move)
    hooked.there.answers = ["410", "410"]
    await hooked.sends()
    with pytest.raises(ConflictError):
        await _again(hooked, 1)
    await webhooks.switch(stage.made.db, hooked.endpoint, True, actor=ADMIN, now=await stage.now())
    assert {one[1] for one in await hooked.lines()} <= {HookState.GIVEN_UP, HookState.DROPPED}
    assert await _again(hooked, 1, "2026-11-03 00:00") == 0, "what happened before is left alone"
    assert [await _again(hooked, 2), await _again(hooked, 2)] == [2, 2]
    assert sorted(await hooked.sends()) == ["meeting.called", "meeting.moved"]
    first, later = hooked.there.heard[:2], hooked.there.heard[2:]
    assert sorted((one.headers["webhook-id"], one.body) for one in first) == sorted(
        (one.headers["webhook-id"], one.body) for one in later
    )
    for one in later:
        verified(secret, one)
    assert await _again(hooked, 2) == 2 and await hooked.sends() == [], "the same act again, after it was heard"
    assert await _again(hooked, 3) == 0, "what was heard is not what failed"


async def test_what_was_heard_is_sent_again_alone_and_begins_its_waits_anew(hooked: Hooked) -> None:
    stage = hooked.stage
    await hooked.connect()
    await stage.call("2026-12-07 10:00")
    assert await hooked.sends() == ["meeting.called"]
    message = hooked.there.heard[0].headers["webhook-id"]
    now = await stage.now()
    await webhooks.again(stage.made.db, hooked.endpoint, message, UUID(int=1), actor=ADMIN, now=now)
    hooked.there.answers = ["503"]
    assert await hooked.sends() == ["meeting.called"]
    assert await hooked.lines() == [("meeting.called", HookState.LATER, 2, 503, HookTrouble.STATUS)]
    async with stage.made.db.transaction(TESTER) as conn:
        waits = await conn.scalar(text("select retry_at - clock_timestamp() from webhook_message"))
    assert waits < timedelta(seconds=6), "the first of the waits, not the second"
    await webhooks.again(stage.made.db, hooked.endpoint, message, UUID(int=2), actor=ADMIN, now=now)
    assert await hooked.sends() == ["meeting.called"], "at once"
    await webhooks.again(stage.made.db, hooked.endpoint, message, UUID(int=2), actor=ADMIN, now=now)
    assert await hooked.sends() == [], "the same act"
    with pytest.raises(NotFoundError):
        await webhooks.again(stage.made.db, hooked.endpoint, "msg_none", UUID(int=3), actor=ADMIN, now=now)


async def test_what_is_no_longer_in_view_does_not_leave_again(hooked: Hooked) -> None:
    stage = hooked.stage
    await hooked.connect(AL)
    await stage.call("2026-12-07 10:00", ["hemtjanst", "bok"])
    assert await hooked.sends() == ["meeting.called"]
    message = hooked.there.heard[0].headers["webhook-id"]
    by = stage.by(await stage.now())
    await meetings.remove_party(stage.made.db, stage.id, (await stage.party("hemtjanst")).ordinal, by)
    await webhooks.again(stage.made.db, hooked.endpoint, message, UUID(int=1), actor=ADMIN, now=await stage.now())
    assert await hooked.sends() == []
    assert await hooked.lines() == [("meeting.called", HookState.DROPPED, 2, None, None)]
