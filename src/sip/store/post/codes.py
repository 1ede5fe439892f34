"""Short codes: beside each mailed link, ten signs to type for those who click no links (rules, section 3).

Fifty random bits in Crockford's base32, which has no I, L, O and U: what a reader takes for one of the first three is
read as what it must have been. Too short to be stored as a plain hash: what is kept is keyed (`Vault.digest`), so that
a copy of the database opens nothing.
"""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10
_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = frozenset(" -\u00a0\u2010\u2011\u2012\u2013\u2014\u2212._\t")


def new_code() -> str:
    """A code as it is shown: two groups of five with a hyphen between."""
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return f"{signs[:5]}-{signs[5:]}"


def read_code(typed: str) -> str | None:
    """The code somebody typed, as it was shown; None for what can be no code.

    Case, spaces and hyphens of any kind do not matter, and O is 0, I and L are 1.
    """
    signs = "".join(sign for sign in typed.upper() if sign not in _BETWEEN).translate(_READ_AS)
    if len(signs) != _LENGTH or any(sign not in _ALPHABET for sign in signs):
        return None
    return f"{signs[:5]}-{signs[5:]}"
