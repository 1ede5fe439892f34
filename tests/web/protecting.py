"""A protected meeting on the pages: made by its convener, and browsers of who has shown by a code who she is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from tests.stories.stage import Letter
from tests.tester import TESTER
from tests.web.making import new_meeting
from tests.web.scene import Scene

WHEN = ("2026-12-07", "7 dec", "10.00", "10:00", "20261207")
SECRETS = (
    *WHEN,
    "Vårdcentralen Eken",
    "Rum 2",
    "Clara",
    "Gemensam planering",
    "Vem gör vad",
    "Hemtjänsten Al",
    "Skolan",
)
"""What no mail, list or page for others may hold; the reference besides."""


@asynccontextmanager
async def confirmed(scene: Scene, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of this role's, whose session has been confirmed a moment ago."""
    async with scene.client(role) as client:
        async with scene.stage.made.db.transaction(TESTER) as conn:
            await conn.execute(text("update web_session set confirmed_at = clock_timestamp()"))
        yield client


async def protected_meeting(scene: Scene, **changes: Any) -> UUID:
    """Called by the convener, on the pages, with the box ticked."""
    async with confirmed(scene, "convener") as client:
        page = await new_meeting(client, protected="yes", **changes)
        assert page.status_code == 200, page.text
        found = UUID(page.url.path.rpartition("/")[2])
    scene.stage.meeting_id = found
    await scene.stage.work()
    return found


def text_of(letter: Letter) -> str:
    """All that its parts say, decoded."""
    parts = (part.get_payload(decode=True) for part in letter.message.walk() if not part.is_multipart())
    return "".join(part.decode() for part in parts if isinstance(part, bytes))
