"""A database of the test's own with the cast in it."""

from tests.store.conftest import db, owner, town

__all__ = ["db", "owner", "town"]
