"""Answers that come in: parsed beside icalendar's bare parser, kept over LMTP, and applied end to end.

Each answer is to an invitation of its own, of a meeting of its own, as Exchange writes them. Applied is all of it: the
receiver commits each mail before it says 250, and what waits is judged with the state it changes, many at a time. The
outcomes are counted after every run. Parsing is what one core does alone, so its seconds are those of the processor.
"""

import asyncio
import base64
import gc
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter, process_time
from typing import Any

from icalendar import Calendar

from benchmarks import county, due_meetings
from benchmarks.figures import Series
from benchmarks.machine import machine, versions
from benchmarks.processor import Processor, spent
from benchmarks.server import Place, connect, place_of, server
from benchmarks.timers import Watcher
from sip.addresses import Listen
from sip.edges.mail.addresses import Home
from sip.edges.mail.received.imip import parse
from sip.edges.mail.ways.receive import Receiver
from sip.store.db import Database
from sip.store.vault import Vault
from sip.usecases.received import pending
from sip.usecases.received.door import MailDoor
from sip.usecases.received.inbound import Envelope

TITLES = {
    "sip": "received and applied",
    "kept": "received and kept",
    "parsed": "parsed",
    "library": "icalendar's from_ical",
}
N = 2_000
_CONNECTIONS = 4
_HOME = Home("sip.example")
_AT = county.CALLED_AT + timedelta(days=1)
_ALONE = ("parsed", "library")
_UNIT = "hemtjanst@al.example"


@dataclass(frozen=True, slots=True)
class Answer:
    """One mail to one reply address, and its calendar object."""

    to: str
    raw: bytes
    calendar: bytes


@dataclass(frozen=True, slots=True)
class Stage:
    place: Place
    db: Database
    vault: Vault
    answers: Sequence[Answer]


Step = Callable[[Stage], Awaitable[float]]


