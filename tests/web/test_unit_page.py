"""A unit's page: its year with denominators, for its manager and those whose area it lies in, and for nobody else."""

import re
from uuid import uuid4

import pytest

from tests.stories.county import unit
from tests.web.scene import ROLES, Scene


@pytest.mark.parametrize("role", [*ROLES, "neighbour", "stranger"])
async def test_who_may_see_it(scene: Scene, role: str) -> None:
    async with scene.client(role) as client:
        answer = await client.get(f"/units/{unit('hemtjanst')}")
        nowhere = await client.get(f"/units/{uuid4()}")
    assert (answer.status_code == 200) is (role in ("manager", "administrator", "neighbour")), answer.status_code
    assert nowhere.status_code == 404
    if answer.status_code != 200:
        assert answer.status_code == 404


async def test_its_year_has_denominators(scene: Scene) -> None:
    async with scene.client("manager") as client:
        page = (await client.get(f"/units/{unit('hemtjanst')}")).text
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    assert figures["Uteblev, av de möten där närvaron är registrerad"] == "1 av 1"
    assert figures["Svarade före mötet"] == "2 av 2"
    assert figures["Kunde inte komma själva"] == "0 av 2"
    assert "timmar" in figures["Hälften svarade inom"] or "dygn" in figures["Hälften svarade inom"]
    assert "hemtjanst@al.example" in page and "Kallad till" in page
    assert 'href="/meetings?unit=' in page
