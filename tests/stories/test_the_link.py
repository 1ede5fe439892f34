"""The link in the mail: opening it says nothing, choosing and sending does; mail and page end in the same place."""

from collections.abc import AsyncIterator

import pytest

from sip.domain.standing import Standing
from tests.plain import plain
from tests.stories.browser import Person
from tests.stories.stage import Stage, on_stage


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    """With pages: links lead there."""
    async with on_stage(database_url, "2026-11-02 09:00", pages=True) as made:
        yield made


@pytest.fixture
async def person(stage: Stage) -> AsyncIterator[Person]:
    someone = Person(stage)
    yield someone
    await someone.leaves()


async def test_opening_the_link_is_no_answer(stage: Stage, person: Person) -> None:
    """Mail scanners open every link: the unit is still asked."""
    await stage.call("2026-12-07 10:00")
    for _ in range(3):
        shown = await person.opens(stage.mailbox("hemtjanst@al.example")[0])
        assert shown.status_code == 200
        assert "Clara Kallar" in shown.text
        assert "Gemensam planering" not in shown.text, "free text is for the signed in"
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_a_yes_on_the_page_names_who_comes(stage: Stage, person: Person) -> None:
    await stage.call("2026-12-07 10:00")
    letter = stage.mailbox("hemtjanst@al.example")[0]
    done = await person.answers(letter, answer="attends", first_name="Anna Ek", first_email="anna@al.example")
    assert done.status_code == 200, done.text
    assert await stage.stands("hemtjanst") is Standing.ATTENDS
    assert stage.arrivals("anna@al.example") == [("Mon 02 Nov 09:00", "REQUEST")]
    await stage.replies("hemtjanst@al.example", "ACCEPTED", request=letter)
    assert await stage.stands("hemtjanst") is Standing.ATTENDS, "the calendar's yes changes nothing"


async def test_the_manager_names_a_substitute(stage: Stage, person: Person) -> None:
    await stage.call("2026-12-07 10:00")
    await stage.replies("hemtjanst@al.example", "DECLINED")
    await stage.replies("anna@al.example", "DECLINED")
    await stage.replies("bo@al.example", "DECLINED")
    asked = stage.mailbox("mona@al.example")[0]
    done = await person.answers(
        asked, answer="stands_in", substitute_name="Vera Lind", substitute_email="vera@al.example"
    )
    assert done.status_code == 200, done.text
    assert stage.arrivals("vera@al.example") == [("Mon 02 Nov 09:00", "REQUEST")]
    await stage.replies("vera@al.example", "ACCEPTED")
    assert await stage.stands("hemtjanst") is Standing.SUBSTITUTE_ATTENDS


async def test_no_choice_is_no_answer(stage: Stage, person: Person) -> None:
    await stage.call("2026-12-07 10:00")
    done = await person.answers(stage.mailbox("hemtjanst@al.example")[0])
    assert done.status_code == 422
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_a_wrong_link_is_not_there(stage: Stage, person: Person) -> None:
    where = stage.place.listening["http"]

    async with plain() as client:
        found = await client.get(f"http://{where.host}:{where.port}/svar/{'a' * 26}")
    assert found.status_code == 404
