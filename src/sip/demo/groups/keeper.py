"""Whoever keeps a group, at her pages: founds it, adds its seats, calls its dates, puts questions, records who came.

The law of this file: as in `sip.demo.pages`: what is known of the pages is what their forms show. Raises PageError
where a page does not have what is looked for, or refuses it.
"""

from collections.abc import Mapping

from sip.demo import pages
from sip.demo.browser import Browser, HtmlForm, HtmlPage, PageError
from sip.demo.groups.cast import GroupPlan, SeatPlan
from sip.demo.groups.questions import PlannedDecision


def form_to(page: HtmlPage, ending: str) -> HtmlForm:
    """The form that is sent to an address that ends so. Raises PageError."""
    for form in page.forms:
        if form.method == "post" and form.action.endswith(ending):
            return form
    have = ", ".join(form.action for form in page.forms) or "none"
    raise PageError(f'The page "{page.title}" has no form to "{ending}"; it has {have}. It says: {page.text[:200]}')


class GroupKeeper:
    """Somebody signed in, who keeps groups."""

    def __init__(self, browser: Browser, email: str, password: str) -> None:
        self._browser = browser
        pages.sign_in(browser, email, password)

    def close(self) -> None:
        """Closes the browser."""
        self._browser.close()

    def open(self, link: str) -> HtmlPage:
        """A page. Raises PageError when it is not there."""
        page = self._browser.open(link)
        if page.status != 200:
            raise PageError(f'The page "{page.title}" ({link}) answered {page.status}: {page.text[:200]}')
        return page

    def send(self, page: HtmlPage, ending: str, values: Mapping[str, str]) -> HtmlPage:
        """Fills in a form of a page, and sends it. Raises PageError when it is refused."""
        done = self._browser.send(page, form_to(page, ending), values)
        if done.status >= 400:
            raise PageError(f'{ending} was refused with {done.status}: "{done.text[:400]}"')
        return done

    # -- groups and seats

    def found(self, plan: GroupPlan, above: str) -> str:
        """Founds a group, without seats. `above` is the name of the group above. Returns its id."""
        values = {"kind": plan.kind, "name": plan.name, "mandate": plan.mandate, "county": plan.county or "several"}
        values |= {"goal": plan.goal, "ends_on": plan.ends_on, "report_on": plan.report_on}
        if above:
            values["above"] = above
        return self.send(self.open("/groups/new"), "/groups", values).url.rsplit("/", 1)[1]

    def add_seat(self, group: str, seat: SeatPlan) -> None:
        """Adds a seat, for bodies to fill in turn or for whoever has a seat of the group above."""
        values = {"function": seat.function, "wanted": seat.wanted}
        if seat.above is not None:
            values["above"] = str(seat.above)
        for n, body in enumerate(seat.bodies, 1):
            values |= {f"body_{n}_principal": body.principal, f"body_{n}_name": body.name}
            values[f"body_{n}_email"] = body.email
        self.send(self.open(f"/groups/{group}"), "/seats", values)

    def fill_seat(self, group: str, number: int, values: Mapping[str, str]) -> None:
        """Writes down whom a body has appointed."""
        self.send(self.open(f"/groups/{group}"), f"/seats/{number}/term", values)

    # -- sittings

    def call(self, group: str, plan: GroupPlan) -> list[str]:
        """Calls the year's dates at once. Returns the sittings' ids, in order of their days."""
        values = {f"day_{n}": day for n, day in enumerate(plan.days, 1)}
        values |= {"begins": plan.hours[0], "ends": plan.hours[1], "place": plan.place}
        self.send(self.open(f"/groups/{group}"), "/sittings", values)
        links = (link for link in self.open(f"/groups/{group}").links if link.startswith("/sittings/"))
        return list(dict.fromkeys(link.split("/")[2] for link in links))

    def attend(self, sitting: str, nobody: int | None) -> None:
        """Marks those who were expected, and whose seat was empty after all, and saves it."""
        here = f"/sittings/{sitting}/attendance"
        page = self.send(self.open(here), "/attendance", {"press": "expected"})
        self.send(page, "/attendance", {} if nobody is None else {f"came_{nobody}": "nobody"})

    def presences(self, sitting: str) -> list[str]:
        """Who was marked for each seat that has a mark, in order of the seats."""
        form = form_to(self.open(f"/sittings/{sitting}/attendance"), "/attendance")
        return [one.value for one in form.controls if one.name.startswith("came_") and one.checked]

    # -- questions

    def put(self, group: str, title: str, text: str, day: str) -> str:
        """A question before a group, listed for a day. Returns its address."""
        values = {"title": title, "text": text, "purpose": "decision", "sitting_on": day}
        return self.send(self.open(f"/boards/{group}"), f"/boards/{group}", values).url

    def listed(self, group: str) -> str:
        """The address of the one question that is before a group."""
        return next(one for one in self.open(f"/boards/{group}").links if one.startswith("/boards/items/"))

    def on_item(self, item: str, what: str, values: Mapping[str, str]) -> None:
        """Does something with a question."""
        self.send(self.open(item), what, values)

    def decide(self, item: str, decision: PlannedDecision, day: str, unit: str = "") -> None:
        """The group has decided."""
        values = {"text": decision.text, "grounds": decision.grounds, "decided_on": day}
        if unit:
            values |= {"owner": decision.owner, "unit": unit, "due_on": decision.due_on}
        self.on_item(item, "/resolutions", values)
