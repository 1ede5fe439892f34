"""What no password may rest on: the words of the place, which are tried first by whoever knows where it is.

The law of this file: it looks at what is left of a password without those words; a long sentence that holds one is as
good as before.
"""

import re
from collections.abc import Iterable

OF_THE_SERVICE = ("sip", "samordnad", "samordning", "individuell", "plan", "möte", "kallelse", "lösenord", "password")
LEFT_LEAST = 8
"""So many letters must a password have beside such words."""
_WORD = re.compile(r"[^\W\d_]{3,}")


def words_of(names: Iterable[str]) -> frozenset[str]:
    """The words of three letters and more in names, folded."""
    return frozenset(word for name in names for word in _WORD.findall(name.casefold()))


def rests_on(password: str, names: Iterable[str]) -> bool:
    """Whether hardly anything but words of these names and of the service, figures and signs is in the password."""
    folded = password.casefold()
    left = folded
    for word in sorted(words_of(names) | set(OF_THE_SERVICE), key=len, reverse=True):
        left = left.replace(word, " ")
    return left != folded and sum(one.isalpha() for one in left) < LEFT_LEAST
