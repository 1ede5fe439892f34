"""What the pages are shown with: the real service with a county, a user in each role, and a meeting in most states.

The scene ends on Monday 23 November 2026 at 08.12; everything in it happened through use cases, mails and time.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID, uuid5

import httpx

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.auditing import ReviewWord
from sip.domain.endpoint import HookAnswer
from sip.domain.meeting import Place
from sip.domain.people import Language, Role
from sip.domain.poll import PollChoice
from sip.domain.sketch import Ground, Sketch, SketchParty
from sip.domain.terms import AnswerKind, Channel, ContestReason, Form, Mark, Obligation, Outcome, PlaceKind, Purpose
from sip.domain.webhook import HookEvent, HookType
from sip.store import cases, users
from sip.store import db as database
from sip.store import webhooks as endpoints
from sip.store.db import Database
from sip.store.post import inbox
from sip.store.post import webhooks as posted
from sip.store.post.inbox import Judged
from sip.store.seen import audit
from sip.usecases import answers, auditing, meetings, polls, replays, sketches, webhooks
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.directory.keys import key_id
from sip.usecases.engine import calling_out
from sip.usecases.engine.handle import Handled
from sip.usecases.meetings import DraftForm
from sip.usecases.recorded import recorded
from sip.usecases.webhooks import EndpointWanted
from tests.plain import plain
from tests.store.post_office import unjudged
from tests.stories.county import agreement, unit
from tests.stories.stage import Stage, at, on_stage, reply_to
from tests.tester import TESTER

PASSWORD = "en lång påhittad mening"  # made up, for tests
UNIT, UNKNOWN, STRANGER = "hemtjanst@al.example", "gunilla@brev.example", "nora@bemanning.example"
WORDS = """\
Hej!

Anna är ledig den veckan, så det blir nog Bo som kommer. Vi ringer i morgon.

Hälsningar
Hemtjänsten Al

Den mån 23 nov. 2026 kl 08:00 skrev SIP-samordning <sip@sip.example>:
> Ni är kallade till ett SIP-möte.
> Svara med knapparna i kalendern."""
_HASH = users.hash_password(PASSWORD)

TRIAL = uuid5(UUID(int=9), "trial")
ROLES: dict[str, tuple[Role, str | None, str]] = {
    "convener": (Role.CONVENER, "unit:eken", "Clara Kallar"),
    "chair": (Role.CHAIR, "unit:eken", "Olle Ordförande"),
    "staff": (Role.UNIT_STAFF, "unit:hemtjanst", "Sara Svarar"),
    "manager": (Role.UNIT_MANAGER, "unit:hemtjanst", "Mona Berg"),
    "coordinator": (Role.COORDINATOR, "principal:region", "Siv Holm"),
    "board": (Role.BOARD_MEMBER, "principal:region", "Lars Ledamot"),
    "administrator": (Role.ADMINISTRATOR, None, "Ada Admin"),
    "auditor": (Role.AUDITOR, "principal:region", "Agda Granskar"),
    "outsider": (Role.UNIT_STAFF, "unit:bok", "Ulla Utomstående"),
}

OTHERS: dict[str, tuple[Role, str | None, str]] = {
    "neighbour": (Role.COORDINATOR, "principal:al", "Kim Sund"),
    "stranger": (Role.COORDINATOR, "principal:bok", "Ester Fjärran"),
}
"""Coordinators who convene nothing: of called units, and of units that are not called."""


@dataclass
class Scene:
    """The stage with names for its meetings, reports and mailed links."""

    stage: Stage
    meetings: dict[str, UUID] = field(default_factory=dict)
    readings: dict[str, int] = field(default_factory=dict)
    signed_in: dict[str, httpx.Cookies] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        where = self.stage.place.listening["http"]
        return f"http://{where.host}:{where.port}"

    def link(self, address: str, subject: str = "") -> str:
        """The path of the newest mailed link to this address."""
        for letter in reversed(self.stage.mailbox(address)):
            if subject in letter.subject and (found := re.search(r"/svar/[a-z2-7]{26}", letter.body)):
                return found.group()
        raise AssertionError(f"no link was mailed to {address}")

    @asynccontextmanager
    async def client(self, role: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """This role's user at her browser, signed in (once for the scene); None: nobody. Opened again it has heard what
        it had heard before of the forms that were taken (decision 0132), and holds nothing else of then.
        """
        async with plain(self.origin, headers={"accept-language": "sv"}) as client:
            if role is not None and role not in self.signed_in:
                await sign_in(client, role)
                self.signed_in[role] = client.cookies
            if role is not None:
                client.cookies = httpx.Cookies(self.signed_in[role])
            yield client
            if role is not None:
                for cookie in client.cookies.jar:
                    if cookie.name == "sip_taken":
                        self.signed_in[role].jar.set_cookie(cookie)


async def sign_in(client: httpx.AsyncClient, role: str) -> httpx.Response:
    page = await client.get("/sign-in")
    form = {"email": address_of(role), "password": PASSWORD, "_csrf": csrf_of(page.text), "next": "/"}
    return await client.post("/sign-in", data=form)


def address_of(role: str) -> str:
    return f"{role}@sip.example"


def csrf_of(html: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="_csrf" value="([0-9a-f]+)"', html)
    assert found is not None, html[:2000]
    return found.group(1)


def shape_of(html: str) -> str:
    """A page without its tokens, its forms' numbers and ids, which differ each time."""
    return re.sub(r"[0-9a-f]{24}x[0-9a-f]{7}|[0-9a-f]{32,}|[0-9a-f-]{36}", "", html)


