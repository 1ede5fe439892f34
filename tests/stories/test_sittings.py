"""A managers' network meets (rules, section 18 U7): the year's dates are called at once, seats answer in calendars and
on the page behind the link, a substitute comes, a date is moved and one cancelled, and whoever leaves is let go.
"""

import re
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from sip.domain.group import ConsentWay, SeatFunction
from sip.domain.sitting import GroupSitting, SeatCover, SittingPlace, cover_of
from sip.store.aggregates import sittings as stored
from sip.usecases import groups, sittings
from sip.usecases.group_forms import SeatForm, SitterForm, TermForm
from sip.usecases.reading import groups as group_reading
from sip.usecases.reading import sittings as reading
from sip.usecases.sittings import SittingForm
from tests.plain import plain
from tests.stories.stage import CONVENER, Letter, Stage, at, bounce_of, on_stage, reply_to
from tests.stories.test_seats import BODIES, by, network
from tests.tester import TESTER
from tests.web.scene import fields_of

ANNA, BO, CAJ = "anna@al.example", "bo@al.example", "caj@bok.example"
ROOM = SittingPlace("Sal 2", "https://video.example/rum")
YEAR = ("2027-02-09", "2027-04-13", "2027-06-08", "2027-09-14")


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with on_stage(database_url, "2026-11-02 09:00", pages=True) as made:
        yield made


def dates(*days: str, place: SittingPlace = ROOM) -> list[SittingForm]:
    return [SittingForm(at(f"{day} 13:00"), at(f"{day} 16:00"), place) for day in days]


async def seated(stage: Stage) -> UUID:
    """Al's seat has a representative and a substitute, Bok's a representative, the region's nobody."""
    group = await network(stage, "al", "bok", "region")
    terms = (
        TermForm(SitterForm("Anna Ek", "IFO-chef", ANNA), date(2026, 11, 1), None, SitterForm("Bo Alm", "chef", BO)),
        TermForm(SitterForm("Caj By", "rektor", CAJ), date(2026, 11, 1)),
    )
    for seat, term in enumerate(terms, 1):
        assert (await groups.fill(stage.made.db, group, seat, term, await by(stage, f"fill/{seat}"))).refused is None
    return group


async def call(stage: Stage, group: UUID, *days: str) -> list[UUID]:
    command = await by(stage, "call")
    assert (await sittings.call(stage.made.db, group, dates(*days), command)).refused is None
    await stage.work()
    return [sittings.sitting_id(group, n, command) for n in range(len(days))]


async def the(stage: Stage, sitting: UUID) -> GroupSitting:
    async with stage.made.db.transaction(TESTER) as conn:
        return (await stored.load_many(conn, [sitting]))[sitting].state


async def covers(stage: Stage, sitting: UUID) -> list[SeatCover]:
    there = await the(stage, sitting)
    return [cover_of(there, seat) for seat in there.seats]


def entries(stage: Stage, address: str) -> list[tuple[str | None, int]]:
    return [(one.method, one.sequence) for one in stage.mailbox(address) if one.method is not None]


async def answer(stage: Stage, address: str, sitting: UUID, said: str) -> httpx.Response:
    """On the page behind the newest link that the address was mailed."""
    mails = [re.search(r"/svar/[a-z2-7]{26}", one.body) for one in stage.mailbox(address)]
    link = next(found.group() for found in reversed(mails) if found is not None)
    there = await the(stage, sitting)
    where = stage.place.listening["http"]
    async with plain(f"http://{where.host}:{where.port}") as client:
        page = await client.get(link)
        mine = [one for one in there.invitations if str(one.id) in page.text]
        form = {**fields_of(page.text), "entry": str(mine[0].id if mine else sitting), "answer": said}
        return await client.post(link, data=form, follow_redirects=True)


async def replied(stage: Stage, call: Letter, partstat: str, who: str) -> None:
    """As a calendar client writes it, over LMTP."""
    await stage.receive(reply_to(call, partstat, who, await stage.now(), {}), call.reply_to, who)
    await stage.work()


