"""What the directory lacks of called units is on the start page of those who can fill it, and of nobody else."""

import re

import pytest

from tests.web.scene import Scene


@pytest.mark.parametrize(
    ("role", "lacking"),
    [
        ("administrator", ["Boendet Al", "Socialtjänsten Bok"]),
        ("neighbour", ["Boendet Al"]),
        ("coordinator", []),
        ("staff", []),
        ("convener", []),
    ],
)
async def test_units_that_no_step_would_reach_are_listed(scene: Scene, role: str, lacking: list[str]) -> None:
    async with scene.client(role) as client:
        page = (await client.get("/")).text
    section = re.search(r'<section aria-labelledby="gaps">.*?</section>', page, re.DOTALL)
    assert (section is not None) is bool(lacking)
    shown = section.group() if section else ""
    found = re.findall(r'thing-title">(?:<a[^>]*>)?([^<]+)', shown)
    assert found == lacking, "the nearest meeting first"
    if lacking:
        assert shown.index("Ingen chef") < shown.index("Ingen verksamhetschef")
        assert shown.count('href="/units/') == len(lacking), "each leads to the unit's own page"
