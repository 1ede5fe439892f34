"""A mail that is refused for ever: the server's own words reach the convener, on the meeting's page and by mail."""

from sip.domain import events as e
from sip.domain.terms import AnswerKind
from tests.web.scene import Scene, _answers

REFUSAL = "550 5.1.1 <skolan@al.example>: Recipient address rejected: no mailbox here"


async def test_the_servers_words_are_shown_and_mailed(fresh: Scene) -> None:
    fresh.stage.relay.refuses["skolan@al.example"] = REFUSAL
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    told = fresh.stage.mailbox("clara@region.example")[-1]
    assert REFUSAL in told.body
    assert "nästa adress, skolan2@al.example" in told.body
    async with fresh.client("convener") as client:
        page = (await client.get(f"/meetings/{fresh.stage.id}")).text
    assert "Mejlservern för skolan@al.example svarade: 550 5.1.1" in page
    assert "no mailbox here" in page
    async with fresh.client("staff") as client:
        other = (await client.get(f"/meetings/{fresh.stage.id}")).text
    assert "no mailbox here" not in other, "another unit is not told of it"


async def test_of_a_person_who_was_named_too(fresh: Scene) -> None:
    words = "554 5.7.1 Your message looks like spam to us"
    fresh.stage.relay.refuses["anna@al.example"] = words
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    await _answers(fresh, "hemtjanst", AnswerKind.ATTENDS, names=(e.NamedPerson("Anna Ek", "anna@al.example"),))
    await fresh.stage.work()
    told = fresh.stage.mailbox("clara@region.example")[-1]
    assert words in told.body
    assert "Anna Ek" in told.body
    async with fresh.client("convener") as client:
        page = (await client.get(f"/meetings/{fresh.stage.id}")).text
    assert f"Mejlservern svarade: {words}" in page
