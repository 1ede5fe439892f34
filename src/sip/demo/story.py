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
from sip.demo.chapters import BEGINS, ENDS, PLOTS, chair_of
from sip.demo.convening import Convening, Held
from sip.demo.habits import after_meeting, silent
from sip.demo.moment import Moment
from sip.demo.plots import Plot, Turn
from sip.demo.postoffice import Arrival, Carrier, PostOffice
from sip.demo.promises import Evidence, Line, broken
from sip.demo.screen import Screen
from sip.demo.telling import told
from sip.demo.units import People

RECORDED_AFTER = timedelta(minutes=25)


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
        self._plots: dict[str, Plot] = {}
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
        self._people.read(arrival.letter, arrival.at)

    def look(self) -> None:
        """Tells what the journals say since the last look."""
        for held in self.held.values():
            for line in self._convening.news(held):
                self.journal.append(line)
                for note in line.notes:
                    self._note(held, note.kind, note.detail.get("rung", ""))
                    found = told(note, held.unit_name)
                    if found is not None:
                        self._screen.tell(found[0], f"{held.reference}  {found[1]}")

    def _note(self, held: Held, kind: str, rung: str) -> None:
        self.counts[f"{kind} {rung}".strip()] += 1

    def _safely(self, plot: Plot, act: Callable[[datetime], None]) -> Callable[[datetime], None]:
        """An act the service refuses is trouble to be shown at the end, and the story goes on."""

        def done(now: datetime) -> None:
            try:
                act(now)
            except ApiError as error:
                self.trouble.append(f"{plot.title}: {error}")
                self._screen.tell("trouble", f"{plot.title}: {error}")

        return done

    def _call(self, plot: Plot, now: datetime) -> None:
        held = self._convening.draft(plot)
        self.held[plot.key] = held
        self._cast(plot, held)
        self._convening.call(held)
        units = ", ".join(county.units()[seat.unit].name for seat in plot.seats)
        caller = county.units()[plot.convener].name
        self._screen.tell("call", f"{held.reference}  {caller} kallar {units}. ({plot.title})")
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
        for address, habit in plot.people.items():
            cast[held.reference, address] = habit
        chair = chair_of(plot)
        if plot.recorded == "page":
            cast[held.reference, chair] = after_meeting("attendance")
            self._people.plans[held.reference] = held.plan()
        else:
            cast[held.reference, chair] = silent()

    def _turn(self, plot: Plot, held: Held, turn: Turn, now: datetime) -> None:
        self._convening.turn(held, turn)
        unit = county.units()[turn.unit].name if turn.unit else ""
        sentence = TURNS[turn.act].format(unit=unit, **turn.values)
        self._screen.tell("convener", f"{held.reference}  {sentence}")

    def _record_later(self, plot: Plot, held: Held, end: datetime) -> None:
        def record(now: datetime) -> None:
            now_ends = self._convening.end_of(held)
            if now_ends > now:
                self._agenda.put(now_ends + RECORDED_AFTER, self._safely(plot, record))
            else:
                self._convening.record(held)

        self._agenda.put(end + RECORDED_AFTER, self._safely(plot, record))

    def evidence(self, carrier: Carrier) -> Evidence:
        """What has been seen, for the promises."""
        reports, marks = self._convening.reports(), self._convening.marks(self.held.values())
        plot_of = {held.reference: held.plot.key for held in self.held.values()}
        return Evidence(
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
                for s in p.seats
                if p.recorded != "never" and p.outcome and s.mark != "redirected" and s.obligation == "summoned"
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
            ("Möten kallade", len(self.held)),
            ("Inbjudningar (kalenderposter)", len({a.letter.invite.uid for a in requests if a.letter.invite})),
            ("Svar med mejl", sum(p.kind.startswith("REPLY") for p in carrier.posted)),
            ("Svar på sidan", self._people.by_page),
            ("Ersättare tillfrågade", count["substitute_asked"]),
            ("Påminnelser", count["rung_fired reminder"] + count["rung_fired no_acknowledgement"]),
            ("Lyft till chef", count["rung_fired no_answer"] + count["rung_fired still_none"]),
            ("Uteblivna", sum(mark == "absent" for mark in self._convening.marks(self.held.values()).values())),
            ("Rapporter", count["reported"]),
            ("Rapporter återtagna", count["report_withdrawn"]),
            ("Mejl skickade av tjänsten", len(arrivals)),
            ("Mejl nekade av mottagaren", len(self._office.refused)),
            ("Mejl mottagna av tjänsten", sum(p.code == 250 for p in carrier.posted)),
        ]


TURNS = {
    "move": "Mötet flyttas till {start}",
    "cancel": "Mötet ställs in",
    "accept": "Sammankallande godtar svaret från {unit}",
    "decline": "Sammankallande godtar inte svaret från {unit}: {grounds}",
    "phone": "{unit} svarar per telefon: {name} kommer",
    "identity": "Sammankallande ringer {unit} och berättar vem det gäller",
    "correct": "Närvaron för {unit} rättas",
}


def _corrected(plot: Plot, unit: str, mark: str) -> str:
    for turn in plot.turns:
        if turn.act == "correct" and turn.unit == unit:
            return turn.values["mark"]
    return mark


def begins_and_ends() -> tuple[datetime, datetime]:
    """When the story begins and ends."""
    return BEGINS, ENDS
