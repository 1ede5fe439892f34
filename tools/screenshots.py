"""Pictures of the pages: `make screenshots` writes those that README and docs show, `ARGS="--all DIR"` every page.

The pages are those of the tests' scene, a county in which most things have happened; nobody in it exists. With --all
each page, and each that is there when something has been done, is taken wide and at 360 px, light and dark, in Swedish
and English; `--only WORDS` takes the pages whose name has these words in it.
"""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

import structlog
from playwright.async_api import Browser, async_playwright
from tests.browser.pages import ARGS, NARROW, PAGES, WIDE
from tests.browser.walks import WALKS
from tests.web.scene import Scene, on_scene

from sip.embedded.server import ServerHandle, start_or_join
from sip.store.migrate import upgrade

DOCS = {"dashboard": "overview"}
"""Picture of docs/pictures -> the page it shows."""
LOOKS = tuple(product((WIDE, NARROW), ("light", "dark"), ("sv-SE", "en-GB")))


async def picture(
    browser: Browser, scene: Scene, seen: tuple[str | None, str], to: Path, size: dict[str, int], scheme: str,
    locale: str, *, whole: bool,
) -> None:  # fmt: skip
    """One page, `seen` by a role at a path, as one sees it; `whole` down to its end."""
    role, path = seen
    context = await browser.new_context(
        base_url=scene.origin, viewport=size, color_scheme=scheme, locale=locale, device_scale_factor=1  # type: ignore[arg-type]  # the literals of playwright
    )  # fmt: skip
    page = await context.new_page()
    if role is not None:
        async with scene.client(role) as client:
            token = client.cookies["sip_session"]
        await context.add_cookies([{"name": "sip_session", "value": token, "url": scene.origin}])
    address = (
        scene.link(*path.split(":")[1:])
        if path.startswith("link:")
        else path.format(**scene.meetings, **scene.readings)
    )
    await page.goto(f"{address}{'&' if '?' in address else '?'}lang={locale[:2]}")
    await page.screenshot(path=to, full_page=whole)
    await context.close()


async def all_of_them(scene: Scene, browser: Browser, folder: Path, words: str) -> None:
    for name in (name for name in PAGES if words in name):
        await in_all_looks(scene, browser, folder, name, PAGES[name])


async def in_all_looks(scene: Scene, browser: Browser, folder: Path, name: str, seen: tuple[str | None, str]) -> None:
    for size, scheme, locale in LOOKS:
        to = folder / f"{name.replace(' ', '-')}.{size['width']}.{scheme}.{locale[:2]}.png"
        await picture(browser, scene, seen, to, size, scheme, locale, whole=True)
        print(to)


async def on_a_walk(server: ServerHandle, walk: str, browser: Browser, folder: Path, words: str) -> None:
    """What comes of what is done, in a county of its own."""
    database = f"sip_walk_{list(WALKS).index(walk)}"
    server.ensure_database(database)
    upgrade(server.owner_url(database))
    async with on_scene(server.url(database), whole=False) as scene:

        async def look(name: str, role: str | None, path: str) -> None:
            if words in name:
                await in_all_looks(scene, browser, folder, name, (role, path))

        await WALKS[walk](scene, look)


async def of_the_docs(scene: Scene, browser: Browser) -> None:
    for file, name in DOCS.items():
        to = Path("docs/pictures") / f"{file}.png"
        await picture(browser, scene, PAGES[name], to, WIDE, "light", "en-GB", whole=False)
        print(to)


async def taken(server: ServerHandle, chromium: str, folder: Path | None, words: str) -> None:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium, args=ARGS)
        async with on_scene(server.url("sip_pictures")) as scene:
            await (of_the_docs(scene, browser) if folder is None else all_of_them(scene, browser, folder, words))
        if folder is not None:
            for walk in WALKS:
                await on_a_walk(server, walk, browser, folder, words)
        await browser.close()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--all", metavar="DIR", type=Path, help="every page in every look, into this folder")
    asked.add_argument("--only", metavar="WORDS", default="", help="with --all: pages with these words in their name")
    wanted = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if wanted.all is not None:
        wanted.all.mkdir(parents=True, exist_ok=True)
    chromium = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if chromium is None:
        print(
            "There is no Chromium on this machine; on Debian, `apt-get install chromium` installs it.", file=sys.stderr
        )
        return 1
    place = Path(tempfile.mkdtemp(prefix="sip-pictures-"))
    place.chmod(0o711)
    server = start_or_join(place / "data", throw_away=True)
    try:
        server.ensure_database("sip_pictures")
        upgrade(server.owner_url("sip_pictures"))
        asyncio.run(taken(server, chromium, wanted.all, wanted.only))
    finally:
        server.destroy()
        shutil.rmtree(place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
