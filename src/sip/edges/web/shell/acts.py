"""Which act a form that was sent is: the same when it comes again, though its page was loaded anew in between.

The law of this file: what a browser sends anew without having heard that it was taken is the same act (decision 0132).
A form's number says what its browser had heard of when the page was made; with where the form was sent and what it said
that is the act's key, which the rules and the store take once (rules, section 2).
"""

import hashlib
from collections.abc import Mapping, Sequence
from secrets import token_hex

_NOT_SAID = frozenset({"_csrf", "nonce", "version", "sequence", "in_language"})
_APART = "x"
"""Between what the browser had heard of and what tells forms of one page apart; no hexadecimal digit."""


def number(visit: str, taken: str) -> str:
    """A form's number, 32 letters and digits: begins alike until this visit's browser hears that another form
    was taken (`taken` is its cookie), and ends as nothing else does. Without a visit it is like no other.
    """
    heard = _digest(visit, taken)[:24] if visit else token_hex(12)
    return f"{heard}{_APART}{token_hex(4)[1:]}"


def key(nonce: str, path: str, said: Mapping[str, str], files: Sequence[str] = ()) -> str:
    """The act's key, 32 hexadecimal digits: of the form's number, where it was sent, what it said and which files. What
    a page writes into its forms by itself does not tell acts apart, nor does a field that is left empty: the act that
    was not heard of may have changed them.
    """
    own = (f"{name}={value}" for name, value in sorted(said.items()) if value and name not in _NOT_SAID)
    return _digest(nonce.partition(_APART)[0], path, *own, *files)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