def fields_of(html: str) -> dict[str, str]:
    """What every form of a page carries hidden."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


async def add_users(stage: Stage) -> None:
    records, grants = [], []
    for name, (role, place, shown) in (ROLES | OTHERS).items():
        user_id = uuid5(UUID(int=9), name)
        records.append(users.UserRecord(user_id, address_of(name), shown, Language.SV))
        kind, _, key = (place or ":").partition(":")
        holder = key_id(kind, key) if key else None
        grants.append(
            users.GrantRecord(
                uuid5(user_id, role), user_id, role,
                holder if kind == "unit" else None, None, holder if kind == "principal" else None,
            )
        )  # fmt: skip
    async with stage.made.db.transaction(TESTER) as conn:
        await users.save_users(conn, records)
        await users.save_grants(conn, grants)
        for record in records:
            await users.set_password(conn, record.id, _HASH)


@asynccontextmanager
async def on_scene(
    database_url: str, *, whole: bool = True, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Scene]:
    """The scene; without `whole` only the county and its users, on Monday 2 November. `settings` as of a stage."""
    async with on_stage(database_url, "2026-11-02 09:00", pages=True, settings=settings) as stage:
        await add_users(stage)
        scene = Scene(stage)
        if whole:
            await _play(scene)
        yield scene


async def _play(scene: Scene) -> None:
    stage = scene.stage
    await _call(scene, "absent", "2026-11-19 10:00", ("hemtjanst", "skolan"))
    await _call(scene, "unrecorded", "2026-11-20 13:00", ("hemtjanst", "skolan"))
    await stage.at("2026-11-03 09:00")
    for name in ("absent", "unrecorded"):
        stage.meeting_id = scene.meetings[name]
        await _answers(scene, "hemtjanst", AnswerKind.ATTENDS, names=(e.NamedPerson("Anna Ek", "anna@al.example"),))
        await _answers(scene, "skolan", AnswerKind.ATTENDS, names=(e.NamedPerson("Rektor på Skolan Al"),))
    await stage.at("2026-11-10 09:00")
    await _call(scene, "questions", "2026-12-02 09:30", ("hemtjanst", "skolan", "bok"))
    await _call(scene, "regret", "2026-11-27 14:00", ("hemtjanst", "skolan"))
    await _call(scene, "silent", "2026-11-25 10:00", ("chefslos", "skolan"))
    await stage.at("2026-11-19 11:05")
    stage.meeting_id = scene.meetings["absent"]
    await stage.close(Outcome.HELD, hemtjanst=Mark.ABSENT)
    await stage.at("2026-11-20 15:00")
    stage.meeting_id = scene.meetings["regret"]
    await _answers(scene, "skolan", AnswerKind.ATTENDS, names=(e.NamedPerson("Specialpedagogen"),))
    await _answers(scene, "hemtjanst", AnswerKind.REGRETS)
    await stage.at("2026-11-23 08:00")
    stage.meeting_id = scene.meetings["questions"]
    await _answers(
        scene, "hemtjanst", AnswerKind.PROPOSES,
        proposed_start=at("2026-12-03 13:00"), proposed_end=at("2026-12-03 14:00"),
    )  # fmt: skip
    await _answers(scene, "bok", AnswerKind.CONTESTS, contest_reason=ContestReason.PURPOSE_UNCLEAR)
    await _call(scene, "called", "2026-12-15 09:00", ("hemtjanst", "skolan"), form=Form.VIDEO)
    await _call(scene, "draft", "2026-12-18 09:00", ("hemtjanst",), call=False)
    await _call(scene, "cancelled", "2026-12-10 09:00", ("skolan",))
    await stage.do(_cancel)
    async with stage.made.worker.db.transaction(TESTER) as conn:
        now = await stage.now()
        raw = b"From: hemtjanst@al.example\r\nSubject: Sv: kallelse\r\n\r\nVi ringer i morgon.\r\n"
        await inbox.keep(conn, stage.made.vault, raw, "hemtjanst@al.example", ["sip@sip.example"], "smtp", now)
        found = await unjudged(conn, stage.made.vault)
        await inbox.judge(conn, found[0].id, Judged("quarantine", "no_token"), now)
    await receive_post(scene)
    await _ask_times(scene)
    await stage.at("2026-11-23 08:12")
    await _begin(scene)
    await _audit(scene)
    await _try(scene)
    await _tell_others(scene)


async def _try(scene: Scene) -> None:
    """Another agreement has been tried on the year."""
    db, now = scene.stage.made.worker.db, await scene.stage.now()
    rules = replace(agreement().rules, gaps=(1, 1, 1, 1), no_answer_bound=20, still_none_bound=15)
    wanted = replace(agreement(), rules=rules)
    ada = Actor(ActorKind.USER, str(uuid5(UUID(int=9), "administrator")), "Ada Sköter", role=Role.ADMINISTRATOR)
    await replays.ask(scene.stage.made.db, TRIAL, wanted, 2026, None, actor=ada, now=now)
    crew = replays.ReplayCrew(db, processes=0)
    assert await crew.begin(now, timedelta(0))
    await crew.finish()


async def _tell_others(scene: Scene) -> None:
    """Another system, "endpoint", was told of a test, which came to nothing; one more has been switched off."""
    made, now = scene.stage.made, await scene.stage.now()
    ada = Actor(ActorKind.USER, str(uuid5(UUID(int=9), "administrator")), "Ada Sköter", role=Role.ADMINISTRATOR)
    for name, on in (("Journalsystemet", True), ("Statistiken", False)):
        endpoint = uuid5(UUID(int=9), name)
        wanted = EndpointWanted(name, f"https://{name.lower()}.example/sip", ("meeting.called", "meeting.moved"))
        await webhooks.make(made.db, endpoint, wanted, vault=made.vault, allowed=(), actor=ada, now=now)
        await webhooks.test(made.db, endpoint, endpoint, actor=ada, now=now)
        async with made.worker.db.transaction(TESTER) as conn:
            there = await endpoints.one(conn, endpoint)
            assert there is not None
            called = HookEvent(HookType.MEETING_CALLED, 2, meeting_id=scene.meetings["called"])
            await posted.post(conn, [calling_out.draft_of(there, called, now)], now)
        if not on:
            await webhooks.switch(made.db, endpoint, False, actor=ada, now=now)
    scene.meetings["endpoint"] = uuid5(UUID(int=9), "Journalsystemet")

    async def refuses(url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        return HookAnswer(503)

    await calling_out.call_out(made.worker.db, now, made.vault, refuses)


async def _audit(scene: Scene) -> None:
    """Three meetings have been read; the auditor's sample of October holds the readings, of which one is in order and
    one, "looked_into", is to be looked into. (No month of the scene is over: the sample is put there.)"""
    made, now = scene.stage.made, await scene.stage.now()
    siv = Actor(ActorKind.USER, str(uuid5(UUID(int=9), "coordinator")), "Siv Holm", role=Role.COORDINATOR,
                principal_id=key_id("principal", "region"))  # fmt: skip
    sara = Actor(ActorKind.USER, str(uuid5(UUID(int=9), "staff")), "Sara Svarar", unit("hemtjanst"), Role.UNIT_STAFF)
    agda = Actor(ActorKind.USER, str(uuid5(UUID(int=9), "auditor")), "Agda Granskar", role=Role.AUDITOR,
                 principal_id=key_id("principal", "region"))  # fmt: skip
    for who, name in ((siv, "regret"), (siv, "silent"), (sara, "regret"), (siv, "absent")):
        async with recorded(made.db, who, now) as (_, log):
            log.note("read", "meeting", scene.meetings[name])
    async with made.db.transaction(TESTER) as conn:
        sql = "select array_agg(id order by id) from access_log where subject_kind = 'meeting' and action = 'read'"
        numbers = await (await database.raw(conn)).fetchval(sql)
        await audit.add_sample(conn, str(agda.principal_id), date(2026, 10, 1), numbers[-4:])
    said = ((-4, ReviewWord.IN_ORDER, ""), (-3, ReviewWord.LOOK_INTO, "Ingen på mottagningen minns varför."))
    for at_end, word, reason in said:
        await auditing.say(made.db, numbers[at_end], word, reason, 0, actor=agda, now=now)
    scene.readings["looked_into"] = numbers[-3]


async def _begin(scene: Scene) -> None:
    """The convener has filled in a meeting, "sketch", which nobody is called to yet."""
    parties = [SketchParty(unit(key), Obligation.SUMMONED) for key in ("hemtjanst", "bok")]
    sketch = Sketch(
        unit("eken"), "Clara Kallar", "clara@region.example", "010-319 299",
        parties=(*parties, SketchParty(unit("skolan"), Obligation.INVITED, told=Channel.PHONE)),
        kind=MeetingKind.CHILD, purpose=Purpose.NEW_PLAN, purpose_text="Göra en gemensam plan.",
        questions=("Vad är viktigast?", "Vem gör vad?"), form=Form.PHYSICAL,
        place=Place(PlaceKind.ROOM, unit="Vårdcentralen Eken", room="Linden"), start=at("2026-12-30 16:30"),
        ground=Ground.CONSENT, consent_given="Muntligt vid besök", identity_said=True,
    )  # fmt: skip
    maker = Actor(ActorKind.USER, str(uuid5(UUID(int=9), "convener")), unit_id=unit("eken"), role=Role.CONVENER)
    scene.meetings["sketch"] = uuid5(UUID(int=11), "sketch")
    db, now = scene.stage.made.db, await scene.stage.now()
    await sketches.save(db, scene.meetings["sketch"], sketch, actor=maker, now=now)


async def _ask_times(scene: Scene) -> None:
    """A draft, "polled", whose two units are asked of three times; one of them has answered."""
    stage = scene.stage
    await _call(scene, "polled", "2026-12-16 09:00", ("bok", "chefslos"), call=False)
    times = [
        (at(day), at(day) + timedelta(hours=1)) for day in ("2026-11-26 09:00", "2026-12-16 09:00", "2026-12-17 13:00")
    ]
    asked = await polls.ask(stage.made.db, stage.id, times, date(2026, 11, 27), stage.by(await stage.now()))
    assert asked.refused is None, asked.refused
    await stage.work()
    said = [(1, PollChoice.NO), (2, PollChoice.YES), (3, PollChoice.IF_NEED_BE)]
    answered = await polls.answer(
        stage.made.db, stage.id, 2, 1, said, stage.by(await stage.now()), channel=Channel.PHONE
    )
    assert answered.refused is None, answered.refused


async def receive_post(scene: Scene) -> None:
    """A meeting, "claims", of which the post tells much: an address is refused, a mailbox is away, two answers are
    uncertain, one cannot be used, and somebody writes a mail."""
    stage = scene.stage
    stage.relay.refuses["skolan@al.example"] = "550 5.1.1 Mailbox not found"
    await _call(scene, "claims", "2026-12-08 10:00", ("hemtjanst", "skolan"))
    del stage.relay.refuses["skolan@al.example"]
    await write(scene, "skolan2@al.example", text="Vi är tillbaka den 1 december 2026.", automatic=True)
    await write(scene, "skolan2@al.example", partstat="NEEDS-ACTION")
    await write(scene, UNIT, text=WORDS)
    await write(scene, UNIT, sender=UNKNOWN, partstat="ACCEPTED")
    await write(scene, UNIT, sender=STRANGER, attendee=STRANGER, partstat="ACCEPTED")


async def write(
    scene: Scene, to: str, *, sender: str | None = None, attendee: str | None = None, partstat: str = "",
    text: str = "", automatic: bool = False, sequence: int = 0,
) -> None:  # fmt: skip
    """The newest call in this mailbox is answered: with PARTSTAT as a calendar does, or with words."""
    stage = scene.stage
    asked = [letter for letter in stage.mailbox(to) if letter.method == "REQUEST"][-1]
    who = sender or to
    raw = (
        reply_to(asked, partstat, attendee or to, await stage.now(), {})
        if partstat
        else _letter(text, automatic, await stage.now())
    )
    raw = re.sub(rb"(?m)^From: .*?\r\n", f"From: {who}\r\n".encode(), raw, count=1)
    raw = raw.replace(b"SEQUENCE:0", f"SEQUENCE:{sequence}".encode())
    await stage.receive(raw, str(asked.message["Reply-To"]).rpartition("<")[2].strip(">"), who)
    await stage.work()


def _letter(text: str, automatic: bool, now: datetime) -> bytes:
    header = f"Date: {format_datetime(now)}\r\n"
    header += "Auto-Submitted: auto-replied\r\n" if automatic else ""
    kind = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"From: x\r\nSubject: Sv: kallelse\r\n{header}{kind}\r\n{text}\r\n".encode()


async def _call(
    scene: Scene, name: str, start: str, units: tuple[str, ...], *, form: Form = Form.PHYSICAL, call: bool = True
) -> None:
    stage = scene.stage
    if call and form is Form.PHYSICAL:
        await stage.call(start, units)
        scene.meetings[name] = stage.id
        return
    now = await stage.now()
    place = Place(PlaceKind.VIDEO, video_url="https://video.region.example/sip")
    case = cases.CaseRecord(uuid5(UUID(int=11), name), cases.new_reference(), unit("eken"), now, consent=True)
    async with stage.made.db.transaction(TESTER) as conn:
        await cases.save(conn, case)
    draft = DraftForm(
        case=case.id, kind=MeetingKind.CHILD, purpose=Purpose.FOLLOW_UP, start=at(start),
        end=at(start) + timedelta(hours=1, minutes=30), form=form, place=place, convener_unit_id=unit("eken"),
        convener_person="Clara Kallar", convener_email="clara@region.example", convener_phone="010-319 299",
        purpose_text="Planen har gällt i ett halvår.", questions=("Vad fungerar?", "Vad behöver ändras?"),
        parties=tuple(e.PartyDraft(unit(u), Obligation.SUMMONED) for u in units),
    )  # fmt: skip
    done = await meetings.draft(stage.made.db, draft, stage.by(now))
    assert done.refused is None and done.state is not None, done.refused
    scene.meetings[name] = stage.meeting_id = done.state.id
    if call:
        called = await meetings.call(stage.made.db, done.state.id, stage.by(now))
        assert called.refused is None, called.refused
        await stage.work()


async def _answers(scene: Scene, key: str, kind: AnswerKind, **more: object) -> None:
    stage = scene.stage
    by = stage.by(await stage.now())
    party = await stage.party(key)
    event = e.Answered(party.ordinal, kind, answers.said(Channel.PHONE, 0, by), **more)  # type: ignore[arg-type]  # fields of the event
    done = await answers.answer(stage.made.db, stage.id, event, by)
    assert done.refused is None, done.refused
    await stage.work()


async def _cancel(db: Database, meeting_id: UUID, by: Command) -> Handled:
    return await meetings.cancel(db, meeting_id, e.CancelReason.NO_LONGER_NEEDED, by)
