"""The cast of every domain test: always the same few units and people, all made up, and a small world to play in."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid5

from sip.domain import events as e
from sip.domain.agreement import Agreement, MeetingKind, RuleSet
from sip.domain.decide import case_of, decide, may_ask, next_due, units_of
from sip.domain.decision import AnyState, Context, Decision, Note, Refused
from sip.domain.deviation import DeviationReport
from sip.domain.effects import POLL_ASKS, DropAsks, ForDeviation, Mail, MailKind
from sip.domain.meeting import Convener, Meeting, Party, Place, Stamp
from sip.domain.people import CaseFacts, Person, Roster
from sip.domain.terms import AnswerKind, AttendeeState, Channel, Form, Mark, Obligation, PlaceKind, Purpose, SettledAs
from sip.domain.worktime import STOCKHOLM

SPACE = UUID("6d5f5b1e-0000-4000-8000-000000000000")


def ident(name: str) -> UUID:
    return uuid5(SPACE, name)


def at(text: str) -> datetime:
    """A moment in Sweden: "2026-11-02 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def local(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(STOCKHOLM).strftime("%a %d %b %H:%M")


REGION, AL, BOK = ident("Region Exempel"), ident("Al kommun"), ident("Bok kommun")
SUBSTITUTES = tuple(Person(f"Ersättare {n}", f"ersattare{n}@al.example", f"070-000000{n}") for n in range(1, 4))
READ = at("2026-10-01 09:00")
HOME_CARE = Roster(
    ident("Hemtjänsten Al"), "Hemtjänsten Al", ident("Vårdnämnden Al"), AL,
    phone="0400-000001", addresses=("hemtjanst@al.example",), verified={"hemtjanst@al.example": READ},
    mail_domains=frozenset({"al.example"}),
    managers=(Person("Mona Chef", "mona@al.example"),), heads=(Person("Helge Topp", "helge@al.example"),),
    watchers=(Person("Vera Vakt", "vera@al.example"),), substitutes=SUBSTITUTES,
    coordinators=(Person("Kim Samordnare", "kim@al.example"),),
)  # fmt: skip
SCHOOL = replace(
    HOME_CARE, unit_id=ident("Skolan Al"), name="Skolan Al", organisation_id=ident("Skolnämnden Al"),
    addresses=("skolan@al.example", "skolan2@al.example"),
    verified={"skolan@al.example": READ, "skolan2@al.example": READ},
)  # fmt: skip
SOCIAL = replace(
    HOME_CARE, unit_id=ident("Soc Al"), name="Socialtjänsten Al", addresses=("soc@al.example",),
    verified={"soc@al.example": READ},
)  # fmt: skip
OUTSIDE = replace(
    HOME_CARE, unit_id=ident("Soc Bok"), name="Socialtjänsten Bok", principal_id=BOK,
    organisation_id=ident("Nämnden Bok"), addresses=("soc@bok.example",), verified={"soc@bok.example": READ},
)  # fmt: skip
CARE_CENTRE = replace(
    HOME_CARE, unit_id=ident("Vårdcentralen"), name="Vårdcentralen Eken", principal_id=REGION,
    organisation_id=ident("Nämnden Region"), addresses=("vc@region.example",), verified={"vc@region.example": READ},
    coordinators=(Person("Siv Samordnare", "siv@region.example"),),
)  # fmt: skip
ALL = {r.unit_id: r for r in (HOME_CARE, SCHOOL, SOCIAL, OUTSIDE, CARE_CENTRE)}
CONVENER = Convener(
    CARE_CENTRE.unit_id, CARE_CENTRE.name, CARE_CENTRE.organisation_id, REGION, "Clara Kallar",
    "clara@region.example", "010-0000000",
)  # fmt: skip
AGREEMENT = Agreement(
    ident("agreement"), "Länsavtalet", 1, False, frozenset({REGION, AL}), frozenset(MeetingKind), date(2025, 1, 1),
    None, RuleSet(name="Länsavtalet"), RuleSet(name="Länsavtalet", minimum_notice=1, gaps=(1, 1, 1, 1)),
)  # fmt: skip
TOLD_ONCE = (
    "/coordinator_told/undeliverable/",
    "/coordinator_told/convener_unreached/",
    "/convener_told/human_wrote/",
    "/convener_told/bounce_noted/",
    "/unusable/",
    "/reading_code/",
)
CASE = CaseFacts("7F3K-2MQ", consent=True)
BESIDE: ContextVar[bool] = ContextVar("beside", default=False)
"""Whether `called` calls one unit more, which has a story of its own and no part in the play."""
BYSTANDER = replace(
    HOME_CARE, unit_id=ident("Bredvid"), name="Bredvid", addresses=("bredvid@al.example", "bredvid2@al.example"),
)  # fmt: skip


