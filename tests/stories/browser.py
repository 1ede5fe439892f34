"""A person with a browser, without one: opens the link in a mail, fills in the form that is there, sends it."""

import re
from html.parser import HTMLParser

import httpx

from tests.plain import plain
from tests.stories.stage import Letter, Stage


class _Form(HTMLParser):
    """The hidden fields of the page's first form with an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.preselected: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("type") == "hidden" and values.get("name"):
            self.hidden[str(values["name"])] = values.get("value") or ""
        if tag == "input" and values.get("type") in ("radio", "checkbox") and "checked" in values:
            self.preselected.append(str(values.get("name")))


def link_in(letter: Letter) -> str:
    """The path of the mail's answer link."""
    found = re.search(r"https?://[^\s/]+(/svar/[a-z2-7]+)", letter.body)
    assert found is not None, letter.body
    return found[1]


class Person:
    """One visit: cookies are kept, nothing else."""

    def __init__(self, stage: Stage) -> None:
        where = stage.place.listening["http"]
        self._stage = stage
        self._client = plain(f"http://{where.host}:{where.port}", follow_redirects=True)

    async def opens(self, letter: Letter) -> httpx.Response:
        return await self._client.get(link_in(letter))

    async def answers(self, letter: Letter, **fields: str) -> httpx.Response:
        """Opens, chooses, sends; then what follows of it happens."""
        shown = await self.opens(letter)
        assert shown.status_code == 200, shown.text
        form = _Form()
        form.feed(shown.text)
        assert form.preselected == [], "nothing may be chosen beforehand"
        done = await self._client.post(link_in(letter), data={**form.hidden, **fields})
        await self._stage.work()
        return done

    async def leaves(self) -> None:
        await self._client.aclose()
