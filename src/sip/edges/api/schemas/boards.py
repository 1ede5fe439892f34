"""Boards: their agendas, questions and decisions, and what a board does with them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from sip.domain.agenda import AgendaItem, Inquiry, ItemPurpose, ItemSource, ItemState, Resolution, SeatReply
from sip.domain.group import SeatFunction
from sip.edges.api.schemas.common import CommandBody, In, Line, Out, Text
from sip.edges.api.schemas.directory import Day
from sip.usecases.reading.agenda import BoardLine, BoardRead, SittingRead


class BoardOut(Out, frozen=True, kw_only=True):
    """A board of an area, null: of the whole county; or a standing group, which has a name (`group`). Questions that
    wait, and decisions that are to be followed up.
    """

    id: UUID
    area: str | None
    group: str | None
    waiting: int
    next_sitting: date | None
    to_follow: int

    @classmethod
    def of(cls, line: BoardLine) -> "BoardOut":
        return cls(
            id=line.group.id, area=line.group.area, group=line.group.name or None,
            waiting=line.waiting, next_sitting=line.next_sitting,
            to_follow=line.open,
        )  # fmt: skip


class ResolutionOut(Out, frozen=True, kw_only=True):
    """A decision, with its grounds; with something to do it has an owner, who is a function, in a unit, and a day."""

    number: int
    text: str
    grounds: str
    decided_on: date
    owner: str | None
    unit_id: UUID | None
    unit: str | None
    due_on: date | None
    done_at: datetime | None
    outcome: str | None

    @classmethod
    def of(cls, one: Resolution) -> "ResolutionOut":
        return cls(
            number=one.number, text=one.text, grounds=one.grounds, decided_on=one.decided_on, owner=one.owner,
            unit_id=None if one.unit is None else one.unit.unit_id,
            unit=None if one.unit is None else one.unit.unit_name,
            due_on=one.due_on, done_at=one.done_at, outcome=one.outcome,
        )  # fmt: skip


class SeatReplyOut(Out, frozen=True, kw_only=True):
    """What a seat that was asked has answered, question by question; null: not answered."""

    seat: int
    function: SeatFunction
    wanted: str
    principal: str
    answers: list[str] | None
    answered_at: datetime | None

    @classmethod
    def of(cls, one: SeatReply) -> "SeatReplyOut":
        return cls(
            seat=one.seat, function=one.function, wanted=one.wanted, principal=one.principal,
            answers=None if one.answered_at is None else list(one.answers), answered_at=one.answered_at,
        )  # fmt: skip


class InquiryOut(Out, frozen=True, kw_only=True):
    """What the seats of the group are asked until which day, such as about a special event, and what they say."""

    about: str
    questions: list[str]
    until: date
    asked_at: datetime | None
    ended_at: datetime | None
    seats: list[SeatReplyOut]

    @classmethod
    def of(cls, found: Inquiry, replies: tuple[SeatReply, ...]) -> "InquiryOut":
        return cls(
            about=found.about, questions=list(found.questions), until=found.by, asked_at=found.asked_at,
            ended_at=found.ended_at, seats=[SeatReplyOut.of(one) for one in replies],
        )  # fmt: skip


class ItemOut(Out, frozen=True, kw_only=True):
    """A question before a board, or before a standing group, which has a name (`group`). `report_ids` are the linked
    reports that the key sees, `hidden_reports` how many others there are; both are told of one question alone.
    """

    id: UUID
    version: int | None
    board_id: UUID
    area: str | None
    group: str | None
    title: str
    text: str
    purpose: ItemPurpose
    source: ItemSource
    state: ItemState
    put_at: datetime
    sitting_on: date | None
    prepared_by: str | None
    prepared_by_seat: int | None
    prepared_until: date | None
    papers: list[str]
    asked_by: str | None
    referred_to: str | None
    answered_at: datetime | None
    answer: str | None
    inquiry: InquiryOut | None
    dropped_because: str | None
    resolutions: list[ResolutionOut]
    report_ids: list[UUID] | None
    hidden_reports: int | None

    @classmethod
    def of(
        cls, item: AgendaItem, version: int | None = None, reports: list[UUID] | None = None, hidden: int | None = None
    ) -> "ItemOut":
        return cls(
            id=item.id, version=version, board_id=item.group.id, area=item.group.area,
            group=item.group.name or None, title=item.title, text=item.text,
            purpose=item.purpose, source=item.source, state=item.state, put_at=item.put_at, sitting_on=item.sitting_on,
            prepared_by=None if item.preparation is None else item.preparation.owner,
            prepared_by_seat=None if item.preparation is None else item.preparation.seat,
            prepared_until=None if item.preparation is None else item.preparation.by, papers=list(item.papers),
            asked_by=None if item.origin is None else item.origin.group_name,
            referred_to=None if item.reference is None else item.reference.group_name,
            answered_at=None if item.reference is None else item.reference.answered_at,
            answer=None if item.reference is None else item.reference.answer,
            inquiry=None if item.inquiry is None else InquiryOut.of(item.inquiry, item.replies),
            dropped_because=item.dropped_because, resolutions=[ResolutionOut.of(one) for one in item.resolutions],
            report_ids=reports, hidden_reports=hidden,
        )  # fmt: skip


class SittingLineOut(Out, frozen=True, kw_only=True):
    """A day on which a board sits."""

    day: date
    items: int
    resolutions: int


class AgendaOut(Out, frozen=True, kw_only=True):
    """What is before a board or a standing group (`group`): what waits, what is listed for a sitting, what is to be
    followed up, and its sittings.
    """

    id: UUID
    area: str | None
    group: str | None
    waiting: list[ItemOut]
    listed: list[ItemOut]
    to_follow: list[ItemOut]
    sittings: list[SittingLineOut]

    @classmethod
    def of(cls, found: BoardRead) -> "AgendaOut":
        return cls(
            id=found.group.id, area=found.group.area, group=found.group.name or None,
            waiting=_items(found.waiting), listed=_items(found.listed), to_follow=_items(found.to_follow),
            sittings=[SittingLineOut(day=o.day, items=o.items, resolutions=o.resolutions) for o in found.sittings],
        )  # fmt: skip


class SittingOut(Out, frozen=True, kw_only=True):
    """One sitting: its questions, with what was decided, and earlier decisions whose day has come by then."""

    id: UUID
    area: str | None
    day: date
    items: list[ItemOut]
    to_follow: list[ItemOut]

    @classmethod
    def of(cls, found: SittingRead) -> "SittingOut":
        return cls(
            id=found.group.id, area=found.group.area, day=found.day, items=_items(found.items),
            to_follow=_items(found.to_follow),
        )  # fmt: skip


def _items(found: list[AgendaItem]) -> list[ItemOut]:
    return [ItemOut.of(one) for one in found]


class ItemIn(In, frozen=True, kw_only=True):
    """A question before a board, with reports that the key sees."""

    title: Line
    purpose: ItemPurpose
    text: Text = ""
    sitting_on: Day | None = None
    report_ids: Annotated[list[UUID], Meta(max_length=200)] = msgspec.field(default_factory=list)


class ItemTextIn(CommandBody, frozen=True, kw_only=True):
    """Other words, until it is decided."""

    title: Line
    purpose: ItemPurpose
    text: Text = ""


class ItemSittingIn(CommandBody, frozen=True, kw_only=True):
    """Which sitting takes it up; null: none yet."""

    sitting_on: Day | None


class ItemPreparationIn(CommandBody, frozen=True, kw_only=True):
    """Who prepares it (a function) until which day, and papers, each a line that ends with an address. Whoever sits on
    the seat of the group is reminded.
    """

    owner: Annotated[str, Meta(max_length=200)] = ""
    seat: int | None = None
    until: Day | None = None
    papers: Annotated[list[Annotated[str, Meta(max_length=2000)]], Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )


class ItemReferenceIn(CommandBody, frozen=True, kw_only=True):
    """It goes to a group above or below its own, by the group's id; the answer comes back."""

    group_id: UUID
    text: Annotated[Text, Meta(min_length=1)]


