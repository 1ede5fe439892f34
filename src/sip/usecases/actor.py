"""Who acts: a user with unit and role, an API key, mail evidence, or the engine. Journalled with every event."""

from dataclasses import dataclass
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

    def columns(self) -> ActorColumns:
        return ActorColumns(self.kind, self.id, self.name, self.unit_id, self.role)

    def setting(self) -> str:
        """What `sip.actor` is set to for the transaction, for row-level security to read one day."""
        return msgspec.json.encode(self).decode()


ENGINE = Actor(ActorKind.ENGINE, name="SIP")
