"""What is counted (`sip.domain.counting`): meetings that are over, the units called to them, reports that were heard.

No foreign key leads to the meeting or the report: a count stays when they are disposed of. What a unit was when it was
first counted stands beside it: the area it lay in, and the kinds of its organisation and principal.
"""

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy import text as sql

from sip.domain.agreement import MeetingKind, Rung
from sip.domain.deviation import Cause, DeviationState
from sip.domain.events import CancelReason
from sip.domain.people import PrincipalKind
from sip.domain.terms import Form, Mark, MeetingState, Obligation, Outcome, Purpose
from sip.store.tables.base import day, flag, metadata, moment, text, texts, uid, whole, words


def unit_columns(prefix: str = "") -> tuple[Column[Any], ...]:
    """A unit with its organisation and principal, which are never deleted."""
    return (
        uid(f"{prefix}unit_id", ForeignKey("unit.id")),
        uid(f"{prefix}organisation_id", ForeignKey("organisation.id")),
        uid(f"{prefix}principal_id", ForeignKey("principal.id")),
    )


def place_columns() -> tuple[Column[Any], ...]:
    """What the unit was when it was counted."""
    return (
        text("area", null=True),
        text("organisation_kind"),
        words("principal_kind", PrincipalKind),
    )


counted_meeting = Table(
    "counted_meeting",
    metadata,
    uid("meeting_id", primary_key=True),
    day("month"),
    *unit_columns(),
    words("kind", MeetingKind),
    words("purpose", Purpose),
    words("form", Form),
    words("state", MeetingState),
    words("cancel_reason", CancelReason, null=True),
    words("outcome", Outcome, null=True),
    whole("moves"),
    flag("special"),
    moment("over_at"),
    *place_columns(),
    Index("ix_counted_meeting_month", "month"),
)

counted_party = Table(
    "counted_party",
    metadata,
    uid("meeting_id", primary_key=True),
    whole("ordinal", primary_key=True),
    day("month"),
    *unit_columns(),
    *unit_columns("caller_"),
    words("obligation", Obligation),
    flag("bound"),
    flag("reached"),
    flag("answered"),
    flag("in_time"),
    whole("acknowledged_minutes", null=True),
    whole("answered_minutes", null=True),
    flag("substitute_wanted"),
    flag("substitute_found"),
    texts("escalations"),
    words("highest", Rung, null=True),
    words("mark", Mark, null=True),
    flag("no_show"),
    *place_columns(),
    Index("ix_counted_party_month", "month"),
    Index("ix_counted_party_area", "area", postgresql_where=sql("area is not null")),
)

counted_report = Table(
    "counted_report",
    metadata,
    uid("deviation_id", primary_key=True),
    uid("meeting_id", null=True),
    day("month"),
    *unit_columns("reporting_"),
    *unit_columns(),
    flag("automatic"),
    flag("good_example"),
    texts("categories"),
    words("cause", Cause, null=True),
    words("state", DeviationState),
    moment("due_at"),
    whole("answer_days", null=True),
    flag("in_time"),
    whole("measures"),
    whole("measures_done"),
    *place_columns(),
    Index("ix_counted_report_month", "month"),
)

# Of a protected meeting, that there was one: no unit stands beside it, and no page tells more than a total of all.
counted_protected = Table(
    "counted_protected",
    metadata,
    uid("meeting_id", primary_key=True),
    day("month"),
)

# What was over before there were counts: the hourly house-keeping counts it, and takes it away.
uncounted = Table(
    "uncounted",
    metadata,
    uid("id", primary_key=True),
    text("kind", CheckConstraint("kind in ('meeting', 'deviation')", name="kind")),
)
