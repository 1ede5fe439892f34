"""What stands around meetings without being one: those being made, and what is ticked on a list."""

from sqlalchemy import ForeignKey, Table

from sip.domain.checklist import ChecklistItem
from sip.store.tables.base import document, machine_moment, metadata, moment, text, uid, words

# A meeting that a user is making, as she has said it so far; nobody else's, and no meeting.
sketch = Table(
    "sketch",
    metadata,
    uid("id", primary_key=True),
    uid("user_id", ForeignKey("app_user.id", ondelete="CASCADE"), index=True),
    document("said"),
    moment("made_at"),
    moment("changed_at", index=True),
    machine_moment("recorded_at", stamped=True),
)

# A line of a meeting's list that somebody of the convener's side has ticked.
checklist_tick = Table(
    "checklist_tick",
    metadata,
    uid("meeting_id", ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True),
    words("item", ChecklistItem, primary_key=True),
    moment("at"),
    text("by_name"),
    machine_moment("recorded_at", stamped=True),
)
