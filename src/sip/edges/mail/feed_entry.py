"""One meeting as an entry of a subscribed calendar: what its properties say, in the calendar's language.

The law of this file: logistics only, as in a mail that anybody might read. The address of a calendar opens it without
sign-in, and large companies' servers keep a copy. So: no purpose, no free text, no unit but the calendar's own and the
convener's unless the agreement shows them, and a SUMMARY that says nothing of whom it concerns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from uuid import uuid5

from sip.domain.meeting import Place
from sip.domain.people import Language
from sip.domain.standing import Standing
from sip.domain.terms import Form, MeetingState
from sip.edges.mail.letters import wording
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import words
from sip.store.feeds import Feed, FeedKind
from sip.store.seen.feed_meetings import FeedMeeting, Share
from sip.store.seen.scope import ScopeKind

_COMES = frozenset({Standing.ATTENDS, Standing.NAME_MISSING, Standing.SUBSTITUTE_ATTENDS})
_STAYS = frozenset({
    Standing.REGRETS, Standing.EXCUSED, Standing.RELEASED, Standing.INFORMS, Standing.REPRESENTED,
})  # fmt: skip
_ATTENDING = frozenset({Share.CHAIRS, Share.COMES, Share.STANDS_IN, Share.CONVENES})


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """The properties of a VEVENT (RFC 5545, section 3.6.1). Times are aware; texts are not escaped yet."""

    uid: str
    start: datetime
    end: datetime
    changed_at: datetime
    sequence: int
    summary: str
    description: str
    location: str
    status: str
    busy: str
    url: str


@dataclass(frozen=True, slots=True)
class Site:
    """Where the service is: the address its pages begin with, and the domain of its UIDs."""

    base_url: str
    domain: str


def whose(feed: Feed) -> str:
    """What a calendar shows, in a word that stays when its address is changed; its UIDs are reckoned from it."""
    record = feed.record
    if record.kind is FeedKind.PERSON:
        return f"feed/person/{record.user_id}"
    if record.kind is FeedKind.GROUP:
        return f"feed/group/{record.group_id}"
    place = record.unit_id or record.organisation_id or record.principal_id or "everything"
    return f"feed/{record.kind}/{place}"


def name_of(feed: Feed, language: Language | None = None) -> str:
    """What the calendar is called."""
    record = feed.record
    whole = record.kind is FeedKind.AREA and record.scope.kind is ScopeKind.EVERYTHING
    key = "everything" if whole else record.kind.value
    return words(language or record.language)[f"feed.name.{key}"].format(place=clean_name(feed.place or ""))


def entry_of(feed: Feed, meeting: FeedMeeting, whose: str, site: Site) -> FeedEntry:
    """The entry of one meeting in this calendar."""
    language = feed.record.language
    table = words(language)
    status, busy = _status(feed.record.kind, meeting)
    url = f"{site.base_url}/meetings/{meeting.id}"
    lines = (*_facts(language, meeting), "", table["feed.entry.open"], url, "", table["feed.entry.lags"])
    return FeedEntry(
        uid=f"feed-{uuid5(meeting.id, whose)}@{site.domain}",
        start=meeting.start,
        end=meeting.end,
        changed_at=meeting.changed_at,
        sequence=meeting.sequence + (meeting.state is MeetingState.CANCELLED),
        summary=_summary(table, meeting),
        description="\n".join(lines),
        location=_location(language, meeting.place),
        status=status,
        busy=busy,
        url=url,
    )


def _summary(table: Mapping[str, str], meeting: FeedMeeting) -> str:
    key = "mail.summary_pre_meeting" if meeting.is_pre_meeting else "mail.summary"
    plain = table[key].format(reference=clean_name(meeting.reference))
    if meeting.state is MeetingState.CANCELLED:
        return table["feed.entry.cancelled"].format(summary=plain)
    note = _note(table, meeting) if meeting.state is MeetingState.CALLED else None
    return plain if note is None else table["feed.entry.noted"].format(summary=plain, note=note)


def _note(table: Mapping[str, str], meeting: FeedMeeting) -> str | None:
    """How it stands, in the fewest words; what has been needs none."""
    if meeting.own is not None:
        return _standing(table, meeting.own.standing)
    if meeting.called:
        return _answered(table, meeting)
    if any(share is Share.ASKED for share, _ in meeting.shares):
        return table["feed.note.asked"]
    return None


def _standing(table: Mapping[str, str], standing: Standing) -> str:
    said = table[f"standing.{standing.value}"]
    return said[:1].lower() + said[1:]


def _answered(table: Mapping[str, str], meeting: FeedMeeting) -> str:
    return table["feed.entry.answered"].format(answered=meeting.answered, called=meeting.called)


def _facts(language: Language, meeting: FeedMeeting) -> tuple[str, ...]:
    caller = _caller(language, meeting.convener_unit, meeting.convener_person, meeting.convener_phone)
    who = () if meeting.state is MeetingState.CANCELLED else _who(words(language), meeting)
    return *who, _form(language, meeting.form), *caller


def _who(table: Mapping[str, str], meeting: FeedMeeting) -> list[str]:
    """What the reader has to do with it; and before it has been, who comes and how the answers stand."""
    found = [
        table[f"feed.share.{share.value}"].format(unit=_name(unit or "")) for share, unit in meeting.shares
    ]  # fmt: skip
    if meeting.state is not MeetingState.CALLED:
        return found
    if meeting.own is not None:
        unit, standing = _name(meeting.own.unit), _standing(table, meeting.own.standing)
        found.append(table["feed.entry.own"].format(unit=unit, standing=standing))
        if meeting.own.coming:
            found.append(table["feed.entry.coming"].format(names=", ".join(map(_name, meeting.own.coming))))
    if meeting.called:
        found.append(_answered(table, meeting))
    if meeting.others:
        found.append(table["feed.entry.others"].format(names=", ".join(map(_name, meeting.others))))
    return found


def _status(kind: FeedKind, meeting: FeedMeeting) -> tuple[str, str]:
    """STATUS, and how the time shows: FREE, TENTATIVE or BUSY. Watching a meeting takes nobody's time."""
    if meeting.state is MeetingState.CANCELLED:
        return "CANCELLED", "FREE"
    if kind is FeedKind.AREA:
        return "CONFIRMED", "FREE"
    if kind is FeedKind.PERSON:
        comes = any(share in _ATTENDING for share, _ in meeting.shares)
        return ("CONFIRMED", "BUSY") if comes else ("TENTATIVE", "TENTATIVE")
    if meeting.own is None or meeting.own.standing in _COMES:
        return "CONFIRMED", "BUSY"
    return ("CONFIRMED", "FREE") if meeting.own.standing in _STAYS else ("TENTATIVE", "TENTATIVE")


# What many meetings of a calendar share is said once.


@lru_cache(maxsize=4096)
def _name(name: str) -> str:
    return clean_name(name)


@lru_cache(maxsize=4096)
def _caller(language: Language, unit: str, person: str, phone: str) -> tuple[str, str]:
    table = words(language)
    call = table["mail.caller.call"].format(convener_person=clean_name(person), convener_phone=clean(phone, 60))
    return table["feed.entry.caller"].format(unit=clean_name(unit)), call


@cache
def _form(language: Language, form: Form) -> str:
    table = words(language)
    return table["feed.entry.form"].format(form=table[f"form.{form.value}"])


@lru_cache(maxsize=4096)
def _location(language: Language, place: Place) -> str:
    return " / ".join(wording.place_lines(language, place))