@dataclass
class World:
    """A meeting with its reports, a clock, and a relay that accepts at once unless told otherwise."""

    now: datetime
    rosters: dict[UUID, Roster] = field(default_factory=lambda: dict(ALL))
    case: CaseFacts | None = CASE
    relay: str = "accepts"
    said: int = 0
    meeting: Meeting | None = None
    reports: dict[UUID, DeviationReport] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    notes: list[tuple[datetime, Note]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    pending: list[Mail] = field(default_factory=list)
    answers_open_from: datetime | None = None
    agreements: tuple[Agreement, ...] = (AGREEMENT,)
    automatic_within: timedelta = timedelta(0)
    engaged: frozenset[str] = frozenset()
    log: list[tuple[datetime, object]] = field(default_factory=list)
    before: Meeting | None = None
    refused: list[tuple[object, Refused]] = field(default_factory=list)
    made: ClassVar["list[World]"] = []

    def __post_init__(self) -> None:
        self.made.append(self)

    def context(self) -> Context:
        return Context(
            self.now, self.rosters, self.agreements, self.case, self.answers_open_from, self.automatic_within,
            self.engaged,
        )  # fmt: skip

    def context_for(self, state: AnyState | None, event: object) -> Context:
        """What the service has read before it decides this, and nothing else of the world."""
        whole, units = self.context(), set(units_of(state, event))
        return replace(
            whole,
            rosters={unit: roster for unit, roster in whole.rosters.items() if unit in units},
            case=None if case_of(state, event) is None else whole.case,
            engaged=whole.engaged if state is not None and may_ask(state, event) else frozenset(),
        )

    def do(self, event: object) -> Decision | Refused:
        """Decide, keep the state, hand the mails to the relay; a refused command changes nothing."""
        if BESIDE.get() and isinstance(event, e.OutcomeRecorded):
            event = replace(event, marks=(*event.marks, (self.party(BYSTANDER).ordinal, Mark.ATTENDED)))
        outcome = decide(self.meeting, event, self.context_for(self.meeting, event))
        if isinstance(outcome, Refused):
            self.refused.append((event, outcome))
            return outcome
        assert isinstance(outcome.state, Meeting)
        self.before, self.meeting = self.meeting, outcome.state
        self._carry_out(outcome)
        if self.relay == "accepts":
            self.deliver()
        return outcome

    def _carry_out(self, outcome: Decision) -> None:
        self.notes += [(self.now, note) for note in outcome.notes]
        self.log += [(self.now, thing) for thing in (*outcome.notes, *outcome.effects)]
        for effect in outcome.effects:
            if isinstance(effect, Mail):
                if effect.key in self.keys and any(told in effect.key for told in TOLD_ONCE):
                    continue  # told once: the outbox keeps the first
                assert effect.key not in self.keys, f"twice: {effect.key}"
                self._is_whole(effect, outcome)
                self.keys.add(effect.key)
                self.mails.append(effect)
                self.pending.append(effect)
            elif isinstance(effect, DropAsks):
                self.pending = [
                    m for m in self.pending
                    if not (m.ask and (m.party, m.attendee) == (effect.party, effect.attendee))
                    or (m.kind in POLL_ASKS) is not effect.polls
                ]  # fmt: skip
            elif isinstance(effect, ForDeviation):
                self.report(effect.id, effect.event)

    def _is_whole(self, mail: Mail, made: Decision) -> None:
        """A mail is composed from itself alone, so it holds everything as it was (house, law 7)."""
        the, facts = self.the, mail.facts
        assert facts.protected is the.protected
        if the.protected:
            return  # it holds next to nothing: test_protected.py
        assert (facts.meeting_id, facts.reference) == (the.id, the.reference)
        known = [one for one in (self.before, the) if one is not None]
        # The act that changes the meeting may find the mailbox left: first the entry changes hands, as it was.
        if mail.kind in (*POLL_ASKS, MailKind.POLL_ENDED):
            assert the.poll is not None
            assert (facts.start, facts.end) == (the.poll.times[0].start, the.poll.times[-1].end)
        else:
            assert (facts.start, facts.end) in [(one.start, one.end) for one in known]
        assert (facts.form, facts.place, facts.purpose) in [(one.form, one.place, one.purpose) for one in known]
        assert facts.sequence in [one.sequence for one in known]
        assert facts.revision in (the.revision - 1, the.revision)
        whose = (facts.convener_unit, facts.convener_person, facts.convener_phone, facts.convener_email)
        assert whose in [(c.unit_name, c.person, c.phone, c.email) for c in (one.convener for one in known)]
        assert mail.dtstamp == self.now
        assert mail.to.name
        party = None if mail.party is None else the.party(mail.party)
        assert mail.unit == (party.unit_name if party else None)
        if isinstance(made.state, DeviationReport):
            assert (mail.deviation_id, mail.party) == (made.state.id, made.state.party)
        if mail.deviation_id is not None:
            return
        if party is None:
            assert mail.round == 0
            return
        assert mail.identity_channel == (party.identity.channel if party.identity else None)
        was = next((p for p in self.before.parties if p.ordinal == party.ordinal), None) if self.before else None
        assert mail.round in [one.round.number if one.round else 0 for one in (was, party) if one is not None]
        if mail.method is None:
            assert (mail.invitation, mail.sequence) == (None, 0)
        else:
            invitation = the.invitation(mail.invitation or 0)
            assert (invitation.party, invitation.attendee, invitation.email) == (
                mail.party,
                mail.attendee,
                mail.to.email,
            )
            assert mail.sequence in (invitation.sequence, facts.sequence)

    def report(self, identity: UUID, event: object) -> Decision | Refused:
        """The report's own decision, in the same breath."""
        known = self.reports.get(identity)
        made = decide(known, event, self.context_for(known, event))
        if isinstance(made, Decision):
            assert isinstance(made.state, DeviationReport)
            self.reports[identity] = made.state
            self.log += [(self.now, note) for note in made.notes]
            self._carry_out(replace(made, notes=()))
        return made

    def deliver(self, result: SettledAs = SettledAs.ACCEPTED) -> None:
        waiting, self.pending = self.pending, []
        for mail in waiting:
            self.settle(mail, result)

    def settle(self, mail: Mail, result: SettledAs = SettledAs.ACCEPTED) -> None:
        self.do(
            e.MailSettled(
                mail.key, result, self.now, mail.kind, mail.party, mail.invitation, mail.attendee, mail.round,
                mail.rung, mail.to.email,
            )
        )  # fmt: skip

    def tick(self, moment: datetime | None = None) -> Decision:
        if moment is not None:
            self.now = moment
        made = self.do(e.TimePassed())
        assert isinstance(made, Decision)
        return made

    def run(self, until: datetime) -> None:
        """Every due moment on the way, one after the other."""
        for _ in range(500):
            due = next_due(self.the)
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            self.tick()
            after = next_due(self.the)
            assert after is None or after > self.now, f"still due at {after}, now {self.now}"
        else:
            raise AssertionError("it never ends")
        self.now = max(self.now, until)

    @property
    def the(self) -> Meeting:
        assert self.meeting is not None
        return self.meeting

    def party(self, roster: Roster) -> Party:
        return next(p for p in reversed(self.the.parties) if p.unit_id == roster.unit_id)

    def fired(self) -> list[tuple[str, str]]:
        """The rungs and questions as they happened."""
        names = {"rung_fired": "rung", "convener_asked": ""}
        return [
            (n.detail.get(names[n.kind], "") or "question", local(when)) for when, n in self.notes if n.kind in names
        ]

    def sent(self, kind: str) -> list[Mail]:
        return [mail for mail in self.mails if mail.kind == kind]

    def told(self) -> list[str]:
        return [m.detail["what"] for m in self.mails if m.kind in ("convener_told", "coordinator_told", "decision")]

    def noted(self) -> list[str]:
        return [note.kind for _, note in self.notes]


def draft(
    start: datetime,
    units: Iterable[Roster] = (HOME_CARE,),
    kind: MeetingKind = MeetingKind.ADULT,
    obligation: Obligation = Obligation.SUMMONED,
) -> e.MeetingDrafted:
    return e.MeetingDrafted(
        ident("meeting"), CASE.reference, ident("case"), kind, Purpose.NEW_PLAN, "Gemensam planering",
        ("Vem gör vad?",), Form.PHYSICAL, Place(PlaceKind.ROOM, "Vårdcentralen Eken", "Rum 2"), start,
        start + timedelta(hours=1), CONVENER, tuple(e.PartyDraft(u.unit_id, obligation) for u in units),
        chair_name="Clara Kallar", chair_email="clara@region.example",
    )  # fmt: skip


def called(
    now: str,
    start: str,
    units: Iterable[Roster] = (HOME_CARE,),
    *,
    kind: MeetingKind = MeetingKind.ADULT,
    obligation: Obligation = Obligation.SUMMONED,
    world: World | None = None,
    tell: bool = True,
) -> World:
    """A meeting called at `now` for `start`, its units told whom it concerns."""
    play = world or World(at(now))
    play.now = at(now)
    beside = (BYSTANDER,) if BESIDE.get() else ()
    play.rosters |= {unit.unit_id: unit for unit in beside}
    assert isinstance(play.do(draft(at(start), [*units, *beside], kind, obligation)), Decision)
    made = play.do(e.Called())
    assert isinstance(made, Decision), made
    for unit in beside:
        _goes_its_own_way(play, play.party(unit).ordinal)
    if tell:
        for party in play.the.parties:
            play.do(e.IdentityConveyed(party.ordinal, Channel.PHONE))
    return play


def _goes_its_own_way(play: World, ordinal: int) -> None:
    """Its first address fails, it is told by the second that she cannot come, and somebody else comes instead."""
    (call,) = [m for m in play.mails if m.kind == "call" and m.party == ordinal]
    if call in play.pending:
        play.pending.remove(call)
    play.do(e.Bounced(call.key, play.now, ordinal, call.invitation, None, call.to.email))
    instead = (e.NamedPerson("Berit", "berit@al.example"),)
    play.do(e.Answered(ordinal, AnswerKind.REGRETS, said(play), stands_in=instead))
    play.do(e.AttendeeAnswered(ordinal, 1, AttendeeState.ACCEPTED, said(play)))


def said(
    world: World, channel: Channel = Channel.PAGE, *, moment: datetime | None = None, automatic: bool = False
) -> e.Said:
    """An answer said now, at the meeting's present SEQUENCE."""
    spoken = moment or world.now
    world.said += 1
    stamp = Stamp(world.the.sequence, spoken, spoken, f"{world.said:04}")
    return e.Said(channel, "unit", stamp, automatic)
