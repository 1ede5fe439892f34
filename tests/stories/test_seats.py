"""A managers' network of a region and three municipalities fills its seats (rules, section 18): asked, answered on the
page behind the link, put off, never answered and lifted; a term ends, and the turn goes on.
"""

import re
from collections.abc import AsyncIterator
from uuid import UUID, uuid5

import httpx
import pytest
from sqlalchemy import text

from sip.domain.group import Mandate, SeatFunction, StandingGroup, StandingKind
from sip.store import register
from sip.store.aggregates import groups as stored
from sip.store.register import County
from sip.usecases import groups
from sip.usecases.commands import Command
from sip.usecases.counties import county_id
from sip.usecases.directory.keys import key_id
from sip.usecases.engine.surroundings import World
from sip.usecases.group_forms import BodyForm, GroupForm, SeatForm
from tests.plain import plain
from tests.stories.stage import CONVENER, Stage, at, on_stage
from tests.tester import TESTER
from tests.web.scene import fields_of

COUNTY = county_id("Exempel")
BODIES = {
    "region": BodyForm(key_id("principal", "region"), "Hälso- och sjukvårdsnämnden", "hsn@region.example"),
    "al": BodyForm(key_id("principal", "al"), "Socialnämnden", "socialnamnden@al.example"),
    "bok": BodyForm(key_id("principal", "bok"), "Utbildningsnämnden", "utbildning@bok.example"),
}
ANNA = {
    "answer": "person", "representative_name": "Anna Ek", "representative_function": "IFO-chef",
    "representative_email": "anna@al.example", "first": "2026-11-05", "last": "2027-12-31",
    "decided_by": "Socialnämnden", "decided_on": "2026-11-02", "registration_number": "SN 2026-17",
    "substitute_name": "Bo Alm", "substitute_function": "enhetschef",
}  # fmt: skip
LATER = {"answer": "later", "until": "2026-12-14", "reason": "Nämnden sammanträder då."}


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with on_stage(database_url, "2026-11-02 09:00", pages=True) as made:
        yield made


async def by(stage: Stage, said: str) -> Command:
    return Command(CONVENER, await stage.now(), World(), f"test/{said}")


async def network(stage: Stage, *bodies: str, name: str = "Chefsnätverk barn och unga") -> UUID:
    """A network with a seat for each of these, "al/bok": by turn."""
    async with stage.made.db.transaction(TESTER) as conn:
        known = frozenset(one.principal_id for one in BODIES.values())
        await register.keep_county(conn, County(COUNTY, "Exempel", known))
    form = GroupForm(StandingKind.MANAGERS_NETWORK, name, Mandate("Samordnar stöd."), COUNTY)
    command = await by(stage, name)
    assert (await groups.found(stage.made.db, form, command)).refused is None
    group = groups.group_id(form, command)
    for n, said in enumerate(bodies):
        turns = tuple(BODIES[one] for one in said.split("/"))
        seat = SeatForm(SeatFunction.IFO_MANAGER, "barn och unga", turns)
        assert (await groups.add_seat(stage.made.db, group, seat, await by(stage, f"{name}/{n}"))).refused is None
    await stage.work()
    return group


async def the(stage: Stage, group: UUID) -> StandingGroup:
    async with stage.made.db.transaction(TESTER) as conn:
        return (await stored.load_many(conn, [group]))[group].state


def asks(stage: Stage, key: str) -> list[str]:
    return [one.when for one in stage.mailbox(BODIES[key].email)]


async def answer(stage: Stage, key: str, group: UUID, seat: int, form: dict[str, str]) -> httpx.Response:
    """On the page behind the newest link that the body was mailed, without sign-in."""
    found = re.search(r"/svar/[a-z2-7]{26}", stage.mailbox(BODIES[key].email)[-1].body)
    assert found is not None
    where = stage.place.listening["http"]
    async with plain(f"http://{where.host}:{where.port}") as client:
        page = await client.get(found.group())
        hidden = fields_of(page.text) | {"group": str(group), "seat": str(seat)}
        return await client.post(found.group(), data={**hidden, **form}, follow_redirects=True)


