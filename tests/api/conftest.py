"""The whole application over a real database with the cast in it, a key for each role, and a clock that can be set."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

from sip.domain.events import Claimed, Said
from sip.domain.meeting import Stamp
from sip.domain.people import Role
from sip.domain.terms import AnswerKind, Channel, ClaimKind
from sip.edges.api.router import api
from sip.edges.services import Services
from sip.edges.web.app import create
from sip.settings import load_settings
from sip.store import api_keys, clock
from sip.store.aggregates import meetings
from sip.store.api_keys import KeyRecord
from sip.store.db import Database
from sip.store.vault import Vault
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.engine.handle import handle
from tests.domain.cast import CARE_CENTRE, HOME_CARE, REGION, at, ident
from tests.store.conftest import db, owner
from tests.store.town import CASE, WORLD, build
from tests.tester import TESTER

__all__ = ["db", "owner"]


@dataclass
class RowClock:
    """The service's clock: the shared row."""

    db: Database

    def __call__(self) -> Any:
        return at("2026-11-02 10:00")

    async def now(self) -> Any:
        async with self.db.transaction(TESTER) as conn:
            return await clock.now(conn)


@dataclass
class Caller:
    """One API key at work."""

    client: httpx.AsyncClient
    token: str

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        full = path if path.startswith(("/api", "/fhir")) else f"/api/v1{path}"
        return await self.client.request(method, full, json=body, headers=sent)


@dataclass
class House:
    """The application, its keys by name, and shorthands."""

    db: Database
    client: httpx.AsyncClient
    app: Any
    services: Services
    keys: dict[str, Caller] = field(default_factory=dict)

    @property
    def admin(self) -> Caller:
        return self.keys["administrator"]

    async def key(self, name: str, role: Role, **scope: UUID) -> Caller:
        async with self.db.transaction(TESTER) as conn:
            places = (scope.get("unit_id"), scope.get("organisation_id"), scope.get("principal_id"))
            token = await api_keys.make(conn, KeyRecord(ident(name), name, role, *places))
        self.keys[name] = Caller(self.client, token)
        return self.keys[name]

    async def set_time(self, moment: str) -> None:
        async with self.db.transaction(TESTER) as conn:
            await clock.set_clock(conn, at(moment), 0)

    def draft_body(self, **more: Any) -> dict[str, Any]:
        return {
            "case_id": str(CASE),
            "kind": "adult",
            "purpose": "new_plan",
            "purpose_text": "Gemensam planering",
            "questions": ["Vem gör vad?"],
            "start": "2026-12-07T10:00:00+01:00",
            "end": "2026-12-07T11:00:00+01:00",
            "form": "physical",
            "place": {"kind": "room", "unit": "Vårdcentralen Eken", "room": "Rum 2"},
            "convener": {
                "unit_id": str(CARE_CENTRE.unit_id),
                "person": "Clara Kallar",
                "email": "clara@region.example",
                "phone": "010-0000000",
            },
            "chair_name": "Clara Kallar",
            "chair_email": "clara@region.example",
            "parties": [{"unit_id": str(HOME_CARE.unit_id)}],
            **more,
        }

    async def drafted(self, **more: Any) -> dict[str, Any]:
        made = await self.admin("POST", "/meetings", self.draft_body(**more))
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    async def called(self, **more: Any) -> dict[str, Any]:
        draft = await self.drafted(**more)
        for party in draft["parties"]:
            await self.admin("PUT", f"/meetings/{draft['id']}/parties/{party['ordinal']}/identity", {"channel": "sdk"})
        made = await self.admin("POST", f"/meetings/{draft['id']}/call")
        assert made.status_code == 200, made.text
        found: dict[str, Any] = made.json()
        return found

    async def claimed(self, meeting_id: str, *, sender: str = "nora@bemanning.example") -> None:
        """Somebody nobody invited has answered a forwarded call to the meeting's first party."""
        now = await self.services.clock.now()
        target = UUID(meeting_id)
        async with self.db.transaction(TESTER) as conn:
            found = (await meetings.load_many(conn, [target]))[target].state
            invitation = next(i for i in found.invitations if i.party == 2)
            said = Said(Channel.MAIL, sender, Stamp(found.sequence, now, now, sender))
            event = Claimed(
                2, invitation.ordinal, ClaimKind.PARTY_CRASHER, AnswerKind.ATTENDS, sender, said, None
            )  # fmt: skip
            actor = Actor(ActorKind.MAIL, sender)
            done = await handle(conn, target, event, event_id=f"mail/{sender}", actor=actor, now=now, world=WORLD)
        assert done.refused is None


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    await build(db)
    settings = load_settings({"SIP_ENVIRONMENT": "test"})
    stop = asyncio.Event()
    services = Services(db, settings, RowClock(db), Vault(settings.secret_key.get_secret_value()), stop)
    asgi: Any = create(services, api(production=False))
    transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        made = House(db, client, asgi.rooms, services)
        await made.key("administrator", Role.ADMINISTRATOR)
        await made.set_time("2026-11-02 10:00")
        yield made
    stop.set()


@pytest.fixture
async def roles(house: House) -> House:
    """A key for each role of the convener's unit, the called unit and the region."""
    await house.key("convener", Role.CONVENER, unit_id=CARE_CENTRE.unit_id)
    await house.key("chair", Role.CHAIR, unit_id=CARE_CENTRE.unit_id)
    await house.key("unit_staff", Role.UNIT_STAFF, unit_id=HOME_CARE.unit_id)
    await house.key("unit_manager", Role.UNIT_MANAGER, unit_id=HOME_CARE.unit_id)
    await house.key("coordinator", Role.COORDINATOR, principal_id=REGION)
    await house.key("board_member", Role.BOARD_MEMBER, principal_id=REGION)
    await house.key("outsider", Role.CONVENER, unit_id=ident("Soc Bok"))
    return house
