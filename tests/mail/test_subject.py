"""A subject is read as it was written, wherever its lines are folded (RFC 2047, section 6.2)."""

from email import message_from_bytes
from email.policy import SMTP

import pytest

from sip.edges.mail.compose import _POLICY


@pytest.mark.parametrize("pad", range(40))
def test_no_space_of_a_subject_is_lost_where_it_is_folded(pad: int) -> None:
    subject = "x" * pad + " Vuxenenheten Alsunda behöver hjälp att svara: SIP-möte måndag 9 november, ärende FCW8-W3S"
    value = _POLICY.header_factory("Subject", subject.strip())
    field = _POLICY.fold_binary("Subject", value)
    assert message_from_bytes(field + b"\r\n", policy=SMTP)["Subject"] == subject.strip()
    assert all(len(line) <= 78 for line in field.splitlines())
