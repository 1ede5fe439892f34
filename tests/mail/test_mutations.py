"""Damaged mails as values: none raises, none says more than a mail can, and nothing that people wrote is in any."""

from dataclasses import asdict
from datetime import datetime

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from sip.domain.address import is_mailable
from sip.edges.mail.addresses import TOKEN
from sip.edges.mail.received.imip import parse
from sip.usecases.received.parsed import Broken, ParsedMail
from tests.mail import mutations
from tests.mail.mutations import AUTHSERV, KINDS, MAILS, damaged, tries

ALL = 0.7
"""The part of all mails that is tried here; the rest goes through judging (tests/usecases/test_mutations.py)."""


def in_order(found: ParsedMail) -> None:
    """What every part of the service may rely on, whatever the mail was."""
    # The last net of `parse`: what falls in it is a fault of ours, to be mended where it was made.
    assert found.broken is not Broken.UNREADABLE
    assert (found.kind == "broken") == (found.broken is not None)
    addresses = [found.from_email, found.sender_email, *(one.email for one in found.attendees)]
    addresses += [a for one in found.attendees for a in (one.sent_by, *one.delegated_to, *one.delegated_from)]
    assert all(is_mailable(address) and address == address.lower() for address in addresses if address)
    assert all(TOKEN.fullmatch(token) for token in found.tokens)
    moments = [found.dtstamp, found.start, found.end, found.original_start, found.sent_at]
    assert all(isinstance(one, datetime) and one.utcoffset() is not None for one in moments if one)
    assert found.sequence is None or 0 <= found.sequence < 2**31
    texts = [found.uid, *(one.partstat for one in found.attendees)]
    if found.report is not None:
        texts += [found.report.status, found.report.diagnostic, found.report.envelope_id, found.report.recipient]
    assert all(text.isprintable() and 0 < len(text) <= 500 for text in texts if text is not None)
    assert len(found.attendees) <= 50


@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_raises(kind: str) -> None:
    @tries(ALL / len(KINDS))
    @given(name=st.sampled_from(mutations.names(kind)), changes=mutations.mutations(kind))
    def each(name: str, changes: list[mutations.Mutation]) -> None:
        note(f"{name} {changes}")
        found = parse(damaged(MAILS[name], kind, changes), authserv_id=AUTHSERV.decode())
        in_order(found)
        if kind in ("headers", "MIME"):  # what was in the body is nowhere; other damage may make a UID of it
            said = str(asdict(found))
            assert not [words for words in ("Vi ses", "Linden", "kommer gärna") if words in said]

    each()


@pytest.mark.parametrize("name", MAILS)
def test_undamaged_mails_are_in_order_too(name: str) -> None:
    in_order(parse(MAILS[name]))
