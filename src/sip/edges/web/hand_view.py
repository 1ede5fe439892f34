"""A meeting that needs a hand as its row on the start page: pure, from what was read and who reads.

The law of this file: what stands in a row is said in words, and an act is offered only where it is possible now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain import attendance
from sip.domain.meeting import Meeting, Party
from sip.domain.needs import Need, NeedOf, Urgency, urgency
from sip.domain.standing import Standing, standing
from sip.domain.terms import MeetingState
from sip.domain.worktime import local_day, office_time
from sip.edges.web.meeting import claims, poll_view
from sip.edges.web.meeting.view import question, what_next
from sip.edges.web.shell.phrases import Phrases, tone
from sip.usecases.access import MAY, Act
from sip.usecases.actor import Actor
from sip.usecases.in_hand import may_have_in_hand
from sip.usecases.reading.hands import HandRead


@dataclass(frozen=True, slots=True)
class Press:
    """A button that does it at once: `act` is the end of its address, with what it is about."""

    act: str
    label: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class FormLink:
    """What takes some words first: a form, or a page of its own."""

    href: str
    label: str
    main: bool = False
    in_row: bool = True


@dataclass(frozen=True, slots=True)
class NeedView:
    """One need of the row: whose, what, why, and what can be done."""

    unit: str | None
    municipality: str | None
    title: str
    tag: str | None
    tone: str
    phone: str | None
    lines: tuple[str, ...]
    acts: tuple[Press | FormLink, ...]


@dataclass(frozen=True, slots=True)
class HandView:
    """One meeting. `key` is what its row is called on the page; `late`: its hour is past."""

    key: str
    meeting: Meeting
    version: int
    group: Urgency
    too_late: datetime
    late: bool
    needs: tuple[NeedView, ...]
    names_missing: tuple[str, ...]
    in_hand: bool
    mine: bool


def rows(
    read: list[HandRead], actor: Actor, now: datetime, phrases: Phrases, names: Mapping[UUID, str]
) -> list[HandView]:
    """In the order of when it is too late."""
    return [row(one, actor, now, phrases, names) for one in read]


def row(read: HandRead, actor: Actor, now: datetime, phrases: Phrases, names: Mapping[UUID, str]) -> HandView:
    """One of them; one that is put off may need nothing by now, and goes by its own start."""
    meeting = read.meeting
    too_late = read.needs[0].too_late if read.needs else meeting.start
    absent = next((one for one in read.needs if one.need in (Need.UNCOVERED, Need.UNDELIVERABLE)), None)
    missing = [p.unit_name for p in meeting.parties if standing(p) is Standing.NAME_MISSING] if read.convening else []
    return HandView(
        key=key_of(meeting.id),
        meeting=meeting,
        version=read.version,
        group=urgency(too_late, now),
        too_late=too_late,
        late=too_late <= now,
        needs=tuple(_need(read, one, actor, now, phrases, names, one is absent) for one in read.needs),
        names_missing=tuple(missing),
        in_hand=may_have_in_hand(actor, meeting),
        mine=meeting.keeper is not None and meeting.keeper.id == actor.id,
    )


def _need(
    read: HandRead, one: NeedOf, actor: Actor, now: datetime, phrases: Phrases, names: Mapping[UUID, str], first: bool
) -> NeedView:
    meeting = read.meeting
    party = meeting.party(one.party) if one.party is not None else None
    word = standing(party) if party is not None else None
    return NeedView(
        unit=party.unit_name if party is not None else None,
        municipality=names.get(party.principal_id) if party is not None else None,
        title=phrases.t("link.name_needed" if word is Standing.NAME_MISSING else f"need.{one.need}.title"),
        tag=phrases.t(f"standing.{word}") if word is not None else None,
        tone=tone(word) if word is not None else "wait",
        phone=party.phone if party is not None and read.convening else None,
        lines=tuple(line for line in _lines(read, one, party, now, phrases, names) if line),
        acts=tuple(_acts(read, one, party, actor, now, phrases, first)),
    )


def _lines(
    read: HandRead, one: NeedOf, party: Party | None, now: datetime, phrases: Phrases, names: Mapping[UUID, str]
) -> Iterator[str | None]:
    """What it is about, and what happens by itself next, and when."""
    meeting = read.meeting
    if one.need is Need.CLAIM:
        found = next(c for c in meeting.claims if c.ordinal == one.claim)
        yield claims.of_meeting(meeting, found, phrases).sentence
    asked = question(party, phrases) if party is not None and one.need is Need.QUESTION else None
    if asked is not None:
        yield asked.title
    if one.need is Need.ATTENDANCE and meeting.state is MeetingState.ENDED:
        step = min(meeting.attendance_step, attendance.UNRECORDED - 1)
        key = "hand.unrecorded" if meeting.unrecorded else f"hand.attendance_{'last' if step > 3 else 'next'}"
        yield phrases.t(key, time=phrases.moment(attendance.step_due(meeting, step)))
    if one.need is Need.POLL and meeting.poll is not None:
        yield f"{poll_view.progress(meeting, meeting.poll, phrases)}."
        yield poll_view.best(meeting.poll, now, phrases)
    if one.need is Need.NEXT_DATE and meeting.next_meeting_on is not None:
        yield phrases.t("hand.next_date", day=phrases.long_day(meeting.next_meeting_on))
        responsible = meeting.responsible_principal_id and names.get(meeting.responsible_principal_id)
        yield phrases.t("hand.responsible", principal=responsible) if responsible else None
    if party is not None:
        following = what_next(meeting, party, now, phrases)
        yield f"{phrases.t('page.meeting.next')} {following}" if following else phrases.t("hand.nothing_more")


def _acts(
    read: HandRead, one: NeedOf, party: Party | None, actor: Actor, now: datetime, phrases: Phrases, first: bool
) -> Iterator[Press | FormLink]:
    meeting, t = read.meeting, phrases.t
    at = f"/hands/{meeting.id}"
    match one.need:
        case Need.CLAIM:
            said = next(c.stamp.digest for c in meeting.claims if c.ordinal == one.claim)
            about = f"claim?claim={one.claim}&said={said}&verdict="
            yield Press(f"{about}accept", t("page.claim.accept"), main=True)
            yield Press(f"{about}decline", t("page.claim.decline"))
        case Need.QUESTION if party is not None:
            what = "identity" if standing(party) is Standing.UNKNOWN_IDENTITY else "decision"
            yield FormLink(f"{at}/{what}?party={party.ordinal}", t(f"hand.do.{what}"), main=True)
        case Need.CLOSES if party is not None:
            yield from _closing(read, party, phrases)
        case Need.ATTENDANCE:
            yield FormLink(f"/meetings/{meeting.id}/attendance", t("hand.do.attendance"), main=True, in_row=False)
        case Need.POLL:
            yield FormLink(f"{at}/pick", t("hand.do.pick"), main=True)
            yield FormLink(f"/meetings/{meeting.id}/poll#answers", t("page.poll.see"), in_row=False)
        case Need.DRAFT:
            yield FormLink(f"/meetings/{meeting.id}", t("hand.do.call"), main=True, in_row=False)
        case Need.NEXT_DATE:
            yield FormLink(f"{at}/follow", t("hand.do.follow"), main=True)
            yield Press("plan-ended", t("hand.do.plan_ended"))
        case Need.ANSWER if party is not None:
            yield FormLink(f"{at}/answer?party={party.ordinal}", t("hand.do.answer_own"), main=True)
        case _ if party is not None:
            yield from _absent(read, party, actor, now, phrases, first)


def _closing(read: HandRead, party: Party, phrases: Phrases) -> Iterator[Press | FormLink]:
    roster = read.closing.get(party.unit_id)
    if roster is not None and roster.successor is not None:
        about = f"successor?party={party.ordinal}&unit={roster.successor.unit_id}"
        yield Press(about, phrases.t("page.meeting.closes_go", unit=roster.successor.name), main=True)
    else:
        yield FormLink(f"/meetings/{read.meeting.id}#p{party.ordinal}", phrases.t("hand.do.open"), in_row=False)


def _absent(
    read: HandRead, party: Party, actor: Actor, now: datetime, phrases: Phrases, first: bool
) -> Iterator[Press | FormLink]:
    """Nobody comes, or nobody was reached: phone, find somebody, ask again, or (once a row) let the meeting stand."""
    t, at = phrases.t, f"/hands/{read.meeting.id}"
    yield FormLink(f"{at}/answer?party={party.ordinal}", t("hand.do.answer"), main=True)
    if party.bound:
        yield FormLink(f"{at}/substitute?party={party.ordinal}", t("hand.do.substitute"))
    if actor.role not in MAY[Act.CONVENE]:
        return
    this = party.round
    today = this is not None and this.asked_again_at is not None and local_day(this.asked_again_at) == local_day(now)
    written = this is not None and this.answer is None and not this.phone_only and party.other_system is None
    if written and not today:
        yield Press(f"again?party={party.ordinal}", t("hand.do.again"))
    if first and party.bound:
        yield Press("go-ahead", t("hand.do.go_ahead"))


def key_of(meeting_id: UUID) -> str:
    """What a meeting's row is called on the page."""
    return meeting_id.hex[:8]


def following(shown: list[HandView]) -> dict[str, str]:
    """The row after each, by what they are called; none after the last."""
    keys = [one.key for one in shown]
    return dict(zip(keys, [*keys[1:], ""][: len(keys)], strict=True))


def group_titles(now: datetime, phrases: Phrases) -> list[tuple[Urgency, str]]:
    """The groups in their order. Where the next working day is not tomorrow, its name is said."""
    following = office_time().opening_after(now)
    if local_day(following) == local_day(now):
        following = office_time().opening_after(following)
    titles = {one: phrases.t(f"hand.group.{one}") for one in Urgency}
    if (local_day(following) - local_day(now)).days > 1:
        titles[Urgency.TOMORROW] = phrases.t("hand.group.next_day", day=phrases.moment(following).rpartition(" ")[0])
    return list(titles.items())
