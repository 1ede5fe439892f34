"""A user keeps searches of the list of meetings for herself, and lets them go."""

from uuid import UUID, uuid5

from sip.domain.bounds import name_fits
from sip.store import saved_views
from sip.store.db import Database
from sip.store.saved_views import SavedView
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor
from sip.usecases.problems import FieldProblem, InvalidError, refuse_texts

LONGEST = 1000
"""Characters of a search."""


async def keep(db: Database, name: str, query: str, *, actor: Actor) -> None:
    """Keeps it under this name, in place of one that has it. Raises ForbiddenError, and InvalidError for a name that
    cannot be, a search that is too long, or one too many."""
    require_role(actor, Act.READ_MEETINGS)
    refuse_texts({"name": name})
    if not name.strip() or not name_fits(name):
        raise InvalidError([FieldProblem("name", "form_words.required")])
    if len(query) > LONGEST:
        raise InvalidError([FieldProblem("name", "form_words.too_long")])
    user = UUID(actor.id)
    view = SavedView(uuid5(user, f"view/{name}"), name.strip(), query)
    async with db.transaction(actor) as conn:
        kept = await saved_views.keep(conn, user, view)
    if not kept:
        raise InvalidError([FieldProblem("name", "meetings.too_many_views")])


async def remove(db: Database, view_id: UUID, *, actor: Actor) -> None:
    """It is gone, if it was hers."""
    async with db.transaction(actor) as conn:
        await saved_views.remove(conn, UUID(actor.id), view_id)
