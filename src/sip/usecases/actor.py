"""Who acts: a user with unit and role, an API key, mail evidence, the engine, or a part of the service.

The law of this file: no transaction begins without one of these (`Database.transaction`), so that what a transaction
may see can follow from who opened it. An `Actor` can be journalled and judged by `access`; a `ServicePart` cannot: it
works before anybody is known, or for everybody, and what it does is nobody's act.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import msgspec

from sip.domain.people import Role
from sip.store.aggregates.journal import ActorColumns


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    MAIL = "mail"
    ENGINE = "engine"


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
    """What `sip.actor` is in her transactions, for row-level security to read one day."""

    def __post_init__(self) -> None:
        said = {name: value for name in _SAID if (value := getattr(self, name)) is not None}
        object.__setattr__(self, "setting", msgspec.json.encode(said).decode())

    def columns(self) -> ActorColumns:
        return ActorColumns(self.kind, self.id, self.name, self.unit_id, self.role)


_SAID = ("kind", "id", "name", "unit_id", "role", "organisation_id", "principal_id")
ENGINE = Actor(ActorKind.ENGINE, name="SIP")
"""What happens by itself: what is due, mail on its way, results told to meetings, what a morning begins."""

OPERATOR = Actor(ActorKind.USER, "command line", "command line", role=Role.ADMINISTRATOR)
"""Who runs the service, at the command line of its machine: everything, as an administrator without a scope."""


class ServicePart(StrEnum):
    """The parts of the service that open transactions of their own. `setting` as an actor's."""

    setting: str

    def __new__(cls, name: str) -> "ServicePart":
        made = str.__new__(cls, name)
        made._value_ = name
        made.setting = msgspec.json.encode({"kind": "service", "name": name}).decode()
        return made

    SESSIONS = "sessions"
    """The keeper of sessions and keys: finds out who asks, so nobody is known yet."""
    LINKS = "links"
    """The keeper of mailed links and codes: whoever holds one is shown its page, and named only when she acts."""
    CALENDARS = "calendars"
    """The keeper of subscribed calendars: the secret of an address stands for its owner."""
    RECEIVER = "receiver"
    """The ways in: take mail in, and keep their place in a mailbox; they look nothing up."""
    JUDGE = "judge"
    """Who judges received mail: whose word it was is found inside, and journalled as that sender's."""
    WATCH = "watch"
    """The watchman: signs of life, the clock, how far behind the service is; counts and moments, no rows of anybody."""
    SEALER = "sealer"
    """Seals journal and access log, and verifies them: every row of both, in the order of their commits."""
    HOUSEKEEPING = "housekeeping"
    """Removes what has had its time."""
