"""Principals, organisations, units, staff and their dated roles, agreements and cases. Units are archived, never
deleted.
"""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from sip.domain.agreement import MeetingKind
from sip.domain.people import Language, PrincipalKind, Role
from sip.store.tables.base import (
    actor_columns,
    day,
    document,
    flag,
    machine_moment,
    metadata,
    moment,
    number,
    octets,
    text,
    texts,
    uid,
    whole,
    wholes,
    words,
)

# `changed_at`: when the row was last written otherwise than it was; a trigger keeps it.
principal = Table(
    "principal",
    metadata,
    uid("id", primary_key=True),
    words("kind", PrincipalKind),
    text("name", unique=True),
    machine_moment("recorded_at", stamped=True),
    machine_moment("changed_at", stamped=True),
    Index("ix_principal_changed_at", "changed_at", "id"),
)

organisation = Table(
    "organisation",
    metadata,
    uid("id", primary_key=True),
    uid("principal_id", ForeignKey("principal.id"), index=True),
    text("name"),
    text(
        "kind",
        CheckConstraint("kind in ('board', 'private_provider', 'school_owner', 'state_agency', 'other')", name="kind"),
    ),
    machine_moment("recorded_at", stamped=True),
    machine_moment("changed_at", stamped=True),
    Index("ix_organisation_changed_at", "changed_at", "id"),
    Index(None, "principal_id", "name", unique=True),
)

