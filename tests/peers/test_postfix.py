"""Postfix in front: our mail and the answers pass a real mail server, which bounces, delays and is wary as they are."""

import email
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from sqlalchemy import text

from sip.domain.standing import Standing
from sip.edges.mail.received.imip import parse
from sip.store.db import Database
from sip.store.post import inbox
from sip.usecases.received.parsed import DeliveryReport, Kind, ParsedMail
from tests.machine import wait_for
from tests.peers.postfix import DOMAIN, Postfix, postfix
from tests.peers.today import sender_of
from tests.stories.stage import Letter, Stage, on_stage, reply_to
from tests.tester import TESTER

TOKEN = "a" * 26


@asynccontextmanager
async def behind(database_url: str, front: Postfix, *, wary: bool = False) -> AsyncIterator[Stage]:
    """The service with this Postfix before it, both ways."""
    settings = {
        "SIP_SMTP_URL": f"smtp://127.0.0.1:{front.wary if wary else front.open}",
        "SIP_LMTP_LISTEN": front.lmtp,
    }
    async with on_stage(database_url, "2026-11-02 09:00", relay_port=front.world, settings=settings) as stage:
        yield stage


async def letter_for(stage: Stage, address: str) -> Letter:
    """The newest mail to this address, once Postfix has handed it on."""

    async def there() -> bool:
        return bool(stage.mailbox(address))

    await wait_for(there)
    return stage.mailbox(address)[-1]


@dataclass(frozen=True)
class Came:
    """A mail that Postfix has handed to the service."""

    recipient: str
    mail_from: str
    raw: bytes


async def came(stage: Stage, number: int = 1) -> Came:
    """The first or a later one, once it is there, judged or not."""

    async def rows() -> list[tuple[int, str, str]]:
        async with stage.made.db.transaction(TESTER) as conn:
            found = await conn.execute(text("select id, recipient, mail_from from inbound order by id"))
            return [(row[0], row[1], row[2]) for row in found][number - 1 :]

    await wait_for(rows)
    inbound_id, recipient, mail_from = (await rows())[0]
    async with stage.made.db.transaction(TESTER) as conn:
        raw = await inbox.read_raw(conn, stage.made.vault, inbound_id)
    assert raw is not None
    return Came(recipient, mail_from, raw)


def mail_through(front: Postfix, raw: bytes, sender: str, to: str) -> None:
    with smtplib.SMTP("127.0.0.1", front.open) as client:
        client.sendmail(sender, [to], raw)


async def test_an_answer_comes_through(database_url: str) -> None:
    async with postfix() as front, behind(database_url, front) as stage:
        await stage.call("2026-12-07 10:00", ["hemtjanst"])
        asked = await letter_for(stage, "hemtjanst@al.example")
        assert "by mx.sip.example (Postfix)" in str(asked.message["Received"])
        raw = reply_to(asked, "ACCEPTED", "hemtjanst@al.example", await stage.now(), {})
        mail_through(front, raw, "hemtjanst@al.example", asked.reply_to)
        await came(stage)
        await stage.work()
        assert await stage.stands("hemtjanst") is Standing.NAME_MISSING


async def test_a_mailbox_that_does_not_exist(database_url: str) -> None:
    """Postfix has said 250 to us; its report comes back to bounce+token@, and the next address is tried, then people
    are told."""
    async with postfix() as front, behind(database_url, front) as stage:
        for gone in ("skolan@al.example", "skolan2@al.example"):
            stage.relay.refuses[gone] = "550 5.1.1 no such user here"
        await stage.call("2026-12-07 10:00", ["skolan"])
        for number, gone in enumerate(("skolan@al.example", "skolan2@al.example"), 1):
            dsn = await came(stage, number)
            assert (dsn.mail_from, dsn.recipient) == ("", await sender_of(stage, gone))
            report = reported(parse(dsn.raw), Kind.BOUNCE)
            assert (report.recipient, report.status) == (gone, "5.1.1")
            assert report.envelope_id == dsn.recipient.partition("@")[0].partition("+")[2]
            await stage.work()
        assert await stage.stands("skolan") is Standing.UNDELIVERABLE
        told = await letter_for(stage, "clara@region.example")
        assert "550 5.1.1 no such user here" in told.body
        await letter_for(stage, "kim@al.example")
        assert [outcome for outcome, _ in await stage.outcomes()] == ["applied", "applied"]


def reported(mail: ParsedMail, kind: Kind) -> DeliveryReport:
    assert mail.kind is kind
    assert mail.report is not None
    return mail.report