class ItemInquiryIn(CommandBody, frozen=True, kw_only=True):
    """What every seat of the group is asked: up to five questions, until which day, and what they are about."""

    questions: Annotated[list[Annotated[str, Meta(min_length=1, max_length=2000)]], Meta(min_length=1, max_length=5)]
    until: Day
    about: Annotated[str, Meta(max_length=200)] = ""


class ItemInquiryEndingIn(CommandBody, frozen=True, kw_only=True):
    """Nothing more is asked or answered."""


class ItemInquiryAnswerIn(CommandBody, frozen=True, kw_only=True):
    """What a seat says, question by question; an empty text to one."""

    answers: Annotated[list[Text], Meta(min_length=1, max_length=5)]


class ItemDroppingIn(CommandBody, frozen=True, kw_only=True):
    reason: Annotated[Text, Meta(min_length=1)]


class ItemReportIn(CommandBody, frozen=True, kw_only=True):
    """A report of the same question, that the key sees."""

    report_id: UUID


class ResolutionIn(CommandBody, frozen=True, kw_only=True):
    """A decision. Owner (a function), unit and day go together: all of them, or none."""

    text: Annotated[Text, Meta(min_length=1)]
    grounds: Annotated[Text, Meta(min_length=1)]
    decided_on: Day
    owner: Line | None = None
    unit_id: UUID | None = None
    due_on: Day | None = None


class ResolutionFollowUpIn(CommandBody, frozen=True, kw_only=True):
    """What came of a decision; not done, it is waited for until another day."""

    done: bool
    outcome: Annotated[Text, Meta(min_length=1)]
    due_on: Day | None = None
