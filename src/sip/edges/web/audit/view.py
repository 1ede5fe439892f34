"""A row of the access log in words: who, in which role and unit, what she did, and what auditors have said of it.

Pure. What an act or a thing is called stands in the words; one without a word is shown as the log has it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.auditing import ReadingState
from sip.edges.web.shell.phrases import Phrases
from sip.edges.words import has_word
from sip.usecases.actor import ActorKind
from sip.usecases.reading.audit import ReadingLine

TONES = {
    ReadingState.WAITING: "wait",
    ReadingState.IN_ORDER: "good",
    ReadingState.OPEN: "bad",
    ReadingState.CLOSED: "quiet",
}
SHOWN = 200


@dataclass(frozen=True, slots=True)
class LineView:
    """One reading as it is listed. `meeting`: its id, where its readings may be asked for; `state` None: nothing has
    been said of it.
    """

    id: int
    at: datetime
    who: str
    role: str | None
    unit: str | None
    did: str
    what: str
    meeting: UUID | None
    state: ReadingState | None


def lines(phrases: Phrases, found: Iterable[ReadingLine]) -> list[LineView]:
    """The readings as they are listed."""
    return [line(phrases, one) for one in found]


def line(phrases: Phrases, one: ReadingLine) -> LineView:
    """One reading as it is listed."""
    entry = one.entry
    named = None if one.reference is None else UUID(entry.subject_id or "")
    return LineView(
        entry.id, entry.at, _who(phrases, one), entry.actor.role, one.unit,
        said(phrases, "action", entry.action), _what(phrases, one), named, one.state if one.said else None,
    )  # fmt: skip


def said(phrases: Phrases, table: str, word: str) -> str:
    """The word for an act or a kind of thing."""
    key = f"audit.{table}.{word.replace(' ', '_')}"
    return phrases.t(key) if has_word(phrases.language, key) else word.replace("_", " ")


def _who(phrases: Phrases, one: ReadingLine) -> str:
    actor = one.entry.actor
    if actor.name is not None:
        return actor.name
    if actor.kind == ActorKind.MAIL:
        return phrases.t("audit.by_link")
    return phrases.t("audit.of_another" if not one.own else "audit.unnamed")


def _what(phrases: Phrases, one: ReadingLine) -> str:
    kind, number = said(phrases, "kind", one.entry.subject_kind), one.entry.subject_id
    if one.reference is not None:
        return f"{kind} {one.reference}"
    return f"{kind} {number}" if number is not None and number.isdigit() else kind
