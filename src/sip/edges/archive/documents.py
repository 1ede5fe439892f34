"""The documents of an export: what is told of a meeting, and of an organisation, in words and in their order.

The law of this file: it says what the rows hold and judges nothing; the same export gives the same document. Times are
those of Stockholm.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sip.domain.deviation import DeviationReport, ReportSide
from sip.domain.meeting import Meeting, Place
from sip.domain.sealing import read_head
from sip.edges.archive.pdf import Document, DocumentPart
from sip.edges.web.meeting import timeline
from sip.edges.web.shell.phrases import STOCKHOLM, Phrases
from sip.edges.words import has_word
from sip.store.aggregates.journal import JournalEntry
from sip.store.seen.audit import AccessEntry
from sip.usecases.exporting import MeetingExport, OrganisationExport

Facts = list[tuple[str, str]]


def of_meeting(export: MeetingExport, phrases: Phrases, by: str, now: datetime, files: tuple[str, str]) -> Document:
    """All about one meeting. `files` are the names of the data and of the proof beside it."""
    meeting, t = export.meeting, phrases.t
    title = phrases.t_of(meeting.purpose, "archive.meeting_title", reference=meeting.reference)
    return Document(
        title, t("archive.meeting_subtitle"), phrases.language, footer(title, phrases, by, now),
        facts=_facts(export, phrases),
        parts=[
            DocumentPart(t("archive.text"), texts=[meeting.purpose_text, *(f"– {one}" for one in meeting.questions)]),
            _parties(meeting, phrases),
            *_people(meeting, phrases),
            DocumentPart(
                t("archive.story"), columns=[t("archive.moment"), t("archive.what"), t("archive.who")],
                widths=[4, 9, 5], rows=_story(export.entries, meeting, phrases),
            ),
            *(part for report, told in export.reports for part in _report(report, told, meeting, phrases)),
            _readers(export.readings, phrases),
            _proof(export, phrases, files),
        ],
    )  # fmt: skip


def archived_moment(moment: datetime) -> str:
    """With its year: an archive is read long afterwards."""
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H.%M}"


def footer(what: str, phrases: Phrases, by: str, now: datetime) -> str:
    """What stands at the foot of each page: the document, when it was made and by whom."""
    return phrases.t("archive.footer", what=what, moment=archived_moment(now), by=by)


def _facts(export: MeetingExport, phrases: Phrases) -> Facts:
    meeting, t = export.meeting, phrases.t
    said: list[tuple[str, str | None]] = [
        ("reference", meeting.reference),
        ("when", f"{phrases.long_day(meeting.start)}, {phrases.span(meeting.start, meeting.end)}"),
        ("state", t(f"meeting_state.{meeting.state}")),
        ("outcome", None if meeting.outcome is None else t(f"outcome.{meeting.outcome}")),
        ("kind", t(f"kind.{meeting.kind}")),
        ("purpose", t(f"purpose.{meeting.purpose}")),
        ("form", t(f"form.{meeting.form}")),
        ("place", _place(meeting.place, phrases)),
        ("convener", f"{meeting.convener.unit_name}, {meeting.convener.person}"),
        ("ground", _ground(export, phrases)),
    ]
    return [(t(f"archive.{key}"), text) for key, text in said if text]


def _place(place: Place, phrases: Phrases) -> str:
    said = [one for one in (place.unit, place.room, place.video_url, place.phone) if one]
    return ", ".join(said) or phrases.t(f"place.{place.kind}")


def _ground(export: MeetingExport, phrases: Phrases) -> str:
    case, t = export.case, phrases.t
    if case.consent_withdrawn_at is not None:
        return t("archive.ground_withdrawn", day=phrases.day(case.consent_withdrawn_at))
    if case.other_legal_ground:
        return t("archive.ground_other")
    if not case.consent:
        return t("archive.ground_none")
    if case.consent_until is None:
        return t("archive.ground_consent")
    return t("archive.ground_until", day=phrases.day(case.consent_until))


def _parties(meeting: Meeting, phrases: Phrases) -> DocumentPart:
    t = phrases.t
    rows = []
    for party in meeting.parties:
        answer = None if party.round is None or party.round.answer is None else party.round.answer.kind
        said = t("archive.nothing") if answer is None else t(f"answer.{answer}")
        mark = "–" if party.mark is None else t(f"mark.{party.mark}")
        rows.append((party.unit_name, t(f"obligation.{party.obligation}"), said, mark))
    columns = [t(f"archive.{key}") for key in ("unit", "duty", "answer", "attendance")]
    return DocumentPart(t("archive.parties"), columns=columns, widths=[6, 4, 4, 4], rows=rows)


def _people(meeting: Meeting, phrases: Phrases) -> list[DocumentPart]:
    t = phrases.t
    rows = [
        (one.name, party.unit_name, t(f"attendee_role.{one.role}"), t(f"attendee_state.{one.state}"))
        for party in meeting.parties for one in party.attendees
    ]  # fmt: skip
    columns = [t(f"archive.{key}") for key in ("name", "unit", "part", "said")]
    return [DocumentPart(t("archive.people"), columns=columns, widths=[5, 5, 4, 4], rows=rows)] if rows else []


def _story(entries: Iterable[JournalEntry], meeting: Meeting, phrases: Phrases) -> list[Sequence[str]]:
    lines = reversed(timeline.of_meeting(entries, meeting, phrases))
    return [(archived_moment(line.at), " ".join(line.texts), line.who or "") for line in lines]


def conveners_side(report: DeviationReport, phrases: Phrases) -> Facts:
    """What a report of a meeting opens with; nothing where it has none, or is a good example."""
    if report.facts is None or report.good_example:
        return []
    t, days = phrases.t, report.notice_days
    said = {
        "notice": t("page.deviation.not_known") if days is None else t("page.deviation.days", n=days),
        "moves": str(report.moves),
        "purpose_given": t("form_words.yes" if report.purpose_given else "form_words.no"),
    }
    return [(t(f"page.deviation.{key}"), text) for key, text in said.items()]


def _talked(report: DeviationReport, phrases: Phrases) -> Iterator[tuple[str, str | None]]:
    """What the two units said and did: causes that contributed, the thread, measures with their follow-up, the end."""
    t, units = phrases.t, {ReportSide.REPORTING: report.reporting, ReportSide.RECEIVING: report.receiving}
    yield "also", ", ".join(t(f"cause.{one}") for one in report.also)
    for word in report.words:
        yield "thread", f"{units[word.side].unit_name}, {phrases.day(word.at)}: {word.text}"
    for one in report.measures:
        by = t(
            "page.deviation.measure_by", unit=units[one.side].unit_name, owner=one.owner, day=phrases.day(one.due_on)
        )
        done = "measure_waits" if one.followed_at is None else "measure_done" if one.done else "measure_not_done"
        yield "measures", " ".join((one.text, by, f"{t(f'page.deviation.{done}')}.", one.effect or "")).rstrip()
    yield "forwarded_because", report.forwarded_because
    yield "closed_because", report.closed_because


def _report(
    report: DeviationReport, told: list[JournalEntry], meeting: Meeting, phrases: Phrases
) -> list[DocumentPart]:
    t = phrases.t
    said: list[tuple[str, str | None]] = [
        ("state", t(f"deviation_state.{report.state}")),
        ("reporting", report.reporting.unit_name),
        ("receiving", report.receiving.unit_name),
        ("categories", ", ".join(t(f"category.{one}") for one in report.categories)),
        ("cause", None if report.cause is None else t(f"cause.{report.cause}")),
        ("description", report.description),
        ("account", report.account),
    ]
    facts = [*conveners_side(report, phrases), *((t(f"archive.{key}"), text) for key, text in said if text)]
    facts += [(t(f"page.deviation.{key}"), text) for key, text in _talked(report, phrases) if text]
    lines = timeline.of_report(told, meeting, report.party, phrases)
    rows = [(archived_moment(line.at), " ".join(line.texts), line.who or "") for line in lines]
    columns = [t(f"archive.{key}") for key in ("moment", "what", "who")]
    return [DocumentPart(t("archive.report"), facts=facts, columns=columns, widths=[4, 9, 5], rows=rows)]


def _readers(readings: Iterable[AccessEntry], phrases: Phrases) -> DocumentPart:
    t = phrases.t
    rows = [
        (archived_moment(one.at), one.actor.name or one.actor.kind, _role(one.actor.role, phrases), one.action)
        for one in readings
    ]
    if not rows:
        return DocumentPart(t("archive.readers"), texts=[t("archive.readers_none")])
    columns = [t(f"archive.{key}") for key in ("moment", "who", "part", "what")]
    return DocumentPart(t("archive.readers"), columns=columns, widths=[4, 5, 4, 3], rows=rows)


def _role(role: str | None, phrases: Phrases) -> str:
    key = f"role.{role}"
    return phrases.t(key) if role and has_word(phrases.language, key) else ""


def _proof(export: MeetingExport, phrases: Phrases, files: tuple[str, str]) -> DocumentPart:
    t = phrases.t
    texts = [t("archive.files", file=files[0])]
    if export.proof is None:
        return DocumentPart(t("archive.proof"), texts=[t("archive.proof_none"), *texts])
    days = [read_head(one["head"]).day.isoformat() for one in export.proof["heads"]]
    rows = len(export.proof["rows"])
    lead = t("archive.proof_lead", file=files[1], rows=rows, first=min(days), last=max(days))
    return DocumentPart(t("archive.proof"), texts=[lead, *texts])


def of_organisation(export: OrganisationExport, phrases: Phrases, by: str, now: datetime, file: str) -> Document:
    """All that is an organisation's: its units, how much of what there is, and its meetings."""
    t, rows = phrases.t, export.rows
    title = t("archive.organisation_title", name=export.organisation.name)
    mailboxes: dict[str, str] = {}
    for one in rows.get("unit_address", ()):
        mailboxes.setdefault(one["unit_id"], one["email"])
    units = [(one["name"], mailboxes.get(one["id"], "–")) for one in rows.get("unit", ())]
    meetings = [(reference, str(meeting_id)) for meeting_id, reference in export.meetings]
    return Document(
        title, t("archive.organisation_subtitle"), phrases.language, footer(title, phrases, by, now),
        parts=[
            DocumentPart(
                t("archive.units"), columns=[t("archive.unit"), t("archive.mailbox")], widths=[1, 1],
                rows=sorted(units),
            ),
            DocumentPart(
                t("archive.meetings"), texts=[] if meetings else [t("archive.meetings_none")],
                columns=[t("archive.reference"), "id"], widths=[1, 3], rows=meetings,
            ),
            DocumentPart(
                t("archive.counts"), texts=[t("archive.files", file=file)],
                columns=[t("archive.table"), t("archive.rows")], widths=[3, 1],
                rows=[(table, str(len(found))) for table, found in sorted(rows.items())],
            ),
        ],
    )  # fmt: skip
