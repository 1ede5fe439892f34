"""Moving a called meeting: what it does is said first, and then it is done.

The law of this file: the first press changes nothing. What it says is computed by the rules (`domain/foreseeing`).
"""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.decision import Refused
from sip.domain.events import Moved
from sip.edges.web.meeting import consequences, layout, schedule_form
from sip.edges.web.meeting.acts import FIELDS, seen
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import meetings
from sip.usecases.problems import InvalidError
from sip.usecases.reading import meetings as reading

_NAMES = ("nonce", "day", "from", "to", "form", "place_kind", "place_unit", "place_room", "place_video", "place_phone")


@post("/meetings/{meeting_id:uuid}/move", status_code=200)
async def look(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """What moving there would do, with the button that does it; or the form again, to change it."""
    actor = signed_in(page).actor
    reader = await page.reader(layout.prefix_of("move"))
    meeting = await seen(page, meeting_id)
    found = schedule_form.read(reader)
    if found is None:
        return await layout.render(page, meeting_id, status=422, failed=reader.state, what="move")
    if reader.state.value("again"):
        return await layout.render(page, meeting_id, failed=reader.state, what="move")
    wanted = Moved(found.start, found.end, found.form, found.place)
    try:
        meetings.check_move(wanted)
    except InvalidError as error:
        page.say_problems(error, reader.state, FIELDS)
        return await layout.render(page, meeting_id, status=422, failed=reader.state, what="move")
    foreseen = await reading.foresee(page.services.db, meeting_id, wanted, actor=actor, now=page.now)
    if isinstance(foreseen, Refused):
        reader.state.errors[""] = page.sentence(foreseen)
        return await layout.render(page, meeting_id, status=409, failed=reader.state, what="move")
    fields = {name: reader.state.value(name) for name in _NAMES if reader.state.value(name)}
    return page.html(
        "move.html", meeting=meeting, wanted=found, lines=consequences.lines(foreseen, page.phrases), fields=fields,
        version=reader.whole("version") or 0,
    )  # fmt: skip
