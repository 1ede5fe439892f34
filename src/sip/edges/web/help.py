"""What each role sees, and what is expected of it: one page, the reader's own role first.

The law of this file: no figure that an agreement may set stands in the texts; each comes from what binds the reader's
own place today, in the agreement's own sentences (`register.provisions`).
"""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from sip.domain.agreement import Agreement
from sip.domain.people import Role
from sip.edges.web.register.provisions import figures_of
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.agreements import of_reader

GROUPS = ("convener", "coordinator", "unit", "chair", "board_member", "administrator", "auditor")
"""The texts that there are: roles of a unit share one."""


_STEPS = ("reminder", "watchers", "manager", "head")
FIGURES: Mapping[str, tuple[str, ...]] = {
    "convener": ("automatic", *_STEPS, "question", "redirect_hops", "substitutes_most"),
    "coordinator": (*_STEPS, "question", "automatic", "hearing"),
    "unit": (*_STEPS, "substitutes_most", "redirect_hops", "automatic", "hearing", "answer"),
    "chair": ("automatic", "hearing"),
    "board_member": ("automatic", "hearing", "answer"),
    "administrator": (*_STEPS, "verified"),
    "auditor": (),
}
"""Which provisions a role's text leans on."""
MOST_SHOWN = 3
"""Agreements in force whose figures are shown; of more (a whole county's) none, for then no figure is the reader's."""


def group_of(role: Role) -> str:
    """Which text a role reads."""
    return role.value if role.value in GROUPS else "unit"


@get("/help")
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """One's own role, or with ?role the text of another."""
    role = signed_in(page).actor.role
    assert role is not None
    asked = page.request.query_params.get("role", "")
    group = asked if asked in GROUPS else group_of(role)
    agreements: list[tuple[Agreement, list[str]]] = []
    if FIGURES[group]:
        found = await of_reader(page.services.db, actor=signed_in(page).actor, now=page.now)
        agreements = [(one, figures_of(page.phrases, one, FIGURES[group])) for one in found]
    return page.html(
        "help.html",
        group=group,
        role=role,
        own=group == group_of(role),
        groups=GROUPS,
        leans=bool(FIGURES[group]),
        agreements=agreements,
        shown=agreements if len(agreements) <= MOST_SHOWN else [],
    )
