"""Every standing there is, by name."""

from tests.domain.standings import STANDINGS, answered, claimed, covering, later, reached

MODULES = (answered, claimed, covering, later, reached)
EVERY_STANDING = dict(sorted(STANDINGS.items()))
