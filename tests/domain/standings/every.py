"""Every standing there is, by name."""

from tests.domain.standings import STANDINGS, answered, bare, claimed, covering, later, polled, reached

MODULES = (answered, bare, claimed, covering, later, polled, reached)
EVERY_STANDING = dict(sorted(STANDINGS.items()))
