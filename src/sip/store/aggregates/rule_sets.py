"""Rule sets, kept for ever under the hash of their content: what a party was called under never changes."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from sip.domain.agreement import RuleSet
from sip.store.codec import Shape
from sip.store.rows import insert
from sip.store.tables import rule_set

SHAPE: Shape[RuleSet] = Shape(RuleSet).check(rule_set, besides=("hash",))
_COLUMNS = ", ".join(SHAPE.columns)
_READ = f"select hash, {_COLUMNS} from rule_set where hash = any($1::text[])"
_known: dict[str, RuleSet] = {}


@lru_cache(maxsize=4096)
def hash_of(rules: RuleSet) -> str:
    """The content's SHA-256, in hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(rules, order="sorted")).hexdigest()


async def load(raw: Any, hashes: Iterable[str]) -> dict[str, RuleSet]:
    """The rule sets by hash; read once per process, for they never change."""
    wanted = set(hashes)
    missing = wanted - _known.keys()
    if missing:
        for row in await raw.fetch(_READ, list(missing)):
            _known[row[0]] = SHAPE.read(row, 1)
    return {one: _known[one] for one in wanted}


async def keep(raw: Any, rules: Iterable[RuleSet]) -> None:
    """Writes those that are not there yet."""
    found = {hash_of(one): one for one in rules}
    rows = [(key, *SHAPE.write(found[key])) for key in sorted(found)]
    await insert(raw, rule_set, ("hash", *SHAPE.columns), rows, "on conflict (hash) do nothing")
