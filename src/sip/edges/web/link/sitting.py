"""The page behind the link of who sits in a group, or stands in: what her mailbox is called to, without sign-in.

The law of this file: as in `mailed`: GET shows and never answers. It shows no name, and nothing that another mailbox is
called to.
"""

from typing import Any

from litestar import Response

from sip.domain.sitting import SeatAnswer, SittingRole
from sip.edges.web.boards.inquiry import read_answers
from sip.edges.web.boards.item import answers_of
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.usecases import inquiries, sittings
from sip.usecases.inquiries import SeatInquiry
from sip.usecases.problems import InvalidError
from sip.usecases.reading.links import NAMELESS, open_link
from sip.usecases.reading.sittings import CalledEntry, OpenedSittings


def render(
    page: Page, token: str, opened: OpenedSittings, failed: FormState | None = None, status: int = 200
) -> Response[Any]:
    """What the mailbox is called to, each with its form."""

    def state(one: CalledEntry) -> FormState:
        prefix = prefix_of(one)
        return failed if failed is not None and failed.prefix == prefix else FormState({}, {}, prefix)

    def asked_state(one: SeatInquiry) -> FormState:
        prefix = prefix_of_asked(one)
        return (
            failed if failed is not None and failed.prefix == prefix else FormState(answers_of(one.reply), {}, prefix)
        )

    return page.html(
        "called_sittings.html", status=status, token=token, called=opened.called, asked=opened.asked, state=state,
        asked_state=asked_state, failed=failed, choices=choices, saved=page.request.query_params.get("saved"),
    )  # fmt: skip


def prefix_of(one: CalledEntry) -> str:
    """What the ids of an entry's form begin with."""
    return f"s{one.invitation.id.hex[:8]}-"


def prefix_of_asked(one: SeatInquiry) -> str:
    """What the ids of the form of what a seat is asked begin with."""
    return f"q{one.item.id.hex[:8]}-{one.reply.seat}-"


def choices(one: CalledEntry) -> tuple[SeatAnswer, ...]:
    """What can be answered: a substitute has none of her own, nor has every seat one."""
    stands_in = one.invitation.role is SittingRole.SUBSTITUTE
    if stands_in or one.seat.substitute is None:
        return (SeatAnswer.YES, SeatAnswer.NO)
    return (SeatAnswer.YES, SeatAnswer.SUBSTITUTE, SeatAnswer.NO)


async def choose(page: Page, token: str, opened: OpenedSittings) -> Response[Any]:
    """Somebody answered for one of them."""
    reader = await page.reader()
    if reader.state.value("item"):
        return await _answer(page, token, opened, reader)
    entry = reader.uuid("entry", required=True)
    one = next((one for one in opened.called if one.invitation.id == entry), None)
    if one is None:
        reader.state.errors = {"": page.t("sitting_link.gone")}
        return render(page, token, opened, reader.state, 409)
    reader.state.prefix = prefix_of(one)
    said = reader.choice("answer", SeatAnswer, required=True)
    if said not in choices(one) or not reader.right:
        reader.state.errors = {"answer": page.t("sitting_link.choose")}
        return await _again(page, token, reader.state, 422)
    by = await page.command(reader, NAMELESS)
    done = await sittings.answer_by_link(page.services.db, one.invitation.id, opened.ref.address, said, by)
    if done.refused is not None:
        reader.state.errors[""] = page.sentence(done.refused)
        return await _again(page, token, reader.state, 409)
    return page.to(f"/svar/{token}?saved=1")


async def _answer(page: Page, token: str, opened: OpenedSittings, reader: Reader) -> Response[Any]:
    """Somebody answered what her seat is asked."""
    item, seat, put_at = reader.uuid("item", required=True), reader.whole("seat"), reader.state.value("put")
    one = next((one for one in opened.asked if (one.item.id, one.reply.seat) == (item, seat)), None)
    if one is None or one.item.inquiry is None or one.item.inquiry.put_at.isoformat() != put_at:
        reader.state.errors = {"": page.t("sitting_link.asked_gone")}
        return await _again(page, token, reader.state, 409)
    reader.state.prefix = prefix_of_asked(one)
    answers = read_answers(reader)
    if not reader.right:
        return await _again(page, token, reader.state, 422)
    by, db, said = await page.command(reader, NAMELESS), page.services.db, one.item.inquiry.put_at
    try:
        done = await inquiries.answer_by_link(db, one.item.id, one.reply.seat, opened.ref.address, said, answers, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return await _again(page, token, reader.state, 422)
    if done.refused is not None:
        reader.state.errors[""] = page.sentence(done.refused)
        return await _again(page, token, reader.state, 409)
    return page.to(f"/svar/{token}?saved=answers")


async def _again(page: Page, token: str, state: FormState, status: int) -> Response[Any]:
    opened = await open_link(page.services.db, token, page.now)
    assert isinstance(opened, OpenedSittings)
    return render(page, token, opened, state, status)
