"""what a meeting and a report count as, written when they close

Revision: 2026_11_29_counts, after 2026_11_29_dialogue
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_counts"
down_revision: str | None = "2026_11_29_dialogue"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _meetings()
    _parties()
    _reports()
    _uncounted()


def downgrade() -> None:
    for table in ("uncounted", "counted_report", "counted_party", "counted_meeting"):
        op.drop_table(table)


def _meetings() -> None:
    op.create_table(
        "counted_meeting",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("special", sa.Boolean(), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("organisation_kind", sa.Text(), nullable=False),
        sa.Column("principal_kind", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('child', 'adult', 'discharge', 'lss', 'placement', 'other')", name=op.f("ck_counted_meeting_kind")
        ),
        sa.CheckConstraint(
            "purpose in ('new_plan', 'follow_up', 'changed_needs', 'discharge', 'transition', 'pre_meeting', 'other')",
            name=op.f("ck_counted_meeting_purpose"),
        ),
        sa.CheckConstraint("form in ('physical', 'phone', 'video', 'hybrid')", name=op.f("ck_counted_meeting_form")),
        sa.CheckConstraint(
            "state in ('draft', 'called', 'ended', 'closed', 'cancelled')", name=op.f("ck_counted_meeting_state")
        ),
        sa.CheckConstraint(
            "cancel_reason in ('no_longer_needed', 'consent_withdrawn', 'party_missing', 'convener_unavailable', "
            "'other')",
            name=op.f("ck_counted_meeting_cancel_reason"),
        ),
        sa.CheckConstraint(
            "outcome in ('held', 'party_missing', 'subject_absent', 'technical')",
            name=op.f("ck_counted_meeting_outcome"),
        ),
        sa.CheckConstraint(
            "principal_kind in ('region', 'municipality', 'other')", name=op.f("ck_counted_meeting_principal_kind")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_counted_meeting_unit_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_counted_meeting_principal_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_counted_meeting_organisation_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_counted_meeting")),
    )
    op.create_index("ix_counted_meeting_month", "counted_meeting", ["month"])


def _parties() -> None:
    op.create_table(
        "counted_party",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("caller_unit_id", sa.UUID(), nullable=False),
        sa.Column("caller_organisation_id", sa.UUID(), nullable=False),
        sa.Column("caller_principal_id", sa.UUID(), nullable=False),
        sa.Column("obligation", sa.Text(), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_minutes", sa.Integer(), nullable=True),
        sa.Column("answered_minutes", sa.Integer(), nullable=True),
        sa.Column("substitute_wanted", sa.Boolean(), nullable=False),
        sa.Column("substitute_found", sa.Boolean(), nullable=False),
        sa.Column("escalations", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("highest", sa.Text(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("no_show", sa.Boolean(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("organisation_kind", sa.Text(), nullable=False),
        sa.Column("principal_kind", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "obligation in ('summoned', 'invited', 'convening')", name=op.f("ck_counted_party_obligation")
        ),
        sa.CheckConstraint(
            "highest in ('reminder', 'no_acknowledgement', 'no_answer', 'still_none')",
            name=op.f("ck_counted_party_highest"),
        ),
        sa.CheckConstraint(
            "mark in ('attended', 'late', 'left_early', 'part', 'substitute_attended', 'absent', 'excused', 'unknown')",
            name=op.f("ck_counted_party_mark"),
        ),
        sa.CheckConstraint(
            "principal_kind in ('region', 'municipality', 'other')", name=op.f("ck_counted_party_principal_kind")
        ),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_counted_party_principal_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_counted_party_unit_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_counted_party_organisation_id")
        ),
        sa.ForeignKeyConstraint(["caller_unit_id"], ["unit.id"], name=op.f("fk_counted_party_caller_unit_id")),
        sa.ForeignKeyConstraint(
            ["caller_organisation_id"], ["organisation.id"], name=op.f("fk_counted_party_caller_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["caller_principal_id"], ["principal.id"], name=op.f("fk_counted_party_caller_principal_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "ordinal", name=op.f("pk_counted_party")),
    )
    op.create_index("ix_counted_party_month", "counted_party", ["month"])


def _reports() -> None:
    op.create_table(
        "counted_report",
        sa.Column("deviation_id", sa.UUID(), nullable=False),
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("reporting_unit_id", sa.UUID(), nullable=False),
        sa.Column("reporting_organisation_id", sa.UUID(), nullable=False),
        sa.Column("reporting_principal_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("good_example", sa.Boolean(), nullable=False),
        sa.Column("categories", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("measures", sa.Integer(), nullable=False),
        sa.Column("measures_done", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("organisation_kind", sa.Text(), nullable=False),
        sa.Column("principal_kind", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cause in ('not_received', 'received_late', 'mailbox_not_watched', 'wrong_unit', 'unplanned_absence', "
            "'double_booked', 'technical_fault', 'not_concerned', 'purpose_unclear', 'cancelled_late', 'other')",
            name=op.f("ck_counted_report_cause"),
        ),
        sa.CheckConstraint(
            "state in ('hearing', 'received', 'in_dialogue', 'disputed', 'answered', 'followed_up', 'forwarded', "
            "'closed', 'merged', 'withdrawn')",
            name=op.f("ck_counted_report_state"),
        ),
        sa.CheckConstraint(
            "principal_kind in ('region', 'municipality', 'other')", name=op.f("ck_counted_report_principal_kind")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_counted_report_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["reporting_principal_id"], ["principal.id"], name=op.f("fk_counted_report_reporting_principal_id")
        ),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_counted_report_principal_id")),
        sa.ForeignKeyConstraint(
            ["reporting_organisation_id"], ["organisation.id"], name=op.f("fk_counted_report_reporting_organisation_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_counted_report_unit_id")),
        sa.ForeignKeyConstraint(["reporting_unit_id"], ["unit.id"], name=op.f("fk_counted_report_reporting_unit_id")),
        sa.PrimaryKeyConstraint("deviation_id", name=op.f("pk_counted_report")),
    )
    op.create_index("ix_counted_report_month", "counted_report", ["month"])


def _uncounted() -> None:
    op.create_table(
        "uncounted",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('meeting', 'deviation')", name=op.f("ck_uncounted_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uncounted")),
    )
    # Office time is the rules' to reckon: what is over already is counted by the worker's house-keeping.
    op.execute(
        "insert into uncounted (id, kind) select id, 'meeting' from meeting"
        " where state in ('closed', 'cancelled') and called_at is not null"
    )
    op.execute(
        "insert into uncounted (id, kind) select id, 'deviation' from deviation"
        " where state not in ('hearing', 'withdrawn', 'merged')"
    )
