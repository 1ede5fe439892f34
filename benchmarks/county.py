"""The smallest county there is: two units that have joined an agreement, and one real meeting that awaits its reminder.

Everything goes the way of the service: the directory through the store, the meeting through `handle()`, its invitations
through `deliver()` to a relay that takes them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from sip.domain import events as e
from sip.domain.agreement import Agreement, MeetingKind, RuleSet
from sip.domain.effects import AnyMail
from sip.domain.meeting import Convener, Place
from sip.domain.people import PrincipalKind, Role
from sip.domain.terms import Channel, Form, Obligation, PlaceKind, Purpose
from sip.store import agreements, cases, directory
from sip.store.db import Database
from sip.usecases.actor import ENGINE, Actor, ActorKind
from sip.usecases.engine.delivery import MailSecrets, deliver, feed_back
from sip.usecases.engine.handle import World, handle
from sip.usecases.engine.timers import run_due

SPACE = UUID("2f6a1c52-0000-4000-8000-000000000000")
WORLD = World()
CALLED_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
REMINDER_AT = datetime(2026, 11, 6, 7, 0, tzinfo=UTC)  # Friday 08:00 in Sweden: rules, section 5, first example
STARTS_AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


def ident(name: str) -> UUID:
    return uuid5(SPACE, name)


REGION, TOWN = ident("Region Exempel"), ident("Al kommun")
CARE, HOME = ident("Vårdcentralen Eken"), ident("Hemtjänsten Al")
OTHER_NAMES = ("Skolan Al", "Boendet Al", "Socialtjänsten Al")
OTHERS = tuple(ident(name) for name in OTHER_NAMES)
"""Further units of the town, for what measures meetings of an ordinary size."""
CASE, MEETING, SAMPLE = ident("case"), ident("meeting"), ident("sample")
REFERENCE = "7F3K-2MQ"
CONVENER = Convener(
    CARE, "Vårdcentralen Eken", ident("Nämnden Region"), REGION, "Clara Kallar", "clara@region.example", "010-0000000"
)
CLARA = Actor(ActorKind.USER, "clara", "Clara Kallar", CARE, Role.CONVENER)


async def build(db: Database, others: Sequence[UUID] = ()) -> None:
    """The directory, the agreement and the case; `others` of the further units."""
    more = [(key, name) for key, name in zip(OTHERS, OTHER_NAMES, strict=True) if key in others]
    boards = {REGION: CONVENER.organisation_id, TOWN: ident("Vårdnämnden Al")}
    rules = RuleSet(name="Länsavtalet")
    agreement = Agreement(
        ident("agreement"), "Länsavtalet", 1, False, frozenset(boards), frozenset(MeetingKind), date(2025, 1, 1), None,
        rules, rules,
    )  # fmt: skip
    async with db.transaction(ENGINE) as conn:
        await directory.upsert_principals(
            conn,
            [
                directory.PrincipalRecord(REGION, PrincipalKind.REGION, "Region Exempel"),
                directory.PrincipalRecord(TOWN, PrincipalKind.MUNICIPALITY, "Al kommun"),
            ],
        )
        await directory.upsert_organisations(
            conn, [directory.OrganisationRecord(board, owner, str(board)) for owner, board in boards.items()]
        )
        await directory.upsert_units(
            conn,
            [
                directory.UnitRecord(CARE, boards[REGION], CONVENER.unit_name, phone="010-0000000"),
                directory.UnitRecord(HOME, boards[TOWN], "Hemtjänsten Al", phone="0400-000001"),
                *(directory.UnitRecord(key, boards[TOWN], name, phone="0400-000002") for key, name in more),
            ],
        )
        await directory.replace_addresses(
            conn,
            [CARE, HOME, *(key for key, _ in more)],
            [
                *(directory.AddressRecord(key, 0, f"enhet{n}@al.example") for n, (key, _) in enumerate(more)),
                directory.AddressRecord(CARE, 0, "vc@region.example"),
                directory.AddressRecord(HOME, 0, "hemtjanst@al.example"),
            ],
        )
        await agreements.keep(conn, [agreement])
        await cases.save(conn, cases.CaseRecord(CASE, REFERENCE, CARE, CALLED_AT - timedelta(days=30), consent=True))


async def call(db: Database, meeting_id: UUID, others: Sequence[UUID] = ()) -> None:
    """One meeting with one summoned unit, and these others, called, its invitations sent, and the meeting
    told that they were."""
    draft = e.MeetingDrafted(
        meeting_id, REFERENCE, CASE, MeetingKind.ADULT, Purpose.NEW_PLAN, "Gemensam planering", ("Vem gör vad?",),
        Form.PHYSICAL, Place(PlaceKind.ROOM, CONVENER.unit_name, "Rum 2"), STARTS_AT, STARTS_AT + timedelta(hours=1),
        CONVENER, tuple(e.PartyDraft(key, Obligation.SUMMONED) for key in (HOME, *others)),
        "Clara Kallar", CONVENER.email,
    )  # fmt: skip
    told = (e.IdentityConveyed(2 + n, Channel.PHONE) for n in range(len(others)))
    for event in (draft, e.IdentityConveyed(1, Channel.PHONE), *told, e.Called()):
        async with db.transaction(ENGINE) as conn:
            done = await handle(
                conn,
                meeting_id,
                event,
                event_id=f"{type(event).__name__}{getattr(event, 'party', '')}",
                actor=CLARA,
                now=CALLED_AT,
                world=WORLD,
            )
        if done.refused is not None:
            raise RuntimeError(f"The benchmark's own meeting was refused: {done.refused}.")
    await deliver(db, CALLED_AT, _compose, _send)
    await feed_back(db, CALLED_AT, WORLD)


async def remind_one(db: Database) -> None:
    """A second meeting all the way to its reminder: the pattern for the rows that others are to write."""
    await call(db, SAMPLE)
    await run_due(db, REMINDER_AT, WORLD)


@dataclass(frozen=True, slots=True)
class _Bytes:
    message_id: str
    mail_from: str
    rcpt_to: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Taken:
    status: str = "sent"
    code: int | None = 250
    text: str = "ok"


def _compose(mails: Sequence[AnyMail], secrets: MailSecrets) -> _Bytes:
    key = sha256("\n".join(mail.key for mail in mails).encode()).hexdigest()[:32]
    sender = f"bounce+{secrets.bounce_token}@sip.example"
    return _Bytes(f"<{key}@sip.example>", sender, mails[0].to.email, key.encode())


async def _send(_: object) -> _Taken:
    return _Taken()
