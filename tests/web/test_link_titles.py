"""Whoever has several mailed links open tells their pages apart by the title alone, in either language."""

import pytest

from tests.web.scene import Scene
from tests.web.test_truth import title_of

LINKS = {
    "a unit answers": ("hemtjanst@al.example", "Kallelse till"),
    "a meeting that is cancelled": ("skolan@al.example", ""),
    "a substitute": ("anna@al.example", ""),
    "a manager": ("mona@al.example", ""),
    "the convener": ("clara@region.example", "bli av?"),
    "claims": ("clara@region.example", "Någon annan vill komma"),
    "a poll": ("boendet@al.example", ""),
    "a report": ("hemtjanst@al.example", "Stämmer närvaron"),
}


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_no_two_pages_behind_links_have_the_same_title(scene: Scene, language: str) -> None:
    links = {name: scene.link(*to) for name, to in LINKS.items()}
    called, vault = scene.meetings["called"], scene.stage.made.vault
    paths = {
        **links,
        **{f"{name}, thanks": f"{link}/tack" for name, link in links.items()},
        "a unit's calls": f"{links['a unit answers']}/alla",
        "attendance": scene.link("clara@region.example", "Blev SIP-mötet"),
        "checking in": f"/narvaro/{called}/{vault.room(called)}",
        "checked in": f"/narvaro/{called}/{vault.room(called)}/tack",
        "the person's questions": f"/tyck/{vault.form('')}",
        "the person's thanks": f"/tyck/{vault.form('')}/tack",
        "a code": "/kod",
    }
    titles: dict[str, str] = {}
    async with scene.client() as visitor:
        for name, path in paths.items():
            page = await visitor.get(path, params={"lang": language})
            assert page.status_code == 200, (name, path)
            title = title_of(page.text)
            assert title not in titles, (name, titles[title], title)
            titles[title] = name
