"""Two versions of an agreement side by side, in words (rules, section 17)."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agreement import Agreement
from sip.edges.web.register.provisions import side_by_side
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import agreements
from sip.usecases.problems import NotFoundError


@get("/agreements/{agreement_id:uuid}/compare")
async def compare(page: NamedDependency[Page], agreement_id: FromPath[UUID]) -> Response[Any]:
    """Those that ?left and ?right name; without them the two latest."""
    read = await agreements.read(page.services.db, actor=signed_in(page).actor, now=page.now)
    versions = read.of(agreement_id)
    if not versions:
        raise NotFoundError("agreement")
    left = _named(page, versions, "left") or versions[-2 if len(versions) > 1 else -1]
    right = _named(page, versions, "right") or versions[-1]
    pairs = side_by_side(page.phrases, left, right, read.principals)
    return page.html(
        "compare.html",
        versions=[(str(one.version), page.t("agreement.version", n=one.version)) for one in versions],
        left=left,
        right=right,
        differ=[pair for pair in pairs if pair.differs],
        alike=[pair for pair in pairs if not pair.differs],
    )


def _named(page: Page, versions: tuple[Agreement, ...], side: str) -> Agreement | None:
    asked = page.request.query_params.get(side, "")
    return next((one for one in versions if str(one.version) == asked), None)
