"""Shared costs of an agreement and their yearly settlement, as a table (rules, section 17 J4)."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.bounds import NAME_MOST
from sip.domain.settlement import Cost, SettledPart
from sip.domain.worktime import local_day
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.session import signed_in
from sip.usecases import settlements
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import InvalidError

_FIRST, _LAST = 2000, 2100
_MOST = Decimal(10_000_000_000)


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One principal's line in words; `to` is pays, receives or even."""

    name: str
    days: int
    share: str
    bears: str
    paid: str
    balance: str
    to: str


@get("/agreements/{agreement_id:uuid}/settlement")
async def settlement(page: NamedDependency[Page], agreement_id: FromPath[UUID]) -> Response[Any]:
    """Of the year that ?year names, else this one."""
    return await _show(page, agreement_id, _asked(page.request.query_params.get("year", ""), page))


def _asked(text: str, page: Page) -> int:
    known = text.isascii() and text.isdigit() and len(text) == 4 and _FIRST <= int(text) <= _LAST
    return int(text) if known else local_day(page.now).year


async def _show(
    page: Page, agreement_id: UUID, year: int, state: FormState | None = None, status: int = 200
) -> Response[Any]:
    found = await settlements.read(
        page.services.db, agreement_id, year, actor=signed_in(page).actor, now=page.now
    )  # fmt: skip
    theirs = {key for key, _ in found.payers}
    return page.html(
        "settlement.html",
        status=status,
        one=found.agreement,
        year=year,
        years=sorted({*found.years, local_day(page.now).year, local_day(page.now).year - 1}, reverse=True),
        costs=[(cost, found.names.get(cost.principal_id, "–"), _money(page, cost.ore), cost.principal_id in theirs)
               for cost in found.costs],
        total=_money(page, sum(cost.ore for cost in found.costs)),
        lines=[_line(page, line) for line in found.lines],
        payers=sorted_pairs([(str(key), name) for key, name in found.payers]),
        f=state or FormState(),
    )  # fmt: skip


def _line(page: Page, line: SettledPart) -> SettlementLine:
    balance = line.balance
    to = "pays" if balance > 0 else "receives" if balance < 0 else "even"
    share = f"{float(line.share * 100):.1f}".rstrip("0").rstrip(".")
    return SettlementLine(
        line.bearer.name, line.bearer.days, share.replace(".", ",") if page.phrases.language == "sv" else share,
        _money(page, line.bears), _money(page, line.paid), _money(page, abs(balance)), to,
    )  # fmt: skip


def _money(page: Page, ore: int) -> str:
    """12 345,50 kr in Swedish, SEK 12,345.50 in English; the spaces do not break."""
    kronor, rest = divmod(ore, 100)
    if page.phrases.language == "sv":
        return f"{kronor:,}".replace(",", "\u00a0") + f",{rest:02}\u00a0kr"
    return f"SEK\u00a0{kronor:,}.{rest:02}"


@post("/agreements/{agreement_id:uuid}/settlement", status_code=200)
async def add(page: NamedDependency[Page], agreement_id: FromPath[UUID]) -> Response[Any]:
    """A cost that a principal has paid for all."""
    reader, actor = await page.reader(), signed_in(page).actor
    year = _asked(reader.text("year", most=4), page)
    cost = _read(reader, agreement_id, year, f"{actor.id}/{reader.state.value('nonce')[:64] or page.now}")
    if cost is None:
        return await _show(page, agreement_id, year, reader.state, 422)
    try:
        await settlements.add(page.services.db, cost, actor=actor, now=page.now)
    except InvalidError:
        reader.wrong("what", "register.number_refused")
        return await _show(page, agreement_id, year, reader.state, 422)
    return page.to(f"/agreements/{agreement_id}/settlement?year={year}")


def _read(reader: Reader, agreement_id: UUID, year: int, nonce: str) -> Cost | None:
    principal, what = reader.uuid("principal", required=True), reader.text("what", required=True, most=NAME_MOST)
    ore = _ore(reader.text("amount", required=True, most=20))
    if ore is None:
        reader.wrong("amount", "register.settlement.amount_wrong")
    if not reader.right or principal is None or ore is None:
        return None
    return Cost(uuid5(NAMESPACE, f"shared-cost/{nonce}"), agreement_id, year, principal, what, ore)


def _ore(text: str) -> int | None:
    """Kronor with at most two decimals, written 12 345,50 or 12345.50, as öre."""
    plain = "".join(text.split()).replace("kr", "").replace(",", ".")
    if not plain or any(sign not in "0123456789." for sign in plain):
        return None
    try:
        kronor = Decimal(plain)
    except InvalidOperation:
        return None
    ore = kronor * 100
    return int(ore) if 0 < kronor <= _MOST and ore == int(ore) else None


@post("/agreements/{agreement_id:uuid}/settlement/{cost_id:uuid}", status_code=200)
async def drop(page: NamedDependency[Page], agreement_id: FromPath[UUID], cost_id: FromPath[UUID]) -> Response[Any]:
    """A cost that was noted by mistake is taken away."""
    await page.reader()
    year = await settlements.drop(
        page.services.db, agreement_id, cost_id, actor=signed_in(page).actor, now=page.now
    )  # fmt: skip
    return page.to(f"/agreements/{agreement_id}/settlement?year={year}")
