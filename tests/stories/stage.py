"""The stage of the stories: the real service with a settable clock, a real relay before it and real mail to it.

A story says when things happen and what the mailboxes hold. Mails leave over SMTP to a relay of the test, answers come
over LMTP as calendar clients write them. A mail that no story line expects fails the story at its end.
"""

import asyncio
import email
import email.policy
import email.utils
import itertools
import smtplib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from functools import cached_property
from uuid import UUID, uuid5

from aiosmtpd.smtp import SMTP
from icalendar import Calendar, Event, vCalAddress
from sqlalchemy import text

from sip.app import Listening, Parts, parts, running
from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.deviation import DeviationReport
from sip.domain.meeting import Meeting, Party, Place, deviation_id
from sip.domain.people import Role
from sip.domain.standing import Standing, standing
from sip.domain.terms import Basis, Channel, Form, Mark, Obligation, Outcome, PlaceKind, Purpose
from sip.domain.worktime import STOCKHOLM
from sip.settings import load_settings
from sip.store import agreements, cases, clock
from sip.store.aggregates import deviations, meetings
from sip.usecases import attendance
from sip.usecases import meetings as convening
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.directory import csv_text, files
from sip.usecases.engine.surroundings import World
from sip.usecases.engine.work import Handled
from tests.kept import KeptDatabase
from tests.stories.county import agreement, unit
from tests.stories.county import directory_csv as county_csv
from tests.tester import TESTER

CONVENER = Actor(ActorKind.API_KEY, "story", "Clara Kallar", role=Role.ADMINISTRATOR)
DEFAULT_UNITS = ("hemtjanst",)


def at(said: str) -> datetime:
    """A moment in Sweden, "2026-11-02 10:00"."""
    return datetime.fromisoformat(said).replace(tzinfo=STOCKHOLM).astimezone(UTC)


@dataclass(frozen=True)
class Letter:
    """A mail as its mailbox holds it, with when it arrived by the story's clock."""

    to: str
    arrived: datetime
    raw: bytes
    mail_from: str = ""

    @cached_property
    def message(self) -> Message:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @cached_property
    def calendar(self) -> Calendar | None:
        for part in self.message.walk():
            if part.get_content_type() == "text/calendar":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                found = Calendar.from_ical(payload)
                assert isinstance(found, Calendar)
                return found
        return None

    @property
    def method(self) -> str | None:
        return None if self.calendar is None else str(self.calendar["METHOD"])

    @property
    def uid(self) -> str:
        assert self.calendar is not None
        return str(self.calendar.events[0]["UID"])

    @property
    def sequence(self) -> int:
        assert self.calendar is not None
        return int(self.calendar.events[0].get("SEQUENCE", -1))

    @property
    def reply_to(self) -> str:
        """The bare address that an answer goes to."""
        return str(self.message["Reply-To"]).rpartition("<")[2].strip(">")

    @property
    def when(self) -> str:
        return self.arrived.astimezone(STOCKHOLM).strftime("%a %d %b %H:%M")

    @property
    def body(self) -> str:
        for part in self.message.walk():
            if part.get_content_type() == "text/plain":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                return payload.decode()
        return ""


@dataclass
class Relay:
    """A real SMTP server that keeps every mail; `refuses` maps addresses to what it answers instead."""

    stage: "Stage | None" = None
    refuses: dict[str, str] = field(default_factory=dict)
    away: bool = False
    drops_after_data: bool = False
    letters: list[Letter] = field(default_factory=list)
    moment: datetime | None = None

    async def handle_RCPT(
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        if self.away:
            return "451 4.3.0 try later"
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]  # aiosmtpd's Envelope
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        assert self.moment is not None
        for address in envelope.rcpt_tos:  # type: ignore[attr-defined]  # aiosmtpd's Envelope
            self.letters.append(Letter(address, self.moment, envelope.content, envelope.mail_from))  # type: ignore[attr-defined]  # aiosmtpd too
        if self.drops_after_data:
            server.transport.abort()  # type: ignore[attr-defined]  # aiosmtpd's SMTP
        return "250 OK"


