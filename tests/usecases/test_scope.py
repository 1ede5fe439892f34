"""Who sees what stands once in SQL and once in Python: for every actor there can be they say the same of every row, and
so does the wall behind, when nothing is asked for but the rows.

The town is built once: each combination of what the rules look at, as rows of their own. Then every role, as a user and
as a key, with every kind of place or none, is asked for her lists, and `access` is asked of the loaded values.
"""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.change import facts_of
from sip.domain.decide import decide
from sip.domain.decision import Decision
from sip.domain.deviation import DeviationReport, DeviationState, Side
from sip.domain.meeting import Convener, Meeting, Party
from sip.domain.people import Language, Role, Roster
from sip.domain.terms import MeetingState, Obligation
from sip.store import cases, directory
from sip.store import db as database
from sip.store.aggregates import deviations, meetings
from sip.store.aggregates.journal import ActorColumns
from sip.store.aggregates.versioned import Rewrite, Versioned
from sip.store.cases import CaseRecord
from sip.store.db import Database
from sip.store.feeds import Feed, FeedKind, FeedRecord
from sip.store.post import inbox
from sip.store.seen import dashboard, feed_meetings, hands, listings, lists, meeting_list
from sip.store.seen.hands import HandPage, Looker, Whose
from sip.store.seen.lists import DeviationQuery, MeetingQuery
from sip.store.seen.meeting_list import ListQuery
from sip.store.seen.scope import Scope, ScopeKind, Seen, narrowest
from sip.store.vault import Vault
from sip.usecases import access
from sip.usecases.access import scope_of
from sip.usecases.actor import ENGINE, Actor, ActorKind
from tests.domain import cast
from tests.domain.cast import CARE_CENTRE, HOME_CARE, OUTSIDE, SCHOOL, SOCIAL, at, ident
from tests.store.town import build
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")
MANY = 10_000
UNITS = (HOME_CARE, SOCIAL, SCHOOL, OUTSIDE, CARE_CENTRE)
_JOURNALS = """insert into journal (aggregate, seq, version, event_id, kind, codec, data, notes, outcome, actor_kind,
 at, prev_hash, hash) select x.id, 1, 1, x.id::text, 'Called', 1, '{}', '[]', 'applied', 'engine', now(), '\\x00',
 '\\x00' from (select id from meeting union select id from deviation) x"""
NOWHERE = ident("a unit that is gone")
PLACES: tuple[tuple[UUID | None, UUID | None, UUID | None], ...] = (
    (None, None, None),
    (NOWHERE, None, None),
    (HOME_CARE.unit_id, SCHOOL.organisation_id, OUTSIDE.principal_id),  # the narrowest counts
    (None, SCHOOL.organisation_id, OUTSIDE.principal_id),
    *((unit.unit_id, None, None) for unit in UNITS),
    *((None, one, None) for one in {unit.organisation_id: 0 for unit in UNITS}),
    *((None, None, one) for one in {unit.principal_id: 0 for unit in UNITS}),
)
ACTORS = (
    ENGINE,
    Actor(ActorKind.MAIL, "anna@al.example"),
    *(
        Actor(kind, "kim", "Kim", unit, role, organisation, principal)
        for kind, role, (unit, organisation, principal) in product(
            (ActorKind.USER, ActorKind.API_KEY), (*Role, None), PLACES
        )
    ),
)


