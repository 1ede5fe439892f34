"""A convener completes what she booked in her calendar (rules, section 10)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from sip.domain import booking as rules
from sip.domain.booking import BookingHeard
from sip.embedded.server import ServerHandle
from sip.store import bookings, sketches
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import Scene, csrf_of, fields_of, on_scene

CLARA = uuid5(UUID(int=9), "convener")
BOOKING = UUID(int=77)
VIDEO = "https://video.region.example/m/1"


@pytest.fixture
async def scene(cluster: ServerHandle, database_url: str) -> AsyncIterator[Scene]:
    async with on_scene(database_url, whole=False) as made:
        heard = BookingHeard(
            0, datetime(2026, 12, 7, 9, tzinfo=UTC), datetime(2026, 12, 7, 10, tzinfo=UTC), video_url=VIDEO,
            units=(unit("hemtjanst"), unit("skolan")), left_out=2,
        )  # fmt: skip
        async with made.stage.made.db.transaction(TESTER) as conn:
            now = await made.stage.now()
            await bookings.save(conn, rules.begun(BOOKING, CLARA, b"uid", heard, now))
        yield made


async def test_it_is_shown_and_begun_by_a_press(scene: Scene) -> None:
    async with scene.client("convener") as client:
        page = await client.get(f"/bookings/{BOOKING}")
        for words in ("måndag 7 december", "Hemtjänsten Al", "Skolan Al", "2 adresser som katalogen inte känner"):
            assert words in page.text
        begun = await client.post(f"/bookings/{BOOKING}", data=fields_of(page.text))
        assert (begun.status_code, begun.headers["location"]) == (303, f"/meetings/new/{BOOKING}/who")
    async with scene.stage.made.db.transaction(TESTER) as conn:
        made = await sketches.get(conn, BOOKING, CLARA)
    assert made is not None
    assert made.place is not None
    assert (made.place.video_url, made.convener_person, len(made.parties)) == (VIDEO, "Clara Kallar", 2)


async def test_it_is_nobody_elses(scene: Scene) -> None:
    for role in ("coordinator", "administrator", "staff", "outsider"):
        async with scene.client(role) as client:
            assert (await client.get(f"/bookings/{BOOKING}")).status_code in (403, 404)
            tried = await client.post(f"/bookings/{BOOKING}", data={"_csrf": csrf_of((await client.get("/")).text)})
            assert tried.status_code in (403, 404)
