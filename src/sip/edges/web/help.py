"""What each role sees, and what is expected of it: one page, the reader's own role first."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from sip.domain.people import Role
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in

GROUPS = ("convener", "coordinator", "unit", "chair", "board_member", "administrator", "auditor")
"""The texts that there are: roles of a unit share one."""


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
    return page.html("help.html", group=group, role=role, own=group == group_of(role), groups=GROUPS)
