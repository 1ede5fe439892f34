"""The journal in plain words: a line per note, and nothing that the reader may not see.

The law of this file: a note without words is engine room and is left out; what a person pressed stands here also where
it changed nothing, and a refused command does not; a report's timeline names functions, never persons (rules, section 8
D1).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from sip.domain.decision import Note
from sip.domain.meeting import Meeting, Party
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.views import TimelineLine
from sip.edges.words import has_word
from sip.store.aggregates.journal import REFUSED, UNCHANGED, JournalEntry
from sip.usecases.commands import BY_FORM

# Facts of a note that are words of an enumeration, and the table that has them.
_TABLES = {
    "answer": "answer",
    "channel": "channel",
    "pause": "pause",
    "rung": "rung",
    "outcome": "outcome",
    "reason": "cancel_reason",
    "because": "withdrawn_because",
    "no_word": "no_word_because",
    "statement": "statement",
    "cause": "cause",
    "what": "told",
    "poll_end": "poll_end",
}
_TIMES = ("until", "old_start", "old_end", "start")
_DAYS = ("day",)
_PEOPLE = frozenset({"user", "api_key"})
_OWN_SIDE = frozenset({"taken_over", "remarked", "snoozed", "woken", "snooze_ended"})
"""What the convener's side tells itself: never shown to a called unit, nor in a report."""
_UNDELIVERED = frozenset({"undeliverable", "mail_failed", "attendee_unreached"})


def of_meeting(
    entries: Iterable[JournalEntry], meeting: Meeting, phrases: Phrases, parties: frozenset[int] | None = None
) -> tuple[TimelineLine, ...]:
    """What has happened, the latest first. `parties` limits it to notes on these; None shows all."""
    return tuple(reversed(_together(entries, meeting, phrases, parties, names=True)))


def of_report(
    entries: Iterable[JournalEntry], meeting: Meeting | None, party: int | None, phrases: Phrases
) -> tuple[TimelineLine, ...]:
    """A report's own story, and of its meeting what concerns this party: in the order it happened."""
    in_order = sorted(entries, key=lambda entry: (entry.at, entry.recorded_at))
    return tuple(_together(in_order, meeting, phrases, None if party is None else frozenset({party}), names=False))


def of_item(entries: Iterable[JournalEntry], phrases: Phrases) -> tuple[TimelineLine, ...]:
    """An agenda item's story, the latest first, by functions."""
    return tuple(reversed(_together(entries, None, phrases, None, names=False)))


def _together(
    entries: Iterable[JournalEntry],
    meeting: Meeting | None,
    phrases: Phrases,
    parties: frozenset[int] | None,
    *,
    names: bool,
) -> list[TimelineLine]:
    """What came at one moment by one hand stands together."""
    found: list[TimelineLine] = []
    for entry in entries:
        texts = tuple(dict.fromkeys(_texts(entry, meeting, phrases, parties, names=names)))
        if not texts:
            continue
        who = _who(entry, phrases, names)
        if found and (found[-1].at, found[-1].who) == (entry.at, who):
            found[-1] = TimelineLine(entry.at, (*found[-1].texts, *texts), who)
        else:
            found.append(TimelineLine(entry.at, texts, who))
    return found


def _texts(
    entry: JournalEntry, meeting: Meeting | None, phrases: Phrases, parties: frozenset[int] | None, *, names: bool
) -> Iterator[str]:
    if entry.outcome == REFUSED:
        return
    said = False
    for note in entry.notes:
        seen = parties is None or (note.kind not in _OWN_SIDE and (note.party is None or note.party in parties))
        if seen and has_word(phrases.language, f"timeline.{note.kind}"):
            said = True
            yield phrases.fill(_key(note, meeting), _facts(note, entry.event, meeting, phrases, names=names))
            if names and note.kind in _UNDELIVERED and note.detail.get("reason"):
                yield _server_said(note, phrases)
    if not said and entry.outcome == UNCHANGED and entry.actor.kind in _PEOPLE and _concerns(entry.event, parties):
        yield phrases.t("timeline.unchanged")


def _key(note: Note, meeting: Meeting | None) -> str:
    """The words of the note; a unit that is called elsewhere got no call from here."""
    elsewhere = note.kind == "round_began" and (party := _party(note, meeting)) is not None and party.other_system
    return "timeline.round_began_elsewhere" if elsewhere else f"timeline.{note.kind}"


def _party(note: Note, meeting: Meeting | None) -> Party | None:
    if meeting is None or note.party is None:
        return None
    return next((p for p in meeting.parties if p.ordinal == note.party), None)


def _concerns(event: object, parties: frozenset[int] | None) -> bool:
    """Whether the event is about one of these parties; None is all of them."""
    return parties is None or getattr(event, "party", None) in parties


def _server_said(note: Note, phrases: Phrases) -> str:
    """The words of the server that would not have the mail: what whoever phones or mends the address needs."""
    said, email = note.detail["reason"], note.detail.get("email")
    if email:
        return phrases.t("delivery.server_of_said", email=email, said=said)
    return phrases.t("delivery.server_said", said=said)


def _facts(note: Note, event: object, meeting: Meeting | None, phrases: Phrases, *, names: bool) -> Mapping[str, str]:
    facts: dict[str, str] = {}
    for name in ("statement", "cause", "because"):
        value = getattr(event, name, None)
        if value is not None:
            facts[name] = _said(name, str(value), phrases)
    for name, value in note.detail.items():
        facts[name] = _said(name, value, phrases)
    party = _party(note, meeting)
    if party is not None:
        facts["unit"], facts["system"] = party.unit_name, party.other_system or ""
        person = next((a for a in party.attendees if str(a.ordinal) == note.detail.get("attendee")), None)
        if person is not None:
            role = phrases.t(f"attendee_role.{person.role}")
            facts["person"] = person.name if names else person.function or role
    return facts


def _said(name: str, value: str, phrases: Phrases) -> str:
    if name in _TABLES:
        words = phrases.reason(value, _TABLES[name])
        return words if name == "what" else words[:1].lower() + words[1:]
    try:
        if name in _DAYS or (name in _TIMES and len(value) == len("2026-11-24")):
            return phrases.day(date.fromisoformat(value))
        if name in _TIMES:
            return phrases.moment(datetime.fromisoformat(value))
    except ValueError:
        return value
    return value


def _who(entry: JournalEntry, phrases: Phrases, names: bool) -> str | None:
    """By whom, or which way it came: an address has acted by mail or by the page behind a mailed link."""
    actor = entry.actor
    if actor.kind == "user":
        return actor.name if names else phrases.reason(actor.role, "role") or None
    if actor.kind == "api_key":
        return phrases.t("who.api_key", name=actor.name or "API") if names else phrases.t("who.other_system")
    if actor.kind == "mail" and entry.event_id.startswith(BY_FORM):
        by_name = names and actor.name
        return phrases.t("who.link_named", name=actor.name) if by_name else phrases.t("who.link")
    return phrases.t(f"who.{actor.kind}")
