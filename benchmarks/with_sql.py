"""The limit: one set-based statement that writes exactly the rows that the service writes for N reminders.

No decision is taken, nothing is read into a program, no row travels: what is left is what the server itself needs to
lock, update, insert, index, check and commit them.
"""

from benchmarks.contender import Stage, Watch
from benchmarks.county import REMINDER_AT, SAMPLE
from benchmarks.pattern import Pattern
from benchmarks.server import connect
from sip.store.seen.scope import SERVICE


class Sql:
    name = "limit"
    title = "SQL, the limit"
    settings = "one statement, one transaction, no program"
    loop = None
    alone = True

    async def prepare(self, stage: Stage) -> None:
        pass

    async def clear(self, stage: Stage) -> None:
        pass

    async def work(self, stage: Stage, watch: Watch) -> None:
        conn = await connect(stage.place)
        try:
            statement, values = _statement(stage.pattern)
            await conn.execute("set jit = off")
            # Row-level security binds this statement as it does the service's.
            await conn.execute("select set_config('sip.sees', $1, false)", SERVICE.word)
            await watch.start()
            await conn.execute(statement, REMINDER_AT, stage.pattern.due_after, *values)
            watch.lap()
        finally:
            await conn.close()


def _statement(pattern: Pattern) -> tuple[str, list[str]]:
    """The statement and its further values: key and payload of the mail, and what the hash is made of."""
    sample = str(SAMPLE)
    key, payload = pattern.mail_texts
    replaced = {
        "outbox": {"meeting_id": "d.id", "key": _own(3), "payload": f"{_own(4)}::jsonb"},
        "rung": {"meeting_id": "d.id", "pending": f"array[{_own(3)}]"},
        "journal": {"aggregate": "d.id", "seq": "d.journal_seq", "version": "d.version", "hash": "d.journal_hash"},
    }
    inserts = {
        row.table: f"insert into {row.table} ({', '.join(row.columns)}) select "
        + ", ".join(
            replaced[row.table].get(column, f"{_literal(value)}::{kind}")
            for column, kind, value in zip(row.columns, row.types, row.values, strict=True)
        )
        + " from due d"
        for row in (pattern.mail, pattern.rung, pattern.journal)
    }
    text = f"""
        with due as (
            update meeting set version = version + 1, due_at = $2, journal_seq = journal_seq + 1,
                journal_hash = sha256(convert_to({_own(5, "id")}, 'UTF8'))
            where due_at <= $1 and (retry_at is null or retry_at <= clock_timestamp())
            returning id, version, journal_seq, journal_hash),
        mails as ({inserts["outbox"]}), rungs as ({inserts["rung"]})
        {inserts["journal"]}
    """
    found = dict(zip(pattern.journal.columns, pattern.journal.values, strict=True))
    return text, [key, payload, f"{sample}{found['data']}{found['notes']}{found['prev_hash'].hex()}"]


def _own(n: int, name: str = "d.id") -> str:
    """The n-th value with the meeting's own id in it."""
    return f"replace(${n}::text, '{SAMPLE}', {name}::text)"


def _literal(value: object) -> str:
    """A value of the sample, as it stands in the statement."""
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, bool | int):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"
