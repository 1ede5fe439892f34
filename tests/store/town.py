"""The cast of the domain tests, put into a real database: the same units and people, the same agreement and case."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain import events as e
from sip.domain.agreement import RuleSet
from sip.domain.effects import Mail
from sip.domain.meeting import Meeting
from sip.domain.people import Person, PrincipalKind, Role, Roster
from sip.domain.terms import Channel
from sip.store import agreements, cases, directory
from sip.store.aggregates import meetings
from sip.store.aggregates.versioned import Versioned
from sip.store.db import Database
from sip.store.directory import AddressRecord, OrganisationRecord, PersonRecord, PrincipalRecord, RoleRecord, UnitRecord
from sip.store.post import mailbox_checks
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.engine.delivery import Delivered, DeliveryPolicy, MailSecrets, deliver, feed_back
from sip.usecases.engine.handle import Handled, World, handle
from sip.usecases.engine.timers import TickReport, run_due
from tests.domain import cast
from tests.domain.cast import AGREEMENT, AL, ALL, BOK, CONVENER, HOME_CARE, REGION, at, ident
from tests.tester import TESTER

CASE = ident("case")
CLARA = Actor(ActorKind.USER, "clara", "Clara Kallar", CONVENER.unit_id, Role.CONVENER)
WORLD = World()
QUESTIONS = ('Vad behövs "nu"?', "Vem gör vad?\\ {a,b}")
_ROLES = (
    (Role.UNIT_MANAGER, "managers"),
    (Role.HEAD_OF_OPERATIONS, "heads"),
    (Role.WATCHER, "watchers"),
    (Role.SUBSTITUTE, "substitutes"),
    (Role.COORDINATOR, "coordinators"),
)


async def build(db: Database) -> None:
    """Writes the cast's directory, agreement and case."""
    rosters = list(ALL.values())
    kinds = {REGION: PrincipalKind.REGION, AL: PrincipalKind.MUNICIPALITY, BOK: PrincipalKind.MUNICIPALITY}
    organisations = {r.organisation_id: r for r in rosters}
    async with db.transaction(TESTER) as conn:
        await directory.upsert_principals(conn, [PrincipalRecord(k, v, str(k)) for k, v in kinds.items()])
        await directory.upsert_organisations(
            conn, [OrganisationRecord(k, r.principal_id, str(k)) for k, r in organisations.items()]
        )
        await directory.replace_domains(
            conn, list(organisations), [(k, d) for k, r in organisations.items() for d in r.mail_domains]
        )
        await directory.upsert_units(
            conn,
            [UnitRecord(r.unit_id, r.organisation_id, r.name, None, r.phone, r.language) for r in rosters],
        )
        addresses = [AddressRecord(r.unit_id, n, email) for r in rosters for n, email in enumerate(r.addresses)]
        await directory.replace_addresses(conn, [r.unit_id for r in rosters], addresses)
        for r in rosters:
            for email, verified_at in r.verified.items():
                await mailbox_checks.verify(conn, r.unit_id, email, verified_at)
        people = dict(p for r in rosters for p in _people(r))
        await directory.upsert_persons(conn, people.values())
        await directory.upsert_roles(conn, [role for r in rosters for role in _roles(r)])
        await agreements.keep(conn, [AGREEMENT])
        case = cases.CaseRecord(CASE, "7F3K-2MQ", CONVENER.unit_id, at("2026-10-01 09:00"), consent=True)
        await cases.save(conn, case)


def _people(roster: Roster) -> Iterable[tuple[UUID, PersonRecord]]:
    for _, field_name in _ROLES:
        for person in getattr(roster, field_name):
            key = _person_id(roster, person)
            yield key, PersonRecord(key, roster.organisation_id, person.name, person.email, person.phone)


def _person_id(roster: Roster, person: Person) -> UUID:
    return ident(f"{roster.organisation_id}/{person.email}")


def _roles(roster: Roster) -> Iterable[RoleRecord]:
    for role, field_name in _ROLES:
        for n, person in enumerate(getattr(roster, field_name)):
            key = ident(f"{roster.unit_id}/{role}/{n}")
            yield RoleRecord(key, _person_id(roster, person), role, unit_id=roster.unit_id, ordinal=n)


