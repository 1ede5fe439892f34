"""Received mail as its pages show it: in groups of what waits, or leaf by leaf; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sip.domain.terms import ClaimState
from sip.edges.web.meeting import claims
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.views import ClaimView
from sip.store.seen.lists import InboundRow
from sip.usecases.received.outcomes import MailOutcome, Why

SHOWN = 50
_GROUPS = ("claims", "words", "refused", "quarantine")


@dataclass(frozen=True, slots=True)
class InboundLine:
    """One mail, with the claim it made."""

    row: InboundRow
    claim: ClaimView | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list of all mail is narrowed to, and where its leaf begins: after or before a number."""

    everything: bool = False
    outcome: MailOutcome | None = None
    meeting_id: UUID | None = None
    after: int | None = None
    before: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filter":
        """The filter of an address; what cannot be read is not asked for."""
        outcome = asked.get("outcome", "")
        try:
            meeting_id = UUID(asked["meeting"]) if "meeting" in asked else None
        except ValueError:
            meeting_id = None
        everything = any(name in asked for name in ("all", "outcome", "meeting", "after", "before"))
        after, before = _whole(asked.get("after")), _whole(asked.get("before"))
        return cls(everything, MailOutcome(outcome) if outcome in set(MailOutcome) else None, meeting_id, after, before)

    def href(self, **changes: Any) -> str:
        """The address of the same list with other values."""
        one = replace(self, **changes)
        named = {"outcome": one.outcome, "meeting": one.meeting_id, "after": one.after, "before": one.before}
        given = {name: str(value) for name, value in named.items() if value is not None}
        return f"/inbound?{urlencode(given or {'all': '1'})}"


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def groups(rows: Iterable[InboundRow], phrases: Phrases) -> list[tuple[str, list[InboundLine]]]:
    """By what is to be done; claims by their meeting's start, the rest by arrival, the latest first."""
    found: dict[str, list[InboundLine]] = {key: [] for key in _GROUPS}
    for row in rows:
        found[_group(row)].append(InboundLine(row, claim(row, phrases)))
    found["claims"].sort(key=lambda one: (one.row.start is None, one.row.start, one.row.id))
    return [(key, items) for key, items in found.items() if items]


def _group(row: InboundRow) -> str:
    if row.asked is not None:
        return "claims"
    if row.reason == Why.HUMAN:
        return "words"
    return "quarantine" if row.outcome == MailOutcome.QUARANTINE else "refused"


def claim(row: InboundRow, phrases: Phrases) -> ClaimView | None:
    """The claim the mail made, if it made one."""
    if row.asked is None or row.claim_state is None:
        return None
    return claims.of_row(row.asked, row.unit or "", row.claim_state, phrases)


def done(row: InboundRow, phrases: Phrases) -> str | None:
    """What came of it."""
    made = claim(row, phrases)
    if made is not None and made.state != ClaimState.WAITING:
        return phrases.t(f"page.inbound.done_{made.state}", unit=made.unit)
    return phrases.t("page.inbound.done_handled") if row.handled_at is not None else None


def leaf(wanted: Filter, rows: Sequence[InboundRow], phrases: Phrases) -> dict[str, Any]:
    """One leaf of the list, the latest first, with the addresses of the next newer and older one."""
    more, shown = len(rows) > SHOWN, list(rows[:SHOWN])
    if wanted.after is not None:
        shown.reverse()
    newer = more if wanted.after is not None else wanted.before is not None
    older = True if wanted.after is not None else more
    return {
        "rows": [InboundLine(row, claim(row, phrases)) for row in shown],
        "newer": wanted.href(after=shown[0].id, before=None) if newer and shown else None,
        "older": wanted.href(before=shown[-1].id, after=None) if older and shown else None,
    }
