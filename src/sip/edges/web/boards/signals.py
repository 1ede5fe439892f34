"""What suggests that failures are more than one failure: shown, and put before a board by a press."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.domain.agenda import ItemPurpose, ItemSource, board_of
from sip.domain.systemic import Roundabout, Signal, SignalKind
from sip.edges.web.boards.start import LONGEST, name_of
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.edges.web.units import uuid_of
from sip.usecases import agenda
from sip.usecases.access import Act, require_role
from sip.usecases.agenda import ItemForm
from sip.usecases.problems import InvalidError
from sip.usecases.reading import signals as reading
from sip.usecases.reading.signals import SignalsRead, SuggestionRead


@get("/signals")
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """All that is suggested to the visitor."""
    return await _render(page)


async def _render(page: Page, *, status: int = 200, failed: FormState | None = None) -> Response[Any]:
    visitor = signed_in(page)
    found = await reading.page(page.services.db, actor=visitor.actor, now=page.now)

    def state(prefix: str, title: str) -> FormState:
        if failed is not None and failed.prefix == prefix:
            return failed
        return FormState({"title": title}, {}, prefix)

    return page.html(
        "signals.html",
        status=status,
        found=found,
        failed=failed,
        keeps=visitor.may(Act.KEEP_AGENDA),
        opens=visitor.may(Act.READ_MEETINGS),
        board=lambda group: name_of(page, group),
        what=lambda one: what(page, one.found.signal, found),
        form=lambda n, one: state(f"signal-{n}-", title_of(page, one, found)),
        form_round=lambda n, one: state(f"round-{n}-", page.t("signals.round_title")),
    )


def what(page: Page, signal: Signal, found: SignalsRead) -> str:
    """What is the same in the reports, as a sentence."""
    other = "" if signal.other_unit_id is None else found.names.get(signal.other_unit_id, "")
    table = {SignalKind.CAUSE: "cause", SignalKind.CATEGORY: "category"}.get(signal.kind)
    word = "" if table is None else page.t(f"{table}.{signal.word}")
    word = word if word[1:2].isupper() else f"{word[:1].lower()}{word[1:]}"
    return page.t(f"signals.kind.{signal.kind}", word=word, other=other)


def title_of(page: Page, one: SuggestionRead, found: SignalsRead) -> str:
    """What the question would be called."""
    unit = found.names.get(one.found.signal.unit_id, "")
    return f"{unit}: {what(page, one.found.signal, found)}"


@post("/signals", status_code=200)
async def put(page: NamedDependency[Page]) -> Response[Any]:
    """A suggestion put before its board, with its reports and what was counted; the reader gave it its words."""
    visitor, first = signed_in(page), await page.reader()
    require_role(visitor.actor, Act.KEEP_AGENDA)  # before anything is said of the suggestion
    found = await reading.page(page.services.db, actor=visitor.actor, now=page.now)
    reader = await page.reader(f"{first.state.value('which')[:20]}-")
    title, text = reader.text("title", required=True, most=LONGEST), reader.text("text")
    one = _meant(first, found)
    if one is None:
        reader.wrong("", "signals.gone")
        return await _render(page, status=409, failed=reader.state)
    by = await page.command(reader)
    group = board_of(first.text("area", most=LONGEST) or None) if isinstance(one, Roundabout) else one.group
    if reader.right:
        try:
            done = await agenda.put(page.services.db, group, _form(one, title, text), by)
        except InvalidError as error:
            page.say_problems(error, reader.state)
        else:
            if done.refused is None:
                return page.to(f"/boards/items/{agenda.item_id(by)}")
            reader.state.errors[""] = page.sentence(done.refused)
    return await _render(page, status=422, failed=reader.state)


def _form(one: SuggestionRead | Roundabout, title: str, text: str) -> ItemForm:
    """Of a case that goes round, no case is named."""
    if isinstance(one, Roundabout):
        return ItemForm(title, text, ItemPurpose.DISCUSSION, source=ItemSource.ROUNDABOUT)
    found = one.found
    return ItemForm(title, text, ItemPurpose.DISCUSSION, None, ItemSource.SYSTEMIC, found.signal, found.reports)


def _meant(reader: Reader, found: SignalsRead) -> SuggestionRead | Roundabout | None:
    """The suggestion that the form names, if it stands out still."""
    case = uuid_of(reader.state.value("case"))
    if case is not None:
        return next((one for one in found.roundabouts if one.case_id == case), None)
    wanted = _key(reader.state.value("kind"), uuid_of(reader.state.value("unit")), reader.state.value("word"),
                  uuid_of(reader.state.value("other")))  # fmt: skip
    return next((one for one in found.suggestions if _key_of(one.found.signal) == wanted), None)


def _key(kind: str, unit: UUID | None, word: str, other: UUID | None) -> tuple[str, UUID | None, str, UUID | None]:
    return kind, unit, word, other


def _key_of(signal: Signal) -> tuple[str, UUID | None, str, UUID | None]:
    return _key(signal.kind, signal.unit_id, signal.word or "", signal.other_unit_id)
