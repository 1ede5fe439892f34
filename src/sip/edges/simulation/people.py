"""The demo's county with its units and people, as whoever acts in it.

The law of this file: directory, agreement, names and addresses are the demo's own files; nothing is made up twice.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from random import Random
from uuid import UUID

from sip.demo import county
from sip.domain.people import Role
from sip.domain.values import replace
from sip.store.db import Database
from sip.usecases import agreement_file, agreements
from sip.usecases.actor import OPERATOR, Actor, ActorKind
from sip.usecases.agreement_file import AgreementFile
from sip.usecases.directory import csv_text, files
from sip.usecases.directory.keys import key_id

PHONE = "0980-319 299"


@dataclass(frozen=True, slots=True)
class Workplace:
    """A unit, where it belongs, and who acts for it."""

    key: str
    name: str
    actor: Actor
    convener: Actor
    person: str
    email: str
    ward: bool


class Population:
    """The units by key, in the order of the file, with who there calls a meeting or answers a call."""

    @cached_property
    def places(self) -> dict[str, Workplace]:
        file = csv_text.parse(county.DIRECTORY.read_bytes())
        owners = {row.key: row.parent for row in file.organisations}
        wards = {row.key for row in file.units if "inpatient" in row.flags}
        found = {}
        for key, unit in county.units().items():
            person = self._caller(key)
            board = unit.organisation
            ids = (key_id("unit", key), key_id("organisation", board), key_id("principal", owners[board]))
            found[key] = Workplace(
                key, unit.name, _actor(unit.email or key, unit.name, Role.UNIT_STAFF, ids),
                _actor(person.email, person.name, Role.CONVENER, ids), person.name, person.email, key in wards,
            )  # fmt: skip
        return found

    def _caller(self, unit: str) -> county.StaffMember:
        for role in ("convener", "chair", "unit_manager"):
            try:
                found = county.with_role(role, unit)
            except KeyError:
                continue
            if found.email:
                return found
        return next(one for one in county.people().values() if one.email)

    @cached_property
    def callers(self) -> list[Workplace]:
        """Units with a mailbox that call meetings: not wards, for the care contact calls (rules, section 4 T2)."""
        return [one for one in self.places.values() if not one.ward and county.units()[one.key].email]

    @cached_property
    def by_id(self) -> dict[UUID, Workplace]:
        return {one.actor.unit_id: one for one in self.places.values() if one.actor.unit_id is not None}

    def called(self, caller: Workplace, many: int, chance: Random) -> list[Workplace]:
        """So many units that a meeting of this caller's calls, in no order."""
        others = [one for one in self.places.values() if one.key != caller.key]
        return chance.sample(others, many)


def _actor(who: str, name: str, role: Role, ids: tuple[UUID, UUID, UUID]) -> Actor:
    return Actor(ActorKind.API_KEY, who, name, ids[0], role, ids[1], ids[2])


async def settle(db: Database, year: int, now: datetime) -> None:
    """The county's directory, and its agreement in force from the year's first day."""
    file = csv_text.parse(county.DIRECTORY.read_bytes())
    await files.import_file(db, file, actor=OPERATOR, now=now)
    parsed = agreement_file.parse(county.AGREEMENT.read_text(encoding="utf-8"), county.AGREEMENT.name)
    since = replace(parsed.agreement, valid_from=date(year, 1, 1), decided=None)
    await agreements.keep(db, AgreementFile(since, parsed.principal_keys), actor=OPERATOR, now=now)
