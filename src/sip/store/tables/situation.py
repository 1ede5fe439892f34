"""What was counted of a county's week (rules, section 20): whole, small numbers too; they are hidden where it is told.

A column has the name of the figure it holds (`sip.domain.situation.PARTS`).
"""

from sqlalchemy import CheckConstraint, ForeignKey, Table

from sip.domain.situation import PARTS
from sip.store.tables.base import day, machine_moment, metadata, moment, uid, whole

situation = Table(
    "situation",
    metadata,
    uid("county_id", ForeignKey("county.id"), primary_key=True),
    day("monday", CheckConstraint("extract(isodow from monday) = 1", name="monday"), primary_key=True),
    moment("counted_at"),
    *(whole(one.name) for part in PARTS.values() for one in part),
    machine_moment("recorded_at", stamped=True),
)
