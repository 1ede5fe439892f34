"""The week's mail: which morning, which meetings, once."""

from datetime import datetime
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.effects import AnyMail, Link, Mail, MailKind, Notice, NoticeKind
from sip.domain.terms import AnswerKind
from sip.store import db as database
from sip.usecases import week
from tests.domain.cast import HOME_CARE, SOCIAL, at
from tests.store.town import Town
from tests.tester import TESTER
from tests.usecases.test_handle import said


@pytest.fixture
async def town(town: Town) -> Town:
    """The town, where home care wants the week's mail."""
    await sql(town, "update unit set week_mail = true where id = $1", HOME_CARE.unit_id)
    return town


async def sql(town: Town, text: str, *values: object) -> None:
    async with town.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute(text, *values)


async def told(town: Town, moment: str) -> list[AnyMail]:
    """What the week's mails of this moment say, as they leave."""
    await town.tick(moment)
    await week.tell_due(town.db, town.now)
    before = len(town.relay.composed)
    await town.send()
    made: list[AnyMail] = [mail for mails, _ in town.relay.composed[before:] for mail in mails]
    return [mail for mail in made if isinstance(mail, Notice) or mail.kind is MailKind.WEEK]


def lines(mails: list[AnyMail]) -> list[tuple[UUID, str, Link | None]]:
    found = [mail for mail in mails if isinstance(mail, Mail)]
    return [(mail.facts.meeting, mail.detail["standing"], mail.link) for mail in found]


def ahead(mails: list[AnyMail]) -> list[datetime]:
    heads = [mail for mail in mails if isinstance(mail, Notice)]
    assert [head.kind for head in heads] == [NoticeKind.WEEK] * len(heads)
    return [start for head in heads for start, _ in head.ahead]


async def test_this_weeks_meetings_and_the_nexts_unanswered(town: Town) -> None:
    one = await town.call("one", "2026-11-10 10:00")
    two = await town.call("two", "2026-11-13 10:00")
    await town.call("three", "2026-11-17 10:00")
    answered = await town.call("four", "2026-11-18 10:00")
    await town.call("five", "2026-11-24 10:00")
    await town.call("other", "2026-11-11 10:00", units=(SOCIAL,))
    for target in (one, answered):
        names = (e.NamedPerson("Anna Ek", "anna@al.example"),)
        await town.do(target, e.Answered(2, AnswerKind.ATTENDS, said("2026-11-03 09:00"), names=names))
    await town.send()
    made = await told(town, "2026-11-09 08:00")
    assert lines(made) == [(one, "attends", None), (two, "no_answer", Link.ANSWER)]
    assert ahead(made) == [at("2026-11-17 10:00")]
    assert await told(town, "2026-11-09 08:05") == []
    assert await told(town, "2026-11-10 08:00") == []


@pytest.mark.parametrize("moment", ["2026-11-09 07:59", "2026-11-09 17:00", "2026-11-10 08:00", "2026-11-08 10:00"])
async def test_on_the_first_working_day_in_office_time_alone(town: Town, moment: str) -> None:
    await town.call("one", "2026-11-13 10:00")
    await town.send()
    assert await told(town, moment) == []


async def test_a_late_monday_lists_what_is_left(town: Town) -> None:
    await town.call("one", "2026-11-09 09:00")
    two = await town.call("two", "2026-11-09 15:00")
    await town.send()
    assert [line[0] for line in lines(await told(town, "2026-11-09 11:00"))] == [two]


async def test_after_the_units_own_closed_day_it_is_the_next(town: Town) -> None:
    await town.call("one", "2026-11-13 10:00")
    await sql(town, "insert into closed_day (unit_id, day) values ($1, '2026-11-09')", HOME_CARE.unit_id)
    await town.send()
    assert await told(town, "2026-11-09 08:00") == []
    assert len(lines(await told(town, "2026-11-10 08:00"))) == 1


async def test_cancelled_and_those_the_unit_has_left_are_not_told(town: Town) -> None:
    gone = await town.call("gone", "2026-11-12 10:00")
    left = await town.call("left", "2026-11-13 10:00", units=(HOME_CARE, SOCIAL))
    await town.do(gone, e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    await town.do(left, e.PartyRemoved(2))
    await town.send()
    assert await told(town, "2026-11-09 08:00") == []


async def test_an_answer_given_before_it_leaves_takes_the_ask_out(town: Town) -> None:
    target = await town.call("one", "2026-11-13 10:00")
    await town.call("two", "2026-11-12 10:00")
    await town.send()
    await town.tick("2026-11-09 08:00")
    await week.tell_due(town.db, town.now)
    await town.do(target, e.Answered(2, AnswerKind.ATTENDS, said("2026-11-09 08:00")))
    made = await told(town, "2026-11-09 08:00")
    assert target not in [line[0] for line in lines(made)]
    assert len(lines(made)) == 1


async def test_a_pass_that_was_cut_short_tells_nothing_twice(town: Town) -> None:
    await town.call("one", "2026-11-13 10:00")
    await town.send()
    assert len(lines(await told(town, "2026-11-09 08:00"))) == 1
    await sql(town, "delete from heartbeat where kind = 'week'")
    assert await told(town, "2026-11-09 08:01") == []


async def test_nobody_is_told_who_has_not_asked_for_it(town: Town) -> None:
    await sql(town, "update unit set week_mail = false")
    await town.call("one", "2026-11-13 10:00")
    await town.send()
    assert await told(town, "2026-11-09 08:00") == []
