"""Invitations composed, and handed to a local relay, beside aiosmtplib sending stored bytes over one kept connection.

Composing is what one core does alone, so its seconds are those of the processor. Each meeting has six recipients, as
meetings have: what they share is built with the libraries once for each meeting and is part of the time. Handing over
composes too, as delivery does: some mails are on their way while the next is composed. Stored bytes are the same mails,
composed before.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

import aiosmtplib

from benchmarks.figures import Series
from benchmarks.machine import machine, versions
from benchmarks.sink import Sink, sink, taken
from benchmarks.timers import Watcher
from sip.addresses import Relay
from sip.domain.effects import Link, Mail, MailKind, MeetingFacts, Method
from sip.domain.meeting import Place
from sip.domain.people import Address, Language
from sip.domain.terms import Form, PlaceKind, Purpose
from sip.edges.mail.addresses import Home
from sip.edges.mail.compose import compose
from sip.edges.mail.envelope import Composed, OutgoingEnvelope
from sip.edges.mail.prepared import Composer
from sip.edges.mail.ways.smtp import Sender, SentResult

TITLES = {
    "sip": "composed",
    "alone": "composed, one of each meeting",
    "library": "composed by libraries",
    "handed": "composed, handed over",
    "stored": "stored, handed over",
}
AIM = 4000.0  # composed a second on one core
RECIPIENTS = 6
_LIBRARY_MOST = 300
_CONNECTIONS = 4
_AT_ONCE = 8
_HOME = Home("sip.region.example")
_CALLED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"

Pair = tuple[Mail, OutgoingEnvelope]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing measured: gives the seconds for these mails."""

    name: str
    title: str
    settings: str
    run: Callable[[Sequence[Pair], Sink], Awaitable[float]]


