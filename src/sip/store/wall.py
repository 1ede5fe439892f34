"""Row-level security: what each table gives to whom, made from the expressions of `Seen`. The wall behind the first.

The law of this file: no rule of visibility is written here. A table is in one of four lists, and a test asks
PostgreSQL that none is in none of them: the policies of what the rule sees are the arms of `Seen`, one for each kind of
scope; what is one's own names its user; what any actor reads says why. `migrate` says all of it anew when its text or
the tables have changed.

A policy may not look at a table whose policy looks back at it: what a rule looks up is asked of functions in the schema
`wall`, which work as the tables' owner. They say yes or no of what is in the asker's own view.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

from sip.store.seen.scope import SERVICE, Scope, ScopeKind, Seen, Wall

SCHEMA = "wall"
# Asked anew of each row, which costs less than one `(select ...)` to plan for each time that it is said.
_SEES = "current_setting('sip.sees', true)"
_PLACE = "nullif(current_setting('sip.place', true), '')::uuid"
_KIND = "current_setting('sip.kind', true)"
_WHO = "current_setting('sip.who', true)"
_KNOWN = "coalesce(current_setting('sip.sees', true), '') <> ''"

RECEIVED = "received"
"""The name of the policies of the receiver's role."""
SESSIONS, RECEIVER = "sessions", "receiver"
"""Parts of the service that see less than it: `sip.sees` in their transactions."""

_SCOPES = (
    *(
        Scope(kind, None, board)
        for kind in (ScopeKind.UNIT, ScopeKind.ORGANISATION, ScopeKind.PRINCIPAL, ScopeKind.EVERYTHING)
        for board in (False, True)
    ),
    SERVICE,
)
"""Every kind of scope that there is (`Actor.scope`)."""
_OF_MEETING = (
    "party", "party_round", "rung", "pause", "attendee", "invitation", "claim", "check_in", "poll", "poll_time",
    "poll_ask", "poll_answer", "checklist_tick",
)  # fmt: skip

Rule = Callable[[Seen], str]


def _row(columns: str, rule: str) -> str:
    """The rule of a row that is not looked up: its columns are given, in this order."""
    given = ", ".join(f"${n} as {column}" for n, column in enumerate(columns.split(), 1))
    return f"exists (select 1 from (select {given}) x where {rule})"


def _met(seen: Seen, case: str) -> str:
    return f"exists (select 1 from meeting t where t.case_id = {case} and {seen.meeting('t')})"


def _counted(table: str, *prefixes: str) -> Rule:
    """Counts of a unit of the scope; a board member's too, who reads no meeting."""
    return lambda seen: f"({' or '.join(seen.covers(f'{table}.{prefix}') for prefix in prefixes)})"


def _of_report(table: str) -> Rule:
    """Rows of a report that is in view."""
    return lambda seen: (
        f"exists (select 1 from deviation s where s.id = {table}.deviation_id and {seen.deviation('s')})"
    )


FUNCTIONS: dict[str, tuple[str, Rule]] = {
    "meeting": ("uuid", lambda seen: seen.of_meeting("$1")),
    "case": ("uuid, uuid", lambda seen: _row("id unit_id", f"{seen.case('x')} or {_met(seen, 'x.id')}")),
    "journal": ("uuid", lambda seen: _row("aggregate", seen.journal("x"))),
    "inbound": (
        "uuid, integer, text, text",
        lambda seen: _row("meeting_id party mail_from answered_by", seen.inbound("x")),
    ),
}
"""What is asked of a row by looking at others: name, what it is given, and the rule. They work as the tables' owner, so
that a policy looks at no table whose policy looks back; the planner of a statement does not see into them."""

_CASE = "wall.case(c.id, c.unit_id) from case_ c where c.id ="
BY_RULE: dict[str, Rule | str] = {
    "meeting": lambda seen: seen.meeting("meeting"),
    "deviation": lambda seen: seen.deviation("deviation"),
    "inbound": "wall.inbound(inbound.meeting_id, inbound.party, inbound.mail_from, inbound.answered_by)",
    "journal": "wall.journal(journal.aggregate)",
    "case_": "wall.case(case_.id, case_.unit_id)",
    "case_number": f"(select {_CASE} case_number.case_id)",
    "case_organisation": f"(select {_CASE} case_organisation.case_id)",
    "outbox": "(outbox.meeting_id is null or wall.meeting(outbox.meeting_id))",
    **{name: f"wall.meeting({name}.meeting_id)" for name in _OF_MEETING},
    "party": lambda seen: seen.party("party", "wall.meeting(party.meeting_id)"),
    **{name: _of_report(name) for name in ("deviation_word", "deviation_measure")},
    "counted_meeting": _counted("counted_meeting", ""),
    "counted_party": _counted("counted_party", "", "caller_"),
    "counted_report": _counted("counted_report", "", "reporting_"),
}
"""What the rule of visibility says of a row of the table, for all but the service."""

OWN: dict[str, str] = {
    "app_user": "id", "user_role": "user_id", "web_session": "user_id", "api_key": "id", "saved_view": "user_id",
    "sketch": "user_id", "booking": "user_id", "user_identity": "user_id", "second_factor": "user_id",
    "recovery_code": "user_id",
}  # fmt: skip
"""Of these a user, or a key, has what this column says is hers; the service, and who keeps it, all."""
_OF_SESSIONS = frozenset(
    {"app_user", "user_role", "web_session", "api_key", "user_identity", "second_factor", "recovery_code"}
)

