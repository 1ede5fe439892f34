"""`handle()`: one writer, locked, repeatable, journalled (rules, section 2)."""

from tests.store.town import QUESTIONS, Town


async def test_a_call_is_written_and_read_back_the_same(town: Town) -> None:
    target = await town.call()
    found = await town.meeting(target)
    print(found)
    assert found.state.questions == QUESTIONS
    await town.send()
    print(town.relay.keys)
    found = await town.meeting(target)
    print(found)
    print(await town.tick("2026-11-06 08:00"))
    await town.send()
    print(town.relay.keys)
    assert 0
