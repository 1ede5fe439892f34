"""Finding one's way on the service's pages: which link in a mail, which form, which field.

The law of this file: what is known here of the pages is what their forms show (names of fields and choices, words).
"""

from collections.abc import Mapping

from sip.demo.browser import Browser, HtmlForm, HtmlPage, PageError
from sip.demo.habits import ByLink
from sip.demo.letter import ReadMail

Marks = Mapping[str, str]


def link_in(letter: ReadMail, reference: str, about: str = "") -> str | None:
    """The link of this matter and these words, which stand above it; else the first. None where the mail is about
    several matters, and says these words of another. Raises PageError without any.
    """
    if not letter.links:
        raise PageError(f'The mail "{letter.subject}" has no link.')
    begins = 0
    for link in letter.links:
        ends = letter.text.find(link, begins)
        above, begins = letter.text[begins:ends], ends + len(link)
        if reference in above and about in above:
            return link
    return None if about and len(letter.references) > 1 else letter.links[0]


def fill(browser: Browser, link: str, deed: ByLink, marks: Marks) -> str:
    """Opens the link and does what is meant. Returns what was done, in words. Raises PageError."""
    page = _opened(browser, link)
    form, values = _attendance(page, marks) if deed.choice == "attendance" else _answer(page, deed)
    _sent(browser, page, form, values)
    return DONE.get(deed.choice, deed.choice)


def sign_in(browser: Browser, email: str, password: str) -> None:
    """Signs in with an address and a password. Raises PageError."""
    page = _opened(browser, "/sign-in")
    form = page.form("email", "password")
    _sent(browser, page, form, {"email": email, "password": password})


def give_cause(browser: Browser, reference: str, cause: str, account: str) -> None:
    """Somebody signed in finds the report among those of her unit, and says why nobody came. Raises PageError."""
    listed = _opened(browser, "/deviations")
    for link in listed.links:
        if link.startswith("/deviations/"):
            page = _opened(browser, link)
            if reference in page.text:
                _sent(browser, page, page.form("cause", "account"), {"cause": cause, "account": account})
                return
    raise PageError(f"Among the reports there is none about {reference}.")


def _opened(browser: Browser, link: str) -> HtmlPage:
    page = browser.open(link)
    if page.status != 200:
        raise PageError(f'The page "{page.title}" answered {page.status}: {page.text[:200]}')
    return page


def _sent(browser: Browser, page: HtmlPage, form: HtmlForm, values: Marks) -> None:
    done = browser.send(page, form, values)
    if done.status >= 400:
        raise PageError(f'The form was refused with {done.status}: "{done.text[:300]}"')


def _answer(page: HtmlPage, deed: ByLink) -> tuple[HtmlForm, dict[str, str]]:
    """A choice of the answer page, and the fields that belong to it."""
    values = {"answer": deed.choice}
    for word, value in deed.values.items():
        if word in ("start", "end"):
            day, clock = value.split("T")
            values |= {"proposed_day": day, "proposed_from" if word == "start" else "proposed_to": clock}
        else:
            values[FIELDS.get((deed.choice, word), word)] = value
    return page.form(answer=deed.choice), values


def _attendance(page: HtmlPage, marks: Marks) -> tuple[HtmlForm, dict[str, str]]:
    """The outcome, and a mark for each unit: its name stands beside the list of marks."""
    form = page.form("outcome")
    values = {"outcome": marks.get("", "held")}
    for name in form.names:
        if name.startswith("mark_"):
            label = form.label(name)
            values[name] = next((mark for unit, mark in marks.items() if unit and label.startswith(unit)), "attended")
    return form, values


# What the story calls a field, by the choice it belongs to, and what the page calls it.
FIELDS = {
    ("attends", "name"): "first_name",
    ("attends", "email"): "first_email",
    ("regrets", "reason"): "regret_reason",
    ("i_cannot", "name"): "passes_on_name",
    ("i_cannot", "email"): "passes_on_email",
    ("stands_in", "name"): "substitute_name",
    ("stands_in", "email"): "substitute_email",
    ("contests", "reason"): "contest_reason",
    ("redirects", "target"): "target_unit",
}
DONE = {
    "attends": "says who comes",
    "regrets": "cannot come",
    "i_cannot": "cannot stand in and passes it on",
    "stands_in": "names a substitute",
    "contests": "does not see itself concerned",
    "redirects": "points to another unit",
    "proposes": "proposes another time",
    "unknown_identity": "does not know whom it concerns",
    "attendance": "records who came",
    "go_ahead": "lets the meeting stand",
    "right": "is heard: it is right, nobody came",
    "we_had_told": "is heard: we had told you",
}
