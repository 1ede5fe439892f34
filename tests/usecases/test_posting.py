"""When gathered mails leave: at an opening, of a day or of a week (rules, section 4 T4)."""

from dataclasses import replace

import pytest

from sip.domain.effects import DropAsks, ForDeviation, Mail, Timing
from sip.domain.leaving import leaves
from sip.store.aggregates import journal
from sip.store.post.outbox import MOOT, SUPERSEDED, Posting
from sip.usecases.actor import ENGINE
from sip.usecases.engine.work import Work
from tests.domain.cast import at, called

CALLED = called("2026-11-02 10:00", "2026-12-07 10:00")
REQUEST = CALLED.mails[-1]
ORDINARY = replace(REQUEST, key="ordinary", method=None, invitation=None)


@pytest.mark.parametrize(
    ("timing", "now", "leaves_at"),
    [
        (Timing.MORNING, "2026-11-04 10:00", "2026-11-05 08:00"),
        (Timing.MORNING, "2026-11-04 08:20", "2026-11-04 08:00"),  # still this morning
        (Timing.MORNING, "2026-11-06 17:00", "2026-11-09 08:00"),
        (Timing.MORNING, "2026-12-23 10:00", "2026-12-28 08:00"),  # Christmas
        (Timing.MONDAY, "2026-11-04 10:00", "2026-11-09 08:00"),
        (Timing.MONDAY, "2026-11-09 08:00", "2026-11-09 08:00"),
        (Timing.MONDAY, "2027-03-25 10:00", "2027-03-30 08:00"),  # Easter Monday, and the clock has changed
    ],
)
def test_gathered_mails_leave_at_an_opening(timing: Timing, now: str, leaves_at: str) -> None:
    assert leaves(replace(ORDINARY, timing=timing), at(now)) == at(leaves_at)


def test_the_rest_leaves_at_once_or_when_it_says() -> None:
    assert leaves(ORDINARY, at("2026-11-04 22:00")) is None
    told = replace(ORDINARY, not_before=at("2026-11-05 06:00"))
    assert leaves(told, at("2026-11-04 22:00")) == at("2026-11-05 06:00")


def _dropped(posting: Posting) -> list[tuple[str, str | None]]:
    return [(draft.mail.key, draft.dropped) for draft in posting._drafts]


def _post(*effects: Mail | DropAsks | ForDeviation) -> Posting:
    posting = Posting()
    work = Work(CALLED.the.id, None, None)
    work.effects.append((CALLED.the.id, effects, None))
    writer = journal.Writer(ENGINE.columns(), CALLED.now, CALLED.now)
    work.write_to(writer, posting, actor=ENGINE, now=CALLED.now)
    return posting


def test_within_one_decision_the_newer_request_and_the_later_drop_count() -> None:
    newer, ask = replace(REQUEST, key="newer"), replace(ORDINARY, key="ask", ask=True)
    drop = DropAsks(ask.party, ask.attendee)
    assert _dropped(_post(REQUEST, newer)) == [(REQUEST.key, SUPERSEDED), ("newer", None)]
    assert _dropped(_post(ask, drop)) == [("ask", MOOT)]
    assert _dropped(_post(drop, ask)) == [("ask", None)]
    assert _dropped(_post(ask, DropAsks(ask.party, 7))) == [("ask", None)]
    assert _dropped(_post(ORDINARY, drop)) == [("ordinary", None)]
