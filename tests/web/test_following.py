"""An open meeting page gets the parts that have changed, and no more."""

import re

from sip.domain.terms import Channel
from sip.usecases import meetings
from tests.web.scene import Scene
from tests.web.test_links import say

_PART = re.compile(r'data-part="(\w+)" data-stamp="(\w+)"')


async def test_only_the_changed_parts_are_sent(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"), told=False)
    path = f"/meetings/{fresh.stage.id}"
    async with fresh.client("convener") as client:
        page = await client.get(path)
        has = ",".join(".".join(pair) for pair in _PART.findall(page.text))
        assert {name for name, _ in _PART.findall(page.text)} >= {"state", "asks", "story", "facts", "acts", "p1", "p2"}
        same = await client.get(f"{path}/changes?has={has}")
        assert same.json() == {"anew": False, "parts": {}}
        await fresh.stage.do(meetings.convey_identity, (await fresh.stage.party("hemtjanst")).ordinal, Channel.PHONE)
        told = (await client.get(f"{path}/changes?has={has}")).json()
        assert set(told["parts"]) == {"p2", "story", "acts"}
        assert "Vet vem mötet gäller (telefon" in told["parts"]["p2"]["html"]
        await say(fresh, "skolan@al.example", answer="attends", first_name="Rektor")
        told = (await client.get(f"{path}/changes?has={has}")).json()
        assert {"p2", "p3", "story"} <= set(told["parts"])
        assert (await client.get(f"{path}/changes?has=")).json() == {"anew": True, "parts": {}}
        assert (await client.get(f"{path}/changes?has=p9.x,<b>.y")).json()["anew"]


async def test_a_part_is_not_for_whoever_does_not_see_the_meeting(scene: Scene) -> None:
    async with scene.client("stranger") as client:
        assert (await client.get(f"/meetings/{scene.meetings['called']}/changes?has=")).status_code == 404
