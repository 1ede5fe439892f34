"""The ways in as `sip check` sees them: is there one, can the account be used, is it read, what could not be judged.

The law of this file: nothing is changed in the account; a folder that is missing is said, not made.
"""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.edges.findings import Finding, bad, good, odd
from sip.edges.mail.ways.imap import Access, AccountTrouble, Conversation, access_of
from sip.settings import Settings
from sip.store.post import imap_account, inbox

SILENT = timedelta(minutes=15)


async def in_database(conn: AsyncConnection, settings: Settings, now: datetime) -> list[Finding]:
    """How the reading of the IMAP account goes, and mail that waits because judging it fails."""
    findings = []
    access = access_of(settings)
    if access is not None:
        found = await imap_account.state(conn, str(access.account), access.folders.inbox)
        findings.append(_reading(found, now))
    stuck = await inbox.stuck(conn)
    if stuck is not None:
        findings.append(
            bad(
                "Received mail",
                f"{stuck.number} could not be judged, the oldest from {stuck.oldest:%Y-%m-%d %H:%M} UTC "
                f"({stuck.last_error}); it is kept and tried again, please report it.",
            )
        )
    return findings


def _reading(found: imap_account.State | None, now: datetime) -> Finding:
    if found is None or (found.read_at is None and found.last_error is None):
        return odd("Reading the IMAP account", "Not read yet; `sip mail-in` (or `sip serve`) does it.")
    since = "never" if found.read_at is None else f"last at {found.read_at:%Y-%m-%d %H:%M} UTC"
    if found.last_error is not None:
        return bad("Reading the IMAP account", f"{found.last_error} (Read to its end {since}.)")
    if found.read_at is not None and now - found.read_at > SILENT:
        return bad("Reading the IMAP account", f"Read to its end {since}; start `sip mail-in` (or `sip serve`).")
    return good("Reading the IMAP account", f"Read to its end {since}.")


async def from_here(settings: Settings) -> list[Finding]:
    """What can be tried from this machine."""
    findings = []
    access = access_of(settings)
    if access is not None:
        findings.append(await asyncio.to_thread(_imap_account, access))
    if settings.push_secret is not None:
        findings.append(good("HTTP push", f"Open at {settings.base_url}/api/v1/inbound/push."))
    else:
        findings.append(good("HTTP push", "Off, as SIP_PUSH_SECRET is not set."))
    listens = settings.lmtp_listen or settings.smtp_listen
    if not listens and access is None and settings.push_secret is None:
        findings.append(
            bad("Ways in", "No answer can arrive: set SIP_LMTP_LISTEN, SIP_IMAP_URL or SIP_PUSH_SECRET.")
        )  # fmt: skip
    return findings


def _imap_account(access: Access) -> Finding:
    talk = Conversation(access)
    try:
        talk.sign_in()
        missing = talk.missing()
        talk.close()
    except AccountTrouble as trouble:
        return bad("IMAP account", str(trouble))
    finally:
        talk.cut()
    if access.folders.inbox in missing:
        return bad("IMAP account", f'{access.account} has no folder "{access.folders.inbox}"; check SIP_IMAP_INBOX.')
    if missing:
        named = " and ".join(f'"{name}"' for name in missing)
        return odd("IMAP account", f"{access.account} lets us in; {named} will be made when it is first read.")
    return good("IMAP account", f"{access.account} lets us in, and its folders are there.")
