"""What an e-mail address is, for every floor and every door: whether one can be mailed, and when two are the same.

The law of this file: no other place has a pattern for addresses or compares them by itself. An address that a mail
server would refuse by its looks alone (RFC 5321, sections 4.1.2 and 4.5.3.1) is refused here, so that it is never
stored. Quoted local parts, address literals and letters outside ASCII are not mailed to: no unit has such an address,
and relays that take them are few (decision 0020).
"""

import re

LONGEST = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
PATTERN = rf"^(?![^@]{{65}}){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9\-]{{0,61}}[A-Za-z0-9])$(?!\n)"
"""The same for those who can only be told a pattern (JSON Schema); linear, for no run can be cut in two ways. The
length of the local part is said as what may not stand there: what makes up values from a pattern can then follow it."""
_MAILABLE = re.compile(PATTERN)


def is_mailable(text: str) -> bool:
    """Whether mail can be sent to this address, as far as can be seen from it; no space around it."""
    return len(text) <= LONGEST and _MAILABLE.match(text) is not None


def folded(email: str) -> str:
    """The address as it is compared: case says nothing, in practice not even before the @ (RFC 5321, section 2.4)."""
    return email.strip().lower()


def same(one: str | None, other: str | None) -> bool:
    """Whether both are the same address; an address that is not known is nobody's."""
    return one is not None and other is not None and folded(one) == folded(other)


def domain_of(email: str) -> str:
    """What stands after the @, folded; empty where there is none."""
    return folded(email).rpartition("@")[2] if "@" in email else ""
