"""Migrations: brings a database to this version's tables, as the role that owns them, gives the application its rights,
and builds the wall of row-level security.

Run by `sip migrate`, from a checkout and from an installed package alike. Two at once wait for each other. The
application's role `sip_app` owns nothing; where it exists it gets what `GRANTS` says, after every run, so that a role
made later gets its rights by running `sip migrate` again. Where the service connects as another role, grant that role
sip_app.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import wall
from sip.store.db import async_url
from sip.store.tables import metadata

APP_ROLE, ENGINE_ROLE, RECEIVER_ROLE = "sip_app", "sip_engine", "sip_receiver"
_READ = "select"
_WRITE, _APPEND, _KEEP = "select, insert, update, delete", "select, insert", "select, insert, update"

# Append-only: the journal, the access log, and the rule sets that parties were called under. Never deleted by the
# application: what the journal points at. What the worker alone does, its own role does (`ENGINE_GRANTS`): mail on its
# way and its lease, judging, the secrets of mailed links, seals, what has had its time. Else it may be written freely.
GRANTS = dict.fromkeys(metadata.tables, _WRITE) | {
    "journal": _APPEND,
    "access_log": _APPEND,
    "audit_sample": _APPEND,
    "audit_reason": _APPEND,
    "seal_leaf": _READ,
    "seal_head": _READ,
    "seal_anchor": _READ,
    "seal_mark": _READ,
    "annual_text": _KEEP,
    "annual_year": _APPEND,
    "annual_edition": _APPEND,
    "disposal_policy": _APPEND,
    "legal_hold": _KEEP,
    "disposal": _APPEND,
    "disposed_matter": _WRITE,
    "tombstone": _APPEND,
    "rule_set": _APPEND,
    "agreement": _APPEND,
    "agreement_principal": _KEEP,
    "county": _KEEP,
    "situation": _READ,
    "hsa_value": _KEEP,
    "renewal": _KEEP,
    "meeting": _KEEP,
    "deviation": _KEEP,
    "survey_sum": _KEEP,
    "agenda_item": _KEEP,
    "resolution": _KEEP,
    "seat_reply": _WRITE,
    **dict.fromkeys(
        ("standing_group", "group_seat", "seat_term", "sitter", "group_sitting", "sitting_invitation"), _KEEP
    ),
    "party": _WRITE,
    "invitation": _KEEP,
    "claim": _KEEP,
    "principal": _KEEP,
    "organisation": _KEEP,
    "unit": _KEEP,
    "mailbox_check": _KEEP,
    "inbound": "select, insert, update (handled_at)",
    "outbox": "select, insert, update (moot, state, settled_at, reason)",
    "mail": _READ,
    "mail_hold": _READ,
    "link_token": "select, insert, delete",
    "used_once": _APPEND,
    "feed": _KEEP,
    "feed_secret": _KEEP,
    "webhook_message": _KEEP,
}

_DIRECTORY = (
    "principal", "organisation", "organisation_domain", "unit", "unit_address", "unit_hours", "closed_day", "person",
    "role", "agreement", "agreement_principal", "user_role",
)  # fmt: skip
_OF_MEETINGS = (
    "meeting", "party", "party_round", "rung", "pause", "attendee", "invitation", "claim", "check_in", "poll",
    "poll_time", "poll_ask", "poll_answer", "named_user", "deviation",
    "deviation_word", "deviation_measure", "agenda_item", "resolution", "seat_reply", "agenda_word",
    "standing_group", "group_seat", "seat_body", "seat_term", "group_sitting", "sitting_seat", "sitting_invitation",
)  # fmt: skip
ENGINE_GRANTS = {
    **dict.fromkeys(_DIRECTORY, _READ),
    **{name: GRANTS[name] for name in _OF_MEETINGS},
    **dict.fromkeys(("journal", "access_log", "rule_set", "seal_leaf", "seal_head", "seal_anchor"), _APPEND),
    **dict.fromkeys(("seal_mark", "mailbox_check", "outbox", "mail", "mail_hold", "inbound", "renewal"), _KEEP),
    **dict.fromkeys(("checklist_tick", "sitter"), _KEEP),
    **dict.fromkeys(
        ("contacts_changed", "verified_mailbox", "booking", "sketch", "report_draft", "heartbeat", "module_run"), _WRITE
    ),
    "case_": "select, update (consent_until)",
    "case_number": _READ,
    "report_registration": _READ,
    "case_organisation": _READ,
    "link_token": "select, insert, delete, update (address)",
    "leave": "select, delete",
    "service_clock": _READ,
    **dict.fromkeys(("county", "county_principal"), _READ),
    "situation": _APPEND,
    "subscription": "select, update, delete",
    "app_user": "select (id, email, email_folded, name, language, active, person_id, muted)",
    **dict.fromkeys(("disposal_policy", "legal_hold"), _READ),
    **dict.fromkeys(("disposal", "tombstone"), _APPEND),
    "disposed_matter": _WRITE,
    **dict.fromkeys(("counted_meeting", "counted_party", "counted_report", "counted_protected", "uncounted"), _WRITE),
    "web_session": "select (expires_at, idle_at), delete",
    "tries": "select (until), delete",
    "used_once": "select (until), delete",
    "idempotency": "select (recorded_at), delete",
    "directory_upload": "select (touched_at), delete",
    "replay": "select, update, delete",
    "webhook_endpoint": "select, update (old_secret, old_until, off_at, off_because, failing_since, rests_until)",
    "webhook_message": _WRITE,
}
"""What `sip worker` needs, and no more: it reads no password, session, key, factor or repeated request, only when they
end."""


RECEIVER_GRANTS = {
    "inbound": "insert",
    "mailbox": _KEEP,
    "heartbeat": _WRITE,
    "module_run": _WRITE,
    "service_clock": "select",
}
"""What `sip mail-in` needs, and no more: it adds to the received mail and reads none of it."""
FUNCTION_GRANTS = {
    "erase_draft(uuid)": (APP_ROLE,),
    "forget_matters(uuid[], date)": (APP_ROLE, ENGINE_ROLE),
    "report_goes_on(uuid)": (APP_ROLE, ENGINE_ROLE),
    "forget_rows(uuid)": (APP_ROLE, ENGINE_ROLE),
    "row_gives_way(uuid, uuid, integer, text, text, jsonb, jsonb, jsonb)": (ENGINE_ROLE,),
    "forget_notices(timestamptz, integer)": (ENGINE_ROLE,),
}
"""Who may call what works with its owner's rights: PostgreSQL lets everybody, where nobody says so."""