@dataclass(frozen=True)
class Made:
    """A composed mail of the tests: its bytes name the keys it carries."""

    message_id: str
    mail_from: str
    rcpt_to: str
    data: bytes


@dataclass(frozen=True)
class Said:
    status: str = "sent"
    code: int | None = 250
    text: str = "ok"


@dataclass
class Relay:
    """Stands for composing and sending: remembers every try, answers as it is told."""

    answers: list[Said] = field(default_factory=list)
    tries: list[bytes] = field(default_factory=list)
    composed: list[tuple[tuple[Mail, ...], MailSecrets]] = field(default_factory=list)
    pause: float = 0.0

    def compose(self, mails: object, secrets: MailSecrets) -> Made:
        assert isinstance(mails, list)
        self.composed.append((tuple(mails), secrets))
        keys = "\n".join(mail.key for mail in mails)
        body = f"{keys}\n\n{secrets.bounce_token}".encode()
        return Made(
            f"<{ident(keys)}@sip.example>", f"bounce+{secrets.bounce_token}@sip.example", mails[0].to.email, body
        )

    async def send(self, mail: object) -> Said:
        self.tries.append(getattr(mail, "data"))  # noqa: B009 - a Protocol without it
        if self.pause:
            await asyncio.sleep(self.pause)
        return self.answers.pop(0) if self.answers else Said()

    @property
    def keys(self) -> list[list[str]]:
        """The keys of each try, in order."""
        return [data.decode().split("\n\n")[0].split("\n") for data in self.tries]


QUICK = DeliveryPolicy(lease=timedelta(seconds=20), first_wait=timedelta(0), longest_wait=timedelta(0))


@dataclass
class Town:
    """The database with the cast in it, a clock and a relay."""

    db: Database
    now: datetime = field(default_factory=lambda: at("2026-11-02 10:00"))
    relay: Relay = field(default_factory=Relay)
    said: int = 0

    async def do(
        self, target: UUID, event: object, event_id: str | None = None, seen: int | None = None, actor: Actor = CLARA
    ) -> Handled:
        self.said += 1
        async with self.db.transaction(TESTER) as conn:
            return await handle(
                conn,
                target,
                event,
                event_id=event_id or f"command/{self.said}",
                actor=actor,
                now=self.now,
                world=WORLD,
                seen_version=seen,
            )

    async def draft(
        self, name: str = "meeting", start: str = "2026-12-07 10:00", units: Iterable[Roster] = (HOME_CARE,)
    ) -> UUID:
        event = replace(cast.draft(at(start), units), id=ident(name), questions=QUESTIONS)
        found = await self.do(event.id, event)
        assert found.refused is None, found.refused
        return event.id

    async def call(
        self, name: str = "meeting", start: str = "2026-12-07 10:00", units: Iterable[Roster] = (HOME_CARE,)
    ) -> UUID:
        target = await self.draft(name, start, units)
        for ordinal in range(len((await self.meeting(target)).state.parties)):
            await self.do(target, e.IdentityConveyed(ordinal, Channel.SDK))
        found = await self.do(target, e.Called())
        assert found.refused is None, found.refused
        return target

    async def agree(self, change: Callable[[RuleSet], RuleSet]) -> None:
        """A new version of the agreement: it holds for who is called from now on."""
        newer = replace(
            AGREEMENT, version=AGREEMENT.version + 1, rules=change(AGREEMENT.rules), valid_from=date(2026, 1, 1)
        )
        async with self.db.transaction(TESTER) as conn:
            await agreements.keep(conn, [newer])

    async def meeting(self, target: UUID) -> Versioned[Meeting]:
        async with self.db.transaction(TESTER) as conn:
            return (await meetings.load_many(conn, [target]))[target]

    async def tick(self, moment: str | None = None) -> TickReport:
        if moment is not None:
            self.now = at(moment)
        return await run_due(self.db, self.now, WORLD)

    async def send(self, policy: DeliveryPolicy = QUICK) -> Delivered:
        report = await deliver(self.db, self.now, self.relay.compose, self.relay.send, policy)
        await feed_back(self.db, self.now, WORLD)
        return report
