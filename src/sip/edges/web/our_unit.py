"""Our unit: what it is called to, with an answer on the spot; who goes where; who is away, and what follows of it.

The law of this file: each press goes through the use case that any other door uses; what is shown is the state, so that
the page says the same however often it is opened.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.mailbox_check import CheckState
from sip.domain.standing import Standing, standing
from sip.domain.terms import Channel, Obligation, RegretReason
from sip.domain.week import WEEK, monday_of
from sip.edges.web.hours import WEEK as WEEK_DAYS
from sip.edges.web.hours import said_hours, values, weekday
from sip.edges.web.meeting import answer_form
from sip.edges.web.meeting.layout import prefix_of
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.phrases import sort_key, tone
from sip.edges.web.shell.session import signed_in
from sip.store.directory import RoleRecord
from sip.usecases import leaves
from sip.usecases.access import MAY, Act
from sip.usecases.leaves import Sought
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import meetings as reading
from sip.usecases.reading import our_unit
from sip.usecases.reading.our_unit import Going, LeaveRead, OurUnit

HERE = "/our-unit"
FUTURE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GoingView:
    """One meeting of the unit's: who goes, in words, and whether one of them is away then."""

    going: Going
    who: str
    standing: str
    tone: str
    away: str
    regretted: bool
    form: FormState


@dataclass(frozen=True, slots=True)
class PeriodView:
    """Days in a row on which the unit is closed."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class HeldView:
    """One who stands in: a substitute, a deputy, a manager."""

    person: str
    name: str
    function: str | None
    first: date | None
    last: date | None


@get(HERE)
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """The page."""
    return await render(page)


async def render(page: Page, failed: FormState | None = None, status: int = 200) -> Response[Any]:
    """The page; with `failed` that form stands open and says what is wrong."""
    actor = signed_in(page).actor
    found = await our_unit.page(page.services.db, actor=actor, now=page.now)

    def state(name: str) -> FormState:
        prefix = prefix_of(name)
        return failed if failed is not None and failed.prefix == prefix else FormState({}, {}, prefix)

    return page.html(
        "our_unit.html",
        status=status,
        unit=found.roster,
        state=state,
        failed=failed,
        keeps=actor.role in MAY[Act.KEEP_STAFFING],
        watches=actor.role in MAY[Act.WATCH_UNITS],
        manages=actor.role in MAY[Act.KEEP_UNIT],
        answers=actor.role in MAY[Act.ANSWER],
        **_context(page, found, state),
    )


def _context(page: Page, found: OurUnit, state: Any) -> dict[str, Any]:
    views = [_going(page, one, state) for one in found.going]
    staff = sorted_pairs([(str(one.id), _called(one.name, one.function)) for one in found.staff.values()])
    return {
        "open": [view for view in views if view.going.open],
        "weeks": _weeks(page, views),
        "leaves": [(one, _opened(page, one)) for one in found.leaves],
        "people": sorted_pairs([(one.key, one.name) for one in found.people]),
        "named": sorted({one.name for one in found.people}, key=sort_key),
        "staff": staff,
        "substitutes": _held(found.substitutes, found),
        "deputies": _held(found.deputies, found),
        "managers": _held(found.managers, found),
        "hours": said_hours(page.phrases, found.hours),
        "hours_form": FormState(values(found.hours), {}, prefix_of("hours")),
        "week": [(day, weekday(page.phrases, day)) for day in WEEK_DAYS],
        "closed": periods(found.closed_days),
        "addresses": [(one.email, _read_at(found, one.email), one.valid_from, one.valid_to) for one in found.addresses],
        "asked": found.check if found.check is not None and found.check.state is not CheckState.ANSWERED else None,
        "reasons": page.phrases.options("regret_reason", tuple(RegretReason)),
        "today": page.phrases.local(page.now).date(),
    }


def _read_at(found: OurUnit, email: str) -> datetime | None:
    """When somebody was last seen to read it; what is too long ago counts as never (rules, section 8 A3)."""
    at = found.roster.verified_at(email)
    return at if at is not None and at >= found.read_since else None


def _called(name: str, function: str | None) -> str:
    return f"{name}, {function}" if function and function != name else name


def _held(roles: list[RoleRecord], found: OurUnit) -> list[HeldView]:
    known = [(role, found.staff.get(role.person_id)) for role in roles]
    return [
        HeldView(str(one.id), one.name, one.function, role.valid_from, role.valid_to)
        for role, one in known
        if one is not None
    ]


def _going(page: Page, one: Going, state: Any) -> GoingView:
    people = [_called(person.name, person.function) for person in one.party.attendees if person.stands]
    word = standing(one.party)
    own = one.party.obligation is Obligation.CONVENING
    return GoingView(
        one,
        ", ".join(people),
        page.t("obligation.convening") if own else page.t(f"standing.{word}"),
        "good" if own else tone(word),
        ", ".join(person.name for person in one.away),
        word in (Standing.REGRETS, Standing.SEEKING_SUBSTITUTE),
        state(f"answer-{one.meeting.id}-{one.party.ordinal}"),
    )


def _weeks(page: Page, views: list[GoingView]) -> list[tuple[str, list[GoingView]]]:
    """This week's and the next one's."""
    monday = monday_of(page.phrases.local(page.now).date())
    found = []
    for n, key in enumerate(("this_week", "next_week")):
        first = monday + n * WEEK
        theirs = [v for v in views if first <= page.phrases.local(v.going.meeting.start).date() < first + WEEK]
        found.append((page.t(f"our_unit.{key}"), theirs))
    return found


def _opened(page: Page, leave: LeaveRead) -> list[tuple[Going, str]]:
    """Her meetings, with where each stands now."""
    return [(one, page.t(f"standing.{standing(one.party)}")) for one in (*leave.counted_on, *leave.others)]


def periods(days: list[date]) -> list[PeriodView]:
    """Days in a row as one."""
    if not days:
        return []
    ends = [a for a, b in pairwise(days) if b - a > FUTURE] + [days[-1]]
    begins = [days[0], *(b for a, b in pairwise(days) if b - a > FUTURE)]
    return [PeriodView(*pair) for pair in zip(begins, ends, strict=True)]


# -- what is done


@post(f"{HERE}/answers/{{meeting_id:uuid}}/{{party:int}}", status_code=200)
async def answer(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The unit answers a call on the spot."""
    actor = signed_in(page).actor
    our_unit.unit_of(actor)
    meeting = await reading.current(page.services.db, meeting_id, actor=actor, now=page.now)
    reader = await page.reader(prefix_of(f"answer-{meeting_id}-{party}"))
    by, shown = await page.command(reader), reader.whole("sequence")
    sequence = meeting.sequence if shown is None else min(shown, meeting.sequence)
    event = answer_form.read(reader, party, by, Channel.PAGE, sequence)
    try:
        handled = None if event is None else await answer_form.send(page.services.db, event, meeting_id, by)
    except InvalidError as error:
        page.say_problems(error, reader.state, {"names": "first_name"})
        handled = None
    if handled is None:
        return await render(page, reader.state, 422)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return await render(page, reader.state, 409)
    return page.to(f"{HERE}#calls")