def _meetings() -> list[Meeting]:
    """Every state, called or not, convened here or there, with one other party that is or was in every way."""
    made = decide(None, cast.draft(at("2026-12-07 10:00"), (SCHOOL,)), cast.World(NOW).context())
    assert isinstance(made, Decision) and isinstance(made.state, Meeting)
    draft = made.state
    found = []
    sides, units, ways = (CARE_CENTRE, SOCIAL), (SCHOOL, OUTSIDE), ("there", "removed", "redirected")
    every = product(MeetingState, (None, NOW), sides, units, Obligation, ways)
    for n, (state, called, side, unit, obligation, way) in enumerate(every):
        own, other = draft.parties
        changed = replace(other, obligation=obligation, removed=way == "removed")
        if way == "redirected":
            changed = replace(changed, redirected_to=1)
        parties = (_party(own, side), _party(changed, unit))
        convener = Convener(
            side.unit_id, side.name, side.organisation_id, side.principal_id, "Clara", "clara@region.example", "010-1"
        )
        found.append(
            replace(
                draft, id=ident(f"meeting {n}"), reference=f"{n:04}-000", state=state, called_at=called,
                convener=convener, parties=parties,
            )
        )  # fmt: skip
    return found


def _party(party: Party, unit: Roster) -> Party:
    return replace(
        party, unit_id=unit.unit_id, unit_name=unit.name, organisation_id=unit.organisation_id,
        principal_id=unit.principal_id,
    )  # fmt: skip


def _side(unit: Roster) -> Side:
    return Side(unit.unit_id, unit.name, unit.organisation_id, unit.principal_id)


def _reports(of: list[Meeting]) -> list[DeviationReport]:
    """Every state between every two units."""
    rules = of[0].parties[0].rule_set
    return [
        DeviationReport(
            ident(f"report {n}"), meeting.id, 7, facts_of(meeting), _side(one), _side(other), rules, (),
            state, NOW, False,
        )
        for n, (meeting, (state, one, other)) in enumerate(
            zip(of, [x for x in product(DeviationState, UNITS, UNITS) if x[1] is not x[2]], strict=False)
        )
    ]  # fmt: skip


@dataclass(frozen=True)
class Mail:
    """One received mail of the town: whose meeting and party it is about, or whose domain it came from."""

    meeting: Meeting | None
    party: int | None
    domain: str | None


@dataclass(frozen=True)
class There:
    """All rows of the town as values."""

    meetings: dict[UUID, Meeting]
    reports: dict[UUID, DeviationReport]
    mails: dict[int, Mail]
    cases: dict[UUID, Roster]
    persons: dict[UUID, Roster]
    staff: dict[UUID | None, set[UUID]]


def _mails(of: list[Meeting]) -> list[Mail]:
    """About meetings, by each party or none that is there; and about none, from each domain or nobody's."""
    about = [Mail(meeting, party, None) for meeting in of[::7] for party in (1, 2)]
    odd = [Mail(meeting, party, next(iter(DOMAINS))) for meeting in of[:40] for party in (None, 9)]
    return [*about, *odd, *(Mail(None, None, domain) for domain in (None, "elsewhere.example", *DOMAINS))]


DOMAINS = {f"{n}.example": unit for n, unit in enumerate({u.organisation_id: u for u in UNITS}.values())}


def _versioned(state: Any) -> Any:
    return Rewrite(state.id, None, Versioned(state, 1, None, 0, b""))


@pytest.fixture
async def there(db: Database) -> There:
    await build(db)
    made = _meetings()
    reports = _reports(made)
    mails = _mails(made)
    async with db.transaction(TESTER) as conn:
        await directory.replace_domains(
            conn, [u.organisation_id for u in UNITS], [(u.organisation_id, domain) for domain, u in DOMAINS.items()]
        )
        await meetings.save_many(conn, [_versioned(one) for one in made])
        await deviations.save_many(conn, [_versioned(one) for one in reports])
        kept = {ident(f"case {unit.name}"): unit for unit in UNITS}
        for n, (key, unit) in enumerate(kept.items()):
            await cases.save(conn, CaseRecord(key, f"{n}AAA-AAA", unit.unit_id, NOW))
        numbered = await _keep(conn, mails)
        await (await database.raw(conn)).execute(_JOURNALS)
        staff: dict[UUID | None, set[UUID]] = {
            u.unit_id: {role.person_id for role in await directory.roles(conn, u.unit_id)} for u in UNITS
        }
        persons = [(one.id, one.organisation_id) for one in await directory.persons(conn)]
    organisations = {unit.organisation_id: unit for unit in UNITS}
    return There(
        {one.id: one for one in made}, {one.id: one for one in reports}, numbered,
        {**kept, cast.ident("case"): CARE_CENTRE}, {key: organisations[of] for key, of in persons}, staff,
    )  # fmt: skip


