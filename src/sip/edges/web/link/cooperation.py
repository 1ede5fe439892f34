"""One press behind a mailed link: the purpose was unclear, or the convener's side was a good example (rules, section 8
D6).

The law of this file: as in `mailed`: GET shows and never answers. Who presses speaks for the called unit.
"""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.deviation import Category
from sip.edges.web.link import mailed
from sip.edges.web.shell.page import Page
from sip.usecases import deviations
from sip.usecases.problems import ConflictError, InvalidError, NotFoundError
from sip.usecases.reading import links
from sip.usecases.reading.links import Opened

PRESSES = ("unclear", "good")


@post("/svar/{token:str}/samverkan", status_code=200)
async def press(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """What was pressed is a report, or a good example, of the called unit about the convener's side."""
    db = page.services.db
    opened = await links.open_link(db, token, page.now, acts=True, shows=False)
    if not isinstance(opened, Opened) or (convening := links.convening_of(opened)) is None:
        raise NotFoundError("link")
    reader = await page.reader("cooperation-")
    by = await page.command(reader, links.holder(opened.ref, None, opened.party))
    said = reader.one_of("said", PRESSES)
    try:
        if said == "good":
            done = await deviations.praise(db, opened.meeting.id, convening, "", by)
        elif said == "unclear":
            words = page.t("page.meeting.unclear_words")
            done = await deviations.raise_by_hand(
                db, opened.meeting.id, convening, (Category.COMMUNICATION,), words, by
            )  # fmt: skip
        else:
            return await mailed.again(page, token, reader.state, 422)
    except ConflictError:  # pressed twice, or said by another of the unit meanwhile: it stands on the page
        return page.to(f"/svar/{token}#cooperation")
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return await mailed.again(page, token, reader.state, 422)
    if done.refused is not None:
        reader.state.errors[""] = page.sentence(done.refused)
        return await mailed.again(page, token, reader.state, 409)
    return page.to(f"/svar/{token}#cooperation")
