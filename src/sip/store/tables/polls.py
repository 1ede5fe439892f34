"""A meeting's latest poll of times: its times, whom it asks and what they said. Earlier ones stand in the journal."""

from sqlalchemy import ForeignKey, Table

from sip.domain.poll import PollChoice, PollEnd, PollState
from sip.domain.terms import Channel
from sip.store.tables.base import day, flag, metadata, moment, text, texts, uid, whole, words


def _of_meeting() -> ForeignKey:
    return ForeignKey("meeting.id", ondelete="CASCADE")


poll = Table(
    "poll",
    metadata,
    uid("meeting_id", _of_meeting(), primary_key=True),
    whole("number"),
    words("state", PollState),
    moment("asked_at"),
    moment("closes_at"),
    flag("reminded"),
    flag("told_all"),
    whole("picked", null=True),
    moment("over_at", null=True),
    words("ended_because", PollEnd, null=True),
    day("consent_until", null=True),
    moment("not_before", null=True),
)

poll_time = Table(
    "poll_time",
    metadata,
    uid("meeting_id", _of_meeting(), primary_key=True),
    whole("ordinal", primary_key=True),
    moment("starts_at"),
    moment("ends_at"),
)

poll_ask = Table(
    "poll_ask",
    metadata,
    uid("meeting_id", _of_meeting(), primary_key=True),
    whole("party", primary_key=True),
    text("email", null=True),
    moment("asked_at"),
    texts("tried"),
)

poll_answer = Table(
    "poll_answer",
    metadata,
    uid("meeting_id", _of_meeting(), primary_key=True),
    whole("party", primary_key=True),
    whole("time", primary_key=True),
    words("choice", PollChoice),
    moment("at"),
    text("by"),
    words("channel", Channel),
)