@post(f"{HERE}/leaves", status_code=200)
async def leave(page: NamedDependency[Page]) -> Response[Any]:
    """Somebody is away: substitutes are sought for all of her meetings then, at once."""
    actor = signed_in(page).actor
    unit_id = our_unit.unit_of(actor)
    reader = await page.reader(prefix_of("leave"))
    known = {one.key: one for one in (await our_unit.page(page.services.db, actor=actor, now=page.now)).people}
    key = reader.text("person", required=True)
    if key and key not in known:
        reader.wrong("person", "form_words.bad_choice")
    first, last = reader.day("first_day", required=True), reader.day("last_day", required=True)
    if not reader.right or first is None or last is None:
        return await render(page, reader.state, 422)
    by, who = await page.command(reader), known[key]
    try:
        opened = await leaves.go(page.services.db, unit_id, who.name, who.email, first, last, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return await render(page, reader.state, 422)
    return await _after(page, reader, opened)


@post(f"{HERE}/leaves/again", status_code=200)
async def leave_again(page: NamedDependency[Page]) -> Response[Any]:
    """Also for the meetings in which she was named afterwards."""
    unit_id = our_unit.unit_of(signed_in(page).actor)
    reader = await page.reader(prefix_of("leave"))
    by = await page.command(reader)
    return await _after(page, reader, await leaves.again(page.services.db, unit_id, _leave_of(reader), by))


@post(f"{HERE}/leaves/end", status_code=200)
async def end_leave(page: NamedDependency[Page]) -> Response[Any]:
    """She is not away after all."""
    unit_id = our_unit.unit_of(signed_in(page).actor)
    reader = await page.reader(prefix_of("leave"))
    await leaves.take_back(page.services.db, unit_id, _leave_of(reader), await page.command(reader))
    return page.to(f"{HERE}#leaves")


def _leave_of(reader: Reader) -> UUID:
    found = reader.uuid("leave", required=True)
    if found is None:
        raise NotFoundError("leave")
    return found


async def _after(page: Page, reader: Reader, opened: list[Sought]) -> Response[Any]:
    """The page; what was refused is said meeting by meeting."""
    refused = [(one.meeting, one.refused) for one in opened if one.refused is not None]
    if not refused:
        return page.to(f"{HERE}#leaves")
    said = (f"{page.phrases.moment(meeting.start)}: {page.sentence(why)}" for meeting, why in refused)
    reader.state.errors[""] = " ".join(said)
    return await render(page, reader.state, 409)
