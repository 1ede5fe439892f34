"""What is kept about one of the staff, by her e-mail address: the rows whole, table by table.

The law of this file: every column that can hold an address or name a person is looked in, or stands in `LEFT_OUT` with
the reason; a test holds it to the tables. Secrets, hashes of them, and what is of others in the same row as a whole
(a mail's bytes) are not given. An auditor, who reads no meeting's content, is given less (`_BRIEF`): of a row that
holds what was said of a meeting, where in it the address stands.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

_SITTERS = "select id from sitter where lower(email) = $1"
# $1 is the address, folded; $2 the ids of her users and $3 of her persons.
_OF: Mapping[str, tuple[str, str]] = {
    "app_user": ("id, email, name, language, active, recorded_at, signed_in_at, muted", "email_folded = $1"),
    "user_role": ("*", "user_id = any($2)"),
    "web_session": ("recorded_at, expires_at, device", "user_id = any($2)"),
    "user_identity": ("*", "user_id = any($2)"),
    "second_factor": ("recorded_at", "user_id = any($2)"),
    "recovery_code": ("user_id", "user_id = any($2)"),
    "saved_view": ("*", "user_id = any($2)"),
    "sketch": ("*", "user_id = any($2)"),
    "report_draft": ("*", "user_id = any($2)"),
    "named_user": ("*", "user_id = any($2)"),
    "feed": ("*", "user_id = any($2)"),
    "booking": ("*", "user_id = any($2)"),
    "person": ("*", "lower(email) = $1"),
    "role": ("*", "person_id = any($3)"),
    "directory_change": ("*", "person_id = any($3) or actor_id = any($2::text[])"),
    "leave": ("*", "email = $1"),
    "meeting": (
        "id, reference, starts_at, convener_person, convener_email, convener_phone, chair_name, chair_email",
        "lower(convener_email) = $1 or lower(chair_email) = $1",
    ),
    "attendee": ("*", "lower(email) = $1"),
    "invitation": ("meeting_id, ordinal, party, email", "lower(email) = $1"),
    "claim": ("*", "lower(email) = $1 or lower(sender) = $1"),
    "poll_ask": ("*", "lower(email) = $1"),
    "deviation": (
        "id, meeting_id, facts_convener_person, facts_convener_email, facts_convener_phone",
        "lower(facts_convener_email) = $1",
    ),
    "mailbox_check": ("id, unit_id, email", "lower(email) = $1"),
    "verified_mailbox": ("*", "email = $1"),
    "unit_address": ("*", "lower(email) = $1"),
    "barrier": ("*", "lower(email) = $1"),
    "sitter": ("*", "lower(email) = $1"),
    "seat_term": ("*", f"representative_id in ({_SITTERS}) or substitute_id in ({_SITTERS})"),
    "sitting_invitation": (
        "id, sitting_id, seat, role, active, asked_at, answer, answered_at",
        f"sitter in ({_SITTERS})",
    ),
    "sitting_seat": (
        "sitting_id, number, came",
        f"came is not null and (representative in ({_SITTERS}) or substitute in ({_SITTERS}))",
    ),
    "subscription": ("*", "email = $1"),
    "seat_body": ("*", "lower(email) = $1"),
    "inbound": ("id, received_at, outcome, reason, answered_by", "lower(answered_by) = $1"),
    "outbox": ("id, meeting_id, kind, state, recorded_at, settled_at", "recipient = $1 or user_id = any($2)"),
    "mail": ("id, rcpt, composed_at, settled_at, state", "lower(rcpt) = $1"),
    "link_token": ("meeting_id, purpose, address, expires_at", "lower(address) = $1 or user_id = any($2)"),
    "journal": (
        "aggregate, seq, kind, at, outcome, actor_name, actor_role, data, notes",
        "actor_id = any($2::text[]) or lower(actor_id) = $1 or position($1 in lower(data::text)) > 0"
        " or position($1 in lower(notes::text)) > 0",
    ),
    "disposal_policy": ("*", "actor_id = any($2::text[])"),
    "legal_hold": ("*", "actor_id = any($2::text[])"),
    "disposal": ("*", "actor_id = any($2::text[])"),
    "access_log": ("id, action, subject_kind, subject_id, at, actor_role", "actor_id = any($2::text[])"),
}
TABLES = frozenset(_OF)
_BRIEF: Mapping[str, str] = {
    "sketch": "id, made_at, changed_at",
    "report_draft": "id, made_at, changed_at",
    "claim": "meeting_id, ordinal, party, kind, answer, email, at, state, sender, decided_at",
    "saved_view": "id, name",
    "booking": "id, state, heard_at, starts_at, ends_at, meeting_id",
    "barrier": "id, email, told_at, handled_at",
    "inbound": "id, received_at, outcome, reason, answered_by",
}
_OF_PROTECTED = "exists (select 1 from meeting s where s.id = {0}.meeting_id and s.protected)"
_PROTECTED: Mapping[str, str] = {
    "named_user": "true",
    "meeting": "protected",
    "deviation": "facts_protected",
    **{
        table: _OF_PROTECTED.format(table)
        for table in ("attendee", "invitation", "claim", "poll_ask", "booking", "inbound", "outbox", "link_token")
    },
    "mail": "exists (select 1 from outbox o join meeting s on s.id = o.meeting_id where o.mail_id = mail.id"
    " and s.protected)",
    "legal_hold": "meeting_id = any($4) or case_id = any($4)",
    "journal": "aggregate = any($4)",
    "access_log": "subject_id = any($4::text[])",
}
"""Which rows of a table are of a protected matter; $4 are the ids of its meetings, reports and cases."""
_HIDDEN = """select array(select id from meeting where protected union select meeting_id from counted_protected
 union select id from deviation where facts_protected union select id from case_ where protected)"""
_SAID = ("data", "notes")
"""Columns of the journal that hold what was said; briefly, the places in them where the address stands."""
LEFT_OUT: Mapping[str, str] = {
    "agreement": "names of agreements", "api_key": "names of keys, which are other systems'",
    "directory_upload": "gone within hours, encrypted", "idempotency": "gone within a day, a key's",
    "meeting_pattern": "names of patterns", "module_run": "names of modules", "organisation": "names of authorities",
    "party": "a unit's phone and name", "principal": "names of authorities", "rule_set": "names of rules",
    "unit": "a unit's phone and name", "check_in": "a name as written at the door, with no address to find it by",
    "checklist_tick": "a name beside a tick, with no address to find it by",
    "party_round": "who wrote an answer down, by name alone; the journal holds the act with its actor",
    "deviation_measure": "a function as owner, never a name",
    **dict.fromkeys(
        ("poll_answer", "annual_text", "annual_edition"), "by name alone; the journal holds the act with its actor"
    ),
    "county": "names of counties", "resolution": "a function as owner, never a name",
    "replay": "who asked for it, by name alone, for a year", "standing_group": "names of groups",
    "group_sitting": "names of groups", "agenda_item": "a function as who prepares it, and names of groups",
    "webhook_endpoint": "names of other systems",
    "webhook_message": "the id of the act that sent it again, whose journal has its row here",
}  # fmt: skip
_IDS = "select array(select id from {table} where lower(email) = $1)"


async def kept(conn: AsyncConnection, email: str, *, brief: bool = False) -> dict[str, list[dict[str, Any]]]:
    """By table, its rows as JSON makes them; tables without any are left out. `email` is folded. `brief`: without what
    was said of meetings.
    """
    raw = await db.raw(conn)
    await raw.execute("set local statement_timeout = '10min'")  # the whole journal is read, for once
    users: list[UUID] = await raw.fetchval(_IDS.format(table="app_user"), email)
    persons: list[UUID] = await raw.fetchval(_IDS.format(table="person"), email)
    hidden: list[UUID] = await raw.fetchval(_HIDDEN) if brief else []
    found = {}
    for table, (whole, which) in _OF.items():
        columns, but = (_BRIEF.get(table, whole), _PROTECTED.get(table, "false")) if brief else (whole, "false")
        where = f"({which}) and not coalesce({but}, false)"
        sql = f"select to_jsonb(t)::text from (select {columns} from {table} where {where}) t"
        given = "with given as (select $1::text, $2::uuid[], $3::uuid[], $4::uuid[])"
        rows = await raw.fetch(f"{given} {sql}", email, users, persons, hidden)
        if rows:
            found[table] = [_decoded(row[0]) for row in rows]
    if brief and "journal" in found:
        found["journal"] = [_located(row, email) for row in found["journal"]]
    return found


def _located(row: dict[str, Any], email: str) -> dict[str, Any]:
    """A row of the journal without what was said in it, and where in that the address stands."""
    given = {name: value for name, value in row.items() if name not in _SAID}
    found = [path for name in _SAID for path in _paths(row.get(name), name, email)]
    return {**given, "address_at": found} if found else given


def _paths(value: Any, path: str, email: str) -> Iterator[str]:
    if isinstance(value, str) and email in value.lower():
        yield path
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _paths(inner, f"{path}.{name}", email)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _paths(inner, f"{path}[{number}]", email)


def _decoded(text: str) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.json.decode(text)
    return made
