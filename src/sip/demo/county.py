"""The made-up county of Åsland, as its own files tell it: units, people, mailboxes and who may sign in.

The law of this file: everybody here is made up, every address is under .example, every phone number is one that is set
aside for fiction. The directory file is the one the service imports; here only keys, names and addresses are read from
it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "county"
DIRECTORY = FOLDER / "directory.csv"
AGREEMENT = FOLDER / "agreement.toml"
DOMAIN = "sip.region-asland.example"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its key in the directory file. `email` is the address tried first; none when it has only a phone."""

    key: str
    name: str
    organisation: str
    phone: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox and the client behind it. `box` is unit, person, auto (accepts by itself) or gone (bounces)."""

    email: str
    name: str
    unit: str
    client: str
    box: str


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in, with the role she is shown for."""

    role: str
    email: str
    password: str
    does: str


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff by key, with the roles the directory gives: (role, kind of holder, key of the holder)."""

    key: str
    name: str
    email: str
    phone: str
    roles: tuple[tuple[str, str, str], ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


@cache
def units() -> dict[str, Unit]:
    """Every unit by key."""
    rows = list(_rows("directory.csv"))
    first = {
        r["parent"]: r["email"] for r in sorted(rows, key=lambda r: r["order"], reverse=True) if r["kind"] == "address"
    }
    found = [r for r in rows if r["kind"] == "unit"]
    return {r["key"]: Unit(r["key"], r["name"], r["parent"], r["phone"], first.get(r["key"])) for r in found}


@cache
def people() -> dict[str, StaffMember]:
    """Every member of staff by key."""
    rows = list(_rows("directory.csv"))
    held: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        if row["kind"] == "role":
            held.setdefault(row["person"], []).append((row["role"], row["type"] or "unit", row["parent"]))
    return {
        r["key"]: StaffMember(r["key"], r["name"], r["email"], r["phone"], tuple(held.get(r["key"], ())))
        for r in rows
        if r["kind"] == "person"
    }


@cache
def mailboxes() -> dict[str, Mailbox]:
    """Every mailbox by address."""
    return {
        r["email"]: Mailbox(r["email"], r["name"], r["unit"], r["client"], r["box"]) for r in _rows("mailboxes.csv")
    }


@cache
def users() -> tuple[User, ...]:
    """Those who may sign in, one for each role."""
    return tuple(User(r["role"], r["email"], r["password"], r["does"]) for r in _rows("users.csv"))


@cache
def with_role(role: str, holder: str) -> StaffMember:
    """The first who has this role for this unit, organisation or principal. Raises KeyError when nobody has."""
    rows = [r for r in _rows("directory.csv") if r["kind"] == "role" and (r["role"], r["parent"]) == (role, holder)]
    if not rows:
        raise KeyError(f"{role} of {holder}")
    return people()[min(rows, key=lambda row: int(row["order"] or 1))["person"]]