def invitations(n: int) -> list[Pair]:
    """`n` invitations with their tokens and links, six to a meeting, every tenth meeting in English."""
    return [pair for number in range((n + RECIPIENTS - 1) // RECIPIENTS) for pair in _meeting(number)][:n]


def _meeting(number: int) -> Iterator[Pair]:
    meeting = UUID(int=0x5E_0000 + number)
    start = _CALLED + timedelta(days=28 + number % 5, minutes=15 * (number % 24))
    facts = MeetingFacts(
        meeting, f"7F3K-{number % 1000:03}", start, start + timedelta(hours=1), Form.HYBRID,
        Place(PlaceKind.ROOM, "Ekby vårdcentral", "Linden", "https://video.region.example/m/4711"),
        Purpose.NEW_PLAN, "Vuxenenheten Ekby", "Anna Ek", "010-123 45 67", "anna.ek@ekby.example", 0, 1,
    )  # fmt: skip
    language = Language.EN if number % 10 == 9 else Language.SV
    for ordinal in range(1, RECIPIENTS + 1):
        unit = f"Hemtjänsten {ordinal} i Ekby"
        key = f"{meeting}/i{ordinal}/1.0.1/call"
        mail = Mail(
            key, MailKind.CALL, Address(f"enhet{ordinal}.{number}@ekby.example", unit, language), facts, _CALLED,
            Method.REQUEST, ordinal, party=ordinal, round=1, link=Link.ANSWER, unit=unit, identity_channel="phone",
        )  # fmt: skip
        reply, bounce, link = (_token(f"{what}/{key}") for what in ("reply", "bounce", "link"))
        yield mail, OutgoingEnvelope(bounce, reply, (f"https://sip.region.example/svar/{link}",))


def _token(what: str) -> str:
    return "".join(_LETTERS[byte % 32] for byte in sha256(what.encode()).digest()[:26])


async def _composed(pairs: Sequence[Pair], _: Sink) -> float:
    composer = Composer(_HOME)
    began = process_time()
    for mail, envelope in pairs:
        composer.compose([mail], envelope)
    return process_time() - began


async def _alone(pairs: Sequence[Pair], _: Sink) -> float:
    """Each mail is its meeting's first: nothing was prepared for it but what its kind has in all meetings."""
    composer = Composer(_HOME, most=1)
    seconds = 0.0
    for mail, envelope in (pair for at in range(RECIPIENTS) for pair in pairs[at::RECIPIENTS]):
        began = process_time()
        composer.compose([mail], envelope)
        seconds += process_time() - began
    return seconds


async def _by_library(pairs: Sequence[Pair], _: Sink) -> float:
    began = process_time()
    for mail, envelope in pairs:
        compose([mail], envelope, _HOME)
    return process_time() - began


async def _handed(pairs: Sequence[Pair], where: Sink) -> float:
    composer = Composer(_HOME)
    sender = Sender(Relay("127.0.0.1", where.port, None, None, "off"), connections=_CONNECTIONS)
    waiting = iter(pairs)

    async def work() -> None:
        for mail, envelope in waiting:
            sent = await sender.send(composer.compose([mail], envelope))
            if sent.result is not SentResult.ACCEPTED:
                raise RuntimeError(f"The relay did not take a mail ({sent.text}): no figure.")

    try:
        began = perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(work())
        return perf_counter() - began
    finally:
        await sender.close()


async def _stored(pairs: Sequence[Pair], where: Sink) -> float:
    composer = Composer(_HOME)
    ready: list[Composed] = [composer.compose([mail], envelope) for mail, envelope in pairs]
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=where.port, start_tls=False) as client:
        began = perf_counter()
        for one in ready:
            await client.sendmail(one.mail_from, [one.rcpt_to], one.data)
        return perf_counter() - began


STEPS = (
    Step("sip", TITLES["sip"], f"{RECIPIENTS} recipients a meeting, one core", _composed),
    Step("alone", TITLES["alone"], "one recipient a meeting, as reminders have, one core", _alone),
    Step("library", TITLES["library"], "email.message and icalendar for every mail", _by_library),
    Step("handed", TITLES["handed"], f"{_CONNECTIONS} kept connections, one process", _handed),
    Step("stored", TITLES["stored"], "no composing", _stored),
)
_RELAYED = ("handed", "stored")


def measure(n: int, runs: int, watcher: Watcher) -> dict[str, Any]:
    """Runs every step `runs` times in turns; what went to the relay is counted there."""
    before = machine()
    pairs = invitations(n)
    most = {"library": min(n, _LIBRARY_MOST)}
    series = {step.name: Series(step.name, most.get(step.name, n), step.settings) for step in STEPS}
    size = _check_equal(pairs)
    with sink() as where:
        for run in range(1, runs + 1):
            for step in STEPS:
                watcher.begins(step.title, series[step.name].n, run)
                series[step.name].seconds.append(asyncio.run(_run(step, pairs[: series[step.name].n], where)))
                watcher.ended()
    stored = series["stored"].rate
    return {
        "benchmark": "mail",
        "n": n,
        "runs": runs,
        "composed_per_second": round(series["sip"].rate, 1),
        "ratios": {
            "vs_stored": round(series["handed"].rate / stored, 3),
            "vs_library": round(series["sip"].rate / series["library"].rate, 3),
        },
        "aims": {"composed_per_second": AIM},
        "steps": {name: one.as_json() for name, one in series.items()},
        "bytes_of_a_mail": size,
        "recipients_of_a_meeting": RECIPIENTS,
        "relay": where.name,
        "machine": before,
        "versions": versions(mail=True),
    }


async def _run(step: Step, pairs: Sequence[Pair], where: Sink) -> float:
    relayed = step.name in _RELAYED and where.counts
    before = await taken(where) if relayed else 0
    gc.collect()
    seconds = await step.run(pairs, where)
    if relayed and await taken(where) - before != len(pairs):
        raise RuntimeError(f"{step.title}: the relay did not take all {len(pairs)} mails: no figure.")
    return seconds


def _check_equal(pairs: Sequence[Pair]) -> int:
    """A prepared mail is the library's, byte for byte, or nothing is measured. Gives the size of one."""
    composer = Composer(_HOME)
    for mail, envelope in pairs[: 2 * RECIPIENTS]:
        quick, slow = composer.compose([mail], envelope), compose([mail], envelope, _HOME)
        if quick != slow:
            raise RuntimeError("A prepared mail differs from the one the libraries build: no figure.")
    return len(quick.data)
