"""What every form of an act does: read it, run it, and show the page once more where it was not done."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Response

from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import InvalidError

Run = Callable[[Reader, Command], Awaitable[Handled | None]]
"""The use case of a form; None where the form is wrong."""
Shown = Callable[[int, FormState], Awaitable[Response[Any]]]
"""The page with this status, and what is wrong in this form."""


async def acted(
    page: Page, prefix: str, run: Run, shown: Shown, to: str, *, fields: Mapping[str, str] | None = None
) -> Response[Any]:
    """Reads the form whose fields begin with `prefix` and runs it; then `to`, or the page with what is wrong.

    `fields`: what a use case's names are called in the form.
    """
    signed_in(page)
    reader = await page.reader(prefix)
    by = await page.command(reader)
    try:
        done = await run(reader, by)
    except InvalidError as error:
        page.say_problems(error, reader.state, fields)
        done = None
    if done is None:
        return await shown(422, reader.state)
    if done.refused is not None:
        reader.state.errors[""] = page.sentence(done.refused)
        return await shown(409, reader.state)
    return page.to(to)
