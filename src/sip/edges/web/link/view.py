"""What the page behind a mailed link says: its heading, where the answer stands, and when it takes none any more."""

from datetime import timedelta
from typing import Any

from sip.domain.address import same
from sip.domain.deviation import ENDED, DeviationReport, DeviationState, statements
from sip.domain.effects import Link
from sip.domain.meeting import Attendee, Meeting, Party
from sip.domain.standing import awaits_convener, covered, standing
from sip.domain.terms import AttendeeState, MeetingState, Obligation
from sip.edges.web.link import saying
from sip.edges.web.link.saying import SILENT
from sip.edges.web.meeting import claims, decided
from sip.edges.web.report_forms import HEARD
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import tone
from sip.edges.web.views import ClaimView, StandingView
from sip.usecases.reading.links import Opened, OpenedReport, convening_of

READERS = frozenset({Link.ANSWER, Link.MANAGER, Link.SUBSTITUTE, Link.CHECK_IN})
"""Pages of the called: those who may want to read what the meeting is to answer."""

_PERSON_TONE = {
    AttendeeState.NAMED: "good",
    AttendeeState.ACCEPTED: "good",
    AttendeeState.REFUSED: "bad",
    AttendeeState.WITHDRAWN: "bad",
}


def context(page: Page, opened: Opened) -> dict[str, Any]:
    """What the template needs beside its form and the words."""
    purpose, meeting, party = opened.purpose, opened.meeting, opened.party
    unit = _unit(opened)
    told = purpose is Link.CONVENER and not awaits_convener(meeting)
    waiting = waiting_claims(page, opened)
    heading = page.t("page.answer.heading_told") if told else saying.heading(page, opened, unit)
    if opened.report is not None and not opened.report.automatic:
        heading = page.t("page.deviation.hear_by_hand", reporting=opened.report.reporting.unit_name)
    if opened.report is not None and not is_heard(opened):
        asked = "answer" if opened.report.automatic else "answer_by_hand"
        heading = page.t(f"page.deviation.{asked}" if asks_cause(opened) else "page.answer.heading_report")
    if waiting:
        heading = page.t("page.answer.heading_claims", unit=_units_of(waiting))
    over = closed(page, opened)
    if over is not None and purpose in (*READERS, Link.CONVENER):
        heading = page.t("link.heading_cancelled" if meeting.state is MeetingState.CANCELLED else "link.heading_over")
    shown = [p for p in meeting.parties if p.active and p.obligation is not Obligation.CONVENING]
    identity = party.identity.channel if party is not None and party.identity is not None else None
    local = page.phrases.local
    return {
        "meeting": meeting,
        "purpose": purpose,
        "eyebrow": page.phrases.t_of(meeting.purpose, "page.answer.eyebrow"),
        "heading": heading,
        "lead": None if told or waiting or over else saying.lead(page, opened, unit),
        "report": opened.report,
        "asks_cause": asks_cause(opened),
        "may_open_report": opened.report is not None and opened.report.state is not DeviationState.HEARING,
        "own": own_part(opened),
        "statements": () if opened.report is None else statements(opened.report),
        "claims": waiting,
        "told": told,
        "parties": [(p.unit_name, standing(p)) for p in shown] if purpose is Link.CONVENER else [],
        "identity": identity,
        "asks_identity": purpose in (Link.ANSWER, Link.MANAGER) and party is not None and identity is None,
        "reads": opened.reads,
        "readable": purpose in READERS and bool(meeting.questions),
        "others": opened.others,
        "cooperation": convening_of(opened) is not None,
        "told_of": opened.told,
        "sequence": meeting.sequence,
        "standing": standing_of(page, opened),
        "closed": over,
        "earliest": local(page.now).date().isoformat(),
        "latest": (local(meeting.start).date() - timedelta(days=1)).isoformat(),
    }


def own_part(opened: Opened | OpenedReport) -> dict[str, Any] | None:
    """What a report's link lets its side do beside being heard, and its measures without what somebody wrote."""
    report, side = opened.report, opened.side
    if report is None or side is None or report.state in ENDED:
        return None
    return {
        "other": report.side(side.other).unit_name,
        "takes": report.state in HEARD and not report.good_example,
        "measures": [one for one in report.measures if one.side is side],
    }


def waiting_claims(page: Page, opened: Opened) -> list[ClaimView]:
    """Uncertain answers that the convener can still say something about."""
    if opened.purpose is not Link.CONVENER or closed(page, opened) is not None:
        return []
    return [claims.of_meeting(opened.meeting, one, page.phrases) for one in opened.meeting.claims if one.waits]


