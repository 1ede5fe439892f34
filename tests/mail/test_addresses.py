"""Our own addresses, made and read."""

import pytest

from sip.edges.mail.addresses import Home, Recipient, RecipientKind, token_in
from sip.edges.mail.letters.samples import BOUNCE, HOME, REPLY


def test_made_and_read_again() -> None:
    assert HOME.reply(REPLY) == f"sip+{REPLY}@sip.region.example"
    assert HOME.read(HOME.reply(REPLY)) == Recipient(RecipientKind.REPLY, REPLY)
    assert HOME.read(HOME.bounce(BOUNCE)) == Recipient(RecipientKind.BOUNCE, BOUNCE)
    assert HOME.reply(None) == HOME.base


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (f"SIP+{REPLY.upper()}@SIP.Region.Example", RecipientKind.REPLY),
        (f"sip%2B{REPLY}@sip.region.example", RecipientKind.REPLY),
        (f'"sip+{REPLY}"@sip.region.example.', RecipientKind.REPLY),
        ("sip@sip.region.example", RecipientKind.BASE),
        ("Postmaster", RecipientKind.POSTMASTER),
        ("postmaster@sip.region.example", RecipientKind.POSTMASTER),
    ],
)
def test_read_tolerantly(address: str, kind: RecipientKind) -> None:
    found = HOME.read(address)
    assert found is not None
    assert found.kind is kind
    assert found.token in (None, REPLY)


@pytest.mark.parametrize(
    "address",
    [
        "", "@", "anna@sip.region.example", "sip", "sip@elsewhere.example", f"sip+{REPLY}@elsewhere.example",
        f"sip+{REPLY}x@sip.region.example", f"sip+{REPLY[:-1]}@sip.region.example",
        f"sip+{REPLY[:-1]}1@sip.region.example",
        "bounce@sip.region.example", f"other+{REPLY}@sip.region.example", "postmaster@elsewhere.example",
    ],
)  # fmt: skip
def test_other_shapes_are_none_of_ours(address: str) -> None:
    assert HOME.read(address) is None


def test_the_local_part_is_a_setting() -> None:
    home = Home("sip.region.example", "svar")
    assert home.read(f"svar+{REPLY}@sip.region.example") == Recipient(RecipientKind.REPLY, REPLY)
    assert home.read(f"sip+{REPLY}@sip.region.example") is None
    assert token_in(f"svar+{REPLY}@x.example") == REPLY
    assert token_in(f"svar+{REPLY}@x.example", "sip") is None


def test_a_token_of_another_shape_is_never_made_an_address() -> None:
    with pytest.raises(ValueError, match="26 letters"):
        HOME.reply("short")