class MigrationsMissing(RuntimeError):  # noqa: N818 - said as one sentence
    """The folder of migrations is not where it belongs."""

    def __init__(self) -> None:
        super().__init__("The migrations were not found beside the package; install the package anew.")


def migrations_folder() -> Path:
    """`sip/_migrations` of an installed package, `migrations/` of a checkout.

    Raises MigrationsMissing where there is neither.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_migrations", package.parents[1] / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise MigrationsMissing


def config(url: str) -> Config:
    """Alembic's configuration for this database; `url` stays out of files and messages."""
    made = Config()
    made.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.set_main_option("file_template", "%%(rev)s")
    made.attributes["url"] = async_url(url)
    made.attributes["target_metadata"] = metadata
    made.attributes["grants"] = grant_statements()
    made.attributes["roles"] = role_policies()
    made.attributes["wall"] = (wall.mark(), wall.taken_away(), list(wall.built(APP_ROLE)))
    return made


def upgrade(owner_url: str) -> None:
    """Brings the database to the newest version. Synchronous, callable with or without a running event loop."""
    _in_own_thread(lambda: command.upgrade(config(owner_url), "head"))


def downgrade(owner_url: str, revision: str) -> None:
    """For developers: back to the tables of this revision, without row-level security, which that version's own
    `sip migrate` builds. Raises what a migration says that cannot be taken back.
    """
    made = config(owner_url)
    made.attributes |= {"grants": [], "roles": [], "wall": ("", wall.taken_away(), [])}
    _in_own_thread(lambda: command.downgrade(made, revision))


def check_drift(owner_url: str) -> None:
    """Raises alembic's AutogenerateDiffsDetected when the tables and the migrations differ."""
    _in_own_thread(lambda: command.check(config(owner_url)))


def draft(owner_url: str, words: str, revision: str) -> None:
    """For developers: drafts a migration from where `tables.py` and the database differ; `revision` is date and words.

    A draft is to be read and finished: checks that stand on a column of a new table are not in it, and the test of the
    migrations says so.
    """
    _in_own_thread(lambda: command.revision(config(owner_url), words, autogenerate=True, rev_id=revision))


def _in_own_thread(work: object) -> None:
    assert callable(work)
    with ThreadPoolExecutor(1) as thread:  # the migrations run an event loop of their own
        thread.submit(work).result()


@cache
def versions() -> tuple[str, frozenset[str]]:
    """The version this package's tables have, and every one that it knows of."""
    scripts = ScriptDirectory(str(migrations_folder()))
    return scripts.get_current_head() or "", frozenset(one.revision for one in scripts.walk_revisions())


