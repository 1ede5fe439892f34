"""What is somebody's own, behind the wall alone: a bare statement, with no condition of ours, finds no row of another.

Whoever administers the whole installation is an actor as others are: what she reads of other users, use cases read for
her. A row of each table is made of one user; she has it, the service has it, and nobody else has, nor writes one.
"""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from sip.domain.people import Role
from sip.store import wall
from sip.store.db import Acting, Database
from sip.usecases.actor import Actor, ActorKind, ServicePart
from tests.domain.cast import HOME_CARE, ident
from tests.store.town import build
from tests.tester import TESTER

ULLA, ANNA = ident("ulla"), ident("anna")
_AT = "'2026-11-02 10:00+00'"
ROWS = {
    "app_user": "(id, email, name, language) values (:me, :n || '@al.example', 'Ulla', 'sv')",
    "user_role": "(id, user_id, role) values (:id, :me, 'administrator')",
    "web_session": f"(hash, user_id, csrf_secret, expires_at) values (:hash, :me, 'x', {_AT})",
    "api_key": "(id, name, hash, role) values (:me, :n, :hash, 'coordinator')",
    "saved_view": "(id, user_id, name, query) values (:id, :me, :n, '')",
    "report_draft": f"(id, user_id, said, made_at, changed_at) values (:id, :me, '{{}}', {_AT}, {_AT})",
    "sketch": f"(id, user_id, said, made_at, changed_at) values (:id, :me, '{{}}', {_AT}, {_AT})",
    "booking": "(id, user_id, uid_hash, sequence, state, heard_at, units, left_out, gaps)"
    f" values (:id, :me, :hash, 0, 'waiting', {_AT}, '{{}}', 0, '{{}}')",
    "user_identity": "(provider, subject, user_id) values ('vard', :n, :me)",
    "second_factor": "(user_id, secret) values (:me, :hash)",
    "recovery_code": "(user_id, hash) values (:me, :hash)",
    "role_commission": "(user_role_id, commission) values (:role, 'SE1')",
    "link_token": "(hash, purpose, user_id, address, mail_id, expires_at)"
    f" values (:hash, 'account', :me, 'ulla@al.example', :mail, {_AT})",
    "feed": f"(id, kind, user_id, language, made_at) values (:feed, 'person', :me, 'sv', {_AT})",
    "feed_secret": f"(hash, feed_id, made_at) values (:hash, :feed, {_AT})",
    "idempotency": "(actor, key, request_hash) values ('user/' || :me, :n, :hash)",
    "directory_upload": "(id, owner, name, data, state, total, at)"
    f" values (:id, 'user/' || :me, 'x.csv', :hash, 'waiting', 1, {_AT})",
    "access_log": f"(actor_kind, actor_id, action, subject_kind, at) values ('user', :me, 'read', 'unit', {_AT})",
    "outbox": "(key, user_id, kind, recipient, language, timing, ask, engine, payload, state, moot)"
    " values (:n, :me, 'account_password', 'ulla@al.example', 'sv', 'at_once', false, false, '{}', 'pending', false)",
    "barrier": f"(id, said, told_at) values (:id, 'It is too small.', {_AT})",
    "used_once": f"(hash, until) values (:hash, {_AT})",
    "tries": f"(hash, number, until) values (:hash, 1, {_AT})",
    "disposed_matter": "(id, organisation_id, aggregates, cases, received, organisations, called, at)"
    f" values (:id, :me, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', {_AT})",
    "counted_protected": "(meeting_id, month) values (:id, '2026-12-01')",
    "annual_text": "(year, area, part, text, version, changed_by, changed_at)"
    f" values (2026, :n, 'summary', 'x', 1, 'x', {_AT})",
    "annual_year": f"(year, area, frozen, frozen_at) values (2026, :n, '{{}}', {_AT})",
    "annual_edition": "(id, year, area, edition, version, sha256, content, published_by, published_at)"
    f" values (:id, 2026, :n, 'public', 1, 'x', '{{}}', 'x', {_AT})",
    "standing_group": "(id, kind, name, mandate_text, state, founded_at, version, journal_seq, journal_hash)"
    f" values (:id, 'npo', 'x', '', 'standing', {_AT}, 1, 1, :hash)",
    "group_seat": "(group_id, number, function, wanted, since, turn, asked)"
    f" values (:group, 1, 'other', '', {_AT}, 0, 0)",
    "seat_body": "(group_id, seat, place, principal_id, principal, name, email)"
    " values (:group, 1, 0, (select id from principal limit 1), 'Al', 'Nämnden', 'namnden@al.example')",
    "seat_term": "(group_id, seat, number, principal_id, principal, decided_by, representative_id, first, appointed_at)"
    f" values (:group, 1, 1, (select id from principal limit 1), 'Al', 'Nämnden', :id, '2026-12-01', {_AT})",
    "sitter": "(id, group_id, name, function) values (:id, :group, 'Ulla Ek', 'rektor')",
    "group_sitting": "(id, group_id, group_name, state, starts_at, ends_at, place_text, called_at, version,"
    f" journal_seq, journal_hash) values (:id, :group, 'x', 'called', {_AT}, timestamptz {_AT} + interval '1 hour', '',"
    f" {_AT}, 1, 1, :hash)",
    "sitting_seat": "(sitting_id, number, function, wanted, principal) values (:sitting, 1, 'other', '', 'Al')",
    "sitting_invitation": "(id, sitting_id, seat, sitter, role, sequence, active, asked_at, reply_token)"
    f" values (:id, :sitting, 1, :id, 'representative', 0, true, {_AT}, :n)",
    "subscription": f"(group_id, email, language, asked_at) values (:group, 'ulla@al.example', 'sv', {_AT})",
    "uncounted": "(id, kind) values (:id, 'meeting')",
    "survey_sum": "(quarter, voice, area, answers, purpose, people, agreed, heard)"
    " values ('2026-10-01', 'staff', :n, 1, 0, 0, 0, 0)",
    "replay": "(id, agreement_id, name, file, year, state, asked_by, asked_at)"
    f" values (:id, :me, 'A', '', 2026, 'waiting', 'Ulla', {_AT})",
    "webhook_endpoint": "(id, name, url, types, secret, made_at)"
    f" values (:id, :n, 'https://al.example/sip', '{{}}', :hash, {_AT})",
    "webhook_message": "(endpoint_id, message_id, type, body, state, made_at, retry_at)"
    f" values (:endpoint, :n, 'endpoint.test', :hash, 'waiting', {_AT}, {_AT})",
    "mail": "(message_id, bounce_token, mail_from, rcpt, sha256, data, state, attempts, retry_at, composed_at)"
    f" values (:n, rpad(translate(:n, '0123456789-', 'abcdefghijk'), 26, 'a'), 'b@sip.example', 'ulla@al.example',"
    f" :hash, :hash, 'sending', 1, {_AT}, {_AT})",
}
"""A row of each table that is somebody's own or the service's, as it is written for the user `:me`."""
_NEEDS: dict[str, tuple[str, ...]] = {
    "role_commission": ("user_role",),
    "feed_secret": ("feed",),
    "link_token": ("mail",),
    "webhook_message": ("webhook_endpoint",),
    **dict.fromkeys(("group_seat", "sitter", "group_sitting", "subscription"), ("standing_group",)),
    **dict.fromkeys(("seat_body", "seat_term"), ("standing_group", "group_seat")),
    **dict.fromkeys(("sitting_seat", "sitting_invitation"), ("standing_group", "group_sitting")),
}