async def _keep(conn: AsyncConnection, mails: list[Mail]) -> dict[int, Mail]:
    """Half of what has no meeting names its sender in the envelope, half in what was read of it."""
    vault, found = Vault("a key of the tests, long enough"), {}
    for n, mail in enumerate(mails):
        sender = f"Anna@{mail.domain.title()}" if mail.domain is not None else ""
        given, read = (sender, None) if n % 2 else ("", sender or None)
        await inbox.keep(conn, vault, b"x", given, [f"{n}@sip.example"], "lmtp", NOW)
        (key,) = await inbox.unjudged_ids(conn)
        meeting_id = mail.meeting.id if mail.meeting is not None else None
        judged = inbox.Judged("refused", "late", meeting_id, mail.party, answered_by=read)
        await inbox.judge(conn, key, judged, NOW)
        found[key] = mail
    return found


# -- what Python says


def _mail_is_seen(actor: Actor, mail: Mail, seen: set[UUID]) -> bool:
    if mail.meeting is None:
        if access.everywhere(actor):
            return not scope_of(actor).board
        unit = DOMAINS.get(mail.domain or "")
        return unit is not None and _wider(actor, unit) and not scope_of(actor).board
    if mail.meeting.id not in seen:
        return False
    theirs = [p for p in mail.meeting.parties if p.ordinal == mail.party]
    called = mail.meeting.called_at is not None and mail.meeting.state is not MeetingState.DRAFT
    return access.convenes(actor, mail.meeting) or any(
        called and access.has_party(actor, p) and not p.removed and p.obligation is not Obligation.CONVENING
        for p in theirs
    )


def _wider(actor: Actor, unit: Roster) -> bool:
    """Whether the actor's scope takes in the unit's organisation as a whole."""
    return access.covers(actor, ident("no unit"), unit.organisation_id, unit.principal_id)


def _covers(actor: Actor, unit: Roster) -> bool:
    return access.covers(actor, unit.unit_id, unit.organisation_id, unit.principal_id)


@dataclass(frozen=True)
class Shown:
    """The ids in view."""

    meetings: set[UUID]
    deviations: set[UUID]
    inbound: set[int]
    units: set[UUID]
    cases: set[UUID]
    persons: set[UUID]
    journals: set[UUID]


def _allowed(actor: Actor, the: There) -> Shown:
    scope = scope_of(actor)
    seen = {key for key, one in the.meetings.items() if access.sees(actor, one)}
    reports = {key for key, one in the.reports.items() if access.sees_deviation(actor, one)}
    return Shown(
        seen, reports,
        {key for key, one in the.mails.items() if _mail_is_seen(actor, one, seen) and not scope.no_meeting},
        {unit.unit_id for unit in UNITS if _covers(actor, unit)},
        {key for key, unit in the.cases.items() if _covers(actor, unit) and not scope.audits},
        the.staff.get(scope.place, set()) if scope.kind is ScopeKind.UNIT
        else {key for key, unit in the.persons.items() if _wider(actor, unit)},
        {key for key in seen if access.convenes(actor, the.meetings[key])} | reports,
    )  # fmt: skip


# -- what SQL says


async def _listed(conn: AsyncConnection, scope: Scope) -> Shown:
    mails = await lists.inbound(conn, scope, limit=MANY)
    return Shown(
        set(await lists.meetings(conn, scope, MeetingQuery(limit=MANY))),
        set(await lists.deviations(conn, scope, DeviationQuery(limit=MANY))),
        {row.id for row in mails},
        {line.id for line in await listings.units(conn, scope, NOW)},
        set(await lists.cases(conn, scope, None, MANY)),
        await _ids(conn, scope, "select x.id from person x where {}", "person"),
        await _ids(
            conn, scope, "select j.aggregate from (select id as aggregate from meeting union all"
            " select id from deviation) j where {}", "journal",
        ),
    )  # fmt: skip


