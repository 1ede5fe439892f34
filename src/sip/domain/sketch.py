"""A meeting that somebody is about to make: what she has said of it so far, one step after the other.

The law of this file: nothing here is a meeting. A sketch may lack anything, binds nobody, is decided by no rule; what
it becomes (`MeetingDrafted`, `Called`) is judged as everything else is. It holds no text that a meeting may not hold.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sip.domain.agreement import MeetingKind
from sip.domain.meeting import Place
from sip.domain.terms import Channel, Form, Obligation, Purpose

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
