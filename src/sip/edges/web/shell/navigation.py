"""Where one can go from every page: the bar of the daily rooms, and under one's name the rest.

The law of this file: the bar is one line at 1280 px for every role (a test opens it as each), so what is not asked for
every day stands under the name. A role is shown what it may do, and nothing else.
"""

from dataclasses import dataclass

from sip.usecases.access import Act, has_role
from sip.usecases.actor import Actor


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place to go: the key of its word, its path, and whether one is there."""

    key: str
    href: str
    current: bool = False


_DECISIONS = "/decisions"
_Places = tuple[tuple[str, str, Act | None], ...]

_BAR: _Places = (
    ("page.nav.dashboard", "/", Act.READ_MEETINGS),
    ("page.nav.meetings", "/meetings", Act.READ_MEETINGS),
    ("our_unit.nav", "/our-unit", Act.SEE_OWN_UNIT),
    ("page.nav.deviations", "/deviations", Act.READ_DEVIATIONS),
    ("boards.nav", "/boards", Act.READ_AGENDA),
    ("told.nav", "/decisions", Act.READ_DECISIONS),
    ("page.nav.inbound", "/inbound", Act.READ_INBOUND),
    ("page.nav.directory", "/directory", Act.KEEP_DIRECTORY),
    ("audit.nav", "/audit", Act.AUDIT),
)
_OWN: _Places = (
    ("account.title", "/profile", None),
    ("feed.nav", "/feeds", None),
    ("told.nav", "/decisions", Act.READ_DECISIONS),
    ("groups.nav", "/groups", Act.READ_GROUPS),
    ("signals.title", "/signals", Act.WATCH_SIGNALS),
    ("statistics.nav", "/statistics", Act.READ_STATISTICS),
    ("annual.nav", "/annual-reports", Act.KEEP_ANNUAL_REPORT),
    ("agreement.nav", "/agreements", Act.KEEP_DIRECTORY),
    ("disposal.nav", "/disposal", Act.DISPOSE),
    ("webhooks.nav", "/webhooks", Act.KEEP_WEBHOOKS),
    ("users.nav", "/users", Act.KEEP_INSTALLATION),
    ("mail_preview.nav", "/mail-preview", Act.KEEP_DIRECTORY),
    ("help.nav", "/help", None),
)

_INSIDE = {
    "/hands": "/",
    "/matters": "/",
    "/units": "/meetings",
    "/meeting-patterns": "/meetings",
    "/counties": "/agreements",
    "/bookings": "/meetings",
}
"""Rooms that stand in no menu, and the one that they are entered from."""


def bar(actor: Actor, path: str) -> tuple[NavItem, ...]:
    """The daily rooms. Decisions are a daily room for who reads no agenda."""
    return _items(tuple(one for one in _BAR if one[1] != _DECISIONS or not _reads_agenda(actor)), actor, path)


def own(actor: Actor, path: str) -> tuple[NavItem, ...]:
    """What stands under one's name."""
    return _items(tuple(one for one in _OWN if one[1] != _DECISIONS or _reads_agenda(actor)), actor, path)


def _reads_agenda(actor: Actor) -> bool:
    return has_role(actor, Act.READ_AGENDA)


def _items(places: _Places, actor: Actor, path: str) -> tuple[NavItem, ...]:
    path = next((room for inside, room in _INSIDE.items() if path == inside or path.startswith(f"{inside}/")), path)
    return tuple(
        NavItem(key, href, path == href or (href != "/" and path.startswith(f"{href}/")))
        for key, href, act in places
        if act is None or has_role(actor, act)
    )
