"""The keys people give to things of the directory, and the ids that follow from them.

A key is a UUID, taken as it is, or a word of the importer's own ("region", "vc-norr"), from which the id is reckoned
(UUIDv5): so the same file read twice meets the same rows, and an export, which writes ids, can be read again.
"""

from functools import lru_cache
from uuid import UUID, uuid5

NAMESPACE = UUID("5ac0b5b6-4a4e-5d1f-9a53-3f6a2f1e7d10")


@lru_cache(maxsize=4096)  # a row's keys are asked for again and again while it is compared
def key_id(kind: str, key: str) -> UUID:
    """The id of the thing of this kind (principal, organisation, unit, person) with this key."""
    try:
        return UUID(key)
    except ValueError:
        return uuid5(NAMESPACE, f"{kind}/{key.strip().casefold()}")
