"""The deviation report: one row, for one meeting and party for ever (rules, section 2), its thread and its measures."""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from sip.domain.deviation import Cause, DeviationState, ReportSide, Statement, WithdrawnBecause
from sip.domain.terms import Channel, Form, Purpose
from sip.store.tables.base import aggregate_columns, day, flag, metadata, moment, text, texts, uid, whole, words
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
    uid("meeting_id", ForeignKey("meeting.id")),
    whole("party"),
    uid("facts_meeting_id"),
    text("facts_reference"),
    moment("facts_starts_at"),
    moment("facts_ends_at"),
    words("facts_form", Form),
    *place_columns("facts_place_"),
    words("facts_purpose", Purpose),
    text("facts_convener_unit"),
    text("facts_convener_person"),
    text("facts_convener_phone"),
    text("facts_convener_email"),
    whole("facts_sequence"),
    whole("facts_revision"),
    texts("facts_other_units"),
    flag("facts_protected", server_default="false"),
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
    *aggregate_columns(),
    flag("good_example", server_default="false"),
    whole("names_seq", server_default="0"),
    UniqueConstraint("meeting_id", "party", "reporting_unit_id", "good_example"),
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
