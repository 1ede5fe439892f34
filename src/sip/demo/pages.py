"""Finding one's way on the service's pages: which link in a mail, which form, which field.

The law of this file: what is known here of the pages is what their forms show (names of fields and choices).
"""

from collections.abc import Mapping

from sip.demo.browser import Browser, Form, Page, PageError
from sip.demo.habits import ByLink
from sip.demo.letter import Letter

Marks = Mapping[str, str]


def link_in(letter: Letter, reference: str) -> str:
    """The link of this matter: the first after its reference, else the first. Raises PageError without any."""
    if not letter.links:
        raise PageError(f'The mail "{letter.subject}" has no link.')
    place = letter.text.find(reference)
    after = [link for link in letter.links if letter.text.find(link) > place] if place >= 0 else []
    return (after or list(letter.links))[0]


def fill(browser: Browser, link: str, deed: ByLink, marks: Marks) -> str:
    """Opens the link and does what is meant. Returns what was done, in Swedish. Raises PageError."""
    page = browser.open(link)
    if page.status != 200:
        raise PageError(f'The page "{page.title}" answered {page.status}: {page.text[:200]}')
    form, values = _attendance(page, marks) if deed.choice == "attendance" else _answer(page, deed)
    done = browser.send(page, form, values)
    if done.status >= 400:
        raise PageError(f'The answer was refused with {done.status}: "{done.text[:300]}"')
    return DONE.get(deed.choice, deed.choice)


def _answer(page: Page, deed: ByLink) -> tuple[Form, dict[str, str]]:
    """A choice of the answer page, and the fields that belong to it."""
    form = page.form(answer=deed.choice)
    return form, {"answer": deed.choice, **deed.values}


def _attendance(page: Page, marks: Marks) -> tuple[Form, dict[str, str]]:
    """The outcome, and a mark for each unit: a unit's name stands in the row of its choices."""
    form = page.form("outcome")
    values = {"outcome": marks.get("", "held")}
    for name in form.names:
        if name.startswith("mark"):
            values[name] = next((mark for unit, mark in marks.items() if unit and unit in name), "attended")
    return form, values


DONE = {
    "attends": "tackar ja och säger vem som kommer",
    "regrets": "säger att de inte kan",
    "refuses": "kan inte stå in, och frågar vidare",
    "names": "namnger en ersättare",
    "contests": "anser sig inte berörd",
    "redirects": "hänvisar till en annan enhet",
    "proposes": "föreslår en annan tid",
    "unknown_identity": "vet inte vem det gäller",
    "attendance": "antecknar vilka som kom",
}
