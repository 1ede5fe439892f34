"""The one metadata, the naming of constraints and the short words the other tables are written with."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    func,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Enums are text with a check: readable in psql, and a new word is one migration of one constraint.


def words(name: str, enum: type[StrEnum], *items: Any, null: bool = False, **options: Any) -> Column[Any]:
    """A text column that holds one of the words of `enum`."""
    listed = ", ".join(f"'{word.value}'" for word in enum)
    check = CheckConstraint(f"{name} in ({listed})", name=name)
    return Column(name, Text, check, *items, nullable=null, **options)


def text(name: str, *items: Any, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, Text, *items, nullable=null, **options)


def uid(name: str, *items: Any, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, UUID(as_uuid=True), *items, nullable=null, **options)


def whole(name: str, *items: Any, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, Integer, *items, nullable=null, **options)


def flag(name: str, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, Boolean, nullable=null, **options)


def moment(name: str, *items: Any, null: bool = False, **options: Any) -> Column[Any]:
    """A point in time by the service's clock, in UTC."""
    return Column(name, DateTime(timezone=True), *items, nullable=null, **options)


def machine_moment(name: str, *, null: bool = False, stamped: bool = False) -> Column[Any]:
    """A point in machine time: leases, back-off, sessions and what was recorded when (rules, section 2)."""
    default = func.clock_timestamp() if stamped else None
    return Column(name, DateTime(timezone=True), nullable=null, server_default=default)


def day(name: str, *items: Any, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, Date, *items, nullable=null, **options)


def texts(name: str, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, ARRAY(Text), nullable=null, **options)


def wholes(name: str) -> Column[Any]:
    return Column(name, ARRAY(Integer), nullable=False)


def uids(name: str, **options: Any) -> Column[Any]:
    return Column(name, ARRAY(UUID(as_uuid=True)), nullable=False, **options)


def days(name: str) -> Column[Any]:
    return Column(name, ARRAY(Date), nullable=False)


def octets(name: str, *items: Any, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, LargeBinary, *items, nullable=null, **options)


def document(name: str, null: bool = False) -> Column[Any]:
    return Column(name, JSONB, nullable=null)


def number() -> Column[Any]:
    """A row's own number, in the order of writing."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def actor_columns() -> tuple[Column[Any], ...]:
    """Who did it, as they were then (user with unit and role, API key, mail evidence, or the engine)."""
    return (
        text("actor_kind"),
        text("actor_id", null=True),
        text("actor_name", null=True),
        uid("actor_unit_id", null=True),
        text("actor_role", null=True),
    )


def aggregate_columns() -> tuple[Column[Any], ...]:
    """What `handle()` keeps beside an aggregate's value: version, the one due column, its faults and its journal's
    head.
    """
    return (
        whole("version"),
        moment("due_at", null=True),
        machine_moment("retry_at", null=True),
        whole("failures", server_default="0"),
        text("last_error", null=True),
        whole("journal_seq"),
        octets("journal_hash"),
    )


def hand_columns() -> tuple[Column[Any], ...]:
    """From when a hand is needed and when the first need is too late (`sip.domain.needs`), written with the value: what
    is alive has an index of its own, and lists need not read what has been."""
    return moment("hand_from", null=True), moment("too_late_at", null=True)


def hand_indexes(table: str, prefix: str) -> tuple[Index, ...]:
    """For each kind of scope that is asked often."""
    alive = sql("hand_from is not null")
    return (
        Index(f"ix_{table}_hand_unit", f"{prefix}unit_id", "hand_from", postgresql_where=alive),
        Index(f"ix_{table}_hand_principal", f"{prefix}principal_id", "hand_from", postgresql_where=alive),
        Index(f"ix_{table}_hand", "hand_from", postgresql_where=alive),
    )
