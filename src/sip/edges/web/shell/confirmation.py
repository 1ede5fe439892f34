"""Which pages are for who has lately shown, by more than a password, who she is; and the page that asks her to.

The law of this file: free text and administration stand in one table of routes, as they are declared, for one page has
many addresses (capitals, doubled slashes); whether anything is asked for, and how long it holds, is the installation's
(`SIP_CONFIRM_MINUTES`; decision 0091). What is of a protected meeting is asked for in any installation (decision 0093).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Html, Page
from sip.store.seen.matters import Thing

_WHERE = re.compile(
    r"/(?:meetings|hands)/\{meeting_id\}(?:/|$)|/deviations/\{|/inbound/\{"  # what people wrote of somebody's matter
    r"|/accessibility/told(?:/|$)"  # and of the pages
    r"|/matters$"  # what is protected
    # what decides who may do what, whom mail reaches, what binds whom, and what goes
    r"|/(?:users|directory|agreements|counties|disposal)(?:/|$)|/our-unit/mailboxes$"
    r"|/audit(?:/|$)"  # and who looked at whom
)


MATTERS = "/matters"
"""Where protected meetings are listed: one page alone."""

PROTECTED_MINUTES = 15
"""How long a confirmation opens what is protected at most."""

_THINGS: tuple[tuple[str, Thing, str], ...] = (
    ("/meetings/new/{sketch_id", "sketch", "sketch_id"),
    ("/meetings/{meeting_id", "meeting", "meeting_id"),
    ("/hands/{meeting_id", "meeting", "meeting_id"),
    ("/deviations/{report_id", "deviation", "report_id"),
    ("/inbound/{number", "inbound", "number"),
)


def thing_of(template: str, given: Mapping[str, Any], asked: Mapping[str, str]) -> tuple[Thing, UUID | int] | None:
    """What a route is about that may be of a protected meeting, by its template, parameters and query; None for what
    never is.
    """
    for begins, thing, name in _THINGS:
        if template.startswith(begins):
            return (thing, given[name]) if isinstance(given.get(name), UUID | int) else None
    try:
        return ("meeting", UUID(asked["meeting"])) if template == "/inbound" and "meeting" in asked else None
    except ValueError:
        return None


def is_asked(template: str) -> bool:
    """Whether the route with this template (`/meetings/{meeting_id}`) is for who has confirmed who she is."""
    return _WHERE.match(template) is not None


@dataclass(frozen=True, slots=True)
class WaysToConfirm:
    """How she can: by a code, and at these providers."""

    code: bool
    providers: tuple[str, ...]


class ConfirmationWanted(Exception):  # noqa: N818 - a step on the way, no error
    """Nothing is done or shown before she has confirmed. `bound_to`: what forms of her session are bound to."""

    def __init__(self, ways: WaysToConfirm, bound_to: str, language: str) -> None:
        super().__init__()
        self.ways, self.bound_to, self.language = ways, bound_to, language


def form(
    page: Page, ways: WaysToConfirm, state: FormState, following: str, carried: Mapping[str, str], status: int = 200
) -> Html:
    """The page that asks, with what was typed in hidden fields."""
    known = page.services.settings.sign_in_providers
    offered = [one for one in known if one.name in ways.providers and one.confirming_acr]
    return page.html(
        "confirm.html", status=status, form=state, code=ways.code, providers=offered, next=following, carried=carried
    )
