"""The second chapter: what is done on which day, and what came of it.

The law of this file: as in `sip.demo.story`: everything goes the way people go, by pages and mail; the order of things
is the engine's, and the evidence is kept for the end.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sip.demo.agenda import Agenda
from sip.demo.browser import Browser, PageError
from sip.demo.groups import cast, counties, promises
from sip.demo.groups import questions as q
from sip.demo.groups.cast import GroupPlan
from sip.demo.groups.keeper import GroupKeeper
from sip.demo.groups.mailboxes import Mailboxes, term_of
from sip.demo.groups.promises import GroupsObserved
from sip.demo.hours import at
from sip.demo.postoffice import Arrival, Carrier, PostOffice
from sip.demo.screen import Screen

BEGINS = at("2026-11-23", "08:30")
PHONED = at("2027-01-14", "10:15")
ENDS = at("2027-03-26", "17:00")


class Chapter:
    """One performance of it. `elsewhere` is given the mails that are not of this chapter."""

    def __init__(
        self,
        browser: Callable[[], Browser],
        carrier: Carrier,
        office: PostOffice,
        agenda: Agenda,
        screen: Screen,
        elsewhere: Callable[[Arrival], None],
    ) -> None:
        self._browser = browser
        self._office = office
        self._agenda = agenda
        self._screen = screen
        self._elsewhere = elsewhere
        self._begun = 0
        self._mailboxes = Mailboxes(carrier, browser, agenda, screen.tell)
        self._keepers: dict[str, GroupKeeper] = {}
        self._groups: dict[str, str] = {}
        self._sittings: dict[tuple[str, str], str] = {}
        self._items: dict[str, str] = {}
        self.trouble: list[str] = []

    def begin(self) -> None:
        """Puts on the agenda what is done by those who keep the groups; the rest follows from mail."""
        self._begun = len(self._office.arrivals)
        self._do(BEGINS, self._found)
        for plan in cast.GROUPS:
            self._do(at("2026-11-30", "10:00"), partial(self._call, plan))
            for day in plan.days:
                self._do(at(day, "16:10"), partial(self._attend, plan, day))
        self._do(at("2026-12-01", "09:10"), self._ask)
        self._do(at("2026-12-08", "11:20"), self._refer)
        self._do(at("2026-12-09", "09:30"), self._list)
        self._do(at("2026-12-17", "15:20"), self._assign)
        self._do(PHONED, self._phone)
        self._do(at("2027-03-16", "13:40"), self._follow_up)
        self._do(at("2027-03-18", "15:20"), self._adopt)
        self._do(at("2027-03-23", "11:15"), self._close)

    def read(self, arrival: Arrival) -> None:
        """A mail has come: the one it is for reads it."""
        if self._mailboxes.knows(arrival.letter.recipient):
            self._mailboxes.read(arrival)
        elif arrival.letter.recipient == cast.OFFICER:
            self._screen.tell(
                "lift", "Norrskog", "Three mails without an answer: lifted to who answers for Ripfjälls kommun"
            )
        elif arrival.letter.recipient == cast.OWNER_MAILBOX:
            self._screen.tell("remind", cast.LPO.where, f"{cast.OWNER_UNIT} is asked what came of the decision")
            self._items["mailed"] = arrival.letter.links[0] if arrival.letter.links else ""
        else:
            self._elsewhere(arrival)

    def close(self) -> None:
        """Closes everybody's browser."""
        for keeper in self._keepers.values():
            keeper.close()

    # -- what is done

    def _do(self, when: datetime, act: Callable[[], None]) -> None:
        """Does it then; what a page refuses is told, and the story goes on."""

        def safely(now: datetime) -> None:
            try:
                act()
            except PageError as error:
                self.trouble.append(str(error))
                self._screen.tell("trouble", "", str(error))

        self._agenda.put(when, safely)

    def _keeper(self, email: str) -> GroupKeeper:
        if email not in self._keepers:
            user = next(one for one in counties.users() if one.email == email)
            self._keepers[email] = GroupKeeper(self._browser(), user.email, user.password)
        return self._keepers[email]

    def _tell(self, kind: str, plan: GroupPlan, sentence: str) -> None:
        self._screen.tell(kind, plan.where, f"{plan.name} {sentence}")

    def _found(self) -> None:
        names = {one.key: one.name for one in cast.GROUPS}
        for plan in cast.GROUPS:
            keeper = self._keeper(plan.keeper)
            group = self._groups[plan.key] = keeper.found(plan, names[plan.above] if plan.above else "")
            for seat in plan.seats:
                keeper.add_seat(group, seat)
            self._tell("group", plan, f"is founded, with {len(plan.seats)} seats for others to fill")

    def _call(self, plan: GroupPlan) -> None:
        made = self._keeper(plan.keeper).call(self._groups[plan.key], plan)
        self._sittings |= {(plan.key, day): one for day, one in zip(plan.days, made, strict=True)}
        self._tell("call", plan, f"calls {len(plan.days)} dates at once")

    def _attend(self, plan: GroupPlan, day: str) -> None:
        away = [n for n, seat in enumerate(plan.seats, 1) if seat.comes is cast.Comes.NO and day == plan.days[0]]
        keeper = self._keeper(plan.keeper)
        keeper.attend(self._sittings[plan.key, day], away[0] if away else None)
        marks = keeper.presences(self._sittings[plan.key, day])
        stood_in, empty = marks.count("substitute"), marks.count("nobody")
        by = f", {stood_in} of them by a substitute" if stood_in else ""
        self._tell("mark", plan, f"has met: somebody came for {len(marks) - empty} of {len(marks)} seats{by}")

    # -- the question

    def _ask(self) -> None:
        keeper = self._keeper(cast.RIKARD)
        self._items["above"] = keeper.put(self._groups["rpo"], q.TITLE, q.BACKGROUND, cast.RPO.days[0])
        self._tell("agenda", cast.RPO, f"has a question before it: {q.TITLE}")

    def _refer(self) -> None:
        values = {"group": cast.LPO.name, "text": q.REFERRED}
        self._keeper(cast.RIKARD).on_item(self._items["above"], "/reference", values)
        self._tell("agenda", cast.RPO, f"lets the question go down to {cast.LPO.name}")

    def _list(self) -> None:
        keeper = self._keeper(cast.DISA)
        item = self._items["below"] = keeper.listed(self._groups["lpo"])
        keeper.on_item(item, "/sitting", {"sitting_on": cast.LPO.days[0]})
        preparation = {"owner": q.PREPARES, "seat": "2", "by": q.PREPARE_BY, "papers": q.PAPER}
        keeper.on_item(item, "/preparation", preparation)
        self._tell("agenda", cast.LPO, f"takes it up on {cast.LPO.days[0]}; {q.PREPARES} prepares it")

    def _assign(self) -> None:
        keeper = self._keeper(cast.DISA)
        keeper.decide(self._items["below"], q.ASSIGNED, cast.LPO.days[0], cast.OWNER_UNIT)
        self._groups["lag"] = keeper.found(cast.LAG, cast.LPO.name)
        self._tell("decide", cast.LPO, f"decides: {q.ASSIGNED.text}")
        self._tell("group", cast.LAG, f"has its assignment, and reports back {cast.LAG.report_on}")

    def _phone(self) -> None:
        one = next(one for one in cast.bodies().values() if one.body.appoints is cast.Appoints.NEVER)
        values = term_of(one.seat, one.body, PHONED)
        self._keeper(one.group.keeper).fill_seat(self._groups[one.group.key], one.number, values)
        self._tell("seat", one.group, f"has all its seats filled: {one.body.principal} says by phone whom it appoints")

    def _follow_up(self) -> None:
        item = self._items["mailed"] if "mailed" in self._items else self._items["below"]
        self._keeper(cast.MIRA).on_item(item, "/resolutions/1", {"done": "yes", "outcome": q.OUTCOME})
        self._screen.tell("decide", cast.LPO.where, f"{cast.OWNER_UNIT} says what came of it: {q.OUTCOME}")

    def _adopt(self) -> None:
        self._keeper(cast.DISA).decide(self._items["below"], q.ADOPTED, cast.LPO.days[-1])
        self._tell("decide", cast.LPO, f"decides: {q.ADOPTED.text}")

    def _close(self) -> None:
        self._keeper(cast.RIKARD).decide(self._items["above"], q.CLOSING, cast.RPO.days[-1])
        self._tell("decide", cast.RPO, f"has the answer back, and decides: {q.CLOSING.text}")

    # -- what came of it

    def broken(self) -> list[str]:
        """Every promise that was broken, and everything that did not go as the chapter has it."""
        return [*promises.broken(self._observed()), *self._mailboxes.trouble, *self.trouble]

    def _observed(self) -> GroupsObserved:
        return GroupsObserved(
            arrivals=self._office.arrivals[self._begun :],
            presences={
                (key, day): self._keeper(next(one.keeper for one in cast.GROUPS if one.key == key)).presences(sitting)
                for (key, day), sitting in self._sittings.items()
            },
            above=self._text(cast.RIKARD, "above"),
            below=self._text(cast.DISA, "below"),
        )

    def _text(self, keeper: str, item: str) -> str:
        return self._keeper(keeper).open(self._items[item]).text if item in self._items else ""

    def summary(self) -> list[tuple[str, int]]:
        """What came of it all, in numbers."""
        mails = self._office.arrivals[self._begun :]
        return [
            ("Counties", len(counties.FILES)),
            ("Groups", len(self._groups)),
            ("Seats", sum(len(one.seats) for one in cast.GROUPS)),
            ("Bodies asked", len(self._mailboxes.asks)),
            ("Mails that asked them", self._mailboxes.asks.total()),
            ("Sittings held", len(self._sittings)),
            ("Calls in calendars", len(self._mailboxes.calls)),
            ("Answers by calendar", self._mailboxes.by_calendar),
            ("Answers on a page", self._mailboxes.by_page),
            ("Mails sent", len(mails)),
        ]
