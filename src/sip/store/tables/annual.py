"""Yearly reports (`sip.domain.annual`): what the board writes, a year's frozen counts, and the editions published.

An area is "" for the whole county, so that it can be part of a key.
"""

from sqlalchemy import Table, UniqueConstraint

from sip.domain.annual import Edition, ReportPart
from sip.store.tables.base import document, machine_moment, metadata, moment, text, uid, whole, words

annual_text = Table(
    "annual_text",
    metadata,
    whole("year", primary_key=True),
    text("area", primary_key=True),
    words("part", ReportPart, primary_key=True),
    text("text"),
    whole("version"),
    text("changed_by"),
    moment("changed_at"),
    machine_moment("recorded_at", stamped=True),
)

annual_year = Table(
    "annual_year",
    metadata,
    whole("year", primary_key=True),
    text("area", primary_key=True),
    document("frozen"),
    moment("frozen_at"),
    machine_moment("recorded_at", stamped=True),
)

annual_edition = Table(
    "annual_edition",
    metadata,
    uid("id", primary_key=True),
    whole("year"),
    text("area"),
    words("edition", Edition),
    whole("version"),
    text("sha256"),
    document("content"),
    text("published_by"),
    moment("published_at"),
    machine_moment("recorded_at", stamped=True),
    UniqueConstraint("year", "area", "edition", "version"),
)
