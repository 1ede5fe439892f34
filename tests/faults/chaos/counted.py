"""What is counted after a play: the promises of the README, one by one."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.faults.chaos.play import Play
from tests.tester import TESTER

from sip.app import seal_key
from sip.usecases import seal_check, sealing
from sip.usecases.seal_check import Outside

_STEPS_TWICE = """
    select count(*) from (select 1 from outbox where rung is not null
        group by meeting_id, party, invitation, attendee, round, rung, kind, recipient having count(*) > 1) x
"""
_CHAIN_BROKEN = """
    select count(*) from (select prev_hash <> lag(hash) over (partition by aggregate order by seq) as broken,
        seq <> row_number() over (partition by aggregate order by seq) as gap from journal) x where broken or gap
"""


@dataclass(frozen=True)
class Counted:
    """Figures, and what is wrong in sentences: none, where the promises were kept."""

    figures: dict[str, int]
    wrong: list[str]


async def count(play: Play) -> Counted:
    """Everything, once the play has come to rest."""
    shapes: dict[str, set[bytes]] = defaultdict(set)
    for letter in play.relay.letters:
        shapes[str(letter.message["Message-ID"])].add(letter.raw)
    made = play.stage.made
    assert made.worker.sealing is not None
    await sealing.seal(made.worker.db, made.worker.sealing, await play.stage.now())
    verified = await seal_check.verify(made.db, Outside({seal_key(made.settings).public}))
    async with made.worker.db.transaction(TESTER) as conn:
        sent = {row[0] for row in await conn.execute(text("select message_id from mail where state = 'sent'"))}
        known = {row[0] for row in await conn.execute(text("select message_id from mail"))}
        kept, unjudged = (await conn.execute(text("select count(*), count(*) - count(judged_at) from inbound"))).one()
        lost = [name for name in sorted(play.names) if await _times(conn, name) != 1]
        twice, broken = [await conn.scalar(text(query)) for query in (_STEPS_TWICE, _CHAIN_BROKEN)]
        steps = await conn.scalar(text("select count(*) from outbox where rung is not null"))
        rows = await conn.scalar(text("select count(*) from journal"))
    faults = [line for part in play.parts if part.log.exists() for line in _faults(part.name, part.log.read_text())]
    rules = {
        "mails sent and not arrived": len(sent - shapes.keys()),
        "mails arrived and not known": len(shapes.keys() - known),
        "mails in two shapes": sum(len(bytes_) > 1 for bytes_ in shapes.values()),
        "mails told 250 and lost, or kept twice": abs(kept - len(play.acknowledged)),
        "mails not judged": unjudged,
        "page answers lost or doubled": len(lost),
        "steps done twice": int(twice or 0),
        "breaks in the journal's chain": int(broken or 0),
        "findings of the seal": int(verified.finding is not None),
        "pages that failed": sum(number for status, number in play.pages.items() if status == 500),
        "faults in the logs": len(faults),
    }
    figures = {
        "kills": sum(play.kills.values()),
        "relay faults": sum(play.relay.faults.values()),
        "wire faults": sum(play.wire_faults.values()),
        "mails": len(shapes),
        "repeats": len(play.relay.letters) - len(shapes),
        "answers by mail": len(play.acknowledged),
        "answers by page": len(play.names),
        "pages told away": play.pages[503],
        "steps": int(steps or 0),
        "journal rows": int(rows or 0),
    }
    wrong = [f"{what}: {number}" for what, number in rules.items() if number] + faults[:5]
    return Counted(figures, wrong)


async def _times(conn: AsyncConnection, name: str) -> int:
    """In how many applied rows of the journal this name was said."""
    query = text("select count(*) from journal where outcome = 'applied' and position(:name in data::text) > 0")
    return int((await conn.execute(query, {"name": f'"{name}"'})).scalar_one())


def _faults(name: str, said: str) -> list[str]:
    """What a log should not hold, each with the words that a traceback ends in."""
    lines, found = said.splitlines(), []
    for number, line in enumerate(lines):
        if line.startswith("Traceback"):
            ends = next((one for one in lines[number + 1 :] if one and not one.startswith((" ", "|"))), "")
            found.append(f"{name}: {lines[number - 1]} ... {lines[lines.index(ends, number) - 2].strip()} ... {ends}")
        elif "a fault of ours" in line:
            found.append(f"{name}: {line}")
    return found
