"""The fields of a role that is given to a user or a key: which, where in the directory, from and to which day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sip.domain.people import Role
from sip.edges.web.directory.listed import words_of
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import sort_key
from sip.edges.web.shell.session import signed_in
from sip.store.seen.unit_search import UnitQuery
from sip.usecases.accounts import RoleWanted
from sip.usecases.directory.keeping import PartKind
from sip.usecases.reading import place_pages, unit_pages
from sip.usecases.users import EVERYWHERE

KINDS: Sequence[PartKind] = ("unit", "organisation", "principal")
WHOLE = "everywhere"
_MOST = 20


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place that the role may be held in: its value in the form, its name, and what it belongs to."""

    value: str
    name: str
    more: str


async def context(page: Page, state: FormState) -> dict[str, Any]:
    """What the fields need: the roles, and the places found by the words that were filled in."""
    return {
        "roles": [(role, page.t(f"role.{role}")) for role in Role],
        "places": await _places(page, state),
        "looked": bool(words_of(state.value("words"))),
    }


async def _places(page: Page, state: FormState) -> list[PlaceChoice]:
    words, actor, db = words_of(state.value("words")), signed_in(page).actor, page.services.db
    principals, organisations = await place_pages.places(db, actor=actor, now=page.now)
    names = {one.id: one.name for one in principals}
    everything = [
        *(PlaceChoice(f"principal:{one.id}", one.name, page.t("directory.principal")) for one in principals),
        *(PlaceChoice(f"organisation:{one.id}", one.name, names.get(one.principal_id, "")) for one in organisations),
    ]
    found = []
    if words:
        folded = [word.lower() for word in words]
        found = [one for one in everything if all(word in f"{one.name} {one.more}".lower() for word in folded)]
        found.sort(key=lambda one: sort_key(one.name))
        read = await unit_pages.units(db, UnitQuery(words), None, unverified=False, actor=actor, now=page.now)
        found += [
            PlaceChoice(f"unit:{one.id}", one.name, f"{one.organisation}, {one.principal}") for one in read.found.units
        ]
    return found[:_MOST]


def read(reader: Reader) -> RoleWanted | None:
    """The role that was filled in; None when something is missing, which is said beside its field."""
    role = reader.choice("role", Role, required=True)
    first, last = reader.day("from"), reader.day("to")
    if first is not None and last is not None and last < first:
        reader.wrong("to", "directory.form.days_order")
    text = reader.text("place", most=60)
    kind, place = _place(text)
    if not text or (text != WHOLE and place is None):
        reader.wrong("place", "users.form.where")
    if text == WHOLE and role is not None and role not in EVERYWHERE:
        reader.wrong("place", "users.form.needs_place")
    if not reader.right or role is None:
        return None
    return RoleWanted(role, kind, place, first, last)


def _place(text: str) -> tuple[PartKind | None, UUID | None]:
    said, _, identity = text.partition(":")
    kind = next((one for one in KINDS if one == said), None)
    try:
        return (kind, UUID(identity)) if kind else (None, None)
    except ValueError:
        return None, None