def _user(who: UUID, role: Role, unit: UUID | None = None) -> Actor:
    return Actor(ActorKind.USER, str(who), "somebody", unit, role)


ADMINISTRATOR = _user(ANNA, Role.ADMINISTRATOR)
OTHERS: tuple[Acting, ...] = (ADMINISTRATOR, _user(ANNA, Role.COORDINATOR), _user(ANNA, Role.BOARD_MEMBER),
          _user(ANNA, Role.UNIT_STAFF, HOME_CARE.unit_id), ServicePart.RECEIVER)  # fmt: skip
_UNREAD = {*wall.OF_SERVICE, "mail", "access_log"}
"""Not even by whose it is."""


def test_each_such_table_is_tried() -> None:
    assert sorted(ROWS) == sorted({*wall.OWN, *wall.OF_SERVICE, "mail", "access_log"})


async def _written(db: Database, actor: Acting, table: str, me: UUID, number: int) -> None:
    n = f"{me}-{number}"
    values = {
        "me": me if table in _IDS else str(me), "n": n, "hash": n.encode(), "id": ident(f"{table}/{n}"),
        "feed": ident(f"feed/{me}"), "role": ident(f"user_role/{me}-1"), "number": number, "mail": None,
        "group": ident(f"standing_group/{me}-1"), "sitting": ident(f"group_sitting/{me}-1"),
        "endpoint": ident(f"webhook_endpoint/{me}-1"),
    }  # fmt: skip
    async with db.transaction(actor) as conn:
        if ":mail" in ROWS[table]:
            values["mail"] = await conn.scalar(text("select max(id) from mail"))
        said = text(f"insert into {table} {ROWS[table]}")
        await conn.execute(said, {name: one for name, one in values.items() if name in said._bindparams})


