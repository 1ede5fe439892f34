"""Test calls: who is asked and when, and what each kind of answer says of the mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from sip.domain.effects import Link, Method, Notice, NoticeKind
from sip.domain.mailbox_check import CheckState, MailboxCheck
from sip.domain.people import Role
from sip.domain.worktime import local_day
from sip.edges.mail.received.imip import parse
from sip.store import db as database
from sip.store.directory import AddressRecord
from sip.store.post import mailbox_checks, tokens
from sip.store.seen import lists
from sip.store.seen.lists import InboundRow
from sip.store.seen.scope import EVERYTHING
from sip.usecases import mailbox_checks as checking
from sip.usecases.actor import ENGINE, Actor, ActorKind
from sip.usecases.directory import edit
from sip.usecases.engine.surroundings import World
from sip.usecases.problems import ForbiddenError, InvalidError, NotFoundError
from sip.usecases.received import inbound, pending
from tests.domain.cast import HOME_CARE, OUTSIDE, SCHOOL, SOCIAL, at, ident
from tests.store.town import CLARA, WORLD, Said, Town
from tests.tester import TESTER
from tests.usecases.replying import DOMAIN, Post

ADMIN = Actor(ActorKind.USER, "ada", "Ada Admin", role=Role.ADMINISTRATOR)
MORNING = "2026-11-03 08:00"
UNIT = SCHOOL.unit_id
EMAIL = "skolan@al.example"


@dataclass
class Checks:
    """The town, where nobody has been seen to read the school's mailbox."""

    town: Town
    post: Post
    asked: list[Notice] = field(default_factory=list)

    async def morning(self, moment: str, *, most: int = 200, world: World = WORLD) -> int:
        self.town.now = at(moment)
        asked = await checking.ask_due(self.town.db, self.town.now, world, most)
        await self.send()
        return asked

    async def send(self) -> None:
        before = len(self.town.relay.composed)
        await self.town.send()
        made: list[object] = [mail for mails, _ in self.town.relay.composed[before:] for mail in mails]
        self.asked += [mail for mail in made if isinstance(mail, Notice)]

    async def latest(self, unit_id: UUID = UNIT) -> MailboxCheck:
        async with self.town.db.transaction(TESTER) as conn:
            return (await mailbox_checks.latest(conn, [unit_id]))[unit_id]

    async def verified_at(self, unit_id: UUID = UNIT) -> datetime | None:
        async with self.town.db.transaction(TESTER) as conn:
            return (await mailbox_checks.verified(conn, [unit_id], local_day(self.town.now))).get(unit_id)

    async def sql(self, text: str, *values: object) -> None:
        async with self.town.db.transaction(TESTER) as conn:
            await (await database.raw(conn)).execute(text, *values)

    async def answer(
        self, kind: str = "reply", *, headers: str = "", uid: str | None = None, world: World = WORLD,
        partstat: str = "ACCEPTED", sender: str = "anna@al.example",
    ) -> InboundRow:  # fmt: skip
        """An answer to the newest test call, in calendar form or in words."""
        mails, secrets = next(
            (m, s) for m, s in reversed(self.town.relay.composed) if m[0].method is Method.REQUEST
        )  # fmt: skip
        asked: object = mails[0]
        assert isinstance(asked, Notice)
        to = f"sip+{secrets.reply_token}@{DOMAIN}"
        head = f"From: <{sender}>\r\nTo: <{to}>\r\nMIME-Version: 1.0\r\n{headers}"
        if kind == "human":
            raw = f"{head}Content-Type: text/plain\r\n\r\nHej, vi har fått mejlet.\r\n"
        else:
            stamp = self.town.now.astimezone(UTC)
            raw = (
                f"{head}Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
                f"UID:{uid or asked.check_id}\r\nDTSTAMP:{stamp:%Y%m%dT%H%M%SZ}\r\nSEQUENCE:{asked.sequence}\r\n"
                f"ATTENDEE;PARTSTAT={partstat}:mailto:{asked.to.email}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            )
        town, vault = self.town, self.post.vault
        await inbound.ingest(town.db, vault, raw.encode(), inbound.Envelope(sender, (to,)), "smtp", town.now)
        await pending.judge_pending(town.db, vault, parse, now=town.now, world=world)
        async with town.db.transaction(TESTER) as conn:
            return (await lists.inbound(conn, EVERYTHING, None, False, None, 1000))[-1]


@pytest.fixture
async def checks(town: Town) -> Checks:
    made = Checks(town, Post(town))
    await made.sql("delete from verified_mailbox where unit_id = $1", UNIT)
    return made


def outcome(row: InboundRow) -> tuple[str | None, str | None, UUID | None]:
    return row.outcome, row.reason, row.meeting_id


# -- asking


async def test_a_unit_nobody_has_verified_is_asked_in_the_morning(checks: Checks) -> None:
    assert await checks.morning(MORNING) == 1
    (asked,) = checks.asked
    assert (asked.kind, asked.to.email, asked.method, asked.link) == (
        NoticeKind.MAILBOX_CHECK, EMAIL, Method.REQUEST, Link.MAILBOX,
    )  # fmt: skip
    assert (asked.start, asked.end) == (at("2026-11-04 08:00"), at("2026-11-04 08:15"))
    assert (await checks.latest()).state is CheckState.UNANSWERED
    assert await checks.morning("2026-11-03 08:00") == 0


@pytest.mark.parametrize("moment", ["2026-11-03 07:59", "2026-11-03 17:00", "2026-11-07 08:00", "2026-12-24 08:00"])
async def test_the_engine_asks_in_office_time_alone(checks: Checks, moment: str) -> None:
    assert await checks.morning(moment) == 0


async def test_nobody_is_asked_while_answers_cannot_come_in(checks: Checks) -> None:
    closed = World(answers_open_from=at("2026-11-03 09:15"))
    assert await checks.morning(MORNING, world=closed) == 0
    assert await checks.morning("2026-11-03 09:15", world=closed) == 1


async def test_closed_phone_only_and_archived_units_are_left_alone(checks: Checks) -> None:
    await checks.sql("insert into closed_day (unit_id, day) values ($1, '2026-11-03')", UNIT)
    assert await checks.morning(MORNING) == 0
    await checks.sql("update unit set phone_only = true where id = $1", UNIT)
    assert await checks.morning("2026-11-04 08:00") == 0
    await checks.sql("update unit set phone_only = false, archived_at = $2 where id = $1", UNIT, at("2026-11-01 00:00"))
    assert await checks.morning("2026-11-05 08:00") == 0


async def test_never_more_than_so_many_a_day(checks: Checks) -> None:
    await checks.sql("delete from verified_mailbox")
    assert [await checks.morning(f"2026-11-0{day} 08:00", most=2) for day in (3, 4, 5, 6)] == [2, 2, 1, 0]
    assert await checks.morning("2026-11-09 08:00", most=0) == 0


async def test_asked_once_more_after_five_working_days_and_then_listed(checks: Checks) -> None:
    await checks.morning(MORNING)
    assert [await checks.morning(f"2026-11-{day:02} 08:00") for day in (4, 5, 6, 9, 10, 11, 24)] == [
        0, 0, 0, 0, 1, 0, 0,
    ]  # fmt: skip
    again = checks.asked[-1]
    assert (again.kind, again.sequence, again.start) == (
        NoticeKind.MAILBOX_CHECK_AGAIN, 1, at("2026-11-11 08:00"),
    )  # fmt: skip
    assert again.check_id == checks.asked[0].check_id
    async with checks.town.db.transaction(TESTER) as conn:
        assert await checking.unverified(conn, checks.town.now) == [UNIT]


async def test_yearly_a_month_before_it_runs_out(checks: Checks) -> None:
    await checks.morning(MORNING)
    await checks.answer()
    await checks.send()
    for unit in (HOME_CARE, SOCIAL, OUTSIDE):
        await checks.sql(
            "update verified_mailbox set verified_at = $2 where unit_id = $1", unit.unit_id, at("2027-09-01 09:00")
        )
    await checks.sql("update verified_mailbox set verified_at = $1 where email like 'vc@%'", at("2027-09-01 09:00"))
    assert await checks.morning("2027-09-27 08:00") == 0
    assert await checks.morning("2027-09-30 08:00") == 1
    assert checks.asked[-1].check_id != checks.asked[0].check_id
    async with checks.town.db.transaction(TESTER) as conn:
        assert UNIT not in await checking.unverified(conn, at("2027-10-20 08:00"))
        assert UNIT in await checking.unverified(conn, at("2027-11-10 08:00"))


async def test_another_first_address_is_another_mailbox(checks: Checks) -> None:
    await checks.morning(MORNING)
    await checks.answer()
    same = [AddressRecord(UNIT, 1, EMAIL), AddressRecord(UNIT, 2, "x@al.example")]
    await edit.set_addresses(checks.town.db, UNIT, same, actor=ADMIN, now=checks.town.now)
    assert await checks.verified_at() is not None
    other = [AddressRecord(UNIT, 1, "ny@al.example"), AddressRecord(UNIT, 2, EMAIL)]
    await edit.set_addresses(checks.town.db, UNIT, other, actor=ADMIN, now=checks.town.now)
    assert await checks.verified_at() is None
    assert await checks.morning("2026-11-04 08:00") == 1
    assert checks.asked[-1].to.email == "ny@al.example"


async def test_an_address_that_takes_over_by_its_date_is_asked(checks: Checks) -> None:
    await checks.morning(MORNING)
    await checks.answer()
    dated = [
        AddressRecord(UNIT, 1, EMAIL, None, at("2026-11-10 12:00").date()),
        AddressRecord(UNIT, 2, "ny@al.example"),
    ]  # fmt: skip
    await edit.set_addresses(checks.town.db, UNIT, dated, actor=ADMIN, now=checks.town.now)
    assert await checks.morning("2026-11-10 08:00") == 0
    assert await checks.morning("2026-11-11 08:00") == 1


# -- by hand


async def test_a_person_asks_at_any_hour_and_a_second_press_is_the_same(checks: Checks) -> None:
    checks.town.now = at("2026-11-07 22:00")
    first = await checking.ask(checks.town.db, UNIT, actor=ADMIN, now=checks.town.now)
    checks.town.now += timedelta(minutes=1)
    assert await checking.ask(checks.town.db, UNIT, actor=ADMIN, now=checks.town.now) == first
    await checks.send()
    assert [one.kind for one in checks.asked] == [NoticeKind.MAILBOX_CHECK]
    checks.town.now += timedelta(hours=1)
    again = await checking.ask(checks.town.db, UNIT, actor=ADMIN, now=checks.town.now)
    assert (again.id, again.sequence) == (first.id, 1)


async def test_who_may_ask(checks: Checks) -> None:
    manager = Actor(ActorKind.USER, "mona", role=Role.UNIT_MANAGER, unit_id=UNIT)
    assert await checking.ask(checks.town.db, UNIT, actor=manager, now=checks.town.now)
    with pytest.raises(ForbiddenError):
        await checking.ask(checks.town.db, HOME_CARE.unit_id, actor=manager, now=checks.town.now)
    with pytest.raises(ForbiddenError):
        await checking.ask(checks.town.db, UNIT, actor=CLARA, now=checks.town.now)
    with pytest.raises(NotFoundError):
        await checking.ask(checks.town.db, ident("nowhere"), actor=ADMIN, now=checks.town.now)
    await checks.sql("delete from unit_address where unit_id = $1", SOCIAL.unit_id)
    with pytest.raises(InvalidError, match="no_mailbox"):
        await checking.ask(checks.town.db, SOCIAL.unit_id, actor=ADMIN, now=checks.town.now)


# -- answers


@pytest.mark.parametrize(
    ("kind", "partstat"), [("reply", "ACCEPTED"), ("reply", "DECLINED"), ("reply", "TENTATIVE"), ("human", "")]
)
async def test_any_answer_by_a_person_verifies(checks: Checks, kind: str, partstat: str) -> None:
    await checks.morning(MORNING)
    row = await checks.answer(kind, partstat=partstat)
    assert outcome(row) == ("applied", "mailbox_verified", None)
    check = await checks.latest()
    assert (check.state, check.channel, check.settled_at) == (CheckState.ANSWERED, "mail", checks.town.now)
    assert await checks.verified_at() == checks.town.now
    await checks.send()
    thanks = checks.asked[-1]
    assert (thanks.kind, thanks.method, thanks.sequence) == (NoticeKind.MAILBOX_VERIFIED, Method.CANCEL, 1)
    assert await checks.morning("2026-11-10 08:00") == 0


async def test_the_thanks_go_once_and_an_ask_that_waits_is_dropped(checks: Checks) -> None:
    await checks.morning(MORNING)
    checks.town.now += timedelta(hours=1)
    await checking.ask(checks.town.db, UNIT, actor=ADMIN, now=checks.town.now)
    await checks.answer()
    await checks.answer(partstat="DECLINED")
    await checks.send()
    assert [one.kind for one in checks.asked] == [NoticeKind.MAILBOX_CHECK, NoticeKind.MAILBOX_VERIFIED]


@pytest.mark.parametrize("headers", ["Auto-Submitted: auto-replied\r\n", "X-Autoreply: yes\r\n"])
async def test_an_automatic_answer_proves_delivery_only(checks: Checks, headers: str) -> None:
    await checks.morning(MORNING)
    row = await checks.answer(headers=headers)
    assert outcome(row) == ("unchanged", "automatic", None)
    assert (await checks.latest()).state is CheckState.AUTOMATIC
    assert await checks.verified_at() is None
    assert await checks.morning("2026-11-10 08:00") == 1


async def test_an_answer_quicker_than_a_person_is_automatic(checks: Checks) -> None:
    await checks.morning(MORNING)
    quick = World(timedelta(minutes=2))
    checks.town.now += timedelta(seconds=90)
    assert outcome(await checks.answer(world=quick))[1] == "automatic"
    checks.town.now += timedelta(seconds=90)
    assert outcome(await checks.answer(world=quick, partstat="DECLINED"))[1] == "mailbox_verified"


async def test_a_calendar_that_accepts_by_itself_proves_nothing(checks: Checks) -> None:
    await checks.sql("update unit set auto_accepts = true where id = $1", UNIT)
    await checks.morning(MORNING)
    assert outcome(await checks.answer())[1] == "automatic"
    assert outcome(await checks.answer("human"))[1] == "mailbox_verified"


async def test_out_of_office_is_noted_as_delivered(checks: Checks) -> None:
    await checks.morning(MORNING)
    headers = "Auto-Submitted: auto-replied\r\nSubject: Autosvar: semester\r\n"
    assert outcome(await checks.answer("human", headers=headers)) == ("ignored", "auto_reply", None)
    assert (await checks.latest()).state is CheckState.AUTOMATIC


async def test_out_of_office_to_the_address_the_mail_left_from_is_noted_alike(checks: Checks) -> None:
    await checks.morning(MORNING)
    to, _ = addresses(checks)[0]
    raw = f"From: <{EMAIL}>\r\nTo: <{to}>\r\nSubject: Autosvar\r\nAuto-Submitted: auto-replied\r\n\r\nBorta.\r\n"
    assert outcome(await checks.post.put(raw.encode(), to)) == ("ignored", "auto_reply", None)
    assert (await checks.latest()).state is CheckState.AUTOMATIC


async def test_a_right_token_with_another_entry_is_quarantined(checks: Checks) -> None:
    await checks.morning(MORNING)
    assert outcome(await checks.answer(uid="elsewhere")) == ("quarantine", "uid_differs", None)
    assert await checks.verified_at() is None


async def test_an_answer_for_an_address_the_unit_has_left_verifies_nothing(checks: Checks) -> None:
    await checks.morning(MORNING)
    await checks.sql("update unit_address set email = 'ny@al.example' where unit_id = $1 and ordinal = 0", UNIT)
    assert outcome(await checks.answer()) == ("unchanged", "mailbox_left", None)
    assert await checks.verified_at() is None


async def test_the_page_behind_the_link_verifies(checks: Checks) -> None:
    await checks.morning(MORNING)
    (token,) = checks.town.relay.composed[-1][1].links
    assert token is not None
    async with checks.town.db.transaction(TESTER) as conn:
        ref = await tokens.link(conn, token, checks.town.now)
    assert ref is not None and ref.check_id is not None
    assert (ref.purpose, ref.meeting_id, ref.address) == ("mailbox", None, EMAIL)
    for ours, hours in ((True, 0), (True, 1), (False, 2)):
        later = checks.town.now + timedelta(hours=hours)
        await checking.answer(checks.town.db, ref.check_id, ours=ours, actor=ENGINE, now=later)
    check = await checks.latest()
    assert (check.state, check.channel, check.settled_at) == (CheckState.ANSWERED, "page", checks.town.now)
    assert await checks.verified_at() == checks.town.now


async def test_whoever_reads_it_says_that_it_is_not_the_units(checks: Checks) -> None:
    await checks.morning(MORNING)
    check = await checks.latest()
    await checking.answer(checks.town.db, check.id, ours=False, actor=ENGINE, now=checks.town.now)
    assert (await checks.latest()).state is CheckState.DISOWNED
    assert await checks.verified_at() is None
    assert await checks.morning("2026-11-10 08:00") == 0
    await checking.answer(checks.town.db, check.id, ours=True, actor=ENGINE, now=checks.town.now)
    assert (await checks.latest()).state is CheckState.ANSWERED


# -- what became of the mail


async def test_refused_by_the_relay_is_shown_with_its_words(checks: Checks) -> None:
    checks.town.relay.answers = [Said("never", 550, "5.1.1 no such user")]
    await checks.morning(MORNING)
    check = await checks.latest()
    assert (check.state, check.said) == (CheckState.UNDELIVERABLE, "550 5.1.1 no such user")
    assert await checks.morning("2026-11-10 08:00") == 0


def bounce(to: str, message_id: str = "") -> bytes:
    return (
        f"From: MAILER-DAEMON@al.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; al.example\r\n\r\n"
        f"Final-Recipient: rfc822; {EMAIL}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


def addresses(checks: Checks) -> Sequence[tuple[str, str]]:
    """Where a bounce may go, and the Message-ID it may name: the envelope, the service, the reply address."""
    mails, secrets = checks.town.relay.composed[-1]
    made = checks.town.relay.compose([*mails], secrets)
    checks.town.relay.composed.pop()
    return (
        (f"bounce+{secrets.bounce_token}@{DOMAIN}", ""),
        (f"sip@{DOMAIN}", made.message_id),
        (f"sip+{secrets.reply_token}@{DOMAIN}", ""),
    )


@pytest.mark.parametrize("way", [0, 1, 2])
async def test_a_bounce_says_that_the_address_is_wrong(checks: Checks, way: int) -> None:
    await checks.morning(MORNING)
    to, message_id = addresses(checks)[way]
    row = await checks.post.put(bounce(to, message_id), to)
    assert outcome(row) == ("applied", "bounce", None)
    check = await checks.latest()
    assert check.state is CheckState.UNDELIVERABLE
    assert "no such user" in (check.said or "")


async def test_a_test_call_and_its_thanks_leave_in_order(checks: Checks) -> None:
    checks.town.relay.answers = [Said("unknown", None, "lost")]
    await checks.morning(MORNING)
    check = await checks.latest()
    await checking.answer(checks.town.db, check.id, ours=True, actor=ENGINE, now=checks.town.now)
    await checks.sql("update mail set retry_at = clock_timestamp() where retry_at is not null")
    await checks.send()
    await checks.send()
    assert [mail.kind for mail in checks.asked] == [NoticeKind.MAILBOX_CHECK, NoticeKind.MAILBOX_VERIFIED]


@pytest.mark.parametrize("local", ["sip", "bounce"])
async def test_the_services_own_round_trip_is_passed_over(checks: Checks, local: str) -> None:
    to = f"{local}+roundtrip{'a' * 17}@{DOMAIN}"
    row = await checks.post.put(f"From: sip@{DOMAIN}\r\nTo: {to}\r\n\r\nprov\r\n".encode(), to)
    assert outcome(row) == ("ignored", "round_trip", None)
