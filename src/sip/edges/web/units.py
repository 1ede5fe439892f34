"""A field in which a unit is chosen: what stands in it becomes a unit, and what it shows while somebody types.

The law of this file: without script it is a search. A word or two is sent with the form; one unit that fits is taken,
several come back as choices beside the field, none is an error. Script only shows the same units while one types.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import sort_key
from sip.edges.web.shell.session import signed_in
from sip.store.seen.units import FEW, UnitFound
from sip.usecases.reading import units as reading

CHOSEN = "_chosen"
MOST = 200
"""Letters of a search that are looked at."""


@get("/units/search")
async def search(page: NamedDependency[Page]) -> Response[Any]:
    """A few units in which the words of `q` stand, of the principal `of` where it is given: options of a list."""
    visitor = signed_in(page)
    text, of = page.request.query_params.get("q", "")[:MOST], page.request.query_params.get("of", "")
    found = await reading.search(page.services.db, text, principal=uuid_of(of), actor=visitor.actor, now=page.now)
    return options(page, found, text)


def options(page: Page, found: list[UnitFound], text: str) -> Response[Any]:
    """Units found by a text, as options of a list."""
    return page.html("unit_options.html", headers={"cache-control": "no-store"}, units=_sorted(found), text=text)


def _sorted(found: list[UnitFound]) -> list[tuple[str, UnitFound]]:
    """With the label of each: the longer one where two would read alike."""
    labels = [one.label for one in found]
    return [(one.whole_label if labels.count(one.label) > 1 else one.label, one) for one in found]


def uuid_of(text: str) -> UUID | None:
    """The id that a text is, None for any other."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


Search = Callable[[str], Awaitable[list[UnitFound]]]
"""A few units in which the words of a text stand."""


async def read(
    page: Page,
    reader: Reader,
    name: str,
    *,
    required: bool = False,
    principal: UUID | None = None,
    search: Search | None = None,
) -> UUID | None:
    """The unit that stands in the field `name`: by its id, its label, its HSA-id or the only one that fits, among those
    of the principal, for who is signed in, or among what `search` finds.

    Where several fit they are put among the state's choices, which the field shows; None then, with what to do.
    """
    text = reader.text(name, required=required, most=MOST)
    if not text:
        return None
    if (known := uuid_of(text)) is not None:
        return known
    if search is None:
        actor, db = signed_in(page).actor, page.services.db
        found = await reading.search(db, text, principal=principal, actor=actor, now=page.now)
    else:
        found = await search(text)
    one = meant(found, text, uuid_of(reader.state.value(f"{name}{CHOSEN}")))
    if one is not None:
        return one.id
    if not found:
        reader.wrong(name, "unit_field.none")
        return None
    pairs = [(str(one.id), one.whole_label) for one in found]
    reader.state.choices[name] = sorted(pairs, key=lambda pair: sort_key(pair[1]))
    reader.wrong(name, "unit_field.many" if len(found) >= FEW else "unit_field.several")
    return None


def meant(found: Sequence[UnitFound], text: str, chosen: UUID | None = None) -> UnitFound | None:
    """Which of the units found by a text is meant: the chosen one, else the only one that is called so, or that there
    is; None where several may be. What was chosen for another text is not among them.
    """
    folded = text.casefold()
    for called in (
        [one for one in found if one.id == chosen],
        [one for one in found if folded in (one.whole_label.casefold(), (one.hsa_id or "").casefold())],
        [one for one in found if folded in (one.label.casefold(), one.name.casefold())],
        found,
    ):
        if len(called) == 1:
            return called[0]
    return None
