"""The page behind the link of a body that appoints: the seats that are asked of its mailbox, without sign-in.

The law of this file: as in `mailed`: GET shows and never answers. It shows no name of anybody who sits, and of no seat
that is not asked of this mailbox now.
"""

from typing import Any

from litestar import Response

from sip.domain.group import ConsentWay
from sip.domain.worktime import local_day
from sip.edges.web.groups.reading_forms import read_term
from sip.edges.web.groups.view import seat_name
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.usecases import groups
from sip.usecases.problems import InvalidError
from sip.usecases.reading.asked_seats import AskedSeat, OpenedSeats
from sip.usecases.reading.links import holder, open_link

CHOICES = ("person", "later")


def render(
    page: Page, token: str, opened: OpenedSeats, failed: FormState | None = None, status: int = 200
) -> Response[Any]:
    """What waits for this mailbox, each with its form; else that all is answered."""

    def state(one: AskedSeat) -> FormState:
        prefix = prefix_of(one)
        if failed is not None and failed.prefix == prefix:
            return failed
        body = one.seat.asks
        return FormState({} if body is None else {"decided_by": body.name}, {}, prefix)

    return page.html(
        "appoint.html", status=status, token=token, asked=opened.asked, state=state, failed=failed,
        choices_of=CHOICES, name=lambda seat: seat_name(page.phrases, seat), today=local_day(page.now),
        ways=page.phrases.options("consent_way", list(ConsentWay)),
        saved=page.request.query_params.get("saved") == "1",
    )  # fmt: skip


def prefix_of(one: AskedSeat) -> str:
    """What the ids of a seat's form begin with."""
    return f"s{one.group.id.hex[:8]}-{one.seat.number}-"


async def choose(page: Page, token: str, opened: OpenedSeats) -> Response[Any]:
    """Somebody answered for one seat."""
    reader = await page.reader()
    group, number = reader.uuid("group", required=True), reader.whole("seat")
    one = next((one for one in opened.asked if one.group.id == group and one.seat.number == number), None)
    if one is None:
        reader.state.errors = {"": page.t("appoint.settled")}
        return render(page, token, opened, reader.state, 409)
    reader.state.prefix = prefix_of(one)
    by, db = await page.command(reader, holder(opened.ref)), page.services.db
    done = None
    try:
        chosen = reader.one_of("answer", CHOICES)
        if chosen == "later":
            until, reason = reader.day("until", required=True), reader.text("reason", required=True)
            if until is not None and reader.right:
                done = await groups.put_off_by_link(db, one.group.id, one.seat.number, until, reason, by)
        elif chosen:
            form = read_term(reader, one.seat)
            if form is not None:
                done = await groups.fill_by_link(db, one.group.id, one.seat.number, form, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
    if done is None:
        return await _again(page, token, reader.state, 422)
    if done.refused is not None:
        reader.state.errors[""] = page.sentence(done.refused)
        return await _again(page, token, reader.state, 409)
    return page.to(f"/svar/{token}?saved=1")


async def _again(page: Page, token: str, state: FormState, status: int) -> Response[Any]:
    opened = await open_link(page.services.db, token, page.now)
    assert isinstance(opened, OpenedSeats)
    return render(page, token, opened, state, status)
