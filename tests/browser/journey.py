"""What a journey costs: each press and each filled field is counted, and docs/journeys.md holds the counts.

A journey is a test that goes from one thing a person wants to its end, in each of the `LOOKS`. When it ends, its counts
are compared with the table; `WRITE_JOURNEYS=1` writes the row instead (in one process: no xdist). A press is a
click or tap on a button, a link, a choice or what opens something; a field is one that is written or chosen in, however
many letters it takes.
"""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, Page

from tests.browser.pages import NARROW, WIDE
from tests.browser.visits import already_in, fits, opened, violations
from tests.web.scene import Scene

TABLE = Path("docs/journeys.md")
_ROW = re.compile(r"^\| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Look:
    """A screen, with or without script; `column` is where its counts stand in the table."""

    name: str
    size: dict[str, int]
    script: bool
    column: int

    def __str__(self) -> str:
        return self.name


LOOKS = (
    Look("1280 px", WIDE, True, 1),
    Look("360 px", NARROW, True, 2),
    Look("1280 px, no script", WIDE, False, 3),
    Look("360 px, no script", NARROW, False, 4),
)


class Journey:
    """One way through the pages, with what it has cost so far."""

    def __init__(self, page: Page, look: Look) -> None:
        self.page = page
        self.look = look
        self.presses = 0
        self.fields = 0

    async def press(self, what: Locator) -> None:
        """A press on a button, a link, a summary."""
        self.presses += 1
        await what.click()

    async def tick(self, what: Locator) -> None:
        """A press on a radio button or a checkbox."""
        self.presses += 1
        await what.check()

    async def fill(self, what: Locator, text: str) -> None:
        """A field that is written in."""
        self.fields += 1
        await what.fill(text)

    async def choose(self, what: Locator, value: str) -> None:
        """A field in which one of a list is chosen, by its value."""
        self.fields += 1
        await what.select_option(value)

    async def look_around(self) -> None:
        """Here as everywhere: axe finds nothing, and nothing is wider than the screen."""
        await self.page.wait_for_load_state()  # after a press the next page may not be there yet
        assert await fits(self.page)
        if self.look.script:
            assert await violations(self.page) == []

    @property
    def cost(self) -> str:
        return f"{self.presses} + {self.fields}"


@asynccontextmanager
async def journey(name: str, look: Look, browser: Browser, scene: Scene, role: str | None) -> AsyncIterator[Journey]:
    """Walks as this role's user (signed in already; None: nobody) and holds the cost to the table's row `name`."""
    options = {"viewport": look.size, "java_script_enabled": look.script, "has_touch": look.size is NARROW}
    page, watch = await opened(browser, scene, **options)
    if role is not None:
        await already_in(page, scene, role)
    walked = Journey(page, look)
    yield walked
    assert watch.wrong == []
    await page.context.close()
    _hold(name, look, walked.cost)


def _hold(name: str, look: Look, cost: str) -> None:
    if not os.environ.get("WRITE_JOURNEYS"):
        rows = {found[0]: found for found in _ROW.findall(TABLE.read_text(encoding="utf-8"))}
        assert name in rows, f"docs/journeys.md has no row “{name}”: run the journeys with WRITE_JOURNEYS=1"
        held = rows[name][look.column]
        assert held == cost, f"docs/journeys.md says {held} for “{name}” at {look}, and it was {cost}"
        return
    text = TABLE.read_text(encoding="utf-8")
    rows = {found[0]: list(found) for found in _ROW.findall(text)}
    row = rows.get(name, [name, "-", "-", "-", "-"])
    row[look.column] = cost
    line = "| " + " | ".join(row) + " |"
    old = next((one for one in text.splitlines() if one.startswith(f"| {name} |")), None)
    TABLE.write_text(text.replace(old, line) if old else f"{text.rstrip()}\n{line}\n", encoding="utf-8")
