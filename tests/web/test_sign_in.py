"""Signing in: known and unknown addresses look alike, tries are counted first, passwords hashed a few at once."""

import asyncio

import httpx

from sip.store import users
from sip.usecases.sessions import PasswordDesk
from tests.web.scene import PASSWORD, Scene, address_of, csrf_of


async def _tries(scene: Scene, email: str, password: str, times: int) -> list[tuple[int, str]]:
    found = []
    async with scene.client() as client:
        page = await client.get("/sign-in")
        form = {"email": email, "password": password, "_csrf": csrf_of(page.text), "next": "/"}
        for _ in range(times):
            answer = await client.post("/sign-in", data=form)
            found.append((answer.status_code, _sentence(answer, email)))
    return found


def _sentence(answer: httpx.Response, email: str) -> str:
    """The page, but for what differs from one form to the next."""
    lines = [line.strip() for line in answer.text.splitlines() if "_csrf" not in line]
    return "\n".join(lines).replace(email, "who")


async def test_known_and_unknown_addresses_get_the_same_answers(fresh: Scene) -> None:
    tries = users.FAILURES_BEFORE_LOCK + 2
    known = await _tries(fresh, address_of("convener"), "fel", tries)
    unknown = await _tries(fresh, "nobody@sip.example", "fel", tries)
    assert known == unknown
    assert [status for status, _ in known] == [422] * users.FAILURES_BEFORE_LOCK + [429] * 2
    assert (await _tries(fresh, address_of("convener"), PASSWORD, 1))[0][0] == 429
    assert (await _tries(fresh, address_of("coordinator"), PASSWORD, 1))[0][0] == 303


async def test_who_signs_in_rightly_is_never_counted_out(fresh: Scene) -> None:
    for _ in range(users.FAILURES_BEFORE_LOCK + 2):
        assert (await _tries(fresh, address_of("convener"), PASSWORD, 1))[0][0] == 303


async def test_few_passwords_are_looked_at_at_once_and_few_wait() -> None:
    desk = PasswordDesk()
    waiting = [asyncio.create_task(desk.right(None, "x" * 1_000_000)) for _ in range(20)]
    await asyncio.sleep(0)
    assert desk.full
    assert await asyncio.gather(*waiting) == [False] * 20
    assert not desk.full
