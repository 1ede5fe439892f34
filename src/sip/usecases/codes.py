"""A short code that somebody types, for the page that its mailed link opens (rules, section 3)."""

from datetime import datetime

from sip.store.db import Database
from sip.store.post import codes, tokens
from sip.store.vault import Vault
from sip.usecases.actor import ServicePart


async def open_by_code(db: Database, vault: Vault, typed: str, now: datetime) -> str | None:
    """A link token for that page, good for a day; None for a code that never was or has ended."""
    code = codes.read_code(typed)
    if code is None:
        return None
    async with db.transaction(ServicePart.LINKS) as conn:
        return await tokens.token_for_code(conn, vault.digest(code), now)
