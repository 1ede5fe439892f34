"""An agreement ends, and each principal is asked in time whether it renews (rules, section 17 J2)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid5

from sqlalchemy import text

from sip.domain.agreement import Agreement, Joining
from sip.domain.people import Role
from sip.domain.renewal import Renewal, RenewalAnswer
from sip.store import agreements, register
from sip.usecases import joinings
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.directory.keys import NAMESPACE, key_id
from tests.stories.county import agreement
from tests.stories.stage import Stage
from tests.tester import TESTER

AL, REGION = key_id("principal", "al"), key_id("principal", "region")
OFFICER = "kim@al.example"
ASKED = "Länsavtal 2: förnyar Al kommun?"
ADMIN = Actor(ActorKind.API_KEY, "story", "Ada Admin", role=Role.ADMINISTRATOR)


async def ending(stage: Stage) -> Agreement:
    """An agreement that ends for Al on the last of April, and for the region never; Kim is Al's contract officer."""
    one = replace(
        agreement(), id=uuid5(NAMESPACE, "ending"), name="Länsavtal 2",
        joinings=frozenset({Joining(AL, valid_to=date(2027, 4, 30))}),
    )  # fmt: skip
    async with stage.made.db.transaction(TESTER) as conn:
        await agreements.keep(conn, [one])
        await conn.execute(
            text("insert into role (id, person_id, role, principal_id) values (:id, :person, 'contract_officer', :al)"),
            {"id": uuid5(NAMESPACE, "officer"), "person": key_id("person", "kim"), "al": AL},
        )
    return one


def asked(stage: Stage) -> list[tuple[str, str]]:
    return [(letter.when, letter.subject) for letter in stage.mailbox(OFFICER)]


async def days(stage: Stage, *said: str) -> None:
    for day in said:
        await stage.at(f"{day} 08:00")


async def test_three_times_in_office_hours_and_no_more(stage: Stage) -> None:
    await ending(stage)
    await days(stage, "2026-10-30", "2026-11-02", "2026-11-03")
    assert asked(stage) == [("Mon 02 Nov 09:00", ASKED)], "180 days before is a Sunday"
    letter = stage.mailbox(OFFICER)[0]
    assert "upphör fredag 30 april 2027" in letter.body and "enbart lagen" in letter.body
    assert "du har ingen inloggning här" in letter.body and "/agreements/" not in letter.body
    await days(stage, "2027-01-29", "2027-02-01", "2027-03-30", "2027-03-31", "2027-04-01", "2027-04-29", "2027-05-03")
    assert asked(stage)[1:] == [
        ("Mon 01 Feb 08:00", f"Påminnelse. {ASKED}"), ("Wed 31 Mar 08:00", f"Påminnelse. {ASKED}"),
    ]  # fmt: skip


async def test_what_was_missed_is_not_made_up_for(stage: Stage) -> None:
    await ending(stage)
    await stage.jump("2027-04-12 08:00")
    assert asked(stage) == [("Mon 12 Apr 08:00", f"Påminnelse. {ASKED}")]


async def test_who_has_answered_is_left_alone(stage: Stage) -> None:
    one = await ending(stage)
    await days(stage, "2026-11-02")
    await joinings.answer(stage.made.db, one.id, 1, AL, RenewalAnswer.RENEWS, actor=ADMIN, now=await stage.now())
    await days(stage, "2027-01-29", "2027-03-31")
    assert len(asked(stage)) == 1
    await joinings.answer(stage.made.db, one.id, 1, AL, None, actor=ADMIN, now=await stage.now())
    await days(stage, "2027-04-01")
    assert len(asked(stage)) == 2, "what is taken back is asked on"


async def test_an_answer_and_a_question_at_once_are_both_kept(stage: Stage) -> None:
    """Each is written by one that has not seen the other's."""
    one = await ending(stage)
    asked_at, said_at = await stage.now(), await stage.now() + timedelta(hours=1)
    question = Renewal(one.id, 1, AL, 1, asked_at)
    said = Renewal(one.id, 1, AL, answer=RenewalAnswer.LEAVES, answered_at=said_at)
    async with stage.made.db.transaction(TESTER) as conn:
        for _ in range(2):
            await register.keep_asked(conn, [question])
            await register.keep_answer(conn, said)
        assert await register.renewals(conn) == [Renewal(one.id, 1, AL, 1, asked_at, RenewalAnswer.LEAVES, said_at)]


async def test_a_version_that_follows_is_the_answer(stage: Stage) -> None:
    one = await ending(stage)
    follows = replace(one, version=2, valid_from=date(2027, 5, 1), joinings=frozenset())
    async with stage.made.db.transaction(TESTER) as conn:
        await agreements.keep(conn, [follows])
    await days(stage, "2026-11-02", "2027-03-31")
    assert asked(stage) == []