async def test_a_network_is_filled_put_off_and_lifted_and_the_turn_goes_on(stage: Stage) -> None:
    group = await network(stage, "region", "al/bok", "bok")
    async with stage.made.db.transaction(TESTER) as conn:
        officer = "insert into role (id, person_id, role, principal_id) values (:id, :siv, 'contract_officer', :region)"
        siv = {"id": uuid5(COUNTY, "officer"), "siv": key_id("person", "siv"), "region": key_id("principal", "region")}
        await conn.execute(text(officer), siv)
    assert not stage.relay.letters, "nothing leaves while seats are being made"
    await stage.at("2026-11-03 08:30")
    assert asks(stage, "region") == asks(stage, "al") == asks(stage, "bok") == ["Tue 03 Nov 08:00"]
    asked = stage.mailbox(BODIES["al"].email)[0]
    assert "Chefsnätverk barn och unga: vem utser Socialnämnden?" in asked.subject
    assert "IFO-chef (barn och unga)" in asked.body and "ingen är utsedd" in asked.body

    done = await answer(stage, "al", group, 2, ANNA)
    assert done.status_code == 200 and "Allt är besvarat" in done.text
    term = (await the(stage, group)).seats[1].terms[0]
    assert (term.decided_by, term.registration_number, str(term.last)) == ("Socialnämnden", "SN 2026-17", "2027-12-31")
    assert "Allt är besvarat" in (await answer(stage, "bok", group, 3, LATER)).text

    await stage.at("2027-01-29 18:00")
    assert asks(stage, "al") == ["Tue 03 Nov 08:00"], "a filled seat with term left is never asked"
    assert asks(stage, "bok")[:2] == ["Tue 03 Nov 08:00", "Mon 14 Dec 08:00"], "silent until the day that it named"
    assert asks(stage, "region") == ["Tue 03 Nov 08:00", "Tue 17 Nov 08:00", "Tue 01 Dec 08:00"]
    (lifted,) = stage.mailbox("siv@region.example")
    assert lifted.when == "Tue 15 Dec 08:00" and "Region Exempel behöver hjälp att utse" in lifted.subject
    assert "du har ingen inloggning här" in lifted.body and "/svar/" not in lifted.body

    await stage.at("2027-11-02 09:00")
    assert asks(stage, "al") == ["Tue 03 Nov 08:00"]
    assert asks(stage, "bok")[-1] == "Mon 01 Nov 08:00"
    assert "till och med" in stage.mailbox(BODIES["bok"].email)[-1].body, "the turn is Bok's when Al's term ends"


async def test_all_groups_of_a_mailbox_are_one_mail_and_a_settled_link_opens_nothing(stage: Stage) -> None:
    first = await network(stage, "al")
    await network(stage, "al", name="Vårdsrådet")
    await stage.at("2026-11-03 08:30")
    (mail,) = stage.mailbox(BODIES["al"].email)
    assert "2 grupper väntar på att Socialnämnden utser" in mail.subject
    done = await answer(stage, "al", first, 1, ANNA)
    assert "Tack, svaret är sparat" in done.text and "Vårdsrådet" in done.text
    again = await answer(stage, "al", first, 1, LATER)
    assert again.status_code == 409 and "redan besvarad" in again.text
    assert (await the(stage, first)).seats[0].deferred_until is None


async def test_opening_the_link_changes_nothing_and_wrong_answers_are_said(stage: Stage) -> None:
    group = await network(stage, "al")
    await stage.at("2026-11-03 08:30")
    before = await the(stage, group)
    for form, said in (
        ({}, ""), ({"answer": "later", "until": "2026-11-01", "reason": "x"}, ""),
        ({**ANNA, "representative_name": "19121212-1212"}, "personnummer"), ({**ANNA, "first": ""}, ""),
    ):  # fmt: skip
        wrong = await answer(stage, "al", group, 1, form)
        assert wrong.status_code in (409, 422), form
        assert said in wrong.text
        assert "19121212" not in wrong.text or "value=" in wrong.text
    assert await the(stage, group) == before
    assert at("2026-11-03 08:30") == await stage.now()
