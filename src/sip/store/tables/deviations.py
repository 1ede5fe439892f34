"""The deviation report: one row, for one meeting and party for ever (rules, section 2) or for a matter of its own
(section 8 D9), its thread and its measures; and reports that somebody is writing."""

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from sip.domain.deviation import Cause, DeviationState, ReportSide, Statement, WithdrawnBecause
from sip.domain.terms import Channel, Form, Purpose
from sip.store.tables.base import (
    aggregate_columns,
    day,
    document,
    flag,
    machine_moment,
    metadata,
    moment,
    text,
    texts,
    uid,
    whole,
    words,
)
from sip.store.tables.meetings import place_columns


def side_columns(side: str) -> tuple[Column[Any], ...]:
    return (
        uid(f"{side}_unit_id", ForeignKey("unit.id"), index=True),
        text(f"{side}_unit_name"),
        uid(f"{side}_organisation_id", ForeignKey("organisation.id")),
        uid(f"{side}_principal_id", ForeignKey("principal.id")),
    )


deviation = Table(
    "deviation",
    metadata,
    uid("id", primary_key=True),
    uid("meeting_id", ForeignKey("meeting.id"), null=True),
    whole("party", null=True),
    uid("facts_meeting_id", null=True),
    text("facts_reference", null=True),
    moment("facts_starts_at", null=True),
    moment("facts_ends_at", null=True),
    words("facts_form", Form, null=True),
    *place_columns("facts_place_", null=True),
    words("facts_purpose", Purpose, null=True),
    text("facts_convener_unit", null=True),
    text("facts_convener_person", null=True),
    text("facts_convener_phone", null=True),
    text("facts_convener_email", null=True),
    whole("facts_sequence", null=True),
    whole("facts_revision", null=True),
    texts("facts_other_units", null=True),
    flag("facts_protected", null=True, server_default="false"),
    *side_columns("reporting"),
    *side_columns("receiving"),
    text("rule_set", ForeignKey("rule_set.hash")),
    texts("categories"),
    words("state", DeviationState),
    moment("raised_at"),
    flag("automatic"),
    whole("notice_days", null=True),
    whole("moves"),
    flag("purpose_given"),
    text("description", null=True),
    words("statement", Statement, null=True),
    moment("heard_at", null=True),
    moment("received_at", null=True),
    words("cause", Cause, null=True),
    text("account", null=True),
    moment("answered_at", null=True),
    moment("closed_at", null=True),
    moment("withdrawn_at", null=True),
    words("withdrawn_because", WithdrawnBecause, null=True),
    whole("reminders"),
    flag("manager_told"),
    flag("head_told"),
    whole("dispute_steps", server_default="0"),
    whole("disputed_days", server_default="0"),
    moment("stepped_at", null=True),
    moment("not_before", null=True),
    whole("raisings"),
    texts("also", server_default="{}"),
    text("closed_because", null=True),
    moment("forwarded_at", null=True),
    text("forwarded_because", null=True),
    uid("merged_into", ForeignKey("deviation.id", ondelete="SET NULL"), null=True),
    uid("case_id", ForeignKey("case_.id"), null=True, index=True),
    text("own_reference", null=True),
    day("happened_on", null=True),
    whole("severity", null=True),
    whole("likelihood", null=True),
    *aggregate_columns(),
    flag("good_example", server_default="false"),
    whole("names_seq", server_default="0"),
    UniqueConstraint("meeting_id", "party", "reporting_unit_id", "good_example"),
    CheckConstraint("num_nonnulls(meeting_id, case_id) = 1", name="belongs"),
    CheckConstraint("severity between 1 and 4 and likelihood between 1 and 4", name="risk"),
    Index("ix_deviation_due_at", "due_at", postgresql_where=sql("due_at is not null")),
    Index("ix_deviation_state_raised_at", "state", "raised_at"),
    Index("ix_deviation_names", "meeting_id", postgresql_where=sql("names_seq < journal_seq")),
    Index("ix_deviation_failures", "retry_at", postgresql_where=sql("failures > 0")),
)


def _of_report() -> ForeignKey:
    return ForeignKey("deviation.id", ondelete="CASCADE")


deviation_word = Table(
    "deviation_word",
    metadata,
    uid("deviation_id", _of_report(), primary_key=True),
    whole("number", primary_key=True),
    words("side", ReportSide),
    moment("at"),
    text("text"),
    words("channel", Channel),
)

deviation_measure = Table(
    "deviation_measure",
    metadata,
    uid("deviation_id", _of_report(), primary_key=True),
    whole("number", primary_key=True),
    words("side", ReportSide),
    text("text"),
    text("owner"),
    day("due_on"),
    moment("taken_at"),
    flag("reminded"),
    flag("lifted"),
    moment("followed_at", null=True),
    Column("done", Boolean, nullable=True),
    text("effect", null=True),
)

# In the register of an authority whose unit is a side of the report: its own, and no business of the other's.
report_registration = Table(
    "report_registration",
    metadata,
    uid("deviation_id", _of_report(), primary_key=True),
    uid("organisation_id", ForeignKey("organisation.id"), primary_key=True),
    uid("unit_id", ForeignKey("unit.id")),
    uid("principal_id", ForeignKey("principal.id")),
    text("number", null=True),
    day("received_on", null=True),
    moment("noted_at"),
)

# A report that a user is writing, as she has said it so far; nobody else's, and no report. It stays until she sends it
# or throws it away.
report_draft = Table(
    "report_draft",
    metadata,
    uid("id", primary_key=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), index=True),
    document("said"),
    moment("made_at"),
    moment("changed_at"),
    machine_moment("recorded_at", stamped=True),
)
