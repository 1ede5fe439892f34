"""What a mailed link's page begins with: who asks whom, for which unit, until when; and how it thanks.

The law of this file: each sentence is true of the person who holds the link, as things stand when it is read.
"""

from sip.domain.deviation import DeviationState
from sip.domain.effects import Link
from sip.domain.meeting import Attendee, Party
from sip.domain.report_clock import answer_due
from sip.domain.standing import Standing, someone_stands, standing
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState
from sip.edges.web.shell.page import Page
from sip.usecases.reading.links import Opened

SILENT = frozenset({Standing.NO_ANSWER, Standing.NOT_CALLED, Standing.UNDELIVERABLE, Standing.ACKNOWLEDGED})
"""Standings of a party that has not said anything yet."""


def heading(page: Page, opened: Opened, unit: str) -> str:
    """The page's question; it is its title too."""
    if _seeks(opened):
        return page.t("link.heading_seeks", unit=unit)
    return page.phrases.t_of(opened.meeting.purpose, f"page.answer.heading_{opened.purpose}", unit=unit)


def lead(page: Page, opened: Opened, unit: str) -> str | None:
    """The sentence below it, where there is something to say."""
    match opened.purpose:
        case Link.ANSWER:
            return _moved(page, opened)
        case Link.SUBSTITUTE:
            return _asked(page, opened.attendee, unit)
        case Link.CHECK_IN:
            return _named(page, opened.attendee, unit)
        case Link.MANAGER:
            return _to_manager(page, opened, unit)
        case Link.DEVIATION:
            return _of_report(page, opened, unit)
        case Link.CONVENER:
            return page.t("page.answer.lead_convener")
        case _:
            return None


def _seeks(opened: Opened) -> bool:
    """Whether a manager is asked to name somebody, and not to answer."""
    party = opened.party
    seeking = party is not None and standing(party) in (Standing.SEEKING_SUBSTITUTE, Standing.REGRETS)
    return opened.purpose is Link.MANAGER and seeking


def _moved(page: Page, opened: Opened) -> str | None:
    party = opened.party
    if not opened.meeting.moves or party is None or standing(party) not in SILENT:
        return None
    return page.t("link.moved")


def _asked(page: Page, person: Attendee | None, unit: str) -> str:
    words = page.t("page.answer.lead_substitute", unit=unit)
    if person is None:
        return words
    if person.state is AttendeeState.ASKED:
        return f"{words} {_until(page, person) or page.t('link.asked_together')}"
    return f"{words} {page.t('link.asked_late')}" if person.state is AttendeeState.SILENT else words


def _until(page: Page, person: Attendee) -> str | None:
    if person.until is None:
        return None
    return page.t("link.asked_until", time=page.phrases.moment(person.until))


def _named(page: Page, person: Attendee | None, unit: str) -> str:
    if person is not None and person.role is not AttendeeRole.NAMED:
        return page.t("link.lead_stands_in", unit=unit)
    again = person is not None and person.state is AttendeeState.INVITED
    return page.t("link.lead_named_again" if again else "link.lead_named", unit=unit)


def _to_manager(page: Page, opened: Opened, unit: str) -> str | None:
    if _seeks(opened):
        asked = opened.attendee
        until = None if asked is None or asked.state is not AttendeeState.ASKED else _until(page, asked)
        return " ".join(part for part in (page.phrases.t_of(opened.meeting.purpose, "link.lead_seeks"), until) if part)
    silent = opened.party is not None and standing(opened.party) in SILENT
    return page.phrases.t_of(opened.meeting.purpose, "page.answer.lead_manager") if silent else None


def _of_report(page: Page, opened: Opened, unit: str) -> str:
    report = opened.report
    if report is not None and report.state is not DeviationState.HEARING:
        return page.t("page.deviation.answer_more", day=page.phrases.day(answer_due(report)))
    if report is None or report.automatic:
        return page.t("page.answer.lead_deviation", unit=unit)
    about = ", ".join(page.t(f"category.{one}") for one in report.categories)
    return page.t("page.answer.lead_deviation_by_hand", unit=unit, reporting=report.reporting.unit_name, about=about)


def stood_down(page: Page, party: Party, person: Attendee) -> str:
    """Why she need not come after all: it is hers, and her unit's duty may well go on."""
    if person.role is not AttendeeRole.NAMED:
        return page.t("link.not_needed", unit=party.unit_name)
    answer = party.round.answer if party.round is not None else None
    regrets = answer is not None and answer.kind is AnswerKind.REGRETS and not someone_stands(party)
    return page.t("link.no_longer_regret" if regrets else "link.no_longer", unit=party.unit_name)


def thanks(page: Page, opened: Opened) -> tuple[str, str]:
    """The title of the thanks, each purpose's own, and what can still be changed by the same link."""
    unit = opened.party.unit_name if opened.party is not None else opened.meeting.convener.unit_name
    title = page.t(f"link.thanks_{opened.purpose}", unit=unit)
    match opened.purpose:
        case Link.CONVENER:
            return title, ""
        case Link.DEVIATION:
            return title, page.t("link.change_deviation")
        case _:
            return title, page.t("page.answered.change")
