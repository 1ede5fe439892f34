"""What stands beside the agreements: counties, asked renewals, and shared costs (rules, section 17)."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Table

from sip.domain.renewal import RenewalAnswer
from sip.store.tables.base import machine_moment, metadata, moment, text, uid, whole, words

county = Table(
    "county",
    metadata,
    uid("id", primary_key=True),
    text("name", unique=True),
    machine_moment("recorded_at", stamped=True),
)

county_principal = Table(
    "county_principal",
    metadata,
    uid("principal_id", ForeignKey("principal.id"), primary_key=True),
    uid("county_id", ForeignKey("county.id"), index=True),
)

# How often a principal has been asked whether it renews, and what it has said.
renewal = Table(
    "renewal",
    metadata,
    uid("agreement_id", primary_key=True),
    whole("version", primary_key=True),
    uid("principal_id", primary_key=True),
    whole("asked", server_default="0"),
    moment("asked_at", null=True),
    words("answer", RenewalAnswer, null=True),
    moment("answered_at", null=True),
    CheckConstraint("(answer is null) = (answered_at is null)", name="answered"),
    ForeignKeyConstraint(
        ["agreement_id", "version", "principal_id"],
        ["agreement_principal.agreement_id", "agreement_principal.version", "agreement_principal.principal_id"],
        ondelete="CASCADE",
    ),
)

# One cost that a principal has paid for all, in whole öre.
shared_cost = Table(
    "shared_cost",
    metadata,
    uid("id", primary_key=True),
    uid("agreement_id", index=True),
    whole("year", CheckConstraint("year between 2000 and 2100", name="year")),
    uid("principal_id", ForeignKey("principal.id")),
    text("what"),
    Column("ore", BigInteger, CheckConstraint("ore > 0", name="ore"), nullable=False),
    moment("noted_at"),
    machine_moment("recorded_at", stamped=True),
)