async def _ids(conn: AsyncConnection, scope: Scope, sql: str, rule: str) -> set[UUID]:
    seen = Seen(scope)
    text = sql.format(getattr(seen, rule)())
    return {row[0] for row in await (await database.raw(conn)).fetch(text, *seen.values)}


async def _pages_say_the_same(conn: AsyncConnection, scope: Scope, shown: Shown, the: There) -> None:
    """The pages' own lists, the counts, and what is asked for one by one."""
    whole = ListQuery(at("2020-01-01 00:00"), at("2030-01-01 00:00"), limit=MANY)
    assert {line.id for line in await meeting_list.listed(conn, scope, whole)} == shown.meetings
    assert await meeting_list.counted(conn, scope, whole) == min(len(shown.meetings), meeting_list.MOST_COUNTED)
    assert {line.id for line in await meeting_list.in_view(conn, scope, list(the.meetings))} == shown.meetings
    for words in (SCHOOL.name, OUTSIDE.name):
        named = {line.id for line in await meeting_list.listed(conn, scope, replace(whole, words=words))}
        assert named == {key for key in shown.meetings if _is_named(the.meetings[key], words, scope)}, words
    live = {MeetingState.CALLED, MeetingState.ENDED}
    coming = {line.id for line in await dashboard.coming(conn, scope, NOW, MANY)}
    assert coming == {key for key in shown.meetings if the.meetings[key].state in live}
    page = HandPage(limit=MANY)
    assert {one.id for one in (await hands.may_need(conn, scope, Looker("kim"), page, NOW))[0]} <= shown.meetings
    assert set(await hands.put_off(conn, scope, Looker("kim"), Whose.ALL, NOW)) <= shown.meetings
    assert set(await hands.heard(conn, scope)) <= shown.deviations
    assert {line.id for line in await listings.deviations(conn, scope)} == shown.deviations
    waiting = await lists.inbound(conn, scope, waiting=True, limit=MANY)
    assert await lists.inbound_waiting(conn, scope) == len(waiting)
    assert {row.id for row in waiting} <= shown.inbound
    for key in list(the.mails)[::71]:
        assert (await lists.one_inbound(conn, scope, key) is not None) == (key in shown.inbound)
    for one in list(the.meetings.values())[::71]:
        found = await lists.meetings(conn, scope, MeetingQuery(reference=one.reference))
        assert found == ([one.id] if one.id in shown.meetings else [])


def _is_named(meeting: Meeting, words: str, scope: Scope) -> bool:
    """Whether the search may find it by this unit: as its convener's side all of its parties, else one's own."""
    own, everything = meeting.convener, scope.kind is ScopeKind.EVERYTHING

    def within(*places: UUID) -> bool:
        return everything or scope.place in places

    side = within(own.unit_id, own.organisation_id, own.principal_id)
    theirs = (p for p in meeting.parties if not p.removed and p.unit_name == words)
    named = (side or within(p.unit_id, p.organisation_id, p.principal_id) for p in theirs)
    return any(named) or own.unit_name == words


async def _calendar_says_the_same(conn: AsyncConnection, scope: Scope, shown: Shown, the: There) -> None:
    unit, organisation, principal = scope.places()
    record = FeedRecord(
        ident("feed"), FeedKind.AREA, Language.SV, NOW, unit_id=unit, organisation_id=organisation,
        principal_id=principal,
    )  # fmt: skip
    feed = Feed(record, True, ActorColumns("user", "1", "Kim", None, None), None, None)
    actor = Actor(ActorKind.API_KEY, unit_id=unit, organisation_id=organisation, principal_id=principal)
    found = {one.id for one in await feed_meetings.meetings(conn, feed, NOW)}
    assert found == {
        key
        for key in shown.meetings
        if (one := the.meetings[key]).called_at is not None
        and one.state is not MeetingState.DRAFT
        and (access.convenes(actor, one) or any(access.has_party(actor, p) and p.active for p in _called(one)))
    }


