"""What the pages show, gathered into frozen values: a template can be seen with made-up values and no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sip.domain.meeting import Meeting, Party
from sip.domain.pre_meeting import WhyBefore
from sip.domain.standing import Standing
from sip.domain.systemic import Roundabout
from sip.domain.terms import Mark, Obligation
from sip.store.seen.listings import DeviationLine
from sip.usecases.reading.matters import NamedOf


@dataclass(frozen=True, slots=True)
class PersonView:
    name: str
    function: str | None
    role: str
    state: str
    phone: str | None
    show_phone: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What a party's answer asks the convener. `lines` say what a yes would do; `cannot`: why there can be none."""

    kind: str
    title: str
    accept: str
    decline: str
    lines: tuple[str, ...] = ()
    cannot: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimView:
    """An answer of which it is not certain whose it is. `said` tells this word of its speaker from the next; `names`:
    whoever accepts it may say what the person is called."""

    ordinal: int
    kind: str
    unit: str
    sentence: str
    speaker: str
    accepts: str
    declines: str
    names: bool
    state: str
    said: str
    decided_at: datetime | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class ClosingView:
    """A unit that closes before the meeting: when, and the unit that takes over (by id and name), if there is one.
    `there`: that one is called already.
    """

    last_day: date
    unit_id: UUID | None = None
    name: str | None = None
    there: bool = False


@dataclass(frozen=True, slots=True)
class PartyView:
    """One party as its reader may see it; `can` names the acts that are hers now, `watched` that its unit's page is."""

    party: Party
    ordinal: int
    unit: str
    obligation: Obligation
    standing: Standing
    active: bool
    phone: str | None = None
    other_system: str | None = None
    said: str | None = None
    identity: str | None = None
    next: str | None = None
    mark: Mark | None = None
    decision: str | None = None
    grounds: str | None = None
    question: QuestionView | None = None
    claims: tuple[ClaimView, ...] = ()
    away: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    people: tuple[PersonView, ...] = ()
    closing: ClosingView | None = None
    law_only: bool = False
    watched: bool = False
    can: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """What happened at one moment by one hand: a line or several."""

    at: datetime
    texts: tuple[str, ...]
    who: str | None = None


@dataclass(frozen=True, slots=True)
class MeetingView:
    """The meeting page. `ask` names the units for which the convener has been asked whether the meeting stands.

    `report_convener` is the ordinal of the convener's side, where a called unit may write a report about it, and
    `praise_convener` where it may call it a good example. What is
    said of the consent is said to the side that keeps the case. `inbound`: the received mail is the reader's to see.
    `named`: whom a protected meeting is for, by party. `before`: why a pre-meeting is offered to the convener's side,
    `roundabout` what its case goes round by.
    """

    meeting: Meeting
    version: int
    convening: bool
    parties: tuple[PartyView, ...]
    can: frozenset[str]
    ask: tuple[str, ...] = ()
    claims: tuple[ClaimView, ...] = ()
    timeline: tuple[TimelineLine, ...] = ()
    reports: tuple[DeviationLine, ...] = ()
    report_convener: int | None = None
    praise_convener: int | None = None
    inbound: bool = False
    consent_withdrawn_at: datetime | None = None
    consents: tuple[TimelineLine, ...] = ()
    other_legal_ground: bool = False
    earliest: str = ""
    latest: str = ""
    poll_progress: str = ""
    cannot_call: str | None = None
    untold: tuple[str, ...] = ()
    named: Mapping[int, NamedOf] = field(default_factory=dict)
    before: tuple[WhyBefore, ...] = ()
    roundabout: Roundabout | None = None


@dataclass(frozen=True, slots=True)
class StandingView:
    """Where an answer stands, on the answer page."""

    title: str
    tone: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleView:
    """One of a user's roles, in the list she chooses from."""

    id: str
    role: str
    place: str | None
    current: bool = False


@dataclass(frozen=True, slots=True)
class PersonOnPage:
    """Who is signed in, as the head of each page says it."""

    name: str
    role: str
    place: str | None
    others: bool = False


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One party in the attendance form; `expected` is what the one press marks it as, `here` who has checked in."""

    ordinal: int
    unit: str
    obligation: Obligation
    hint: str
    expected: Mark | None = None
    here: str = ""


@dataclass(frozen=True, slots=True)
class OfferView:
    """Something to subscribe to."""

    kind: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class FeedView:
    """A subscribed calendar in the list; `by` is who made it."""

    id: str
    name: str
    made_at: datetime
    by: str | None
    fetched_at: datetime | None