@dataclass
class Stage:
    """What a story plays with."""

    made: Parts
    place: Listening
    relay: Relay
    meeting_id: UUID | None = None
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    seen: set[int] = field(default_factory=set)

    # -- time

    async def now(self) -> datetime:
        return await self.made.clock.now()

    async def at(self, said: str) -> None:
        """Everything due on the way happens at its moment, then it is this time."""
        await self.until(at(said))

    async def until(self, moment: datetime) -> None:
        await self.work()
        for _ in range(400):
            due = await self._next_due()
            if due is None or due > moment:
                break
            await self._set(max(due, await self.now()))
            await self.work()
        else:
            raise AssertionError("the story never comes to rest")
        if moment > await self.now():
            await self._set(moment)
        await self.work()

    async def jump(self, said: str) -> None:
        """An outage: it is this time at once, and only then the service works again."""
        await self._set(at(said))
        await self.work()

    async def _set(self, moment: datetime) -> None:
        async with self.made.db.transaction(TESTER) as conn:
            await clock.set_clock(conn, moment, 0)
        self.relay.moment = moment

    async def _next_due(self) -> datetime | None:
        query = (
            "select min(t) from (select min(due_at) t from meeting union all select min(due_at) from deviation "
            "union all select min(due_at) from agenda_item union all select min(due_at) from standing_group "
            "union all select min(due_at) from group_sitting "
            "union all select min(not_before) from outbox where state = 'pending' and not_before > :now) x "
            "where t is not null"
        )
        now = await self.now()
        async with self.made.db.transaction(TESTER) as conn:
            found: datetime | None = (await conn.execute(text(query), {"now": now})).scalar_one()
        return found

    async def work(self) -> None:
        """The worker, until it finds nothing to do."""
        for _ in range(50):
            done = await self.made.worker.run_once(await self.now())
            assert not done.errors, done.errors
            if done.idle:
                return
        raise AssertionError("the worker never comes to rest")

    async def machine_time_passes(self) -> None:
        """Leases and waits of the delivery are over; the story's clock stands still."""
        async with self.made.worker.db.transaction(TESTER) as conn:
            await conn.execute(text("update mail set retry_at = clock_timestamp() where retry_at is not null"))
        await self.work()

    # -- what the convener does

    def by(self, now: datetime, seen: int | None = None) -> Command:
        return Command(CONVENER, now, World(), f"story-{next(self.numbers)}", seen)

    async def call(
        self,
        start: str,
        units: Iterable[str] = DEFAULT_UNITS,
        *,
        kind: MeetingKind = MeetingKind.ADULT,
        told: bool = True,
        convener: str = "eken",
        case_id: UUID | None = None,
    ) -> None:
        """A case with consent, or this one, a meeting at `start` for an hour, the units summoned and told whom it
        concerns."""
        now = await self.now()
        if case_id is None:
            case_id = _id("case", next(self.numbers))
            case = cases.CaseRecord(case_id, cases.new_reference(), unit(convener), now, consent=True)
            async with self.made.db.transaction(TESTER) as conn:
                await cases.save(conn, case)
        form = convening.DraftForm(
            case=case_id,
            kind=kind,
            purpose=Purpose.NEW_PLAN,
            start=at(start),
            end=at(start) + timedelta(hours=1),
            form=Form.PHYSICAL,
            place=Place(PlaceKind.ROOM, "Vårdcentralen Eken", "Rum 2"),
            convener_unit_id=unit(convener),
            convener_person="Clara Kallar",
            convener_email="clara@region.example",
            convener_phone="010-319 299",
            purpose_text="Gemensam planering",
            questions=("Vem gör vad?",),
            parties=tuple(e.PartyDraft(unit(u), Obligation.SUMMONED, Basis.SOL_HSL) for u in units),
            chair_name="Clara Kallar",
            chair_email="clara@region.example",
        )
        drafted = accepted(await convening.draft(self.made.db, form, self.by(now)))
        assert isinstance(drafted.state, Meeting)
        self.meeting_id = drafted.state.id
        accepted(await convening.call(self.made.db, drafted.state.id, self.by(now)))
        if told:
            for party in (await self.meeting()).parties:
                await convening.convey_identity(
                    self.made.db, drafted.state.id, party.ordinal, Channel.PHONE, self.by(now)
                )
        await self.work()

    @property
    def id(self) -> UUID:
        assert self.meeting_id is not None
        return self.meeting_id

    async def do(self, act: object, *args: object, **more: object) -> Handled:
        """A use case of the convener on this meeting, and what follows of it."""
        done = await act(self.made.db, self.id, *args, self.by(await self.now()), **more)  # type: ignore[operator]  # a use case
        await self.work()
        assert isinstance(done, Handled)
        return done

    async def close(self, outcome: Outcome = Outcome.HELD, *, reason: str | None = None, **marks: Mark) -> None:
        """The chair records the outcome; `hemtjanst=Mark.ABSENT`, all others attended."""
        the = await self.meeting()
        wanted = {unit(key): mark for key, mark in marks.items()}
        rows = {p.ordinal: wanted.get(p.unit_id, Mark.ATTENDED) for p in the.parties if p.active}
        accepted(await self.do(_record(outcome, rows, reason)))

    # -- what is so

    async def meeting(self) -> Meeting:
        async with self.made.db.transaction(TESTER) as conn:
            found = (await meetings.load_many(conn, [self.id]))[self.id]
        return found.state

    async def party(self, key: str) -> Party:
        return next(p for p in reversed((await self.meeting()).parties) if p.unit_id == unit(key))

    async def stands(self, key: str) -> Standing:
        return standing(await self.party(key))

    async def report(self, key: str) -> DeviationReport | None:
        """The report about this party; of the convener's side, whichever called unit wrote it."""
        about, units = (await self.party(key)).ordinal, [p.unit_id for p in (await self.meeting()).parties]
        wanted = [deviation_id(self.id, about), *(deviation_id(self.id, about, by) for by in units)]
        async with self.made.db.transaction(TESTER) as conn:
            found = await deviations.load_many(conn, wanted)
        return next((found[one].state for one in wanted if one in found), None)

    def mailbox(self, address: str) -> list[Letter]:
        """Every mail this mailbox holds, in order."""
        return [letter for letter in self.relay.letters if letter.to == address]

    def arrivals(self, address: str) -> list[tuple[str, str | None]]:
        """When each came, and its iTIP method where it is a calendar mail."""
        return [(letter.when, letter.method) for letter in self.mailbox(address)]

    def nothing_for(self, *addresses: str) -> None:
        for address in addresses:
            assert self.mailbox(address) == [], [letter.subject for letter in self.mailbox(address)]

    # -- what calendar clients do

    async def replies(
        self, address: str, partstat: str, *, request: Letter | None = None, as_email: str | None = None,
        headers: dict[str, str] | None = None, delegate: str | None = None,
    ) -> bytes:  # fmt: skip
        """The mailbox's newest REQUEST is answered by mail, as a calendar client writes it."""
        asked = request or [letter for letter in self.mailbox(address) if letter.method == "REQUEST"][-1]
        raw = reply_to(asked, partstat, as_email or address, await self.now(), headers or {}, delegate)
        await self.receive(raw, asked.reply_to, as_email or address)
        await self.work()
        return raw

    async def receive(self, raw: bytes, to: str, sender: str = "") -> None:
        """Over LMTP to the service's receiver."""
        where = self.place.listening["lmtp"]

        def hand_over() -> None:
            with smtplib.LMTP(where.host, where.port) as client:
                client.sendmail(sender, [to], raw)

        await asyncio.to_thread(hand_over)

    async def outcomes(self) -> list[tuple[str, str | None]]:
        """Every received mail's outcome and reason, in order."""
        async with self.made.db.transaction(TESTER) as conn:
            rows = await conn.execute(text("select outcome, reason from inbound order by id"))
            return [(row[0], row[1]) for row in rows]


