"""Whose rows a list shows: the actor's scope, as the store knows it."""

from sip.store.seen.dashboard import Scope
from sip.store.seen.lists import Within, scope_of
from sip.usecases.access import everywhere
from sip.usecases.actor import Actor


def within(actor: Actor) -> Within:
    """The actor's scope, as lists know it."""
    return scope_of(actor.unit_id, actor.organisation_id, actor.principal_id)


def shown_to(actor: Actor) -> Scope:
    """The actor's scope, as the pages' lists know it."""
    return Scope(everywhere(actor), actor.unit_id, actor.organisation_id, actor.principal_id)


def sees_lists(actor: Actor) -> bool:
    """Without a scope only those see anything whose scope is everything."""
    bare = actor.unit_id is None and actor.organisation_id is None and actor.principal_id is None
    return not bare or everywhere(actor)