_DIRECTORY = "the directory: each call reads across organisations; `access` narrows what is shown of it"
_SERVICE = "the service's own state, with nothing of anybody"
KNOWN: dict[str, str] = {
    **dict.fromkeys(
        ("principal", "organisation", "organisation_domain", "unit", "unit_address", "unit_hours", "contacts_changed",
         "verified_mailbox", "mailbox_check", "closed_day", "leave", "person", "role"),
        _DIRECTORY,
    ),
    **dict.fromkeys(("service_clock", "heartbeat", "module_run", "mailbox", "uncounted"), _SERVICE),
    "agreement": "agreements are for everybody to read",
    "agreement_principal": "as the agreement",
    "rule_set": "the figures of agreements, by their hash",
    "meeting_pattern": "patterns of the scope and of those above it; texts of nobody",
    "feed": "found by its secret, before anybody is known; its owner is narrowed by the use case",
    "feed_secret": "as the feed, and hashes alone",
    "idempotency": "found by the key's own id, which is part of what is asked for",
    "barrier": "what somebody told of the pages, written before anybody is known",
    "directory_change": "the directory's journal: what it tells stands in the directory",
    "directory_upload": "a sealed file, for two hours",
    "access_log": "added to by every reading; read by the sealer, and by who audits at the command line",
    **dict.fromkeys(("seal_leaf", "seal_head", "seal_anchor", "seal_mark"), "numbers and hashes, nothing of anybody"),
    "mail": "bytes under way, read by the number that an outbox row in view names",
    "role_commission": "the word by which a provider names a role, asked for before anybody is known",
    "used_once": "hashes of tries to sign in that are spent",
    "link_token": "hashes of mailed links, found by the secret before anybody is known",
}  # fmt: skip
"""Any actor reads these, and why. Without one, nobody."""


def _arms(rule: Rule, called: str = "") -> str:
    """The rule for whoever looks; scopes of which it says the same share an arm."""
    words: dict[str, list[str]] = {}
    for scope in _SCOPES:
        words.setdefault(rule(Seen(scope, Wall(_KIND, _PLACE, called))), []).append(scope.word)
    arms = "".join(f" when {_SEES} in ({', '.join(map(repr, said))}) then {sql}" for sql, said in words.items())
    return f"case{arms} else false end"


def _by_rule(rule: Rule | str) -> str:
    asked = rule if isinstance(rule, str) else _arms(rule, f"{SCHEMA}.called_to")
    return f"case when {_SEES} = '{SERVICE.word}' then true else {asked} end"


def _own(table: str, column: str) -> str:
    all_of_it = [scope.word for scope in _SCOPES if scope.kind is ScopeKind.EVERYTHING and not scope.board]
    if table in _OF_SESSIONS:
        all_of_it.append(SESSIONS)
    return f"({_SEES} in ({', '.join(map(repr, all_of_it))}) or {table}.{column}::text = {_WHO})"


def conditions() -> dict[str, str]:
    """What a row of each table must meet to be there, for the application's role."""
    return {
        **{table: _by_rule(rule) for table, rule in BY_RULE.items()},
        **{table: _own(table, column) for table, column in OWN.items()},
        **dict.fromkeys(KNOWN, _KNOWN),
    }


def taken_away() -> list[str]:
    """Takes every policy away, so that tables can be changed; nobody but their owner sees a row until they are back."""
    return [
        "do $$ declare one record; begin for one in select tablename, policyname from pg_policies"
        " where schemaname = 'public' loop execute format('drop policy %I on %I', one.policyname, one.tablename);"
        " end loop; end $$",
        f"drop schema if exists {SCHEMA} cascade",
    ]


def built(app: str) -> Iterator[str]:
    """All of it, said from nothing, as the owner of the tables: first the functions, then a policy for each table.

    What is written must be written by somebody. A row that is changed must be there for whoever changes it.
    """
    yield f"create schema {SCHEMA}"
    for name, (given, body) in functions().items():
        yield (
            f"create function {SCHEMA}.{name}({given}) returns boolean language plpgsql stable security definer"
            f" as $$ begin return {body}; end $$"
        )
    # The planner sees into it, so that many meetings are asked at once; it holds what the asker's units are called to.
    yield f"create view {SCHEMA}.called_to as select p.meeting_id from party p where {_arms(_called)}"
    yield f"grant select on {SCHEMA}.called_to to {app}"
    yield f"revoke all on all functions in schema {SCHEMA} from public"
    yield f"grant usage on schema {SCHEMA} to {app}"
    yield f"grant execute on all functions in schema {SCHEMA} to {app}"
    for table, condition in sorted(conditions().items()):
        yield f"alter table {table} enable row level security"
        yield f"alter table {table} force row level security"
        yield f"create policy owner on {table} to current_user using (true) with check (true)"
        yield f"create policy seen on {table} to {app} using ({condition}) with check ({_KNOWN})"
    yield f"comment on schema {SCHEMA} is '{mark()}'"


def received(role: str, grants: Mapping[str, str]) -> dict[str, str]:
    """What the receiver's own role adds and reads, table by table. Of the received mail it may add alone."""
    adds = f"for insert to {role} with check ({_KNOWN})"
    works = f"to {role} using ({_KNOWN}) with check ({_KNOWN})"
    return {
        table: f"create policy {RECEIVED} on {table} {adds if rights == 'insert' else works}"
        for table, rights in grants.items()
    }


def _called(seen: Seen) -> str:
    return seen.called_party


def functions() -> dict[str, tuple[str, str]]:
    """What each function is given, and its body."""
    return {name: (given, _qualified(_arms(rule))) for name, (given, rule) in FUNCTIONS.items()}


def _qualified(sql: str) -> str:
    """With its tables named where they are: a function that works as the owner looks for none elsewhere."""
    return re.sub(r"\bfrom (\w)", r"from public.\1", sql)


def mark() -> str:
    """Tells one text of the wall from another."""
    text = repr((sorted(conditions().items()), sorted(functions().items()), _arms(_called)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
