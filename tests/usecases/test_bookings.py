"""What a convener books in her calendar becomes a call in the making; nobody else's does (rules, section 10)."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from sip.domain.agreement import MeetingKind
from sip.domain.booking import BookingGap, BookingState
from sip.domain.people import Role
from sip.domain.sketch import Ground
from sip.domain.terms import Form, Purpose
from sip.store import bookings, db, users
from sip.store.seen.lists import InboundRow
from sip.usecases import bookings as usecase
from sip.usecases import meetings, service, sketches
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.problems import NotFoundError
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL, SOCIAL, ident
from tests.store.town import WORLD, Town
from tests.tester import TESTER
from tests.usecases.replying import DOMAIN, Post, results

GOLDEN = Path(__file__).parent.parent / "mail" / "golden"
CLARA = ident("clara the user")
HERS = Actor(ActorKind.USER, str(CLARA), "Clara Kallar", CARE_CENTRE.unit_id, Role.CONVENER)
BASE = f"sip@{DOMAIN}"
NINE = datetime(2026, 12, 7, 9, tzinfo=UTC)


@pytest.fixture
async def post(town: Town) -> Post:
    async with town.db.transaction(TESTER) as conn:
        await users.save_users(conn, [users.UserRecord(CLARA, "Clara@Region.example", "Clara Kallar")])
        grant = users.GrantRecord(uuid5(CLARA, "role"), CLARA, Role.CONVENER, CARE_CENTRE.unit_id)
        await users.save_grants(conn, [grant])
    return Post(town)


def mail(name: str = "outlook-teams", *, vouched: str = "pass", changes: dict[str, str] | None = None) -> bytes:
    """A golden mail with what our own mail server found of it; `changes` of its calendar part, by pattern."""
    raw = (GOLDEN / f"booked-{name}.eml").read_bytes()
    if changes:

        def changed(found: re.Match[bytes]) -> bytes:
            text = base64.b64decode(found[2]).decode()
            for old, new in changes.items():
                text = re.sub(old, new, text)
            return found[1] + b"\r\n\r\n" + base64.encodebytes(text.encode())

        raw = re.sub(rb"(?s)(Transfer-Encoding: base64)\r\n\r\n([A-Za-z0-9+/=\r\n]+)", changed, raw)
    if changes and "METHOD:REQUEST" in changes:
        raw = raw.replace(b"method=REQUEST", b"method=CANCEL")
    return results(vouched, domain="region.example").encode() + raw


async def send(post: Post, raw: bytes) -> InboundRow:
    return await post.put(raw, BASE, "clara@region.example")


async def all_of(town: Town) -> list[tuple[UUID, str, datetime | None]]:
    async with town.db.transaction(TESTER) as conn:
        rows = await (await db.raw(conn)).fetch("select id, state, starts_at from booking order by heard_at, id")
    return [tuple(row) for row in rows]


async def answers(town: Town) -> list[tuple[str, str, str]]:
    async with town.db.transaction(TESTER) as conn:
        rows = await (await db.raw(conn)).fetch(
            "select kind, recipient, payload::text from outbox where kind like 'booking%' order by id"
        )
    return [tuple(row) for row in rows]


async def test_a_booking_holds_time_link_and_units_and_nothing_else(post: Post) -> None:
    row = await send(post, mail())
    assert (row.outcome, row.reason) == ("applied", "booked")
    ((booking_id, state, _),) = await all_of(post.town)
    read = await usecase.get(post.town.db, booking_id, actor=HERS, now=post.town.now)
    booking = read.booking
    assert (state, booking.start, booking.end) == ("waiting", NINE, NINE + timedelta(minutes=90))
    assert set(booking.units) == {HOME_CARE.unit_id, SCHOOL.unit_id}
    assert (booking.left_out, booking.gaps) == (1, ())
    assert booking.video_url is not None and booking.video_url.startswith("https://teams.microsoft.com/")
    ((kind, to, payload),) = await answers(post.town)
    assert (kind, to) == ("booking", "clara@region.example")
    for word in ("Nora", "nora@privat.example", "plan."):
        assert word not in payload
    async with post.town.db.transaction(TESTER) as conn:
        raw = await db.raw(conn)
        assert await raw.fetchval("select count(*) from inbound where raw is not null") == 0
        assert await raw.fetchval("select count(*) from meeting") == 0


async def test_a_place_is_a_unit_of_the_directory_or_none(post: Post) -> None:
    await send(post, mail("apple"))
    await send(post, mail("google"))
    found = []
    for booking_id, _, _ in await all_of(post.town):
        read = await usecase.get(post.town.db, booking_id, actor=HERS, now=post.town.now)
        found.append((read.booking.place_unit, read.booking.gaps, read.booking.units))
    assert sorted(found, key=str) == sorted(
        [
            ("Vårdcentralen Eken", (BookingGap.RECURRING,), (SOCIAL.unit_id,)),
            (None, (), (SCHOOL.unit_id,)),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"DTSTART;TZID=W. Europe Standard Time:20261207T100000": "DTSTART;VALUE=DATE:20261207"}, BookingGap.ALL_DAY),
        ({"20261207T": "20201207T"}, BookingGap.PAST),
        (
            {"DTSTART;TZID=W. Europe Standard Time:20261207T100000": "DTSTART;TZID=Nowhere:20261207T100000"},
            BookingGap.NO_TIME,
        ),
        ({"STATUS:CONFIRMED": "RRULE:FREQ=WEEKLY"}, BookingGap.RECURRING),
        ({"(?i)hemtjanst@al.example": "x@annat.example", "skolan@al.example": "y@annat.example"}, BookingGap.NO_UNITS),
    ],
)
async def test_what_cannot_be_taken_over_is_said(post: Post, changes: dict[str, str], gap: BookingGap) -> None:
    await send(post, mail(changes=changes))
    ((booking_id, _, _),) = await all_of(post.town)
    read = await usecase.get(post.town.db, booking_id, actor=HERS, now=post.town.now)
    assert gap in read.booking.gaps


async def test_who_is_not_proved_or_not_known_gets_no_answer(post: Post) -> None:
    forged = await send(post, mail(vouched="fail"))
    assert (forged.outcome, forged.reason) == ("quarantine", "unproven")
    silent = await post.put((GOLDEN / "booked-google.eml").read_bytes(), BASE, "clara@region.example")
    assert (silent.outcome, silent.reason) == ("quarantine", "unproven")
    stranger = mail().replace(b"From: Clara Kallar <clara@region.example>", b"From: x@region.example")
    assert (await send(post, stranger)).outcome == "quarantine"
    async with post.town.db.transaction(TESTER) as conn:
        await users.set_active(conn, CLARA, active=False)
    assert (await send(post, mail("apple"))).outcome in ("quarantine", "refused")
    assert (await all_of(post.town), await answers(post.town)) == ([], [])


async def test_a_role_that_may_not_convene_books_nothing(post: Post) -> None:
    async with post.town.db.transaction(TESTER) as conn:
        staff = users.GrantRecord(uuid5(CLARA, "role"), CLARA, Role.UNIT_STAFF, CARE_CENTRE.unit_id)
        await users.save_grants(conn, [staff])
    await send(post, mail())
    assert await all_of(post.town) == []


async def test_a_later_word_is_followed_and_an_older_or_the_same_is_not(post: Post) -> None:
    await send(post, mail())
    same = await send(post, mail(changes={"CLASS:PUBLIC": "CLASS:PRIVATE"}))
    assert same.reason == "already_applied"
    await send(post, mail(changes={"SEQUENCE:0": "SEQUENCE:2", "20261207T": "20261208T"}))
    await send(post, mail(changes={"SEQUENCE:0": "SEQUENCE:1", "20261207T": "20261209T"}))
    ((_, state, start),) = await all_of(post.town)
    assert (state, start) == ("waiting", NINE + timedelta(days=1))
    assert [kind for kind, _, _ in await answers(post.town)] == ["booking", "booking"]


async def test_what_she_has_begun_follows_her_calendar_but_for_what_she_changed(post: Post) -> None:
    await send(post, mail())
    ((booking_id, _, _),) = await all_of(post.town)
    for _ in range(2):  # a second press finds the first
        await usecase.begin(
            post.town.db, booking_id, name="Clara Kallar", email="clara@region.example", actor=HERS, now=post.town.now
        )
    begun = await sketches.get(post.town.db, booking_id, actor=HERS, now=post.town.now)
    assert (begun.start, begun.minutes, begun.form) == (NINE, 90, Form.VIDEO)
    assert {party.unit_id for party in begun.parties} == {HOME_CARE.unit_id, SCHOOL.unit_id}
    assert (begun.convener_unit_id, begun.convener_person) == (CARE_CENTRE.unit_id, "Clara Kallar")
    await send(post, mail(changes={"SEQUENCE:0": "SEQUENCE:1", "20261207T": "20261208T"}))
    moved = await sketches.get(post.town.db, booking_id, actor=HERS, now=post.town.now)
    assert moved == replace(begun, start=NINE + timedelta(days=1))
    hers = replace(moved, start=NINE + timedelta(days=7))
    await sketches.save(post.town.db, booking_id, hers, actor=HERS, now=post.town.now)
    await send(post, mail(changes={"SEQUENCE:0": "SEQUENCE:2", "20261207T": "20261209T"}))
    assert await sketches.get(post.town.db, booking_id, actor=HERS, now=post.town.now) == hers


async def test_a_cancellation_ends_it_without_a_word(post: Post) -> None:
    await send(post, mail())
    row = await send(post, mail(changes={"METHOD:REQUEST": "METHOD:CANCEL", "SEQUENCE:0": "SEQUENCE:1"}))
    assert row.reason == "booked"
    assert [state for _, state, _ in await all_of(post.town)] == ["cancelled"]
    assert len(await answers(post.town)) == 1


async def completed(post: Post, booking_id: UUID) -> UUID:
    """She goes through the steps of a new meeting to a draft."""
    now = post.town.now
    await usecase.begin(post.town.db, booking_id, name="Clara Kallar", email="c@region.example", actor=HERS, now=now)
    begun = await sketches.get(post.town.db, booking_id, actor=HERS, now=now)
    whole = replace(
        begun, kind=MeetingKind.ADULT, purpose=Purpose.NEW_PLAN, purpose_text="Planera", questions=("Vem gör vad?",),
        convener_phone="010-319 200", ground=Ground.OTHER, identity_said=True,
    )  # fmt: skip
    await sketches.save(post.town.db, booking_id, whole, actor=HERS, now=now)
    done = await sketches.convene(post.town.db, booking_id, Command(HERS, now, WORLD, "press"), call=False)
    assert done.state is not None, done.refused
    return done.state.id


async def test_once_a_draft_was_made_the_calendar_is_told_of_and_not_obeyed(post: Post) -> None:
    await send(post, mail())
    ((booking_id, _, _),) = await all_of(post.town)
    meeting_id = await completed(post, booking_id)
    before = (await post.town.meeting(meeting_id)).state
    await send(post, mail(changes={"SEQUENCE:0": "SEQUENCE:1", "CLASS:PUBLIC": "CLASS:PRIVATE"}))
    await send(post, mail(changes={"SEQUENCE:0": "SEQUENCE:2", "20261207T": "20261208T"}))
    assert [kind for kind, _, _ in await answers(post.town)] == ["booking", "booking_changed"]
    after = (await post.town.meeting(meeting_id)).state
    assert (after.start, after.state, after.parties) == (before.start, before.state, before.parties)
    async with post.town.db.transaction(TESTER) as conn:
        kept = await bookings.get(conn, booking_id, CLARA)
    assert kept is not None
    assert (kept.state, kept.meeting_id) == (BookingState.TAKEN, meeting_id)


async def test_what_was_made_of_it_and_handed_over_is_not_hers_to_make_again(post: Post) -> None:
    await send(post, mail())
    ((booking_id, _, _),) = await all_of(post.town)
    meeting_id = await completed(post, booking_id)
    now, to = post.town.now, Command(HERS, post.town.now, WORLD, "hand over")
    await meetings.hand_over(post.town.db, meeting_id, SOCIAL.unit_id, "Sara", "s@al.example", "010-1", to)
    found = await usecase.get(post.town.db, booking_id, actor=HERS, now=now)
    assert found.booking.state is BookingState.TAKEN
    with pytest.raises(NotFoundError):
        await usecase.begin(post.town.db, booking_id, name="Clara", email="c@x.example", actor=HERS, now=now)


async def test_nobody_else_sees_it_and_what_nobody_completes_goes(post: Post) -> None:
    await send(post, mail())
    ((booking_id, _, _),) = await all_of(post.town)
    other = Actor(ActorKind.USER, str(ident("another")), "Olle", CARE_CENTRE.unit_id, Role.CONVENER)
    with pytest.raises(NotFoundError):
        await usecase.get(post.town.db, booking_id, actor=other, now=post.town.now)
    with pytest.raises(NotFoundError):
        await usecase.begin(post.town.db, booking_id, name="Olle", email="o@x.example", actor=other, now=post.town.now)
    assert await service.drop_bookings(post.town.db, post.town.now + timedelta(days=29)) == 0
    assert await service.drop_bookings(post.town.db, post.town.now + timedelta(days=31)) == 1
