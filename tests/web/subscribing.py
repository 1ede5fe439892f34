"""A calendar program over real HTTP: it has an address, remembers the tag, and reads what comes with icalendar."""

import re
from dataclasses import dataclass

import httpx
from icalendar import Calendar, Event

from tests.plain import plain
from tests.web.scene import Scene, csrf_of, fields_of

ADDRESS = re.compile(r">http://sip\.example(/feeds/[a-z2-7]{26}\.ics)<")


@dataclass
class Program:
    """One subscription in a calendar program."""

    scene: Scene
    path: str
    tag: str | None = None

    async def ask(self, method: str = "GET", **headers: str) -> httpx.Response:
        """One request as it is, without what is remembered."""
        async with plain(self.scene.origin, headers={"accept-encoding": "identity"}) as client:
            return await client.request(method, self.path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    async def refresh(self) -> httpx.Response:
        """As programs do: with the tag of the last time."""
        answer = await self.ask(**({"if_none_match": self.tag} if self.tag else {}))
        self.tag = answer.headers.get("etag", self.tag)
        return answer

    async def events(self) -> list[Event]:
        answer = await self.ask()
        assert answer.status_code == 200, answer.text
        found = Calendar.from_ical(answer.content)
        assert isinstance(found, Calendar)
        return list(found.events)

    async def event(self) -> Event:
        (found,) = await self.events()
        return found

    async def summaries(self) -> list[str]:
        return [str(event["SUMMARY"]) for event in await self.events()]


async def subscribe(scene: Scene, role: str, kind: str) -> Program:
    """On the page, as a person does it."""
    async with scene.client(role) as client:
        page = await client.get("/feeds")
        made = await client.post("/feeds", data={**fields_of(page.text), "_csrf": csrf_of(page.text), "kind": kind})
    assert made.status_code == 200, made.text
    found = ADDRESS.search(made.text)
    assert found is not None, made.text
    return Program(scene, found[1])


async def count(scene: Scene, outcome: str) -> int:
    """How often a fetch has ended so, by the service's own figures."""
    async with scene.client() as client:
        text = (await client.get("/metrics")).text
    found = re.search(rf'sip_feeds_total{{outcome="{outcome}"}} (\d+)', text)
    return int(found[1]) if found else 0
