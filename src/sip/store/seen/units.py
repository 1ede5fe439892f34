"""Units found by words: what a field in which a unit is chosen shows while somebody types.

The law of this file: a few rows whatever is typed, never the list of all; a unit's own words are its name, its
organisation, its municipality or region, and its HSA-id, and each word that was typed must stand in one of them. Where
no unit has them, what its people are called in the directory counts too: "rektor" finds schools, and names find nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import PrincipalKind
from sip.store import db
from sip.store.codec import Shape

FEW = 12
MOST_WORDS = 6
_WORDS = "lower(u.name || ' ' || o.name || ' ' || p.name || ' ' || coalesce(u.hsa_id, ''))"
_TODAY = "($1::timestamptz at time zone 'Europe/Stockholm')::date"
_FUNCTIONS = f"""coalesce((select ' ' || lower(string_agg(n.function, ' ')) from role r
 join person n on n.id = r.person_id
 where r.unit_id = u.id and coalesce(r.valid_from <= {_TODAY}, true) and coalesce(r.valid_to >= {_TODAY}, true)), '')"""
_FOUND = """select u.id, u.name, u.hsa_id, u.phone_only, o.id, o.name, o.kind, p.id, p.name, p.kind
 from unit u join organisation o on o.id = u.organisation_id join principal p on p.id = o.principal_id"""
_OPEN = "(u.archived_at is null or u.archived_at > $1)"


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit that may be meant, with whose it is: `organisation_kind` as the directory says it (board, ...)."""

    id: UUID
    name: str
    hsa_id: str | None
    phone_only: bool
    organisation_id: UUID
    organisation: str
    organisation_kind: str
    principal_id: UUID
    principal: str
    principal_kind: PrincipalKind

    @property
    def label(self) -> str:
        """What stands in the field when this one is chosen."""
        return f"{self.name}, {self.principal}"

    @property
    def whole_label(self) -> str:
        """The label of one of several with the same name at the same principal."""
        return f"{self.name}, {self.organisation}, {self.principal}"


SHAPE: Shape[UnitFound] = Shape(UnitFound)


def words_of(text: str) -> list[str]:
    """The words that must all be found, folded; a comma between them says nothing."""
    return text.lower().replace(",", " ").split()[:MOST_WORDS]


async def search(
    conn: AsyncConnection, text: str, now: datetime, *, principal: UUID | None = None, most: int = FEW
) -> list[UnitFound]:
    """Units in use in which every word stands: first the one whose whole name the text begins with, so that a label
    which was chosen finds its unit among many alike, then those whose name begins with the text; none for no words.
    """
    words = words_of(text)
    if not words:
        return []
    raw = await db.raw(conn)
    asked = (now, principal, words[0], most, text.strip().lower(), *words)
    rows = await raw.fetch(_search(_WORDS, len(words)), *asked)
    rows = rows or await raw.fetch(_search(f"({_WORDS} || {_FUNCTIONS})", len(words)), *asked)
    return [SHAPE.read(row) for row in rows]


def _search(where: str, words: int) -> str:
    every = "".join(f" and position(${n} in {where}) > 0" for n in range(6, 6 + words))
    return f"""{_FOUND} where {_OPEN} and ($2::uuid is null or p.id = $2){every}
 order by case when starts_with($5, lower(u.name)) then -length(u.name) else 0 end,
 not starts_with(lower(u.name), $3), position($3 in lower(u.name)) = 0, lower(u.name), u.id limit $4"""


async def named(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, UnitFound]:
    """These units, closed or not, by id; an unknown one is left out."""
    rows = await (await db.raw(conn)).fetch(f"{_FOUND} where u.id = any($1::uuid[])", list(ids))
    return {row[0]: SHAPE.read(row) for row in rows}
