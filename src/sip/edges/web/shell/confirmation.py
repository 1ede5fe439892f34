"""Which pages are for who has lately shown, by more than a password, who she is; and the page that asks her to.

The law of this file: free text and administration stand in one table of routes, as they are declared, for one page has
many addresses (capitals, doubled slashes); whether anything is asked for, and
how long it holds, is the installation's (`SIP_CONFIRM_MINUTES`; decision 0091).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Html, Page

_WHERE = re.compile(
    r"/(?:meetings|hands)/\{meeting_id\}(?:/|$)|/deviations/\{|/inbound/\{"  # what people wrote of somebody's matter
    r"|/accessibility/told(?:/|$)"  # and of the pages
    r"|/(?:users|directory|agreements|disposal)(?:/|$)"  # what decides who may do what, whom mail reaches, what goes
    r"|/audit(?:/|$)"  # and who looked at whom
)


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
