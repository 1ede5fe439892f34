"""What was recorded of a meeting as text, to be copied into one's own record: logistics alone (rules, section 8 A1)."""

from collections.abc import Iterator

from sip.domain.meeting import Meeting, Party
from sip.edges.web.shell.phrases import Phrases


def record_text(phrases: Phrases, meeting: Meeting, responsible: str | None) -> str:
    """Lines of text; who said that she comes is named as that and no more: nobody has counted heads."""
    return "\n".join(_lines(phrases, meeting, responsible))


def _lines(phrases: Phrases, meeting: Meeting, responsible: str | None) -> Iterator[str]:
    own = meeting.convener
    when = f"{phrases.long_day(meeting.start)}, {phrases.span(meeting.start, meeting.end)}"
    yield phrases.t_of(meeting.purpose, "attendance.text_head", reference=meeting.reference)
    yield phrases.t("attendance.text_when", when=when, form=phrases.t(f"form.{meeting.form}"))
    yield phrases.t("attendance.text_convener", unit=own.unit_name, person=own.person)
    yield phrases.t(f"outcome.{meeting.outcome}") + "."
    for party in meeting.parties:
        if party.active and party.mark is not None:
            yield f"- {party.unit_name}: {phrases.t(f'mark.{party.mark}').lower()}{_names(phrases, party)}"
    if responsible is not None:
        yield phrases.t("attendance.text_responsible", principal=responsible)
    if meeting.next_meeting_on is not None:
        yield phrases.t("attendance.text_next", day=phrases.long_day(meeting.next_meeting_on))


def _names(phrases: Phrases, party: Party) -> str:
    names = [person.name for person in party.attendees if person.stands]
    return phrases.t("attendance.text_names", names=", ".join(names)) if names else ""
