"""Trials of agreements that somebody asked for by a page, and what came of them."""

from sqlalchemy import CheckConstraint, Table

from sip.store.tables.base import document, machine_moment, metadata, moment, text, uid, whole

# One trial: `file` is the agreement as its file, `joinings` from when to when each has joined it, which no file says
# (null: nothing is said of any); `done` and `total` count meetings. `touched_at`: somebody still works
# on it. `result` holds counts, and ids of units; nothing of a meeting or a person.
replay = Table(
    "replay",
    metadata,
    uid("id", primary_key=True),
    uid("agreement_id", index=True),
    text("name"),
    text("file"),
    whole("year"),
    text("area", null=True),
    text("state", CheckConstraint("state in ('waiting', 'running', 'done', 'failed')", name="state")),
    whole("done", server_default="0"),
    whole("total", server_default="0"),
    whole("tries", server_default="0"),
    document("result", null=True),
    document("joinings", null=True),
    text("asked_by"),
    moment("asked_at", index=True),
    machine_moment("touched_at", stamped=True),
    machine_moment("recorded_at", stamped=True),
)
