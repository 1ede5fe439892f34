"""One report as a document for an archive: its facts, what the two units said and did, and its story.

The law of this file: as in `documents`: it says what is there and judges nothing. Functions, never names.
"""

from collections.abc import Iterator
from datetime import datetime

from sip.domain.deviation import DeviationReport
from sip.edges.archive.documents import archived_moment, conveners_side, footer
from sip.edges.archive.pdf import Document, DocumentPart, paragraphs
from sip.edges.web.meeting import timeline
from sip.edges.web.shell.phrases import Phrases
from sip.usecases.registrations import ReportExport

Facts = list[tuple[str, str]]


def of_report(found: ReportExport, phrases: Phrases, by: str, now: datetime) -> Document:
    """The document, for the authority that exports it."""
    report, t = found.report, phrases.t
    rules = report.rule_set
    name = rules.deviation_name_sv if phrases.language == "sv" else rules.deviation_name_en
    title = f"{name[:1].upper()}{name[1:]} {report.reference}"
    if report.good_example:
        title = f"{t('page.deviation.good')} {report.reference}"
    between = t("page.deviation.by_whom", by=report.reporting.unit_name, about=report.receiving.unit_name)
    return Document(
        title, between, phrases.language, footer(title, phrases, by, now),
        facts=[*_registered(found, phrases), *_facts(report, phrases)], parts=list(_parts(found, phrases)),
    )  # fmt: skip


def _registered(found: ReportExport, phrases: Phrases) -> Facts:
    own, t = found.registration, phrases.t
    if own is None:
        return []
    day = None if own.received_on is None else phrases.long_day(own.received_on)
    return [(t(f"registration.{key}"), said) for key, said in (("number", own.number), ("received", day)) if said]


def _facts(report: DeviationReport, phrases: Phrases) -> Facts:
    t, meeting = phrases.t, report.facts
    when = t("failure.no_meeting")
    if meeting is not None:
        when = f"{phrases.long_day(meeting.start)}, {phrases.span(meeting.start, meeting.end)}"
    said: list[tuple[str, str | None]] = [
        (t("archive.reference"), report.reference),
        (t("archive.state"), t(f"deviation_state.{report.state}")),
        (t("page.deviations.raised"), phrases.long_day(report.raised_at)),
        (t("archive.reporting"), report.reporting.unit_name),
        (t("archive.receiving"), report.receiving.unit_name),
        (t("page.deviations.meeting"), when),
        (t("page.deviation.rule"), report.rule_set.name),
        (t("archive.categories"), "; ".join(t(f"category.{one}") for one in report.categories)),
        (t("failure.happened"), None if report.happened_on is None else phrases.long_day(report.happened_on)),
        (t("failure.severity"), None if report.severity is None else t(f"severity.{report.severity}")),
        (t("failure.likely"), None if report.likelihood is None else t(f"likelihood.{report.likelihood}")),
    ]
    return [*((label, text) for label, text in said if text), *conveners_side(report, phrases)]


def _parts(found: ReportExport, phrases: Phrases) -> Iterator[DocumentPart]:
    report, t = found.report, phrases.t
    if report.description:
        yield DocumentPart(t("archive.description"), texts=paragraphs(report.description))
    answer = _answer(report, phrases)
    if answer:
        yield DocumentPart(t("page.deviation.said"), facts=answer)
    if report.words:
        rows = [(archived_moment(one.at), report.side(one.side).unit_name, one.text) for one in report.words]
        columns = [t(f"archive.{key}") for key in ("moment", "unit", "what")]
        yield DocumentPart(t("page.deviation.thread"), columns=columns, widths=[4, 5, 9], rows=rows)
    if report.measures:
        yield DocumentPart(
            t("page.deviation.measures"), columns=[t(f"registration.{key}") for key in ("measure", "owner", "effect")],
            widths=[7, 5, 6], rows=[*_measures(report, phrases)],
        )  # fmt: skip
    lines = timeline.of_report(found.entries, None, report.party, phrases)
    rows = [(archived_moment(line.at), " ".join(line.texts), line.who or "") for line in lines]
    columns = [t(f"archive.{key}") for key in ("moment", "what", "who")]
    yield DocumentPart(t("archive.story"), columns=columns, widths=[4, 9, 5], rows=rows)


def _answer(report: DeviationReport, phrases: Phrases) -> Facts:
    t = phrases.t
    asked = t("page.deviation.is_it_right" if report.automatic else "page.deviation.is_it_right_by_hand")
    said: list[tuple[str, str | None]] = [
        (asked, None if report.statement is None else t(f"statement.{report.statement}")),
        (t("archive.cause"), None if report.cause is None else t(f"cause.{report.cause}")),
        (t("page.deviation.also"), "; ".join(t(f"cause.{one}") for one in report.also)),
        (t("archive.account"), report.account),
        (t("page.deviation.forwarded_because"), report.forwarded_because),
        (t("page.deviation.closed_because"), report.closed_because),
    ]
    return [(label, text) for label, text in said if text]


def _measures(report: DeviationReport, phrases: Phrases) -> Iterator[tuple[str, str, str]]:
    t = phrases.t
    for one in report.measures:
        done = "measure_waits" if one.followed_at is None else "measure_done" if one.done else "measure_not_done"
        owner = f"{one.owner}, {report.side(one.side).unit_name}, {phrases.day(one.due_on)}"
        yield one.text, owner, f"{t(f'page.deviation.{done}')}. {one.effect or ''}".rstrip()
