"""What those who were at a meeting say afterwards: added to sums, and read when a quarter is over (section 8 A7, A8).

The law of this file: who opens a form or answers is in no log and no row, and it reads nothing of anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sip.domain import survey as rules
from sip.domain.masking import Masked
from sip.domain.survey import SurveyReply, Voice, quarter_of
from sip.store import survey
from sip.store.db import Database, beyond
from sip.store.vault import Vault
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor, ServicePart
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded

_NOBODY = "a form without a name, and sums: nothing is read of anybody, and who answered is not to be known"


@dataclass(frozen=True, slots=True)
class SurveyRead:
    """The sums of a quarter that is over, masked, by voice; and all quarters that there are, the latest first. None:
    there is none yet.
    """

    quarter: date | None
    quarters: tuple[date, ...]
    voices: Mapping[Voice, Masked]


async def of_staff(db: Database, token: str, reply: SurveyReply, now: datetime) -> None:
    """An answer by a mailed link, which ends with it. Raises NotFoundError where it has been used, or has ended."""
    async with recorded(db, ServicePart.LINKS, now, nothing=_NOBODY) as (conn, _):
        spent = await survey.spend(conn, token, now)
        if spent is None:
            raise NotFoundError("link")
        area = await survey.area_of_party(conn, *spent)
        await survey.add(conn, quarter_of(now), Voice.STAFF, area, reply.row())


async def of_person(db: Database, vault: Vault, key: str, reply: SurveyReply, now: datetime) -> None:
    """An answer on a form of an area, of which anybody may have the address. Raises NotFoundError for no form's."""
    area = await area_of(db, vault, key, now)
    async with recorded(db, ServicePart.LINKS, now, nothing=_NOBODY) as (conn, _):
        await survey.add(conn, quarter_of(now), Voice.PERSON, area, reply.row())


async def area_of(db: Database, vault: Vault, key: str, now: datetime) -> str:
    """The area of this form. Raises NotFoundError for no form's."""
    async with recorded(db, ServicePart.LINKS, now, nothing=_NOBODY) as (conn, _):
        found = [area for area in await survey.areas(conn) if vault.form(area) == key.lower()]
    if not found:
        raise NotFoundError("form")
    return found[0]


async def forms(db: Database, *, actor: Actor, now: datetime) -> tuple[list[str], str]:
    """The areas that a form can be printed for, and that of the actor's unit."""
    async with recorded(db, actor, now, nothing="names of areas, as the directory has them") as (conn, _):
        own = await survey.area_of_unit(conn, actor.unit_id) if actor.unit_id is not None else ""
        return await survey.areas(conn), own


async def results(db: Database, wanted: date | None, small: int, *, actor: Actor, now: datetime) -> SurveyRead:
    """The sums of this quarter, or the latest; the same for every reader. Raises ForbiddenError for a role that reads
    no statistics.
    """
    require_role(actor, Act.READ_STATISTICS)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "statistics", "survey")
        async with beyond(conn):  # sums of no unit, masked before anybody reads them
            there = await survey.quarters(conn, quarter_of(now))
            quarter = wanted if wanted in there else next(iter(there), None)
            sums = {} if quarter is None else await survey.sums(conn, quarter)
    told = {voice: rules.published(rows, small) for voice, rows in sums.items()}
    return SurveyRead(quarter, tuple(there), told)