async def _the_wall_says_the_same(db: Database, actor: Actor, allowed: Shown, the: There) -> None:
    """What the tables give to whoever asks for everything."""
    async with db.transaction(actor) as conn:
        line = await database.raw(conn)

        async def told(sql: str) -> set[Any]:
            return {row[0] for row in await line.fetch(sql)}

        assert await told("select id from meeting") == allowed.meetings, actor
        own = {one.id for one in the.meetings.values() if any(access.has_party(actor, p) for p in one.parties)}
        # Her own unit's row, before the call and after it is taken away.
        own = set() if scope_of(actor).no_meeting else own
        assert await told("select meeting_id from party") == allowed.meetings | own, actor
        assert await told("select meeting_id from party_round") <= allowed.meetings, actor
        assert await told("select id from deviation") == allowed.deviations, actor
        assert await told("select id from inbound") == allowed.inbound, actor
        assert await told("select distinct aggregate from journal") == allowed.journals, actor
        called = {cast.ident("case")} if allowed.meetings else set()
        assert await told("select id from case_") == allowed.cases | called, actor


def _called(meeting: Meeting) -> list[Party]:
    return [p for p in meeting.parties if p.obligation is not Obligation.CONVENING]


# -- the same


async def test_every_actor_lists_what_she_may_open(db: Database, there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "MOST", MANY)
    listed: dict[Scope, Shown] = {}
    async with db.transaction(TESTER) as conn:
        for scope in {scope_of(actor): 0 for actor in ACTORS}:
            shown = listed[scope] = await _listed(conn, scope)
            await _pages_say_the_same(conn, scope, shown, there)
            if not scope.no_meeting and scope.kind is not ScopeKind.NOTHING:
                await _calendar_says_the_same(conn, scope, shown, there)
    of_each = {scope_of(actor): actor for actor in ACTORS}
    for actor in of_each.values():
        allowed = _allowed(actor, there)
        assert listed[scope_of(actor)] == allowed, actor
        await _the_wall_says_the_same(db, actor, allowed, there)

    @settings(max_examples=40, deadline=None, phases=[Phase.generate], database=None)
    @given(st.sampled_from(ACTORS))
    def anybody(actor: Actor) -> None:
        assert listed[scope_of(actor)] == _allowed(actor, there)

    anybody()
    # Staff, the board and auditors at each place, who heads a unit at each unit, everywhere in five ways (the service's
    # is one), and nowhere.
    placed = {narrowest(*place) for place in PLACES[1:]}
    assert len(listed) == 3 * len(placed) + len([one for one in placed if one and one.kind is ScopeKind.UNIT]) + 6
    assert all(any(getattr(one, name) for one in listed.values()) for name in Shown.__dataclass_fields__)


def test_a_report_in_hearing_is_nobody_elses() -> None:
    """D1, said once more without the code: a coordinator of everything, and one above the unit, see none."""
    report = next(one for one in _reports(_meetings()) if one.state is DeviationState.HEARING)
    above = Actor(ActorKind.USER, "kim", "Kim", None, Role.COORDINATOR, report.receiving.organisation_id)
    assert not access.sees_deviation(above, report)
    assert not access.sees_deviation(Actor(ActorKind.USER, "kim", "Kim", role=Role.COORDINATOR), report)
    assert not access.sees_deviation(Actor(ActorKind.API_KEY, "key", "Key", role=Role.COORDINATOR), report)
    assert access.sees_deviation(Actor(ActorKind.USER, "ada", "Ada", role=Role.ADMINISTRATOR), report)
    assert access.sees_deviation(
        Actor(ActorKind.USER, "mo", "Mo", report.receiving.unit_id, Role.UNIT_MANAGER), report
    )  # fmt: skip
