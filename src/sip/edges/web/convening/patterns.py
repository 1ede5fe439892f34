"""What a new meeting can begin with: for each kind and purpose a text and questions, and the pairs that are usual.

The law of this file: they are words, in the reader's language; nothing of them is more than a proposal.
"""

from dataclasses import dataclass

from sip.domain.agreement import MeetingKind
from sip.domain.sketch import Sketch
from sip.domain.terms import Purpose
from sip.domain.values import replace
from sip.edges.web.shell.phrases import Phrases

K, P = MeetingKind, Purpose
USUAL = (
    (K.CHILD, P.NEW_PLAN), (K.CHILD, P.FOLLOW_UP), (K.ADULT, P.NEW_PLAN), (K.ADULT, P.FOLLOW_UP),
    (K.ADULT, P.CHANGED_NEEDS), (K.DISCHARGE, P.DISCHARGE), (K.LSS, P.NEW_PLAN), (K.PLACEMENT, P.TRANSITION),
    (K.PRE_MEETING, P.PRE_MEETING),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is proposed for meetings of a kind with a purpose."""

    kind: MeetingKind
    purpose: Purpose
    purpose_text: str
    questions: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.purpose}"


def pattern(kind: MeetingKind, purpose: Purpose, phrases: Phrases) -> Pattern:
    """The proposal for this kind and purpose."""
    lines = phrases.t(f"pattern.questions.{purpose}").splitlines()
    own = phrases.t(f"pattern.question_of.{kind}")
    questions = tuple(line for line in (*lines, own) if line)
    return Pattern(kind, purpose, phrases.t(f"pattern.text.{purpose}"), questions)


def named(key: str, phrases: Phrases) -> Pattern | None:
    """The proposal of this name, None for a name that is none."""
    kind, _, purpose = key.partition(".")
    if kind not in tuple(K) or purpose not in tuple(P):
        return None
    return pattern(K(kind), P(purpose), phrases)


def usual(phrases: Phrases) -> list[Pattern]:
    """Those that are offered by one press."""
    return [pattern(kind, purpose, phrases) for kind, purpose in USUAL]


def filled(sketch: Sketch, found: Pattern) -> Sketch:
    """The sketch with what is proposed wherever nothing is said yet."""
    return replace(
        sketch,
        kind=sketch.kind or found.kind,
        purpose=sketch.purpose or found.purpose,
        purpose_text=sketch.purpose_text or found.purpose_text,
        questions=sketch.questions or found.questions,
    )
