"""The director: lets conveners call their meetings, people read their mail, chairs record, and tells what happens.

The law of this file: everything goes the way people and systems go, by API, mail and pages; the order of things is the
engine's, the plots say what is done, and the evidence of it all is kept for the end.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sip.demo import county
from sip.demo.agenda import Agenda
from sip.demo.api import ApiError
from sip.demo.chapters import ENDS, PLOTS, chair_of
from sip.demo.convening import Convening, Held
from sip.demo.habits import after_meeting, also, silent
from sip.demo.hours import STOCKHOLM, say
from sip.demo.moment import Moment
from sip.demo.plots import Plot, PlotTurn
from sip.demo.postoffice import Arrival, Carrier, PostOffice
from sip.demo.promises import Line, Observed, broken
from sip.demo.screen import Screen
from sip.demo.telling import told
from sip.demo.units import People

RECORDED_AFTER = timedelta(minutes=25)
Namer = Callable[[int | None], str]


class Story:
    """One performance, from Monday morning to the end."""

    def __init__(
        self, convening: Convening, office: PostOffice, people: People, agenda: Agenda, moment: Moment, screen: Screen
    ) -> None:
        self._moment = moment
        self._convening = convening
        self._office = office
        self._people = people
        self._agenda = agenda
        self._screen = screen
        self.held: dict[str, Held] = {}
        self.journal: list[Line] = []
        self.trouble: list[str] = []
        self.counts: Counter[str] = Counter()

    def prepare(self) -> None:
        """Puts every plot's calls, turns and records on the agenda."""
        for plot in PLOTS:
            self._agenda.put(plot.called, self._safely(plot, partial(self._call, plot)))

    def read(self, arrival: Arrival) -> None:
        """A mail has come: the one it is for reads it."""
        self._moment.touched.update(arrival.letter.references)
        self._people.read(arrival.letter, arrival.at)

    def look(self, *, everywhere: bool = False) -> None:
        """Tells what the journals of the touched matters say since the last look.

        Where something happened that touched none, no mail came of it, and all are looked at.
        """
        touched, self._moment.touched = self._moment.touched, set()
        everywhere = everywhere or not touched
        news: list[tuple[Line, Namer]] = []
        for held in self.held.values():
            if everywhere or held.reference in touched:
                lines = self._convening.news(held)
                self.journal += lines
                news += [(line, held.unit_name) for line in lines]
        if self.counts["reported"] or any(note.kind == "reported" for line, _ in news for note in line.notes):
            news += [(line, _always(unit)) for unit, line in self._convening.report_news()]
        for line, unit in sorted(news, key=lambda one: one[0].at):
            self._tell(line, unit)

    def _tell(self, line: Line, unit: Namer) -> None:
        for note in line.notes:
            self.counts[f"{note.kind} {note.detail.get('rung', '')}".strip()] += 1
            found = told(note, unit)
            if found is not None:
                self._screen.tell(found[0], line.reference, found[1], line.at)

    def _safely(self, plot: Plot, act: Callable[[datetime], None]) -> Callable[[datetime], None]:
        """An act the service refuses is trouble to be shown at the end, and the story goes on."""

        def done(now: datetime) -> None:
            if plot.key in self.held:
                self._moment.touched.add(self.held[plot.key].reference)
            try:
                act(now)
            except ApiError as error:
                self.trouble.append(f"{plot.title}: {error}")
                self._screen.tell("trouble", "", f"{plot.title}: {error}")

        return done

    def _call(self, plot: Plot, now: datetime) -> None:
        held = self._convening.draft(plot)
        self.held[plot.key] = held
        self._moment.touched.add(held.reference)
        self._cast(plot, held)
        self._convening.call(held)
        units = ", ".join(county.units()[seat.unit].name for seat in plot.seats)
        caller = county.units()[plot.convener].name
        self._screen.tell("call", held.reference, f"{caller} calls {units}: {plot.title}")
        for turn in plot.turns:
            self._agenda.put(turn.when, self._safely(plot, partial(self._turn, plot, held, turn)))
        if plot.recorded == "api":
            self._record_later(plot, held, plot.end)

    def _cast(self, plot: Plot, held: Held) -> None:
        """Who behaves how in this matter."""
        cast = self._people.cast
        for seat in plot.seats:
            address = county.units()[seat.unit].email
            if address is not None and seat.habit is not None:
                for box in county.mailboxes().values():
                    if box.unit == seat.unit:
                        cast[held.reference, box.email] = seat.habit
        chair = chair_of(plot)
        leads = after_meeting("attendance") if plot.recorded == "page" else silent()
        self._people.plans[held.reference] = held.plan()
        cast[held.reference, chair] = leads
        for address, habit in plot.people.items():
            cast[held.reference, address] = also(leads, habit) if address == chair else habit

    def _turn(self, plot: Plot, held: Held, turn: PlotTurn, now: datetime) -> None:
        unit = county.units()[turn.unit].name if turn.unit else ""
        start = turn.values.get("start")
        when = say(datetime.fromisoformat(start).replace(tzinfo=STOCKHOLM)) if start else ""
        sentence = TURNS[turn.act].format(unit=unit, when=when)
        kind = "report" if turn.act in ("cause", "close_report", "keep_report") else "convener"
        self._screen.tell(kind, held.reference, sentence)
        if turn.act == "cause":
            manager = county.with_role("unit_manager", turn.unit).email
            user = next(user for user in county.users() if user.email == manager)
            self._people.give_cause(user.email, user.password, held.reference, **turn.values)
        else:
            self._convening.turn(held, turn)

    def _record_later(self, plot: Plot, held: Held, end: datetime) -> None:
        def record(now: datetime) -> None:
            now_ends = self._convening.end_of(held)
            if now_ends > now:
                self._agenda.put(now_ends + RECORDED_AFTER, self._safely(plot, record))
            else:
                self._convening.record(held)

        self._agenda.put(end + RECORDED_AFTER, self._safely(plot, record))

    def evidence(self, carrier: Carrier) -> Observed:
        """What has been seen, for the promises."""
        self.look(everywhere=True)
        reports, marks = self._convening.reports(), self._convening.marks(self.held.values())
        plot_of = {held.reference: held.plot.key for held in self.held.values()}
        return Observed(
            arrivals=self._office.arrivals,
            posted=carrier.posted,
            settled=self._people.settled,
            acted=self._moment.acted,
            journal=self.journal,
            discharges={held.reference for held in self.held.values() if held.plot.kind == "discharge"},
            outcomes=self._convening.outcomes(),
            reports={(plot_of[r], unit): state for (r, unit), state in reports.items() if r in plot_of},
            expected={(p.key, s.unit): s.report for p in PLOTS for s in p.seats if s.report != "none"},
            marks={(held.plot.key, unit): mark for (held, unit), mark in marks.items()},
            expected_marks={
                (p.key, s.unit): _corrected(p, s.unit, s.mark)
                for p in PLOTS
                for s in (*p.seats, *p.joins)
                if p.recorded != "never" and p.end < ENDS and s.mark != "redirected" and s.obligation == "summoned"
            },
        )

    def broken(self, carrier: Carrier) -> list[str]:
        """Every promise that was broken, and everything that did not go as the story has it."""
        return [*broken(self.evidence(carrier)), *self._people.trouble, *self.trouble]

    def summary(self, carrier: Carrier) -> list[tuple[str, int]]:
        """What came of it all, in numbers."""
        arrivals = self._office.arrivals
        requests = [a for a in arrivals if a.letter.invite is not None and a.letter.invite.method == "REQUEST"]
        count = self.counts
        return [
            ("Meetings called", len(self.held)),
            ("Invitations", len({a.letter.invite.uid for a in requests if a.letter.invite})),
            ("Answers by mail", sum(p.kind.startswith("REPLY") for p in carrier.posted)),
            ("Answers on a page", self._people.by_page),
            ("Substitutes asked", count["substitute_asked"]),
            ("Reminders", count["rung_fired reminder"] + count["rung_fired no_acknowledgement"]),
            ("Escalations", count["rung_fired no_answer"] + count["rung_fired still_none"]),
            ("Questions to conveners", count["convener_asked"]),
            ("No-shows", sum(mark == "absent" for mark in self._convening.marks(self.held.values()).values())),
            ("Deviation reports", count["reported"]),
            ("Reports withdrawn", count["report_withdrawn"]),
            ("Mails sent", len(arrivals)),
            ("Mails refused by a mailbox", len(self._office.refused)),
            ("Mails received", sum(p.code == 250 for p in carrier.posted)),
        ]


TURNS = {
    "move": "The convener moves the meeting to {when}",
    "cancel": "The convener cancels the meeting",
    "accept": "The convener accepts what {unit} asked",
    "decline": "The convener does not accept what {unit} asked",
    "phone": "{unit} answers by phone who comes",
    "identity": "The convener phones {unit} and tells whom it concerns",
    "correct": "The chair corrects the mark of {unit}",
    "cause": "The manager of {unit} signs in and answers the report",
    "close_report": "The convener reads the answer and closes the report",
    "keep_report": "The convener knows of no such message and keeps the report",
}


def _always(unit: str) -> Namer:
    return lambda party: unit


def _corrected(plot: Plot, unit: str, mark: str) -> str:
    for turn in plot.turns:
        if turn.act == "correct" and turn.unit == unit:
            return turn.values["mark"]
    return mark
