"""Focus is never hidden behind something else (WCAG 2.2, 2.4.11): tabbing through long pages on a phone."""

import pytest
from playwright.async_api import Browser

from tests.browser.pages import NARROW
from tests.browser.visits import already_in, opened
from tests.web.scene import Scene

HIDDEN = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const boxes = [one, ...(one.labels ?? [])].flatMap((what) => [...what.getClientRects()]);
  const seen = boxes.some((box) => [0.1, 0.5, 0.9].some((across) => [0.1, 0.5, 0.9].some((down) => {
    const hit = document.elementFromPoint(box.left + box.width * across, box.top + box.height * down);
    return hit && (one.contains(hit) || hit.contains(one) && hit.matches("label, a, summary, button")
      || [...(one.labels ?? [])].some((label) => label.contains(hit)));
  })));
  return [one.outerHTML.slice(0, 160), seen];
}"""
LONG = {
    "a meeting": ("convener", "/meetings/{questions}"),
    "the start page": ("coordinator", "/"),
    "who is called": ("convener", "/meetings/new/{sketch}/who"),
}


@pytest.mark.parametrize("name", LONG)
async def test_what_has_focus_is_seen(browser: Browser, shown: Scene, name: str) -> None:
    role, path = LONG[name]
    page, _ = await opened(browser, shown, viewport=NARROW, reduced_motion="reduce")
    await already_in(page, shown, role)
    await page.goto(path.format(**shown.meetings))
    await page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    stops: list[tuple[str, bool]] = []
    for way in ("Tab", "Shift+Tab"):
        while len(stops) < 1000:
            await page.keyboard.press(way)
            stop = await page.evaluate(HIDDEN)
            if stop is None:
                break
            stops.append(stop)
    assert len(stops) > 40
    assert [what for what, seen in stops if not seen] == []
    await page.context.close()
