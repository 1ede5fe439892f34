"""What is wrong with this installation, for `sip check`: findings, each with a sentence that says what to do.

The law of this file: nothing is changed, and nothing is sent but two mails of the service to itself (`round_trip`);
what cannot be looked at (no resolver) is said, not guessed.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiosmtplib
import dns.asyncresolver
import dns.exception
import dns.resolver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.addresses import Listen
from sip.dkim_key import is_record_of
from sip.domain.people import Gap
from sip.edges import round_trip, ways_in
from sip.edges.findings import Finding, Level, bad, good, odd
from sip.settings import Settings
from sip.store import clock, directory, heartbeats, migrate, sealing
from sip.store.aggregates import faults
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database, DatabaseAway
from sip.store.post import holding, sending
from sip.store.seen import lists
from sip.usecases import mailbox_checks
from sip.usecases.actor import ServicePart
from sip.usecases.sealing import FOLDER
from sip.usecases.service import ENGINE_MISSING

SECONDS = 8.0
LATE = timedelta(minutes=5)
OFF = timedelta(seconds=30)
MADE_UP = (".example", ".test", ".invalid", ".localhost")
LEAST_POSTGRES = 150000
_RECEIVER = (
    "This role adds received mail and reads none: units, faults and what waits are seen as the role of pages or worker."
)


def run(settings: Settings, url: str, machine: Callable[[], datetime], *, send: bool | None = None) -> list[Finding]:
    """Everything, in the order in which it is to be mended. `machine` reads this machine's clock.

    `send`: whether a mail makes the round trip; None: where the mail domain is no made-up one.
    """
    return asyncio.run(_run(settings, url, machine, send))


async def _run(settings: Settings, url: str, machine: Callable[[], datetime], send: bool | None) -> list[Finding]:
    db = Database(url, 2)
    try:
        findings = await _in_database(settings, db, machine)
        relay = await _relay(settings)
        listening = [await _listens(name, listen) for name, listen in _receivers(settings)]
        heard = await _round_trip(settings, db, machine(), relay, send)
    finally:
        await db.close()
    here = await ways_in.from_here(settings)
    return [*findings, relay, *listening, *here, heard, *await _dns(settings)]


# -- the database and what is in it


async def _in_database(settings: Settings, db: Database, machine: Callable[[], datetime]) -> list[Finding]:
    try:
        async with db.transaction(ServicePart.WATCH) as conn:
            findings = [await _server(conn), await _role(conn), await _worker_role(conn), *_settings(settings)]
            if not await migrate.serves(conn):
                return [*findings, bad("Migrations", "The database has an older version's tables; run `sip migrate`.")]
            if await migrate.current_is_head(conn):
                findings.append(good("Migrations", "The database has this version's tables."))
            else:
                findings.append(odd("Migrations", "The database has a newer version's tables. This one works on them."))
            if not await conn.scalar(text("select has_table_privilege('inbound', 'select')")):
                return [*findings, odd("Received mail", _RECEIVER)]
            now = await clock.now(conn)
            findings += [await _clock(conn, settings, machine), *await _processes(conn, settings, now)]
            findings += [*await ways_in.in_database(conn, settings, now), await _lag(conn, now)]
            findings += [
                *await _held(conn),
                *await _faults(conn),
                *await _units(conn, now),
                await _mailboxes(conn, now),
            ]
            findings.append(await _seals(conn, settings))
            return findings
    except DatabaseAway as error:
        return [bad("Database", str(error))]


def _settings(settings: Settings) -> list[Finding]:
    if settings.is_production:
        if settings.database_url is None:
            return [bad("Settings", "Production data is in the embedded server; set SIP_DATABASE_URL to a real one.")]
        return [good("Settings", f"Production at {settings.base_url}.")]
    return [odd("Settings", f"This is {settings.environment}: the clock can be set. Never use it for real people.")]


async def _server(conn: AsyncConnection) -> Finding:
    number = int(await conn.scalar(text("select current_setting('server_version_num')")) or 0)
    if number < LEAST_POSTGRES:
        return bad("Database", f"PostgreSQL {number // 10000} is too old; 15 or newer is needed.")
    return good("Database", f"PostgreSQL {number // 10000} answers.")


async def _role(conn: AsyncConnection) -> Finding:
    row = (
        await conn.execute(
            text(
                "select current_user, rolsuper or rolbypassrls, exists (select 1 from pg_tables"
                " where schemaname = 'public' and tableowner = current_user) from pg_roles where rolname = current_user"
            )
        )
    ).one()
    if row[1] or row[2]:
        return odd("Database role", f"{row[0]} owns tables or is a superuser; connect as a role that owns nothing.")
    return good("Database role", f"{row[0]} owns nothing.")


async def _worker_role(conn: AsyncConnection) -> Finding:
    if not await migrate.engine_is_apart(conn):
        return odd("Worker role", ENGINE_MISSING)
    return good("Worker role", "The worker has a role of its own.")


async def _clock(conn: AsyncConnection, settings: Settings, machine: Callable[[], datetime]) -> Finding:
    if not settings.is_production:
        return good("Clock", f"{await clock.now(conn):%Y-%m-%d %H:%M} UTC, at speed {await clock.speed(conn):g}.")
    theirs = await conn.scalar(text("select clock_timestamp()"))
    off = abs(machine() - theirs) if theirs is not None else timedelta(0)
    if off > OFF:
        return bad("Clock", f"This machine and the database differ by {off.total_seconds():.0f} s; use NTP on both.")
    return good("Clock", "This machine and the database agree.")


async def _processes(conn: AsyncConnection, settings: Settings, now: datetime) -> list[Finding]:
    seen = await heartbeats.seen(conn)
    names = {heartbeats.WEB: "`sip web`"}
    if _receivers(settings):
        names[heartbeats.RECEIVER] = "`sip mail-in`"
    findings = []
    for kind, command in names.items():
        at = seen.get(kind)
        if at is None:
            findings.append(odd(f"Process {kind}", f"Never heard of; {command} (or `sip serve`) has not run yet."))
        elif now - at > LATE:
            findings.append(bad(f"Process {kind}", f"Silent since {at:%Y-%m-%d %H:%M} UTC; start {command}."))
        else:
            findings.append(good(f"Process {kind}", "Heard within five minutes."))
    return findings


async def _seals(conn: AsyncConnection, settings: Settings) -> Finding:
    if settings.seal_folder is None and settings.seal_mail is None and settings.seal_tsa_url is None:
        return odd("Seals", "No seal leaves the database: set SIP_SEAL_FOLDER, SIP_SEAL_MAIL, or both.")
    missing = 0 if settings.seal_folder is None else len(await sealing.unanchored(conn, FOLDER))
    if missing:
        return bad("Seals", f"{missing} are not in {settings.seal_folder}; see that the worker can write there.")
    last = await sealing.last_head(conn)
    return good("Seals", "None yet." if last is None else f"Journal and access log are sealed to {last.day}.")


async def _lag(conn: AsyncConnection, now: datetime) -> Finding:
    late = await faults.oldest_due(conn, now)
    waits = await lists.waiting(conn, now)
    if late is not None and late > LATE:
        minutes = late.total_seconds() / 60
        return bad("Worker", f"A due step is {minutes:.0f} minutes late; start `sip worker` (or `sip serve`).")
    if waits.outbox or waits.inbox:
        return odd("Worker", f"{waits.outbox} mails wait to be sent, {waits.inbox} to be judged.")
    return good("Worker", "Nothing is late.")


async def _held(conn: AsyncConnection) -> list[Finding]:
    found = await holding.hold(conn)
    if found is None:
        return []
    return [bad("Mail", f"Mail is held since {found.begun_at:%Y-%m-%d %H:%M} UTC, after a restore; see `sip held`.")]


async def _faults(conn: AsyncConnection) -> list[Finding]:
    unmade = await sending.unmade(conn)
    said = "" if unmade is None else f"{unmade.number} wait because they could not be made ({unmade.last_error})."
    return [
        *([bad("Mails", f"{said} Please report it.")] if said else []),
        *[
            bad("Fault", f"{one.kind} {one.id} has failed {one.failures} times: {one.last_error}")
            for one in await faults.all_faults(conn, 10)
        ],
    ]


_LACKS = {
    Gap.NO_ADDRESS: "no address",
    Gap.NO_PHONE: "no phone number",
    Gap.NO_MANAGER: "no unit manager or deputy",
    Gap.NO_HEAD: "no head of operations or contract officer",
    Gap.NO_COORDINATOR: "no coordinator",
}


async def _units(conn: AsyncConnection, now: datetime) -> list[Finding]:
    """Units whose rungs resolve to nobody (rules, section 5 L2, L5)."""
    units = await directory.units(conn, open_at=now, limit=1_000_000)
    found = await rosters(conn, [one.id for one in units], now)
    if not found:
        return [odd("Units", "The directory is empty; run `sip directory import FILE`.")]
    lacking = [(roster, gaps) for roster in sorted(found.values(), key=lambda r: r.name) if (gaps := roster.gaps)]
    if not lacking:
        return [good("Units", f"All {len(found)} units can be reached on every rung.")]
    shown = [
        odd(f"Unit {roster.name}", f"Nobody to reach: {', '.join(_LACKS[gap] for gap in gaps)}.")
        for roster, gaps in lacking[:50]
    ]
    if len(lacking) > len(shown):
        shown.append(odd("Units", f"{len(lacking) - len(shown)} more units lack somebody."))
    return shown


async def _mailboxes(conn: AsyncConnection, now: datetime) -> Finding:
    """Mailboxes that nobody has been seen to read (rules, section 8 A3)."""
    lacking = len(await mailbox_checks.unverified(conn, now))
    if not lacking:
        return good("Mailboxes", "Somebody has been seen to read each.")
    return odd("Mailboxes", f"{lacking} are unverified; `sip unit list --unverified` names them.")


# -- mail


async def _relay(settings: Settings) -> Finding:
    relay = settings.smtp_url
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        timeout=SECONDS,
        use_tls=relay.tls == "implicit",
        start_tls=True if relay.tls == "required" else False if relay.tls != "implicit" else None,
    )
    try:
        await client.connect()
        await client.ehlo()
        if relay.username and relay.password is not None:
            await client.login(relay.username, relay.password)
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        cause = error.__cause__ or error
        why = getattr(cause, "strerror", None) or (str(error).splitlines() or [type(error).__name__])[0][:200]
        return bad("Relay", f"{relay.host}:{relay.port} cannot be used ({why}); check SIP_SMTP_URL.")
    finally:
        client.close()
    return good("Relay", f"{relay.host}:{relay.port} answers, tls={relay.tls}.")


async def _round_trip(settings: Settings, db: Database, now: datetime, relay: Finding, send: bool | None) -> Finding:
    if send is False or (send is None and settings.mail_domain.endswith(MADE_UP)):
        return odd("Round trip", "No mail was sent; `sip check --round-trip` sends one of the service to itself.")
    if relay.level is Level.BAD:
        return odd("Round trip", "Not tried, since the relay cannot be used.")
    try:
        # An IMAP account is read once in a while only.
        waits = round_trip.WAITS + (settings.imap_poll_seconds if settings.imap_url is not None else 0)
        way = await round_trip.go(settings, db, now, waits)
    except round_trip.LegFailed as error:
        return bad("Round trip", str(error))
    except DatabaseAway:
        return odd("Round trip", "What came of it could not be seen, since the database is away.")
    return good(
        "Round trip", f"A mail of the service to itself and a bounce went out by the relay and came in by {way}."
    )


def _receivers(settings: Settings) -> list[tuple[str, Listen]]:
    both = (("LMTP receiver", settings.lmtp_listen), ("SMTP receiver", settings.smtp_listen))
    return [(name, listen) for name, listen in both if listen is not None]


async def _listens(name: str, listen: Listen) -> Finding:
    try:
        async with asyncio.timeout(SECONDS):
            if listen.path:
                reader, writer = await asyncio.open_unix_connection(listen.path)
            else:
                reader, writer = await asyncio.open_connection(listen.host, listen.port)
        greeting = await asyncio.wait_for(reader.readline(), SECONDS)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    except (OSError, TimeoutError) as error:
        why = getattr(error, "strerror", None) or "no answer"
        return bad(name, f"Nothing answers at {listen} ({why}); start `sip mail-in` (or `sip serve`).")
    if not greeting.startswith(b"220"):
        return bad(name, f"Something else answers at {listen}.")
    return good(name, f"Answers at {listen}.")


async def _dns(settings: Settings) -> list[Finding]:
    """SPF, DKIM (any key under the usual selectors), DMARC and MX of the mail domain, where a resolver answers."""
    domain = settings.mail_domain
    if domain.endswith(MADE_UP):
        return [odd("DNS", f"{domain} is a made-up domain; nothing to look up.")]
    try:
        resolver = dns.asyncresolver.Resolver()
    except dns.exception.DNSException:
        return [odd("DNS", "No resolver is set on this machine; SPF, DKIM and MX were not looked up.")]
    resolver.lifetime = SECONDS
    try:
        mx = await _answers(resolver, domain, "MX")
        spf = [one for one in await _answers(resolver, domain, "TXT") if one.lower().startswith('"v=spf1')]
        dmarc = await _answers(resolver, f"_dmarc.{domain}", "TXT")
        dkim = await _dkim(resolver, settings)
    except (dns.exception.DNSException, OSError):
        return [odd("DNS", "No resolver answers; SPF, DKIM and MX were not looked up.")]
    return [
        good("MX", ", ".join(mx)) if mx else bad("MX", f"{domain} has no MX record; answers will not arrive."),
        good("SPF", spf[0]) if spf else bad("SPF", f"{domain} has no SPF record; calls will be taken for spam."),
        dkim,
        good("DMARC", dmarc[0]) if dmarc else odd("DMARC", f"_dmarc.{domain} has no record."),
    ]


SELECTORS = ("sip", "default", "mail", "dkim", "selector1", "selector2", "s1", "s2", "google", "k1")


async def _dkim(resolver: dns.asyncresolver.Resolver, settings: Settings) -> Finding:
    """The key that mail is signed with here; where the relay signs, any key under the usual selectors."""
    if settings.dkim_private_key is not None:
        name = f"{settings.dkim_selector}._domainkey.{settings.signing_domain}"
        return dkim_finding(name, settings.dkim_private_key.get_secret_value(), await _texts(resolver, name))
    domain = settings.mail_domain
    if any([await _texts(resolver, f"{name}._domainkey.{domain}") for name in SELECTORS]):
        return good("DKIM", "A key was found.")
    return odd("DKIM", "No key under the usual selectors; see that the relay signs, or set SIP_DKIM_PRIVATE_KEY.")


def dkim_finding(name: str, key: str, records: Sequence[str]) -> Finding:
    """Whether one of the records found under this name is the key's."""
    if not records:
        return bad("DKIM", f"{name} has no record, so signatures fail; publish what `sip mail dkim` prints.")
    if any(is_record_of(record, key) for record in records):
        return good("DKIM", f"{name} is the key that mail is signed with.")
    return bad("DKIM", f"{name} holds another key than mail is signed with; publish what `sip mail dkim` prints.")


async def _texts(resolver: dns.asyncresolver.Resolver, name: str) -> list[str]:
    """TXT records, each put together from its pieces (RFC 7208, section 3.3)."""
    try:
        found = await resolver.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [b"".join(one.strings).decode("utf-8", "replace") for one in found]


async def _answers(resolver: dns.asyncresolver.Resolver, name: str, kind: str) -> list[str]:
    try:
        return [str(one) for one in await resolver.resolve(name, kind)]
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
