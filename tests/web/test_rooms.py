"""How many rooms a request passes, and how often who follows it has to climb; `python -m tools.rooms` prints them."""

from collections.abc import Awaitable, Callable

import pytest
from tools.rooms import Walk, walked

from tests.web.scene import Scene, fields_of
from tests.web.test_convening import NEW


def _tell(name: str, walk: Walk) -> None:
    print(f"\n{name}: {len(walk.rooms)} rooms, {len(walk.climbs)} climbs")
    print("\n".join(f"  {line}" for line in walk.told()))


async def _answer(scene: Scene) -> Walk:
    await scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    async with scene.client() as client:
        path = scene.link("hemtjanst@al.example")
        form = {**fields_of((await client.get(path)).text), "answer": "regrets", "regret_reason": "double_booked"}
        with walked() as walk:
            answer = await client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    return walk


async def _draft(scene: Scene) -> Walk:
    async with scene.client("convener") as client:
        form = {**fields_of((await client.get("/meetings/new")).text), **NEW, "then": "keep"}
        with walked() as walk:
            answer = await client.post("/meetings", data=form)
    assert answer.status_code == 303, answer.text
    return walk


async def _page(scene: Scene) -> Walk:
    await scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    async with scene.client("convener") as client:
        with walked() as walk:
            assert (await client.get(f"/meetings/{scene.stage.id}")).status_code == 200
    return walk


@pytest.mark.parametrize(
    ("what", "ask", "rooms", "climbs"),
    [("an answer behind a mailed link", _answer, 99, 999), ("a draft by form", _draft, 99, 999),
     ("a meeting's page", _page, 99, 999)],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
async def test_requests_pass_no_more_rooms_than_they_did(
    fresh: Scene, what: str, ask: Callable[[Scene], Awaitable[Walk]], rooms: int, climbs: int
) -> None:
    walk = await ask(fresh)
    _tell(what, walk)
    assert len(walk.rooms) <= rooms
    assert len(walk.climbs) <= climbs
