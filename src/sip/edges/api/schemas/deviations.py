"""Deviation reports: what they say, what the two units said, and what either may say."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from sip.domain.deviation import (
    Category,
    Cause,
    DeviationReport,
    DeviationState,
    ReportSide,
    Statement,
    WithdrawnBecause,
)
from sip.domain.failure import Risk
from sip.domain.terms import Channel
from sip.edges.api.schemas.common import CommandBody, In, Line, Ordinal, Out, Text
from sip.edges.api.schemas.directory import Day

Level = Annotated[int, Meta(ge=1, le=4)]
"""A step of severity or likelihood."""


class WordOut(Out, frozen=True, kw_only=True):
    """A word in a report's thread, of one of its two units."""

    number: int
    side: ReportSide
    at: datetime
    text: str
    channel: Channel


class MeasureOut(Out, frozen=True, kw_only=True):
    """What a unit does so that it goes better; `done` and `effect` are its follow-up."""

    number: int
    side: ReportSide
    text: str
    owner: str
    due_on: date
    taken_at: datetime
    followed_at: datetime | None
    done: bool | None
    effect: str | None


class DeviationOut(Out, frozen=True, kw_only=True):
    """A report: facts only, functions and never names. It opens with the reporting side's own part."""

    id: UUID
    version: int
    meeting_id: UUID | None
    reference: str
    party: int | None
    meeting_start: datetime | None
    reporting_unit_id: UUID
    reporting_unit: str
    receiving_unit_id: UUID
    receiving_unit: str
    agreement: str
    categories: list[Category]
    state: DeviationState
    raised_at: datetime
    automatic: bool
    notice_days: int | None
    moves: int
    purpose_given: bool
    description: str | None
    happened_on: date | None
    severity: int | None
    likelihood: int | None
    statement: Statement | None
    heard_at: datetime | None
    received_at: datetime | None
    cause: Cause | None
    account: str | None
    answered_at: datetime | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: WithdrawnBecause | None
    also: list[Cause]
    closed_because: str | None
    forwarded_at: datetime | None
    forwarded_because: str | None
    merged_into: UUID | None
    good_example: bool
    words: list[WordOut]
    measures: list[MeasureOut]

    @classmethod
    def of(cls, report: DeviationReport, version: int) -> "DeviationOut":
        other = {
            "version", "reference", "meeting_start", "reporting_unit_id", "reporting_unit", "receiving_unit_id",
            "receiving_unit", "agreement", "categories", "also", "words", "measures",
        }  # fmt: skip
        return cls(
            **{name: getattr(report, name) for name in cls.__struct_fields__ if name not in other},
            version=version,
            reference=report.reference,
            meeting_start=None if report.facts is None else report.facts.start,
            reporting_unit_id=report.reporting.unit_id,
            reporting_unit=report.reporting.unit_name,
            receiving_unit_id=report.receiving.unit_id,
            receiving_unit=report.receiving.unit_name,
            agreement=report.rule_set.name,
            categories=list(report.categories),
            also=list(report.also),
            words=[WordOut(**{name: getattr(one, name) for name in WordOut.__struct_fields__}) for one in report.words],
            measures=[
                MeasureOut(**{name: getattr(one, name) for name in MeasureOut.__struct_fields__})
                for one in report.measures
            ],
        )


class DeviationIn(In, frozen=True, kw_only=True):
    """A report by hand. Of a meeting: about a `party`; a called unit reports the convener's side by the convening
    party's ordinal. Without one: from `reporting_unit_id`, of the key's scope, about `receiving_unit_id`. Severity and
    likelihood go from 1 to 4, and may be left out.
    """

    categories: Annotated[list[Category], Meta(min_length=1, max_length=8)]
    description: Annotated[Text, Meta(min_length=1)]
    meeting_id: UUID | None = None
    party: Ordinal | None = None
    reporting_unit_id: UUID | None = None
    receiving_unit_id: UUID | None = None
    happened_on: Day | None = None
    severity: Level | None = None
    likelihood: Level | None = None

    @property
    def risk(self) -> Risk:
        """What may be left out."""
        return Risk(self.happened_on, self.severity, self.likelihood)


class GoodExampleIn(In, frozen=True, kw_only=True):
    """That a party was a good example; a called unit says it of the convening party. Words may be left out."""

    meeting_id: UUID
    party: Ordinal
    words: Text = ""


class HearingIn(CommandBody, frozen=True, kw_only=True):
    statement: Statement
    account: Text | None = None


class CauseIn(CommandBody, frozen=True, kw_only=True):
    cause: Cause
    account: Annotated[Text, Meta(min_length=1)]
    also: Annotated[list[Cause], Meta(max_length=11)] = msgspec.field(default_factory=list)


class WordIn(CommandBody, frozen=True, kw_only=True):
    text: Annotated[Text, Meta(min_length=1)]


class MeasureIn(CommandBody, frozen=True, kw_only=True):
    """`owner` is a function, never a name."""

    text: Annotated[Text, Meta(min_length=1)]
    owner: Line
    due_on: Day


class FollowUpIn(CommandBody, frozen=True, kw_only=True):
    done: bool
    effect: Annotated[Text, Meta(min_length=1)]


class ClosingIn(CommandBody, frozen=True, kw_only=True):
    """The reason is needed where not every measure is followed up."""

    reason: Text | None = None


class ForwardingIn(CommandBody, frozen=True, kw_only=True):
    reason: Annotated[Text, Meta(min_length=1)]


class MergingIn(CommandBody, frozen=True, kw_only=True):
    """Another report between the same two units, the same way round, that has not ended."""

    into: UUID


class RegistrationOut(Out, frozen=True, kw_only=True):
    """Under which number the key's own authority has registered a report, and when it received it."""

    number: str | None
    received_on: date | None


class RegistrationIn(In, frozen=True, kw_only=True):
    """What the key's own authority notes; with neither, nothing is kept."""

    number: Line | None = None
    received_on: Day | None = None


class WithdrawalIn(CommandBody, frozen=True, kw_only=True):
    because: WithdrawnBecause = WithdrawnBecause.RAISED_BY_MISTAKE
