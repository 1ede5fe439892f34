"""A mail of a report without a meeting that fails: refused by the relay, or returned later (rules, section 8 D9)."""

from collections.abc import Sequence

import pytest

from sip.domain.deviation import Category, DeviationReport
from sip.domain.effects import MailKind
from sip.domain.failure import FailureDraft, Risk
from sip.domain.people import Role
from sip.store import db as database
from sip.store.aggregates import journal
from sip.usecases import failures
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from tests.domain.cast import HOME_CARE, SCHOOL
from tests.store.town import WORLD, Said, Town
from tests.tester import TESTER
from tests.usecases.replying import DOMAIN, Post

SVEA = Actor(ActorKind.USER, "7", "Svea Ny", SCHOOL.unit_id, Role.CONVENER)
UNIT, FIRST, SECOND = HOME_CARE.addresses[0], *SCHOOL.addresses
NEVER = Said("never", 550, "no such user")


@pytest.fixture
async def report(town: Town) -> DeviationReport:
    """Written by the school, which has two mailboxes, and about home care; nothing has left."""
    draft = FailureDraft((Category.COMMUNICATION,), "Inget svar kom.", Risk(), SCHOOL.unit_id, HOME_CARE.unit_id)
    made = (await failures.report(town.db, draft, Command(SVEA, town.now, WORLD, "svea"))).state
    assert isinstance(made, DeviationReport)
    return made


async def told(town: Town) -> Sequence[tuple[str, str, str | None]]:
    """To whom, of whom and of which address it has been told that a mail failed."""
    async with town.db.transaction(TESTER) as conn:
        rows = await (await database.raw(conn)).fetch(
            "select recipient, payload->'detail'->>'target', payload->'detail'->>'email' from outbox"
            " where kind = $1 order by id",
            MailKind.DEVIATION_UNREACHED,
        )
    return [tuple(row) for row in rows]


async def untold(town: Town) -> int:
    async with town.db.transaction(TESTER) as conn:
        found: int = await (await database.raw(conn)).fetchval(
            "select count(*) from outbox where fed_back_at is null and state in ('sent', 'failed', 'dropped')"
        )
    return found


def returned(named: str) -> bytes:
    return (
        "From: <mailer-daemon@al.example>\r\nContent-Type: multipart/report; boundary=b\r\n"
        "MIME-Version: 1.0\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; al.example\r\n\r\n"
        f"Final-Recipient: rfc822; {named}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()


def to_the_hearing(town: Town) -> str:
    token = next(s.bounce_token for mails, s in town.relay.composed if mails[0].to.email == UNIT)
    return f"bounce+{token}@{DOMAIN}"


async def test_what_the_relay_refuses_is_told_and_the_telling_leaves(town: Town, report: DeviationReport) -> None:
    town.relay.answers = [NEVER, NEVER]
    await town.send()
    assert set(await told(town)) == {(FIRST, HOME_CARE.name, UNIT), (SECOND, SCHOOL.name, FIRST)}
    assert await untold(town) == 0
    async with town.db.transaction(TESTER) as conn:
        rows = await journal.read(conn, report.id)
    assert [type(row.event).__name__ for row in rows] == ["DeviationRaised", "ReportMailFailed", "ReportMailFailed"]
    await town.send()
    assert (len(await told(town)), await untold(town)) == (2, 0), "each once, and what left is ticked off"


async def test_a_hearing_that_comes_back_is_told_once(town: Town, report: DeviationReport) -> None:
    await town.send()
    assert (await told(town), await untold(town)) == ([], 0)
    post, door = Post(town), to_the_hearing(town)
    for named in (UNIT, UNIT.upper()):
        row = await post.put(returned(named), door)
        assert (row.outcome, row.reason, row.meeting_id) == ("applied", "bounce", None)
    assert await told(town) == [(FIRST, HOME_CARE.name, UNIT)]


async def test_a_mailbox_that_we_never_wrote_to_is_no_failure_of_ours(town: Town, report: DeviationReport) -> None:
    await town.send()
    row = await Post(town).put(returned("annan@annat.example"), to_the_hearing(town))
    assert (row.reason, await told(town)) == ("bounce_elsewhere", [])


async def test_one_that_somebody_holds_is_told_later(town: Town, report: DeviationReport) -> None:
    town.relay.answers = [NEVER, NEVER]
    async with town.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute("select from deviation where id = $1 for update", report.id)
        await town.send()
        assert await told(town) == []
    await town.send()
    assert len(await told(town)) == 2
