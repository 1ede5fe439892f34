"""What the pages and the API are given of the process: the composition root makes it once and hands it down."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sip.settings import Settings
from sip.store.db import Database
from sip.store.vault import Vault
from sip.usecases import service
from sip.usecases.engine.surroundings import World


class Clock(Protocol):
    """The service's time: called, roughly and at once; `now()`, exactly as the shared row says it."""

    def __call__(self) -> datetime: ...

    async def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything an edge may use. `stop` is set when the process ends: what streams must end then."""

    db: Database
    settings: Settings
    clock: Clock
    vault: Vault
    stop: asyncio.Event

    async def world(self, now: datetime) -> World:
        """Facts of the process for a decision."""
        return await service.world(self.db, now, production=self.settings.is_production)
