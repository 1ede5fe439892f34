"""What is true of an item on a standing group's agenda: what is asked, the reports behind it, and what was decided.

A cooperation board is one kind of standing group; whatever such a group has before it is an item of its agenda. The law
of this file: it knows units and functions, never a person, a case or a meeting (rules, section 16).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sip.domain.deviation import Side
from sip.domain.group import SeatFunction, StandingGroup, StandingKind
from sip.domain.people import Address
from sip.domain.systemic import Signal

_NAMESPACE = UUID("5f0f7a06-6f0c-5d0e-8f53-0a1b4f1d7a11")


class GroupKind(StrEnum):
    """What kind of standing group has the item before it."""

    COOPERATION_BOARD = "cooperation_board"
    STANDING_GROUP = "standing_group"


@dataclass(frozen=True, slots=True)
class Group:
    """A standing group. A board is the board of an `area` of the county, None: of the whole county. Any other is of its
    county, None: of several, and has its `name` as it was when the question was put.
    """

    id: UUID
    kind: GroupKind
    area: str | None = None
    county_id: UUID | None = None
    name: str = ""

    @property
    def is_board(self) -> bool:
        """Whether it is a cooperation board, which nobody founds."""
        return self.kind is GroupKind.COOPERATION_BOARD


@dataclass(frozen=True, slots=True)
class Within:
    """Where a reader has units: in which areas, and in which counties."""

    areas: frozenset[str] = frozenset()
    counties: frozenset[UUID] = frozenset()


def board_of(area: str | None) -> Group:
    """The cooperation board of this area; it needs nobody to found it."""
    kind = GroupKind.COOPERATION_BOARD
    return Group(uuid5(_NAMESPACE, f"{kind}/{area or ''}"), kind, area)


def group_of(standing: StandingGroup) -> Group:
    """A standing group as whose agenda it is: a local consultation of an area is that area's board."""
    if standing.kind is StandingKind.LOCAL_CONSULTATION and standing.area is not None:
        return board_of(standing.area)
    return Group(standing.id, GroupKind.STANDING_GROUP, None, standing.county_id, standing.name)


def board_for(areas: Iterable[str | None]) -> Group:
    """The board that a matter between units of these areas goes to: the first one's, else the county's."""
    return board_of(next((area for area in areas if area is not None), None))


def forwarded_item(report_id: UUID) -> UUID:
    """The item of a report that its unit has forwarded: one, however often it comes and goes."""
    return uuid5(_NAMESPACE, f"report/{report_id}")


class ItemState(StrEnum):
    WAITING = "waiting"
    LISTED = "listed"
    DECIDED = "decided"
    DONE = "done"
    DROPPED = "dropped"


UNDECIDED = (ItemState.WAITING, ItemState.LISTED)


class ItemPurpose(StrEnum):
    """What the group is to do with it."""

    INFORMATION = "information"
    DISCUSSION = "discussion"
    DECISION = "decision"


