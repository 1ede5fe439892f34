"""The ways in as one sees them: settings in sentences, `sip check`, and what counts as silence when one goes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sip.addresses import ImapAccount
from sip.app import parts, running
from sip.edges import ways_in
from sip.edges.findings import Level
from sip.edges.mail.ways.access_token import TokenEndpoint, TokenFile
from sip.edges.mail.ways.imap import Folders, access_of
from sip.settings import Settings, SettingsError, load_settings
from sip.store import heartbeats
from sip.store.db import Database
from sip.store.post import inbox
from tests.mail.imap_server import ImapServer, imap_server
from tests.mail.test_imap_account import NOW, VAULT, Desk, db, mail
from tests.tester import TESTER

__all__ = ["db"]
TEST = {"SIP_ENVIRONMENT": "test", "SIP_LMTP_LISTEN": "off"}
TOKEN_URL = "https://login.example/token"


def settings(**variables: str) -> Settings:
    return load_settings({**TEST, **variables})


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with imap_server() as made:
        yield made


def url(server: ImapServer) -> str:
    """Its address with the user and password that are right at first."""
    return f"imap://box%40region.example:hemligt%20l%C3%B6sen@127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    ("given", "account"),
    [
        ("imaps://a%40b:p%2Fq@mail.example", ImapAccount("mail.example", 993, "a@b", "p/q", "implicit")),
        ("imaps://a:b@mail.example:1993", ImapAccount("mail.example", 1993, "a", "b", "implicit")),
        ("imap://a:b@mail.example", ImapAccount("mail.example", 143, "a", "b", "required")),
        ("imap://a:b@mail.example?tls=off", ImapAccount("mail.example", 143, "a", "b", "off")),
        ("imap://a:b@localhost", ImapAccount("localhost", 143, "a", "b", "off")),
        ("imap://a:b@localhost?tls=required", ImapAccount("localhost", 143, "a", "b", "required")),
    ],
)
def test_tls_is_required_off_this_machine(given: str, account: ImapAccount) -> None:
    made = settings(SIP_IMAP_URL=given)
    assert made.imap_url == account
    assert account.password is not None
    assert f"'{account.password}'" not in repr(made) and account.password not in str(made.imap_url).split()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SIP_IMAP_URL": "pop://a:hemlig@h"}, "SIP_IMAP_URL must be an address such as imaps://"),
        ({"SIP_IMAP_URL": "imaps://:hemlig@h"}, "SIP_IMAP_URL names no user"),
        ({"SIP_IMAP_URL": "imaps://a:hemlig@h:x"}, "SIP_IMAP_URL has a host or port that cannot be read"),
        ({"SIP_IMAP_URL": "imaps://a:hemlig@h?tls=off"}, "SIP_IMAP_URL asks for imaps:// and another kind of tls"),
        ({"SIP_IMAP_URL": "imap://a:hemlig@localhost?tls=opportunistic"}, "SIP_IMAP_URL has an option after ? that"),
        ({"SIP_IMAP_URL": "imap://a:hemlig@h?folder=hemlig"}, "SIP_IMAP_URL has an option after ? that is unknown"),
        ({"SIP_IMAP_URL": "imaps://a@h"}, "SIP_IMAP_URL has no password; give one, or set SIP_IMAP_TOKEN_URL"),
        (
            {"SIP_IMAP_URL": "imaps://a:hemlig@h", "SIP_IMAP_TOKEN_PATH": "/t"},
            "SIP_IMAP_URL has a password, and SIP_IMAP_TOKEN_PATH is set too; keep one.",
        ),
        (
            {"SIP_IMAP_URL": "imaps://a@h", "SIP_IMAP_TOKEN_URL": TOKEN_URL},
            "SIP_IMAP_TOKEN_URL needs SIP_IMAP_CLIENT_ID and SIP_IMAP_CLIENT_SECRET beside it.",
        ),
        ({"SIP_IMAP_TOKEN_URL": "http://login.example/hemlig"}, "SIP_IMAP_TOKEN_URL must be an address that begins"),
        ({"SIP_IMAP_TOKEN_PATH": "token"}, "SIP_IMAP_TOKEN_PATH must be an absolute path."),
        ({"SIP_IMAP_HANDLED": "a*"}, "SIP_IMAP_HANDLED must be the name of a folder, such as Behandlade"),
        (
            {"SIP_IMAP_URL": "imaps://a:hemlig@h", "SIP_IMAP_FAILED": "INBOX"},
            "SIP_IMAP_INBOX, SIP_IMAP_HANDLED and SIP_IMAP_FAILED must be three folders.",
        ),
        ({"SIP_IMAP_POLL_SECONDS": "0"}, "SIP_IMAP_POLL_SECONDS is '0'; it must be a whole number from 1 to 300."),
        ({"SIP_PUSH_SECRET": "hemlig"}, "SIP_PUSH_SECRET must have at least 32 characters"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as told:
        settings(**variables)
    assert told.value.problems[0].startswith(sentence)
    assert "hemlig" not in str(told.value)


def test_the_mailbox_of_the_settings() -> None:
    assert access_of(settings()) is None
    oauth = {"SIP_IMAP_TOKEN_URL": TOKEN_URL, "SIP_IMAP_CLIENT_ID": "c", "SIP_IMAP_CLIENT_SECRET": "s"}
    access = access_of(settings(SIP_IMAP_URL="imaps://a@h", SIP_IMAP_HANDLED="Klara", **oauth))
    assert access is not None
    assert access.folders == Folders("INBOX", "Klara", "Fel")
    assert access.tokens == TokenEndpoint(TOKEN_URL, "c", "s", "https://outlook.office365.com/.default")
    access = access_of(settings(SIP_IMAP_URL="imaps://a@h", SIP_IMAP_TOKEN_PATH="/t"))
    assert access is not None and access.tokens == TokenFile(Path("/t"))


async def told(made: Settings) -> dict[str, tuple[Level, str]]:
    return {one.what: (one.level, one.sentence) for one in await ways_in.from_here(made)}


async def test_check_says_whether_the_mailbox_can_be_used_and_changes_nothing(server: ImapServer) -> None:
    made = settings(SIP_IMAP_URL=url(server))
    who = "box@region.example at 127.0.0.1"
    found = await told(made)
    assert found["IMAP account"] == (
        Level.ODD, f'{who} lets us in; "Behandlade" and "Fel" will be made when it is first read.',
    )  # fmt: skip
    assert list(server.folders) == ["INBOX"]
    for name in ("Behandlade", "Fel"):
        server.folders[name] = server.folders["INBOX"]
    assert (await told(made))["IMAP account"] == (Level.GOOD, f"{who} lets us in, and its folders are there.")
    server.password = "another"
    level, sentence = (await told(made))["IMAP account"]
    assert level is Level.BAD and "check the user, password or token" in sentence and "hemligt" not in sentence
    del server.folders["INBOX"]
    server.password = "hemligt lösen"
    assert (await told(made))["IMAP account"] == (Level.BAD, f'{who} has no folder "INBOX"; check SIP_IMAP_INBOX.')


async def test_check_says_when_no_answer_can_arrive() -> None:
    found = await told(settings())
    assert found["Ways in"][0] is Level.BAD
    assert found["HTTP push"] == (Level.GOOD, "Off, as SIP_PUSH_SECRET is not set.")
    found = await told(settings(SIP_PUSH_SECRET="x" * 32))
    assert "Ways in" not in found and found["HTTP push"][1].endswith("/api/v1/inbound/push.")
    assert "Ways in" not in await told(settings(SIP_LMTP_LISTEN="127.0.0.1:0"))


async def in_database(db: Database, made: Settings, now: datetime = NOW) -> list[tuple[Level, str, str]]:
    async with db.transaction(TESTER) as conn:
        return [(one.level, one.what, one.sentence) for one in await ways_in.in_database(conn, made, now)]


async def test_check_says_how_the_reading_goes(db: Database, server: ImapServer) -> None:
    made = settings(SIP_IMAP_URL=url(server))
    assert [one[0] for one in await in_database(db, made)] == [Level.ODD]
    desk = Desk(db, server)
    await desk.read()
    assert await in_database(db, made) == [
        (Level.GOOD, "Reading the IMAP account", f"Read to its end last at {NOW:%Y-%m-%d %H:%M} UTC.")
    ]
    level, _, sentence = (await in_database(db, made, NOW + timedelta(minutes=16)))[0]
    assert level is Level.BAD and "start `sip mail-in`" in sentence
    server.refuses = lambda said: "NO No." if said.startswith("AUTHENTICATE") else None
    await desk.read()
    level, _, sentence = (await in_database(db, made))[0]
    assert level is Level.BAD and "cannot be signed in to" in sentence


async def test_check_says_what_could_not_be_judged(db: Database) -> None:
    async with db.transaction(TESTER) as conn:
        await inbox.keep(conn, VAULT, mail(1), "", ["sip@sip.example"], "lmtp", NOW)
        await inbox.put_off(conn, (await inbox.unjudged_ids(conn))[0], "ValueError: x")
    ((level, what, sentence),) = await in_database(db, settings(), NOW + timedelta(days=90))
    assert (level, what) == (Level.BAD, "Received mail")
    assert sentence.startswith(
        "1 could not be judged, the oldest from 2026-11-02 09:00 UTC (ValueError: x); it is kept"
    )


async def kinds(db: Database) -> set[str]:
    async with db.transaction(TESTER) as conn:
        return set(await heartbeats.seen(conn))


async def test_a_way_that_is_no_more_is_not_waited_for(db: Database, database_url: str, server: ImapServer) -> None:
    """The mailbox alone, then LMTP alone: neither's silence stops the ladder after it has been taken away."""

    async def run(made: Settings, until: set[str]) -> None:
        async with parts(made, database_url) as all_parts:
            stop = asyncio.Event()
            async with asyncio.timeout(30), running(all_parts, stop, web=False, worker=False):
                while await kinds(db) != until or server.bodies("INBOX"):  # noqa: ASYNC110 - what is waited for is a row
                    await asyncio.sleep(0.02)

    database = {"SIP_DATABASE_URL": database_url.replace("postgresql+asyncpg", "postgresql")}
    await run(settings(SIP_LMTP_LISTEN="127.0.0.1:0", **database), {"receiver"})
    server.inbox.add(mail(1))
    await run(settings(SIP_IMAP_URL=url(server), SIP_IMAP_POLL_SECONDS="1", **database), {"mailbox"})
    assert server.bodies("Behandlade") == [mail(1)]
    await run(settings(SIP_LMTP_LISTEN="127.0.0.1:0", **database), {"receiver"})
