"""The meeting with its parties, rounds, rungs, pauses, attendees and invitations: rows, not blobs.

A column has the name of the field it holds; a value inside a value is flattened with its field's name before it
(`convener_phone`, `place_kind`). Only `start` and `end` are called `starts_at` and `ends_at`, for `end` is a word of
SQL.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from sip.domain.agreement import MeetingKind, Rung
from sip.domain.events import CancelReason
from sip.domain.people import Language
from sip.domain.terms import (
    AnswerKind,
    AttendeeRole,
    AttendeeState,
    Basis,
    Channel,
    ClaimKind,
    ClaimState,
    ContestReason,
    Delivery,
    Form,
    Mark,
    MeetingState,
    NextDate,
    Obligation,
    Outcome,
    PauseKind,
    PlaceKind,
    Purpose,
    RegretReason,
)
from sip.store.tables.base import (
    aggregate_columns,
    day,
    days,
    flag,
    hand_columns,
    hand_indexes,
    metadata,
    moment,
    text,
    texts,
    uid,
    uids,
    whole,
    words,
)


def place_columns(prefix: str, *, null: bool = False) -> tuple[Column[Any], ...]:
    """A place as structure, laid flat."""
    return (
        words(f"{prefix}kind", PlaceKind, null=null),
        text(f"{prefix}unit", null=True),
        text(f"{prefix}room", null=True),
        text(f"{prefix}video_url", null=True),
        text(f"{prefix}phone", null=True),
    )


def stamp_columns(*, null: bool = True) -> tuple[Column[Any], ...]:
    """Which answer was the latest, laid flat; all null when there was none."""
    return (
        whole("stamp_sequence", null=null),
        moment("stamp_said_at", null=null),
        moment("stamp_received_at", null=null),
        text("stamp_digest", null=null),
    )


def of_party(*rest: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["meeting_id", "party", *rest], _party_key(rest), ondelete="CASCADE")


def _party_key(rest: tuple[str, ...]) -> list[str]:
    if rest:
        return ["party_round.meeting_id", "party_round.party", "party_round.number"]
    return ["party.meeting_id", "party.ordinal"]


meeting = Table(
    "meeting",
    metadata,
    uid("id", primary_key=True),
    text("reference"),
    uid("case_id", ForeignKey("case_.id"), index=True),
    words("kind", MeetingKind),
    words("purpose", Purpose),
    text("purpose_text"),
    texts("questions"),
    words("form", Form),
    *place_columns("place_"),
    moment("starts_at"),
    moment("ends_at"),
    uid("convener_unit_id", ForeignKey("unit.id")),
    text("convener_unit_name"),
    uid("convener_organisation_id", ForeignKey("organisation.id")),
    uid("convener_principal_id", ForeignKey("principal.id")),
    text("convener_person"),
    text("convener_email"),
    text("convener_phone"),
    words("convener_language", Language),
    words("state", MeetingState),
    text("chair_name", null=True),
    text("chair_email", null=True),
    uid("follows", ForeignKey("meeting.id"), null=True),
    moment("called_at", null=True),
    flag("started"),
    moment("cancelled_at", null=True),
    words("cancel_reason", CancelReason, null=True),
    whole("sequence"),
    whole("revision"),
    whole("moves"),
    whole("told"),
    words("outcome", Outcome, null=True),
    moment("closed_at", null=True),
    whole("attendance_step"),
    moment("attendance_asked_at", null=True),
    flag("unrecorded"),
    uid("responsible_principal_id", ForeignKey("principal.id"), null=True),
    day("next_meeting_on", null=True),
    words("next_date", NextDate, server_default="awaited"),
    flag("own_record_copy"),
    day("consent_until", null=True),
    flag("consent_told", server_default="false"),
    flag("consent_over", server_default="false"),
    moment("not_before", null=True),
    text("keeper_id", null=True),
    text("keeper_name", null=True),
    moment("keeper_at", null=True),
    text("remark_text", null=True),
    text("remark_by", null=True),
    moment("remark_at", null=True),
    moment("snooze_until", null=True),
    text("snooze_reason", null=True),
    text("snooze_by", null=True),
    moment("snooze_at", null=True),
    *hand_columns(),
    # The ids of the units that are called, and of their organisations and principals: what row-level security asks.
    uids("called_places", server_default="{}"),
    *aggregate_columns(),
    CheckConstraint("ends_at > starts_at", name="times"),
    Index("ix_meeting_due_at", "due_at", postgresql_where=sql("due_at is not null")),
    Index("ix_meeting_state_starts_at", "state", "starts_at"),
    *(Index(f"ix_meeting_{'_'.join(of)}", *of) for of in (("starts_at", "id"), ("convener_unit_id", "starts_at"))),
    Index("ix_meeting_failures", "retry_at", postgresql_where=sql("failures > 0")),
    *hand_indexes("meeting", "convener_"),
    Index("ix_meeting_snooze_until", "snooze_until", postgresql_where=sql("snooze_until is not null")),
    # Folded here, not where it is asked: behind row-level security no index on `lower()` is used (decision 0083).
    text("convener_folded", Computed("lower(convener_email)", persisted=True)),
    text("chair_folded", Computed("lower(chair_email)", persisted=True), null=True),
    # Up to which row of its journal names have given way to functions (rules, section 12 K4).
    whole("names_seq", server_default="0"),
    Index("ix_meeting_names", "ends_at", "id", postgresql_where=sql("names_seq < journal_seq")),
    *(Index(f"ix_meeting_{who}_folded", f"{who}_folded", "starts_at") for who in ("convener", "chair")),
    flag("protected", server_default="false"),
    # A meeting of a protected case is protected, whatever the program thinks.
    ForeignKeyConstraint(["case_id", "protected"], ["case_.id", "case_.protected"], name="fk_meeting_case_protected"),
    Index("ix_meeting_protected", "starts_at", postgresql_where=sql("protected")),
)

party = Table(
    "party",
    metadata,
    uid("meeting_id", ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True),
    whole("ordinal", primary_key=True),
    uid("unit_id", ForeignKey("unit.id")),
    text("unit_name"),
    uid("organisation_id", ForeignKey("organisation.id")),
    uid("principal_id", ForeignKey("principal.id")),
    words("obligation", Obligation),
    words("basis", Basis),
    text("rule_set", ForeignKey("rule_set.hash")),
    text("phone", null=True),
    words("language", Language),
    text("other_system", null=True),
    whole("redirected_from", null=True),
    whole("redirected_to", null=True),
    flag("released"),
    moment("excused_at", null=True),
    flag("removed"),
    words("identity_channel", Channel, null=True),
    moment("identity_at", null=True),
    *stamp_columns(),
    whole("round", null=True),
    words("mark", Mark, null=True),
    flag("reported"),
    flag("report_told"),
    flag("survey_asked", server_default="false"),
    moment("not_before", null=True),
    *hand_columns(),
    moment("ahead_at", null=True),
    moment("meets_at", null=True),
    flag("protected", server_default="false"),
    Index("ix_party_unit_id", "unit_id", "meeting_id"),
    Index("ix_party_meets", "unit_id", "meets_at", postgresql_where=sql("meets_at is not null")),
    Index("ix_party_ahead", "unit_id", "ahead_at", postgresql_where=sql("ahead_at is not null")),
    *hand_indexes("party", ""),
)

# One row per round: the value holds the current one only, earlier rounds stay for the timeline and the statistics.
party_round = Table(
    "party_round",
    metadata,
    uid("meeting_id", primary_key=True),
    whole("party", primary_key=True),
    whole("number", primary_key=True),
    moment("began_at"),
    flag("ladder"),
    moment("clock_start", null=True),
    days("closed_days"),
    flag("closed_days_ignored"),
    flag("phone_only"),
    flag("weekend_staffed"),
    flag("auto_accepts"),
    flag("verified"),
    flag("undeliverable"),
    moment("acknowledged_at", null=True),
    moment("acted_at", null=True),
    moment("promise_until", null=True),
    words("answer_kind", AnswerKind, null=True),
    moment("answer_at", null=True),
    moment("answer_since", null=True),
    words("answer_channel", Channel, null=True),
    text("answer_recorded_by", null=True),
    words("answer_regret_reason", RegretReason, null=True),
    words("answer_contest_reason", ContestReason, null=True),
    moment("answer_proposed_start", null=True),
    moment("answer_proposed_end", null=True),
    uid("answer_target_unit_id", ForeignKey("unit.id"), null=True),
    text("answer_target_unit_name", null=True),
    words("answer_information_channel", Channel, null=True),
    whole("answer_represented_by", null=True),
    Column("answer_decided", Boolean, nullable=True),
    flag("name_asked"),
    flag("confirm_asked"),
    flag("convener_asked"),
    flag("stands_without", server_default="false"),
    flag("lifted_to_head"),
    moment("substitution_opened_at", null=True),
    flag("substitution_open"),
    flag("substitution_exhausted"),
    flag("phone_told"),
    moment("asked_again_at", null=True),
    of_party(),
)

rung = Table(
    "rung",
    metadata,
    uid("meeting_id", primary_key=True),
    whole("party", primary_key=True),
    whole("round", primary_key=True),
    whole("ordinal", primary_key=True),
    words("rung", Rung),
    moment("due"),
    moment("fired_at", null=True),
    texts("pending"),
    moment("settled_at", null=True),
    of_party("round"),
)

pause = Table(
    "pause",
    metadata,
    uid("meeting_id", primary_key=True),
    whole("party", primary_key=True),
    whole("round", primary_key=True),
    whole("ordinal", primary_key=True),
    words("kind", PauseKind),
    moment("began_at"),
    moment("until"),
    moment("ended_at", null=True),
    text("reason", null=True),
    of_party("round"),
)

attendee = Table(
    "attendee",
    metadata,
    uid("meeting_id", primary_key=True),
    whole("party", primary_key=True),
    whole("ordinal", primary_key=True),
    text("name"),
    words("role", AttendeeRole),
    words("state", AttendeeState),
    whole("round"),
    text("email", null=True),
    text("phone", null=True),
    text("function", null=True),
    whole("invitation", null=True),
    moment("asked_at", null=True),
    moment("until", null=True),
    moment("answered_at", null=True),
    *stamp_columns(),
    text("email_folded", Computed("lower(email)", persisted=True), null=True),
    of_party(),
    Index("ix_attendee_email_folded", "email_folded", "meeting_id", postgresql_where=sql("email_folded is not null")),
)

# `id` is the UID of the calendar entry; the reply token is random, made by the store, and opens no page.
invitation = Table(
    "invitation",
    metadata,
    uid("meeting_id", primary_key=True),
    whole("ordinal", primary_key=True),
    uid("id"),
    text("reply_token", CheckConstraint("reply_token ~ '^[a-z2-7]{26}$'", name="reply_token")),
    whole("party"),
    text("email"),
    whole("attendee", null=True),
    whole("sequence"),
    whole("rescheduled"),
    words("delivery", Delivery),
    moment("sent_at", null=True),
    moment("accepted_at", null=True),
    whole("resent_for"),
    flag("active"),
    whole("copy_of", null=True),
    moment("refreshed_at", null=True),
    moment("away_at", null=True),
    day("away_until", null=True),
    of_party(),
    UniqueConstraint("id"),
    UniqueConstraint("reply_token"),
)

# Answers of which it is not certain whose they are; they stay when they are decided, as the invitations do.
claim = Table(
    "claim",
    metadata,
    uid("meeting_id", primary_key=True),
    whole("ordinal", primary_key=True),
    whole("party"),
    whole("invitation"),
    words("kind", ClaimKind),
    words("answer", AnswerKind),
    text("email"),
    *stamp_columns(null=False),
    moment("at"),
    words("state", ClaimState),
    text("sender", null=True),
    whole("attendee", null=True),
    moment("proposed_start", null=True),
    moment("proposed_end", null=True),
    moment("decided_at", null=True),
    text("decided_by", null=True),
    of_party(),
    Index("ix_claim_waiting", "meeting_id", postgresql_where=sql("state = 'waiting'")),
)

# Who said herself that she is there; gone when the meeting is moved.
check_in = Table(
    "check_in",
    metadata,
    uid("meeting_id", primary_key=True),
    whole("ordinal", primary_key=True),
    whole("party"),
    text("name"),
    moment("at"),
    whole("attendee", null=True),
    of_party(),
)

# Who may see a protected meeting, and for which party.
named_user = Table(
    "named_user",
    metadata,
    uid("meeting_id", primary_key=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
    whole("party"),
    of_party(),
    Index("ix_named_user_user_id", "user_id"),
)
