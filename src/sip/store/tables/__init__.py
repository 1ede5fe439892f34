"""Every table, as SQLAlchemy Core. The migrations are written by hand from these, and a test holds them together."""

from sip.store.tables.base import metadata
from sip.store.tables.bookings import booking
from sip.store.tables.deviations import deviation
from sip.store.tables.directory import (
    agreement,
    agreement_principal,
    case_,
    case_number,
    case_organisation,
    closed_day,
    contacts_changed,
    mailbox_check,
    organisation,
    organisation_domain,
    person,
    principal,
    role,
    rule_set,
    unit,
    unit_address,
    verified_mailbox,
)
from sip.store.tables.feeds import feed, feed_secret
from sip.store.tables.imap_account import imap_account
from sip.store.tables.journal import access_log, journal
from sip.store.tables.mail import inbound, link_token, mail, outbox
from sip.store.tables.meetings import attendee, claim, invitation, meeting, party, party_round, pause, rung
from sip.store.tables.polls import poll, poll_answer, poll_ask, poll_time
from sip.store.tables.service import (
    api_key,
    app_user,
    heartbeat,
    idempotency,
    module_run,
    service_clock,
    user_role,
    web_session,
)

__all__ = [
    "access_log",
    "agreement",
    "agreement_principal",
    "api_key",
    "app_user",
    "attendee",
    "booking",
    "case_",
    "case_number",
    "case_organisation",
    "claim",
    "closed_day",
    "contacts_changed",
    "deviation",
    "feed",
    "feed_secret",
    "heartbeat",
    "idempotency",
    "imap_account",
    "inbound",
    "invitation",
    "journal",
    "link_token",
    "mail",
    "mailbox_check",
    "meeting",
    "metadata",
    "module_run",
    "organisation",
    "organisation_domain",
    "outbox",
    "party",
    "party_round",
    "pause",
    "person",
    "poll",
    "poll_answer",
    "poll_ask",
    "poll_time",
    "principal",
    "role",
    "rule_set",
    "rung",
    "service_clock",
    "unit",
    "unit_address",
    "user_role",
    "verified_mailbox",
    "web_session",
]
