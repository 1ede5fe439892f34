"""Who keeps the agendas of standing groups, where another's question or answer has come (rules, section 18 U9)."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import Group
from sip.domain.people import Address, Answerer, Language
from sip.store import db

_HELD = """u.active and (g.valid_from is null or g.valid_from <= $1) and (g.valid_to is null or g.valid_to >= $1)"""
_READ = "select distinct u.email, u.name, u.language, u.id from app_user u join user_role g on g.user_id = u.id where "
_OF_COUNTY = f"""{_READ}{_HELD} and g.role = 'coordinator'
 and g.principal_id in (select p.principal_id from county_principal p where p.county_id = $2) order by 1"""
_OF_AREA = f"""{_READ}{_HELD} and g.role = $3 and exists (select 1 from unit n join organisation o on
 o.id = n.organisation_id where n.area is not distinct from $2
 and (g.unit_id = n.id or g.organisation_id = o.id or g.principal_id = o.principal_id)) order by 1"""
_EVERYWHERE = f"""{_READ}{_HELD} and g.role = 'administrator'
 and num_nonnulls(g.unit_id, g.organisation_id, g.principal_id) = 0 order by 1"""


async def of_groups(conn: AsyncConnection, groups: Iterable[Group], today: date) -> dict[Group, tuple[Answerer, ...]]:
    """By group, the users to tell: a board's members, else its coordinators; a county's coordinators; with none, and of
    several counties, who administers the whole installation.
    """
    return {group: await _of(conn, group, today) for group in set(groups)}


async def _of(conn: AsyncConnection, group: Group, today: date) -> tuple[Answerer, ...]:
    raw = await db.raw(conn)
    found = []
    if group.county_id is not None:
        found = await raw.fetch(_OF_COUNTY, today, group.county_id)
    elif group.is_board:
        found = await raw.fetch(_OF_AREA, today, group.area, "board_member")
        found = found or await raw.fetch(_OF_AREA, today, group.area, "coordinator")
    found = found or await raw.fetch(_EVERYWHERE, today)
    return tuple(Answerer(Address(email, name, Language(language)), user) for email, name, language, user in found)
