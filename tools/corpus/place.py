"""The service to try messages on: a throw-away database, a county of two units, a meeting called for each message.

Everything is the real thing: the call leaves over SMTP to a relay here, messages come in over LMTP, and the worker
judges them. The clock stands still.
"""

import asyncio
import shutil
import smtplib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from uuid import UUID, uuid5

from aiosmtpd.smtp import SMTP, Envelope, Session
from tools.corpus.rewrite import Live, Rewritten, Times

from sip.app import Listening, Parts, parts, running
from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.meeting import Meeting, Place
from sip.domain.people import Role
from sip.domain.standing import Standing, standing
from sip.domain.terms import Basis, Channel, Form, Obligation, PlaceKind, Purpose
from sip.edges.mail.addresses import token_in
from sip.embedded.server import start_or_join
from sip.settings import load_settings
from sip.store import cases, clock, migrate
from sip.store.aggregates import meetings
from sip.store.post.tokens import invitations_of
from sip.store.seen import lists
from sip.store.seen.lists import InboundRow
from sip.store.seen.scope import EVERYTHING
from sip.usecases import meetings as convening
from sip.usecases.actor import ENGINE, Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.directory import csv_text, files
from sip.usecases.directory.keys import key_id
from sip.usecases.engine.surroundings import World
from sip.usecases.engine.work import Handled

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
START = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
INVITED = "hemtjanst@ekby.example"
ACTOR = Actor(ActorKind.API_KEY, "corpus", "Clara Kallar", role=Role.ADMINISTRATOR)
DATABASE = "sip_corpus"
DIRECTORY = f"""\
kind;key;parent;name;type;hsa_id;email;phone;function;language;role;person;order;from;to;flags;mail_domains;successor
principal;region;;Region Exempel;region;;;;;;;;;;;;;
principal;ekby;;Ekby kommun;municipality;;;;;;;;;;;;;
organisation;namnd;region;Hälsonämnden;board;;;;;;;;;;;;region.example;
organisation;omsorg;ekby;Omsorgsnämnden Ekby;board;;;;;;;;;;;;ekby.example;
unit;eken;namnd;Vårdcentralen Eken;;;;010-319 200;;sv;;;;;;;;
unit;hemtjanst;omsorg;Hemtjänsten Ekby;;;;010-319 201;;sv;;;;;;;;
address;;eken;;;;eken@region.example;;;;;;1;;;;;
address;;hemtjanst;;;;{INVITED};;;;;;1;;;;;
"""


@dataclass
class _Relay:
    """Takes every mail and remembers its envelope and bytes."""

    taken: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken += [(envelope.mail_from or "", to, envelope.content) for to in envelope.rcpt_tos]
        return "250 OK"


@dataclass(frozen=True)
class Called:
    """A meeting that waits for its message, by the invitation that left."""

    meeting: UUID
    live: Live


@dataclass(frozen=True)
class Came:
    """What came of a message: its row, where it got as far, or the words of the receiver that refused it."""

    row: InboundRow | None
    refused: str | None
    stands: Standing