def _units_of(waiting: list[ClaimView]) -> str:
    return ", ".join(dict.fromkeys(claim.unit for claim in waiting))


def _unit(opened: Opened) -> str:
    meeting, party = opened.meeting, opened.party
    if opened.purpose is Link.CONVENER:
        return ", ".join(p.unit_name for p in awaits_convener(meeting)) or meeting.convener.unit_name
    return party.unit_name if party is not None else meeting.convener.unit_name


def closed(page: Page, opened: Opened) -> str | None:
    """Why this page takes no answer any more, None while it does."""
    meeting, party, person = opened.meeting, opened.party, opened.attendee
    if opened.purpose is Link.DEVIATION:
        if asks_cause(opened) or is_heard(opened):
            return None
        ended = opened.report is None or opened.report.state in ENDED
        return page.t("page.answer.closed_decided" if ended else "page.answer.report_goes_on")
    if meeting.state is MeetingState.CANCELLED:
        return page.t("page.answer.closed_cancelled")
    if meeting.state is not MeetingState.CALLED or page.now >= meeting.start:
        return page.t("page.answer.closed_started")
    if opened.purpose is Link.CONVENER:
        return None if _convenes(opened) else page.t("page.answer.closed_handed_over")
    if party is not None and not party.active:
        return page.t("page.answer.closed_gone")
    if party is not None and person is not None and person.state is AttendeeState.STOOD_DOWN:
        return saying.stood_down(page, party, person)
    return None


def is_heard(opened: Opened | OpenedReport) -> bool:
    report = opened.report
    return report is not None and report.state is DeviationState.HEARING and opened.hears


def asks_cause(opened: Opened | OpenedReport) -> bool:
    """Whether the link is of a report that waits for the cause, and its holder's unit may give it."""
    report = opened.report
    waits = report is not None and report.state in (DeviationState.RECEIVED, DeviationState.IN_DIALOGUE)
    return waits and report is not None and not report.good_example and opened.hears


def _convenes(opened: Opened) -> bool:
    """Whether the link is the convener's of today: one who has handed the meeting over decides nothing more."""
    return same(opened.ref.address, opened.meeting.convener.email)


def standing_of(page: Page, opened: Opened) -> StandingView | None:
    """Where the answer stands, None when nothing has been said."""
    if opened.purpose is Link.DEVIATION:
        return _of_report(page, opened.report)
    if opened.purpose in (Link.SUBSTITUTE, Link.CHECK_IN):
        return _of_person(page, opened.attendee)
    if opened.purpose is Link.CONVENER:
        return _of_claims(page, opened.meeting)
    if opened.party is None:
        return None
    return _of_party(page, opened.party)


def comes(opened: Opened) -> bool:
    """Whether the holder of the link, or her unit, has said yes: then the meeting belongs in a calendar."""
    if opened.attendee is not None:
        return opened.attendee.stands
    return opened.party is not None and covered(opened.party) and opened.party.active


def _of_claims(page: Page, meeting: Meeting) -> StandingView | None:
    """What the convener's side has said of uncertain answers."""
    decided = [claims.of_meeting(meeting, one, page.phrases) for one in meeting.claims if one.decided_at is not None]
    if not decided:
        return None
    lines = (f"{one.unit}, {one.speaker}: {page.t(f'claim_state.{one.state}').lower()}" for one in decided)
    return StandingView(page.t("page.claim.link_done"), "good", tuple(lines))


def _of_report(page: Page, report: DeviationReport | None) -> StandingView | None:
    if report is None or report.statement is None:
        return None
    return StandingView(page.t("page.answer.now", answer=page.t(f"statement.{report.statement}")), "good")


def _of_person(page: Page, person: Attendee | None) -> StandingView | None:
    found = _PERSON_TONE.get(person.state) if person is not None else None
    if person is None or found is None:
        return None
    return StandingView(page.t("page.answer.your_now", answer=page.t(f"attendee_state.{person.state}").lower()), found)


def _of_party(page: Page, party: Party) -> StandingView | None:
    word, this = standing(party), party.round
    lines = [
        f"{person.name}: {page.t(f'attendee_state.{person.state}').lower()}"
        for person in party.attendees
        if person.stands or person.state is AttendeeState.ASKED
    ]
    said = decided.decision(party, page.phrases)
    if said is not None:
        lines.append(said)
    if this is not None and this.promise_until is not None and word in SILENT:
        day = page.phrases.day(this.promise_until)
        return StandingView(page.t("page.answer.promised", day=day), "wait", tuple(lines))
    if word in SILENT:
        return None
    title = page.t("page.answer.now", answer=page.t(f"standing.{word}").lower())
    return StandingView(title, tone(word), tuple(lines))