organisation_domain = Table(
    "organisation_domain",
    metadata,
    uid("organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True),
    text("domain", CheckConstraint("domain = lower(domain)", name="lower"), primary_key=True),
)

unit = Table(
    "unit",
    metadata,
    uid("id", primary_key=True),
    uid("organisation_id", ForeignKey("organisation.id"), index=True),
    text("name"),
    Column("hsa_id", Text, CheckConstraint("hsa_id ~ '^SE[0-9]{10}-[A-Za-z0-9]{1,18}$'", name="hsa_id"), unique=True),
    text("phone", null=True),
    text("area", null=True),
    words("language", Language),
    flag("auto_accepts", server_default="false"),
    flag("phone_only", server_default="false"),
    flag("weekend_staffed", server_default="false"),
    flag("inpatient", server_default="false"),
    flag("week_mail", server_default="false"),
    # Of versions to 0.2, which may run on beside a migration; nothing reads it since `verified_mailbox`.
    moment("verified_at", null=True),
    uid("successor_id", ForeignKey("unit.id"), null=True),
    moment("archived_at", null=True),
    machine_moment("recorded_at", stamped=True),
    machine_moment("changed_at", stamped=True),
    Index("ix_unit_changed_at", "changed_at", "id"),
    CheckConstraint("successor_id <> id", name="successor"),
    Index("ix_unit_area", "area", postgresql_where=sql("area is not null")),
    Index("ix_unit_archived_at", "archived_at", postgresql_where=sql("archived_at is not null")),
)

unit_address = Table(
    "unit_address",
    metadata,
    uid("unit_id", ForeignKey("unit.id"), primary_key=True),
    whole("ordinal", primary_key=True),
    text("email", index=True),
    day("valid_from", null=True),
    day("valid_to", null=True),
    CheckConstraint("valid_to >= valid_from", name="dates"),
)

# Units whose addresses have changed, until the called meetings have followed (rules, section 5 R5).
contacts_changed = Table(
    "contacts_changed",
    metadata,
    uid("unit_id", ForeignKey("unit.id"), primary_key=True),
    machine_moment("recorded_at", stamped=True),
)

# When a person was last seen to read a mailbox of a unit's. It is of the address: it stays when the unit has another,
# and holds again when the unit has it back.
verified_mailbox = Table(
    "verified_mailbox",
    metadata,
    uid("unit_id", ForeignKey("unit.id"), primary_key=True),
    text("email", CheckConstraint("email = lower(email)", name="lower"), primary_key=True),
    moment("verified_at"),
)

# A test call to one mailbox: unanswered, answered or disowned by a person, or undeliverable. An automatic answer
# settles nothing.
mailbox_check = Table(
    "mailbox_check",
    metadata,
    uid("id", primary_key=True),
    uid("unit_id", ForeignKey("unit.id")),
    text("email"),
    text("reply_token", CheckConstraint("reply_token ~ '^[a-z2-7]{26}$'", name="reply_token"), unique=True),
    whole("sequence"),
    moment("starts_at"),
    moment("ends_at"),
    moment("asked_at"),
    moment("asked_again_at", null=True),
    moment("sent_at", null=True),
    moment("automatic_at", null=True),
    text("outcome", CheckConstraint("outcome in ('answered', 'disowned', 'undeliverable')", name="outcome"), null=True),
    text("channel", CheckConstraint("channel in ('mail', 'page')", name="channel"), null=True),
    moment("settled_at", null=True),
    text("said", null=True),
    machine_moment("recorded_at", stamped=True),
    CheckConstraint("(outcome is null) = (settled_at is null)", name="settled"),
    Index("ix_mailbox_check_unit_id_asked_at", "unit_id", "asked_at"),
    Index("ix_mailbox_check_asked_at", "asked_at"),
    Index("ix_mailbox_check_asked_again_at", "asked_again_at", postgresql_where=sql("asked_again_at is not null")),
)

closed_day = Table(
    "closed_day",
    metadata,
    uid("unit_id", ForeignKey("unit.id"), primary_key=True),
    day("day", primary_key=True),
)

# When a unit says that it is open, in minutes after midnight; told to who chooses a time (rules, section 11).
unit_hours = Table(
    "unit_hours",
    metadata,
    uid("unit_id", ForeignKey("unit.id"), primary_key=True),
    whole("weekday", CheckConstraint("weekday between 0 and 6", name="weekday"), primary_key=True),
    whole("opens"),
    whole("closes"),
    CheckConstraint("opens >= 0 and opens < closes and closes < 1440", name="hours"),
)

# Days on which somebody of a unit's is away; why is not kept, and it is removed when it is over.
leave = Table(
    "leave",
    metadata,
    uid("id", primary_key=True),
    uid("unit_id", ForeignKey("unit.id"), index=True),
    text("name"),
    text("email", null=True),
    day("first_day"),
    day("last_day", index=True),
    machine_moment("recorded_at", stamped=True),
    CheckConstraint("last_day >= first_day", name="days"),
    CheckConstraint("email = lower(email)", name="lower"),
)

person = Table(
    "person",
    metadata,
    uid("id", primary_key=True),
    uid("organisation_id", ForeignKey("organisation.id"), index=True),
    text("name"),
    text("email", null=True),
    text("phone", null=True),
    text("function", null=True),
    machine_moment("recorded_at", stamped=True),
    Index("uq_person_organisation_id_email", "organisation_id", sql("lower(email)"), unique=True),
)

role = Table(
    "role",
    metadata,
    uid("id", primary_key=True),
    machine_moment("changed_at", stamped=True),
    Index("ix_role_changed_at", "changed_at", "id"),
    uid("person_id", ForeignKey("person.id"), index=True),
    words("role", Role),
    uid("unit_id", ForeignKey("unit.id"), null=True, index=True),
    uid("organisation_id", ForeignKey("organisation.id"), null=True, index=True),
    uid("principal_id", ForeignKey("principal.id"), null=True, index=True),
    whole("ordinal", server_default="0"),
    day("valid_from", null=True),
    day("valid_to", null=True),
    CheckConstraint("num_nonnulls(unit_id, organisation_id, principal_id) = 1", name="scope"),
    CheckConstraint("valid_to >= valid_from", name="dates"),
)

# Append-only, and without foreign keys: it outlives what it tells of (house, law 13).
directory_change = Table(
    "directory_change",
    metadata,
    number(),
    uid("subject_id"),
    uid("person_id", null=True),
    text("kind"),
    text("act", CheckConstraint("act in ('new', 'changed', 'archived', 'gone')", name="act")),
    texts("called"),
    document("cells"),
    *actor_columns(),
    moment("at"),
    machine_moment("recorded_at", stamped=True),
    Index("ix_directory_change_subject_id", "subject_id", "id"),
    Index("ix_directory_change_person_id", "person_id", "id", postgresql_where=sql("person_id is not null")),
)

# What was last read of a unit from an export of HSA, field by field: so what is changed by hand since is known for it.
hsa_value = Table(
    "hsa_value",
    metadata,
    uid("unit_id", ForeignKey("unit.id"), primary_key=True),
    text("field", CheckConstraint("field in ('name', 'phone', 'to')", name="field"), primary_key=True),
    text("value"),
    machine_moment("recorded_at", stamped=True),
)

# A file on its way in: kept, sealed, from when it was sent until it has been carried out or left. `rows` of `total` are
# written so far, as the process that works on it says now and then.
directory_upload = Table(
    "directory_upload",
    metadata,
    uid("id", primary_key=True),
    text("owner"),
    text("name"),
    octets("data", null=True),
    text("form", CheckConstraint("form in ('csv', 'hsa')", name="form"), server_default="csv"),
    text("state", CheckConstraint("state in ('waiting', 'running', 'done', 'failed')", name="state")),
    whole("rows", server_default="0"),
    whole("total"),
    document("errors", null=True),
    moment("at"),
    machine_moment("recorded_at", stamped=True),
    machine_moment("touched_at", stamped=True),
)

# Immutable, keyed by its content: parties and agreements point here, so that a frozen rule set stays what it was.
rule_set = Table(
    "rule_set",
    metadata,
    text("hash", primary_key=True),
    text("name"),
    whole("version"),
    flag("law_only"),
    flag("automatic_reports"),
    flag("show_other_units"),
    flag("redirect_must_attend"),
    flag("approve_colleagues", server_default=sql("false")),
    flag("survey", server_default=sql("false")),
    whole("minimum_notice"),
    wholes("gaps"),
    whole("no_answer_bound"),
    whole("still_none_bound"),
    whole("deadline_bound"),
    whole("question_bound"),
    whole("proposal_pause"),
    whole("identity_pause"),
    whole("contest_pause"),
    whole("redirect_pause"),
    whole("redirect_hops"),
    whole("substitutes_most"),
    whole("hearing"),
    whole("answer_days"),
    wholes("answer_reminders"),
    whole("head_after"),
    texts("half_days"),
    whole("half_day_closes"),
    whole("verified_months"),
    text("deviation_name_sv"),
    text("deviation_name_en"),
)

agreement = Table(
    "agreement",
    metadata,
    uid("id", primary_key=True),
    whole("version", primary_key=True),
    text("name"),
    flag("local"),
    texts("kinds"),
    day("valid_from"),
    day("valid_to", null=True),
    text("rules", ForeignKey("rule_set.hash")),
    text("discharge_rules", ForeignKey("rule_set.hash")),
    day("decided", null=True),
    text("registration_number", null=True),
    Column("renewal", ARRAY(Integer), nullable=False, server_default="{180,90,30}"),
    whole("region_share", server_default="50"),
    machine_moment("recorded_at", stamped=True),
    CheckConstraint("valid_to >= valid_from", name="dates"),
    CheckConstraint("cardinality(renewal) = 3", name="renewal"),
    CheckConstraint("region_share between 0 and 100", name="region_share"),
    CheckConstraint("kinds <@ array[{}]".format(", ".join(f"'{k.value}'" for k in MeetingKind)), name="kinds"),
    CheckConstraint("cardinality(kinds) > 0", name="some_kind"),
)

# A joining (rules, section 17 J1): what is null is as the version says.
agreement_principal = Table(
    "agreement_principal",
    metadata,
    uid("agreement_id", primary_key=True),
    whole("version", primary_key=True),
    uid("principal_id", ForeignKey("principal.id"), primary_key=True),
    text("body", null=True),
    day("decided", null=True),
    text("registration_number", null=True),
    day("valid_from", null=True),
    day("valid_to", null=True),
    whole("weight", CheckConstraint("weight > 0", name="weight"), server_default="1"),
    CheckConstraint("valid_to >= valid_from", name="dates"),
    ForeignKeyConstraint(["agreement_id", "version"], ["agreement.id", "agreement.version"], ondelete="CASCADE"),
)

case_ = Table(
    "case_",
    metadata,
    uid("id", primary_key=True),
    text("reference", unique=True),
    uid("unit_id", ForeignKey("unit.id"), index=True),
    flag("consent"),
    text("consent_scope", null=True),
    text("consent_given", null=True),
    day("consent_until", null=True),
    flag("consent_limited", server_default="false"),
    flag("other_legal_ground", server_default="false"),
    flag("protected", server_default="false"),
    flag("legal_hold", server_default="false"),
    moment("created_at"),
    moment("consent_withdrawn_at", null=True),
    machine_moment("recorded_at", stamped=True),
    UniqueConstraint("id", "protected", name="uq_case__protected"),
    Index("ix_case__protected", "id", postgresql_where=sql("protected")),
)

case_organisation = Table(
    "case_organisation",
    metadata,
    uid("case_id", ForeignKey("case_.id", ondelete="CASCADE"), primary_key=True),
    uid("organisation_id", ForeignKey("organisation.id"), primary_key=True),
)

# One private key per unit for its own record number, shown to that unit only (rules, section 1).
case_number = Table(
    "case_number",
    metadata,
    uid("case_id", ForeignKey("case_.id", ondelete="CASCADE"), primary_key=True),
    uid("unit_id", ForeignKey("unit.id"), primary_key=True),
    text("record_number"),
)
