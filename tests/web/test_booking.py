"""A convener completes what she booked in her calendar (rules, section 10)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from sip.domain import booking as rules
from sip.domain.booking import BookingHeard, BookingState
from sip.embedded.server import ServerHandle
from sip.store import bookings
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


async def test_it_is_shown_filled_in_and_taken(scene: Scene) -> None:
    async with scene.client("convener") as client:
        page = await client.get(f"/bookings/{BOOKING}")
        for words in ("måndag 7 december", "Hemtjänsten Al", "Skolan Al", "2 adresser som katalogen inte känner"):
            assert words in page.text
        form = await client.get(f"/meetings/new?booking={BOOKING}")
        for value in ('value="2026-12-07"', 'value="10:00"', f'value="{VIDEO}"', "Ifyllt från din kalender"):
            assert value in form.text
        assert f'<option value="{unit("skolan")}" selected>' in form.text
        sent = {
            **fields_of(form.text), "_csrf": csrf_of(form.text), "ground": "consent", "consent_given": "muntligt",
            "kind": "adult", "purpose": "new_plan", "purpose_text": "Planera", "questions": "Vem gör vad?",
            "day": "2026-12-07", "from": "10:00", "to": "11:00", "form": "video", "place_kind": "video",
            "place_video": VIDEO, "party_1_unit": str(unit("hemtjanst")), "convener_unit": str(unit("eken")),
            "convener_person": "Clara Kallar", "convener_phone": "010-319 299",
            "convener_email": "clara@region.example",
        }  # fmt: skip
        done = await client.post("/meetings", data=sent)
        assert done.status_code == 303, done.text
        again = await client.get(f"/bookings/{BOOKING}")
        assert "Kallelsen är redan påbörjad" in again.text
    async with scene.stage.made.db.transaction(TESTER) as conn:
        kept = await bookings.get(conn, BOOKING, CLARA)
    assert kept is not None
    assert kept.state is BookingState.TAKEN
    assert f"/meetings/{kept.meeting_id}" in done.headers["location"]


async def test_it_is_nobody_elses(scene: Scene) -> None:
    for role in ("coordinator", "administrator", "staff", "outsider"):
        async with scene.client(role) as client:
            assert (await client.get(f"/bookings/{BOOKING}")).status_code in (403, 404)
            form = await client.get(f"/meetings/new?booking={BOOKING}")
            assert VIDEO not in form.text