def accepted(done: Handled) -> Handled:
    assert done.refused is None, done.refused
    return done


def _record(outcome: Outcome, marks: dict[int, Mark], reason: str | None) -> object:
    async def act(db: object, meeting_id: UUID, by: Command) -> Handled:
        return await attendance.record(db, meeting_id, outcome, marks, by, reason=reason)  # type: ignore[arg-type]  # it is a Database

    return act


def reply_to(
    asked: Letter, partstat: str, address: str, now: datetime, headers: dict[str, str], delegate: str | None = None
) -> bytes:
    """An iMIP REPLY (RFC 6047) to this REQUEST."""
    calendar = asked.calendar
    assert calendar is not None
    invited = calendar.events[0]
    reply = Calendar()
    reply.add("PRODID", "-//Example//Client//EN")
    reply.add("VERSION", "2.0")
    reply.add("METHOD", "REPLY")
    event = Event()
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "ORGANIZER"):
        event[name] = invited[name]
    event.add("DTSTAMP", now)
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["PARTSTAT"] = partstat
    if delegate:
        attendee.params["DELEGATED-TO"] = f"mailto:{delegate}"
    event.add("ATTENDEE", attendee, encode=False)
    reply.add_component(event)
    message = EmailMessage()
    message["From"] = address
    message["To"] = str(asked.message["Reply-To"])
    message["Subject"] = f"Svar: {asked.subject}"
    message["Date"] = email.utils.format_datetime(now)
    message["Message-ID"] = email.utils.make_msgid(domain="client.example")
    for name, value in headers.items():
        message[name] = value
    message.set_content("")
    message.add_alternative(reply.to_ical().decode(), subtype="calendar", params={"method": "REPLY"})
    return message.as_bytes(policy=email.policy.SMTP)