_IDS = {name for name, sql in ROWS.items() if "'user/' || :me" not in sql and name != "access_log"}


async def _there(db: Database, actor: Acting, table: str) -> int:
    async with db.transaction(actor) as conn:
        found: Any = await conn.scalar(text(f"select count(*) from {table}"))
    return int(found)


@pytest.fixture
async def filled(db: Database) -> Database:
    """The town, and two users that it does not know."""
    await build(db)
    for who, name in ((ULLA, "ulla"), (ANNA, "anna")):
        async with db.transaction(TESTER) as conn:
            await conn.execute(
                text("insert into app_user (id, email, name, language) values (:id, :email, :name, 'sv')"),
                {"id": who, "email": f"{name}@bok.example", "name": name},
            )
    return db


@pytest.mark.parametrize("table", sorted(ROWS))
async def test_what_is_anothers_is_not_there(filled: Database, table: str) -> None:
    me = ident("eva") if table == "app_user" else ULLA
    for needed in _NEEDS.get(table, ()):
        await _written(filled, TESTER, needed, me, 1)
    before = {actor: await _there(filled, actor, table) for actor in OTHERS}
    await _written(filled, TESTER, table, me, 1)
    assert await _there(filled, TESTER, table) > 0
    for actor in OTHERS:
        assert await _there(filled, actor, table) == before[actor], actor
    assert before[ADMINISTRATOR] == (1 if table == "app_user" else 0), "her own alone"
    own = _user(me, Role.UNIT_STAFF, HOME_CARE.unit_id)
    assert await _there(filled, own, table) == (0 if table in _UNREAD else 1)


@pytest.mark.parametrize("table", sorted(ROWS))
async def test_nobody_writes_in_anothers_name(filled: Database, table: str) -> None:
    me = ident("eva") if table == "app_user" else ULLA
    for needed in _NEEDS.get(table, ()):
        await _written(filled, TESTER, needed, me, 1)
    for number, actor in enumerate(OTHERS, 2):
        with pytest.raises(ProgrammingError, match="row-level security"):
            await _written(filled, actor, table, me, number)
    await _written(filled, TESTER, table, me, 1)


_DECIDED = {
    "disposal_policy": "(organisation_id, version, matter_years, log_years, by_itself, decision, actor_kind, at)"
    f" select id, 1, 5, 10, false, 'x', 'user', {_AT} from organisation limit 1",
    "legal_hold": "(id, organisation_id, why, first_day, actor_kind, at)"
    f" select gen_random_uuid(), id, 'x', '2026-12-01', 'user', {_AT} from organisation limit 1",
    "disposal": "(id, kind, counts, tombstones, root, actor_kind, at)"
    f" values (gen_random_uuid(), 'disposed', '{{}}', 0, '', 'user', {_AT})",
    "tombstone": "(disposal_id, number, row, leaf, hash) select id, 0, 1, '', '' from disposal limit 1",
}
"""What anybody may read, written past the use case that asks who may."""


@pytest.mark.parametrize("table", sorted(_DECIDED))
async def test_what_is_decided_is_written_by_no_actor(filled: Database, table: str) -> None:
    said = f"insert into {table} {_DECIDED[table]}"
    if table == "tombstone":
        async with filled.transaction(TESTER) as conn:
            await conn.execute(text(f"insert into disposal {_DECIDED['disposal']}"))
    for actor in OTHERS:
        with pytest.raises(ProgrammingError, match="row-level security"):
            async with filled.transaction(actor) as conn:
                await conn.execute(text(said))
    async with filled.transaction(TESTER) as conn:
        await conn.execute(text(said))


@pytest.mark.parametrize("table", sorted(set(wall.OWN) - {"app_user", "api_key", "outbox", "link_token"}))
async def test_ones_own_is_written(filled: Database, table: str) -> None:
    """As herself, without the service's eyes."""
    for needed in _NEEDS.get(table, ()):
        await _written(filled, TESTER, needed, ANNA, 1)
    await _written(filled, ADMINISTRATOR, table, ANNA, 1)
    assert await _there(filled, ADMINISTRATOR, table) == 1


async def test_the_keeper_of_sessions_posts_of_accounts_alone(filled: Database) -> None:
    await _written(filled, ServicePart.SESSIONS, "outbox", ULLA, 1)
    assert await _there(filled, ServicePart.SESSIONS, "outbox") == 1
    async with filled.transaction(TESTER) as conn:
        await conn.execute(text("update outbox set user_id = null, unit_id = :unit"), {"unit": HOME_CARE.unit_id})
    assert await _there(filled, ServicePart.SESSIONS, "outbox") == 0
    assert await _there(filled, ADMINISTRATOR, "outbox") == 0, "a unit's week, or the call that tries its mailbox"