async def test_a_years_dates_are_called_answered_and_stood_in_for(stage: Stage) -> None:
    group = await seated(stage)
    first, second, third, fourth = await call(stage, group, *YEAR)
    calls = stage.mailbox(ANNA)
    assert calls[0].subject == "Chefsnätverk barn och unga: sammanträde tisdag 9 februari 2027"
    assert entries(stage, ANNA) == entries(stage, CAJ) == [("REQUEST", 0)] * 4
    assert len({one.uid for one in (*calls, *stage.mailbox(CAJ))}) == 8, "each seat's date is an entry of its own"
    assert all("RRULE" not in str(one.calendar and one.calendar.walk("VEVENT")[0]) for one in calls)
    assert stage.mailbox(BO) == [] and not any("Anna Ek" in one.body for one in calls), "no name is in the mails"

    await replied(stage, calls[0], "ACCEPTED", ANNA)
    assert await covers(stage, first) == [SeatCover.REPRESENTATIVE, SeatCover.WAITING, SeatCover.VACANT]
    await replied(stage, calls[1], "DECLINED", ANNA)
    await stage.work()
    (asked,) = stage.mailbox(BO)
    assert (asked.method, asked.sequence) == ("REQUEST", 0) and "ersättare" in asked.body
    await replied(stage, asked, "ACCEPTED", BO)
    assert (await covers(stage, second))[0] is SeatCover.SUBSTITUTE
    await replied(stage, calls[1], "ACCEPTED", ANNA)
    await stage.work()
    assert entries(stage, BO) == [("REQUEST", 0), ("CANCEL", 1)], "she comes after all"

    done = await answer(stage, CAJ, third, "yes")
    assert "Tack, svaret är sparat" in done.text and "Caj By" not in done.text
    assert (await covers(stage, third))[1] is SeatCover.REPRESENTATIVE
    assert (await answer(stage, ANNA, third, "substitute")).status_code == 200
    await stage.work()
    assert entries(stage, BO)[-1] == ("REQUEST", 0) and (await covers(stage, third))[0] is SeatCover.SUBSTITUTE_ASKED
    assert (await answer(stage, CAJ, fourth, "substitute")).status_code == 422, "Bok's seat has no substitute"


async def test_a_date_is_moved_and_one_cancelled_and_an_old_answer_weighs_nothing(stage: Stage) -> None:
    group = await seated(stage)
    first, second = await call(stage, group, *YEAR[:2])
    old = stage.mailbox(ANNA)[0]
    await replied(stage, old, "DECLINED", ANNA)
    (form,) = dates("2027-02-16")
    assert (await sittings.move(stage.made.db, first, form, await by(stage, "move"))).refused is None
    await stage.work()
    assert entries(stage, ANNA)[-1] == ("REQUEST", 1) and entries(stage, BO)[-1][0] == "CANCEL"
    assert (await covers(stage, first))[0] is SeatCover.WAITING
    await replied(stage, old, "ACCEPTED", ANNA)
    assert (await stage.outcomes())[-1] == ("refused", "answered_old_time")
    assert (await covers(stage, first))[0] is SeatCover.WAITING

    assert (await sittings.cancel(stage.made.db, second, "Snöstorm.", await by(stage, "cancel"))).refused is None
    await stage.work()
    last = stage.mailbox(CAJ)[-1]
    assert (last.method, last.sequence) == ("CANCEL", 1) and "Skäl: Snöstorm." in last.body
    late = stage.mailbox(CAJ)[1]
    await replied(stage, late, "ACCEPTED", CAJ)
    assert (await stage.outcomes())[-1] == ("unchanged", "cancelled")


async def test_who_has_not_answered_is_reminded_once(stage: Stage) -> None:
    group = await seated(stage)
    first, _ = await call(stage, group, *YEAR[:2])
    assert (await answer(stage, CAJ, first, "yes")).status_code == 200
    await stage.at("2027-02-08 18:00")
    told = [(one.when, one.subject) for one in stage.mailbox(ANNA) if one.method is None]
    assert told == [("Tue 26 Jan 08:00", "Påminnelse. Chefsnätverk barn och unga: sammanträde tisdag 9 februari 2027")]
    assert all(one.method for one in stage.mailbox(CAJ))


