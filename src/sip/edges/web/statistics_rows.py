"""What a figure of the statistics was counted from: its rows, as many as the figure says, for who may see each of them.

The law of this file: it leads to what may be opened, and says of the rest that it counts.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from sip.domain.figures import FIGURES, Subject, figure
from sip.domain.worktime import local_day
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.edges.web.statistics import words_of, year_of
from sip.store.seen.counted import PAGE, CountedQuery
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import statistics as reading

_MOST = 5000
"""Pages of a list."""


@get("/statistics/rows")
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """The rows of one figure in one year, of one row of a breakdown or of all."""
    actor = signed_in(page).actor
    query, what = _asked(page)
    found = await reading.rows(page.services.db, query, actor=actor, now=page.now)
    return page.html(
        "statistics_rows.html", query=query, what=what, found=found, reports=query.subject not in _OF_MEETINGS,
        said=page.t(f"statistics.figure.{what}"),
        of=words_of(page, found.principals, query.year, query.by, query.key) if query.by else None,
        before=_page(query, what, -1) if query.page else None,
        after=_page(query, what, 1) if (query.page + 1) * PAGE < (found.count or 0) else None,
    )  # fmt: skip


_OF_MEETINGS = (Subject.MEETINGS, Subject.CALLED)


def _asked(page: Page) -> tuple[CountedQuery, str]:
    """What the address asks for. Raises NotFoundError for a figure or a row that there is none of."""
    given = page.request.query_params
    what, by, key, said = (given.get(name, "")[:200] for name in ("what", "by", "key", "page"))
    at = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0
    try:
        subject, n = figure(what)
        if by == "principal":
            UUID(key)
        if by == "month" and int(key) not in range(1, 13):
            raise NotFoundError("statistics")
    except (KeyError, ValueError) as error:
        raise NotFoundError("statistics") from error
    year = year_of(given.get("year"), local_day(page.now).year)
    return CountedQuery(year, subject, n, by, key.replace("\x00", ""), min(at, _MOST)), FIGURES[subject][n].name


def _page(query: CountedQuery, what: str, step: int) -> str:
    narrowed = {"by": query.by, "key": query.key} if query.by else {}
    return f"/statistics/rows?{urlencode({'year': query.year, 'what': what, **narrowed, 'page': query.page + step})}"