@dataclass
class Trial:
    """The service at work."""

    made: Parts
    place: Listening
    relay: _Relay

    async def call(self, number: int) -> UUID:
        """A case, and a meeting that summons the one unit."""
        by = Command(ACTOR, NOW, World(), f"corpus-{number}")
        case = cases.CaseRecord(
            uuid5(UUID(int=11), str(number)), cases.new_reference(), key_id("unit", "eken"), NOW, consent=True
        )
        async with self.made.db.transaction(ENGINE) as conn:
            await cases.save(conn, case)
        form = convening.DraftForm(
            case=case.id, kind=MeetingKind.ADULT, purpose=Purpose.NEW_PLAN, start=START,
            end=START + timedelta(hours=1), form=Form.PHYSICAL, place=Place(PlaceKind.ROOM, "Eken", "Rum 2"),
            convener_unit_id=key_id("unit", "eken"), convener_person="Clara Kallar",
            convener_email="clara@region.example", convener_phone="010-319 299", purpose_text="Gemensam planering",
            questions=("Vem gör vad?",), chair_name="Clara Kallar", chair_email="clara@region.example",
            parties=(e.PartyDraft(key_id("unit", "hemtjanst"), Obligation.SUMMONED, Basis.SOL_HSL),),
        )  # fmt: skip
        drafted = _accepted(await convening.draft(self.made.db, form, by)).state
        assert isinstance(drafted, Meeting)
        for party in drafted.parties:
            told = Command(ACTOR, NOW, World(), f"corpus-{number}-{party.ordinal}")
            await convening.convey_identity(self.made.db, drafted.id, party.ordinal, Channel.PHONE, told)
        _accepted(await convening.call(self.made.db, drafted.id, Command(ACTOR, NOW, World(), f"corpus-{number}-call")))
        return drafted.id

    async def called(self, many: int, *, times: bool = False) -> list[Called]:
        """So many meetings, their invitations sent; with `times` an answer is moved to them."""
        moved = Times(START, START + timedelta(hours=1), 0, NOW + timedelta(minutes=5)) if times else None
        ids = [await self.call(number) for number in range(many)]
        await self._work()
        envelopes = {}
        for mail_from, to, raw in self.relay.taken:
            message = message_from_bytes(raw)
            token = token_in(str(message["Reply-To"]).rpartition("<")[2])
            if to == INVITED and token is not None:
                envelopes[token] = mail_from, raw
        found = []
        async with self.made.db.transaction(ENGINE) as conn:
            for one in ids:
                ref = next(r for r in await invitations_of(conn, one) if r.email == INVITED)
                home = self.made.home
                uid = f"{ref.id}@{home.domain}"
                bounce, raw = envelopes[ref.reply_token]
                assert uid.encode() in _calendar(raw)
                found.append(Called(one, Live(uid, home.reply(ref.reply_token), bounce, INVITED, moved)))
        return found

    async def _work(self) -> None:
        while True:
            done = await self.made.worker.run_once(NOW)
            if done.errors:
                raise RuntimeError("; ".join(done.errors))
            if done.idle:
                return

    async def put(self, called: Called, mail: Rewritten) -> Came:
        """The message over LMTP, judged."""
        known = {row.id for row in await self._rows()}
        refused = await asyncio.to_thread(_hand_over, self.place, mail)
        await self._work()
        row = next((row for row in await self._rows() if row.id not in known), None)
        async with self.made.db.transaction(ENGINE) as conn:
            state = (await meetings.load_many(conn, [called.meeting]))[called.meeting].state
        party = next(p for p in state.parties if p.obligation is Obligation.SUMMONED)
        return Came(row, refused, standing(party))

    async def _rows(self) -> list[InboundRow]:
        async with self.made.db.transaction(ENGINE) as conn:
            return await lists.inbound(conn, EVERYTHING, None, False, None, 100_000)


def _accepted(done: Handled) -> Handled:
    if done.refused is not None:
        raise RuntimeError(f"The meeting could not be called: {done.refused}")
    return done


def _calendar(raw: bytes) -> bytes:
    for part in message_from_bytes(raw).walk():
        data = part.get_payload(decode=True)
        if part.get_content_type() == "text/calendar" and isinstance(data, bytes):
            return data.replace(b"\r\n ", b"")
    return b""


def _hand_over(place: Listening, mail: Rewritten) -> str | None:
    """None when it was taken; else what the receiver said."""
    where = place.listening["lmtp"]
    # As a mail server hands it over: with CR LF.
    lines = mail.raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    try:
        with smtplib.LMTP(where.host, where.port) as client:
            client.sendmail(mail.mail_from, [mail.rcpt_to], lines)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        return str(error)
    return None


@contextmanager
def database() -> Iterator[str]:
    """A migrated database of a server that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sip-corpus-"))
    folder.chmod(0o711)  # root runs the server as another user, who must get through
    try:
        server = start_or_join(folder / "data", throw_away=True)
        try:
            server.ensure_database(DATABASE)
            migrate.upgrade(server.owner_url(DATABASE))
            yield server.url(DATABASE)
        finally:
            server.destroy()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def trial(url: str) -> AsyncIterator[Trial]:
    """The service with its county, a relay before it, and its LMTP receiver open."""
    relay = _Relay()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(relay, loop=loop, hostname="relay.example"), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = load_settings(
        {
            "SIP_ENVIRONMENT": "test",
            "SIP_DATABASE_URL": url.replace("postgresql+asyncpg", "postgresql"),
            "SIP_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "SIP_LMTP_LISTEN": "127.0.0.1:0",
            "SIP_BASE_URL": "http://sip.example",
        }
    )
    try:
        async with parts(settings, url) as made:
            async with made.db.transaction(ENGINE) as conn:
                await clock.set_clock(conn, NOW, 0)
            county = csv_text.parse(DIRECTORY.encode())
            await files.import_file(made.db, county, actor=ACTOR, now=NOW)
            async with running(made, asyncio.Event(), web=False, worker=False) as place:
                yield Trial(made, place, relay)
    finally:
        server.close()
