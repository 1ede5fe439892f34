"""The page behind the link of who sits in a group, or stands in: what her mailbox is called to, without sign-in.

The law of this file: as in `mailed`: GET shows and never answers. It shows no name, and nothing that another mailbox is
called to.
"""

from typing import Any

from litestar import Response

from sip.domain.sitting import SeatAnswer, SittingRole
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.usecases import sittings
from sip.usecases.reading.links import NAMELESS, open_link
from sip.usecases.reading.sittings import CalledEntry, OpenedSittings


def render(
    page: Page, token: str, opened: OpenedSittings, failed: FormState | None = None, status: int = 200
) -> Response[Any]:
    """What the mailbox is called to, each with its form."""

    def state(one: CalledEntry) -> FormState:
        prefix = prefix_of(one)
        return failed if failed is not None and failed.prefix == prefix else FormState({}, {}, prefix)

    return page.html(
        "called_sittings.html", status=status, token=token, called=opened.called, state=state, failed=failed,
        choices=choices, saved=page.request.query_params.get("saved") == "1",
    )  # fmt: skip


def prefix_of(one: CalledEntry) -> str:
    """What the ids of an entry's form begin with."""
    return f"s{one.invitation.id.hex[:8]}-"


def choices(one: CalledEntry) -> tuple[SeatAnswer, ...]:
    """What can be answered: a substitute has none of her own, nor has every seat one."""
    stands_in = one.invitation.role is SittingRole.SUBSTITUTE
    if stands_in or one.seat.substitute is None:
        return (SeatAnswer.YES, SeatAnswer.NO)
    return (SeatAnswer.YES, SeatAnswer.SUBSTITUTE, SeatAnswer.NO)


async def choose(page: Page, token: str, opened: OpenedSittings) -> Response[Any]:
    """Somebody answered for one of them."""
    reader = await page.reader()
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


async def _again(page: Page, token: str, state: FormState, status: int) -> Response[Any]:
    opened = await open_link(page.services.db, token, page.now)
    assert isinstance(opened, OpenedSittings)
    return render(page, token, opened, state, status)