class ItemSource(StrEnum):
    """Where it comes from."""

    BY_HAND = "by_hand"
    REPORT = "report"
    SYSTEMIC = "systemic"
    ROUNDABOUT = "roundabout"
    REFERRED = "referred"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a group has decided, with its grounds, numbered from 1.

    With something to do it has an `owner`, who is a function, in a unit, and a day until which; without, it is `done`
    as it is made. `reminders` counts those since the day was last set. `outcome` is what came of it, said at `told_at`.
    """

    number: int
    text: str
    grounds: str
    decided_on: date
    decided_at: datetime
    owner: str | None = None
    unit: Side | None = None
    due_on: date | None = None
    reminders: int = 0
    reminded_at: datetime | None = None
    done_at: datetime | None = None
    told_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Preparation:
    """Who prepares a question, who is a function; on a `seat` of the group she is mailed once before the day `by`."""

    owner: str
    seat: int | None = None
    by: date | None = None
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemOrigin:
    """The question of another group that this one was referred from."""

    item_id: UUID
    group_id: UUID
    group_name: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The group above or below that a question has been referred to, as which item, and what it answered."""

    item_id: UUID
    group_id: UUID
    group_name: str
    referred_at: datetime
    answered_at: datetime | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the seats of the group are asked, up to five questions, and until which day; `about`: in words, such as a
    special event. `put_at` is when it was last changed.
    """

    by: date
    questions: tuple[str, ...]
    about: str
    put_at: datetime
    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeatReply:
    """What a seat that was asked has answered, question by question, "" to one: of a function and a principal."""

    seat: int
    function: SeatFunction
    wanted: str
    principal: str
    answers: tuple[str, ...] = ()
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeatParty:
    """A seat of the group that is filled today, and where who sits there is mailed; None: she has no address."""

    seat: int
    function: SeatFunction
    wanted: str
    principal: str
    to: Address | None = None


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """The aggregate. `reports` are linked by their id alone: who may read one reads it on its own page.

    `signal` is what was counted when it was put before the group, of a systemic question. `sitting_on` is the day whose
    agenda it is on. `papers` are lines that end with an address, before which stands what it is called.
    """

    id: UUID
    group: Group
    title: str
    text: str
    purpose: ItemPurpose
    source: ItemSource
    state: ItemState
    put_at: datetime
    signal: Signal | None = None
    reports: tuple[UUID, ...] = ()
    sitting_on: date | None = None
    dropped_at: datetime | None = None
    dropped_because: str | None = None
    not_before: datetime | None = None
    preparation: Preparation | None = None
    papers: tuple[str, ...] = ()
    origin: ItemOrigin | None = None
    reference: Reference | None = None
    inquiry: Inquiry | None = None
    replies: tuple[SeatReply, ...] = ()
    resolutions: tuple[Resolution, ...] = ()

    @property
    def answered(self) -> int:
        """How many of the seats that were asked have answered."""
        return sum(one.answered_at is not None for one in self.replies)

    def reply(self, seat: int) -> SeatReply | None:
        """That of a seat that was asked."""
        return next((one for one in self.replies if one.seat == seat), None)


# -- what can happen


@dataclass(frozen=True, slots=True)
class ItemPut:
    """Somebody, or a report that is forwarded, puts a question before the group."""

    id: UUID
    group: Group
    title: str
    text: str
    purpose: ItemPurpose
    source: ItemSource
    signal: Signal | None = None
    reports: tuple[UUID, ...] = ()
    sitting_on: date | None = None
    origin: ItemOrigin | None = None


@dataclass(frozen=True, slots=True)
class ItemReferred:
    """The question goes to a group above or below: what is asked there, as the item with this id. `to` and `of` are
    what the two groups are called.
    """

    item_id: UUID
    group: Group
    text: str
    to: str
    of: str


@dataclass(frozen=True, slots=True)
class ReferenceAnswered:
    """The other group has decided on it, or does not take it up: the engine's word."""

    item_id: UUID
    answer: str
    taken_up: bool


@dataclass(frozen=True, slots=True)
class ItemEdited:
    """Its words, until it has been decided."""

    title: str
    text: str
    purpose: ItemPurpose


@dataclass(frozen=True, slots=True)
class ItemPrepared:
    """Who prepares it, until which day, and the papers; without an owner nobody does."""

    owner: str = ""
    seat: int | None = None
    by: date | None = None
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InquiryMade:
    """The seats of the group are asked these questions until this day, or others than before."""

    questions: tuple[str, ...]
    by: date
    about: str = ""


@dataclass(frozen=True, slots=True)
class InquiryEnded:
    """Nothing more is asked or answered."""


@dataclass(frozen=True, slots=True)
class InquiryAnswered:
    """What a seat says, question by question."""

    seat: int
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemScheduled:
    """Which sitting takes it up; None: none yet. Moved from one to another it is deferred."""

    sitting_on: date | None


@dataclass(frozen=True, slots=True)
class ReportLinked:
    """Another report is of the same question."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class ReportUnlinked:
    report_id: UUID


@dataclass(frozen=True, slots=True)
class ReportLeft:
    """A report has gone back to its two units, or has ended: the engine's word, never a person's."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class Resolved:
    """A decision. Owner, unit and day go together: all of them, or none."""

    text: str
    grounds: str
    decided_on: date
    owner: str | None = None
    unit_id: UUID | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ResolutionFollowedUp:
    """What has come of it; not `done`, it is waited for until another day."""

    number: int
    done: bool
    outcome: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class OwnerSucceeded:
    """The unit `before`, which was to do something, has closed, and `by` has taken over from it: the engine's word."""

    before: UUID
    by: Side


@dataclass(frozen=True, slots=True)
class ItemDropped:
    """The group does not take it up, and why."""

    reason: str
