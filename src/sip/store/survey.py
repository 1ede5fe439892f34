"""The sums of what was said after meetings (`sip.domain.survey`): a row for a quarter, a voice and an area.

The law of this file: an answer is added and never stored. No row says what somebody answered, nor when, and none has a
time of the machine. A link is taken away with the answer that was given by it: until its time would have been over, a
mail that has been sent and has none tells that it was answered, and nothing tells what.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.effects import Link
from sip.domain.masking import Row
from sip.domain.survey import SurveyQuestion, Voice
from sip.store import db
from sip.store.post.tokens import hash_of

_COLUMNS = ("answers", *(question.value for question in SurveyQuestion))
_SUMS = ", ".join(_COLUMNS)
_GROWN = ", ".join(f"{one} = s.{one} + excluded.{one}" for one in _COLUMNS)
_ADD = f"""insert into survey_sum as s (quarter, voice, area, {_SUMS})
 values ($1, $2, $3, {", ".join(f"${n}" for n in range(4, 4 + len(_COLUMNS)))})
 on conflict (quarter, voice, area) do update set {_GROWN}"""


async def add(conn: AsyncConnection, quarter: date, voice: Voice, area: str, row: Row) -> None:
    """Adds one answer to its sums."""
    await (await db.raw(conn)).execute(_ADD, quarter, voice.value, area, *row)


async def spend(conn: AsyncConnection, token: str, now: datetime) -> tuple[UUID, int] | None:
    """Takes the link away for good; gives the meeting and party that it was mailed for, None where there is none."""
    row = await (await db.raw(conn)).fetchrow(
        "delete from link_token where hash = $1 and expires_at > $2 and purpose = $3 returning meeting_id, party",
        hash_of(token.lower()), now, Link.SURVEY.value,
    )  # fmt: skip
    return None if row is None else (row[0], row[1])


async def area_of_party(conn: AsyncConnection, meeting_id: UUID, party: int) -> str:
    """The area that the party's unit lies in today; "" for none."""
    sql = """select coalesce(u.area, '') from party p join unit u on u.id = p.unit_id
 where p.meeting_id = $1 and p.ordinal = $2"""
    found: str | None = await (await db.raw(conn)).fetchval(sql, meeting_id, party)
    return found or ""


async def area_of_unit(conn: AsyncConnection, unit_id: UUID) -> str:
    """The area that the unit lies in; "" for none."""
    found: str | None = await (await db.raw(conn)).fetchval("select area from unit where id = $1", unit_id)
    return found or ""


async def areas(conn: AsyncConnection) -> list[str]:
    """All areas that units lie in, by name, and "" for those that lie in none."""
    rows = await (await db.raw(conn)).fetch("select distinct area from unit where area <> '' order by 1")
    return ["", *(row[0] for row in rows)]


async def quarters(conn: AsyncConnection, before: date) -> list[date]:
    """The quarters that began before this day and that somebody answered in, the latest first."""
    rows = await (await db.raw(conn)).fetch(
        "select distinct quarter from survey_sum where quarter < $1 order by 1 desc", before
    )
    return [row[0] for row in rows]


async def sums(conn: AsyncConnection, quarter: date) -> dict[Voice, dict[str, Row]]:
    """The rows of a quarter, by voice and area."""
    rows = await (await db.raw(conn)).fetch(
        f"select voice, area, {_SUMS} from survey_sum where quarter = $1 order by voice, area", quarter
    )
    found: dict[Voice, dict[str, Row]] = {voice: {} for voice in Voice}
    for row in rows:
        found[Voice(row[0])][row[1]] = tuple(row[2:])
    return found