@pytest.mark.parametrize("returned", [True, False], ids=["with our headers", "without"])
async def test_a_report_that_went_astray(database_url: str, database_owner_url: str, returned: bool) -> None:
    """Some servers send it to the address in From. What they return of our mail tells which it was; where they return
    nothing, the name we gave it does (ENVID, RFC 3461).
    """
    async with postfix() as front, behind(database_url, front) as stage:
        # For good only when the service rests: the report is taken from it before it is judged.
        stage.relay.refuses["skolan@al.example"] = "451 4.3.0 try later"
        await stage.call("2026-12-07 10:00", ["skolan"])
        stage.relay.refuses["skolan@al.example"] = "550 5.1.1 no such user here"
        dsn = await came(stage)
        owner = Database(database_owner_url)  # nobody of the service takes received mail away unjudged
        async with owner.transaction(TESTER) as conn:
            await conn.execute(text("delete from inbound"))
        await owner.close()
        mail_through(front, astray(dsn.raw, returned=returned), "", f"sip@{DOMAIN}")
        await came(stage)
        await stage.work()
        assert (await letter_for(stage, "skolan2@al.example")).method == "REQUEST"


def astray(raw: bytes, *, returned: bool) -> bytes:
    """The report as one who writes to From sends it, with or without its third part (RFC 3462 lets it be left out)."""
    mail = email.message_from_bytes(raw)
    mail.replace_header("To", f"sip@{DOMAIN}")
    parts = mail.get_payload()
    assert isinstance(parts, list)
    if not returned:
        mail.set_payload(parts[:2])
    return mail.as_bytes()


async def test_a_delay_is_no_failure(database_url: str) -> None:
    """Postfix tells that it is still trying; nothing changes, and the mail arrives once when it can."""
    async with postfix(warn_after="1s") as front, behind(database_url, front) as stage:
        stage.relay.refuses["skolan@al.example"] = "451 4.3.0 try later"
        await stage.call("2026-12-07 10:00", ["skolan"])
        before = await stage.meeting()
        dsn = await came(stage)
        assert reported(parse(dsn.raw), Kind.DELAY).status == "4.3.0"
        await stage.work()
        assert await stage.outcomes() == [("ignored", "delay")]
        assert await stage.meeting() == before
        stage.nothing_for("skolan2@al.example", "clara@region.example", "kim@al.example")
        stage.relay.refuses.clear()
        await letter_for(stage, "skolan@al.example")
        await wait_for_empty(front)
        assert len(stage.mailbox("skolan@al.example")) == 1


async def wait_for_empty(front: Postfix) -> None:
    async def empty() -> bool:
        return not await front.queued()

    await wait_for(empty)


async def test_a_relay_behind_greylists(database_url: str) -> None:
    """Refused for now, the mail waits by itself; others pass it, and at its next try it gets through, the same mail."""
    async with (
        postfix(never_greyed="bok.example") as front,
        behind(database_url, front, wary=True) as stage,
    ):
        await stage.call("2026-12-07 10:00", ["hemtjanst", "bok"])
        await letter_for(stage, "bok@bok.example")
        stage.nothing_for("hemtjanst@al.example")
        assert (await stage.party("hemtjanst")).round.clock_start is None  # type: ignore[union-attr]  # it has a round

        async def through() -> bool:
            await stage.machine_time_passes()
            return bool(stage.mailbox("hemtjanst@al.example"))

        await wait_for(through)
        await letter_for(stage, "hemtjanst@al.example")
        assert (await stage.party("hemtjanst")).round.clock_start is not None  # type: ignore[union-attr]  # it has a round
        assert front.log.count("Greylisted") >= 1
        await wait_for_empty(front)
        for mailbox in ("hemtjanst@al.example", "bok@bok.example"):
            assert len(stage.mailbox(mailbox)) == 1


async def test_what_came_while_the_service_was_away(database_url: str) -> None:
    """Postfix keeps it, and nothing is lost; other shapes of address it refuses at the door."""
    note = EmailMessage()
    note["From"], note["To"], note["Subject"] = "hemtjanst@al.example", f"sip+{TOKEN}@{DOMAIN}", "Hej"
    note.set_content("Vi hör av oss.")
    async with postfix() as front:
        mail_through(front, note.as_bytes(), "hemtjanst@al.example", f"sip+{TOKEN}@{DOMAIN}")
        for wrong in (f"sip+short@{DOMAIN}", f"anybody@{DOMAIN}"):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                mail_through(front, note.as_bytes(), "hemtjanst@al.example", wrong)

        async def tried() -> bool:
            return "No such file or directory" in front.log

        await wait_for(tried)
        async with behind(database_url, front) as stage:
            assert (await came(stage)).recipient == f"sip+{TOKEN}@{DOMAIN}"
            await wait_for_empty(front)