async def test_the_calls_follow_who_sits_and_a_consent_that_is_withdrawn_leaves_no_name_behind(stage: Stage) -> None:
    group = await seated(stage)
    seat = SeatForm(SeatFunction.USER_REPRESENTATIVE, "", (BODIES["region"],))
    assert (await groups.add_seat(stage.made.db, group, seat, await by(stage, "user seat"))).refused is None
    (first,) = await call(stage, group, YEAR[0])
    eva, agreed = "eva@privat.example", (date(2026, 11, 2), ConsentWay.WRITTEN)
    term = TermForm(SitterForm("Eva", "brukarrepresentant", eva, None, *agreed), date(2026, 11, 2))
    assert (await groups.fill(stage.made.db, group, 4, term, await by(stage, "eva"))).refused is None
    await stage.work()
    assert entries(stage, eva) == [("REQUEST", 0)], "whoever is appointed afterwards is called to what is ahead"
    assert (await answer(stage, eva, first, "yes")).status_code == 200
    assert (await covers(stage, first))[3] is SeatCover.REPRESENTATIVE

    assert (await groups.withdraw(stage.made.db, group, 4, False, await by(stage, "withdraw"))).refused is None
    await stage.work()
    assert entries(stage, eva) == [("REQUEST", 0), ("CANCEL", 1)], "her calendar lets go of it"
    assert (await covers(stage, first))[3] is SeatCover.VACANT
    async with stage.made.db.transaction(TESTER) as conn:
        for table, column in (
            ("journal", "j::text"),
            ("access_log", "j::text"),
            ("sitter", "j::text"),
            ("link_token", "j::text"),
        ):
            found = await conn.scalar(text(f"select count(*) from {table} j where {column} ilike '%privat.example%'"))
            assert found == 0, table

    assert (await groups.close(stage.made.db, group, "Uppgått i vårdsrådet.", await by(stage, "close"))).refused is None
    await stage.work()
    assert stage.mailbox(ANNA)[-1].method == "CANCEL" and "Uppgått i vårdsrådet" in stage.mailbox(ANNA)[-1].body


async def test_a_stranger_and_a_machine_answer_for_nobody(stage: Stage) -> None:
    group = await seated(stage)
    (first,) = await call(stage, group, YEAR[0])
    call_of_anna = stage.mailbox(ANNA)[0]
    await replied(stage, call_of_anna, "ACCEPTED", CAJ)
    assert (await stage.outcomes())[-1] == ("quarantine", "unproven")
    assert (await covers(stage, first))[0] is SeatCover.WAITING
    await replied(stage, call_of_anna, "TENTATIVE", ANNA)
    assert (await covers(stage, first))[0] is SeatCover.WAITING
    none = await by(stage, "none")
    past = await sittings.call(stage.made.db, group, dates("2027-05-04", "2026-10-01"), none)
    assert past.refused is not None, "a year's dates are called all or none"
    assert len(stage.mailbox(ANNA)) == 1


async def test_a_call_that_comes_back_is_seen_on_the_sittings_page_until_another_arrives(stage: Stage) -> None:
    group = await seated(stage)
    (sitting,) = await call(stage, group, YEAR[0])
    (mail,) = stage.mailbox(CAJ)
    sender = mail.mail_from
    await stage.receive(bounce_of(mail, sender), sender)
    await stage.work()

    async def unreached() -> list[str]:
        now = await stage.now()
        read = await reading.sitting(stage.made.db, sitting, actor=CONVENER, now=now)
        told = await group_reading.group(stage.made.db, group, actor=CONVENER, now=now)
        assert told.unreached.get(sitting, 0) == len(read.unreached)
        return list(read.unreached.values())

    assert await unreached() == ["5.1.1 smtp; 550 5.1.1 no such user"]
    there = await the(stage, sitting)
    assert [cover_of(there, one) for one in there.seats][1] is SeatCover.WAITING, "not delivered is not a no"
    other = SittingForm(at(f"{YEAR[1]} 13:00"), at(f"{YEAR[1]} 16:00"), ROOM)
    assert (await sittings.move(stage.made.db, sitting, other, await by(stage, "move"))).refused is None
    await stage.work()
    assert await unreached() == []
