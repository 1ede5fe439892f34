"""Answers as calendar clients write them, put through the receiver's door: kept first, judged after."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from sip.domain.meeting import Claim, Party
from sip.edges.mail.received.imip import parse
from sip.store.post.tokens import InvitationRef, invitations_of
from sip.store.seen import lists
from sip.store.seen.lists import InboundRow
from sip.store.seen.scope import EVERYTHING
from sip.store.vault import Vault
from sip.usecases.received import inbound, pending
from sip.usecases.received.inbound import Envelope
from tests.store.town import WORLD, Town
from tests.tester import TESTER

DOMAIN = "sip.example"
AUTHSERV = "mx.sip.example"
PARSE = partial(parse, authserv_id=AUTHSERV)


def ics(method: str, ref: InvitationRef, attendee: str | None, **lines: str) -> str:
    """One calendar object; `lines` are further lines by name, `attendee` the whole ATTENDEE line."""
    body = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", f"METHOD:{method}", "BEGIN:VEVENT"]
    body += [f"UID:{lines.pop('UID', str(ref.id))}"]
    if attendee is not None:
        body.append(attendee)
    body += [f"{name}:{value}" for name, value in lines.items() if value]
    return "\r\n".join([*body, "END:VEVENT", "END:VCALENDAR", ""])


@dataclass
class Post:
    """The service's door for mail, and what came of each mail."""

    town: Town
    vault: Vault = field(default_factory=lambda: Vault("a key for tests only, long enough"))

    async def ref(self, target: UUID, email: str) -> InvitationRef:
        """The latest invitation to this address."""
        async with self.town.db.transaction(TESTER) as conn:
            return [one for one in await invitations_of(conn, target) if one.email == email][-1]

    async def put(self, raw: bytes, to: str, sender: str = "") -> InboundRow:
        """Receives one mail and judges it; gives its row."""
        await inbound.ingest(self.town.db, self.vault, raw, Envelope(sender, (to,)), "smtp", self.town.now)
        await self.judge()
        async with self.town.db.transaction(TESTER) as conn:
            return (await lists.inbound(conn, EVERYTHING, None, False, None, 1000))[-1]

    async def judge(self) -> int:
        return await pending.judge_pending(self.town.db, self.vault, PARSE, now=self.town.now, world=WORLD)

    async def reply(
        self,
        ref: InvitationRef,
        partstat: str = "ACCEPTED",
        *,
        attendee: str | None = None,
        sender: str | None = None,
        method: str = "REPLY",
        params: str = "",
        at: datetime | None = None,
        headers: str = "",
        to: str | None = None,
        **lines: str,
    ) -> InboundRow:
        """An answer to this invitation. `at` is its DTSTAMP (now when left out)."""
        who = attendee or ref.email
        stamp = (at or self.town.now).astimezone(UTC)
        lines = {"DTSTAMP": f"{stamp:%Y%m%dT%H%M%SZ}", "SEQUENCE": "0", **lines}
        line = f"ATTENDEE;PARTSTAT={partstat}{params}:mailto:{who}" if partstat else None
        calendar = ics(method, ref, line, **lines)
        raw = (
            f"From: <{sender or who}>\r\nTo: <x@{DOMAIN}>\r\nMIME-Version: 1.0\r\n{headers}"
            f"Content-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n{calendar}"
        )
        return await self.put(raw.encode(), to or f"sip+{ref.reply_token}@{DOMAIN}", who)

    async def claims(self, target: UUID) -> tuple[Claim, ...]:
        return (await self.town.meeting(target)).state.claims

    async def party(self, target: UUID, ordinal: int = 2) -> Party:
        return (await self.town.meeting(target)).state.party(ordinal)


def results(dmarc: str, domain: str = "al.example", by: str = AUTHSERV) -> str:
    """The field that a mail server writes of what it found of the sender (RFC 8601)."""
    return f"Authentication-Results: {by}; dmarc={dmarc} header.from={domain}\r\n"
