"""How many rooms a request passes, and how often who follows it has to climb; `python -m tools.rooms` prints them."""

from collections.abc import Awaitable, Callable

import pytest
from tools.rooms import Walk, walked

from tests.web.making import ready
from tests.web.scene import Scene, fields_of


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
        path, page = await ready(client)
        form = {**fields_of(page.text), "then": "keep"}
        with walked() as walk:
            answer = await client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    return walk


async def _page(scene: Scene) -> Walk:
    await scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    async with scene.client("convener") as client:
        with walked() as walk:
            assert (await client.get(f"/meetings/{scene.stage.id}")).status_code == 200
    return walk


@pytest.mark.parametrize(
    ("what", "ask", "through", "rooms", "climbs"),
    [
        ("an answer behind a mailed link", _answer, "usecases/answers.py", 92, 29),
        ("a draft by its steps", _draft, "usecases/meetings.py", 84, 26),
        ("a meeting's page", _page, "usecases/reading/meetings.py", 105, 41),
    ],
    ids=["answer", "draft", "page"],
)
async def test_requests_pass_no_more_rooms_than_they_did(
    fresh: Scene, what: str, ask: Callable[[Scene], Awaitable[Walk]], through: str, rooms: int, climbs: int
) -> None:
    """No more than there are (docs/rooms.md); who needs more says there what for."""
    walk = await ask(fresh)
    _tell(what, walk)
    assert through in walk.rooms
    assert len(walk.rooms) <= rooms
    assert len(walk.climbs) <= climbs


def test_a_climb_is_a_step_up_to_where_nothing_is_open() -> None:
    walk = Walk(
        [
            ("edges/web/app.py", "show", False),
            ("settings.py", "is_production", False),
            ("usecases/cases.py", "get", False),
            ("store/cases.py", "get", False),
            ("usecases/cases.py", "_view", True),
            ("domain/values.py", "make", False),
            ("store/cases.py", "number", False),
            ("usecases/access.py", "covers", False),
        ]
    )
    assert walk.climbs == [("domain/values.py", "store/cases.py"), ("store/cases.py", "usecases/access.py")]
    assert len(walk.rooms) == 6
    assert [line[0] for line in walk.told()] == [" ", " ", " ", " ", " ", " ", "^", "^"]
