"""An agreement tried on a year that is kept: asked for with a press, worked on elsewhere, shown when it is done.

The law of this file: a request waits for no replay. What is shown is kept, and says what it cannot know.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from babel.numbers import format_decimal
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agreement import Agreement
from sip.domain.replay import BEFORE, MAILS, OF_REPORTS, STEPS, ReplayResult, Spread
from sip.domain.worktime import FIRST_YEAR, local_day
from sip.edges.charts import FULL, CountOf, FigureLine
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import agreements, replays
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import ConflictError, NotFoundError

_PARTS = (("steps", STEPS), ("before", BEFORE), ("mails", MAILS), ("reports", OF_REPORTS))
_DRAWN = ("steps", "mails")


@dataclass(frozen=True, slots=True)
class ReplayPart:
    """Some figures as a table, and as a chart where `drawn`."""

    name: str
    lines: tuple[FigureLine, ...]
    drawn: bool


def years(page: Page) -> range:
    """The years that can be tried, this one first."""
    this = local_day(page.now).year
    return range(this, max(FIRST_YEAR, this - 5), -1)


async def start(page: Page, agreement: Agreement, year: str, area: str, nonce: str) -> Response[Any]:
    """Keeps the trial for a worker, and shows how far it is."""
    actor = signed_in(page).actor
    replay_id = uuid5(NAMESPACE, f"replay/{actor.id}/{nonce[:64] or page.now}")
    wanted = int(year) if year.isdecimal() and len(year) == 4 else 0
    try:
        await replays.ask(page.services.db, replay_id, agreement, wanted, area or None, actor=actor, now=page.now)
    except ConflictError:
        return page.html("replay.html", status=409, row=None, name=agreement.name)
    return page.to(f"/agreements/replays/{replay_id}")


@post("/agreements/{agreement_id:uuid}/{version:int}/replays")
async def ask(page: NamedDependency[Page], agreement_id: FromPath[UUID], version: FromPath[int]) -> Response[Any]:
    """A version that is kept is tried on a year."""
    actor = signed_in(page).actor
    replays.require_keeper(actor)
    read, reader = await agreements.read(page.services.db, actor=actor, now=page.now), await page.reader()
    found = [one for one in read.of(agreement_id) if one.version == version]
    if not found:
        raise NotFoundError("agreement")
    said = reader.state.value
    return await start(page, found[0], said("year"), said("area"), said("nonce"))


@get("/agreements/replays/{replay_id:uuid}")
async def show(page: NamedDependency[Page], replay_id: FromPath[UUID]) -> Response[Any]:
    """How far it is, or what came of it."""
    found = await replays.read(page.services.db, replay_id, actor=signed_in(page).actor, now=page.now)
    result = found.row.result
    return page.html(
        "replay.html",
        row=found.row,
        result=result,
        parts=[] if result is None else [_part(page, result, name, names) for name, names in _PARTS],
        spreads=[] if result is None else _spreads(page, result),
        units=[] if result is None else [(found.units.get(unit, "–"), was, would) for unit, was, would in result.units],
        called=(0, 0) if result is None else result.figures["parties"],
    )


def _part(page: Page, result: ReplayResult, name: str, names: tuple[str, ...]) -> ReplayPart:
    """What was tried is the solid bar, what really was the striped one."""
    pairs = [(one, *result.figures[one]) for one in names]
    most = max((count for _, was, would in pairs for count in (was, would)), default=0) or 1
    lines = tuple(
        FigureLine(
            page.t(f"replay.figure.{one}"), CountOf(would, None), CountOf(was, None),
            bar=round(FULL * would / most), bar_before=round(FULL * was / most),
        )
        for one, was, would in pairs
    )  # fmt: skip
    return ReplayPart(name, lines, name in _DRAWN)


def _spreads(page: Page, result: ReplayResult) -> list[tuple[str, str, str]]:
    def told(one: Spread) -> str:
        mean = format_decimal(round(one.mean, 1), locale="sv_SE" if page.phrases.language == "sv" else "en_GB")
        return page.t("replay.per", mean=mean, of=one.of, most=one.most)

    units, managers = result.by_unit, result.by_manager
    return [
        (page.t("replay.per_unit"), told(units[0]), told(units[1])),
        (page.t("replay.per_manager"), told(managers[0]), told(managers[1])),
    ]
