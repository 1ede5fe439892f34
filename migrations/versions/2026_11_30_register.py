"""who has joined an agreement is a register: joinings with their decisions, counties, renewals and shared costs

Revision: 2026_11_30_register, after 2026_11_30_agenda
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_register"
down_revision: str | None = "2026_11_30_agenda"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_JOINING = (
    sa.Column("body", sa.Text(), nullable=True),
    sa.Column("decided", sa.Date(), nullable=True),
    sa.Column("registration_number", sa.Text(), nullable=True),
    sa.Column("valid_from", sa.Date(), nullable=True),
    sa.Column("valid_to", sa.Date(), nullable=True),
    sa.Column("weight", sa.Integer(), server_default="1", nullable=False),
)


_BELONGS = "num_nonnulls(meeting_id, unit_id, user_id)"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    op.create_check_constraint(
        op.f("ck_outbox_belongs"),
        "outbox",
        f"{_BELONGS} between (kind not in ('seal', 'renewal'))::integer and (kind <> 'seal')::integer",
    )
    op.add_column(
        "agreement", sa.Column("renewal", sa.ARRAY(sa.Integer()), server_default="{180,90,30}", nullable=False)
    )
    op.add_column("agreement", sa.Column("region_share", sa.Integer(), server_default="50", nullable=False))
    op.create_check_constraint(op.f("ck_agreement_renewal"), "agreement", "cardinality(renewal) = 3")
    op.create_check_constraint(op.f("ck_agreement_region_share"), "agreement", "region_share between 0 and 100")
    for column in _JOINING:
        op.add_column("agreement_principal", column)
    op.create_check_constraint(op.f("ck_agreement_principal_weight"), "agreement_principal", "weight > 0")
    op.create_check_constraint(op.f("ck_agreement_principal_dates"), "agreement_principal", "valid_to >= valid_from")
    op.create_table(
        "county",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _recorded_at(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county")),
        sa.UniqueConstraint("name", name=op.f("uq_county_name")),
    )
    op.create_table(
        "county_principal",
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("county_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_county_principal_county_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_county_principal_principal_id")),
        sa.PrimaryKeyConstraint("principal_id", name=op.f("pk_county_principal")),
    )
    op.create_index(op.f("ix_county_principal_county_id"), "county_principal", ["county_id"])
    _renewal()
    _shared_cost()


def _recorded_at() -> sa.Column[object]:
    return sa.Column(
        "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
    )


def _renewal() -> None:
    op.create_table(
        "renewal",
        sa.Column("agreement_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("asked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answer is null) = (answered_at is null)", name=op.f("ck_renewal_answered")),
        sa.CheckConstraint("answer in ('renews', 'leaves')", name=op.f("ck_renewal_answer")),
        sa.ForeignKeyConstraint(
            ["agreement_id", "version", "principal_id"],
            ["agreement_principal.agreement_id", "agreement_principal.version", "agreement_principal.principal_id"],
            name=op.f("fk_renewal_agreement_id_version_principal_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agreement_id", "version", "principal_id", name=op.f("pk_renewal")),
    )


def _shared_cost() -> None:
    op.create_table(
        "shared_cost",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("agreement_id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("ore", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        _recorded_at(),
        sa.CheckConstraint("year between 2000 and 2100", name=op.f("ck_shared_cost_year")),
        sa.CheckConstraint("ore > 0", name=op.f("ck_shared_cost_ore")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_shared_cost_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_cost")),
    )
    op.create_index(op.f("ix_shared_cost_agreement_id"), "shared_cost", ["agreement_id"])


def downgrade() -> None:
    op.execute("delete from outbox where kind = 'renewal'")
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    op.create_check_constraint(op.f("ck_outbox_belongs"), "outbox", f"{_BELONGS} = (kind <> 'seal')::integer")
    for table in ("shared_cost", "renewal", "county_principal", "county"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_agreement_principal_dates"), "agreement_principal")
    for column in _JOINING:
        op.drop_column("agreement_principal", column.name)
    op.drop_column("agreement", "region_share")
    op.drop_column("agreement", "renewal")
