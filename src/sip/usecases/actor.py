"""Who acts: a user with unit and role, an API key, mail evidence, the engine, or a part of the service.

The law of this file: no transaction begins without one of these (`Database.transaction`), so that what a transaction
may see can follow from who opened it. An `Actor` can be journalled and judged by `access`; a `ServicePart` cannot: it
works before anybody is known, or for everybody, and what it does is nobody's act.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

import msgspec

from sip.domain.people import Role
from sip.store import wall
from sip.store.aggregates.journal import ActorColumns
from sip.store.db import View
from sip.store.seen.scope import EVERYTHING, NOTHING, SERVICE, Scope, ScopeKind, narrowest


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    MAIL = "mail"
    ENGINE = "engine"


WITHOUT_PLACE = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.BOARD_MEMBER, Role.AUDITOR})
"""Roles that are held for the whole installation where no place is given; any other then sees nothing."""


HEADS_OF_A_UNIT = frozenset({Role.UNIT_MANAGER, Role.DEPUTY, Role.HEAD_OF_OPERATIONS})
"""Held in a unit they see its protected meetings, and name who else may (rules, section 13)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf a transaction works. `id` is a user's, a key's or an address; unit and role are those
    acted in.
    """

    kind: ActorKind
    id: str | None = None
    name: str | None = None
    unit_id: UUID | None = None
    role: Role | None = None
    organisation_id: UUID | None = None
    principal_id: UUID | None = None
    setting: str = field(init=False, repr=False, compare=False)
    """What `sip.actor` is in her transactions."""
    scope: Scope = field(init=False, repr=False, compare=False)
    """Whose rows are in view; no other place makes a scope of an actor.

    The narrowest part of what she has counts. Without any, it is everything for a key and for some roles, else nothing.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", self._scope())
        said = {name: value for name in _SAID if (value := getattr(self, name)) is not None}
        object.__setattr__(self, "setting", msgspec.json.encode(said).decode())

    def _scope(self) -> Scope:
        if self.kind in (ActorKind.MAIL, ActorKind.ENGINE):
            return SERVICE
        board, audits = self.role is Role.BOARD_MEMBER, self.role is Role.AUDITOR
        placed = narrowest(self.unit_id, self.organisation_id, self.principal_id)
        if placed is not None:
            heads = placed.kind is ScopeKind.UNIT and self.kind is ActorKind.USER and self.role in HEADS_OF_A_UNIT
            return replace(placed, board=board, audits=audits, heads=heads)
        if self.kind is ActorKind.API_KEY or self.role in WITHOUT_PLACE:
            return replace(EVERYTHING, board=board, audits=audits, hearings=self.role is Role.ADMINISTRATOR)
        return NOTHING

    @property
    def view(self) -> View:
        """What row-level security reads in her transactions (`Database.transaction`)."""
        place = "" if self.scope.place is None else str(self.scope.place)
        return View(sees=self.scope.word, kind=self.scope.kind, place=place, who=self.id or "")

    def columns(self) -> ActorColumns:
        return ActorColumns(self.kind, self.id, self.name, self.unit_id, self.role)


def by_mail(actor: Actor) -> bool:
    """Whether somebody acts by a mail, or by a link in one: her scope says nothing of her unit."""
    return actor.kind is ActorKind.MAIL


def user_of(actor: Actor) -> UUID | None:
    """The id of the user that the actor is; None for a key, the engine, mail, and who runs the service."""
    if actor.kind is not ActorKind.USER or actor.id is None:
        return None
    try:
        return UUID(actor.id)
    except ValueError:
        return None


_SAID = ("kind", "id", "name", "unit_id", "role", "organisation_id", "principal_id")
ENGINE = Actor(ActorKind.ENGINE, name="SIP")
"""What happens by itself: what is due, mail on its way, results told to meetings, what a morning begins."""

OPERATOR = Actor(ActorKind.USER, "command line", "command line", role=Role.ADMINISTRATOR)
"""Who runs the service, at the command line of its machine: everything, as an administrator without a scope."""

ASKING = Actor(ActorKind.USER, "command line", "command line", role=Role.AUDITOR)
"""Who asks at the command line on an auditor's behalf, of the whole installation (decision 0097)."""


class ServicePart(StrEnum):
    """The parts of the service that open transactions of their own. `setting` and `view` as an actor's."""

    setting: str
    view: View

    def __new__(cls, name: str, sees: str = SERVICE.word) -> "ServicePart":
        made = str.__new__(cls, name)
        made._value_ = name
        made.setting = msgspec.json.encode({"kind": "service", "name": name}).decode()
        made.view = View(sees=sees, kind="", place="", who="")
        return made

    SESSIONS = "sessions", wall.SESSIONS
    """The keeper of sessions and keys: finds out who asks, so nobody is known yet."""
    LINKS = "links"
    """The keeper of mailed links and codes: whoever holds one is shown its page, and named only when she acts."""
    CALENDARS = "calendars"
    """The keeper of subscribed calendars: the secret of an address stands for its owner."""
    RECEIVER = "receiver", wall.RECEIVER
    """The ways in: take mail in, and keep their place in a mailbox; they look nothing up."""
    JUDGE = "judge"
    """Who judges received mail: whose word it was is found inside, and journalled as that sender's."""
    OUTSIDE = "outside", ""
    """Whoever reads what groups tell everybody: nobody, of whom no table has a row (decision 0174)."""
    WATCH = "watch"
    """The watchman: signs of life, the clock, how far behind the service is; counts and moments, no rows of anybody."""
    SEALER = "sealer"
    """Seals journal and access log, and verifies them: every row of both, in the order of their commits."""
    HOUSEKEEPING = "housekeeping"
    """Removes what has had its time."""