def answer(invitation: str, token: str, start: datetime) -> Answer:
    """Exchange's shape: an empty text part, then the calendar in base64 with a zone by its Windows name."""
    local = f"{start + timedelta(hours=1):%Y%m%dT%H%M%S}"
    lines = [
        "BEGIN:VCALENDAR", "METHOD:REPLY", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0",
        "BEGIN:VTIMEZONE", "TZID:W. Europe Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", "END:STANDARD",
        "BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE", "BEGIN:VEVENT",
        f"ATTENDEE;PARTSTAT=ACCEPTED;CN=Hemtjänsten Al:mailto:{_UNIT}", f"UID:{invitation}@sip.example",
        "SUMMARY;LANGUAGE=sv-SE:Accepterat: SIP-möte", f"DTSTART;TZID=W. Europe Standard Time:{local}",
        f"DTSTAMP:{_AT:%Y%m%dT%H%M%SZ}", "SEQUENCE:0", "STATUS:CONFIRMED", "TRANSP:OPAQUE", "CLASS:PUBLIC",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    calendar = "\r\n".join(lines).encode()
    to = _HOME.reply(token)
    head = (
        f"From: =?iso-8859-1?Q?Hemtj=E4nsten_Al?= <{_UNIT}>\r\nTo: SIP-samordning <{to}>\r\n"
        "Subject: Accepterat: SIP\r\n"
        f"Date: Tue, 3 Nov 2026 09:00:00 +0000\r\nMessage-ID: <{invitation}@al.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative; boundary="_000_EX_"\r\n\r\n--_000_EX_\r\n'
        'Content-Type: text/plain; charset="iso-8859-1"\r\n\r\n\r\n--_000_EX_\r\n'
        'Content-Type: text/calendar; charset="utf-8"; method=REPLY\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    body = base64.encodebytes(calendar).replace(b"\n", b"\r\n")
    return Answer(to, head.encode() + body + b"\r\n--_000_EX_--\r\n", calendar)


async def _parsed(stage: Stage) -> float:
    began = process_time()
    for one in stage.answers:
        parse(one.raw)
    return process_time() - began


async def _by_library(stage: Stage) -> float:
    began = process_time()
    for one in stage.answers:
        Calendar.from_ical(one.calendar)
    return process_time() - began


async def _kept(stage: Stage) -> float:
    async with _postman(stage) as (go, done):
        began = perf_counter()
        go()
        await done()
        return perf_counter() - began


async def _applied(stage: Stage) -> float:
    """The worker judges while more are coming, as it does in life; until the last is applied."""
    async with _postman(stage) as (go, done):
        began = perf_counter()
        go()
        handed = asyncio.create_task(done())
        judged = 0
        while judged < len(stage.answers):
            some = await pending.judge_pending(stage.db, stage.vault, parse, now=_AT, world=county.WORLD)
            judged += some
            if not some:
                if handed.done():
                    await handed
                await asyncio.sleep(0.001)
        await handed
        return perf_counter() - began


STEPS: dict[str, tuple[Step, str]] = {
    "sip": (_applied, f"LMTP on {_CONNECTIONS} connections, commits of many, receiver and worker in one process"),
    "kept": (_kept, f"LMTP on {_CONNECTIONS} connections, kept together"),
    "parsed": (_parsed, "the whole mail, one core"),
    "library": (_by_library, "the calendar object alone, one core"),
}


@asynccontextmanager
async def _postman(stage: Stage) -> AsyncIterator[tuple[Callable[[], None], Callable[[], Coroutine[Any, Any, None]]]]:
    """The receiver, and a mail server in a process of its own that is connected and waits for the word."""

    door = MailDoor(stage.db, stage.vault)

    async def store(raw: bytes, envelope: Envelope, source: str) -> None:
        await door.take(raw, envelope, source, _AT)

    receiver = Receiver(Listen("127.0.0.1", 0), "lmtp", _HOME, store)
    where = await receiver.start()
    words = ("-P", "-m", "benchmarks.postman", where.host, str(where.port), str(_CONNECTIONS))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=pipe, stdout=pipe, env=_environment())
    assert process.stdin is not None and process.stdout is not None
    send, receive = process.stdin, process.stdout
    try:
        for one in stage.answers:
            send.write(json.dumps([one.to, base64.b64encode(one.raw).decode()]).encode() + b"\n")
            await send.drain()
        send.write(b"\n")
        if await receive.readline() != b"ready\n":
            raise RuntimeError("The mail server of the benchmark could not connect: no figure.")

        async def done() -> None:
            if await process.wait():
                raise RuntimeError("The receiver did not take every mail: no figure.")

        yield lambda: send.write(b"go\n"), done
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await receiver.close()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def measure(n: int, runs: int, watcher: Watcher) -> dict[str, Any]:
    """Runs every step `runs` times in turns, each on fresh meetings; what was applied is counted in the database."""
    before = machine()
    series = {name: Series(name, n, settings) for name, (_, settings) in STEPS.items()}
    with server() as handle:
        place = place_of(handle)
        asyncio.run(_prepare(place, n))
        for run in range(1, runs + 1):
            for name, (step, _) in STEPS.items():
                watcher.begins(TITLES[name], n, run)
                seconds, processor = asyncio.run(_run(place, n, name, step))
                series[name].seconds.append(seconds)
                if processor is not None:
                    series[name].processor.append(processor)
                watcher.ended()
    return {
        "benchmark": "inbound",
        "n": n,
        "runs": runs,
        "ratios": {
            "vs_kept": round(series["sip"].rate / series["kept"].rate, 3),
            "vs_from_ical": round(series["parsed"].rate / series["library"].rate, 3),
        },
        "steps": {name: one.as_json() for name, one in series.items()},
        "machine": before,
        "versions": versions(mail=True),
    }


async def _prepare(place: Place, most: int) -> None:
    db = Database(place.url())
    owner = await connect(place, "sip_owner")
    try:
        await county.build(db)
        await county.call(db, county.MEETING)
        await due_meetings.keep(owner, most)
    finally:
        await owner.close()
        await db.close()


async def _run(place: Place, n: int, name: str, step: Step) -> tuple[float, Processor | None]:
    owner, admin = await connect(place, "sip_owner"), await connect(place, "sip_admin")
    db = Database(place.url())
    try:
        await owner.execute("truncate inbound cascade")
        await due_meetings.put_back(owner, admin, n)
        rows = await owner.fetch(
            "select i.id, i.reply_token, m.starts_at from invitation i join meeting m on m.id = i.meeting_id"
            " where i.email = $1 order by i.id",
            _UNIT,
        )
        answers = [answer(str(row[0]), row[1], row[2]) for row in rows]
        stage = Stage(place, db, Vault("a key for the benchmark, long enough"), answers)
        gc.collect()
        server_before, before = spent(place), process_time()
        seconds = await step(stage)
        program, server_after = process_time() - before, spent(place)
        known = server_before is not None and server_after is not None
        processor = Processor(program, server_after - server_before) if known else None  # type: ignore[operator]  # both known
        if name not in _ALONE:
            wanted = ("applied", n) if name == "sip" else (None, n)
            found = [tuple(row) for row in await owner.fetch("select outcome, count(*) from inbound group by 1")]
            if found != [wanted]:
                raise RuntimeError(f"{TITLES[name]}: {found} instead of {wanted}: no figure.")
        return seconds, processor
    finally:
        await db.close()
        await owner.close()
        await admin.close()