def bounce_of(letter: Letter, bounce_to: str) -> bytes:
    """A plain delivery status notification (RFC 3464) for this mail."""
    return (
        f"From: MAILER-DAEMON@relay.example\r\nTo: {bounce_to}\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.message['Message-ID']}\r\n\r\n--b--\r\n"
    ).encode()


def _id(what: str, number: int) -> UUID:
    return uuid5(UUID(int=7), f"{what}/{number}")


@asynccontextmanager
async def on_stage(
    database_url: str,
    begins: str,
    *,
    relay_port: int = 0,
    settings: Mapping[str, str] | None = None,
    pages: bool = False,
) -> AsyncIterator[Stage]:
    """The service at work over real SMTP and LMTP, with the county imported, at this time; over HTTP with `pages`,
    which take half a second.

    `settings` override those of a stage; mails need not go straight to the relay, which listens at `relay_port`.
    """
    relay = Relay()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(relay, loop=loop, hostname="relay.example"), "127.0.0.1", relay_port)
    port = server.sockets[0].getsockname()[1]
    loaded = load_settings(
        {
            "SIP_ENVIRONMENT": "test",
            "SIP_DATABASE_URL": database_url.replace("postgresql+asyncpg", "postgresql"),
            "SIP_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "SIP_LMTP_LISTEN": "127.0.0.1:0",
            "SIP_HTTP_LISTEN": "127.0.0.1:0",
            "SIP_BASE_URL": "http://sip.example",
            **(settings or {}),
        }
    )
    try:
        # As where it runs for real: pages and API as one role of the database, what goes on by itself as another.
        app, engine = (database_url.replace("sip_service@", f"{role}@") for role in ("sip_app", "sip_engine"))
        async with parts(loaded, app, engine, connect=KeptDatabase) as made:
            async with made.db.transaction(TESTER) as conn:
                await clock.set_clock(conn, at(begins), 0)
            relay.moment = at(begins)
            imported = csv_text.parse(county_csv())
            await files.import_file(made.db, imported, actor=CONVENER, now=at(begins))
            async with made.db.transaction(TESTER) as conn:
                await agreements.keep(conn, [agreement()])
            async with running(made, asyncio.Event(), worker=False, web=pages) as place:
                yield Stage(made, place, relay)
    finally:
        server.close()
