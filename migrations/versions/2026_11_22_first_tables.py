"""all tables of the first version

Revision: 2026_11_22_first, after
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_22_first"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("actor_unit_id", sa.UUID(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_actor_id_recorded_at", "access_log", ["actor_id", "recorded_at"], unique=False)
    op.create_index("ix_access_log_subject_kind_subject_id", "access_log", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency")),
    )
    op.create_index("ix_idempotency_recorded_at", "idempotency", ["recorded_at"], unique=False)
    op.create_table(
        "inbound",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("mail_from", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("meeting_id", sa.UUID(), nullable=True),
        sa.Column("party", sa.Integer(), nullable=True),
        sa.Column("invitation", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome in ('applied', 'unchanged', 'refused', 'quarantine', 'ignored')", name=op.f("ck_inbound_outcome")
        ),
        sa.CheckConstraint("(judged_at is null) = (outcome is null)", name=op.f("ck_inbound_judged")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("recipient", "sha256", name=op.f("uq_inbound_recipient_sha256")),
    )
    op.create_index(op.f("ix_inbound_meeting_id"), "inbound", ["meeting_id"], unique=False)
    op.create_index(
        "ix_inbound_not_applied",
        "inbound",
        ["id"],
        unique=False,
        postgresql_where=sa.text("outcome in ('refused', 'quarantine') and handled_at is null"),
    )
    op.create_index(
        "ix_inbound_unjudged", "inbound", ["id"], unique=False, postgresql_where=sa.text("judged_at is null")
    )
    op.create_table(
        "journal",
        sa.Column("aggregate", sa.UUID(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("codec", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("actor_unit_id", sa.UUID(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("outcome in ('applied', 'unchanged', 'refused')", name=op.f("ck_journal_outcome")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_journal_seq")),
        sa.PrimaryKeyConstraint("aggregate", "seq", name=op.f("pk_journal")),
        sa.UniqueConstraint("aggregate", "event_id", name=op.f("uq_journal_aggregate_event_id")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("bounce_token", sa.Text(), nullable=False),
        sa.Column("mail_from", sa.Text(), nullable=False),
        sa.Column("rcpt", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("smtp_code", sa.Integer(), nullable=True),
        sa.Column("smtp_text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(retry_at is not null) = (state in ('sending', 'later', 'unknown'))", name=op.f("ck_mail_retry")
        ),
        sa.CheckConstraint("bounce_token ~ '^[a-z2-7]{26}$'", name=op.f("ck_mail_bounce_token")),
        sa.CheckConstraint(
            "state in ('sending', 'sent', 'later', 'never', 'unknown', 'dropped')", name=op.f("ck_mail_state")
        ),
        sa.CheckConstraint("retry_at is null or data is not null", name=op.f("ck_mail_data")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("bounce_token", name=op.f("uq_mail_bounce_token")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(
        "ix_mail_retry_at", "mail", ["retry_at"], unique=False, postgresql_where=sa.text("retry_at is not null")
    )
    op.create_table(
        "principal",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("kind in ('region', 'municipality', 'other')", name=op.f("ck_principal_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_principal")),
        sa.UniqueConstraint("name", name=op.f("uq_principal_name")),
    )
    op.create_table(
        "rule_set",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("law_only", sa.Boolean(), nullable=False),
        sa.Column("automatic_reports", sa.Boolean(), nullable=False),
        sa.Column("show_other_units", sa.Boolean(), nullable=False),
        sa.Column("redirect_must_attend", sa.Boolean(), nullable=False),
        sa.Column("minimum_notice", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("no_answer_bound", sa.Integer(), nullable=False),
        sa.Column("still_none_bound", sa.Integer(), nullable=False),
        sa.Column("deadline_bound", sa.Integer(), nullable=False),
        sa.Column("question_bound", sa.Integer(), nullable=False),
        sa.Column("proposal_pause", sa.Integer(), nullable=False),
        sa.Column("identity_pause", sa.Integer(), nullable=False),
        sa.Column("contest_pause", sa.Integer(), nullable=False),
        sa.Column("redirect_pause", sa.Integer(), nullable=False),
        sa.Column("redirect_hops", sa.Integer(), nullable=False),
        sa.Column("substitutes_most", sa.Integer(), nullable=False),
        sa.Column("hearing", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("answer_reminders", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("head_after", sa.Integer(), nullable=False),
        sa.Column("half_days", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("half_day_closes", sa.Integer(), nullable=False),
        sa.Column("verified_months", sa.Integer(), nullable=False),
        sa.Column("deviation_name_sv", sa.Text(), nullable=False),
        sa.Column("deviation_name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_rule_set")),
    )
    op.create_table(
        "service_clock",
        sa.Column("sole", sa.Boolean(), nullable=False),
        sa.Column("anchor", sa.DateTime(timezone=True), nullable=False),
        sa.Column("real_anchor", sa.DateTime(timezone=True), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.CheckConstraint("sole", name=op.f("ck_service_clock_sole")),
        sa.CheckConstraint("speed >= 0", name=op.f("ck_service_clock_speed")),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_service_clock")),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("discharge_rules", sa.Text(), nullable=False),
        sa.Column("decided", sa.Date(), nullable=True),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "kinds <@ array['child', 'adult', 'discharge', 'lss', 'placement', 'other']",
            name=op.f("ck_agreement_kinds"),
        ),
        sa.CheckConstraint("cardinality(kinds) > 0", name=op.f("ck_agreement_some_kind")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_agreement_dates")),
        sa.ForeignKeyConstraint(["discharge_rules"], ["rule_set.hash"], name=op.f("fk_agreement_discharge_rules")),
        sa.ForeignKeyConstraint(["rules"], ["rule_set.hash"], name=op.f("fk_agreement_rules")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_agreement")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind in ('board', 'private_provider', 'school_owner', 'state_agency', 'other')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_organisation_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(op.f("ix_organisation_principal_id"), "organisation", ["principal_id"], unique=False)
    op.create_index(op.f("ix_organisation_principal_id_name"), "organisation", ["principal_id", "name"], unique=True)
    op.create_table(
        "agreement_principal",
        sa.Column("agreement_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id", "version"],
            ["agreement.id", "agreement.version"],
            name=op.f("fk_agreement_principal_agreement_id_version"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_agreement_principal_principal_id")),
        sa.PrimaryKeyConstraint("agreement_id", "version", "principal_id", name=op.f("pk_agreement_principal")),
    )
    op.create_table(
        "organisation_domain",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.CheckConstraint("domain = lower(domain)", name=op.f("ck_organisation_domain_lower")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_domain_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "domain", name=op.f("pk_organisation_domain")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_person_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_organisation_id"), "person", ["organisation_id"], unique=False)
    op.create_index(
        "uq_person_organisation_id_email", "person", ["organisation_id", sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hsa_id", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("auto_accepts", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("phone_only", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("weekend_staffed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("inpatient", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_id", sa.UUID(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("hsa_id ~ '^SE[0-9]{10}-[A-Za-z0-9]{1,18}$'", name=op.f("ck_unit_hsa_id")),
        sa.CheckConstraint("language in ('sv', 'en')", name=op.f("ck_unit_language")),
        sa.CheckConstraint("successor_id <> id", name=op.f("ck_unit_successor")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_unit_organisation_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name=op.f("fk_unit_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("hsa_id", name=op.f("uq_unit_hsa_id")),
    )
    op.create_index(op.f("ix_unit_organisation_id"), "unit", ["organisation_id"], unique=False)
    op.create_table(
        "api_key",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("principal_id", sa.UUID(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role in ('unit_manager', 'deputy', 'head_of_operations', 'contract_officer', 'watcher', "
            "'substitute', 'coordinator', 'convener', 'chair', 'unit_staff', 'board_member', 'administrator')",
            name=op.f("ck_api_key_role"),
        ),
        sa.CheckConstraint("num_nonnulls(unit_id, organisation_id, principal_id) <= 1", name=op.f("ck_api_key_scope")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_api_key_organisation_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_api_key_principal_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_api_key_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_api_key_name")),
    )
    op.create_table(
        "app_user",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language in ('sv', 'en')", name=op.f("ck_app_user_language")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_app_user_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
    )
    op.create_index("uq_app_user_email", "app_user", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "case_",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("consent_scope", sa.Text(), nullable=True),
        sa.Column("consent_given", sa.Text(), nullable=True),
        sa.Column("consent_until", sa.Date(), nullable=True),
        sa.Column("consent_limited", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("other_legal_ground", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("protected", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("legal_hold", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case__unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_")),
        sa.UniqueConstraint("reference", name=op.f("uq_case__reference")),
    )
    op.create_index(op.f("ix_case__unit_id"), "case_", ["unit_id"], unique=False)
    op.create_table(
        "closed_day",
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_closed_day_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "day", name=op.f("pk_closed_day")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("principal_id", sa.UUID(), nullable=True),
        sa.Column("ordinal", sa.Integer(), server_default="0", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role in ('unit_manager', 'deputy', 'head_of_operations', 'contract_officer', 'watcher', "
            "'substitute', 'coordinator', 'convener', 'chair', 'unit_staff', 'board_member', 'administrator')",
            name=op.f("ck_role_role"),
        ),
        sa.CheckConstraint("num_nonnulls(unit_id, organisation_id, principal_id) = 1", name=op.f("ck_role_scope")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_role_dates")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_role_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_role_principal_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
    )
    op.create_index(op.f("ix_role_organisation_id"), "role", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_role_person_id"), "role", ["person_id"], unique=False)
    op.create_index(op.f("ix_role_principal_id"), "role", ["principal_id"], unique=False)
    op.create_index(op.f("ix_role_unit_id"), "role", ["unit_id"], unique=False)
    op.create_table(
        "unit_address",
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_unit_address_dates")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_address_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "ordinal", name=op.f("pk_unit_address")),
    )
    op.create_index(op.f("ix_unit_address_email"), "unit_address", ["email"], unique=False)
    op.create_table(
        "case_number",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("record_number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_number_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_number_unit_id")),
        sa.PrimaryKeyConstraint("case_id", "unit_id", name=op.f("pk_case_number")),
    )
    op.create_table(
        "case_organisation",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_.id"], name=op.f("fk_case_organisation_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "organisation_id", name=op.f("pk_case_organisation")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("purpose_text", sa.Text(), nullable=False),
        sa.Column("questions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("place_kind", sa.Text(), nullable=False),
        sa.Column("place_unit", sa.Text(), nullable=True),
        sa.Column("place_room", sa.Text(), nullable=True),
        sa.Column("place_video_url", sa.Text(), nullable=True),
        sa.Column("place_phone", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("convener_unit_id", sa.UUID(), nullable=False),
        sa.Column("convener_unit_name", sa.Text(), nullable=False),
        sa.Column("convener_organisation_id", sa.UUID(), nullable=False),
        sa.Column("convener_principal_id", sa.UUID(), nullable=False),
        sa.Column("convener_person", sa.Text(), nullable=False),
        sa.Column("convener_email", sa.Text(), nullable=False),
        sa.Column("convener_phone", sa.Text(), nullable=False),
        sa.Column("convener_language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("chair_name", sa.Text(), nullable=True),
        sa.Column("chair_email", sa.Text(), nullable=True),
        sa.Column("follows", sa.UUID(), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attendance_step", sa.Integer(), nullable=False),
        sa.Column("attendance_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unrecorded", sa.Boolean(), nullable=False),
        sa.Column("responsible_principal_id", sa.UUID(), nullable=True),
        sa.Column("next_meeting_on", sa.Date(), nullable=True),
        sa.Column("own_record_copy", sa.Boolean(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("journal_seq", sa.Integer(), nullable=False),
        sa.Column("journal_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "cancel_reason in ('no_longer_needed', 'consent_withdrawn', 'party_missing', "
            "'convener_unavailable', 'other')",
            name=op.f("ck_meeting_cancel_reason"),
        ),
        sa.CheckConstraint("convener_language in ('sv', 'en')", name=op.f("ck_meeting_convener_language")),
        sa.CheckConstraint("form in ('physical', 'phone', 'video', 'hybrid')", name=op.f("ck_meeting_form")),
        sa.CheckConstraint(
            "kind in ('child', 'adult', 'discharge', 'lss', 'placement', 'other')", name=op.f("ck_meeting_kind")
        ),
        sa.CheckConstraint(
            "outcome in ('held', 'party_missing', 'subject_absent', 'technical')", name=op.f("ck_meeting_outcome")
        ),
        sa.CheckConstraint("place_kind in ('room', 'video', 'phone', 'home')", name=op.f("ck_meeting_place_kind")),
        sa.CheckConstraint(
            "purpose in ('new_plan', 'follow_up', 'changed_needs', 'discharge', 'transition', 'pre_meeting', 'other')",
            name=op.f("ck_meeting_purpose"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'called', 'ended', 'closed', 'cancelled')", name=op.f("ck_meeting_state")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_times")),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_meeting_case_id")),
        sa.ForeignKeyConstraint(
            ["convener_organisation_id"], ["organisation.id"], name=op.f("fk_meeting_convener_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["convener_principal_id"], ["principal.id"], name=op.f("fk_meeting_convener_principal_id")
        ),
        sa.ForeignKeyConstraint(["convener_unit_id"], ["unit.id"], name=op.f("fk_meeting_convener_unit_id")),
        sa.ForeignKeyConstraint(["follows"], ["meeting.id"], name=op.f("fk_meeting_follows")),
        sa.ForeignKeyConstraint(
            ["responsible_principal_id"], ["principal.id"], name=op.f("fk_meeting_responsible_principal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_case_id"), "meeting", ["case_id"], unique=False)
    op.create_index("ix_meeting_convener_unit_id_starts_at", "meeting", ["convener_unit_id", "starts_at"], unique=False)
    op.create_index(
        "ix_meeting_due_at", "meeting", ["due_at"], unique=False, postgresql_where=sa.text("due_at is not null")
    )
    op.create_index(
        "ix_meeting_failures", "meeting", ["retry_at"], unique=False, postgresql_where=sa.text("failures > 0")
    )
    op.create_index("ix_meeting_state_starts_at", "meeting", ["state", "starts_at"], unique=False)
    op.create_table(
        "user_role",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("principal_id", sa.UUID(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role in ('unit_manager', 'deputy', 'head_of_operations', 'contract_officer', 'watcher', "
            "'substitute', 'coordinator', 'convener', 'chair', 'unit_staff', 'board_member', 'administrator')",
            name=op.f("ck_user_role_role"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(unit_id, organisation_id, principal_id) <= 1", name=op.f("ck_user_role_scope")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_user_role_organisation_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_user_role_principal_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_role_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_role_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
    )
    op.create_index(op.f("ix_user_role_user_id"), "user_role", ["user_id"], unique=False)
    op.create_table(
        "deviation",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("facts_meeting_id", sa.UUID(), nullable=False),
        sa.Column("facts_reference", sa.Text(), nullable=False),
        sa.Column("facts_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts_form", sa.Text(), nullable=False),
        sa.Column("facts_place_kind", sa.Text(), nullable=False),
        sa.Column("facts_place_unit", sa.Text(), nullable=True),
        sa.Column("facts_place_room", sa.Text(), nullable=True),
        sa.Column("facts_place_video_url", sa.Text(), nullable=True),
        sa.Column("facts_place_phone", sa.Text(), nullable=True),
        sa.Column("facts_purpose", sa.Text(), nullable=False),
        sa.Column("facts_convener_unit", sa.Text(), nullable=False),
        sa.Column("facts_convener_person", sa.Text(), nullable=False),
        sa.Column("facts_convener_phone", sa.Text(), nullable=False),
        sa.Column("facts_convener_email", sa.Text(), nullable=False),
        sa.Column("facts_sequence", sa.Integer(), nullable=False),
        sa.Column("facts_revision", sa.Integer(), nullable=False),
        sa.Column("facts_other_units", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("reporting_unit_id", sa.UUID(), nullable=False),
        sa.Column("reporting_unit_name", sa.Text(), nullable=False),
        sa.Column("reporting_organisation_id", sa.UUID(), nullable=False),
        sa.Column("reporting_principal_id", sa.UUID(), nullable=False),
        sa.Column("receiving_unit_id", sa.UUID(), nullable=False),
        sa.Column("receiving_unit_name", sa.Text(), nullable=False),
        sa.Column("receiving_organisation_id", sa.UUID(), nullable=False),
        sa.Column("receiving_principal_id", sa.UUID(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("categories", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("purpose_given", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("manager_told", sa.Boolean(), nullable=False),
        sa.Column("head_told", sa.Boolean(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raisings", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("journal_seq", sa.Integer(), nullable=False),
        sa.Column("journal_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "cause in ('not_received', 'received_late', 'mailbox_not_watched', 'wrong_unit', "
            "'unplanned_absence', 'double_booked', 'technical_fault', 'not_concerned', 'purpose_unclear', "
            "'cancelled_late', 'other')",
            name=op.f("ck_deviation_cause"),
        ),
        sa.CheckConstraint(
            "facts_form in ('physical', 'phone', 'video', 'hybrid')", name=op.f("ck_deviation_facts_form")
        ),
        sa.CheckConstraint(
            "facts_place_kind in ('room', 'video', 'phone', 'home')", name=op.f("ck_deviation_facts_place_kind")
        ),
        sa.CheckConstraint(
            "facts_purpose in ('new_plan', 'follow_up', 'changed_needs', 'discharge', 'transition', "
            "'pre_meeting', 'other')",
            name=op.f("ck_deviation_facts_purpose"),
        ),
        sa.CheckConstraint(
            "state in ('hearing', 'received', 'disputed', 'answered', 'closed', 'withdrawn')",
            name=op.f("ck_deviation_state"),
        ),
        sa.CheckConstraint(
            "statement in ('we_were_there', 'we_had_told', 'not_reached', 'right')", name=op.f("ck_deviation_statement")
        ),
        sa.CheckConstraint(
            "withdrawn_because in ('marks_corrected', 'delivery_failed', 'raised_by_mistake')",
            name=op.f("ck_deviation_withdrawn_because"),
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_deviation_meeting_id")),
        sa.ForeignKeyConstraint(
            ["receiving_organisation_id"], ["organisation.id"], name=op.f("fk_deviation_receiving_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["receiving_principal_id"], ["principal.id"], name=op.f("fk_deviation_receiving_principal_id")
        ),
        sa.ForeignKeyConstraint(["receiving_unit_id"], ["unit.id"], name=op.f("fk_deviation_receiving_unit_id")),
        sa.ForeignKeyConstraint(
            ["reporting_organisation_id"], ["organisation.id"], name=op.f("fk_deviation_reporting_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["reporting_principal_id"], ["principal.id"], name=op.f("fk_deviation_reporting_principal_id")
        ),
        sa.ForeignKeyConstraint(["reporting_unit_id"], ["unit.id"], name=op.f("fk_deviation_reporting_unit_id")),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_set.hash"], name=op.f("fk_deviation_rule_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deviation")),
        sa.UniqueConstraint("meeting_id", "party", name=op.f("uq_deviation_meeting_id_party")),
    )
    op.create_index(
        "ix_deviation_due_at", "deviation", ["due_at"], unique=False, postgresql_where=sa.text("due_at is not null")
    )
    op.create_index(
        "ix_deviation_failures", "deviation", ["retry_at"], unique=False, postgresql_where=sa.text("failures > 0")
    )
    op.create_index(op.f("ix_deviation_receiving_unit_id"), "deviation", ["receiving_unit_id"], unique=False)
    op.create_index(op.f("ix_deviation_reporting_unit_id"), "deviation", ["reporting_unit_id"], unique=False)
    op.create_index("ix_deviation_state_raised_at", "deviation", ["state", "raised_at"], unique=False)
    op.create_table(
        "link_token",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=True),
        sa.Column("attendee", sa.Integer(), nullable=True),
        sa.Column("invitation", sa.Integer(), nullable=True),
        sa.Column("deviation_id", sa.UUID(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_link_token_mail_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_link_token_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_link_token")),
    )
    op.create_index(op.f("ix_link_token_mail_id"), "link_token", ["mail_id"], unique=False)
    op.create_index(op.f("ix_link_token_meeting_id"), "link_token", ["meeting_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("deviation_id", sa.UUID(), nullable=True),
        sa.Column("party", sa.Integer(), nullable=True),
        sa.Column("invitation", sa.Integer(), nullable=True),
        sa.Column("attendee", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("rung", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("timing", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask", sa.Boolean(), nullable=False),
        sa.Column("engine", sa.Boolean(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("moot", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("fed_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "(settled_at is not null) = (state in ('sent', 'failed', 'dropped'))", name=op.f("ck_outbox_settled")
        ),
        sa.CheckConstraint("method in ('REQUEST', 'CANCEL')", name=op.f("ck_outbox_method")),
        sa.CheckConstraint("state <> 'claimed' or mail_id is not null", name=op.f("ck_outbox_claimed")),
        sa.CheckConstraint(
            "state in ('pending', 'claimed', 'sent', 'failed', 'dropped')", name=op.f("ck_outbox_state")
        ),
        sa.CheckConstraint("method is null or invitation is not null", name=op.f("ck_outbox_calendar")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_outbox_mail_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_outbox_meeting_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(
        "ix_outbox_mail_id", "outbox", ["mail_id"], unique=False, postgresql_where=sa.text("mail_id is not null")
    )
    op.create_index("ix_outbox_meeting_id", "outbox", ["meeting_id", "invitation"], unique=False)
    op.create_index("ix_outbox_pending", "outbox", ["id"], unique=False, postgresql_where=sa.text("state = 'pending'"))
    op.create_index(
        "ix_outbox_to_feed_back",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state in ('sent', 'failed', 'dropped') and fed_back_at is null"),
    )
    op.create_table(
        "party",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("principal_id", sa.UUID(), nullable=False),
        sa.Column("obligation", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("other_system", sa.Text(), nullable=True),
        sa.Column("redirected_from", sa.Integer(), nullable=True),
        sa.Column("redirected_to", sa.Integer(), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("excused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("identity_channel", sa.Text(), nullable=True),
        sa.Column("identity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stamp_sequence", sa.Integer(), nullable=True),
        sa.Column("stamp_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stamp_received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stamp_digest", sa.Text(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("report_told", sa.Boolean(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "basis in ('sol_hsl', 'discharge_law', 'local_agreement', 'none')", name=op.f("ck_party_basis")
        ),
        sa.CheckConstraint(
            "identity_channel in ('mail', 'page', 'phone', 'in_person', 'other_system', 'sdk', 'letter')",
            name=op.f("ck_party_identity_channel"),
        ),
        sa.CheckConstraint("language in ('sv', 'en')", name=op.f("ck_party_language")),
        sa.CheckConstraint(
            "mark in ('attended', 'late', 'left_early', 'part', 'substitute_attended', 'absent', 'excused', 'unknown')",
            name=op.f("ck_party_mark"),
        ),
        sa.CheckConstraint("obligation in ('summoned', 'invited', 'convening')", name=op.f("ck_party_obligation")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_party_meeting_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_party_organisation_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_party_principal_id")),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_set.hash"], name=op.f("fk_party_rule_set")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_party_unit_id")),
        sa.PrimaryKeyConstraint("meeting_id", "ordinal", name=op.f("pk_party")),
    )
    op.create_index("ix_party_unit_id", "party", ["unit_id", "meeting_id"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("user_role_id", sa.UUID(), nullable=True),
        sa.Column("csrf_secret", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_web_session_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_role_id"], ["user_role.id"], name=op.f("fk_web_session_user_role_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_user_id"), "web_session", ["user_id"], unique=False)
    op.create_table(
        "attendee",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column("invitation", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stamp_sequence", sa.Integer(), nullable=True),
        sa.Column("stamp_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stamp_received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stamp_digest", sa.Text(), nullable=True),
        sa.CheckConstraint("role in ('named', 'substitute', 'manager')", name=op.f("ck_attendee_role")),
        sa.CheckConstraint(
            "state in ('queued', 'named', 'invited', 'asked', 'accepted', 'refused', 'withdrawn', 'silent', "
            "'bounced', 'stood_down')",
            name=op.f("ck_attendee_state"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "party"],
            ["party.meeting_id", "party.ordinal"],
            name=op.f("fk_attendee_meeting_id_party"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "party", "ordinal", name=op.f("pk_attendee")),
    )
    op.create_table(
        "invitation",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("reply_token", sa.Text(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("attendee", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("rescheduled", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resent_for", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("delivery in ('pending', 'accepted', 'undeliverable')", name=op.f("ck_invitation_delivery")),
        sa.CheckConstraint("reply_token ~ '^[a-z2-7]{26}$'", name=op.f("ck_invitation_reply_token")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "party"],
            ["party.meeting_id", "party.ordinal"],
            name=op.f("fk_invitation_meeting_id_party"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "ordinal", name=op.f("pk_invitation")),
        sa.UniqueConstraint("id", name=op.f("uq_invitation_id")),
        sa.UniqueConstraint("reply_token", name=op.f("uq_invitation_reply_token")),
    )
    op.create_table(
        "party_round",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ladder", sa.Boolean(), nullable=False),
        sa.Column("clock_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_days", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("closed_days_ignored", sa.Boolean(), nullable=False),
        sa.Column("phone_only", sa.Boolean(), nullable=False),
        sa.Column("weekend_staffed", sa.Boolean(), nullable=False),
        sa.Column("auto_accepts", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("undeliverable", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promise_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_kind", sa.Text(), nullable=True),
        sa.Column("answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_channel", sa.Text(), nullable=True),
        sa.Column("answer_recorded_by", sa.Text(), nullable=True),
        sa.Column("answer_regret_reason", sa.Text(), nullable=True),
        sa.Column("answer_contest_reason", sa.Text(), nullable=True),
        sa.Column("answer_proposed_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_proposed_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_target_unit_id", sa.UUID(), nullable=True),
        sa.Column("answer_target_unit_name", sa.Text(), nullable=True),
        sa.Column("answer_information_channel", sa.Text(), nullable=True),
        sa.Column("answer_represented_by", sa.Integer(), nullable=True),
        sa.Column("answer_decided", sa.Boolean(), nullable=True),
        sa.Column("name_asked", sa.Boolean(), nullable=False),
        sa.Column("confirm_asked", sa.Boolean(), nullable=False),
        sa.Column("convener_asked", sa.Boolean(), nullable=False),
        sa.Column("lifted_to_head", sa.Boolean(), nullable=False),
        sa.Column("substitution_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("substitution_open", sa.Boolean(), nullable=False),
        sa.Column("substitution_exhausted", sa.Boolean(), nullable=False),
        sa.Column("phone_told", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "answer_channel in ('mail', 'page', 'phone', 'in_person', 'other_system', 'sdk', 'letter')",
            name=op.f("ck_party_round_answer_channel"),
        ),
        sa.CheckConstraint(
            "answer_contest_reason in ('not_concerned', 'purpose_unclear', 'nothing_to_contribute')",
            name=op.f("ck_party_round_answer_contest_reason"),
        ),
        sa.CheckConstraint(
            "answer_information_channel in ('mail', 'page', 'phone', 'in_person', 'other_system', 'sdk', 'letter')",
            name=op.f("ck_party_round_answer_information_channel"),
        ),
        sa.CheckConstraint(
            "answer_kind in ('attends', 'tentative', 'regrets', 'proposes', 'unknown_identity', 'contests', "
            "'redirects', 'not_ours', 'informs', 'represented')",
            name=op.f("ck_party_round_answer_kind"),
        ),
        sa.CheckConstraint(
            "answer_regret_reason in ('unplanned_absence', 'double_booked', 'on_leave', 'no_capacity', "
            "'other', 'not_given')",
            name=op.f("ck_party_round_answer_regret_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["answer_target_unit_id"], ["unit.id"], name=op.f("fk_party_round_answer_target_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "party"],
            ["party.meeting_id", "party.ordinal"],
            name=op.f("fk_party_round_meeting_id_party"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "party", "number", name=op.f("pk_party_round")),
    )
    op.create_table(
        "pause",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind in ('proposal', 'identity', 'contest', 'redirect', 'not_ours', 'convener')",
            name=op.f("ck_pause_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "party", "round"],
            ["party_round.meeting_id", "party_round.party", "party_round.number"],
            name=op.f("fk_pause_meeting_id_party_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "party", "round", "ordinal", name=op.f("pk_pause")),
    )
    op.create_table(
        "rung",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "rung in ('reminder', 'no_acknowledgement', 'no_answer', 'still_none')", name=op.f("ck_rung_rung")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "party", "round"],
            ["party_round.meeting_id", "party_round.party", "party_round.number"],
            name=op.f("fk_rung_meeting_id_party_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "party", "round", "ordinal", name=op.f("pk_rung")),
    )


def downgrade() -> None:
    op.drop_table("rung")
    op.drop_table("pause")
    op.drop_table("party_round")
    op.drop_table("invitation")
    op.drop_table("attendee")
    op.drop_index(op.f("ix_web_session_user_id"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_index("ix_party_unit_id", table_name="party")
    op.drop_table("party")
    op.drop_index(
        "ix_outbox_to_feed_back",
        table_name="outbox",
        postgresql_where=sa.text("state in ('sent', 'failed', 'dropped') and fed_back_at is null"),
    )
    op.drop_index("ix_outbox_pending", table_name="outbox", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index("ix_outbox_meeting_id", table_name="outbox")
    op.drop_index("ix_outbox_mail_id", table_name="outbox", postgresql_where=sa.text("mail_id is not null"))
    op.drop_table("outbox")
    op.drop_index(op.f("ix_link_token_meeting_id"), table_name="link_token")
    op.drop_index(op.f("ix_link_token_mail_id"), table_name="link_token")
    op.drop_table("link_token")
    op.drop_index("ix_deviation_state_raised_at", table_name="deviation")
    op.drop_index(op.f("ix_deviation_reporting_unit_id"), table_name="deviation")
    op.drop_index(op.f("ix_deviation_receiving_unit_id"), table_name="deviation")
    op.drop_index("ix_deviation_failures", table_name="deviation", postgresql_where=sa.text("failures > 0"))
    op.drop_index("ix_deviation_due_at", table_name="deviation", postgresql_where=sa.text("due_at is not null"))
    op.drop_table("deviation")
    op.drop_index(op.f("ix_user_role_user_id"), table_name="user_role")
    op.drop_table("user_role")
    op.drop_index("ix_meeting_state_starts_at", table_name="meeting")
    op.drop_index("ix_meeting_failures", table_name="meeting", postgresql_where=sa.text("failures > 0"))
    op.drop_index("ix_meeting_due_at", table_name="meeting", postgresql_where=sa.text("due_at is not null"))
    op.drop_index("ix_meeting_convener_unit_id_starts_at", table_name="meeting")
    op.drop_index(op.f("ix_meeting_case_id"), table_name="meeting")
    op.drop_table("meeting")
    op.drop_table("case_organisation")
    op.drop_table("case_number")
    op.drop_index(op.f("ix_unit_address_email"), table_name="unit_address")
    op.drop_table("unit_address")
    op.drop_index(op.f("ix_role_unit_id"), table_name="role")
    op.drop_index(op.f("ix_role_principal_id"), table_name="role")
    op.drop_index(op.f("ix_role_person_id"), table_name="role")
    op.drop_index(op.f("ix_role_organisation_id"), table_name="role")
    op.drop_table("role")
    op.drop_table("closed_day")
    op.drop_index(op.f("ix_case__unit_id"), table_name="case_")
    op.drop_table("case_")
    op.drop_index("uq_app_user_email", table_name="app_user")
    op.drop_table("app_user")
    op.drop_table("api_key")
    op.drop_index(op.f("ix_unit_organisation_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_index("uq_person_organisation_id_email", table_name="person")
    op.drop_index(op.f("ix_person_organisation_id"), table_name="person")
    op.drop_table("person")
    op.drop_table("organisation_domain")
    op.drop_table("agreement_principal")
    op.drop_index(op.f("ix_organisation_principal_id_name"), table_name="organisation")
    op.drop_index(op.f("ix_organisation_principal_id"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_table("agreement")
    op.drop_table("service_clock")
    op.drop_table("rule_set")
    op.drop_table("principal")
    op.drop_index("ix_mail_retry_at", table_name="mail", postgresql_where=sa.text("retry_at is not null"))
    op.drop_table("mail")
    op.drop_table("journal")
    op.drop_index("ix_inbound_unjudged", table_name="inbound", postgresql_where=sa.text("judged_at is null"))
    op.drop_index(
        "ix_inbound_not_applied",
        table_name="inbound",
        postgresql_where=sa.text("outcome in ('refused', 'quarantine') and handled_at is null"),
    )
    op.drop_index(op.f("ix_inbound_meeting_id"), table_name="inbound")
    op.drop_table("inbound")
    op.drop_index("ix_idempotency_recorded_at", table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_table("heartbeat")
    op.drop_index("ix_access_log_subject_kind_subject_id", table_name="access_log")
    op.drop_index("ix_access_log_actor_id_recorded_at", table_name="access_log")
    op.drop_table("access_log")