def head() -> str:
    """The version this package's tables have."""
    return versions()[0]


async def current(conn: AsyncConnection) -> str | None:
    """The version the database has, None when no migration has been run."""
    there = await conn.scalar(sqlalchemy.text("select to_regclass('alembic_version') is not null"))
    if not there:
        return None
    found: str | None = await conn.scalar(sqlalchemy.text("select version_num from alembic_version"))
    return found


async def current_is_head(conn: AsyncConnection) -> bool:
    """Whether the database has exactly this package's tables, and its row-level security is of this version."""
    return await current(conn) == head() and await conn.scalar(sqlalchemy.text(_MARK)) == wall.mark()


async def serves(conn: AsyncConnection) -> bool:
    """Whether this package can work on the database: it has its tables, or those of a version that is newer than it.

    A migration takes nothing away that the version before it uses, so processes of that version work on, and may be
    started again, while a deploy goes on or is taken back (docs/running.md, Upgrading).
    """
    found = await current(conn)
    return found is not None and (found not in versions()[1] or await current_is_head(conn))


_MARK = f"select obj_description(to_regnamespace('{wall.SCHEMA}'), 'pg_namespace')"


def grant_statements() -> list[str]:
    """What the application's role may do, said anew from nothing."""
    statements = [
        f"revoke all on all tables in schema public from {APP_ROLE}",
        f"grant usage on schema public to {APP_ROLE}",
        f"grant select on alembic_version to {APP_ROLE}",
    ]
    statements += [f"grant {rights} on {name} to {APP_ROLE}" for name, rights in sorted(GRANTS.items())]
    for role, grants in ((ENGINE_ROLE, ENGINE_GRANTS), (RECEIVER_ROLE, RECEIVER_GRANTS)):
        mine = [
            f"revoke all on all tables in schema public from {role}",
            f"grant usage on schema public to {role}",
            f"grant select on alembic_version to {role}",
            *(f"grant {rights} on {name} to {role}" for name, rights in grants.items()),
        ]
        statements += [_where_there(role, one) for one in mine]
    for function, callers in FUNCTION_GRANTS.items():
        statements += [f"revoke all on function {function} from {one}" for one in ("public", APP_ROLE)]
        statements += [_where_there(one, f"grant execute on function {function} to {one}") for one in callers]
        if ENGINE_ROLE in callers:
            statements.append(_where_missing(ENGINE_ROLE, f"grant execute on function {function} to {APP_ROLE}"))
    # Without a role of its own the worker works as the application.
    both = [f"grant {rights} on {name} to {APP_ROLE}" for name, rights in ENGINE_GRANTS.items()]
    return [*statements, *(_where_missing(ENGINE_ROLE, one) for one in both)]


def role_policies() -> list[str]:
    """Row-level security for the roles of worker and receiver, where they are and it is not yet: they may be made at
    any time.
    """
    there = "exists (select from pg_policies where policyname = '{}' and tablename = '{}')"
    receiver = wall.received(RECEIVER_ROLE, RECEIVER_GRANTS).items()
    engine = wall.worked(ENGINE_ROLE, ENGINE_GRANTS).items()
    return [
        *(_where_there(RECEIVER_ROLE, one, there.format(wall.RECEIVED, table)) for table, one in receiver),
        *(_where_there(ENGINE_ROLE, one, there.format(wall.WORKED, table)) for table, one in engine),
        *(_where_there(ENGINE_ROLE, one) for one in wall.looked_through(ENGINE_ROLE)),
    ]


async def engine_is_apart(conn: AsyncConnection) -> bool:
    """Whether the worker has a role of its own here."""
    return bool(await conn.scalar(sqlalchemy.text(f"select to_regrole('{ENGINE_ROLE}') is not null")))


async def may_work(conn: AsyncConnection) -> bool:
    """Whether the role of this connection may do what the worker does."""
    return bool(await conn.scalar(sqlalchemy.text("select has_table_privilege('mail', 'insert')")))


def _where_missing(role: str, statement: str) -> str:
    there = f"exists (select from pg_roles where rolname = '{role}')"
    return f"do $$ begin if not {there} then {statement}; end if; end $$"


def _where_there(role: str, statement: str, unless: str = "false") -> str:
    """The statement, done only where the role is, since an installation may do without it, and unless it is done."""
    there = f"exists (select from pg_roles where rolname = '{role}') and not ({unless})"
    return f"do $$ begin if {there} then {statement}; end if; end $$"
