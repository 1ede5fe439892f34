"""The mail by which `sip check` looks whether the service can hear itself: through the relay, and in by the receiver.

The law of this file: the mail is known by its address alone, so it needs no row before it and leaves none to be seen
to: whoever judges it, or its bounce, passes it over. No token of an invitation begins like these: they are drawn by
chance, and one in 2**45 would.
"""

from sip.store.post.tokens import new_token

_BEGINS = "roundtrip"


def fresh_token() -> str:
    """The token of one round trip: of the shape that the receiver takes, and never drawn before."""
    return _BEGINS + new_token()[len(_BEGINS) :]


def is_of(token: str | None) -> bool:
    """Whether a mail to an address with this token is a round trip's, or its bounce."""
    return token is not None and token.startswith(_BEGINS)
