"""A meeting that somebody is about to make: what she has said of it so far, one step after the other.

The law of this file: nothing here is a meeting. A sketch may lack anything, binds nobody, is decided by no rule; what
it becomes (`MeetingDrafted`, `Called`) is judged as everything else is. It holds no text that a meeting may not hold.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.agreement import MeetingKind
from sip.domain.meeting import Meeting, Place
from sip.domain.terms import Channel, Form, Obligation, PlaceKind, Purpose
from sip.domain.values import replace
from sip.domain.worktime import STOCKHOLM, is_working_day

MINUTES = 60
"""How long a meeting is proposed to be."""
MOST_PARTIES = 40


class SketchStep(StrEnum):
    """The screens, in their order; the last one shows all of it before the call."""

    WHO = "who"
    WHAT = "what"
    WHEN = "when"
    CONSENT = "consent"
    CHECK = "check"


class Ground(StrEnum):
    """On what the units may be called: the person's consent, another ground, or what stands in the case already."""

    CONSENT = "consent"
    OTHER = "other"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True)
class SketchParty:
    """A unit to call. `told`: how it was told whom the meeting concerns; None: it will be, after the call."""

    unit_id: UUID
    obligation: Obligation
    other_system: str | None = None
    told: Channel | None = None


@dataclass(frozen=True, slots=True)
class Sketch:
    """All that has been said so far. `minutes` is how long it lasts; `identity_said`: whether the units know whom it
    concerns has been answered, whatever the answer.
    """

    convener_unit_id: UUID | None = None
    convener_person: str = ""
    convener_email: str = ""
    convener_phone: str = ""
    chair_name: str = ""
    chair_email: str = ""
    parties: tuple[SketchParty, ...] = ()
    kind: MeetingKind | None = None
    purpose: Purpose | None = None
    purpose_text: str = ""
    questions: tuple[str, ...] = ()
    form: Form | None = None
    place: Place | None = None
    start: datetime | None = None
    minutes: int = MINUTES
    reference: str = ""
    ground: Ground | None = None
    consent_given: str = ""
    consent_until: date | None = None
    protected: bool = False
    identity_said: bool = False
    follows: UUID | None = None


def missing(sketch: Sketch, step: SketchStep) -> bool:
    """Whether something that a draft cannot be without is missing of this step."""
    lacks = {
        SketchStep.WHO: not sketch.parties
        or sketch.convener_unit_id is None
        or not (sketch.convener_person and sketch.convener_email and sketch.convener_phone),
        SketchStep.WHAT: sketch.kind is None or sketch.purpose is None or not sketch.questions,
        SketchStep.WHEN: sketch.form is None or sketch.place is None or sketch.start is None,
        SketchStep.CONSENT: sketch.ground is None
        or not sketch.identity_said
        or (sketch.ground is Ground.CONSENT and not sketch.consent_given)
        or (sketch.ground is Ground.EXISTING and not sketch.reference),
    }
    return lacks.get(step, False)


def first_missing(sketch: Sketch) -> SketchStep | None:
    """The first step that is not done, None when all are."""
    return next((step for step in SketchStep if missing(sketch, step)), None)


def sketch_of(meeting: Meeting) -> Sketch:
    """The same again: parties, text, form and place; neither time nor case, but that it is protected."""
    parties = tuple(
        SketchParty(one.unit_id, one.obligation, one.other_system)
        for one in meeting.parties
        if one.active and one.obligation is not Obligation.CONVENING
    )
    convener = meeting.convener
    return Sketch(
        convener.unit_id, convener.person, convener.email, convener.phone, meeting.chair_name or "",
        meeting.chair_email or "", parties, meeting.kind, meeting.purpose, meeting.purpose_text, meeting.questions,
        meeting.form, meeting.place, None, int((meeting.end - meeting.start).total_seconds() // 60),
        protected=meeting.protected,
    )  # fmt: skip


def pre_meeting(meeting: Meeting) -> Sketch:
    """A pre-meeting of the professionals of a meeting, of the same case: the person is not there, so it is not at her
    home, and its text is its own.
    """
    sketch = sketch_of(meeting)
    if meeting.place.kind is PlaceKind.HOME:
        sketch = replace(sketch, form=None, place=None)
    return replace(
        sketch, kind=MeetingKind.PRE_MEETING, purpose=Purpose.PRE_MEETING, purpose_text="", questions=(),
        reference=meeting.reference, ground=Ground.EXISTING,
    )  # fmt: skip


def follow_up(meeting: Meeting, months: int) -> Sketch:
    """A follow-up of the plan with the same parties: of the same case, at the same hour `months` months later, or on
    the next working day.
    """
    local = meeting.start.astimezone(STOCKHOLM)
    years, month = divmod(local.month - 1 + months, 12)
    last = monthrange(local.year + years, month + 1)[1]
    day = date(local.year + years, month + 1, min(local.day, last))
    while not is_working_day(day):
        day += timedelta(days=1)
    start = datetime.combine(day, local.time(), STOCKHOLM).astimezone(UTC)
    return replace(
        sketch_of(meeting), purpose=Purpose.FOLLOW_UP, start=start, reference=meeting.reference,
        ground=Ground.EXISTING, follows=meeting.id,
    )  # fmt: skip
