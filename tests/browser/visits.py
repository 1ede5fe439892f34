"""Opening the pages in Chromium as somebody, and what no page may do: load from elsewhere, break its policy, raise."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from tests.browser.pages import NARROW, WIDE
from tests.web.scene import PASSWORD, Scene, address_of

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
COLD = 100_000
"""The most bytes that a page may take when nothing of it is in the browser yet, stylesheets aside."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# What is as it should be is neither described nor sent here: it is as much again as looking.
_FIND = """async only => {
  const found = await axe.run(document, {runOnly: only, resultTypes: ['violations'], selectors: false})
  return found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))
}"""
OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]


class Watch:
    """What a page should never do: load from elsewhere, break the content policy, raise."""

    def __init__(self, page: Page, origin: str) -> None:
        self.wrong: list[str] = []
        self._loaded: list[Request] = []
        page.on("requestfinished", lambda request: self._loaded.append(request))
        page.on("request", lambda request: self._request(request.url, origin))
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def _request(self, url: str, origin: str) -> None:
        if not url.startswith((origin, "data:")):
            self.wrong.append(url)

    async def weight(self) -> int:
        """Bytes that came over the wire so far, but for stylesheets: they are kept by the browser."""
        taken = [one for one in self._loaded if one.resource_type != "stylesheet"]
        return sum([(await one.sizes())["responseBodySize"] for one in taken])


async def opened(browser: Browser, scene: Scene, **options: Any) -> tuple[Page, Watch]:
    context = await browser.new_context(base_url=scene.origin, locale="sv-SE", **options)
    context.set_default_timeout(15_000)  # what is not there by then is not there
    page = await context.new_page()
    return page, Watch(page, scene.origin)


async def already_in(page: Page, scene: Scene, role: str) -> None:
    """The session of this role, as if she had signed in before."""
    async with scene.client(role) as client:
        token = client.cookies["sip_session"]
    await page.context.add_cookies([{"name": "sip_session", "value": token, "url": scene.origin}])


async def signed_in(page: Page, role: str) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("E-post").fill(address_of(role))
    await page.get_by_label("Lösenord").fill(PASSWORD)
    await page.get_by_role("button", name="Logga in").click()
    await expect(page.locator("#me")).to_be_visible()


async def in_menu(page: Page, role: Any, name: str) -> None:
    """Opens the menu under one's name and presses what it holds."""
    await page.locator("#me > summary").click()
    await page.locator("#me").get_by_role(role, name=name).click()


async def violations(page: Page, *, of_looks: bool = False) -> list[str]:
    """What axe-core finds, each with the elements concerned; `of_looks`: only what colours and sizes decide."""
    await page.evaluate(AXE)
    only = {"type": "rule", "values": OF_LOOKS} if of_looks else {"type": "tag", "values": TAGS}
    found: list[str] = await page.evaluate(_FIND, only)
    return found


async def fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def usable(page: Page, address: str, watch: Watch) -> None:
    """In both languages, wide and on a phone, light and dark: axe finds nothing, all fits, nothing breaks, and no more
    came over the wire than a page may weigh.
    """
    looks = {"sv": ((WIDE, "light"), (NARROW, "dark")), "en": ((WIDE, "dark"), (NARROW, "light"))}
    for language, (first, second) in looks.items():
        await page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        await page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        for size, scheme in (first, second):
            await page.set_viewport_size(size)  # type: ignore[arg-type]  # a width and a height
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # the literals of playwright
            found = await violations(page, of_looks=size is NARROW)
            assert found == [], (address, language, scheme)
            assert await fits(page), (address, language, size)
        if language == "sv":
            assert await watch.weight() <= COLD, address
    assert [line for line in watch.wrong if "404" not in line] == []
